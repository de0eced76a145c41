"""What a remote offers: which branches are backups, of which machine, how new; told before anything is written."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime

from autosync_tasks.backup.history import newest_said
from autosync_tasks.backup.repository import Head, Repository
from autosync_tasks.backup.said import Said
from autosync_tasks.errors import BackupError
from autosync_tasks.humanize import count
from autosync_tasks.model import Kind
from autosync_tasks.names import display, is_branch
from autosync_tasks.profiles import USUAL
from autosync_tasks.records import dataclass, field

_ASIDE = re.compile(r"autosync/")
"""Branches of this program that hold what was parked: no machine goes on from them."""
MOST_BRANCHES = 64


@dataclass(frozen=True, slots=True)
class Offer:
    """One backup there. commit: its head. when: of the newest own commit (seconds since the epoch; 0: unknown).

    files: how many files and links it holds. note: what a person should know of it.
    """

    branch: str
    commit: str
    source_id: str
    files: int
    when: float
    said: Said
    head: Head = field(repr=False)

    @property
    def agent(self) -> str:
        """The profile of the agent whose tree it is."""
        return self.said.profile or USUAL

    @property
    def note(self) -> str:
        return self.head.note

    @property
    def words(self) -> str:
        """One line for a person."""
        when = f"last sync {datetime.fromtimestamp(self.when):%Y-%m-%d %H:%M}" if self.when else "last sync unknown"
        who = f"{self.said.host or 'unknown machine'}, {self.agent}, {when}, {count(self.files, 'file')}"
        return f"  {display(self.branch, limit=60)}: {who}"


def wanted(branches: Mapping[str, str], named: str, head: str) -> list[str]:
    """The branches to look at: the one that was named, or all that can be backups, the remote's HEAD first.

    Raises BackupError if there is none.
    """
    if named:
        if named not in branches:
            there = ", ".join(map(display, sorted(branches)[:10])) or "none"
            raise BackupError(f"there is no branch {display(named)} there", hint=f"branches there: {there}")
        return [named]
    found = [name for name in sorted(branches, key=lambda name: (name != head, name)) if not _ASIDE.match(name)]
    return [name for name in found if is_branch(name)][:MOST_BRANCHES]


def offer(repository: Repository, branch: str, commit: str) -> Offer | None:
    """What this branch offers; None if it is no backup. Raises BackupError if it cannot be read."""
    head = repository.head(commit)
    if head.recorded is None:
        return None
    when, said = newest_said(repository, commit)
    files = sum(kind is not Kind.FOLDER for kind, _ in head.recorded.paths.values())
    return Offer(branch, commit, head.recorded.source_id, files, when, said, head)
