"""What lies inside a repository must be its own: git follows a link there when it writes, and waits at a FIFO for ever.

A reflog that is a link to somebody's start-up file would have a line appended at every commit.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import suppress

from autosync_tasks.errors import BackupError
from autosync_tasks.names import display, typed
from autosync_tasks.records import pattern

_NEVER_WRITTEN = frozenset({"branches", "config", "config.worktree", "description", "hooks", "lfs", "modules"})
"""Read by git, or by nobody: people do link these."""
_WALKED = ("info", "logs", "objects", "refs")
_OTHER_HASH = pattern(rb"(?im)^\s*objectformat\s*=\s*\"?sha256")
_DEEPEST = {"objects": 1}


def check_inside(git_dir: str) -> None:
    """Raises BackupError if something that git writes there is a link, a FIFO or the like. Missing is no fault."""
    for path, mode in _entries(git_dir):
        if not (stat.S_ISREG(mode) or stat.S_ISDIR(mode)):
            link = stat.S_ISLNK(mode)
            what = f"a link to {display(os.readlink(path))}" if link else "neither a file nor a folder"
            raise BackupError(
                f"{display(path)} is {what}; nothing is read or written there",
                hint="put in its place what it leads to"
                if link
                else "remove it; `inv recover --check` says what is missing then",
            )


def check_open(git_dir: str) -> None:
    """Raises BackupError if this user may not read all that is there: what is only closed must not count as damaged."""
    try:
        for folder, _, names in os.walk(git_dir, onerror=_closed):
            for path in (os.path.join(folder, name) for name in names):
                if not os.access(path, os.R_OK, effective_ids=True):
                    with suppress(FileNotFoundError), open(path, "rb", opener=_without_waiting):
                        pass
    except PermissionError as error:
        raise BackupError(
            f"{display(str(error.filename))} may not be read by this user, so whether it is damaged cannot be told",
            hint=f"`chmod -R u+rwX {typed(git_dir)}`, or, if it is another user's, "
            f"`sudo chown -R {os.geteuid()}: {typed(git_dir)}`; then run this again",
        ) from None


def _closed(error: OSError) -> None:
    if isinstance(error, PermissionError):
        raise error


def _without_waiting(path: str, flags: int) -> int:
    return os.open(path, flags | os.O_NONBLOCK)


def check_format(git_dir: str) -> None:
    """Raises BackupError for a repository whose ids are of git's other hash: nothing here could be compared."""
    with suppress(OSError), open(os.path.join(git_dir, "config"), "rb") as file:
        if _OTHER_HASH.search(file.read(65536)):
            raise BackupError(
                f"the backup {display(git_dir)} is a repository of the other hash (sha256)",
                hint="set opencode_backup to a new folder: a backup with git's usual hash (sha1) is made there",
            )


def _entries(git_dir: str) -> Iterator[tuple[str, int]]:
    for entry in _scan(git_dir):
        if entry.name in _NEVER_WRITTEN:
            if entry.name == "config" and os.path.exists(entry.path) and not (entry.is_file() or entry.is_dir()):
                yield entry.path, os.stat(entry.path).st_mode
            continue
        yield entry.path, _mode(entry)
        if entry.name in _WALKED and entry.is_dir(follow_symlinks=False):
            yield from _below(entry.path, _DEEPEST.get(entry.name, 12))


def _below(folder: str, deepest: int) -> Iterator[tuple[str, int]]:
    for entry in _scan(folder):
        yield entry.path, _mode(entry)
        if deepest > 1 and entry.is_dir(follow_symlinks=False):
            yield from _below(entry.path, deepest - 1)


def _mode(entry: os.DirEntry[str]) -> int:
    """The kind of a directory entry, from what the folder's listing says alone where that suffices."""
    if entry.is_dir(follow_symlinks=False):
        return stat.S_IFDIR
    return stat.S_IFREG if entry.is_file(follow_symlinks=False) else os.lstat(entry.path).st_mode


def _scan(folder: str) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as listed:
            return list(listed)
    except OSError:
        return []
