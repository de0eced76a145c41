"""Access to paths below one folder by descriptors: no part of a path may be a link, whoever put it there."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator

from autosync_tasks.files import FOLDER, NEW

_MOST_OPEN = 64
"""Folders of one path that are held open. A tree may be deeper than the system lets a process open files."""
FILE_FLAGS = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOCTTY


class Below:
    """Paths (bytes, relative) below a root descriptor. Use as a context manager.

    Keeps the folders of the last path open (the nearest of them, in a deep tree), so that going through paths in order
    opens each folder once.
    Every method raises OSError as the system call does; a link among a path's folders gives ELOOP or ENOTDIR.
    """

    def __init__(self, root: int | str) -> None:
        """root: an open descriptor (stays the caller's), or a folder's name (opened here)."""
        self._own = isinstance(root, str)
        self._root = os.open(root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC) if isinstance(root, str) else root
        self._chain: list[tuple[bytes, int]] = []
        self._closed = 0  # so many at the chain's beginning were closed again
        self._last: tuple[bytes, int] | None = None  # the chain's end, while it is open: mostly asked for again

    def __enter__(self) -> Below:
        return self

    def __exit__(self, *_: object) -> None:
        self._cut(0)
        if self._own:
            os.close(self._root)

    def folder(self, path: bytes) -> int:
        """A descriptor of a folder below the root (b"" is the root); valid until the next call."""
        if self._last is not None and self._last[0] == path:
            return self._last[1]
        parts = path.split(b"/") if path else []
        keep = 0
        while keep < min(len(parts), len(self._chain)) and self._chain[keep][0] == parts[keep]:
            keep += 1
        self._cut(keep)
        if keep and keep == self._closed:
            self._cut(keep := 0)  # the folder to go on from is not open any more: from the root again
        fd = self._chain[-1][1] if self._chain else self._root
        for number, part in enumerate(parts[keep:], start=keep + 1):
            fd = self._enter(fd, parts[:number])
            self._chain.append((part, fd))
            if len(self._chain) - self._closed > _MOST_OPEN:
                os.close(self._chain[self._closed][1])
                self._closed += 1
        self._last = (path, fd)
        return fd

    def _enter(self, above: int, parts: list[bytes]) -> int:
        """A descriptor of the folder with these parts of a path, given that of the folder above it."""
        return os.open(parts[-1], FOLDER, dir_fd=above)

    def look(self, path: bytes) -> os.stat_result | None:
        """lstat of a path; None if it, or a folder above it, is not there (or is no folder)."""
        folder, _, name = path.rpartition(b"/")
        try:
            return os.stat(name, dir_fd=self.folder(folder), follow_symlinks=False)
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError:
            if folder:
                return None  # a link among the folders above: nothing is there without following it
            raise

    def target(self, path: bytes) -> bytes:
        """Where a link points to."""
        folder, _, name = path.rpartition(b"/")
        return os.readlink(name, dir_fd=self.folder(folder))

    def open_file(self, path: bytes) -> int:
        """A descriptor for reading a file; never blocks on a FIFO, never follows a link."""
        folder, _, name = path.rpartition(b"/")
        return os.open(name, FILE_FLAGS, dir_fd=self.folder(folder))

    def contents(self, path: bytes) -> tuple[int, bytes] | None:
        """(mode, bytes) of a file, or of a link and its target; None for anything else or nothing."""
        return self.contents_of(path, self.look(path))

    def contents_of(self, path: bytes, facts: os.stat_result | None) -> tuple[int, bytes] | None:
        """The same of a path that was looked at: what lstat said."""
        if facts is None:
            return None
        if stat.S_ISLNK(facts.st_mode):
            return facts.st_mode, self.target(path)
        if not stat.S_ISREG(facts.st_mode):
            return None
        fd = self.open_file(path)
        with os.fdopen(fd, "rb") as file:
            return facts.st_mode, file.read()

    def unlink(self, path: bytes) -> None:
        """Removes a file or link; nothing happens if there is none."""
        folder, _, name = path.rpartition(b"/")
        try:
            os.unlink(name, dir_fd=self.folder(folder))
        except (FileNotFoundError, NotADirectoryError):
            return

    def make_folder(self, path: bytes, mode: int = 0o700) -> None:
        """Makes a folder, open to its owner alone if not said otherwise. One that is there already is left as it is."""
        above, _, name = path.rpartition(b"/")
        try:
            os.mkdir(name, mode, dir_fd=self.folder(above))
        except FileExistsError:
            self.folder(path)  # raises unless it is a folder, and no link to one

    def plant(self, path: bytes, data: bytes, mode: int | None) -> None:
        """Makes a file where nothing stands, with these permission bits less the umask; None: a link to `data`.

        What cannot be written whole is not left there.
        """
        above, _, name = path.rpartition(b"/")
        folder = self.folder(above)
        if mode is None:
            os.symlink(data, name, dir_fd=folder)
            return
        handle = os.open(name, NEW, mode, dir_fd=folder)
        try:
            write_all(handle, data)
        except BaseException:
            os.unlink(name, dir_fd=folder)
            raise
        finally:
            os.close(handle)

    def rmdir(self, path: bytes) -> bool:
        """Removes a folder if it is empty; tells whether it did."""
        folder, _, name = path.rpartition(b"/")
        try:
            os.rmdir(name, dir_fd=self.folder(folder))
        except OSError:
            return False
        return True

    def _cut(self, keep: int) -> None:
        if len(self._chain) > keep:
            self._last = None
        while len(self._chain) > keep:
            fd = self._chain.pop()[1]
            if len(self._chain) < self._closed:
                self._closed -= 1
            else:
                os.close(fd)


def write_all(handle: int, data: bytes) -> None:
    """Writes all of it, however little a call takes."""
    while data := data[os.write(handle, data) :]:
        continue


def each_folder(below: Below) -> Iterator[tuple[bytes, int, list[bytes], list[bytes]]]:
    """Every folder, those above first: path, descriptor (valid until the next one), names of folders, other names.

    Take out of the names of folders those not to go into. What cannot be read is passed over. However deep the tree.
    """
    waiting = [b""]
    while waiting:
        path = waiting.pop()
        folders: list[bytes] = []
        others: list[bytes] = []
        try:
            fd = below.folder(path)
            with os.scandir(fd) as entries:
                for entry in entries:
                    name = os.fsencode(entry.name)
                    (folders if entry.is_dir(follow_symlinks=False) else others).append(name)
        except OSError:
            continue
        yield path, fd, folders, others
        waiting += [path + b"/" + name if path else name for name in sorted(folders, reverse=True)]
