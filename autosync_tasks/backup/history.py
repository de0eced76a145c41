"""Commits as they are stored, read without git's pretty printer where it would matter.

`git log` and `git show` obey the repository's own settings (an encoding of their output, the check of signatures) and
print nothing for a date that no calendar has; the objects say the same however git is set up.
"""

from __future__ import annotations

import re

from autosync_tasks.backup.objects import AbsentError, Store
from autosync_tasks.backup.repository import Repository
from autosync_tasks.backup.said import Said, read
from autosync_tasks.errors import BackupError

_COMMITTER = re.compile(rb"^committer .*> (\d{1,12}) ", re.MULTILINE)
_MOST_MESSAGE = 1_000_000
_LATEST = 253_402_214_400
"""The last day that a calendar can name (9999-12-31), in seconds since the epoch."""


def last_change(repository: Repository, tip: str, path: bytes) -> float | None:
    """When a commit up to this one last changed a path (seconds since the epoch); None if none did, or nobody knows.

    Raises BackupError if the store cannot give that commit.
    """
    words = ("rev-list", "--max-count=1", "--end-of-options", tip, "--", path.decode("utf-8", "surrogateescape"))
    if not (name := repository.gateway.run(*words).decode("ascii").strip()):
        return None
    try:
        with Store(repository) as store:
            head = store.read(name, "commit").partition(b"\n\n")[0]
    except AbsentError as error:
        raise BackupError(f"the commit {name[:7]} is {error}", hint="run `inv recover --check`") from None
    stamp = _COMMITTER.search(head)
    return float(stamp[1]) if stamp and int(stamp[1]) <= _LATEST else None


def newest_said(repository: Repository, commit: str) -> tuple[float, Said]:
    """When the newest own commit up to this one was made (seconds since the epoch; 0: unknown), and what it says.

    By git's printer, which can be ended: a stranger's message may be of any length. Raises BackupError for one that
    is too long, or if git cannot read it.
    """
    options = ("--max-count=1", "--first-parent", "--grep=^Autosync-Run: ", "--format=%ct%x00%B", "--end-of-options")
    text = repository.gateway.run("log", *options, commit, most=_MOST_MESSAGE).decode("utf-8", "replace")
    seconds, _, message = text.partition("\0")
    return float(seconds) if seconds.isdigit() and len(seconds) < 12 else 0.0, read(message)
