"""Events from the file system, through watchfiles: only a reason to look, never the list of what changed."""

from __future__ import annotations

import os
import re
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from autosync_tasks.errors import AutosyncError

if TYPE_CHECKING:
    from watchfiles._rust_notify import RustNotify

IDLE_STEP, EAGER_STEP = 0.1, 0.02
"""Seconds between two looks at the events: while nothing is waiting, and while something is."""

_DEBOUNCE_MS = 100
_ADDED = 1

Protected = Callable[[bytes, bool], bool]
"""(one name, is it a folder) to whether it is protected."""


@dataclass(frozen=True, slots=True)
class Heard:
    """What came in: something at all, and whether new folders, or unknown things, were among it."""

    something: bool = False
    folders: bool = False


def limit_error(message: str, folder: str) -> AutosyncError | None:
    """The kernel's limits on watching, with the setting to raise (inotify(7), "/proc interfaces")."""
    low = message.lower()
    if re.search(r"watch limit|no space left|os error 28", low):
        name, say = "fs.inotify.max_user_watches", "524288"
    elif re.search(r"too many open files|os error 24", low):
        name, say = "fs.inotify.max_user_instances", "1024"
    else:
        return None
    now = _sysctl(name)
    return AutosyncError(
        f"the kernel does not let this user watch all folders of {folder}: {name} is {now}",
        hint=f"as root: sysctl {name}={say} (to keep it: a line in /etc/sysctl.d/), then start the watcher again; "
        "until then install-cron or install-timer does the work",
    )


def _sysctl(name: str) -> str:
    try:
        with open("/proc/sys/" + name.replace(".", "/"), encoding="ascii") as file:
            return file.read().strip()
    except OSError:
        return "too low"


class Notifier:
    """Watches a folder and all below it. Opened again by itself when the folder was replaced."""

    def __init__(self, folder: str, protected: Protected, stop: threading.Event) -> None:
        """folder: a real path. Raises AutosyncError if a limit of the kernel is in the way."""
        self.folder, self._protected, self._stop = folder, protected, stop
        self._watch: RustNotify | None = None
        self._root: tuple[int, int] | None = None
        self._open()

    def _identity(self) -> tuple[int, int] | None:
        try:
            facts = os.stat(self.folder)
        except OSError:
            return None
        return facts.st_dev, facts.st_ino

    def _open(self) -> None:
        from watchfiles._rust_notify import RustNotify

        self.close()
        self._root = self._identity()
        if self._root is None:
            return
        try:
            # No polling: whoever wants it has the schedule. Not "ignore_permission_denied" at first: watchfiles
            # 1.3.0 then ignores the watch limit too, and hears nothing of most folders without a word.
            self._watch = RustNotify([self.folder], False, False, 300, True, False)
        except PermissionError:
            self._watch = RustNotify([self.folder], False, False, 300, True, True)
        except FileNotFoundError:
            self._root = None
        except (OSError, RuntimeError) as fault:
            raise self._explained(fault) from None
        except UnicodeEncodeError:
            raise AutosyncError(
                "the source's path is not valid UTF-8, which the watcher cannot take",
                hint="use install-cron or install-timer for this tree",
            ) from None

    def _explained(self, fault: Exception) -> AutosyncError:
        return limit_error(str(fault), self.folder) or AutosyncError(
            f"{self.folder} cannot be watched: {fault}", hint="use install-cron or install-timer for this tree"
        )

    def close(self) -> None:
        """Ends the watching."""
        if self._watch is not None:
            self._watch.close()
            self._watch = None

    def wait(self, seconds: float, step: float = IDLE_STEP) -> Heard:
        """Waits for events, for so long at most; returns early when told to stop.

        When it has heard something, nothing new has come for the last `step` seconds (or for a tenth of a second
        it did not stop coming).
        """
        if self._watch is None or self._identity() != self._root:
            return self._reopen(seconds)
        from watchfiles._rust_notify import WatchfilesRustInternalError

        try:
            found = self._watch.watch(_DEBOUNCE_MS, int(step * 1000), max(1, int(seconds * 1000)), self._stop)
        except WatchfilesRustInternalError as fault:
            # watchfiles 1.3.0 stays in this state for good after one name that is not UTF-8.
            explained = limit_error(str(fault), self.folder)
            if explained:
                raise explained from None
            self._open()
            return Heard(True, True)
        if isinstance(found, str):
            return Heard()
        return self._judge(found)

    def _reopen(self, seconds: float) -> Heard:
        """The folder is gone, or another stands in its place."""
        known = self._root
        self._open()
        if self._root is not None or known is not None:
            return Heard(True, True)
        self._stop.wait(min(seconds, 2.0))
        return Heard()

    def _judge(self, found: set[tuple[int, str]]) -> Heard:
        something = False
        for kind, path in found:
            if self._sleeps(path):
                continue
            something = True
            if kind == _ADDED and os.path.isdir(path):
                return Heard(True, True)
        return Heard(something)

    def _sleeps(self, path: str) -> bool:
        """Whether it lies at or below a protected name: never in the backup, so no reason to look."""
        names = os.fsencode(path[len(self.folder) :]).strip(b"/").split(b"/")
        return any(self._protected(name, True) for name in names[:-1]) or (
            self._protected(names[-1], True) and self._protected(names[-1], False)
        )
