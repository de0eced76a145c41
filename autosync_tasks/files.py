"""Whole files and what makes them last: the one place that flushes to the disk."""

from __future__ import annotations

import ctypes
import os


def make_durable(folder: str) -> None:
    """Writes out the file system that holds `folder` (syncfs).

    Git never syncs a folder: after a power cut a commit was lost on ext4, XFS and btrfs even with
    core.fsync=all. Raises OSError if it cannot.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    fd = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        if libc.syncfs(fd) != 0:
            code = ctypes.get_errno()
            raise OSError(code, os.strerror(code))
    finally:
        os.close(fd)
