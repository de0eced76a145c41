"""Changes as lines: few of them one by one, many by kind and category; what they wait for, said once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from autosync_tasks.humanize import count
from autosync_tasks.model import Change, ChangeKind, Pending
from autosync_tasks.names import display
from autosync_tasks.report.words import FILL, MOST, Line, Part, line, runnable

SIGN = {
    ChangeKind.CREATED: ("+", "green"),
    ChangeKind.MODIFIED: ("~", "yellow"),
    ChangeKind.RENAMED: (">", "cyan"),
    ChangeKind.MODE: ("x", "yellow"),
    ChangeKind.TYPE: ("T", "magenta"),
    ChangeKind.DELETED: ("-", "red"),
}
"""One sign, one meaning, on every screen: docs/screens.md is the legend."""

FEW = 5
"""Changes of one kind that are listed each where many are grouped (`--json` has them all)."""

_RANK = {"high": 0, "medium": 1, "low": 2, "never": 3}


def of_changes(changes: Iterable[Change], *, most: int = MOST) -> Iterator[Line]:
    """The most important first; beyond `most`, each kind of change with how many of which category."""
    listed = sorted(changes, key=lambda change: (_RANK[change.priority], change.path))
    if len(listed) <= most:
        yield from _each(listed)
    else:
        for kind in SIGN:
            alike = [change for change in listed if change.kind is kind]
            yield from _each(alike) if len(alike) <= FEW else [_grouped(kind, alike)]
    if listed:
        yield line()


def _each(changes: Sequence[Change]) -> Iterator[Line]:
    names = [_name(change) for change in changes]
    width = max((len(name) for name in names if len(name) <= _COLUMN), default=0)
    for change, name in zip(changes, names, strict=True):
        sign, style = SIGN[change.kind]
        fill = Part(" " * (width - len(name)), FILL)
        yield line(Part(f"  {sign} ", style), name, fill, Part(f"  {change.category}, {change.priority}", "dim"))


_COLUMN = 44
"""The longest name whose category stands in a column with the others'."""


def _name(change: Change) -> str:
    name = display(change.path, limit=100)
    return name if change.old_path is None else f"{display(change.old_path, limit=60)} → {name}"


def _grouped(kind: ChangeKind, changes: Sequence[Change]) -> Line:
    sign, style = SIGN[kind]
    kinds = Counter(change.category for change in changes).most_common()
    return line(Part(f"  {sign} ", style), ", ".join(f"{number:,} {name}" for name, number in kinds))


def of_pending(pending: Iterable[Pending]) -> Iterator[Line]:
    """What is not in the backup yet, by what it waits for, each with the sign of its change."""
    waits: dict[str, list[Change]] = {}
    for item in pending:
        waits.setdefault(runnable(item.waits_for), []).append(item.change)
    for reason, changes in waits.items():
        words = _waits(reason, several=len(changes) > 1)
        yield line(Part(f"  {count(len(changes), 'change')}", "bold"), Part(f"  {words}", "dim"))
        yield from list(of_changes(changes, most=FEW))[:-1]
    if waits:
        yield line()


def _waits(reason: str, *, several: bool) -> str:
    if reason.startswith("nothing: "):
        return "the next sync takes them" if several else "the next sync takes it"
    return f"{'wait' if several else 'waits'} for: {reason}"
