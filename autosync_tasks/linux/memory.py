"""memfd_create(2) and /proc/self/fd: a file on no disk, and the name of an open one; how much memory there is."""

from __future__ import annotations

import os
from contextlib import suppress


def memory_file(name: str) -> int:
    """A descriptor of an empty file in memory; a child gets it only if it is handed on. Raises OSError."""
    return os.memfd_create(name, os.MFD_CLOEXEC)


def name_of(fd: int) -> str:
    """A path by which this process, or a child that was handed it, opens what a descriptor holds."""
    return f"/proc/self/fd/{fd}"


def available() -> int:
    """Bytes of memory that can be had: what is free, or all that this process's control group may hold if less.

    proc(5), cgroups(7) of both versions. Raises OSError.
    """
    with open("/proc/meminfo", encoding="ascii") as file:
        most = next((int(line.split()[1]) * 1024 for line in file if line.startswith("MemAvailable:")), 0)
    with open("/proc/self/cgroup", encoding="utf-8", errors="surrogateescape") as file:
        groups = [line.rstrip("\n").split(":", 2)[1:] for line in file]
    for kind, group in groups:
        if kind in ("", "memory"):
            folder, name = (f"/sys/fs/cgroup/{kind}", "memory.limit_in_bytes" if kind else "memory.max")
            for where in (group, ""):  # in a container its own group is mounted as the uppermost
                with suppress(OSError, ValueError), open(f"{folder}{where}/{name}", encoding="ascii") as file:
                    most = min(most, int(file.read()))  # "max": no limit
    return most
