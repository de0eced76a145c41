"""Repairs, the effects: each does one thing that `recovery.plan` planned and keeps what it replaces.

What git itself damaged is moved to `autosync-damaged/<run>/` in the repository, never deleted.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from contextlib import suppress

from autosync_tasks.backup.commit import drop
from autosync_tasks.backup.health import keep
from autosync_tasks.backup.index import index_entries, standing
from autosync_tasks.backup.locks import clear_stale_locks
from autosync_tasks.backup.objects import AbsentError, Store, write_loose
from autosync_tasks.backup.repository import Repository
from autosync_tasks.backup.soundness import REF_NAME, all_refs, packed_lines
from autosync_tasks.backup.stash import save_edits
from autosync_tasks.backup.worktree import bring_unedited
from autosync_tasks.errors import BackupError
from autosync_tasks.files import write_whole
from autosync_tasks.linux.disk import make_durable
from autosync_tasks.records import dataclass
from autosync_tasks.recovery.diagnose import files_of, is_kept
from autosync_tasks.recovery.plan import PASSIVE, Fix, Repair
from autosync_tasks.recovery.settings_file import sound_settings
from autosync_tasks.recovery.spare import Fetched, Spares, bring
from autosync_tasks.recovery.store_walk import packs
from autosync_tasks.tree.content import content_id
from autosync_tasks.tree.dirfd import Below

_NONE = "0" * 40
_SIGNS = {
    "merge": ("MERGE_HEAD", "MERGE_MSG", "MERGE_MODE"),
    "cherry-pick": ("CHERRY_PICK_HEAD", "sequencer"),
    "revert": ("REVERT_HEAD", "sequencer"),
    "rebase": ("rebase-merge", "rebase-apply"),
    "am": ("rebase-apply",),
    "bisect": ("BISECT_LOG", "BISECT_START", "BISECT_NAMES", "BISECT_TERMS", "BISECT_EXPECTED_REV", "BISECT_RUN"),
}


@dataclass(frozen=True, slots=True)
class Bench:
    """What repairs work with. roots: (name, folder) where lost bytes may be. spares: objects that can be made again.

    fetched: the remote's backup, fetched when it is asked for.
    """

    repository: Repository
    run_id: str
    roots: tuple[tuple[str, str], ...]
    spares: Spares
    fetched: Fetched

    @property
    def aside(self) -> str:
        """Where damaged files of git go."""
        return os.path.join(self.repository.git_dir, "autosync-damaged", self.run_id)


def mend(bench: Bench, plan: Iterable[Repair]) -> list[str]:
    """Does each repair in order; returns a note for each. One that fails is told, and the next is tried."""
    notes: list[str] = []
    for repair in plan:
        if repair.fix in PASSIVE:
            continue
        try:
            notes += _ACTS[repair.fix](bench, repair)
        except (BackupError, OSError) as error:
            notes.append(f"could not {repair.remedy.split(':')[0]}: {error}")
    make_durable(bench.repository.git_dir)
    return notes


def _locks(bench: Bench, repair: Repair) -> list[str]:
    del repair
    return clear_stale_locks(bench.repository, thorough=True)


def _ref(bench: Bench, repair: Repair) -> list[str]:
    repository = bench.repository
    name = f"refs/heads/{repository.branch}"
    notes = move_aside(bench, name)
    old = repository.ref() or _NONE
    repository.gateway.run("update-ref", "-m", "autosync recover", name, repair.subject, old)
    return [*notes, f"the branch {repository.branch} names {repair.subject[:7]} again"]


def _packs(bench: Bench, repair: Repair) -> list[str]:
    """Makes an index anew where that is all; else whatever is whole becomes single objects, and the pack goes aside."""
    repository, name = bench.repository, repair.subject
    front = f"objects/pack/{name}"
    pack = os.path.join(repository.git_dir, front + ".pack")
    anew = os.path.join(repository.git_dir, "objects/pack", f"tmp_idx_{bench.run_id}")
    if os.path.exists(pack) and repository.gateway.attempt("index-pack", "-o", anew, pack)[0] == 0:
        notes = [note for end in (".idx", ".rev", ".bitmap") for note in move_aside(bench, front + end)]
        os.rename(anew, pack.removesuffix(".pack") + ".idx")
        return [*notes, f"the index of {name} was made anew"]
    saved = set()
    with Store(repository) as store:
        for one in packs(repository).get(name) or ():
            with suppress(AbsentError):
                saved.add(write_loose(repository.git_dir, *store.object(one)))
    make_durable(repository.git_dir)
    moved = [note for end in (".idx", ".rev", ".bitmap", ".pack") for note in move_aside(bench, front + end)]
    more = _unpacked(repository, os.path.join(bench.aside, front.replace("/", "-") + ".pack"))
    return [f"{len(saved):,} objects of {name} were whole and are kept" + more, *moved]


def _unpacked(repository: Repository, pack: str) -> str:
    """Takes out of a pack, read from its beginning, what its index did not lead to."""
    try:
        with open(pack, "rb") as file:
            code, _, _ = repository.gateway.attempt("unpack-objects", "-q", "-r", stdin=file.read())
    except OSError:
        return ""
    return "; all that its beginning holds was taken out too" if code else ""


def _objects(bench: Bench, repair: Repair) -> list[str]:
    wanted = repair.subject
    for name, root in bench.roots:
        for path, data in files_of(root):
            if content_id(data) == wanted:
                notes = move_aside(bench, f"objects/{wanted[:2]}/{wanted[2:]}")
                write_loose(bench.repository.git_dir, "blob", data)
                return [*notes, f"{wanted[:10]} was put back from {name}:{os.fsdecode(path)}"]
    if spare := bench.spares().get(wanted):
        notes = move_aside(bench, f"objects/{wanted[:2]}/{wanted[2:]}")
        write_loose(bench.repository.git_dir, spare.kind, spare.data)
        return [*notes, f"{wanted[:10]} was made again from {spare.where}"]
    return [f"{wanted[:10]}: its bytes are not there any more"]


def _incoming(bench: Bench, repair: Repair) -> list[str]:
    drop(bench.repository, repair.subjects)
    return [f"{len(repair.subjects)} refs of killed runs were removed"]


def _derived(bench: Bench, repair: Repair) -> list[str]:
    return [note for name in repair.subjects for note in move_aside(bench, name)]


def _refs(bench: Bench, repair: Repair) -> list[str]:
    """A damaged ref goes aside; what it named last is named again."""
    repository, name, last = bench.repository, repair.subject, repair.subjects[0]
    if name == "packed-refs":
        sound = b"".join(packed_lines(repository)[0])
        return move_aside(bench, name, sound or b"# pack-refs with: peeled fully-peeled sorted \n")
    notes = move_aside(bench, name)
    if last and not REF_NAME.match(name):
        return notes if is_kept(repository, last) else [*notes, f"{last[:7]} is kept as {keep(repository, last)}"]
    if last:
        repository.gateway.run("update-ref", "-m", "autosync recover", name, last)
        return [*notes, f"{name} names {last[:7]} again"]
    if not notes:  # a line of packed-refs
        named = all_refs(repository).get(name, "")
        repository.gateway.run("update-ref", "-d", name)
        notes = [f"{name} is gone; it named {named}"]
    return notes


def _departed(bench: Bench, repair: Repair) -> list[str]:
    return [f"{repair.subject[:7]} is kept as the branch {keep(bench.repository, repair.subject)}"]


def _config(bench: Bench, repair: Repair) -> list[str]:
    del repair
    os.makedirs(bench.aside, mode=0o700, exist_ok=True)
    kept = sound_settings(bench.repository, os.path.join(bench.aside, "try"))
    return [*move_aside(bench, "config", kept), "the settings that git could read are kept"]


def _index(bench: Bench, repair: Repair) -> list[str]:
    del repair
    notes = move_aside(bench, "index")
    base = bench.repository.ref()
    if base:
        bench.repository.gateway.run("read-tree", "HEAD" if _head_commit(bench.repository) else base)
        bench.repository.gateway.run("update-index", "-q", "--refresh", accept=(0, 1))
    return [*notes, "git's index was built anew"]


def _operation(bench: Bench, repair: Repair) -> list[str]:
    repository, name = bench.repository, repair.subject
    repository.neutralise_attributes()
    notes = _save(bench)
    words = ("bisect", "reset") if name == "bisect" else (name, "--abort")
    try:
        repository.gateway.run(*words)
        return [*notes, f"`git {' '.join(words)}` ended it"]
    except BackupError as error:
        signs = [sign for sign in _SIGNS[name] if os.path.lexists(os.path.join(repository.git_dir, sign))]
        moved = [note for sign in signs for note in move_aside(bench, sign)]
        return [*notes, f"`git {' '.join(words)}` could not ({error.message}), so its notes went aside", *moved]


def _head(bench: Bench, repair: Repair) -> list[str]:
    repository = bench.repository
    branch, stood = f"refs/heads/{repository.branch}", _head_commit(repository)
    notes = _save(bench) if stood else []
    if repair.subject:
        notes += _departed(bench, repair)
    if not stood:
        notes += move_aside(bench, "HEAD", f"ref: {branch}\n".encode())
    base = repository.ref()
    repository.neutralise_attributes()
    if stood and base and not _two_way(repository, stood, base, bench.run_id):
        notes.append("files that are edited there stay as they are; the next sync brings the backed up ones along")
    repository.gateway.run("symbolic-ref", "-m", "autosync recover", "HEAD", branch)
    return [*notes, f"the work tree stands on {repository.branch} again"]


def _two_way(repository: Repository, old: str, new: str, run_id: str) -> bool:
    """Index and work tree from one commit to the other, unless something there was edited."""
    try:
        return bring_unedited(repository, old, new, run_id)
    except (BackupError, OSError):
        return False


def _head_commit(repository: Repository) -> str:
    try:
        output = repository.gateway.run("rev-parse", "--verify", "--quiet", "HEAD^{commit}", accept=(0, 1, 128))
    except BackupError:
        return ""
    return output.decode("ascii", "replace").strip()


def _save(bench: Bench) -> list[str]:
    """Saves every edit of a tracked file, staged or not, as a stash entry."""
    repository = bench.repository
    base = _head_commit(repository)
    if not base or repository.bare:
        return []
    tree, index = repository.listing(base), index_entries(repository)
    with Below(repository.folder) as below:
        edited = [
            path
            for path in sorted({*tree, *index})
            if (tree.get(path), tree.get(path)) != (index.get(path), standing(below, path))
        ]
    if not edited:
        return []
    save_edits(repository, base, edited, bench.run_id)
    return [f"{len(edited)} edited files were saved: `git stash list` there shows run {bench.run_id}"]


def fetch(bench: Bench, plan: Iterable[Repair]) -> list[str]:
    """Brings all that the plan wants from the remote, in one connection. Raises AutosyncError if it cannot be asked."""
    wanted = [repair.subject for repair in plan if repair.fix is Fix.FETCH]
    with bench.fetched() as copy:
        return [bring(bench.repository, copy, wanted, lambda name: move_aside(bench, name))]


def move_aside(bench: Bench, name: str, instead: bytes = b"") -> list[str]:
    """Moves a file or folder of git aside, if it is there; `instead` is written in its place in the same step."""
    path = os.path.join(bench.repository.git_dir, name)
    there = os.path.lexists(path)
    to = first = os.path.join(bench.aside, name.replace("/", "-"))
    while os.path.lexists(to):  # an earlier round of this run kept one of that name
        to = f"{first}-{len(os.listdir(bench.aside))}"
    if there:
        os.makedirs(bench.aside, mode=0o700, exist_ok=True)
        if instead:
            os.link(path, to, follow_symlinks=False)
        else:
            os.rename(path, to)
    if instead:
        write_whole(path, instead, mode=0o644, scratch=os.path.basename(path) + ".autosync-new")
    return [f"{name} was moved to {os.path.relpath(to, bench.repository.git_dir)}"] if there else []


_ACTS: dict[Fix, Callable[[Bench, Repair], list[str]]] = {
    Fix.CONFIG: _config,
    Fix.LOCKS: _locks,
    Fix.DERIVED: _derived,
    Fix.REFS: _refs,
    Fix.DEPARTED: _departed,
    Fix.REF: _ref,
    Fix.PACKS: _packs,
    Fix.OBJECTS: _objects,
    Fix.INCOMING: _incoming,
    Fix.INDEX: _index,
    Fix.OPERATION: _operation,
    Fix.HEAD: _head,
}
