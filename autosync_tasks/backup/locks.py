"""What a killed git leaves: locks, temporary files, parts of packs; removed only with proof that nobody uses them.

To be called only while this program's own lock of the backup is held. The proof: no process of this machine has a
file of the repository open, and no process called git works in it. Where that cannot be seen, everything stays.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterator

from autosync_tasks.backup.orphans import orphans
from autosync_tasks.backup.repository import Repository
from autosync_tasks.files import names_in
from autosync_tasks.linux import processes
from autosync_tasks.names import display
from autosync_tasks.records import pattern

_TEMPORARY = pattern(r"(tmp_(obj|pack|idx|rev|mtimes|bitmap|midx|graph)_|\.tmp-\d+-|tmp_objdir-|incoming-)")
"""Names of git's files on their way (object-file.c, pack-write.c, tmp-objdir.c) in the object store."""
_OURS = pattern(r"(autosync-stash-[0-9a-f]+\.index(\.lock)?|fast_import_crash_\d+)\Z")
"""Names in the repository's own folder: of this program, and git's report on a stream that ended too early."""
_KEEP = pattern(r"pack-[0-9a-f]{40}\.keep\Z")
KEPT = "autosync"
"""What the `.keep` of a pack of ours says while no commit names it."""
_KEEP_WORDS = (b"fast-import", b"fetch-pack ", KEPT.encode())
"""What is in the `.keep` of a pack until its refs are there (a person's own says something else).
Left by a kill, git would never take the pack along when it tidies."""
_DEEPEST = 12


def leftovers(repository: Repository, *, thorough: bool = False) -> list[str]:
    """Paths of locks, temporary files and parts of packs in the repository, whoever uses them. Nothing is removed.

    thorough: see `orphans`.
    """
    git_dir = repository.git_dir
    left = [os.path.join(git_dir, name) for name in names_in(git_dir) if name.endswith(".lock") or _OURS.match(name)]
    for folder in ("refs", "logs"):
        left += _locks_below(os.path.join(git_dir, folder), 0)
    objects = os.path.join(git_dir, "objects")
    for folder in (objects, *_object_folders(objects)):
        names = names_in(folder)
        left += [os.path.join(folder, name) for name in names if _TEMPORARY.match(name) or name.endswith(".lock")]
        left += [path for name in names if _KEEP.match(name) and _is_ours(path := os.path.join(folder, name))]
    left += orphans(repository, thorough=thorough)
    return sorted(path for path in set(left) if not os.path.islink(path))


def clear_stale_locks(repository: Repository, *, thorough: bool = False) -> list[str]:
    """Removes what `leftovers` finds if no git process uses the repository; returns a note for each thing done.

    If one does, or that cannot be known, nothing is removed and the one note says so. Call it under the state lock.
    """
    left = leftovers(repository, thorough=thorough)
    if not left:
        return []
    users = users_of(repository)
    if users is None:
        return [f"{_short(repository, left)} left: this system does not say whether a git process uses them"]
    if users:
        return [f"{_short(repository, left)} left: in use by {users[0]}"]
    notes = []
    for path in left:
        name = display(os.path.relpath(path, repository.git_dir))
        if path.endswith(".pack") and "/.tmp-" not in path:  # it never got its index, or lost it
            code, _, complaint = repository.gateway.attempt("index-pack", path)
            said = display(complaint.strip(), limit=120)
            notes.append(f"the index of {name} was made anew" if not code else f"{name} has no index: {said}")
            continue
        try:
            if stat.S_ISDIR(os.lstat(path).st_mode):
                import shutil

                shutil.rmtree(path)
            else:
                os.unlink(path)
        except FileNotFoundError:
            continue
        except OSError as error:
            notes.append(f"{name} could not be removed: {(error.strerror or '').lower()}")
            continue
        notes.append(f"{name} removed: a killed git left it, and no process uses it")
    return notes


def users_of(repository: Repository) -> list[str] | None:
    """Processes that use the repository, like `git gc (process 4711)`; None if that cannot be seen."""
    try:
        numbers = processes.numbers()
    except OSError:
        return None
    if str(os.getpid()) not in numbers:
        return None  # not the /proc of this process
    roots = tuple(os.fsencode(os.path.realpath(path)) for path in {repository.folder, repository.git_dir})
    git_dir = os.fsencode(os.path.realpath(repository.git_dir))
    users = []
    for number in numbers:
        if int(number) != os.getpid() and (said := _uses(number, roots, git_dir)):
            users.append(said)
    return users


def _uses(number: str, roots: tuple[bytes, ...], git_dir: bytes) -> str:
    """How a process uses the repository ("" if it does not, or is gone)."""
    try:
        words = processes.words(number)
        is_git = processes.name(number).startswith(b"git") or os.path.basename(words[0]).startswith(b"git")
    except OSError:
        return ""
    said = f"{display(b' '.join(words[:3]).strip(), limit=60)} (process {number})"
    try:
        if any(_inside(path, (git_dir,)) for path in processes.open_files(number)):
            return said
        if is_git and _inside(processes.folder(number), roots):
            return said
    except FileNotFoundError:
        return ""  # it ended meanwhile
    except OSError:
        return f"maybe {said}" if is_git else ""  # another user's git: nobody can tell
    return said if is_git and any(root in word for word in words for root in roots) else ""


def _inside(path: bytes, roots: tuple[bytes, ...]) -> bool:
    path = path.removesuffix(b" (deleted)")
    return any(path == root or path.startswith(root + b"/") for root in roots)


def _is_ours(keep: str) -> bool:
    if not os.path.exists(keep.removesuffix(".keep") + ".pack"):
        return True  # killed before the pack had its name; the next pack with the same contents would be refused
    try:
        with open(keep, "rb") as file:
            words = file.read(11).rstrip(b"\n")
            return bool(words) and any(
                known.startswith(words) for known in _KEEP_WORDS
            )  # an empty one may be a person's
    except OSError:
        return False


def _locks_below(folder: str, depth: int) -> Iterator[str]:
    for name in names_in(folder):
        path = os.path.join(folder, name)
        if name.endswith(".lock") and not os.path.isdir(path):
            yield path
        elif depth < _DEEPEST and os.path.isdir(path) and not os.path.islink(path):
            yield from _locks_below(path, depth + 1)


def _object_folders(objects: str) -> list[str]:
    wanted = [name for name in names_in(objects) if name in ("pack", "info") or re.fullmatch("[0-9a-f]{2}", name)]
    return [os.path.join(objects, name) for name in wanted]


def _short(repository: Repository, paths: list[str]) -> str:
    first = display(os.path.relpath(paths[0], repository.git_dir))
    return first if len(paths) == 1 else f"{first} and {len(paths) - 1} more leftovers of git were"
