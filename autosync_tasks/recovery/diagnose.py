"""Diagnosis: what is wrong with a backup repository. Reads only; works on one in which hardly anything still does."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Mapping

from autosync_tasks.backup.commit import left_behind
from autosync_tasks.backup.locks import leftovers, users_of
from autosync_tasks.backup.losses import losses
from autosync_tasks.backup.repository import Repository
from autosync_tasks.backup.soundness import derived_faults, in_the_way, index_fault, pack_faults, stash_commits
from autosync_tasks.errors import BackupError
from autosync_tasks.recovery.plan import Diagnosis
from autosync_tasks.recovery.refs import bad_refs, branch_state, other_tips
from autosync_tasks.recovery.settings_file import settings_fault
from autosync_tasks.recovery.spare import Spares
from autosync_tasks.recovery.store_walk import damage, packs
from autosync_tasks.tree.content import content_id
from autosync_tasks.tree.dirfd import Below, each_folder

_ID = re.compile(r"[0-9a-f]{40}\Z")
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


def diagnose(
    repository: Repository,
    known: Iterable[str],
    roots: Iterable[tuple[str, str]],
    spares: Spares,
    departed: str = "",
    remote: str = "",
    snapshots: Mapping[str, str] | None = None,
) -> Diagnosis:
    """Everything that is wrong.

    known: commits that this program remembers, the newest first. roots: (name for a person, folder) where bytes of
    lost files may still be. spares: objects that can be made again. departed: where a run left the branch, if that is
    in its history no more. remote: the one that may have what is lost ("": none, or it was asked already). snapshots:
    refs that are gone, with what they named. What a person confirmed as lost is no damage, unless it can be had again.
    Every object that a ref or a stash entry needs is read.
    """
    git_dir = repository.git_dir
    locks = tuple(os.path.relpath(path, git_dir) for path in leftovers(repository, thorough=True))
    users = users_of(repository) if locks else []
    head, head_name, head_commit = _head(repository)
    if head != "damaged" and (config := settings_fault(repository)):
        return Diagnosis(branch=repository.branch, config=config)
    stops = in_the_way(repository)
    if {"logs", "shallow"} & set(stops):
        return Diagnosis(branch=repository.branch, stops=tuple(stops))
    ref, commit, candidate, where, back = branch_state(repository, known)
    tips = [(commit or candidate, "")] if commit or candidate else []
    tips += [(tip, name) for name, tip in other_tips(repository).items()]
    tips += [(tip, "a stash entry") for tip in stash_commits(repository)]
    damaged = damage(repository, tips)
    lost = {item.id for item in damaged}
    bad_packs = pack_faults(repository)
    for name, ids in packs(repository).items():
        if name not in bad_packs and (ids is None or lost & set(ids)):
            bad_packs[name] = "" if ids is not None else "has an index that git cannot read"
    heals = _heals({item.id for item in damaged if item.kind == "blob"}, roots)
    refs = bad_refs(repository, lost, snapshots or {})
    named = {tip for name, tip in other_tips(repository).items() if tip in lost}  # told as refs that are damaged
    heals |= {name: spare.where for name, spare in (spares() if damaged else {}).items() if name in lost - set(heals)}
    confirmed = {loss.id for loss in losses(repository)} - heals.keys()
    return Diagnosis(
        branch=repository.branch,
        locks=locks,
        in_use="something that cannot be seen" if users is None else (users or [""])[0],
        operations=_operations(git_dir),
        head=head,
        head_name=head_name,
        head_commit=head_commit,
        head_kept=head != "detached" or is_kept(repository, head_commit),
        ref=ref,
        candidate=candidate,
        candidate_from=where,
        index=_index(repository),
        damaged=tuple(item for item in damaged if item.id not in named | confirmed),
        heals=heals,
        packs=bad_packs,
        incoming=tuple(left_behind(repository)),
        refs=refs,
        derived=tuple(derived_faults(repository)),
        stops=() if damaged else tuple(stops),  # what is lost may lie in a store that is not connected
        departed=departed if commit else "",
        back=back,
        remote=remote if remote and has_remote(repository, remote) else "",
    )


def has_remote(repository: Repository, name: str) -> bool:
    """Whether the backup's own settings name an address for this remote."""
    return repository.gateway.attempt("config", "--get", f"remote.{name}.url")[0] == 0


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


def is_kept(repository: Repository, commit: str) -> bool:
    """Whether a ref holds this commit."""
    try:
        return bool(repository.gateway.run("for-each-ref", "--count=1", f"--contains={commit}").strip())
    except BackupError:
        return True  # nothing that could be kept: the commit itself cannot be read


def _index(repository: Repository) -> str:
    """What is wrong with git's index ("" for nothing)."""
    fault = index_fault(repository)
    if fault or repository.bare or not os.path.lexists(os.path.join(repository.git_dir, "index")):
        return fault
    try:
        repository.gateway.run("ls-files", "--stage", "-z")
    except BackupError:
        return "git's index there cannot be read"
    return ""


def _heals(wanted: set[str], roots: Iterable[tuple[str, str]]) -> dict[str, str]:
    """For each lost content id: where a file or link with exactly these bytes stands (a name for a person)."""
    found: dict[str, str] = {}
    for name, root in roots:
        if wanted <= found.keys():
            break
        for path, data in files_of(root):
            if (content := content_id(data)) in wanted and content not in found:
                found[content] = f"{name}:{os.fsdecode(path)}"
    return found


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
