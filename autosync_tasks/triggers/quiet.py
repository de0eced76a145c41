"""When the watcher should sync: pure, with the time passed in (seconds of any clock that only goes forward)."""

from __future__ import annotations

from autosync_tasks.records import dataclass, replace

SCAN_EVERY = 3600.0
"""Seconds between two scans when nothing is heard: events get lost (inotify(7), "Limitations and caveats")."""


@dataclass(frozen=True, slots=True)
class Pace:
    """What the settings say of it, in seconds: how long it must be quiet, for how long at most, and what to wait where
    a sync that did not go well names no time."""

    quiet: float = 2.0
    longest: float = 30.0
    usual_retry: float = 300.0


@dataclass(frozen=True, slots=True)
class Quiet:
    """What has been heard since the last sync began.

    quiet: a sync waits until nothing has been heard for so long; longest: but at most so long after the first.
    first, last: when something was heard (None: nothing is waiting). retry_at: a sync that was deferred wants to
    be asked again then. scan_at: the next scan without a reason.
    """

    quiet: float
    longest: float
    scan_at: float
    first: float | None = None
    last: float | None = None
    retry_at: float | None = None

    def heard(self, now: float) -> Quiet:
        """Something changed, or may have."""
        return replace(self, first=now if self.first is None else self.first, last=now)

    def at_pace(self, pace: Pace) -> Quiet:
        """The same as the settings are now."""
        return replace(self, quiet=pace.quiet, longest=pace.longest)

    def due_at(self) -> float:
        """When the next sync should begin, as things stand."""
        times = [self.scan_at]
        if self.first is not None and self.last is not None:
            times.append(min(self.last + self.quiet, self.first + self.longest))
        if self.retry_at is not None:
            times.append(self.retry_at)
        return min(times)

    def look_at(self, ahead: float) -> float:
        """When the tree should be looked at for the next sync, so many seconds before it: only after a longer quiet,
        so that a burst is not looked at again and again."""
        due = self.due_at()
        quiet = self.last is not None and due - ahead >= self.last + 2 * ahead
        return due - ahead if quiet else due

    def due(self, now: float) -> bool:
        """Whether a sync should begin now."""
        return now >= self.due_at()

    def began(self, now: float) -> Quiet:
        """A sync begins. What is heard from now on is for the next one."""
        return replace(self, first=None, last=None, retry_at=None, scan_at=now + SCAN_EVERY)

    def ended(self, now: float, retry_in: float | None) -> Quiet:
        """A sync ended. retry_in: it was deferred, or failed, and should be asked again in so many seconds."""
        return replace(self, retry_at=None if retry_in is None else now + retry_in)
