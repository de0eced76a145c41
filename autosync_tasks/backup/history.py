"""Commits as they are stored, read without git's pretty printer.

`git log` and `git show` obey the repository's own settings (an encoding of their output, the check of signatures) and
print nothing for a date that no calendar has; the objects say the same however git is set up.
"""

from __future__ import annotations

import re

from autosync_tasks.backup.objects import AbsentError, Store
from autosync_tasks.backup.repository import Repository
from autosync_tasks.errors import BackupError
from autosync_tasks.records import dataclass

_COMMITTER = re.compile(rb"^committer .*> (\d{1,12}) ", re.MULTILINE)
_LATEST = 253_402_214_400
"""The last day that a calendar can name (9999-12-31), in seconds since the epoch."""


@dataclass(frozen=True, slots=True)
class Commit:
    """A commit's id, when it was made (seconds since the epoch; None if its date is none), the first line it says."""

    id: str
    when: float | None
    subject: bytes


def commit_of(repository: Repository, name: str) -> Commit:
    """The commit with this id. Raises BackupError if the store cannot give it."""
    with Store(repository) as store:
        return _read(store, name)


def last_change(repository: Repository, tip: str, path: bytes) -> float | None:
    """When a commit up to this one last changed a path (seconds since the epoch); None if none did, or nobody knows."""
    name = repository.gateway.run(
        *("rev-list", "--max-count=1", "--end-of-options", tip, "--", path.decode("utf-8", "surrogateescape"))
    )
    return commit_of(repository, name.decode("ascii").strip()).when if name else None


def _read(store: Store, name: str) -> Commit:
    try:
        kind, data = store.object(name)
    except AbsentError as error:
        raise BackupError(f"the commit {name[:7]} is {error}", hint="run `inv recover --check`") from None
    if kind != "commit":
        raise BackupError(f"{name[:7]} is no commit", hint="`inv restore --list` names every backup there is")
    head, _, message = data.partition(b"\n\n")
    stamp = _COMMITTER.search(head)
    when = int(stamp[1]) if stamp else _LATEST + 1
    return Commit(name, float(when) if when <= _LATEST else None, message.lstrip(b"\n").partition(b"\n")[0])
