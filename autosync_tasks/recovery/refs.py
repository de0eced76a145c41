"""Which commits a ref may have named: the branch's own, and every other that is damaged. Reads only."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Mapping

from autosync_tasks.backup.commit import INCOMING
from autosync_tasks.backup.manifest import PATH
from autosync_tasks.backup.objects import AbsentError, Store
from autosync_tasks.backup.repository import Repository
from autosync_tasks.backup.soundness import REF_NAME, all_refs, packed_lines, ref_faults
from autosync_tasks.errors import BackupError
from autosync_tasks.files import bytes_in
from autosync_tasks.recovery.plan import BadRef

_ID = re.compile(r"[0-9a-f]{40}\Z")
_NONE = "0" * 40
_RUN = re.compile(r"-([0-9a-f]{8,32})\Z")
"""A snapshot's ref ends with the id of its run, which its commit names too."""


def branch_state(repository: Repository, known: Iterable[str]) -> tuple[str, str, str, str, bool]:
    """(state, the commit it names, candidate and its source, whether it is not the newest): see `Diagnosis`."""
    try:
        commit = repository.ref()
    except BackupError:
        commit, state = "", "damaged"
    else:
        state = "good" if commit else "lost"
        if commit and _has_commit(repository, commit):
            return state, commit, "", "", False
        state = "damaged" if commit else state
    newest = commit
    for candidate, where in _candidates(repository, known):
        if candidate != commit and _is_own(repository, candidate):
            return state, "", candidate, where, bool(newest)
        newest = candidate
    never = state == "lost" and not any(True for _ in _candidates(repository, known))
    return ("none" if never else state), "", "", "", False


def other_tips(repository: Repository) -> dict[str, str]:
    """Every ref but the branch and those of commits in the making, with the id that it names."""
    own = f"refs/heads/{repository.branch}"
    return {
        name: tip for name, tip in all_refs(repository).items() if name != own and not name.startswith(f"{INCOMING}/")
    }


def bad_refs(repository: Repository, lost: Iterable[str], snapshots: Mapping[str, str]) -> tuple[BadRef, ...]:
    """Refs that name no commit that is there. lost: ids that the store cannot give. snapshots: refs that are gone."""
    own, gone, bad = f"refs/heads/{repository.branch}", set(lost), []
    faults = {name: why for name, why in ref_faults(repository).items() if name not in (own, "packed-refs")}
    faults |= {
        name: f"names {tip[:7]}, which is not there" for name, tip in other_tips(repository).items() if tip in gone
    }
    unnamed: list[str] | None = None
    with Store(repository) as store:
        for name, why in sorted(faults.items()):
            last = next((one for one in reversed(_logged(repository, name)) if _is_commit(store, one)), "")
            if not REF_NAME.match(name):
                named = all_refs(repository).get(name, "")
                last = named if _is_commit(store, named) else ""
            elif not last and (run := _RUN.search(name)):
                unnamed = [one for one, _ in _dangling(repository)] if unnamed is None else unnamed
                last = next((one for one in unnamed if run[1].encode() in _text(store, one)), "")
            bad.append(BadRef(name, why, last))
        bad += [
            BadRef(name, "is gone, though a restore made it", last)
            for name, last in snapshots.items()
            if _is_commit(store, last)
        ]
    if packed_lines(repository)[1]:
        bad.insert(0, BadRef("packed-refs", ref_faults(repository)["packed-refs"]))
    return tuple(bad)


def _candidates(repository: Repository, known: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Commits that the branch may have stood at, the likeliest first."""
    for name in reversed(_logged(repository, f"refs/heads/{repository.branch}")):
        yield name, "from the branch's reflog"
    for name in known:
        if _ID.match(name):
            yield name, "as this program remembers it"
    if packed := all_refs(repository).get(f"refs/heads/{repository.branch}"):
        yield packed, "from git's packed refs"
    yield from _dangling(repository)


def _logged(repository: Repository, ref: str) -> list[str]:
    """The ids in a ref's reflog, the newest last."""
    lines = bytes_in(os.path.join(repository.git_dir, "logs", ref)).decode("utf-8", "replace").splitlines()
    names = [name for line in lines for name in (line[:40], line[41:81])]
    return [name for name in names if _ID.match(name) and name != _NONE]


def _dangling(repository: Repository) -> Iterator[tuple[str, str]]:
    """Commits that no ref names, the newest first."""
    try:
        options = ("--no-reflogs", "--no-progress", "--connectivity-only")
        output = repository.gateway.attempt("fsck", *options)[1].decode("ascii", "replace")
        names = [line[16:].strip() for line in output.splitlines() if line.startswith("dangling commit ")]
        if not names:
            return
        listed = repository.gateway.run("rev-list", "--no-walk=sorted", "--stdin", stdin="\n".join(names).encode())
    except BackupError:
        return
    for name in listed.decode("ascii").split():
        yield name, "the newest commit that no branch names"


def _text(store: Store, name: str) -> bytes:
    try:
        return store.object(name)[1]
    except AbsentError:
        return b""


def _is_commit(store: Store, name: str) -> bool:
    try:
        return store.object(name)[0] == "commit"
    except AbsentError:
        return False


def _has_commit(repository: Repository, commit: str) -> bool:
    with Store(repository) as store:
        return _is_commit(store, commit)


def _is_own(repository: Repository, commit: str) -> bool:
    """Whether a commit is there and carries a manifest of this program."""
    try:
        return bool(repository.gateway.run("ls-tree", commit, "--", PATH.decode()).strip())
    except BackupError:
        return False
