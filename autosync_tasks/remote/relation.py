"""Pushing: what the heads of branch and remote mean to each other, and what is to be done (pure).

Foreign changes on the remote are taken in path by path, not by a merge of contents: git's merge follows renames
(it moved an owned file into a folder that the remote had renamed) and runs a merge driver if attributes name one.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from autosync_tasks.backup.listing import Delta, Listing, applied, changed
from autosync_tasks.backup.manifest import PATH
from autosync_tasks.humanize import count
from autosync_tasks.model import Path
from autosync_tasks.names import display, parents, typed
from autosync_tasks.records import dataclass, pattern, replace
from autosync_tasks.remote.address import part_of_ref

_OWN_FOLDER = PATH.split(b"/", 1)[0]
_MOST_NAMED = 3
_WELCOME = pattern(
    rb"(?i)(?:readme|licen[cs]e|copying|notice|contributing|code_of_conduct|security|codeowners|changelog)(?:[._-][^/]*)?\Z"
    rb"|\.(?:gitignore|gitattributes|gitkeep)\Z|\.(?:github|gitlab)/.+"
)
"""What a host puts into a repository that it makes for a person (GitHub, GitLab, Gitea)."""


CHOICE = (
    "inv recover --take source (this machine's version wins) or --take remote (theirs is restored "
    "into the source); until then local commits go on"
)
"""How a person ends a conflict."""


class Action(StrEnum):
    """What is to be done about the remote."""

    NOTHING = "nothing"
    PUSH = "push"
    FAST_FORWARD = "fast-forward"
    REBASE = "rebase"
    PARK = "park"
    STOP = "stop"


@dataclass(frozen=True, slots=True)
class Heads:
    """Commit ids ("" if there is none).

    local: the branch. remote: the branch of the same name there. base: their merge base. known: the remote's
    head when both last agreed; known_kept: whether the remote's head still contains it.
    """

    local: str
    remote: str
    base: str = ""
    known: str = ""
    known_kept: bool = True


@dataclass(frozen=True, slots=True)
class Trees:
    """What the three commits hold. owned: at the base or in the branch. ids: of the source, as each manifest says."""

    base: Listing
    local: Listing
    remote: Listing
    owned: frozenset[Path]
    own_id: str
    remote_id: str


@dataclass(frozen=True, slots=True)
class Relation:
    """How the remote stands to the branch: what to do and why.

    taken: what FAST_FORWARD and REBASE bring.
    """

    action: Action
    reason: str
    taken: Delta | None = None
    next_step: str = ""


def by_heads(heads: Heads) -> Relation | None:
    """What to do if the heads alone say it; None if the trees must be compared (`by_trees`)."""
    if not heads.remote:
        again = "the branch was missing there and is made again" if heads.known else "the first push"
        return Relation(Action.PUSH, again)
    if heads.remote == heads.local:
        return Relation(Action.NOTHING, "the remote has everything")
    if heads.known and not heads.known_kept:
        return _conflict("the remote's branch was rewritten: commits that it had are gone from it")
    if heads.base == heads.remote:
        return Relation(Action.PUSH, "the branch is ahead")
    return None


def by_trees(heads: Heads, trees: Trees, branch: str, host: str) -> Relation:
    """What to do about a remote that has commits of its own."""
    if trees.remote_id and trees.remote_id != trees.own_id:
        return Relation(
            Action.STOP,
            f"the remote's branch {branch} holds another source ({trees.remote_id})",
            next_step=_own_branch("give this machine a branch of its own", branch, host),
        )
    if not heads.base:
        if trees.remote_id:
            return _conflict("the remote's branch holds another history of this source")
        strange = sorted(path for path in trees.remote if not _WELCOME.match(path))
        mixed = sorted(path for path in trees.remote if path in trees.local)
        if strange or mixed:
            what = f"holds {display(strange[0])}" if strange else f"has {display(mixed[0])} as well"
            return Relation(
                Action.STOP,
                f"the remote's branch {branch} is no backup and has nothing in common with this one (it {what})",
                next_step=_own_branch(
                    "name an empty repository with `git remote set-url`, or another branch", branch, host
                ),
            )
    taken = changed(trees.base, trees.remote)
    touched = sorted(path for path in taken if is_owned(path, trees.owned))
    if taken.get(PATH):  # only a sync writes it
        others = sorted(path for path in taken if path.split(b"/", 1)[0] != _OWN_FOLDER)
        what = f"{named(others)} changed there" if others else "nothing but its record changed there"
        relation = _conflict(f"another machine, or a copy of this one, syncs to this branch too ({what})")
        way = _own_branch("give this machine a branch of its own", branch, host)
        return replace(relation, next_step=f"{way}; or {relation.next_step}")
    if touched:
        return _conflict(f"{count(len(touched), 'path')} of the source changed there ({named(touched)})")
    both = sorted(path for path in taken if _differs(path, trees))
    if both:
        return _conflict(f"{count(len(both), 'other file')} changed both here and there ({named(both)})")
    if clash := sorted(_clashes(taken, trees.local)):
        return _conflict(f"a file there stands where a folder is here ({named(clash)})")
    taken = {path: entry for path, entry in taken.items() if trees.local.get(path) != entry}
    action = Action.FAST_FORWARD if heads.base == heads.local else Action.REBASE
    return Relation(action, f"{count(len(taken), 'foreign file')} changed there", taken)


def is_owned(path: Path, owned: frozenset[Path] = frozenset()) -> bool:
    """Whether a path is the source's, or this program's own record of it."""
    return path in owned or path.split(b"/", 1)[0] == _OWN_FOLDER


def _differs(path: Path, trees: Trees) -> bool:
    """Whether branch and remote both changed it since the base, and not to the same."""
    here, there = trees.local.get(path), trees.remote.get(path)
    return here != trees.base.get(path) and here != there


def _clashes(taken: Delta, local: Listing) -> set[Path]:
    """Paths that would be a file and a folder at once."""
    after = applied(local, taken)
    arrived = {path for path, entry in taken.items() if entry is not None}
    below_a_file = {path for path in arrived if any(parent in after for parent in parents(path))}
    return below_a_file | {parent for path in after for parent in parents(path) if parent in arrived}


def _own_branch(what: str, branch: str, host: str) -> str:
    """The way to another branch that goes on from the backups so far."""
    return f"{what}: inv set-config BACKUP_BRANCH={typed(suggested(branch, host))}, then inv recover"


def _conflict(reason: str) -> Relation:
    return Relation(Action.PARK, reason, next_step=CHOICE)


def named(paths: Iterable[Path]) -> str:
    """The first few paths, and how many more there are."""
    listed = list(paths)
    more = f" and {len(listed) - _MOST_NAMED} more" if len(listed) > _MOST_NAMED else ""
    return ", ".join(display(path, limit=80) for path in listed[:_MOST_NAMED]) + more


def parked_branch(host: str, branch: str) -> str:
    """The one branch of the remote to which a conflicting branch goes."""
    return f"autosync/parked/{part_of_ref(host)}/{branch}"


def suggested(branch: str, host: str) -> str:
    """A branch for this machine alone."""
    own = part_of_ref(host)
    return own if own != branch else f"{own}-2"
