"""What is lost here, taken from the remote: every object that it has and this store lacks, or has damaged."""

from __future__ import annotations

from collections.abc import Callable, Collection
from contextlib import AbstractContextManager

from autosync_tasks.backup.objects import absent
from autosync_tasks.backup.repository import Repository
from autosync_tasks.humanize import count

Fetched = Callable[[], AbstractContextManager[Repository]]
"""Gives the remote's backup, fetched into a repository of its own and checked. Raises AutosyncError."""


def bring(repository: Repository, copy: Repository, damaged: Collection[str], aside: Callable[[str], object]) -> str:
    """Takes into the store what it lacks of `copy`; returns a note.

    damaged: ids that it cannot give. aside: moves a file of the store, named below the repository, out of the way.
    Raises BackupError if git does not take them: it hashes each.
    """
    every = copy.gateway.run("cat-file", "--batch-all-objects", "--batch-check=%(objectname)").decode("ascii").split()
    there = set(every)
    wanted = sorted(absent(repository, every) | (there & set(damaged)))
    if not wanted:
        return "the remote does not have it either"
    for name in there & set(damaged):
        aside(f"objects/{name[:2]}/{name[2:]}")
    names = "".join(f"{name}\n" for name in wanted).encode("ascii")
    pack = copy.gateway.run("pack-objects", "--stdout", "-q", stdin=names)
    repository.gateway.run("index-pack", "--stdin", stdin=pack)
    return f"{count(len(wanted), 'object')} fetched from the remote"
