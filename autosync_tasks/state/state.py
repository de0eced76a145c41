"""The state folder of one source and backup pair: lock, scan cache, history, when triggers were seen.

Everything here is a cache or a log: delete it and the next run still does the right thing. Private (0700 and
0600), owned by this user, and never written by a manual run that had nothing to do.
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
import stat
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, suppress
from typing import Any

from autosync_tasks.errors import AutosyncError, LockedError
from autosync_tasks.files import HALF, lock, whose, write_whole
from autosync_tasks.model import Cache, TreeCache, Trigger
from autosync_tasks.names import display
from autosync_tasks.records import replace
from autosync_tasks.state import cache, shapes
from autosync_tasks.state.folder import LARGEST, make, make_way, within

_LOCK = "lock"
_ROOM = "free space or check permissions there, then run it again; the backup itself is not affected"
_HISTORY_LIMIT = 4_000_000
"""Bytes of history after which the older half is dropped (some ten thousand runs that acted)."""


class State:
    """One state folder. Nothing is made until something must be written."""

    def __init__(self, home: str, source: str, backup: str) -> None:
        """home: the program's XDG state folder. source, backup: real paths."""
        pair = hashlib.sha256(os.fsencode(source) + b"\0" + os.fsencode(backup)).hexdigest()[:16]
        self.home = home
        self.folder = os.path.join(home, pair)
        self.interrupted = False
        """Whether the run that held the lock before this one ended in the middle of its work (known under the lock)."""
        self.kept: tuple[Cache, bytes, int] | None = None
        """The scan cache as it stands in its file, as far as this run knows: with its checksum, and where it begins."""
        self.saved = False
        """Whether this run wrote that cache."""
        self._held = -1
        self._settled = True

    def path(self, name: str) -> str:
        """The path of a file in the state folder."""
        return os.path.join(self.folder, name)

    def prepare(self) -> None:
        """Makes the folder, private. Raises AutosyncError if it cannot, or it is a link or another user's."""
        if owner := whose(self.folder):
            raise AutosyncError(
                f"root runs this, and the state folder {display(self.folder)} is user {owner}'s: nothing was written",
                hint="run it as that user, without sudo; or name places of root's own in XDG_STATE_HOME and the like",
            )
        try:
            os.makedirs(self.home, mode=0o700, exist_ok=True)
            make(self.home, (os.path.basename(self.folder),))
        except OSError as error:
            raise AutosyncError(
                f"the state folder {display(self.folder)} cannot be made: {error.strerror}",
                hint="free space or check the permissions of its parent, or set XDG_STATE_HOME",
            ) from None

    def within(self, name: str) -> AbstractContextManager[tuple[int, str]]:
        """A descriptor of the folder that a file of the state lies in, and its bare name there (`folder.within`)."""
        folders, _, bare = name.rpartition("/")
        return within(self.home, (os.path.basename(self.folder), *filter(None, folders.split("/"))), bare)

    def make_folder(self, name: str) -> None:
        """Makes a folder in the state folder for this user alone. Raises AutosyncError."""
        try:
            make(self.home, (os.path.basename(self.folder), *name.split("/")))
        except OSError as error:
            raise cannot(self.path(name), "be made", error) from None

    @contextmanager
    def lock(self, name: str = _LOCK) -> Iterator[None]:
        """Holds the lock of this pair (or another of that name). Raises LockedError at once if another run does.

        The lock's file says whether its holder is at work (`begin`): a holder that was killed, or failed, leaves it so.
        """
        self.prepare()
        flags = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC
        try:
            with self.within(name) as (folder, bare):
                fd = os.open(bare, flags, 0o600, dir_fd=folder)
        except OSError as error:
            odd = error.errno in (errno.ELOOP, errno.EISDIR, errno.ENXIO)
            way = "remove it; it is made anew" if odd else _ROOM
            raise cannot(self.path(name), "be opened", error, way) from None
        try:
            if not lock(fd):
                raise LockedError(
                    "another run is at work on this backup",
                    hint="a sync looks again before it ends and sees your changes; after a restore, run it again",
                )
            if name != _LOCK:
                yield
                return
            self.interrupted, self._held = os.fstat(fd).st_size > 0, fd
            self._settled = not self.interrupted
            yield
            if self._settled and os.fstat(fd).st_size:
                os.ftruncate(fd, 0)
        finally:
            os.close(fd)
            if fd == self._held:
                self._held = -1

    def begin(self) -> None:
        """Notes in the lock that its holder is at work in the backup."""
        with suppress(OSError):  # a disk without room for a byte will say so louder in a moment
            if self._held >= 0:
                os.pwrite(self._held, b"at work\n", 0)

    def settle(self, *, done: bool = True) -> None:
        """Notes that what an interrupted run left is looked after; until then each run finds it `interrupted`.

        done: False if this run itself leaves something halfway.
        """
        self._settled = done

    def read(self, name: str) -> bytes | None:
        """A file's bytes; None if it is missing, a link, not a plain file, far too large, or another user's."""
        try:
            with self.within(name) as (folder, bare):
                fd = os.open(bare, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, dir_fd=folder)
        except OSError:
            return None
        try:
            facts = os.fstat(fd)
            if not stat.S_ISREG(facts.st_mode) or facts.st_uid != os.geteuid() or facts.st_size > LARGEST:
                return None
            with open(fd, "rb", closefd=False) as file:
                return file.read()
        except OSError:
            return None
        finally:
            os.close(fd)

    def write(self, name: str, data: bytes) -> None:
        """Replaces a file in one step; a crash leaves the old one or the new one. Raises AutosyncError."""
        self.prepare()
        # Under the lock its other name is fixed: what a killed run left is taken over. Nothing here needs to outlive a
        # power cut: it is a cache or a log.
        scratch = "" if not self.locked else f"{HALF}{os.path.basename(name)}"
        try:
            with self.within(name) as (folder, bare):
                make_way(folder, bare)
                write_whole(bare, data, scratch=scratch, durable=False, at=folder)
        except OSError as error:
            raise cannot(self.path(name), "be written", error) from None

    def load_cache(self) -> Cache | None:
        """The scan cache, or None if there is none that is whole."""
        raw = self.read("scan.cache") or b""
        return self._know(cache.scan_from(raw), raw)

    def save_cache(self, seen: Cache) -> None:
        """Writes the scan cache."""
        raw = cache.scan_text(seen)
        self.write("scan.cache", raw)
        self._know(seen, raw)
        self.saved = True

    def _know(self, seen: Cache | None, raw: bytes) -> Cache | None:
        self.kept = None if seen is None else (seen, raw[:64], raw.find(b"\n", 65) + 1)
        return seen

    def forget_idle(self) -> None:
        """The next run must take every step, even if nothing changes until then (it ends what went wrong)."""
        seen = self.load_cache()
        if seen is not None and seen.idle is not None:
            self.save_cache(replace(seen, idle=None))

    def load_tree(self, commit: str = "") -> TreeCache | None:
        """The cached listing of this commit ("": of whichever it is of), or None."""
        tree = cache.tree_from(self.read("tree.cache"))
        return tree if tree is not None and commit in ("", tree.commit) else None

    def save_tree(self, tree: TreeCache) -> None:
        """Writes the cached listing."""
        self.write("tree.cache", cache.tree_text(tree))

    def register(self, trigger: Trigger) -> None:
        """Asks the run that holds the lock to look once more, for this trigger."""
        self.write(f"again.{trigger}", b"")

    @property
    def registered(self) -> bool:
        """Whether somebody asked for another look."""
        return any(os.path.lexists(self.path(f"again.{trigger}")) for trigger in Trigger)

    def take_registrations(self) -> list[Trigger]:
        """For whom another look was asked; forgets it. Call it under the lock, before the look."""
        asked = []
        for trigger in Trigger:
            name = f"again.{trigger}"
            with suppress(FileNotFoundError), self.within(name) as (folder, bare):
                make_way(folder, bare)
                os.unlink(bare, dir_fd=folder)
                asked.append(trigger)
        return asked

    @property
    def locked(self) -> bool:
        """Whether this run holds the lock of this pair."""
        return self._held >= 0

    @property
    def scratch_left(self) -> bool:
        """Whether a scratch folder or half a file stands there: in use, or left by a run that was killed."""
        return any(name.startswith(("scratch-", HALF)) for name in os.listdir(self.folder))

    def worktree(self) -> str:
        """The commit to which the backup's work tree was brought since this machine started ("" if unknown).

        What was written before that may have been lost with the power: unlike the branch, the work tree is not
        flushed to the disk, so it must be looked at again.
        """
        commit, boot = self._mark
        return commit if boot == _boot() else ""

    @property
    def last_worktree(self) -> str:
        """The commit to which it was ever brought last; "" if unknown."""
        return self._mark[0]

    @property
    def _mark(self) -> tuple[str, str]:
        commit, _, boot = (self.read("worktree") or b"").decode("ascii", "replace").strip().partition(" ")
        return (commit, boot) if shapes.commit(commit) else ("", "")

    def mark_worktree(self, commit: str) -> None:
        """Notes that the backup's work tree stands at this commit."""
        self.write("worktree", f"{commit} {_boot()}\n".encode())

    def history(self) -> shapes.History:
        """What runs recorded."""
        return shapes.History(self.read("history.jsonl") or b"")

    def add_history(self, record: Mapping[str, Any]) -> None:
        """Appends one record as a line."""
        self.prepare()
        line = json.dumps(record, ensure_ascii=True, separators=(",", ":")).encode() + b"\n"
        kept = self.read("history.jsonl") or b""
        if len(kept) > _HISTORY_LIMIT:
            self.write("history.jsonl", kept[kept.find(b"\n", len(kept) // 2) + 1 or len(kept) :] + line)
            return
        flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
        try:
            with self.within("history.jsonl") as (folder, bare):
                make_way(folder, bare)
                fd = os.open(bare, flags, 0o600, dir_fd=folder)
            with os.fdopen(fd, "ab") as file:
                file.write((b"\n" if kept and not kept.endswith(b"\n") else b"") + line)
        except OSError as error:
            raise cannot(self.path("history.jsonl"), "be written", error) from None

    def saw(self, trigger: Trigger, now: float) -> None:
        """Notes that an automatic trigger was here (seconds since the epoch)."""
        self.prepare()
        self.make_folder("seen")
        self.write(f"seen/{trigger}", f"{now:.3f}\n".encode())

    def seen(self, trigger: Trigger) -> float | None:
        """When a trigger was last here; None if never or unknown."""
        return self.moment(f"seen/{trigger}")

    def moment(self, name: str) -> float | None:
        """The time that a file here holds (seconds since the epoch); None where it holds none."""
        try:
            return shapes.moment(float(self.read(name) or b""))
        except ValueError:
            return None


def cannot(path: str, what: str, error: OSError, way: str = _ROOM) -> AutosyncError:
    """The error that names the whole path: the system's own names only what stands in the folder."""
    return AutosyncError(f"{display(path)} cannot {what}: {error.strerror}", hint=way)


def _boot() -> str:
    """The kernel's name for the time since this machine started (random(4)); "" where it has none."""
    with suppress(OSError), open("/proc/sys/kernel/random/boot_id", encoding="ascii") as file:
        return file.read().strip()
    return ""
