"""Recovery: from what is wrong with a backup to the repairs that mend it, as plain data (pure).

Nothing is forced and nothing is made anew: every repair keeps what it replaces (an edit becomes a stash entry, a
commit that no branch holds gets a branch, a damaged file of git is moved aside), and what cannot be mended is said.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from autosync_tasks.humanize import count
from autosync_tasks.model import Path
from autosync_tasks.names import display, kept_branch
from autosync_tasks.records import dataclass, field


class Fix(StrEnum):
    """What a repair does; the effects know how."""

    CONFIG = "config"
    LOCKS = "locks"
    REF = "ref"
    REFS = "refs"
    DEPARTED = "departed"
    DERIVED = "derived"
    PACKS = "packs"
    OBJECTS = "objects"
    FETCH = "fetch"
    INCOMING = "incoming"
    INDEX = "index"
    OPERATION = "operation"
    HEAD = "head"
    NOTHING = "nothing"
    LOST = "lost"


PASSIVE = (Fix.NOTHING, Fix.LOST, Fix.FETCH)
"""What `repair.mend` does nothing about."""


@dataclass(frozen=True, slots=True)
class Damaged:
    """An object that the store cannot give: its id, its type, a path that needs it ("" if none), the commit with it.

    whose: the ref that leads there ("" for the branch).
    """

    id: str
    kind: str
    path: Path
    commit: str
    whose: str = ""


@dataclass(frozen=True, slots=True)
class BadRef:
    """A ref that names no commit that is there. why: what is wrong. last: a commit that it named, if one is known."""

    name: str
    why: str
    last: str = ""


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """What is seen of a backup.

    locks: what a killed git left; in_use: who uses it ("" nobody). operations: unfinished ones (merge, rebase, am,
    cherry-pick, revert, bisect). head: "branch", "elsewhere" (on head_name), "detached" (at head_commit) or "damaged";
    head_kept: whether a ref holds head_commit. ref: "good", "none" (no commit was ever made), "lost" or "damaged";
    candidate: the newest own commit that is known of; candidate_from: where from. index: what is wrong with it.
    damaged: what is wrong in the store; heals: id to where its bytes still are. packs: damaged ones, and what is wrong
    with each ("" : objects in it). incoming: refs of killed runs. refs: others that are damaged. derived: files of
    git's that it makes anew; stops: with which it does not work. departed: where a run left the branch, if that is in
    its history no more. config: what git says of the repository's own settings, if it cannot read them. back: whether
    the candidate is not the newest commit that the branch is known to have named. remote: the remote that may have what
    is lost, while it was not asked. unasked: why it could not be.
    """

    branch: str
    locks: tuple[str, ...] = ()
    in_use: str = ""
    operations: tuple[str, ...] = ()
    head: str = "branch"
    head_name: str = ""
    head_commit: str = ""
    head_kept: bool = True
    ref: str = "good"
    candidate: str = ""
    candidate_from: str = ""
    index: str = ""
    damaged: tuple[Damaged, ...] = ()
    heals: Mapping[str, str] = field(default_factory=dict)
    packs: Mapping[str, str] = field(default_factory=dict)
    incoming: tuple[str, ...] = ()
    refs: tuple[BadRef, ...] = ()
    derived: tuple[str, ...] = ()
    stops: tuple[str, ...] = ()
    departed: str = ""
    config: str = ""
    back: bool = False
    remote: str = ""
    unasked: str = ""


@dataclass(frozen=True, slots=True)
class Repair:
    """One thing that is wrong (problem) and what is done about it (remedy), with what the effect needs."""

    fix: Fix
    problem: str
    remedy: str
    subject: str = ""
    subjects: tuple[str, ...] = ()


def repairs(facts: Diagnosis) -> tuple[Repair, ...]:
    """What to do, in an order in which each step can rely on those before it. Empty: nothing is wrong."""
    if facts.config:
        kept = "keep what git can read of it, and move it aside"
        return (Repair(Fix.CONFIG, f"the repository's own settings cannot be read ({facts.config})", kept),)
    if facts.head == "damaged":
        return tuple(_head(facts))  # git takes it for no repository at all until HEAD names something
    stored = [*_locks(facts), *_derived(facts), *_store(facts)]
    if any(repair.fix in (Fix.PACKS, Fix.OBJECTS, Fix.DERIVED, Fix.FETCH) for repair in stored):
        return tuple(stored)  # mended first: what a ref names may come back with it, and nothing steps back before
    rest = [*_ref(facts), *map(_bad_ref, facts.refs), *_departed(facts), *_incoming(facts), *_index(facts)]
    return (*stored, *rest, *_operations(facts), *_head(facts))


def _locks(facts: Diagnosis) -> list[Repair]:
    if not facts.locks:
        return []
    problem = f"a killed git left {count(len(facts.locks), 'file')} behind ({_listed(facts.locks)})"
    if facts.in_use:
        return [Repair(Fix.NOTHING, problem, f"left alone: {facts.in_use} may be using them; run it again later")]
    return [Repair(Fix.LOCKS, problem, "clear them away: no process uses them", subjects=facts.locks)]


def _ref(facts: Diagnosis) -> list[Repair]:
    if facts.ref in ("good", "none"):
        return []
    problem = f"the branch {facts.branch} " + ("is gone" if facts.ref == "lost" else "is damaged: it names no commit")
    if not facts.candidate:
        way = "no whole commit of it is known here; fetch the branch from the remote, or restore the backup folder"
        return [Repair(Fix.NOTHING, problem, way)]
    if facts.back and facts.unasked:
        way = f"the remote may have a newer one than {facts.candidate[:7]} and could not be asked ({facts.unasked})"
        out = "run it again when it can be reached, or take it out of the backup (git remote remove) to go back to that"
        return [Repair(Fix.NOTHING, problem, f"{way}: {out}")]
    remedy = f"set it to {facts.candidate[:7]}, the newest whole backup ({facts.candidate_from})"
    return [Repair(Fix.REF, problem, remedy, subject=facts.candidate)]


def _store(facts: Diagnosis) -> list[Repair]:
    out = "take what is whole out of it and move it aside"
    mending = [
        Repair(Fix.PACKS, f"{pack} {fault or 'is damaged'}", out, subject=pack) for pack, fault in facts.packs.items()
    ]
    for item in facts.damaged:
        what = f"the {item.kind} {item.id[:10]}"
        where = f" of {display(item.path)}" if item.path else ""
        whose = f", which {display(item.whose)} names" if item.whose else ""
        problem = f"{what}{where} is missing or damaged (in {item.commit[:7]}{whose})"
        if item.id in facts.heals:
            mending.append(Repair(Fix.OBJECTS, problem, f"put it back from {facts.heals[item.id]}", subject=item.id))
        elif facts.remote and not facts.packs:
            mending.append(Repair(Fix.FETCH, problem, f"fetch it from the remote {facts.remote}", subject=item.id))
        elif not facts.packs:
            mending.append(Repair(Fix.LOST, problem, _lost(item, facts), subject=item.id))
    if facts.remote and facts.ref in ("lost", "damaged") and (facts.back or not facts.candidate) and not mending:
        problem = f"the newest commit that the branch {facts.branch} is known to have named is not here"
        mending.append(Repair(Fix.FETCH, problem, f"fetch what the remote {facts.remote} has of it"))
    return mending


def _lost(item: Damaged, facts: Diagnosis) -> str:
    if facts.unasked:
        return f"it is nowhere on this machine, and the remote could not be asked ({facts.unasked})"
    if item.kind == "blob":
        return "its bytes are nowhere on this machine: that version is lost, unless a remote or a copy has it"
    return "it cannot be put together again here: it is lost, unless a remote or a copy of the backup has it"


def _derived(facts: Diagnosis) -> list[Repair]:
    quicker, stops = "files that git makes to be quicker are damaged", "git does not work with what stands there"
    ways = ((quicker, "move them aside: git makes them anew", facts.derived), (stops, "move it aside", facts.stops))
    return [
        Repair(Fix.DERIVED, f"{what} ({_listed(names)})", way, subjects=names) for what, way, names in ways if names
    ]


def _bad_ref(ref: BadRef) -> Repair:
    remedy = f"set it to {ref.last[:7]}, the last that is known of it" if ref.last else _forget(ref.name)
    if ref.why.startswith("is no ref"):
        remedy = "move it aside, and keep the commit that it names"
    return Repair(Fix.REFS, f"{display(ref.name)} {ref.why}", remedy, subject=ref.name, subjects=(ref.last,))


def _forget(name: str) -> str:
    """What happens to a ref of which nothing is known any more."""
    if name == "packed-refs":
        return "keep the lines that are refs, and move it aside"
    if name.startswith("refs/autosync/remote/"):
        return "move it aside: the next push finds out anew where the remote is"
    return "move it aside: no commit that it named is there any more"


def _departed(facts: Diagnosis) -> list[Repair]:
    if not facts.departed:
        return []
    problem = f"the branch {facts.branch} was set back or replaced: the backup {facts.departed[:7]} left its history"
    remedy = f"keep that backup, and those before it, as the branch {kept_branch(facts.departed)}"
    return [Repair(Fix.DEPARTED, problem, remedy, subject=facts.departed)]


def _incoming(facts: Diagnosis) -> list[Repair]:
    problem = f"{count(len(facts.incoming), 'commit')} of a killed run never reached the branch"
    way = "forget them: the next sync makes them anew"
    return [Repair(Fix.INCOMING, problem, way, subjects=facts.incoming)] if facts.incoming else []


def _index(facts: Diagnosis) -> list[Repair]:
    way = "move it aside and build it anew from the commit"
    return [Repair(Fix.INDEX, facts.index, way)] if facts.index else []


_BY = {
    "merge": "a merge",
    "rebase": "a rebase",
    "am": "a series of patches",
    "cherry-pick": "a cherry-pick",
    "revert": "a revert",
    "bisect": "a bisect",
}


def _operations(facts: Diagnosis) -> list[Repair]:
    remedy = "save the edits there as a stash entry, then end it with git's own --abort (git bisect: reset)"
    return [
        Repair(Fix.OPERATION, f"{_BY[name]} was begun in the backup and not finished", remedy, subject=name)
        for name in facts.operations
    ]


def _head(facts: Diagnosis) -> list[Repair]:
    if facts.head == "branch" or facts.operations:  # ending the operation brings HEAD back; look again then
        return []
    back = f"save edits of backed up files as a stash entry and stand on {facts.branch} again"
    if facts.head == "elsewhere":
        problem = f"the backup's work tree stands on {display(facts.head_name)}, not on {facts.branch}"
        return [Repair(Fix.HEAD, problem, back)]
    if facts.head == "damaged":
        return [
            Repair(Fix.HEAD, "HEAD of the backup is damaged: it names nothing", f"let it name {facts.branch} again")
        ]
    problem = f"the backup's work tree stands on no branch (detached at {facts.head_commit[:7]})"
    if facts.head_kept:
        return [Repair(Fix.HEAD, problem, back)]
    kept = f"keep that commit as the branch {kept_branch(facts.head_commit)}, "
    return [Repair(Fix.HEAD, problem, kept + back, subject=facts.head_commit)]


def _listed(names: tuple[str, ...], most: int = 3) -> str:
    shown = ", ".join(display(name) for name in names[:most])
    return shown + (f" and {len(names) - most} more" if len(names) > most else "")
