"""Git's index of the backup's work tree, and what stands in the work tree at a path.

A few entries of its file are replaced, the others stay byte for byte: done here as git's two-way merge would do it,
without reading both trees, by git's own protocol (index.lock, whose name keeps other gits out, then one rename). Of a
form that is not the usual one nothing is changed: that is left to git.
"""

from __future__ import annotations

import hashlib
import os
import stat
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress

from autosync_tasks.backup.listing import Listing
from autosync_tasks.backup.orphans import checksum_fits
from autosync_tasks.backup.repository import Repository
from autosync_tasks.files import NEW
from autosync_tasks.model import Path
from autosync_tasks.names import parents
from autosync_tasks.tree.content import content_id
from autosync_tasks.tree.dirfd import Below
from autosync_tasks.tree.write import mark_of

_HEAD, _FIXED, _SHA = 12, 62, 20
"""Bytes: of the file's header, of an entry before its path, of an id (gitformat-index(5), version 2)."""
Wanted = Mapping[Path, tuple[str, str] | None]


def change_index(git_dir: str, wanted: Wanted, was: Listing) -> bool | None:
    """Brings these paths of the index to what is wanted (None: not there).

    was: what else may stand there. False, with nothing changed, if something else does, or is in the way; None if git
    has to do it (no index yet, a form of it that is not read here, another git at work). Raises OSError.
    """
    path = os.path.join(git_dir, "index")
    try:
        lock = os.open(path + ".lock", NEW, 0o600)
    except FileExistsError:
        return None
    done: bool | None = None
    try:
        with open(lock, "wb") as file, suppress(FileNotFoundError):
            with open(path, "rb", opener=lambda name, flags: os.open(name, flags | os.O_NOFOLLOW)) as old:
                facts, data = os.fstat(old.fileno()), old.read()
            if new := changed_index(data, wanted, was):
                os.fchmod(lock, facts.st_mode & 0o777)
                file.write(new)
                file.flush()
                # Git takes entries as old as the index for unsure: those that were so stay so with its old time.
                os.utime(lock, ns=(facts.st_atime_ns, facts.st_mtime_ns))
                os.fsync(lock)
                os.rename(path + ".lock", path)
            done = None if new is None else bool(new)
    finally:
        if not done:
            os.unlink(path + ".lock")
    return done


def changed_index(data: bytes, wanted: Wanted, was: Listing) -> bytes | None:
    """The text of an index with these paths as wanted; b"" and None for False and None of `change_index`."""
    found = _entries(data)
    if found is None:
        return None
    places, end = found
    names = [*places, b""]
    starts = [*places.values(), end]
    edits: list[tuple[int, int, bytes]] = []
    for path, entry in sorted(wanted.items()):
        at = places.get(path)
        here = None if at is None else (f"{int.from_bytes(data[at + 24 : at + 28]):o}", data[at + 40 : at + 60].hex())
        if here != entry and here != was.get(path):
            return b""
        if here == entry:
            continue
        number = bisect_left(names, path, 0, len(places))
        if at is None and _in_the_way(path, names, number, wanted):
            return b""
        edits.append((starts[number], starts[number + (at is not None)], b"" if entry is None else _line(path, *entry)))
    parts: list[bytes] = []
    place = _HEAD
    for begin, stop, line in edits:
        parts += (data[place:begin], line)
        place = stop
    count = len(places) + sum(bool(line) - (begin < stop) for begin, stop, line in edits)
    text = b"".join([data[:8], count.to_bytes(4), *parts, data[place:end]])
    return text + hashlib.sha1(text, usedforsecurity=False).digest()


def _entries(data: bytes) -> tuple[dict[Path, int], int] | None:
    """Path to where its entry begins, and where the last one ends; None if it is not whole, or in another form."""
    if not checksum_fits(data) or data[:8] != b"DIRC\0\0\0\2":
        return None
    places: dict[Path, int] = {}
    at, find, count = _HEAD, data.find, int.from_bytes(data[8:_HEAD])
    for _ in range(count):
        end = find(b"\0", at + _FIXED)
        if end < 0 or data[at + 60] & 0x70:
            return None  # a merge that is not finished
        places[data[at + _FIXED : end]] = at
        at += (end - at + 8) & ~7
    if len(places) != count or sorted(places) != list(places):
        return None
    end = at
    while at < len(data) - _SHA:
        if not data[at : at + 1].isupper():
            return None  # what follows must be understood by who changes the index
        at += 8 + int.from_bytes(data[at + 4 : at + 8])
    return places, end


def _in_the_way(path: Path, names: list[Path], number: int, wanted: Wanted) -> bool:
    """Whether a file of the index stands where a folder of a new path goes, or one below it, and stays.

    number: the place of the path among the names.
    """
    return any(_stays(above, names, wanted) for above in parents(path)) or any(
        name not in wanted or wanted[name] is not None for name in _below(path + b"/", names, number)
    )


def _stays(path: Path, names: list[Path], wanted: Wanted) -> bool:
    number = bisect_left(names, path, 0, len(names) - 1)
    return names[number] == path and (path not in wanted or wanted[path] is not None)


def _below(front: Path, names: list[Path], number: int) -> Iterator[Path]:
    number = bisect_left(names, front, number, len(names) - 1)
    while names[number].startswith(front):
        yield names[number]
        number += 1


def _line(path: Path, mode: str, content: str) -> bytes:
    """An entry of which git knows that it has not looked at the file yet."""
    text = b"%s%s%s%s%s" % (
        bytes(24),
        int(mode, 8).to_bytes(4),
        bytes(12),
        bytes.fromhex(content),
        min(len(path), 0xFFF).to_bytes(2),
    )
    return text + path + bytes(8 - (_FIXED + len(path)) % 8)


def index_entries(repository: Repository) -> dict[Path, tuple[str, str]]:
    """What the index holds: path to (git mode, content id)."""
    output = repository.gateway.run("ls-files", "-z", "--stage")
    entries = {}
    for line in output.split(b"\0"):
        if line:
            facts, _, path = line.partition(b"\t")
            mode, content, _ = facts.decode("ascii").split(" ")
            entries[path] = (mode, content)
    return entries


def set_entries(
    repository: Repository, entries: Iterable[tuple[Path, str, str]], environment: dict[str, str] | None
) -> None:
    """Puts (path, git mode, content id) into the index; what stood there as a folder or file gives way."""
    lines = b"".join(f"{mode} {content}\t".encode() + path + b"\0" for path, mode, content in entries)
    repository.gateway.run(
        "update-index", "-z", "--add", "--replace", "--index-info", stdin=lines, environment=environment
    )


def git_mode(mode: int) -> str:
    """What git keeps of a file's or link's mode."""
    return "120000" if stat.S_ISLNK(mode) else "100755" if mode & 0o100 else "100644"


Standing = tuple[str, str]
"""Git mode and content id of a file or link."""


def standing(below: Below, path: Path) -> Standing | None:
    """What stands at a path of a work tree; None if it is no file and no link."""
    return marked(below, path)[1]


def marked(below: Below, path: Path) -> tuple[bytes | None, Standing | None]:
    """The mark of what stands at a path (None: nothing, or a folder), and then what it is: a later change shows."""
    facts = below.look(path)
    contents = below.contents_of(path, facts)
    mark = None if facts is None or stat.S_ISDIR(facts.st_mode) else mark_of(facts)
    return mark, None if contents is None else (git_mode(contents[0]), content_id(contents[1]))
