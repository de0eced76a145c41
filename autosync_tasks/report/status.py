"""The lines of `inv status`: the verdict first, then the facts behind it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from autosync_tasks.humanize import age, count
from autosync_tasks.names import display
from autosync_tasks.report.changes import of_pending
from autosync_tasks.report.lines import of_left_out
from autosync_tasks.report.words import MOST, Line, Part, in_a_log, line, of_next, of_note, runnable
from autosync_tasks.status.history import ended_at
from autosync_tasks.status.status import Status
from autosync_tasks.status.verdict import Level

STYLE_OF_LEVEL = {Level.PROTECTED: "bold green", Level.ATTENTION: "bold yellow", Level.NOT_PROTECTED: "bold red"}


def of_status(
    status: Status, source: str, backup: str, now: float, *, short: bool, verbose: bool = False, days: str = ""
) -> Iterator[Line]:
    """A status as lines: the verdict, what to do, what is not in the backup, then the facts.

    now: seconds since the epoch. short: the verdict alone. verbose: also the facts that say that all is as usual, and
    `days`, the syncs of a month as a line of bars.
    """
    level = status.verdict.level
    yield line(Part(level, STYLE_OF_LEVEL[level]), f": {runnable(display(status.verdict.why, limit=1000))}")
    if short:
        return
    if status.verdict.next_step:
        yield of_next(status.verdict.next_step)
    yield from of_pending(status.pending)
    yield from of_left_out(status.left_out)
    for path in status.links_out[:MOST]:
        words = "  a link out of the tree: kept as a link, without what it points to"
        yield line(Part("  ! ", "yellow"), display(path, limit=200), words)
    for note in status.notes:
        yield of_note(note)
    for name, words, matters in _facts(status, source, backup, now):
        if matters or verbose:
            yield line(Part(f"  {name:<9}  ", "dim"), words)
    if days:
        yield line(Part(f"  {'a month':<9}  ", "dim"), days)
    counts = f"pending={len(status.pending)} left_out={sum(not left.expected for left in status.left_out)}"
    yield in_a_log(f"source={display(source)} verdict={level.replace(' ', '-')} {counts}")


def of_days(records: Iterable[Mapping[str, Any]], now: float) -> str:
    """A bar for each of the last 30 days, oldest first: how many syncs changed something then; "" for none."""
    ages = [
        int((now - when) // 86400) for one in records if one.get("outcome") == "changed" and (when := ended_at(one))
    ]
    numbers = [ages.count(day) for day in range(29, -1, -1)]
    most = max(numbers)
    bars = "".join("·" if not n else "▁▂▃▄▅▆▇█"[(n * 8 - 1) // most] for n in numbers)
    return f"{bars}  {count(sum(numbers), 'sync')} that changed something" if most else ""


def _facts(status: Status, source: str, backup: str, now: float) -> Iterator[tuple[str, str, bool]]:
    """Name, words, and whether they matter where nothing is out of order."""
    at = f" at {status.commit[:7]}, {count(status.owned, 'file')}" if status.commit else ""
    low = f" (and {status.waiting_low} of low priority)" if status.waiting_low else ""
    yield "source", display(source), True
    yield "backup", display(backup) + at, True
    yield "last sync", f"{age(now - status.last_sync)} ago" if status.last_sync else "never, or not known", True
    if status.commit:
        last = f"all of it, {age(now - status.store_read)} ago" if status.store_read else ""
        yield "read back", last or "not yet (a sync does when it is due)", False
    if status.lost:
        more = f" and {len(status.lost) - 1} more" if status.lost[1:] else ""
        yield "lost", f"{status.lost[0]}{more}: no copy is left, as you confirmed", True
    pending = f"{len(status.pending)}{low}" if status.looked else "not known"
    yield "pending", pending, bool(status.pending or status.waiting_low or not status.looked)
    if never := status.never_copied:
        names = ", ".join(display(path, limit=60) for path in never[:_NAMED]) + (", …" if len(never) > _NAMED else "")
        yield "by rule", f"{count(len(never), 'path')} never copied: {names}", True
    if status.failures:
        yield "failures", f"{status.failures} in a row", True
    if status.comes and status.retry_at and status.retry_at > now:
        yield "retry", f"in {age(status.retry_at - now)}", True
    words = "enabled" if status.enabled else runnable("disabled (`inv enable` turns it on)")
    yield "auto-sync", words, not status.enabled
    yield "push", _push(status, now), status.push or status.remote is not None
    if status.others:
        yield "machines", runnable(f"{status.others} (`inv machines`)"), True
    if status.accepted:
        words = runnable("(`inv accept --list` shows them)")
        yield "accepted", f"{count(status.accepted, 'finding')} {words}", True
    for item in status.installed:
        rhythm = f", {item.rhythm}" if item.rhythm else ""
        yield "installed", f"{item.how}{rhythm}: {display(item.place)}", True
    if status.looked and not status.installed:
        yield "installed", runnable("no trigger; `inv install-cron` makes syncs come by themselves"), True
    for name, when in status.seen.items():
        yield name, f"last seen {age(now - when)} ago", False


_NAMED = 5
"""Names of never copied paths that are told; the rest is counted."""


def _push(status: Status, now: float) -> str:
    """Whether and where to, when the remote last had everything, and what it does not have yet."""
    words, remote = "after each sync" if status.push else "off", status.remote
    if remote is None:
        return words
    if remote.address:
        words += f", to {display(remote.remote)} ({display(remote.address, limit=200)})"
    if remote.pushed_at is not None:
        words += f"; the last one {age(max(0.0, now - remote.pushed_at))} ago"
    if remote.ahead and (status.push or remote.pushed_at is not None):
        words += f"; {count(remote.ahead, 'commit')} not there yet"
    return words + (f"; the last one failed: {display(status.not_pushed, limit=500)}" if status.not_pushed else "")
