"""Guards of safety: what holds a sync until a person has looked (pure).

No `--force` overrides them. A digest names exactly one set of losses: an answer is good for that set alone.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from autosync_tasks.humanize import count
from autosync_tasks.model import Change, ChangeKind, Kind, Manifest, Path, Priority
from autosync_tasks.names import display
from autosync_tasks.policy.inputs import Ask, GateSettings, Guarded
from autosync_tasks.records import dataclass

EMPTY = "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391"
"""Git's content id of no bytes. (The manifest records no sizes.)"""


class Losses(NamedTuple):
    """Owned paths whose contents are really gone, and files that were emptied, in order."""

    gone: tuple[Path, ...] = ()
    truncated: tuple[Path, ...] = ()


@dataclass(frozen=True, slots=True)
class Hold:
    """Why a guard holds the sync, what a person can do, and each path it is about."""

    reason: str
    next_step: str
    digest: str = ""
    details: tuple[str, ...] = ()


def losses(changes: Iterable[Change], observed: Manifest, among: Callable[[str], bool] | None = None) -> Losses:
    """What the source lost. Contents seen anywhere else in the source are moved, not gone.

    among: tells of a content id whether it is among the observed, where that takes no look at all of them.
    Protected paths do not count: they leave the backup by a rule, not by accident.
    """
    lost: list[Change] = []
    for change in changes:
        if change.priority is not Priority.NEVER and _was_contents(change) and _is_lost(change):
            lost.append(change)
    if not lost:
        return Losses()
    among = among or {entry.id for entry in observed.values()}.__contains__
    lost = [change for change in lost if change.old is not None and not among(change.old.id)]
    return Losses(
        tuple(sorted(c.path for c in lost if c.kind is not ChangeKind.MODIFIED)),
        tuple(sorted(c.path for c in lost if c.kind is ChangeKind.MODIFIED)),
    )


def _was_contents(change: Change) -> bool:
    return change.old is not None and change.old.kind is not Kind.FOLDER


def _is_lost(change: Change) -> bool:
    """Deleted, replaced by a folder, or a file that had bytes and has none now."""
    if change.new is None:
        return True
    if change.kind is ChangeKind.TYPE:
        return change.new.kind is Kind.FOLDER
    return change.kind is ChangeKind.MODIFIED and change.new.id == EMPTY


def loss_digest(gone: Iterable[Path], truncated: Iterable[Path]) -> str:
    """Twelve hex digits that name exactly these losses, in whatever order they come."""
    parts = sorted([b"gone " + path for path in gone] + [b"emptied " + path for path in truncated])
    return hashlib.sha256(b"".join(part + b"\0" for part in parts)).hexdigest()[:12]


def identity_guard(facts: Guarded, ask: Ask) -> Hold | None:
    """Holds if the branch belongs to another source, or has foreign files where the source has others."""
    if ask.adopt:
        return None
    collisions = tuple(f"differs in the backup: {display(path)}" for path in facts.collisions)
    if facts.other_source:
        return Hold(
            f"the backup's branch belongs to another source ({facts.other_source})",
            "`inv bootstrap ADDRESS` brings its tree here and goes on with it; for the tree that is here: set "
            "`backup_branch` to a branch of its own, or take this one over with --adopt",
            details=collisions,
        )
    if collisions:
        since = "already holds" if facts.first else "got"
        return Hold(
            f"the backup's branch {since} {count(len(collisions), 'other file')} at paths of the source",
            "move those files away, or replace them with --adopt (the history keeps them)",
            details=collisions,
        )
    return None


def loss_guard(taken: Sequence[Change], facts: Guarded, ask: Ask, limits: GateSettings) -> Hold | None:
    """Holds if this sync would record the loss of much of what the backup holds."""
    touched = {path for change in taken for path in change.paths}
    gone = [path for path in facts.gone if path in touched]
    truncated = [path for path in facts.truncated if path in touched]
    reason = _loss_reason(gone, truncated, facts, limits)
    if not reason:
        return None
    digest = loss_digest(gone, truncated)
    if ask.allow_mass_delete == digest:
        return None
    if ask.allow_mass_delete:
        reason += f"; what was allowed ({display(ask.allow_mass_delete)}) is another set of deletions"
    return Hold(
        reason,
        f"`inv restore` brings them back; `inv sync --allow-mass-delete={digest}` lets exactly these go",
        digest,
        (
            *(f"gone: {display(path)}" for path in gone),
            *(f"emptied: {display(path)}" for path in truncated),
        ),
    )


def _loss_reason(gone: Sequence[Path], truncated: Sequence[Path], facts: Guarded, limits: GateSettings) -> str:
    """Why these losses are too many, or ""."""
    if facts.source_entries == 0 and facts.owned > 0:
        return f"the source is empty, but the backup holds {count(facts.owned, 'file')} of it"
    many = limits.mass_delete_count
    if len(gone) > many and len(gone) * 100 > facts.owned * limits.mass_delete_share:
        return f"{len(gone)} of the {count(facts.owned, 'file')} in the backup are gone from the source"
    # A share says little here: files are deleted in bulk on purpose, but hardly ever emptied in bulk.
    if len(truncated) > many:
        return f"{count(len(truncated), 'file')} were emptied at once"
    return ""
