"""A walk through the backup's store from some commits down to every file, reading and checking each object once."""

from __future__ import annotations

import hashlib
import os
import re
import zlib
from collections.abc import Iterable, Iterator

from autosync_tasks.backup.gateway import Conversation
from autosync_tasks.backup.repository import Repository
from autosync_tasks.errors import BackupError
from autosync_tasks.model import Path
from autosync_tasks.recovery.plan import Damaged

_LINK = re.compile(rb"^(tree|parent) ([0-9a-f]{40})$", re.MULTILINE)
_MODULE = b"160000"


class Store:
    """Reads objects of every type. A damaged one may end git's process: it is asked once more in a new one."""

    def __init__(self, repository: Repository) -> None:
        self._repository = repository
        self._talk: Conversation | None = None

    def close(self) -> None:
        """Ends the git process."""
        talk, self._talk = self._talk, None
        if talk is not None:
            talk.__exit__()

    def read(self, name: str) -> tuple[str, bytes] | None:
        """(type, bytes) of an object, if the store has exactly the bytes with that id; else None."""
        for _ in range(2):
            try:
                return self._read(name)
            except BackupError:
                self.close()
        return None

    def _read(self, name: str) -> tuple[str, bytes] | None:
        if self._talk is None:
            self._talk = self._repository.gateway.conversation("cat-file", "--batch")
            self._talk.__enter__()
        fields = self._talk.ask(name.encode("ascii") + b"\n").split(b" ")
        if len(fields) != 3:
            return None
        kind, data = fields[1].decode("ascii"), self._talk.take(int(fields[2]))
        return (kind, data) if object_id(kind, data) == name else None


def object_id(kind: str, data: bytes) -> str:
    """Git's id of an object."""
    digest = hashlib.sha1(f"{kind} {len(data)}\0".encode(), usedforsecurity=False)
    digest.update(data)
    return digest.hexdigest()


def damage(repository: Repository, tips: Iterable[str]) -> tuple[Damaged, ...]:
    """Every object that the history of these commits needs and the store cannot give."""
    store = Store(repository)
    try:
        return tuple(_walk(store, tips))
    finally:
        store.close()


def _walk(store: Store, tips: Iterable[str]) -> Iterator[Damaged]:
    seen: set[str] = set()
    commits = list(dict.fromkeys(tips))
    while commits:
        commit = commits.pop()
        if commit in seen:
            continue
        seen.add(commit)
        found = store.read(commit)
        if found is None or found[0] != "commit":
            yield Damaged(commit, "commit", b"", commit)
            continue
        for kind, name in _LINK.findall(found[1].split(b"\n\n", 1)[0]):
            if kind == b"parent":
                commits.append(name.decode("ascii"))
            else:
                yield from _tree(store, name.decode("ascii"), commit, seen)


def _tree(store: Store, top: str, commit: str, seen: set[str]) -> Iterator[Damaged]:
    waiting: list[tuple[str, Path]] = [(top, b"")]
    while waiting:
        name, path = waiting.pop()
        if name in seen:
            continue
        seen.add(name)
        found = store.read(name)
        if found is None or found[0] != "tree":
            yield Damaged(name, "tree", path, commit)
            continue
        for mode, entry, child in tree_entries(found[1]):
            below = path + b"/" + entry if path else entry
            if mode in (b"40000", b"040000"):
                waiting.append((child, below))
            elif mode != _MODULE and child not in seen:
                seen.add(child)
                blob = store.read(child)
                if blob is None or blob[0] != "blob":
                    yield Damaged(child, "blob", below, commit)


def tree_entries(data: bytes) -> Iterator[tuple[bytes, bytes, str]]:
    """(mode, name, id) of each entry of a tree object."""
    place = 0
    while place < len(data):
        space, end = data.index(b" ", place), data.index(b"\0", place)
        yield data[place:space], data[space + 1 : end], data[end + 1 : end + 21].hex()
        place = end + 21


def write_loose(git_dir: str, kind: str, data: bytes) -> str:
    """Stores an object as a loose file, whatever git believes to have already; returns its id.

    `git hash-object -w` does not write what lies, damaged, in a pack.
    """
    name = object_id(kind, data)
    folder = os.path.join(git_dir, "objects", name[:2])
    os.makedirs(folder, exist_ok=True)
    scratch = os.path.join(folder, f"tmp_obj_autosync_{os.getpid()}")
    body = zlib.compress(f"{kind} {len(data)}\0".encode() + data, 1)
    handle = os.open(scratch, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o444)
    with os.fdopen(handle, "wb") as file:
        file.write(body)
        file.flush()
        os.fsync(file.fileno())
    os.replace(scratch, os.path.join(folder, name[2:]))
    return name


def packs(repository: Repository) -> dict[str, list[str] | None]:
    """Each pack (its name without `.pack`) with the ids it should hold; None if its index cannot be read."""
    folder = os.path.join(repository.git_dir, "objects", "pack")
    try:
        names = sorted(name[:-5] for name in os.listdir(folder) if name.startswith("pack-") and name.endswith(".pack"))
    except OSError:
        return {}
    found: dict[str, list[str] | None] = {}
    for name in names:
        try:
            with open(os.path.join(folder, name + ".idx"), "rb") as file:
                output = repository.gateway.run("show-index", stdin=file.read())
            found[name] = [line.split(b" ")[1].decode("ascii") for line in output.splitlines()]
        except (OSError, BackupError, IndexError):
            found[name] = None
    return found
