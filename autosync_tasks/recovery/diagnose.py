"""Diagnosis: what is wrong with a backup repository. Reads only; works on one in which hardly anything still does."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator

from autosync_tasks.backup.commit import left_behind
from autosync_tasks.backup.locks import leftovers, users_of
from autosync_tasks.backup.manifest import PATH
from autosync_tasks.backup.repository import Repository
from autosync_tasks.errors import BackupError
from autosync_tasks.recovery.plan import Damaged, Facts
from autosync_tasks.recovery.spare import Spares
from autosync_tasks.recovery.store_walk import damage, packs
from autosync_tasks.tree.content import content_id
from autosync_tasks.tree.dirfd import Below, each_folder

_ID = re.compile(r"[0-9a-f]{40}\Z")
_NONE = "0" * 40
_OPERATIONS = (
    ("rebase", "rebase-merge"),
    ("am", "rebase-apply/applying"),
    ("rebase", "rebase-apply"),
    ("cherry-pick", "CHERRY_PICK_HEAD"),
    ("revert", "REVERT_HEAD"),
    ("merge", "MERGE_HEAD"),
    ("bisect", "BISECT_LOG"),
)
"""An operation and the file or folder in the repository that tells of it (wt-status.c)."""


def diagnose(repository: Repository, known: Iterable[str], roots: Iterable[tuple[str, str]], spares: Spares) -> Facts:
    """Everything that is wrong.

    known: commits that this program remembers, the newest first. roots: (name for a person, folder) where bytes of
    lost files may still be. spares: objects that can be made again. Every object that the branch needs is read.
    """
    git_dir = repository.git_dir
    locks = tuple(os.path.relpath(path, git_dir) for path in leftovers(repository))
    users = users_of(repository) if locks else []
    ref, commit, candidate, where = _ref(repository, known)
    damaged: tuple[Damaged, ...] = ()
    heals: dict[str, str] = {}
    bad_packs: tuple[str, ...] = ()
    if commit or candidate:
        damaged = damage(repository, [commit or candidate])
        lost = {item.id for item in damaged}
        bad_packs = tuple(name for name, ids in packs(repository).items() if ids is None or lost & set(ids))
        heals = _heals({item.id for item in damaged if item.kind == "blob"}, roots)
        heals |= {
            name: spare.where for name, spare in (spares() if damaged else {}).items() if name in lost - set(heals)
        }
    head, head_name, head_commit = _head(repository)
    return Facts(
        branch=repository.branch,
        locks=locks,
        in_use="something that cannot be seen" if users is None else (users or [""])[0],
        operations=_operations(git_dir),
        head=head,
        head_name=head_name,
        head_commit=head_commit,
        head_kept=head != "detached" or _is_kept(repository, head_commit),
        ref=ref,
        candidate=candidate,
        candidate_from=where,
        index=_index_reads(repository),
        damaged=damaged,
        heals=heals,
        packs=bad_packs,
        incoming=tuple(left_behind(repository)),
    )


def _operations(git_dir: str) -> tuple[str, ...]:
    found: list[str] = []
    for name, sign in _OPERATIONS:
        if os.path.lexists(os.path.join(git_dir, sign)) and name not in found:
            if name in ("cherry-pick", "revert", "merge", "rebase") and {"rebase", "am"} & set(found):
                continue  # a step of the rebase that was found already
            found.append(name)
    return tuple(found)


def _head(repository: Repository) -> tuple[str, str, str]:
    """What HEAD names: ("branch" | "elsewhere" | "detached" | "damaged", the ref's short name, the commit)."""
    try:
        with open(os.path.join(repository.git_dir, "HEAD"), "rb") as file:
            text = file.read(4096).decode("utf-8", "replace").strip()
    except OSError:
        return "damaged", "", ""
    if text == f"ref: refs/heads/{repository.branch}" or repository.bare:
        return "branch", repository.branch, ""
    if text.startswith("ref: refs/heads/"):
        return "elsewhere", text.removeprefix("ref: refs/heads/"), ""
    return ("detached", "", text) if _ID.match(text) else ("damaged", "", "")


def _is_kept(repository: Repository, commit: str) -> bool:
    try:
        return bool(repository.gateway.run("for-each-ref", "--count=1", f"--contains={commit}").strip())
    except BackupError:
        return True  # nothing that could be kept: the commit itself cannot be read


def _index_reads(repository: Repository) -> bool:
    if repository.bare or not os.path.lexists(os.path.join(repository.git_dir, "index")):
        return True
    try:
        repository.gateway.run("ls-files", "--stage", "-z")
    except BackupError:
        return False
    return True


def _ref(repository: Repository, known: Iterable[str]) -> tuple[str, str, str, str]:
    """(state, the commit it names, candidate, where the candidate is known from)."""
    try:
        commit = repository.ref()
    except BackupError:
        commit, state = "", "damaged"
    else:
        state = "good" if commit else "lost"
        if commit and _has_commit(repository, commit):
            return state, commit, "", ""
        state = "damaged" if commit else state
    for candidate, where in _candidates(repository, known):
        if candidate != commit and _is_own(repository, candidate):
            return state, "", candidate, where
    never = state == "lost" and not any(True for _ in _candidates(repository, known))
    return ("none" if never else state), "", "", ""


def _candidates(repository: Repository, known: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Commits that the branch may have stood at, the likeliest first."""
    log = os.path.join(repository.git_dir, "logs", "refs", "heads", repository.branch)
    try:
        with open(log, "rb") as file:
            lines = file.read().decode("utf-8", "replace").splitlines()
    except OSError:
        lines = []
    for line in reversed(lines):
        old, new = line[:40], line[41:81]
        for name in (new, old):
            if _ID.match(name) and name != _NONE:
                yield name, "from the branch's reflog"
    for name in known:
        if _ID.match(name):
            yield name, "as this program remembers it"
    packed = repository._packed(f"refs/heads/{repository.branch}") if not repository.bare else ""
    if packed:
        yield packed, "from git's packed refs"
    yield from _dangling(repository)


def _dangling(repository: Repository) -> Iterator[tuple[str, str]]:
    """Commits that no ref names, the newest first."""
    try:
        options = ("--no-reflogs", "--no-progress", "--connectivity-only")
        output = repository.gateway.run("fsck", *options, accept=tuple(range(32)))
        names = [line[16:].strip() for line in output.decode().splitlines() if line.startswith("dangling commit ")]
        if not names:
            return
        listed = repository.gateway.run("rev-list", "--no-walk=sorted", "--stdin", stdin="\n".join(names).encode())
    except BackupError:
        return
    for name in listed.decode("ascii").split():
        yield name, "the newest commit that no branch names"


def _has_commit(repository: Repository, commit: str) -> bool:
    try:
        return repository.gateway.run("cat-file", "-t", commit).strip() == b"commit"
    except BackupError:
        return False


def _is_own(repository: Repository, commit: str) -> bool:
    """Whether a commit is there and carries a manifest of this program."""
    try:
        return bool(repository.gateway.run("ls-tree", commit, "--", PATH.decode()).strip())
    except BackupError:
        return False


def _heals(wanted: set[str], roots: Iterable[tuple[str, str]]) -> dict[str, str]:
    """For each lost content id: where a file or link with exactly these bytes stands (a name for a person)."""
    found: dict[str, str] = {}
    for name, root in roots:
        if wanted <= found.keys():
            break
        for path, content in _contents(root):
            if content in wanted and content not in found:
                found[content] = f"{name}:{os.fsdecode(path)}"
    return found


def _contents(root: str) -> Iterator[tuple[bytes, str]]:
    for path, data in files_of(root):
        yield path, content_id(data)


def files_of(root: str) -> Iterator[tuple[bytes, bytes]]:
    """Every file and link below a folder with its bytes (a link's target); follows no link, goes into no `.git`."""
    try:
        below = Below(root)
    except OSError:
        return
    with below:
        for folder, _, folders, names in each_folder(below):
            folders[:] = [name for name in folders if name != b".git"]
            for name in sorted(names):
                path = folder + b"/" + name if folder else name
                try:
                    contents = below.contents(path)
                except OSError:
                    continue
                if contents is not None:
                    yield path, contents[1]
