"""Makes docs/settings.md from the declarations: `python -m autosync_tasks.config.docs > docs/settings.md`."""

from __future__ import annotations

import sys

from autosync_tasks.config.settings import TABLE, Setting, Type
from autosync_tasks.config.values import allowed

_INTRO = """\
# Settings

<!-- Made by `python -m autosync_tasks.config.docs`; a test compares the two. -->

No setting is needed: the first sync finds your config tree, makes the backup and records both.

The file is `config.toml` in `~/.config/autosync-tasks` (or in `$XDG_CONFIG_HOME/autosync-tasks`;
`AUTOSYNC_CONFIG` names another file). Each setting has one name: in small letters in the file, in capital
letters in the environment and for `set-config`. The order is: defaults < file < environment.

    inv set-config MAX_SYNC_FREQUENCY=600 AUTO_SYNC_PUSH=true    # in the file; comments stay
    AUTO_SYNC_PUSH=true inv sync                                 # for one run
    inv show-config                                              # each value, and where it comes from

Values are strict, and every mistake is told at once. Times are whole seconds and sizes whole bytes, without a
unit. In the environment `true` may also be `1`, `yes` or `on` and `false` may be `0`, `no` or `off`, in any
case; a list is a TOML or JSON array: `SYNC_EXCLUSIONS='["*.log", "cache/"]'`.

Patterns are [gitignore patterns](https://git-scm.com/docs/gitignore#_pattern_format): without a slash they
match at any depth, with a leading `/` at the root of the config tree. Each is matched alone, so `!` is not
allowed.

## Places

The config tree is the first of these: `opencode_source`; the folder in `OPENCODE_CONFIG_DIR`; `~/.opencode` or
OpenCode's folder in the XDG config folder, whichever has content (both: you are asked to say which). The backup
is `opencode_backup`, or `autosync-tasks/backup` in the XDG data folder. The first sync records both.

A variable or flag that names a place and is empty is an error that names it. Two defaults are documented
elsewhere and hold here too: without `HOME` the user database says where your home is, and an XDG variable that
is empty or no full path counts as unset, as its specification asks.

Root writes nothing into another user's home (`sudo autosync …`): what it left there the user's own runs could
not use.

## All settings

| setting | default | allowed | what it does |
|---|---|---|---|
"""

_LISTS = """
## Default of `{name}`

{items}
"""

_RULES = """
## Rules of your own

```toml
[[rules]]
pattern = "prompts/"
category = "context"      # a category of the built-in rules, or a word of your own
priority = "high"         # always; medium: when enough or old enough; low: by hand; never: not at all

[[rules]]
pattern = "node_modules/" # of the protected paths only this and opencode.db* can be overridden
category = "other"
priority = "low"
```

A rule that can never win is a mistake and is told as one: an earlier rule takes all that it matches, or that
is always protected.
"""


def markdown() -> str:
    """The whole page."""
    rows = "".join(_row(setting) for setting in TABLE.values())
    lists = "".join(
        _LISTS.format(name=s.name, items=" · ".join(f"`{item}`" for item in s.default))
        for s in TABLE.values()
        if s.type is Type.PATTERNS and isinstance(s.default, tuple)
    )
    return _INTRO + rows + lists + _RULES


def _row(setting: Setting) -> str:
    cells = (f"`{setting.name}`", _default(setting), allowed(setting).replace("|", r"\|"), setting.help)
    return "| " + " | ".join(cells) + " |\n"


def _default(setting: Setting) -> str:
    if setting.default == "":
        return "empty"
    if setting.type is Type.PATTERNS:
        return "below"
    if setting.default == ():
        return "none"
    return f"`{str(setting.default).lower()}`"


if __name__ == "__main__":
    sys.stdout.write(markdown())
