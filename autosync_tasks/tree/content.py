"""Contents: git's content id of bytes, and readings of the source that can be trusted."""

from __future__ import annotations

import hashlib
import os
import stat
import time
from collections.abc import Mapping
from contextlib import suppress
from typing import BinaryIO

from autosync_tasks.model import Left, LeftOut
from autosync_tasks.tree.derived import Part
from autosync_tasks.tree.facts import STAT, pack
from autosync_tasks.tree.followed_links import Through, detail_of, why_left

_CHUNK = 1 << 20


def content_id(data: bytes) -> str:
    """Git's content id of a blob with these bytes (SHA-1, hex)."""
    digest = hashlib.sha1(b"blob %d\0" % len(data), usedforsecurity=False)
    digest.update(data)
    return digest.hexdigest()


def content_id_of(file: BinaryIO) -> str:
    """The same of an open file of any size, read in pieces. Raises OSError."""
    digest = hashlib.sha1(b"blob %d\0" % os.fstat(file.fileno()).st_size, usedforsecurity=False)
    while chunk := file.read(_CHUNK):
        digest.update(chunk)
    return digest.hexdigest()


class NotReadableError(Exception):
    """A path could not be read as it was observed; `left_out` says why."""

    def __init__(self, left_out: LeftOut) -> None:
        super().__init__(left_out.detail)
        self.left_out = left_out


class Reader(Through):
    """Reads the source's files and links as they were observed. followed: of the walk (Scan.followed)."""

    def __enter__(self) -> Reader:
        return self

    def look(self, path: bytes) -> os.stat_result | None:
        target = self._followed.get(path)
        if target is None:
            return super().look(path)
        try:
            return target.look()
        except OSError:
            return None

    def open_file(self, path: bytes) -> int:
        target = self._followed.get(path)
        return target.open_file() if target else super().open_file(path)

    def read(self, path: bytes, expected: bytes) -> tuple[bytes, int]:
        """The bytes of a file, or a link's target, and when the reading began (ns since the epoch).

        expected: the walk's record of the path.

        Raises NotReadableError if it is gone, is another file than observed, or changed meanwhile.
        """
        size, _, _, _, mode, _ = STAT.unpack(expected)
        began = time.time_ns()
        try:
            if stat.S_ISLNK(mode):
                data = self.target(path)
            else:
                handle = self.open_file(path)
                try:
                    target = self._followed.get(path)
                    found = target.look() if isinstance(target, Part) else os.fstat(handle)
                    same = pack(found) == expected
                    data = _read_all(handle, size) if same else b""
                finally:
                    os.close(handle)
                if not same:
                    raise NotReadableError(LeftOut(path, Left.MOVING, _MOVED))
        except OSError as error:
            raise NotReadableError(LeftOut(path, why_left(error), detail_of(error))) from None
        if len(data) != size:
            raise NotReadableError(LeftOut(path, Left.MOVING, _MOVED))
        return data, began


_MOVED = "changed while it was being read"


def _read_all(handle: int, size: int) -> bytes:
    """All bytes of an open file; one more than `size` is asked for, so that growth shows."""
    data = os.read(handle, size + 1)
    if len(data) >= size or not data:
        return data
    parts = [data]
    while part := os.read(handle, size + 1):
        parts.append(part)
        if sum(map(len, parts)) > size:
            break
    return b"".join(parts)


class AtHand(dict[str, bytes]):
    """Bytes by their content id: those that were kept, else the source's where they still have it. It is computed of
    them, so git need not unpack its own. KeyError for the rest."""

    KEPT = 32_000_000
    """Bytes."""

    def __init__(self, reader: Reader, records: Mapping[bytes, bytes], paths: Mapping[str, bytes]) -> None:
        """records: of the walk. paths: where in the source each content id was seen."""
        super().__init__()
        self._reader, self._records, self._paths = reader, records, paths

    def __missing__(self, content: str) -> bytes:
        path = self._paths[content]
        with suppress(NotReadableError):
            data, _ = self._reader.read(path, self._records[path])
            if content_id(data) == content:
                return data
        raise KeyError(content)
