"""Verdict: is the source protected? (pure)

Not protected: something that should be in the backup has waited too long, or nothing will come to take it.
Attention: something is left out or out of order, and the rest is safe. Protected: all else, at any age.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from autosync_tasks.humanize import age, count


class Level(StrEnum):
    """How well the source is protected."""

    PROTECTED = "protected"
    ATTENTION = "attention"
    NOT_PROTECTED = "not protected"


@dataclass(frozen=True, slots=True)
class Signs:
    """What the verdict is taken from. Ages are in seconds; 0 means that there is nothing of the kind.

    backed_up: the branch holds a commit of this source. oldest: age of the oldest pending admissible change.
    block: why a sync would be blocked now, "" if it would not. blocked_for: how long the block has stood.
    conflict: how long the remote has been in conflict. not_pushed: why the last push did not succeed, "" if it did or
    none is wanted. silent: installed triggers not seen for two periods. unloaded: why the plugin, the
    only trigger there is, does not come. faults: paths left out that should not be.
    links_out: links whose contents lie outside the tree. failures: in a row. notes: other things that are out of
    order though the backup is whole.
    """

    backed_up: bool
    enabled: bool
    pending: int = 0
    oldest: float = 0.0
    block: str = ""
    blocked_for: float = 0.0
    conflict: float = 0.0
    not_pushed: str = ""
    silent: Sequence[str] = ()
    unloaded: str = ""
    faults: int = 0
    links_out: int = 0
    failures: int = 0
    notes: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Verdict:
    """The level and one sentence why."""

    level: Level
    why: str


def verdict(signs: Signs, max_age: float) -> Verdict:
    """The verdict. max_age: seconds that an admissible change, a block or a conflict may stand."""
    if why := _exposed(signs, max_age):
        return Verdict(Level.NOT_PROTECTED, why)
    if why := _untidy(signs):
        return Verdict(Level.ATTENTION, why)
    words = f"{signs.pending} pending, none for longer than it may wait" if signs.pending else _ALL
    return Verdict(Level.PROTECTED, words)


_ALL = "everything that belongs in the backup is in it"


def _exposed(signs: Signs, max_age: float) -> str:
    if not signs.backed_up:
        return "there is no backup yet"
    if signs.pending and signs.oldest > max_age:
        return f"a change has waited for {age(signs.oldest)}"
    if signs.block and signs.blocked_for > max_age:
        return f"blocked for {age(signs.blocked_for)}: {signs.block}"
    if signs.conflict > max_age:
        return f"in conflict with the remote for {age(signs.conflict)}"
    if signs.silent:
        return f"{signs.silent[0]} is installed but has not been seen for two of its periods"
    return signs.unloaded


def _untidy(signs: Signs) -> str:
    if signs.block:
        return f"the next sync is blocked: {signs.block}"
    if signs.conflict:
        return "in conflict with the remote; local commits go on"
    if signs.not_pushed:
        return f"the last push did not succeed: {signs.not_pushed}"
    if signs.failures:
        return f"the last {signs.failures} syncs failed" if signs.failures > 1 else "the last sync failed"
    if signs.faults:
        return f"{signs.faults} paths are left out" if signs.faults > 1 else "one path is left out"
    if signs.links_out:
        lie = "its contents lie" if signs.links_out == 1 else "their contents lie"
        return f"{count(signs.links_out, 'link')} out of the tree: {lie} outside the backup"
    if signs.notes:
        return signs.notes[0]
    return "auto-sync is disabled" if not signs.enabled else ""
