"""What is wished of a restore, and which commit `--at` means."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, tzinfo

from autosync_tasks.errors import BackupError, UsageError
from autosync_tasks.model import Path, Run
from autosync_tasks.names import display
from autosync_tasks.restore.moments import Moment, parse_at
from autosync_tasks.restore.plan import RestorePlan
from autosync_tasks.workspace.workspace import Site

Announce = Callable[[Run, RestorePlan], None]
"""Called with the plan before anything is written: as a run that has not happened yet, and as data."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What is asked for. paths: in the source, none for all. at: text of `--at`. to: a folder, "" for the source.

    undo: take back the newest restore. now: seconds since the epoch, read once. zone: for times without one.
    """

    paths: tuple[Path, ...] = ()
    at: str = ""
    to: str = ""
    check: bool = False
    undo: bool = False
    now: float = 0.0
    run_id: str = ""
    zone: tzinfo | None = None


def commit_at(site: Site, at: str, now: float, zone: tzinfo | None = None) -> str:
    """The commit that `--at` means ("" means the newest). Raises UsageError or BackupError if there is none."""
    repository = site.repository
    newest = repository.ref()
    if not at:
        if not newest:
            raise BackupError("there is no backup yet", hint="run `inv sync` to make the first one")
        return newest
    meant = parse_at(at, now, zone or local_zone(now))
    if isinstance(meant, Moment):
        if not newest:
            raise BackupError("there is no backup yet", hint="run `inv sync` to make the first one")
        options = ("--max-count=1", "--first-parent", f"--min-age={int(meant.when)}")
        found = repository.gateway.run("rev-list", *options, "--end-of-options", newest).decode().strip()
        if not found:
            raise UsageError(
                f"there was no backup yet at {display(at)!r}", hint="`inv restore --list` names every backup there is"
            )
        return found
    asked = f"{meant.name}^{{commit}}"
    output = repository.gateway.run("rev-parse", "--verify", "--quiet", "--end-of-options", asked, accept=(0, 1, 128))
    commit = output.decode("ascii", "replace").strip().splitlines()[-1:]
    if not commit or len(commit[0]) != 40:
        raise UsageError(
            f"the backup has no commit {display(at)!r}, or more than one that begins so",
            hint="`inv restore --list` names every backup there is",
        )
    return commit[0]


def local_zone(now: float) -> tzinfo:
    """This machine's time zone, as it is at that time (seconds since the epoch)."""
    return datetime.fromtimestamp(now).astimezone().tzinfo or datetime.now().astimezone().tzinfo  # type: ignore[return-value]
