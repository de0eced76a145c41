"""Events from the file system (inotify): only a reason to look, never the list of what changed.

Through inotify_simple, a thin binding, and not through watchfiles, which 1.3.0 was measured to be wrong for this: it
follows links (one to /usr/share/doc made 850 watches, and one to a home folder let a sync's own writes wake the
watcher), watches `node_modules` as well, says nothing of lost events, and stays broken after one name that is not
UTF-8. It also hears every file that a sync opens. Here each folder that counts is watched by itself.
"""

from __future__ import annotations

import contextlib
import errno
import os
import threading
import time
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from autosync_tasks.errors import AutosyncError
from autosync_tasks.linux.kernel import sysctl
from autosync_tasks.records import dataclass

if TYPE_CHECKING:
    from inotify_simple import Event, INotify

Protected = Callable[[bytes, bool], bool]
"""(one name, is it a folder) to whether it is protected."""

SLICE = 0.1
"""Seconds between two looks at whether it is told to stop."""

_GATHER_MS = 5
"""What comes within this time after an event is read with it: the kernel merges equal ones meanwhile."""
_ROUNDS = 5
"""How often folders are looked up anew because others came while they were being watched; then it is left for later."""

# inotify(7). Opening and reading are not among them: a sync reads every file.
_MODIFY, _ATTRIB, _CLOSE_WRITE, _MOVED, _CREATE, _DELETE = 0x2, 0x4, 0x8, 0x40 | 0x80, 0x100, 0x200
_SELF, _UNMOUNT, _OVERFLOW, _IGNORED, _IS_FOLDER = 0x400 | 0x800, 0x2000, 0x4000, 0x8000, 0x40000000
_ONLY_FOLDERS, _NO_LINK, _NOT_UNLINKED = 0x01000000, 0x02000000, 0x04000000
_MASK = _MODIFY | _ATTRIB | _CLOSE_WRITE | _MOVED | _CREATE | _DELETE | _SELF | _ONLY_FOLDERS | _NO_LINK | _NOT_UNLINKED


@dataclass(frozen=True, slots=True)
class Heard:
    """What came in: something at all, and whether folders may have come or gone (then `refresh` is called for)."""

    something: bool = False
    folders: bool = False


@dataclass(frozen=True, slots=True)
class _Watch:
    """A folder that is watched: its inode's number, and the kernel's number of the watch."""

    inode: int
    number: int


def limit_error(code: int, folder: str) -> AutosyncError | None:
    """The kernel's limits on watching, with the setting to raise (inotify(7), "/proc interfaces"). code: an errno."""
    if code == errno.ENOSPC:
        name, say = "fs.inotify.max_user_watches", "524288"
    elif code == errno.EMFILE:
        name, say = "fs.inotify.max_user_instances", "1024"
    else:
        return None
    now = sysctl(name) or "too low"
    return AutosyncError(
        f"the kernel does not let this user watch all folders of {folder}: {name} is {now}",
        hint=f"as root: sysctl {name}={say} (to keep it: a line in /etc/sysctl.d/), then start the watcher again; "
        "until then install-cron or install-timer does the work",
    )


class Notifier:
    """Watches a folder and all below it that is not protected, also when another folder takes its place."""

    def __init__(self, folder: str, protected: Protected, stop: threading.Event) -> None:
        """folder: the root, which may be a link. Raises AutosyncError if a limit of the kernel is in the way."""
        from inotify_simple import INotify

        self.folder, self._protected, self._stop = folder, protected, stop
        self._watched: dict[bytes, _Watch] = {}
        self._numbers: set[int] = set()
        self._root: tuple[int, int] | None = None
        try:
            self._inotify: INotify = INotify()
        except OSError as fault:
            raise self._explained(fault) from None
        try:
            self.refresh()
        except BaseException:
            self.close()
            raise

    def _explained(self, fault: OSError) -> AutosyncError:
        return limit_error(fault.errno or 0, self.folder) or AutosyncError(
            f"{self.folder} cannot be watched: {fault.strerror}", hint="use install-cron or install-timer for this tree"
        )

    def close(self) -> None:
        """Ends the watching."""
        self._inotify.close()

    def _identity(self) -> tuple[int, int] | None:
        try:
            facts = os.stat(self.folder)
        except OSError:
            return None
        return facts.st_dev, facts.st_ino

    def _folders(self) -> dict[bytes, int]:
        """All folders that should be watched now, with their inodes; none if the root is gone."""
        root = os.fsencode(os.path.realpath(self.folder))
        found: dict[bytes, int] = {}
        waiting = [root]
        with contextlib.suppress(OSError):
            found[root] = os.stat(root).st_ino
        while waiting and not self._stop.is_set():
            here = waiting.pop()
            try:
                with os.scandir(here) as entries:
                    for entry in entries:
                        if entry.is_dir(follow_symlinks=False) and not self._protected(entry.name, True):
                            found[entry.path] = entry.inode()
                            waiting.append(entry.path)
            except OSError:
                found.pop(here, None)  # what cannot be listed cannot be watched
        return found

    def refresh(self) -> bool:
        """Looks up the folders and watches those that are not watched yet; True if there were any.

        What happened in a folder before it was watched is not heard: whoever gets True should look at the tree
        afterwards. Raises AutosyncError if a limit of the kernel is in the way.
        """
        identity = self._identity()
        anew, self._root = identity != self._root, identity
        for _ in range(_ROUNDS):  # another folder may come into one that is listed, but not watched yet
            folders = self._folders()
            if self._stop.is_set() or not self._add(folders):
                break
            anew = True
        if not self._stop.is_set():
            self._drop(folders)
        return anew

    def _add(self, folders: dict[bytes, int]) -> bool:
        added = False
        for path, inode in folders.items():
            known = self._watched.get(path)
            if known is not None and known.inode == inode:
                continue
            try:
                number = self._inotify.add_watch(path, _MASK)
            except OSError as fault:
                if fault.errno in (errno.ENOENT, errno.ENOTDIR, errno.EACCES, errno.ENAMETOOLONG):
                    continue  # gone meanwhile, or nothing of it can be read at all
                raise self._explained(fault) from None
            self._watched[path] = _Watch(inode, number)
            self._numbers.add(number)
            added = True
        return added

    def _drop(self, folders: dict[bytes, int]) -> None:
        """Forgets what is not there any more. (A folder that got another name keeps its number.)"""
        self._watched = {path: watch for path, watch in self._watched.items() if folders.get(path) == watch.inode}
        used = {watch.number for watch in self._watched.values()}
        for number in self._numbers - used:
            with contextlib.suppress(OSError):  # the kernel has forgotten a removed folder by itself
                self._inotify.rm_watch(number)
        self._numbers = used

    def _forget(self, ended: set[int]) -> bool:
        """Takes note of watches that the kernel has ended; True if they were not ended by us.

        The folder may come again at the same path, even with the same inode number, and is to be watched anew then.
        """
        ended &= self._numbers
        if ended:
            self._numbers -= ended
            self._watched = {path: watch for path, watch in self._watched.items() if watch.number not in ended}
        return bool(ended)

    def wait(self, seconds: float) -> Heard:
        """Waits for events, for so long at most; returns early when told to stop."""
        if self._identity() != self._root:  # the root has gone, or has come, or another stands in its place
            return Heard(self.refresh())
        ends = time.monotonic() + seconds
        while not self._stop.is_set():
            left = min(ends - time.monotonic(), SLICE)
            if left <= 0:
                break
            found = self._judge(self._inotify.read(max(1, int(left * 1000)), _GATHER_MS))
            if found.something:
                return found
        return Heard()

    def _judge(self, events: Iterable[Event]) -> Heard:
        something, folders, ended = False, False, set[int]()
        for event in events:
            if event.mask & _IGNORED:
                ended.add(event.wd)
                continue
            name, is_folder = os.fsencode(event.name), bool(event.mask & _IS_FOLDER)
            if name and self._protected(name, is_folder):
                continue  # never in the backup, so no reason to look
            something = True
            folders = folders or is_folder or bool(event.mask & (_SELF | _UNMOUNT | _OVERFLOW))
        gone = self._forget(ended)
        return Heard(something or gone, folders or gone)
