"""The default rules of classification as data. The first that matches wins; the protected ones come first."""

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
    *_never(".git/"),
)
"""Never in the backup, whatever the user's rules say: the one list of such names. Patterns of one name each, for the
walk, the guard of pushes and the end of a conflict ask name by name."""

OVERRIDABLE: tuple[Rule, ...] = _never("node_modules/ opencode.db*")
"""Protected too, unless a user's rule names them."""


def _rules(category: str, priority: Priority, patterns: str, unless: tuple[str, ...] = ()) -> tuple[Rule, ...]:
    return tuple(Rule(pattern, category, priority, unless=unless) for pattern in patterns.split())


def _folders(category: str, priority: Priority, names: str) -> tuple[Rule, ...]:
    """Folders at the source's root, each in the singular and in the plural: OpenCode reads both."""
    return _rules(category, priority, " ".join(f"/{name}/ /{name}s/" for name in names.split()))


# A skill may be called `cache` or `tmp`: a folder right below `skills/` bears a name, not a meaning.
_SKILLS = ("/skill/*/", "/skills/*/", f"/{OUTSIDE.decode()}/.opencode/skills/*/")
_TRANSIENT: tuple[Rule, ...] = (
    *_rules(TRANSIENT, Priority.LOW, "*.log *.bak *.bak.* *.backup *.tmp *.temp *.orig *.rej"),
    *_rules(
        TRANSIENT,
        Priority.LOW,
        ".tmp/ tmp/ .temp/ temp/ cache/ caches/ .cache/ .*_cache/ __pycache__/",
        _SKILLS,
    ),
    # databases of memory plugins: in motion while an agent works, so no copy of one file is whole
    *_rules(TRANSIENT, Priority.LOW, "*memor*.db *memor*.sqlite* *-mem.db *-mem.sqlite* .opencode-mem/"),
    *_rules(TRANSIENT, Priority.LOW, "*.db-wal *.db-shm *.db-journal *.sqlite-wal *.sqlite-shm"),
    # what plugins write at every turn
    *_rules(TRANSIENT, Priority.LOW, "opencode-*-state.json *-signature-cache.json"),
    # editors' and desktops' own files: vim, emacs, LibreOffice, macOS, Windows
    *_rules(TRANSIENT, Priority.LOW, r".*.sw[a-p] *~ \#*# .#* .~lock.*# .DS_Store Thumbs.db desktop.ini *.pyc"),
)

TOOLS_ONLY: tuple[Rule, ...] = _folders(TOOLS, Priority.HIGH, "bin tool plugin command")
"""What `--tools-only` takes of the category tools."""

DEFAULT_RULES: tuple[Rule, ...] = (
    *_TRANSIENT,
    *_folders(CONTEXT, Priority.HIGH, "context prompt rule instruction hook reference"),
    *_folders(AGENT, Priority.HIGH, "agent profile"),
    *TOOLS_ONLY,
    *_folders(TOOLS, Priority.HIGH, "skill mode"),
    *_rules(TOOLS, Priority.HIGH, f"/{OUTSIDE.decode()}/.opencode/skills/"),  # those that agents share
    # /config.json is the older name of opencode.json that OpenCode still reads
    *_rules(
        CONFIG,
        Priority.HIGH,
        "opencode.json opencode.jsonc tui.json tui.jsonc cli.json package.json /AGENTS.md /config.json",
    ),
    # plugins' own settings
    *_rules(
        CONFIG,
        Priority.HIGH,
        "oh-my-openagent.json oh-my-openagent.jsonc oh-my-opencode.json oh-my-opencode.jsonc dcp.json dcp.jsonc"
        " opencode-*.json opencode-*.jsonc",
    ),
    *_folders(INTEGRATION, Priority.HIGH, "integration mcp"),
    *_rules(INTEGRATION, Priority.HIGH, "mcp.json mcp.jsonc .mcp.json *.mcp.json *.mcp.jsonc"),
    *_rules(DOCUMENTATION, Priority.MEDIUM, "/*.md doc/ docs/"),
    *_rules(TEMPLATE, Priority.MEDIUM, "template/ templates/"),
    *_rules(
        MINOR_CONFIG,
        Priority.MEDIUM,
        "theme/ themes/ *.lock *.lockb package-lock.json npm-shrinkwrap.json pnpm-lock.yaml"
        " *.example *.sample *.template .gitignore .ignore .*ignore"
        " .gitattributes .editorconfig tsconfig.json",
    ),
    Rule("*", OTHER, Priority.MEDIUM),
)
"""Everything else; the last rule matches every path."""
