"""The lines of `inv status`: the verdict first, then the facts behind it."""

from __future__ import annotations

from collections.abc import Iterator

from autosync_tasks.humanize import age, count
from autosync_tasks.names import display
from autosync_tasks.report.lines import of_left_out, of_pending
from autosync_tasks.report.words import MOST, Line, Part, line, of_next, of_note, runnable
from autosync_tasks.status.status import Status
from autosync_tasks.status.verdict import Level

STYLE_OF_LEVEL = {Level.PROTECTED: "bold green", Level.ATTENTION: "bold yellow", Level.NOT_PROTECTED: "bold red"}


def of_status(status: Status, source: str, backup: str, now: float, *, short: bool) -> Iterator[Line]:
    """A status as lines. now: seconds since the epoch. short: the verdict alone."""
    level = status.verdict.level
    yield line(Part(level, STYLE_OF_LEVEL[level]), f": {display(status.verdict.why, limit=1000)}")
    if short:
        return
    if status.verdict.next_step:
        yield of_next(status.verdict.next_step)
    for name, words in _facts(status, source, backup, now):
        yield line(Part(f"  {name:<10} ", "dim"), words)
    yield line()
    yield from of_pending(status.pending)
    yield from of_left_out(status.left_out)
    for path in status.links_out[:MOST]:
        words = "  a link out of the tree: kept as a link, without what it points to"
        yield line(Part("  ! ", "yellow"), display(path, limit=200), words)
    for note in status.notes:
        yield of_note(note)
    counts = f"pending={len(status.pending)} left_out={sum(not left.expected for left in status.left_out)}"
    yield line(Part(f"source={display(source)} verdict={level.replace(' ', '-')} {counts}", "dim"))


def _facts(status: Status, source: str, backup: str, now: float) -> Iterator[tuple[str, str]]:
    at = f" at {status.commit[:7]}, {count(status.owned, 'file')}" if status.commit else ""
    low = f" (and {status.waiting_low} of low priority)" if status.waiting_low else ""
    yield "source", display(source)
    yield "backup", display(backup) + at
    yield "last sync", f"{age(now - status.last_sync)} ago" if status.last_sync else "never, or not known"
    if status.commit:
        last = f"all of it, {age(now - status.store_read)} ago" if status.store_read else ""
        yield "store read", last or "not yet (a sync does when it is due)"
    if status.lost:
        more = f" and {len(status.lost) - 1} more" if status.lost[1:] else ""
        yield "lost", f"{status.lost[0]}{more}: no copy is left, as you confirmed"
    yield "pending", f"{len(status.pending)}{low}" if status.looked else "not known"
    if never := status.never_copied:
        names = ", ".join(display(path, limit=60) for path in never[:_NAMED]) + (", …" if len(never) > _NAMED else "")
        yield "protected", f"{count(len(never), 'path')} never copied: {names}"
    if status.failures:
        yield "failures", f"{status.failures} in a row"
    if status.comes and status.retry_at and status.retry_at > now:
        yield "retry", f"in {age(status.retry_at - now)}"
    yield "auto-sync", "enabled" if status.enabled else runnable("disabled (`inv enable` turns it on)")
    yield "push", _push(status, now)
    if status.others:
        yield "machines", runnable(f"{status.others} (`inv machines`)")
    if status.accepted:
        yield "accepted", f"{count(status.accepted, 'finding')} " + runnable("(`inv accept --list` shows them)")
    for item in status.installed:
        yield (
            "installed",
            f"{item.how}, {item.rhythm}: {display(item.place)}"
            if item.rhythm
            else f"{item.how}: {display(item.place)}",
        )
    if status.looked and not status.installed:
        yield "installed", runnable("no trigger; `inv install-cron` makes syncs come by themselves")
    for name, when in status.seen.items():
        yield name, f"last seen {age(now - when)} ago"


_NAMED = 5
"""Names of protected paths that are told; the rest is counted."""


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
