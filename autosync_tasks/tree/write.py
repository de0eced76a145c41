"""Writing below one folder by descriptors: each file appears whole or not at all, and no link is followed."""

from __future__ import annotations

import errno
import os
import stat
from contextlib import suppress

from autosync_tasks.files import NEW
from autosync_tasks.linux.disk import make_durable
from autosync_tasks.linux.modes import set_mode
from autosync_tasks.model import Entry, Kind, Path
from autosync_tasks.records import pattern
from autosync_tasks.tree.dirfd import Below, each_folder, write_all

_STAGED = pattern(rb"\.autosync-restore-[0-9a-f]+-[0-9]+(?::\?)?\.bak\Z")
"""Names of files on their way. They end in `.bak`: if one is left by a kill, no sync takes it by itself."""
NO_USE = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO})
"""Faults of the disk: the next file would meet them too."""
_MOST_STAGED = 256
_MOST_BYTES = 32_000_000
"""Files on their way at once: they share one sync of the file system (a sync each would take minutes for 10,000)."""


class InTheWayError(OSError):
    """What stands at a path is not what was seen there; it was left alone."""


class Writer(Below):
    """Makes files, links and folders. Everything is staged under another name first and put in place by a rename.

    Use as a context manager; call `finish` before leaving it, or nothing of the last batch is in place.
    """

    def __init__(self, root: int, root_name: str, run_id: str, *, durable: bool = True) -> None:
        """root: descriptor of the folder (stays the caller's). root_name: its path, to sync its file system.

        durable: False for files that need not outlive a power cut.
        """
        super().__init__(root)
        self._root_name, self._run_id, self._durable = root_name, run_id, durable
        self._staged: list[tuple[bytes, Path, bytes | None]] = []
        self._bytes = self._number = 0
        self.failed: dict[Path, OSError] = {}

    def __enter__(self) -> Writer:
        return self

    def stage(self, path: Path, entry: Entry, data: bytes, mark: bytes | None) -> None:
        """Writes a file or link beside its place. mark: what lstat said of what stands there (None: nothing)."""
        above, _, _ = path.rpartition(b"/")
        folder = self.folder(above)
        self._number += 1
        scratch = b".autosync-restore-%s-%d.bak" % (self._run_id.encode(), self._number)
        if entry.kind is Kind.LINK:
            os.symlink(data, scratch, dir_fd=folder)
        else:
            handle = os.open(scratch, NEW, 0o600, dir_fd=folder)
            try:
                write_all(handle, data)
                with suppress(PermissionError):  # FAT refuses modes; who reads it back will see it
                    os.fchmod(handle, entry.mode & 0o777)
            except BaseException:
                os.unlink(scratch, dir_fd=folder)
                raise
            finally:
                os.close(handle)
        self._staged.append((scratch, path, mark))
        self._bytes += len(data)
        if not self._durable or len(self._staged) >= _MOST_STAGED or self._bytes >= _MOST_BYTES:
            self.flush()  # at once where nothing waits for the disk: the folder is still open

    def flush(self) -> None:
        """Puts in place what is staged, once it is on the disk. Faults of one path are kept in `failed`."""
        if not self._staged:
            return
        self._sync()
        staged, self._staged, self._bytes = self._staged, [], 0
        for scratch, path, mark in staged:
            above, _, name = path.rpartition(b"/")
            try:
                folder = self.folder(above)
                try:
                    self._unchanged(path, mark)
                    os.rename(scratch, name, src_dir_fd=folder, dst_dir_fd=folder)
                except OSError:
                    os.unlink(scratch, dir_fd=folder)
                    raise
            except OSError as error:
                self.failed[path] = error

    def finish(self) -> None:
        """Puts everything in place and on the disk."""
        self.flush()
        self._sync()

    def _sync(self) -> None:
        if self._durable:
            make_durable(self._root_name)

    def discard(self) -> None:
        """Removes what is staged and not in place."""
        staged, self._staged = self._staged, []
        for scratch, path, _ in staged:
            above = path.rpartition(b"/")[0]
            self.unlink(above + b"/" + scratch if above else scratch)

    def set_mode(self, path: Path, mode: int) -> None:
        """Sets the permission bits of a file or folder (never setuid, setgid or sticky), following no link."""
        above, _, name = path.rpartition(b"/")
        if not set_mode(name, mode, self.folder(above)):
            raise InTheWayError(f"{os.fsdecode(path)} is a link now")

    def move(self, path: Path, to: Path) -> None:
        """Renames what stands at a path; nothing may stand at the new name."""
        above, _, name = path.rpartition(b"/")
        to_above, _, to_name = to.rpartition(b"/")
        if self.look(to) is not None:
            raise InTheWayError(f"{os.fsdecode(to)} stands there already")
        self._cut(0)  # a folder that moves must not be held open under its old name
        with Below(self._root) as other:
            os.rename(name, to_name, src_dir_fd=self.folder(above), dst_dir_fd=other.folder(to_above))
        self._cut(0)

    def remove(self, path: Path, mark: bytes) -> None:
        """Removes a file or link if it still is what was seen; a folder if it is empty, else it stays."""
        facts = self.look(path)
        if facts is not None and stat.S_ISDIR(facts.st_mode):
            self._cut(0)
            self.rmdir(path)
            return
        self._unchanged(path, mark)
        self.unlink(path)

    def _unchanged(self, path: Path, mark: bytes | None) -> None:
        facts = self.look(path)
        now = None if facts is None else mark_of(facts)
        if now != mark:
            raise InTheWayError(f"{os.fsdecode(path)} was changed meanwhile; it was left alone")


def sweep(target: str) -> None:
    """Removes what a killed restore left on its way, anywhere below a folder. Raises OSError."""
    with Below(target) as below:
        for _, folder, folders, names in each_folder(below):
            folders[:] = [name for name in folders if name != b".git"]  # no restore writes there
            for name in names:
                if _STAGED.match(name):
                    os.unlink(name, dir_fd=folder)


MODES, CASE = "modes", "names that differ in case alone"


def lacks(root: int) -> tuple[str, ...]:
    """What the file system of a folder does not keep (FAT, exFAT, some shares), in words; tried with files of a moment.

    Says nothing if no file can be made there.
    """
    name, link, odd = (b".autosync-restore-0%d-0%s.bak" % (os.getpid(), end) for end in (b"0", b"1", b":?"))
    found = []
    try:
        handle = os.open(name, NEW, 0o600, dir_fd=root)
    except OSError:
        return ()
    try:
        for mode in (0o640, 0o711):
            with suppress(OSError):
                os.fchmod(handle, mode)
            if os.fstat(handle).st_mode & 0o777 != mode and MODES not in found:
                found.append(MODES)
        with suppress(OSError):
            os.stat(name.upper(), dir_fd=root, follow_symlinks=False)
            found.append(CASE)
        try:
            os.symlink(b"nothing", link, dir_fd=root)
        except OSError:
            found.append("links")
        try:
            os.close(os.open(odd, NEW, 0o600, dir_fd=root))
        except OSError:
            found.append("names with `:` or `?`")
    finally:
        os.close(handle)
        for one in (name, link, odd):
            with suppress(OSError):
                os.unlink(one, dir_fd=root)
    return tuple(found)


def mark_of(facts: os.stat_result) -> bytes:
    """What lstat said, to see whether a path is still the same."""
    return b"%d %d %d %o" % (facts.st_ino, facts.st_size, facts.st_mtime_ns, facts.st_mode)
