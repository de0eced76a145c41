"""Folders of the state by descriptors: whoever puts a link in a folder's place meanwhile leads nobody out."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress

from autosync_tasks.errors import AutosyncError
from autosync_tasks.files import FOLDER, remove_tree
from autosync_tasks.names import display

LARGEST = 1 << 28
"""Bytes of a file here at most: the caches take 125 a path, the rest far less. What is larger is damaged."""


@contextmanager
def within(home: str, parts: Sequence[str], name: str) -> Iterator[tuple[int, str]]:
    """A descriptor of the folder with these parts below `home`, and the name given: to read and write it there.

    Raises OSError (a link among the folders, `home` too, gives ENOTDIR or ELOOP).
    """
    fd = os.open(home, FOLDER)
    try:
        for part in parts:
            above, fd = fd, os.open(part, FOLDER, dir_fd=fd)
            os.close(above)
        yield fd, name
    finally:
        os.close(fd)


def make(home: str, parts: Sequence[str]) -> None:
    """Makes a folder below `home` for this user alone, and those above it, `home` too.

    Raises AutosyncError if a link, a file or another user's stands there, OSError for all else.
    """
    path, fd = home, _own(home, None, home)
    try:
        for part in parts:
            path = os.path.join(path, part)
            above, fd = fd, _own(part, fd, path)
            os.close(above)
    finally:
        os.close(fd)


def check(folder: str) -> None:
    """Raises AutosyncError if no sync could write to a state folder, or make it: for looks, which write nothing."""
    there = folder
    while not os.path.lexists(there):
        there = os.path.dirname(there)
    if not os.path.isdir(there) or not os.access(there, os.W_OK | os.X_OK, effective_ids=True):
        fault = "may not be written to" if os.path.isdir(there) else "is no folder"
        what = "it" if there == folder else display(there)
        raise AutosyncError(
            f"no sync can use the state folder {display(folder)}: {what} {fault}",
            hint="mend that, or set XDG_STATE_HOME",
        )


def make_way(folder: int, name: str) -> None:
    """Removes what stands at a file's place and is none, or far too large: this folder is the program's own."""
    with suppress(FileNotFoundError):
        facts = os.stat(name, dir_fd=folder, follow_symlinks=False)
        if stat.S_ISDIR(facts.st_mode):
            remove_tree(name, at=folder)
        elif not stat.S_ISREG(facts.st_mode) or facts.st_size > LARGEST:
            os.unlink(name, dir_fd=folder)


def _own(name: str, above: int | None, path: str) -> int:
    """A descriptor of a folder that is this user's alone, made if it is missing. path: its name for a person."""
    with suppress(FileExistsError):
        os.mkdir(name, 0o700, dir_fd=above)
    try:
        fd = os.open(name, FOLDER, dir_fd=above)
    except OSError as error:
        if error.errno not in (errno.ELOOP, errno.ENOTDIR):
            raise
        raise AutosyncError(
            f"the state folder {display(path)} is a link or a file", hint="remove it; it is made anew"
        ) from None
    facts = os.fstat(fd)
    if facts.st_uid == os.geteuid():
        if facts.st_mode & 0o077:
            os.fchmod(fd, 0o700)
        return fd
    os.close(fd)
    raise AutosyncError(
        f"the state folder {display(path)} belongs to user {facts.st_uid}, and this runs as {os.geteuid()}",
        hint="run it as its owner (without sudo), or give the folder to the user who runs it (chown -R)",
    )
