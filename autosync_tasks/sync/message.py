"""The message of a commit: a subject a person can read, the paths, and trailers for machines (pure)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from autosync_tasks.backup.said import Said, trailers
from autosync_tasks.model import Change, Plan, Trigger
from autosync_tasks.names import display

_MOST_PATHS = 200
"""Paths listed in a commit message; the commit itself says the rest."""


def message(plan_: Plan, run_id: str, trigger: Trigger, said: Said, validated: str) -> bytes:
    """The commit message: a subject a person can read, the paths, and trailers for machines.

    said: what another machine may have to know of this one.
    """
    return "\n".join(
        [subject(plan_.changes), "", *_body(plan_.changes), *_trailers(plan_, run_id, trigger, said, validated)]
    ).encode()


def subject(changes: Iterable[Change]) -> str:
    """Like `sync: 3 context, 1 agent changed`."""
    counts = Counter(change.category for change in changes)
    listed = ", ".join(f"{count} {category}" for category, count in counts.most_common())
    return f"sync: {listed} changed" if listed else "sync: the record of the tree renewed"


def _body(changes: tuple[Change, ...]) -> list[str]:
    lines = []
    for change in changes[:_MOST_PATHS]:
        name = display(change.path)
        lines.append(
            f"{change.kind:<9}{display(change.old_path)} -> {name}"
            if change.old_path is not None
            else f"{change.kind:<9}{name}"
        )
    if len(changes) > _MOST_PATHS:
        lines.append(f"and {len(changes) - _MOST_PATHS} more")
    return [*lines, ""] if lines else []


def _trailers(plan_: Plan, run_id: str, trigger: Trigger, said: Said, validated: str) -> list[str]:
    highest = min((c.priority for c in plan_.changes), key=_RANK.__getitem__, default=None)
    return [
        f"Autosync-Run: {run_id}",
        f"Autosync-Trigger: {trigger}",
        f"Autosync-Priority: {highest or 'none'}",
        *trailers(said),
        f"Autosync-Validated: {validated}",
        "",
    ]


_RANK = {"high": 0, "medium": 1, "low": 2, "never": 3}
