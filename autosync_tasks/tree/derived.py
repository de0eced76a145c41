"""A part of a big JSON file, as a file of its own in a stable form: of `~/.claude.json` only what a person wrote.

The agent rewrites such a file at every turn. So its facts here (those of lstat) come from the part alone: the same part
has the same facts, and a walk sees a change only where there is one. Nothing is written to make it.
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
import stat
from typing import NamedTuple

from autosync_tasks.files import opened

MOST = 64 * 1024 * 1024
"""Bytes of the big file."""


class Part(NamedTuple):
    """Where it comes from: a file (a full path; links are followed), and its keys at the top that are taken."""

    file: str
    keys: tuple[str, ...]

    @property
    def names(self) -> list[bytes]:
        """The big file's name may be protected; what is taken of it has a name of its own."""
        return []

    def read(self) -> bytes | None:
        """The part as it is now; None if there is no such file, or nothing under its keys. Raises OSError where it
        cannot be read, or is halfway written."""
        try:
            with opened(self.file) as file:
                found = os.fstat(file.fileno())
                if not stat.S_ISREG(found.st_mode) or found.st_size > MOST:
                    raise OSError(errno.EINVAL, "it is no file of a usual size")
                data = file.read()
        except FileNotFoundError:
            if os.path.islink(self.file):  # its disk may be away for a while: no deletion
                raise OSError(errno.EINVAL, "it is a link to nothing") from None
            return None
        try:
            value = json.loads(data.decode("utf-8-sig"))
            taken = {key: value[key] for key in self.keys if value.get(key)}
            text = json.dumps(taken, indent=2, sort_keys=True, ensure_ascii=False) + "\n" if taken else ""
        except (ValueError, RecursionError, AttributeError):  # the last: it is no object
            raise OSError(errno.EINVAL, "it is not valid JSON, or holds no object") from None
        return text.encode("utf-8", "backslashreplace") or None  # half of a character stays the JSON that it was

    def _now(self) -> bytes:
        data = self.read()
        if data is None:
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT))
        return data

    def look(self) -> os.stat_result:
        """What lstat would say of the part. Raises OSError."""
        data = self._now()
        ident = int.from_bytes(hashlib.sha256(data).digest()[:7])
        facts = (stat.S_IFREG | 0o600, ident, 0, 1, os.geteuid(), os.getegid(), len(data), 0, 0, 0)
        return os.stat_result(facts, {"st_atime_ns": 0, "st_mtime_ns": 0, "st_ctime_ns": 0})

    def open_file(self) -> int:
        """A descriptor for reading the part. Raises OSError."""
        from autosync_tasks.linux.memory import memory_file

        handle = memory_file("part")
        os.write(handle, self._now())
        os.lseek(handle, 0, os.SEEK_SET)
        return handle

    def open_folder(self) -> int:
        """It is none."""
        raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR))
