"""The rules of classification that hold for every agent. The first that matches wins; the protected ones come first."""

from __future__ import annotations

from autosync_tasks.model import Priority, Rule
from autosync_tasks.names import OUTSIDE

PROTECTED, TRANSIENT, CONTEXT, AGENT, TOOLS = "protected", "transient", "context", "agent", "tools"
CONFIG, INTEGRATION, DOCUMENTATION, TEMPLATE = "config", "integration", "documentation", "template"
MINOR_CONFIG, OTHER, EXCLUDED = "minor config", "other", "excluded"


def _never(patterns: str, unless: tuple[str, ...] = ()) -> tuple[Rule, ...]:
    return tuple(Rule(pattern, PROTECTED, Priority.NEVER, unless=unless) for pattern in patterns.split())


ALWAYS_PROTECTED: tuple[Rule, ...] = (
    *_never(".env"),
    *_never(".env.*", (".env.example", ".env.sample", ".env.template")),
    # the agents' own logins, and private keys by their usual endings and ssh-keygen(1)'s names
    *_never("auth.json mcp-auth.json account.json *.key *.pem *.p12 *.pfx *.ppk *.jks *.keystore"),
    *_never("id_rsa* id_dsa* id_ecdsa* id_ed25519* id_xmss* .netrc .git-credentials oauth_creds.json"),
    *_never(" ".join(f"{dot}credentials.{end}" for dot in ("", ".") for end in ("json", "yaml", "yml", "toml", "ini"))),
    # OpenCode 2's server password, also of its other channels and while it is being written
    *_never("service.json service.json.tmp"),
    *_never(" ".join(f"service-{channel}.json*" for channel in ("latest", "beta", "dev", "next", "preview", "local"))),
    # login plugins keep refresh tokens in them (antigravity-, codex-, qwen-accounts.json), also while writing
    *_never("*accounts*.json *pending-oauth*.json *-credentials.json"),
    *_never("*accounts*.json.*", ("*.example", "*.sample", "*.template")),
    # what opencode-synced takes out of the file that it shares: headers and client secrets
    *_never("*.overrides.json *.overrides.jsonc"),
    # other agents' logins, and what was said in conversations
    *_never(".claude.json .claude.json.* *oauth-tokens.json *oauth.json history.jsonl"),
    *_never(".git/"),
)
"""Never in the backup, whatever the user's rules say: the one list of such names. Patterns of one name each, for the
walk, the guard of pushes and the end of a conflict ask name by name."""

OVERRIDABLE: tuple[Rule, ...] = _never("node_modules/ opencode.db*")
"""Protected too, unless a user's rule names them."""


def _low(patterns: str, unless: tuple[str, ...] = ()) -> tuple[Rule, ...]:
    return tuple(Rule(pattern, TRANSIENT, Priority.LOW, unless=unless) for pattern in patterns.split())


# A skill may be called `cache` or `tmp`: a folder right below `skills/` bears a name, not a meaning.
_SKILLS = ("/skill/*/", "/skills/*/", f"/{OUTSIDE.decode()}/.*/skills/*/")
TRANSIENT_RULES: tuple[Rule, ...] = (
    *_low("*.log *.bak *.bak.* *.backup *.tmp *.temp *.orig *.rej"),
    *_low(".tmp/ tmp/ .temp/ temp/ cache/ caches/ .cache/ .*_cache/ __pycache__/", _SKILLS),
    *_low("*.db-wal *.db-shm *.db-journal *.sqlite-wal *.sqlite-shm"),
    # editors' and desktops' own files: vim, emacs, LibreOffice, macOS, Windows
    *_low(r".*.sw[a-p] *~ \#*# .#* .~lock.*# .DS_Store Thumbs.db desktop.ini *.pyc"),
)
"""In every agent's tree, right after what its profile says is never taken. All else is in the profiles."""
