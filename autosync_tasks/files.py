"""Whole files, locks and what makes both last: the one place that writes a file of the program's own or takes a lock.

A reader sees the old contents or the new ones, never a part; what a kill leaves lies beside under another name.
"""

from __future__ import annotations

import fcntl
import os
import re
import stat
import time
from collections.abc import Callable
from contextlib import suppress
from typing import BinaryIO

FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
"""To open a folder, and nothing that a link leads to."""
NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
"""To open a file that nobody else has made."""


def names_in(folder: str) -> list[str]:
    """The names in a folder, in order; none where it is missing or may not be listed."""
    try:
        return sorted(os.listdir(folder))
    except OSError:
        return []


def opened(path: str) -> BinaryIO:
    """A file to be read; opening a FIFO does not wait for a writer that never comes. Raises OSError."""
    return open(os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC), "rb")


def bytes_in(path: str, most: int = -1) -> bytes:
    """What a file holds, or its first bytes (`most`); nothing where it is missing or cannot be read."""
    with suppress(OSError), opened(path) as file:
        return file.read(most)
    return b""


def write_whole(
    path: str,
    data: bytes,
    *,
    mode: int = 0o600,
    scratch: str = "",
    like_old: bool = False,
    replace: bool = True,
    durable: bool = True,
    unless: Callable[[], bool] | None = None,
    at: int | None = None,
) -> bool:
    """Writes a whole file or none: under another name in the same folder first, then in place in one step.

    mode: permission bits. scratch: that other name, whose file a killed run may have left and which is taken over (only
    where a lock keeps others out); "" for one that nobody else has. like_old: mode and, where that is allowed, owner
    stay those of the file that stands there. replace: False if a file that stands there must stay. durable: contents
    and name are on the disk before this returns. unless: asked last; True leaves everything as it is.
    at: a descriptor of the folder, whose name no link can then take the place of; path is a bare name there.
    Tells whether the file was put there. Raises OSError.
    """
    folder, name = os.path.split(path)
    beside = os.path.join(folder, scratch or f"{HALF}{name[:200]}.{os.getpid()}.{os.urandom(4).hex()}")
    if scratch:
        with suppress(FileNotFoundError):
            os.unlink(beside, dir_fd=at)
    fd = os.open(beside, NEW, 0o600, dir_fd=at)
    try:
        with open(fd, "wb") as file:
            if not (like_old and _take_over(fd, path, at)):
                os.fchmod(fd, mode)
            file.write(data)
            file.flush()
            if durable:
                os.fsync(fd)
        placed = not (unless is not None and unless()) and _put(beside, path, at, replace=replace)
    finally:
        with suppress(FileNotFoundError):
            os.unlink(beside, dir_fd=at)
    if placed and durable:
        os.fsync(at) if at is not None else flush_folder(folder)
    return placed


HALF = ".new-"
"""How the name of a half file begins, which `write_whole` puts in the place of another."""


def writer_lives(half: str) -> bool | None:
    """Whether the process lives that writes a half file; None if its name does not say (a lock's holder writes it)."""
    from autosync_tasks.linux.processes import lives

    writer = re.search(r"\.(\d+)\.[0-9a-f]{8}\Z", half)
    return lives(writer[1]) if writer else None


def clear_halves(folder: str, *names: str) -> None:
    """Removes what killed writers of these files left beside them."""
    beginnings = tuple(f"{HALF}{name}." for name in names)
    for half in names_in(folder):
        if half.startswith(beginnings) and writer_lives(half) is False:
            with suppress(OSError):
                os.unlink(os.path.join(folder, half))


def _put(beside: str, path: str, at: int | None, *, replace: bool) -> bool:
    if replace:
        os.replace(beside, path, src_dir_fd=at, dst_dir_fd=at)
        return True
    with suppress(FileExistsError):
        os.link(beside, path, src_dir_fd=at, dst_dir_fd=at)
        return True
    return False


def _take_over(fd: int, path: str, at: int | None) -> bool:
    """Gives an open file the mode and owner of another; False if there is none."""
    try:
        old = os.stat(path, dir_fd=at)
    except FileNotFoundError:
        return False
    if (old.st_uid, old.st_gid) != (os.geteuid(), os.getegid()):
        with suppress(PermissionError):
            os.fchown(fd, old.st_uid, old.st_gid)
    os.fchmod(fd, old.st_mode & 0o7777)
    return True


def flush_folder(folder: str) -> None:
    """Puts the names in a folder on the disk. Raises OSError."""
    fd = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)


def lock(fd: int, wait: float = 0.0) -> bool:
    """Takes the lock on an open file or folder (flock), which ends when it is closed; False if another holds it.

    wait: seconds to try. Raises OSError where the file system knows no locks.
    """
    ends = time.monotonic() + wait
    while True:
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return True
        except BlockingIOError:
            if time.monotonic() >= ends:
                return False
            time.sleep(0.02)


def remove_tree(folder: str, *, at: int | None = None) -> None:
    """Removes a folder of the program's own with all that lies in it, folders closed to writing too.

    at: a descriptor of the folder above; `folder` is a bare name there.
    Follows no link, and takes any depth: folders are moved up into it one by one. What cannot be removed stays.
    """
    with suppress(OSError):
        top = os.open(folder, FOLDER, dir_fd=at)
        try:
            number = 0
            while names := os.listdir(top):
                for name in names:
                    if not _is_folder(name, top):
                        os.unlink(name, dir_fd=top)
                        continue
                    os.chmod(name, 0o700, dir_fd=top)
                    fd = os.open(name, FOLDER, dir_fd=top)
                    try:
                        for inner in os.listdir(fd):
                            if _is_folder(inner, fd):
                                os.chmod(inner, 0o700, dir_fd=fd)  # a folder that is closed to writing cannot be moved
                                number += 1
                                os.rename(inner, f"{number}.{os.urandom(4).hex()}", src_dir_fd=fd, dst_dir_fd=top)
                            else:
                                os.unlink(inner, dir_fd=fd)
                    finally:
                        os.close(fd)
                    os.rmdir(name, dir_fd=top)
        finally:
            os.close(top)
        os.rmdir(folder, dir_fd=at)


def _is_folder(name: str, folder: int) -> bool:
    return stat.S_ISDIR(os.stat(name, dir_fd=folder, follow_symlinks=False).st_mode)


def whose(path: str) -> int:
    """The user in whose folder root is about to write (`sudo` in a person's home); 0 if it is root's, or not root asks.

    What root leaves there the person's own runs could not use. path: need not be there yet.
    """
    while os.geteuid() == 0:
        try:
            return os.lstat(path).st_uid
        except OSError:
            parent = os.path.dirname(path)
            if parent == path:
                break
            path = parent
    return 0
