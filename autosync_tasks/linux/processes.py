"""/proc/PID: which processes run, and what they hold open; nothing else tells of another's files without root."""

from __future__ import annotations

import os


def numbers() -> list[str]:
    """Those that can be seen. Raises OSError where none can."""
    return [name for name in os.listdir("/proc") if name.isdigit()]


def lives(number: str) -> bool:
    """Whether a process of this number is there."""
    return os.path.exists(f"/proc/{number}")


def name(number: str) -> bytes:
    """The program's short name. Raises OSError."""
    return _read(number, "comm").strip()


def words(number: str) -> list[bytes]:
    """Its command line, as far as 64 KB go. Raises OSError."""
    return _read(number, "cmdline").split(b"\0")


def open_files(number: str) -> list[bytes]:
    """The paths of what it holds open. Raises OSError: FileNotFoundError if it ended."""
    folder = f"/proc/{number}/fd"
    return [os.fsencode(os.readlink(f"{folder}/{one}")) for one in os.listdir(folder)]


def folder(number: str) -> bytes:
    """The folder it works in. Raises OSError."""
    return os.fsencode(os.readlink(f"/proc/{number}/cwd"))


def _read(number: str, what: str) -> bytes:
    with open(f"/proc/{number}/{what}", "rb") as file:
        return file.read(65536)
