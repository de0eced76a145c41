"""The settings: each is declared here once, with its type, bounds, default and help text.

Loading, `set-config`, `show-config`, the errors and docs/settings.md are all made from this table.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from autosync_tasks.model import Rule
from autosync_tasks.profiles import Source
from autosync_tasks.records import dataclass, field, fields

DAY = 86_400


class Type(StrEnum):
    """What a value is. values.py has one check for each."""

    BOOL = "true or false"
    INT = "whole number"
    TEXT = "text"
    FOLDER = "folder"
    FILE = "file"
    ID = "id"
    BRANCH = "branch"
    REMOTE = "remote"
    PATTERNS = "list of patterns"
    CODES = "list of codes"
    FOLDERS = "list of folders"
    COMMANDS = "list of commands"
    ADDRESS = "address"
    RULES = "list of rules"


@dataclass(frozen=True, slots=True)
class Setting:
    """One declaration. low, high: bounds of a whole number, both included; unit: what it counts."""

    name: str
    type: Type
    default: object
    help: str
    low: int = 0
    high: int = 0
    unit: str = ""

    @property
    def variable(self) -> str:
        """Its name in the environment and on `--set-config`."""
        return self.name.upper()


def _declare(type_: Type, default: object, help_: str, **more: object) -> Any:
    # Any, as dataclasses.field itself says: mypy then takes the annotation beside it as the truth.
    return field(default=default, metadata={"type": type_, "help": help_, **more})


def _bool(default: bool, help_: str) -> Any:
    return _declare(Type.BOOL, default, help_)


def _int(default: int, low: int, high: int, unit: str, help_: str) -> Any:
    return _declare(Type.INT, default, help_, low=low, high=high, unit=unit)


SYNC_EXCLUSIONS = (".tmp/**/*", "*.log", ".env", "node_modules/**/*", ".git/**/*")
"""What OpenCode workflows name as never worth a sync. (Protected paths among them stay protected.)"""


@dataclass(frozen=True, slots=True)
class Settings:
    """Every setting with its default. Times are in seconds, sizes in bytes."""

    auto_sync_enabled: bool = _bool(True, "Whether automatic triggers may sync. A sync by hand always may.")
    auto_sync_push: bool = _bool(False, "Whether each sync pushes the backup to its remote.")
    auto_sync_validate: bool = _bool(
        True, "Whether findings block a sync. Protected paths and secrets are checked even when this is false."
    )
    min_changes_for_sync: int = _int(1, 1, 1_000_000, "changes", "An automatic sync starts from this many changes on.")
    max_sync_frequency: int = _int(
        300, 0, 30 * DAY, "seconds", "The least time between two automatic syncs; 0 sets no limit."
    )
    sync_triggers: tuple[str, ...] | None = _declare(
        Type.PATTERNS,
        None,
        "Only a change inside these (or inside a rule of your own) starts a sync; others ride along. Unset: what the "
        "agent's profile names, and the patterns of its rules of high and medium priority.",
    )
    sync_exclusions: tuple[str, ...] = _declare(
        Type.PATTERNS, SYNC_EXCLUSIONS, "Paths of low priority: copied only by hand, with `--include-low`."
    )
    opencode_source: str = _declare(
        Type.FOLDER, "", "The config tree. Empty: it is looked for, and recorded by the first sync."
    )
    opencode_backup: str = _declare(
        Type.FOLDER, "", "The backup repository. Empty: one in the XDG data folder, recorded by the first sync."
    )
    source_id: str = _declare(Type.ID, "", "The id of the source, recorded by the first sync. Not meant to be edited.")
    backup_branch: str = _declare(Type.BRANCH, "main", "The branch of the backup that holds the copy.")
    remote: str = _declare(Type.REMOTE, "origin", "The remote of the backup that is pushed to.")
    push_url: str = _declare(
        Type.TEXT,
        "",
        "The address that pushes go to, without credentials; recorded by the first push. If git would push to another "
        "one, nothing is pushed until you set this to it.",
    )
    medium_threshold: int = _int(
        3, 0, 1_000_000, "changes", "Changes of medium priority start a sync when more than this many are pending,"
    )
    medium_max_age: int = _int(DAY, 0, 365 * DAY, "seconds", "or when the oldest of them has waited this long.")
    max_age: int = _int(
        26 * 3600, 60, 365 * DAY, "seconds", "`status` says not protected when a change has waited longer."
    )
    deep_verify_every: int = _int(
        7 * DAY,
        0,
        3650 * DAY,
        "seconds",
        "A sync reads all of the backup's store through when the last time is this long ago; 0 never.",
    )
    backoff_cap: int = _int(
        6 * 3600, 0, 30 * DAY, "seconds", "The longest wait after repeated failures (it doubles up to here)."
    )
    max_file_size: int = _int(
        50_000_000, 1, 2_000_000_000, "bytes", "A larger file is left out of the backup, and named."
    )
    mass_delete_share: int = _int(
        50, 1, 100, "percent", "A sync is blocked when more than this share of the owned paths is gone"
    )
    mass_delete_count: int = _int(10, 0, 1_000_000, "paths", "and more than this many.")
    quarantine: bool = _bool(
        False, "Whether files with errors are left pending while the rest is synced, instead of blocking all."
    )
    validate_select: tuple[str, ...] = _declare(
        Type.CODES, (), "Validation rules to use, by code or family. Empty: all."
    )
    validate_ignore: tuple[str, ...] = _declare(Type.CODES, (), "Validation rules not to use, by code or family.")
    follow_links_into: tuple[str, ...] = _declare(
        Type.FOLDERS,
        (),
        "Folders outside the tree: what a link into them points to is stored as contents. With `~/.agents/skills` "
        "also the skills there that no link leads to.",
    )
    follow_config: str = _declare(
        Type.FILE, "", "The file outside the tree that OPENCODE_CONFIG names: it is kept in the backup too."
    )
    leave_outside: tuple[str, ...] = _declare(
        Type.FOLDERS, (), "What OpenCode reads outside the tree and you want in no backup: it is not named any more."
    )
    notify_command: str = _declare(
        Type.TEXT, "", "A command that is run when the verdict changes, at a block and at a third failure in a row."
    )
    notify: tuple[str, ...] = _declare(
        Type.COMMANDS, (), "More commands of that kind, each run by itself; `inv notify --test` tries all of them."
    )
    heartbeat_url: str = _declare(
        Type.ADDRESS,
        "",
        "An address that is asked for after a run that looked and found all well, once a minute at most, so that a "
        "dead-man's switch notices silence.",
    )
    watch_quiet: int = _int(2, 0, 3600, "seconds", "The watcher waits until nothing has changed for so long,")
    watch_max_wait: int = _int(30, 1, DAY, "seconds", "but never longer than this after the first change.")
    run_deadline: int = _int(600, 10, DAY, "seconds", "An automatic run that takes longer is ended.")
    rules: tuple[Rule, ...] = _declare(
        Type.RULES,
        (),
        "Rules of your own, as `[[rules]]` tables with `pattern`, `category` and `priority`. They are before "
        "the built-in ones; the first that matches wins.",
    )
    profile: Source = field(default=Source())
    """Whose settings these are. Not a setting itself."""

    @property
    def starts(self) -> tuple[str, ...]:
        """The patterns inside which a change starts a sync. No named category of a profile may wait for ever outside
        them; priority still decides when each of them goes."""
        return self.profile.read().starts if self.sync_triggers is None else self.sync_triggers

    @property
    def agents_rules(self) -> tuple[Rule, ...]:
        """The rules that the agent's profile brings, after the user's own."""
        return self.profile.read().rules


def _table() -> dict[str, Setting]:
    return {f.name: Setting(f.name, default=f.default, **f.metadata) for f in fields(Settings) if "type" in f.metadata}


TABLE = _table()
"""Every setting by its name, in the order of docs/settings.md."""

OWN = (
    *("opencode_source", "opencode_backup", "source_id", "backup_branch", "push_url", "rules", "sync_triggers"),
    *("sync_exclusions", "follow_links_into", "follow_config", "leave_outside"),
)
"""What is about one tree: at the top of the file and in the environment it is the usual profile's, and no other's."""
