"""The default rules of classification as data (DESIGN section 4). The first that matches wins.

The protected ones are in policy/protected.py: the settings need them too.
"""

from __future__ import annotations

from autosync_tasks.model import Priority, Rule
from autosync_tasks.policy.protected import ALWAYS, BY_DEFAULT

PROTECTED, TRANSIENT, CONTEXT, AGENT, TOOLS = "protected", "transient", "context", "agent", "tools"
CONFIG, INTEGRATION, DOCUMENTATION, TEMPLATE = "config", "integration", "documentation", "template"
MINOR_CONFIG, OTHER, EXCLUDED = "minor config", "other", "excluded"

ALWAYS_PROTECTED: tuple[Rule, ...] = ALWAYS
"""Never in the backup, whatever the user's rules say."""

OVERRIDABLE: tuple[Rule, ...] = BY_DEFAULT
"""Protected too, unless a user's rule names them (`node_modules/`, `opencode.db*`)."""

CATEGORIES = (
    PROTECTED, TRANSIENT, CONTEXT, AGENT, TOOLS, CONFIG, INTEGRATION, DOCUMENTATION, TEMPLATE,
    MINOR_CONFIG, OTHER,
)  # fmt: skip
"""Every built-in category, in the order of the rules."""


def _rules(category: str, priority: Priority, patterns: str, unless: tuple[str, ...] = ()) -> tuple[Rule, ...]:
    return tuple(Rule(pattern, category, priority, unless=unless) for pattern in patterns.split())


def _folders(category: str, priority: Priority, names: str) -> tuple[Rule, ...]:
    """Folders at the source's root, each in the singular and in the plural: OpenCode reads both."""
    return _rules(category, priority, " ".join(f"/{name}/ /{name}s/" for name in names.split()))


# A skill may be called `cache` or `tmp`: a folder right below `skills/` bears a name, not a meaning.
_SKILLS = ("/skill/*/", "/skills/*/")
_TRANSIENT: tuple[Rule, ...] = (
    *_rules(TRANSIENT, Priority.LOW, "*.log *.bak *.tmp *.temp *.orig *.rej"),
    *_rules(
        TRANSIENT,
        Priority.LOW,
        ".tmp/ tmp/ .temp/ temp/ cache/ caches/ .cache/ .*_cache/ __pycache__/",
        _SKILLS,
    ),
    # editors' and desktops' own files: vim, emacs, LibreOffice, macOS, Windows
    *_rules(TRANSIENT, Priority.LOW, r".*.sw[a-p] *~ \#*# .#* .~lock.*# .DS_Store Thumbs.db desktop.ini *.pyc"),
)

TOOLS_ONLY: tuple[Rule, ...] = _folders(TOOLS, Priority.HIGH, "bin tool plugin command")
"""What `--tools-only` takes of the category tools (DESIGN section 9)."""

DEFAULT_RULES: tuple[Rule, ...] = (
    *_TRANSIENT,
    *_folders(CONTEXT, Priority.HIGH, "context"),
    *_folders(AGENT, Priority.HIGH, "agent"),
    *TOOLS_ONLY,
    *_folders(TOOLS, Priority.HIGH, "skill mode"),
    # /config.json is the older name of opencode.json that OpenCode still reads
    *_rules(
        CONFIG,
        Priority.HIGH,
        "opencode.json opencode.jsonc tui.json tui.jsonc package.json /AGENTS.md /config.json",
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
