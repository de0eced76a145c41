"""What is never in the backup (DESIGN section 4), as data.

`config` refuses user rules that these would shadow; classification puts them first.
"""

from __future__ import annotations

from autosync_tasks.model import Priority, Rule

_PRIVATE_KEYS = ("id_rsa*", "id_dsa*", "id_ecdsa*", "id_ed25519*", "id_xmss*")
"""The default names of ssh-keygen(1)."""


def _never(pattern: str, *unless: str) -> Rule:
    return Rule(pattern, "protected", Priority.NEVER, unless=unless)


ALWAYS = (
    _never(".env"),
    _never(".env.*", ".env.example", ".env.sample", ".env.template"),
    _never("auth.json"),
    _never("mcp-auth.json"),
    _never("account.json"),
    _never("*.key"),
    _never("*.pem"),
    *(_never(f"*.{end}") for end in ("p12", "pfx", "ppk", "jks", "keystore")),
    _never(".netrc"),
    _never(".git-credentials"),
    *(_never(name) for name in _PRIVATE_KEYS),
    *(_never(f"credentials.{end}") for end in ("json", "yaml", "yml", "toml", "ini")),
    _never(".git/"),
)
"""No rule of the user can override these."""

BY_DEFAULT = (_never("node_modules/"), _never("opencode.db*"))
"""A rule of the user on these wins."""
