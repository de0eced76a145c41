"""Packs made here, where git would be slow: compressed as the bytes come by, and given to git, which checks them.

`git index-pack` unpacks each object, works out its id and writes the index; nothing is believed of what was made here,
and a commit names only ids that git has found in it. Compressing is ISA-L's (python-isal): 52 MB of words take 0.25 s
of processor time and become 29 MB, with zlib at git's own level 1.8 s and 31 MB.
"""

from __future__ import annotations

import hashlib
import os
import struct
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from functools import cache
from itertools import zip_longest
from typing import BinaryIO

from autosync_tasks.backup.locks import KEPT
from autosync_tasks.backup.objects import absent
from autosync_tasks.backup.repository import Repository
from autosync_tasks.errors import AutosyncError
from autosync_tasks.humanize import volume
from autosync_tasks.model import Entry, Path

_NUMBERS = {"tree": 2, "blob": 3}
_HEAD = struct.Struct(">4sLL")
_PIECE = 1 << 16
"""Bytes that git is given at once: what a pipe holds."""


class Pack:
    """Objects in git's form (gitformat-pack(5)), written into an open file as they come."""

    def __init__(self, file: BinaryIO) -> None:
        """file: empty, to read and write; closed with the pack."""
        self._file = file
        self.ids: set[str] = set()
        self.whole = False
        self.begun_ns = time.time_ns()
        """When it was begun: nothing that is in it was read before (ns since the epoch)."""

    def clear(self) -> None:
        """Begins anew."""
        self.ids, self.whole = set(), False
        self._file.seek(0)
        self._file.truncate()

    def add(self, kind: str, content: str, data: bytes) -> None:
        """Takes an object, once. content: its id."""
        if not self.ids:
            self._file.write(_HEAD.pack(b"PACK", 2, 0))
        if content not in self.ids:
            self.ids.add(content)
            self._file.write(_size(_NUMBERS[kind], len(data)) + _compress()(data, 1))

    def keeping(self, files: Iterable[tuple[Path, bytes]], ids: Mapping[Path, str]) -> Iterator[tuple[Path, bytes]]:
        """The same files, each of which is in the pack before it is given on. ids: content ids of those it is to take.

        Where there is no room for it, or one cannot be compressed, they go on, and the pack does not become whole.
        """
        room = True
        for path, data in files:
            if room and path in ids:
                try:
                    self.add("blob", ids[path], data)
                except AutosyncError:  # the deadline
                    raise
                except Exception:  # noqa: BLE001  no room, no memory, a fault of ISA-L: they are read once more
                    room = False
            yield path, data
        if room:
            with suppress(OSError):
                self.seal()

    def seal(self) -> None:
        """Writes how many there are, and the checksum: it is whole now."""
        self._file.seek(0)
        self._file.write(_HEAD.pack(b"PACK", 2, len(self.ids)))
        digest = hashlib.sha1(usedforsecurity=False)
        for piece in self.pieces():
            digest.update(piece)
        self._file.write(digest.digest())
        self._file.flush()
        self.whole = True

    def filled(self, ids: set[str]) -> None:
        """Says that another process filled and sealed the same file. ids: of what it took."""
        self.ids, self.whole = ids, True

    def pieces(self) -> Iterator[bytes]:
        """All of it, in pieces."""
        self._file.seek(0)
        while piece := self._file.read(_PIECE):
            yield piece

    @property
    def checksum(self) -> bytes:
        """What it ends with: git names it so."""
        self._file.seek(-20, os.SEEK_END)
        return self._file.read(20)

    def close(self) -> None:
        """Lets go of its memory."""
        with suppress(OSError):
            self._file.close()


Stored = AbstractContextManager[Sequence[str]]


def storing(
    repository: Repository, packs: Sequence[Pack], puts: Mapping[Path, Entry], progress: Callable[..., None] | None
) -> Callable[[], Stored] | None:
    """What stores the bytes of these paths, if packs have them all, and nothing else; else None: read them again.

    None too where the store has some of them: git would keep those of a pack twice, each time that files are moved.
    progress: told how much git was given.
    """
    packed = set[str]().union(*(pack.ids for pack in packs))
    if not all(pack.whole for pack in packs) or packed != {entry.id for entry in puts.values()}:
        return None
    if repository.has_objects() and absent(repository, packed) != packed:
        return None

    say = progress or (lambda *_: None)
    return lambda: taken(repository, packs, lambda size: say(f"storing {volume(size)}", 0, 0))


@contextmanager
def taken(
    repository: Repository, packs: Sequence[Pack], told: Callable[[int], None] = lambda _: None
) -> Iterator[Sequence[str]]:
    """Has git check these packs and store them, all at once, on as many cores; gives the files they are in now.

    told: how many bytes git was given. Nothing names what is in them yet: no `git gc` takes it while the block lasts,
    in which the commit is made; if the run ends here it is what git tidies away. Raises BackupError.
    """
    given, packs = 0, [pack for pack in packs if pack.ids]
    kept = [os.path.join(repository.git_dir, "objects", "pack", f"pack-{pack.checksum.hex()}") for pack in packs]
    try:
        with ExitStack() as stack:
            command = "index-pack", "--stdin", f"--keep={KEPT}"
            talks = [stack.enter_context(repository.gateway.conversation(*command)) for _ in packs]
            for pieces in zip_longest(*(pack.pieces() for pack in packs), fillvalue=b""):
                for talk, piece in zip(talks, pieces, strict=True):
                    talk.say(piece)
                    given += len(piece)
                told(given)
            for talk in talks:
                talk.said()
            for talk in talks:
                code, complaint = talk.finish()
                if code:
                    raise repository.gateway.failure("index-pack", code, complaint)
        yield [stem + end for stem in kept for end in (".pack", ".idx")]
    finally:
        for stem in kept:
            with suppress(OSError):
                os.unlink(f"{stem}.keep")


@cache
def _compress() -> Callable[[bytes, int], bytes]:
    try:
        from isal.isal_zlib import compress
    except ImportError:  # published for the usual processors alone
        from zlib import compress
    return compress


def _size(number: int, size: int) -> bytes:
    """What stands before an object in a pack: its type's number, and its size in pieces of 4 and then 7 bits."""
    out, rest = bytearray([number << 4 | size & 15]), size >> 4
    while rest:
        out[-1] |= 128
        out.append(rest & 127)
        rest >>= 7
    return bytes(out)
