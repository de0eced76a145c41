"""Select: which of the pending changes a sync would take if it went (pure)."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from autosync_tasks.model import Change, ChangeKind, Kind, Path, Pending, Priority, Trigger
from autosync_tasks.names import parents
from autosync_tasks.policy.inputs import Ask
from autosync_tasks.policy.matching import Matcher
from autosync_tasks.policy.rules import CONTEXT, DOCUMENTATION, TOOLS
from autosync_tasks.records import dataclass

LOW_WAITS = "a sync by hand with --include-low (its priority is low)"
NEVER_WAITS = "nothing: it is protected and never goes into the backup"

_COPIES = frozenset({ChangeKind.CREATED, ChangeKind.MODIFIED, ChangeKind.MODE})
_NOT_FOR_TOOLS_ONLY = frozenset({"skill", "skills", "mode", "modes"})
"""Folders of tools that `--tools-only` does not mean, unless a rule of the user's own says so."""


@dataclass(frozen=True, slots=True)
class Selection:
    """What a sync would take, and what it would leave, each with what that waits for."""

    taken: tuple[Change, ...]
    left: tuple[Pending, ...]


def select(changes: Sequence[Change], trigger: Trigger, ask: Ask) -> Selection:
    """Divides the changes. A rename is one change; what must go together stays together.

    Raises PatternError for an `ask.include` that `check_pattern` refuses.
    """
    low_too = ask.include_low and trigger is Trigger.MANUAL
    wanted = _wanted(ask)
    taken = [_admissible(change, low_too) and wanted(change) for change in changes]
    if any(taken) and not all(taken):
        _keep_together(changes, taken)
    narrowed = "the next sync without " + " ".join(_narrowing(ask))
    return Selection(
        tuple(change for change, goes in zip(changes, taken, strict=True) if goes),
        tuple(
            Pending(change, narrowed if _admissible(change, low_too) else _barred(change))
            for change, goes in zip(changes, taken, strict=True)
            if not goes
        ),
    )


def _admissible(change: Change, low_too: bool) -> bool:
    """A protected path is admitted in one case: an owned one leaves the backup."""
    if change.priority is Priority.NEVER:
        return change.kind is ChangeKind.DELETED
    return low_too or change.priority is not Priority.LOW


def _barred(change: Change) -> str:
    return NEVER_WAITS if change.priority is Priority.NEVER else LOW_WAITS


def _narrowing(ask: Ask) -> list[str]:
    """The flags that narrow this sync."""
    flags = [("--context-only", ask.context_only), ("--tools-only", ask.tools_only), ("--include", ask.include)]
    return [flag for flag, given in flags if given]


def _wanted(ask: Ask) -> Callable[[Change], bool]:
    """Whether a narrowed sync is about a change; a rename counts if one of its two paths does."""
    include = Matcher((pattern, ()) for pattern in ask.include) if ask.include else None

    def wanted(change: Change) -> bool:
        if include is not None and not any(
            include.first(path, _is_folder(change)) is not None for path in change.paths
        ):
            return False
        if not (ask.context_only or ask.tools_only):
            return True
        context = ask.context_only and change.category in (CONTEXT, DOCUMENTATION)
        return context or (ask.tools_only and _is_tool(change))

    return wanted


def _is_tool(change: Change) -> bool:
    """A tool, plugin or command, by the defaults or by a user's rule; skills and modes are not meant."""
    rule = change.rule
    folder = rule.pattern.rstrip("/").rpartition("/")[2]
    return change.category == TOOLS and (
        folder not in _NOT_FOR_TOOLS_ONLY or not rule.origin.startswith(("built in", "profile "))
    )


def _is_folder(change: Change) -> bool:
    entry = change.new or change.old
    return entry is not None and entry.kind is Kind.FOLDER


def _keep_together(changes: Sequence[Change], taken: list[bool]) -> None:
    """Takes what a taken change needs, and what would be a half without it: a file-for-folder swap, a chain
    of renames. Nothing of low priority is copied for it, but a low path that stands in the way goes.
    """
    at: dict[Path, int] = {}
    group = list(range(len(changes)))

    def root(number: int) -> int:
        while group[number] != number:
            group[number] = group[group[number]]
            number = group[number]
        return number

    for number, change in enumerate(changes):
        for path in change.paths:
            group[root(number)] = root(at.setdefault(path, number))
    for number, change in enumerate(changes):
        for path in change.paths:
            for parent in parents(path):
                above = at.get(parent)
                if above is not None and _holds_contents(changes[above]):
                    group[root(number)] = root(above)
    needed = {root(number) for number, goes in enumerate(taken) if goes}
    for number, change in enumerate(changes):
        barred = change.priority in (Priority.LOW, Priority.NEVER) and change.kind in _COPIES
        if not taken[number] and not barred and root(number) in needed:
            taken[number] = True


def _holds_contents(change: Change) -> bool:
    """Whether a file or link stands there, before or after: then nothing can lie below it at that time."""
    return any(entry is not None and entry.kind is not Kind.FOLDER for entry in (change.old, change.new))
