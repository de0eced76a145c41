"""Integrates what others added to the remote: the branch moves, the backup's work tree and the caches follow."""

from __future__ import annotations

import secrets as random
from collections.abc import Collection

from autosync_tasks.backup import health
from autosync_tasks.backup.index import standing
from autosync_tasks.backup.listing import Delta, Listing, applied, changed, tree_cache
from autosync_tasks.backup.manifest import PATH
from autosync_tasks.backup.repository import Repository
from autosync_tasks.backup.worktree import bring, unedited
from autosync_tasks.model import Path
from autosync_tasks.names import display
from autosync_tasks.records import replace
from autosync_tasks.remote.relation import Action, Heads, Relation, named
from autosync_tasks.remote.replay import move, replay
from autosync_tasks.tree.dirfd import Below
from autosync_tasks.workspace.workspace import Site


def integrate(site: Site, heads: Heads, relation: Relation, now: float) -> tuple[str, list[str]]:
    """Moves the branch over the remote's commits (FAST_FORWARD, REBASE); returns its new head and notes for a person.

    now: seconds since the epoch. Raises BackupError, or BranchMovedError if someone else moved the branch: it stays.
    """
    repository, local, theirs, taken = site.repository, heads.local, heads.remote, relation.taken or {}
    expected = applied(repository.listing(local), taken)
    run_id = random.token_hex(6)
    rebased = relation.action is Action.REBASE
    new = replay(repository, heads.base, local, theirs, taken, run_id, now) if rebased else theirs
    if rebased:
        health.moving(site.state, new)
    move(repository, local, new, expected, f"autosync: {relation.reason}", run_id if rebased else "")
    note = f"taken in from the remote: {named(sorted(taken)) or 'commits without changes'}"
    return new, [note, *follow(site, local, new, run_id)]


def follow(site: Site, old: str, new: str, run_id: str, owned: Collection[Path] = ()) -> list[str]:
    """Brings work tree and caches from one commit of the branch to another; returns notes for a person.

    owned: paths of the source that differ (edits of them in the work tree are saved as a stash entry first). Any
    other file that a person edited in the work tree stays as it stands.
    """
    before, after = site.repository.listing(old), site.repository.listing(new)
    notes = _work_tree(site, old, new, changed(before, after), before, run_id, owned)
    if not owned:
        _caches(site, old, new, after)
    return notes


def _work_tree(
    site: Site, old: str, new: str, taken: Delta, before: Listing, run_id: str, owned: Collection[Path]
) -> list[str]:
    repository = site.repository
    # What an interrupted run left behind is brought along by the next sync (`catch_up`), not from here.
    if repository.bare or site.state.worktree() != old:
        return []
    free = unedited(repository, taken, before) | {path for path in taken if path in owned}
    arrived = {path for path in free if taken[path] is not None}
    brought = bring(
        repository, old, new, arrived.copy, run_id, (free - arrived).copy, longest=max(map(len, arrived), default=0)
    )
    if brought.note:
        return [brought.note]
    site.state.mark_worktree(new)
    edited = "changed on the remote and was edited in the backup's work tree: the edit stays there"
    kept = sorted(path for path in taken if path not in free and path != PATH)
    notes = [f"{display(path)} {edited}" for path in kept if not _stands(repository, path, taken[path])]
    if brought.stash:
        notes.append(f"edits in the backup's own work tree were saved: `git stash list` there shows run {run_id}")
    return notes


def _stands(repository: Repository, path: Path, wanted: tuple[str, str] | None) -> bool:
    with Below(repository.folder) as below:
        return standing(below, path) == wanted


def _caches(site: Site, old: str, new: str, tree: Listing) -> None:
    """The caches name the branch's commit; what they say of the source is as true as before."""
    state = site.state
    if (cached := state.load_tree(old)) is not None:
        state.save_tree(tree_cache(new, tree, cached.manifest))
    if (cache := state.load_cache()) is not None and cache.head == old:
        idle = dict(cache.idle) if cache.idle else None
        if idle and isinstance(idle.get("reason"), str):
            idle["reason"] = idle["reason"].replace(old[:7], new[:7])
        state.save_cache(replace(cache, head=new, idle=idle))
