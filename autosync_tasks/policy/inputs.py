"""What a decision is taken from, as plain data: the limits, the past, what was asked for, what was seen."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from autosync_tasks.model import Path
from autosync_tasks.records import dataclass, field


class GateSettings(Protocol):
    """The settings that the gate and the guards need. Times are seconds, mass_delete_share is per cent."""

    @property
    def auto_sync_enabled(self) -> bool: ...
    @property
    def min_changes_for_sync(self) -> int: ...
    @property
    def max_sync_frequency(self) -> float: ...
    @property
    def medium_threshold(self) -> int: ...
    @property
    def medium_max_age(self) -> float: ...
    @property
    def backoff_cap(self) -> float: ...
    @property
    def mass_delete_share(self) -> float: ...
    @property
    def mass_delete_count(self) -> int: ...


@dataclass(frozen=True, slots=True)
class Past:
    """What earlier runs left. Times are seconds since the epoch; one in the future counts as unknown.

    last_sync_at: of the last commit. failures: transient ones in a row. retry_at: as `backoff_retry_at`
    gave it when the last of them was recorded. first_seen: when each pending path was first seen to differ;
    a path that is missing is taken as seen now.
    """

    last_sync_at: float | None = None
    failures: int = 0
    retry_at: float | None = None
    first_seen: Mapping[Path, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Ask:
    """What was asked for beside the trigger.

    force: overrides enabled, thresholds, limit and backoff, never a guard. include: gitignore patterns.
    allow_mass_delete: the digest that a block named, or "".
    """

    force: bool = False
    include_low: bool = False
    context_only: bool = False
    tools_only: bool = False
    include: tuple[str, ...] = ()
    adopt: bool = False
    allow_mass_delete: str = ""


@dataclass(frozen=True, slots=True)
class Guarded:
    """What the guards judge.

    source_entries: how many paths the source holds (None: not known). owned: files and links that the backup
    holds. gone, truncated: see `guards.losses`. other_source: the id of another source that the branch
    carries, or "". collisions: foreign paths of the branch where the source has something else.
    first: no sync of this source is in the branch yet.
    """

    source_entries: int | None = None
    owned: int = 0
    gone: tuple[Path, ...] = ()
    truncated: tuple[Path, ...] = ()
    other_source: str = ""
    collisions: tuple[Path, ...] = ()
    first: bool = False
