"""O_PATH: permission bits of exactly what was looked at, a link never followed; other systems have fchmodat for it."""

from __future__ import annotations

import os
import stat

from autosync_tasks.linux.memory import name_of


def set_mode(name: bytes, mode: int, folder: int) -> bool:
    """Sets the permission bits of a file or folder in an open folder; False if it is a link. Raises OSError."""
    handle = os.open(name, os.O_PATH | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=folder)
    try:
        if stat.S_ISLNK(os.fstat(handle).st_mode):
            return False
        os.chmod(name_of(handle), mode & 0o777)  # fchmod(2) refuses an O_PATH descriptor
    finally:
        os.close(handle)
    return True
