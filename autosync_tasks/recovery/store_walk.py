"""A walk through the backup's store from some commits down to every file, reading and checking each object once."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator

from autosync_tasks.backup.objects import AbsentError, Store
from autosync_tasks.backup.repository import Repository
from autosync_tasks.backup.soundness import shallow_commits
from autosync_tasks.errors import BackupError
from autosync_tasks.model import Path
from autosync_tasks.recovery.plan import Damaged

_LINK = re.compile(rb"^(tree|parent) ([0-9a-f]{40})$", re.MULTILINE)
_TAGGED = re.compile(rb"object ([0-9a-f]{40})\ntype commit\n")
_MODULE = b"160000"


def damage(repository: Repository, tips: Iterable[tuple[str, str]]) -> tuple[Damaged, ...]:
    """Every object that these need and the store cannot give. tips: (id, whose it is: "" for the branch)."""
    seen: set[str] = set()
    shallow = shallow_commits(repository)
    with Store(repository) as store:
        return tuple(item for tip, whose in tips for item in _walk(store, tip, whose, shallow, seen))


def sound(store: Store, name: str, kind: str) -> bytes | None:
    """The bytes of an object of this type; None if the store cannot give exactly those."""
    try:
        stands, data = store.object(name)
    except AbsentError:
        return None
    return data if stands == kind else None


def _walk(store: Store, tip: str, whose: str, shallow: frozenset[str], seen: set[str]) -> Iterator[Damaged]:
    commits = _start(store, tip)
    while commits:
        commit = commits.pop()
        if commit in seen:
            continue
        seen.add(commit)
        text = sound(store, commit, "commit")
        if text is None:
            yield Damaged(commit, "commit", b"", commit, whose)
            continue
        for kind, name in _LINK.findall(text.split(b"\n\n", 1)[0]):
            if kind == b"tree":
                yield from _tree(store, name.decode("ascii"), commit, whose, seen)
            elif commit not in shallow:
                commits.append(name.decode("ascii"))


def _start(store: Store, name: str) -> list[str]:
    """The commit to begin at: a tag names one, a ref may name a file (nothing to walk)."""
    try:
        kind, data = store.object(name)
    except AbsentError:
        return [name]
    target = _TAGGED.match(data) if kind == "tag" else None
    return [target[1].decode("ascii")] if target else [name] if kind == "commit" else []


def _tree(store: Store, top: str, commit: str, whose: str, seen: set[str]) -> Iterator[Damaged]:
    waiting: list[tuple[str, Path]] = [(top, b"")]
    while waiting:
        name, path = waiting.pop()
        if name in seen:
            continue
        seen.add(name)
        data = sound(store, name, "tree")
        if data is None:
            yield Damaged(name, "tree", path, commit, whose)
            continue
        for mode, entry, child in tree_entries(data):
            below = path + b"/" + entry if path else entry
            if mode in (b"40000", b"040000"):
                waiting.append((child, below))
            elif mode != _MODULE and child not in seen:
                seen.add(child)
                if sound(store, child, "blob") is None:
                    yield Damaged(child, "blob", below, commit, whose)


def tree_entries(data: bytes) -> Iterator[tuple[bytes, bytes, str]]:
    """(mode, name, id) of each entry of a tree object."""
    place = 0
    while place < len(data):
        space, end = data.find(b" ", place), data.find(b"\0", place)
        if not 0 < space < end:
            return  # its bytes are what its id says, but somebody made them by hand
        yield data[place:space], data[space + 1 : end], data[end + 1 : end + 21].hex()
        place = end + 21


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
