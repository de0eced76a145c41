"""Checks of the backup's store: git's own, and every blob read back and compared with the source."""

from __future__ import annotations

from collections.abc import Mapping

from autosync_tasks.backup.objects import AbsentError, Store
from autosync_tasks.backup.repository import Repository
from autosync_tasks.errors import BackupError
from autosync_tasks.model import Path
from autosync_tasks.names import display
from autosync_tasks.tree.dirfd import Below
from autosync_tasks.tree.observe import Progress

_MOST = 20

_OF_CONTENTS = ("Blob", "Large", "Name", "Parse", "Path", "Update", "Url")
"""What git's check says of the text of a `.gitmodules`: here it is a file like any other, never acted upon."""


def fsck(repository: Repository, commit: str, *, full: bool) -> tuple[str, ...]:
    """What git's check finds wrong, a line each. full: the contents of every object, else only that all are there."""
    how = ("--full",) if full else ("--connectivity-only",)
    config = {f"fsck.gitmodules{what}": "ignore" for what in _OF_CONTENTS}
    try:
        repository.gateway.run("fsck", *how, "--no-dangling", "--no-progress", "--no-reflogs", commit, config=config)
    except BackupError as error:
        return (error.message,)
    return ()


def damaged_blobs(
    repository: Repository, wanted: Mapping[Path, str], source: Below, progress: Progress | None = None
) -> tuple[str, ...]:
    """Paths whose blob cannot be read back, or has other bytes than the source (a line each).

    wanted: path to content id. source: reads the source; it is closed afterwards.
    """
    faults: list[str] = []
    with source as below, Store(repository) as store:
        for done, path in enumerate(sorted(wanted)):
            if progress is not None and done % 256 == 0:
                progress("comparing", done, len(wanted))
            try:
                data = store.read(wanted[path])
            except AbsentError as error:
                faults.append(f"{display(path)}: its contents are {error}")
                continue
            standing = below.contents(path)
            if standing is not None and standing[1] != data:
                faults.append(f"{display(path)}: the source has other bytes now than a moment ago")
    return tuple(faults[:_MOST])
