"""Verdict: is the source protected? (pure)

Not protected: something that should be in the backup has waited too long, or nothing will come to take it.
Attention: something is left out or out of order, and the rest is safe. Protected: all else, at any age.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

from autosync_tasks.humanize import age, count
from autosync_tasks.records import dataclass


class Level(StrEnum):
    """How well the source is protected."""

    PROTECTED = "protected"
    ATTENTION = "attention"
    NOT_PROTECTED = "not protected"


@dataclass(frozen=True, slots=True)
class Signs:
    """What the verdict is taken from. Ages are in seconds; 0 means that there is nothing of the kind.

    backed_up: the branch holds a commit of this source. wrong_source: why the source cannot be the config tree ("" if
    it can), with the way on. nothing_there: the same of one from which no sync takes anything. oldest: age of the
    oldest pending admissible change. block: why the next sync that may go would be blocked, "" if it would not, with
    the way on. blocked_for: how long the block has stood. quarantined: how many changes would wait for the mending of a
    file. conflict: how long the remote has been in conflict. not_pushed: why the last push did not succeed, "" if it
    did or none is wanted. silent: installed triggers not seen for two periods. unloaded: why the plugin, the only
    trigger there is, does not come. comes: some trigger will come by itself. faults: paths left out that should not be;
    take: the way on for the first. links_out: links whose contents lie outside the tree. failures: in a row. notes:
    other things that are out of order though the backup is whole. damage: what was found wrong in the backup's store
    when it was last read; newest_whole: whether the newest backup could be read all the same.
    """

    backed_up: bool
    enabled: bool
    pending: int = 0
    oldest: float = 0.0
    wrong_source: tuple[str, str] = ("", "")
    nothing_there: tuple[str, str] = ("", "")
    block: tuple[str, str] = ("", "")
    blocked_for: float = 0.0
    quarantined: int = 0
    mend: str = ""
    conflict: float = 0.0
    not_pushed: str = ""
    silent: Sequence[str] = ()
    unloaded: str = ""
    comes: bool = True
    faults: int = 0
    take: str = ""
    links_out: int = 0
    failures: int = 0
    notes: Sequence[str] = ()
    damage: str = ""
    newest_whole: bool = True


@dataclass(frozen=True, slots=True)
class Verdict:
    """The level, one sentence why, and what to do next ("" if nothing)."""

    level: Level
    why: str
    next_step: str = ""


def verdict(signs: Signs, max_age: float) -> Verdict:
    """The verdict. max_age: seconds that an admissible change, a block or a conflict may stand."""
    for level, told in ((Level.NOT_PROTECTED, _exposed(signs, max_age)), (Level.ATTENTION, _untidy(signs))):
        if told is not None:
            return Verdict(level, *told)
    return Verdict(
        Level.PROTECTED, f"{signs.pending} pending, none for longer than it may wait" if signs.pending else _ALL
    )


_ALL = "everything that belongs in the backup is in it"
_MENDS = "`inv recover --check` says what mends it"
_RECOVER = "`inv recover` shows the ways out of the conflict"
_TAKES = "`inv sync` takes what is pending"


def _exposed(signs: Signs, max_age: float) -> tuple[str, str] | None:
    if signs.wrong_source[0]:
        return signs.wrong_source
    if not signs.backed_up:
        nothing, way = signs.nothing_there
        return "there is no backup yet" + (f": {nothing}" if nothing else ""), way or "`inv sync` makes the first one"
    if signs.damage and not signs.newest_whole:
        return f"the backup was damaged when it was last read: {signs.damage}", _MENDS
    if signs.block[0] and max(signs.blocked_for, signs.oldest) > max_age:
        return f"blocked for {age(max(signs.blocked_for, signs.oldest))}: {signs.block[0]}", signs.block[1]
    if signs.pending and signs.oldest > max_age:
        step = signs.mend if signs.quarantined else _by_itself(signs) or f"{_TAKES}, `inv doctor` says why nothing did"
        return f"a change has waited for {age(signs.oldest)}", step
    if signs.conflict > max_age:
        return f"in conflict with the remote for {age(signs.conflict)}", _RECOVER
    if signs.silent:
        why = f"{signs.silent[0]} is installed but has not been seen for two of its periods"
        return why, "`inv doctor` says what keeps it away"
    return (signs.unloaded, "`inv doctor` says more") if signs.unloaded else None


def _untidy(signs: Signs) -> tuple[str, str] | None:
    if signs.damage:
        return f"the newest backup is whole, but something older is damaged: {signs.damage}", _MENDS
    if signs.block[0]:
        return f"the next sync is blocked: {signs.block[0]}", signs.block[1]
    if signs.conflict:
        return "in conflict with the remote; local commits go on", _RECOVER
    if signs.not_pushed:
        return f"the last push did not succeed: {signs.not_pushed}", "`inv sync --push` tries again now"
    if signs.failures:
        words = f"the last {signs.failures} syncs failed" if signs.failures > 1 else "the last sync failed"
        return words, "`inv sync` tries again now and says what is wrong"
    if signs.quarantined:
        return f"{count(signs.quarantined, 'change')} in quarantine; the rest goes", signs.mend
    if signs.faults:
        return (f"{signs.faults} paths are left out" if signs.faults > 1 else "one path is left out"), signs.take
    if signs.pending and (step := _by_itself(signs)):
        why = "auto-sync is disabled" if not signs.enabled else "no trigger is installed"
        return f"{count(signs.pending, 'change')} pending, and {why}", step
    if signs.links_out:
        lie = "its contents lie" if signs.links_out == 1 else "their contents lie"
        why = f"{count(signs.links_out, 'link')} out of the tree: {lie} outside the backup"
        return why, "`inv set-config FOLLOW_LINKS_INTO='[\"FOLDER\"]'` names the folders whose contents belong in it"
    if signs.notes:
        return signs.notes[0], ""
    return None if signs.enabled else ("auto-sync is disabled", "`inv enable` turns it on")


def _by_itself(signs: Signs) -> str:
    """What to do if nothing will take what is pending by itself; "" if something will."""
    if not signs.enabled:
        return f"`inv enable` turns it on; {_TAKES}"
    return "" if signs.comes else f"{_TAKES}; `inv install-cron`, or another trigger, sees to it from then on"
