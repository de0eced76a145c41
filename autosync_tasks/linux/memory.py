"""memfd_create(2) and /proc/self/fd: a file on no disk, and the name of an open one."""

from __future__ import annotations

import os


def memory_file(name: str) -> int:
    """A descriptor of an empty file in memory; a child gets it only if it is handed on. Raises OSError."""
    return os.memfd_create(name, os.MFD_CLOEXEC)


def name_of(fd: int) -> str:
    """A path by which this process, or a child that was handed it, opens what a descriptor holds."""
    return f"/proc/self/fd/{fd}"
