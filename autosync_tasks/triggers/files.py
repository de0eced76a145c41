"""Small effects that the install tasks share: one lock, one own file, one child process with a time limit."""

from __future__ import annotations

import contextlib
import os
import subprocess
from collections.abc import Callable, Iterator, Mapping, Sequence

from autosync_tasks.config.load import APP, xdg_folder
from autosync_tasks.errors import AutosyncError, LockedError, UsageError
from autosync_tasks.files import clear_halves, lock, opened, write_whole
from autosync_tasks.names import display
from autosync_tasks.records import dataclass

LOCK_WAIT = 30.0
"""Seconds to wait for another install task: each holds the lock for a few child processes only."""


@dataclass(frozen=True, slots=True)
class Ran:
    """How a child process ended."""

    code: int
    out: bytes
    err: bytes

    @property
    def said(self) -> str:
        """What it complained of, on one line."""
        return " ".join((self.err or self.out).decode("utf-8", "backslashreplace").split()) or "it said nothing"


def run(words: Sequence[str], environ: Mapping[str, str], *, stdin: bytes = b"", timeout: float = 30.0) -> Ran | None:
    """Runs a program with messages in English. None if there is no such program.

    Raises AutosyncError when it takes longer than `timeout` seconds.
    """
    try:
        env = {**environ, "LC_ALL": "C"}
        ended = subprocess.run(list(words), input=stdin, capture_output=True, timeout=timeout, env=env, check=False)
    except (FileNotFoundError, PermissionError):
        return None
    except subprocess.TimeoutExpired:
        raise AutosyncError(
            f"`{' '.join(words)}` did not end within {timeout:.0f} s.",
            hint="Run it by hand to see what it waits for.",
        ) from None
    return Ran(ended.returncode, ended.stdout, ended.stderr)


@contextlib.contextmanager
def locked(environ: Mapping[str, str], what: str, *, check: bool = False) -> Iterator[None]:
    """Holds the lock of the install tasks for `what`; nothing with `check`, which writes nothing, not even the lock.

    Raises LockedError after LOCK_WAIT seconds, UsageError for root in another user's home.
    """
    if check:
        yield
        return
    path = os.path.join(state_folder(environ), f"{what}.lock")
    _check_owner(path)
    os.makedirs(os.path.dirname(path), mode=0o700, exist_ok=True)
    fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    try:
        if not lock(fd, LOCK_WAIT):
            raise LockedError("Another install task is at work.", hint="Wait until it has ended, then run this again.")
        yield
    finally:
        os.close(fd)


def read(path: str) -> bytes | None:
    """The bytes of a file, None if it does not exist. Any other fault is an AutosyncError."""
    try:
        with opened(path) as file:
            return file.read()
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as fault:
        way = "mend its permissions" if isinstance(fault, PermissionError) else "look at what stands there"
        raise AutosyncError(f"{path} cannot be read: {(fault.strerror or str(fault)).lower()}", hint=way) from None


def read_own(path: str, mark: bytes) -> bytes | None:
    """A file of ours, which begins with `mark`; None if there is none. Raises UsageError for another's of that name."""
    held = read(path)
    if held is not None and not held.startswith(mark):
        raise UsageError(f"{path} is not ours: it was written by someone else", hint="move it away first")
    return held


def changed_at(path: str) -> float | None:
    """When a file was last written, in seconds since the epoch; None if there is none."""
    try:
        return os.lstat(path).st_mtime
    except OSError:
        return None


def write(path: str, content: bytes, mode: int = 0o644) -> None:
    """Writes a whole file or none, its folder too. Raises AutosyncError, also for root in another user's home."""
    _check_owner(path)
    try:
        os.makedirs(os.path.dirname(path), exist_ok=True)
        clear_halves(*os.path.split(path))
        write_whole(path, content, mode=mode)
    except OSError as fault:
        raise AutosyncError(
            f"{path} cannot be written: {fault.strerror}.", hint="Mend the folder's permissions or make room."
        ) from None


def _check_owner(path: str) -> None:
    from autosync_tasks.config.around import check_owner  # only for whoever writes

    check_owner(path)


TRIES = 5


def rewrite(
    path: str, make: Callable[[bytes | None], bytes | None], writer: str = "the agent"
) -> tuple[bytes | None, bytes | None]:
    """Brings a file that another program writes too to what `make` says; its bytes before and after.

    make: from the bytes that stand there to those that should (None: no file). It is asked anew where the other program
    wrote meanwhile. A link stays, its target is written; mode and owner stay; a new file is 0600. writer: the name of
    that program for people. Raises AutosyncError.
    """
    for _ in range(TRIES):
        before = read(path)
        after = make(before)
        if before == after or (_place(os.path.realpath(path), before, after) and read(path) == after):
            return before, after
    raise AutosyncError(
        f"{display(path)} did not hold what was written: {writer} writes it at the same time",
        hint=f"leave {writer}, then run this again",
    )


def _place(real: str, before: bytes | None, after: bytes | None) -> bool:
    """Puts the new bytes in place of the old ones; False if those are not there any more."""

    def moved() -> bool:
        return read(real) != before

    if after is None:
        return not moved() and remove(real)
    if before is None:
        _check_owner(real)  # the agent could not read root's file; one that is there keeps its owner
    clear_halves(*os.path.split(real))
    try:
        return write_whole(real, after, mode=0o600, like_old=True, replace=before is not None, unless=moved)
    except OSError as fault:
        raise AutosyncError(
            f"{display(real)} cannot be written: {fault.strerror}", hint="mend the folder's permissions or make room"
        ) from None


def remove(path: str) -> bool:
    """Removes a file; False if there was none."""
    try:
        os.unlink(path)
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError as fault:
        raise AutosyncError(f"{path} cannot be removed: {fault.strerror}.", hint="Remove it by hand.") from None
    return True


def state_folder(environ: Mapping[str, str]) -> str:
    """This project's folder in the XDG state folder."""
    return os.path.join(xdg_folder("state", environ), APP)
