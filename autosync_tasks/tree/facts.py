"""What lstat says of a path, as a compact record: equal records mean an unchanged path."""

from __future__ import annotations

import os
import sys
from operator import attrgetter
from struct import Struct

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

STAT = Struct("<QqqQII")
"""Size, mtime and ctime in ns, inode, mode with the type bits, owner."""
TYPE = 0o170000
"""The bits of a mode that say what a path is."""
FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
"""As `files.FOLDER`, which a sync with nothing to do does not load."""
_pack, _name = STAT.pack, attrgetter("name")
_ENCODING = sys.getfilesystemencoding()
Listed = tuple[list[bytes], list[bytes]]
"""The names in a folder, in order, and a record of each."""


def not_seen(_: bytes) -> Listed | None:
    """No folder was seen before."""
    return None


def pack(result: os.stat_result) -> bytes:
    """A stat result as a record."""
    return STAT.pack(
        result.st_size, result.st_mtime_ns, result.st_ctime_ns, result.st_ino, result.st_mode, result.st_uid
    )


def listed(fd: int) -> Listed:
    """What is in an open folder, by one lstat each. Raises OSError if that fails for any."""
    with os.scandir(fd) as found:
        entries = sorted(found, key=_name)
    if not entries:
        return [], []
    # not os.fsencode for each, which takes five times as long
    names = "\0".join([entry.name for entry in entries]).encode(_ENCODING, "surrogateescape").split(b"\0")
    facts = [entry.stat(follow_symlinks=False) for entry in entries]
    return names, [  # as `pack`, which would be a call for each
        _pack(one.st_size, one.st_mtime_ns, one.st_ctime_ns, one.st_ino, one.st_mode, one.st_uid) for one in facts
    ]


def kind_of(record: bytes) -> int:
    """The type bits of a record's mode."""
    return (record[33] & 0xF0) << 8


def is_folder(record: bytes) -> bool:
    """Whether it is of a folder, as `kind_of` tells."""
    return record[33] & 0xF0 == 0x40


def folder_of(path: bytes, root: int) -> int:
    """A descriptor of a folder below a root (b"" is the root itself). Raises OSError."""
    return os.open(path, FOLDER, dir_fd=root) if path else os.dup(root)


def looked(source: str, todo: list[bytes], closed: Callable[[bytes], bool]) -> dict[bytes, Listed]:
    """What is in folders of a source, the last first, and in those below them, by path and a slash. Raises OSError.

    closed: folders that are not opened, asked in order of the walk. One that cannot be is for the walk to tell.
    """
    found: dict[bytes, Listed] = {}
    root = os.open(source, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        while todo:
            path = todo.pop()
            if path and closed(path):
                continue
            prefix = path and path + b"/"
            try:
                fd = folder_of(path, root)
                try:
                    found[prefix] = names, records = listed(fd)
                finally:
                    os.close(fd)
            except OSError:
                continue
            pairs = zip(reversed(records), reversed(names), strict=True)
            todo += [prefix + name for record, name in pairs if is_folder(record)]
    finally:
        os.close(root)
    return found
