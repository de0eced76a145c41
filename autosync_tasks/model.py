"""The words of the project as plain, frozen data. Paths are bytes, relative to the source's root.

Nothing here reads a clock, a file or a repository; every other room speaks in these terms.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, NamedTuple

from autosync_tasks.records import dataclass, field

Path = bytes
"""A path relative to the source's root: no leading slash, `/` between parts, any other byte but NUL."""


class Kind(StrEnum):
    """What a path is. Only these three can be in a backup."""

    FILE = "file"
    LINK = "link"
    FOLDER = "folder"


class Trigger(StrEnum):
    """Who asks for a sync."""

    MANUAL = "manual"
    WORKFLOW = "workflow"
    WATCH = "watch"
    SCHEDULE = "schedule"


class Outcome(StrEnum):
    """How a step or a run ended."""

    OK = "ok"
    CHANGED = "changed"
    SKIPPED = "skipped"
    BLOCKED = "blocked"
    DEFERRED = "deferred"
    INCOMPLETE = "incomplete"
    FAILED = "failed"


class ChangeKind(StrEnum):
    """What happened to a path."""

    CREATED = "created"
    MODIFIED = "modified"
    DELETED = "deleted"
    RENAMED = "renamed"
    MODE = "mode"
    TYPE = "type"


class Priority(StrEnum):
    """Whether a change starts a sync: always, when enough or old enough, by hand only, or never copied."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"
    NEVER = "never"


class Severity(StrEnum):
    """An error blocks the sync, a warning does not."""

    ERROR = "error"
    WARNING = "warning"


class Verb(StrEnum):
    """What was decided."""

    GO = "go"
    SKIP = "skip"
    DEFER = "defer"
    BLOCK = "block"


class Entry(NamedTuple):
    """One path as observed in the source or recorded in the backup (a tuple: there is one for every path).

    mode: permission bits 0-0o777 (a link's is 0o777). size: bytes (folders 0).
    id: git's content id (hex) of a file's bytes or a link's target; "" for a folder.
    """

    kind: Kind
    mode: int
    size: int
    id: str

    @property
    def git_mode(self) -> str:
        """The mode that git's tree keeps for it ("" for a folder: git keeps none)."""
        kind = self.kind
        if kind is Kind.FILE:
            return "100755" if self.mode & 0o100 else "100644"
        return "120000" if kind is Kind.LINK else ""


Manifest = Mapping[Path, Entry]
"""Path to entry: what is observed in the source, or what the backup's commit records."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of classification. `pattern` is a gitignore pattern; `unless` are patterns that undo it.

    origin says where it was set: "built in", "config.toml", "sync_exclusions".
    """

    pattern: str
    category: str
    priority: Priority
    origin: str = "built in"
    unless: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Change:
    """One difference between source and backup. `old_path` is set for a rename."""

    path: Path
    kind: ChangeKind
    rule: Rule
    new: Entry | None = None
    old: Entry | None = None
    old_path: Path | None = None
    starts: bool = True
    """Whether it lies inside `sync_triggers`; if not it starts nothing but rides along."""

    @property
    def category(self) -> str:
        return self.rule.category

    @property
    def priority(self) -> Priority:
        return self.rule.priority

    @property
    def paths(self) -> tuple[Path, ...]:
        """Every path it touches."""
        return (self.path,) if self.old_path is None else (self.old_path, self.path)


class Left(StrEnum):
    """Why a path is not taken from the source."""

    PROTECTED = "protected"
    SPECIAL = "special"
    UNREADABLE = "unreadable"
    TOO_LARGE = "too large"
    MOVING = "moving"
    NAME = "name git refuses"
    RESERVED = "reserved name"
    NESTED_GIT = "nested repository"


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A path that is not in the backup, why, and what a person can do. A folder speaks for all below it."""

    path: Path
    why: Left
    detail: str = ""

    @property
    def expected(self) -> bool:
        """True if leaving it out is the rule, not a fault (protected names, a nested `.git`)."""
        return self.why in (Left.PROTECTED, Left.NESTED_GIT)


@dataclass(frozen=True, slots=True)
class Finding:
    """What validation says of one path. Never holds a secret's value.

    line and column count from 1 (0: the file as a whole). fingerprint names this finding for `accept`.
    """

    code: str
    severity: Severity
    path: Path
    message: str
    hint: str = ""
    line: int = 0
    column: int = 0
    fingerprint: str = ""
    status: str = "new"
    excerpt: str = ""
    """The line itself, only where it is safe to show."""

    @property
    def blocks(self) -> bool:
        return self.severity is Severity.ERROR and self.status != "accepted"


@dataclass(frozen=True, slots=True)
class Pending:
    """A change that is not in the backup yet, and what it waits for."""

    change: Change
    waits_for: str


@dataclass(frozen=True, slots=True)
class Decision:
    """Go, skip, defer or block, with the reason; what goes and what stays pending.

    retry_at: seconds since the epoch, where it waits. digest: of exactly the deletions a guard holds.
    """

    verb: Verb
    reason: str
    admitted: tuple[Change, ...] = ()
    waiting: tuple[Pending, ...] = ()
    retry_at: float | None = None
    digest: str = ""
    details: tuple[str, ...] = ()
    next_step: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    """The exact delta to commit on `base` ("" for a first commit), and the manifest after it."""

    base: str
    puts: Mapping[Path, Entry]
    deletes: frozenset[Path]
    manifest: bytes
    digest: str
    changes: tuple[Change, ...] = ()
    after: Mapping[Path, Entry] = field(default_factory=dict)
    """What the manifest says: everything that the backup will record of the source."""

    @property
    def empty(self) -> bool:
        return not (self.puts or self.deletes or self.changes)


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a run: its name, outcome, and why (a reason is never empty for ok and skipped)."""

    name: str
    outcome: Outcome
    reason: str


@dataclass(frozen=True, slots=True)
class Run:
    """One passage through the pipeline. Times are seconds since the epoch; retry_at: when it may be tried again."""

    id: str
    trigger: Trigger
    started: float
    ended: float
    outcome: Outcome
    reason: str
    exit_code: int
    steps: tuple[Step, ...] = ()
    commit: str = ""
    changes: tuple[Change, ...] = ()
    pending: tuple[Pending, ...] = ()
    left_out: tuple[LeftOut, ...] = ()
    findings: tuple[Finding, ...] = ()
    notes: tuple[str, ...] = ()
    next_step: str = ""
    check: bool = False
    details: tuple[str, ...] = ()
    retry_at: float | None = None


@dataclass(frozen=True, slots=True)
class Cache:
    """What the last run saw.

    head: the branch's commit. settings: digest of what shapes an observation. scan: the walk as one string
    (see Scan.blob). ids: the content id (20 bytes) of each path, in order; zeros for folders. unsettled: paths that may
    change without a sign in the scan. idle: if everything was in the backup, the words for it and the manifest's id.
    """

    head: str
    settings: str
    scan: bytes
    ids: bytes
    unsettled: tuple[bytes, ...] = ()
    idle: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class TreeCache:
    """The branch's listing (`git ls-tree -r -z` form) and manifest at one commit, and the ids of its folders."""

    commit: str
    listing: bytes
    manifest: bytes
    folders: bytes = b""
