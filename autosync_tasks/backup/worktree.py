"""Brings the backup's work tree to the branch, for owned paths alone, so that a person can open it.

The branch is the truth; this is a convenience after a durable commit. Edits that a person made to owned paths
there are saved as a stash entry first; foreign files stay as they are, staged or not.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping

from autosync_tasks.backup.checkout import LONGEST, clear_way, write_files, write_index
from autosync_tasks.backup.index import change_index, index_entries, marked, standing
from autosync_tasks.backup.listing import Delta, Listing
from autosync_tasks.backup.locks import clear_stale_locks
from autosync_tasks.backup.manifest import PATH
from autosync_tasks.backup.repository import Repository
from autosync_tasks.backup.stash import save_edits
from autosync_tasks.errors import BackupError
from autosync_tasks.model import Path
from autosync_tasks.names import display
from autosync_tasks.records import dataclass, pattern
from autosync_tasks.tree.dirfd import Below
from autosync_tasks.tree.write import sweep


@dataclass(frozen=True, slots=True)
class Brought:
    """How it went. note: "" if the work tree now equals the branch. stash: the entry made, if any.

    too_long: how many owned paths no work tree can hold by name; nothing else is wrong with them. halfway: a fault
    ended it in the middle.
    """

    note: str = ""
    stash: str = ""
    too_long: int = 0
    halfway: bool = False


_REFUSED = pattern(rb"not uptodate|would be (overwritten|removed|lost)|would lose")
"""What git says when a two-way merge would touch an entry of the index that is neither's (unpack-trees.c)."""
_LATE = 20
"""Own commits since the disk last had all of the work tree: it is written out within a minute."""


def bring(
    repository: Repository,
    old: str,
    new: str,
    owned: Callable[[], set[Path]],
    run_id: str,
    before: Callable[[], set[Path]],
    *,
    longest: int = 0,
    interrupted: bool = False,
    trees: tuple[Listing, Listing] | None = None,
    at_hand: Mapping[str, bytes] | None = None,
) -> Brought:
    """Takes the work tree from commit `old` ("" if unknown or none) to `new`; a failure is a note, no error.

    trees: what the two commits hold, where that is known. at_hand: as for `write_files`. owned: the paths it may
    write. before: paths owned at `old` that may be gone now (both made when they are needed). longest: bytes of the
    longest of them. interrupted: an earlier run may have left it halfway, with an index ahead of the files. Touches
    nothing else.
    """
    if repository.bare:
        return Brought()
    if not repository.standing_on_branch():
        return Brought(f"the backup's work tree does not stand on {repository.branch}; it was left alone")
    try:
        repository.neutralise_attributes()
        slow = interrupted or longest > LONGEST
        if not slow and bring_unedited(repository, old, new, run_id, trees, at_hand):
            return Brought()
        return _careful(repository, old, new, owned() | {PATH}, before(), run_id, interrupted=interrupted)
    except (BackupError, OSError) as error:
        return Brought(f"the backup's work tree could not be brought along ({display(str(error))})", halfway=True)


def bring_unedited(
    repository: Repository,
    old: str,
    new: str,
    run_id: str,
    trees: tuple[Listing, Listing] | None = None,
    at_hand: Mapping[str, bytes] | None = None,
) -> bool:
    """Takes index and work tree from one commit to another, what differs between the two alone.

    trees: what the two hold, where that is known. at_hand: as for `write_files`. False, with no file changed, if
    something there was edited, stands in the way or is not known. Raises BackupError or OSError if it ended halfway.
    """
    if not old and os.path.exists(os.path.join(repository.git_dir, "index")):
        return False
    if not old and set(os.listdir(repository.folder)) != {".git"}:
        return False
    try:
        was, wanted = trees or (_earlier(repository, old), repository.listing(new))
    except BackupError:
        return False
    was = was if old else {}
    there = was.get
    changed = {path for path, entry in wanted.items() if there(path) != entry} | (was.keys() - wanted.keys())
    puts = {path: wanted[path] for path in changed if path in wanted}
    above, seen = set[Path](), dict[Path, bytes | None]()
    with Below(repository.folder) as below:
        for path in sorted(changed) if old else ():  # else nothing stands anywhere, as was just seen
            mark, here = marked(below, path)
            if here is None or here != wanted.get(path):
                seen[path] = mark
            free = here is None or here in (was.get(path), wanted.get(path))
            if not free or (path in puts and not clear_way(below, path, above)):
                return False
    brought = change_index(repository.git_dir, {path: wanted.get(path) for path in changed}, was) if old else None
    if brought is None:
        # The index alone (-i): git refuses if it is not what the old commit, or the new one, says.
        code, _, complaint = repository.gateway.attempt("read-tree", *(["-i", "-m", old] if old else []), new)
        if code and not _REFUSED.search(complaint):
            clear_stale_locks(repository)
        brought = not code
    if not brought:
        return False
    write_files(repository, puts, changed - puts.keys(), run_id, at_hand, seen if old else None)
    return True


def _careful(
    repository: Repository, old: str, new: str, owned: set[Path], before: set[Path], run_id: str, *, interrupted: bool
) -> Brought:
    """Path by path: what a person edited is saved as a stash entry, then owned paths are written out."""
    if interrupted:
        sweep(repository.folder)
    tree = repository.listing(new)
    known = _earlier(repository, old)
    replaced = {} if known and before and not interrupted else _replaced(repository, new)
    index = index_entries(repository)
    owned = {path for path in owned if path in tree}
    gone = {path for path in before if path not in tree}
    seen: dict[Path, bytes | None] = {}
    with Below(repository.folder) as below:

        def is_known(path: Path) -> bool:
            fine = {None, tree.get(path), known.get(path), *replaced.get(path, ())}
            mark, here = marked(below, path)
            if here is None or here != tree.get(path):
                seen[path] = mark
            if index.get(path) not in fine:
                return False
            return here in fine or (interrupted and _is_torn(repository, below, path, tree.get(path)))

        edited = [path for path in sorted(owned | gone) if not is_known(path)]
        # What an earlier deletion missed goes too, but only as the backup had it: a person may have put another there.
        gone |= {path for path in replaced if path not in tree and path not in gone and is_known(path)}
    stash = save_edits(repository, new, edited, run_id) if edited else ""
    puts = {path: tree[path] for path in owned}
    write_index(repository, puts, gone, index)
    write_files(repository, puts, gone, run_id, seen=seen)
    return Brought("", stash, sum(len(path) > LONGEST for path in owned))


def _is_torn(repository: Repository, below: Below, path: Path, wanted: tuple[str, str] | None) -> bool:
    """Whether what stands at a path is only the beginning of what a killed run was writing there."""
    here = below.contents(path)
    return wanted is not None and here is not None and repository.blob(wanted[1]).startswith(here[1])


def _earlier(repository: Repository, old: str) -> Listing:
    """What stood there before, if that was noted."""
    try:
        return repository.listing(old) if old else {}
    except BackupError:
        return {}  # the repository was replaced since


def _replaced(repository: Repository, new: str) -> dict[Path, set[tuple[str, str]]]:
    """What the last own commits replaced or deleted, for when it is not known where the work tree stands.

    A run was interrupted, the power went before all was on the disk, or the state was lost. Commits of a person do
    not count (an own one always changes the manifest).
    """
    own = repository.gateway.run("rev-list", f"--max-count={_LATE}", new, "--", PATH.decode())
    options = ("--stdin", "--root", "-m", "-r", "-z", "--no-commit-id", "--no-renames", "--no-ext-diff")
    output = repository.gateway.run("diff-tree", *options, stdin=own)
    replaced: dict[Path, set[tuple[str, str]]] = {}
    fields = iter(output.split(b"\0"))
    for facts in fields:
        if facts:
            mode, _, content, _, letter = facts.decode("ascii").lstrip(":").split(" ")
            path = next(fields)
            if letter != "A":
                replaced.setdefault(path, set()).add((mode, content))
    return replaced


def unedited(repository: Repository, taken: Delta, before: Listing, *, interrupted: bool = False) -> set[Path]:
    """Those that stand in work tree and index just as the old commit had them (or were nowhere).

    interrupted: a killed run may have brought some of them already, or been writing one.
    """
    if not os.path.isdir(repository.folder):
        return set()
    index, free = index_entries(repository), set()
    with Below(repository.folder) as below:
        for path in sorted(taken.keys() - {PATH}):
            known = {before.get(path), taken[path]} if interrupted else {before.get(path)}
            if index.get(path) not in known:
                continue
            here = standing(below, path)
            if here in known or (interrupted and (here is None or _is_torn(repository, below, path, taken[path]))):
                free.add(path)
    return free


def strays(repository: Repository, tree: Listing, owned: Iterable[Path]) -> list[Path]:
    """Owned paths that stand in the work tree otherwise than the branch says; not those too long for any work tree."""
    with Below(repository.folder) as below:
        short = (path for path in sorted(owned) if len(path) <= LONGEST)
        return [path for path in short if standing(below, path) != tree.get(path)]


def stands(repository: Repository, tree: Listing, owned: Iterable[Path], *, foreign_too: bool) -> bool:
    """Whether work tree and index are what the branch says, so that there is nothing to bring along.

    foreign_too: no other path may be staged either.
    """
    ours = (*owned, PATH)
    if not repository.standing_on_branch() or strays(repository, tree, ours):
        return False
    index = index_entries(repository)
    return index == tree if foreign_too else all(index.get(path) == tree.get(path) for path in ours)
