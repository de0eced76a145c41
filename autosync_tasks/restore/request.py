"""What is wished of a restore, and which commit `--at` means."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from datetime import datetime, tzinfo

from autosync_tasks.backup.repository import Repository
from autosync_tasks.errors import BackupError, UsageError
from autosync_tasks.model import Change, Path, Run
from autosync_tasks.names import display, typed
from autosync_tasks.records import dataclass
from autosync_tasks.restore.moments import FORMS, Moment, parse_at
from autosync_tasks.restore.plan import RestorePlan
from autosync_tasks.workspace.workspace import Site

Announce = Callable[[Run, RestorePlan], None]
"""Called with the plan before anything is written: as a run that has not happened yet, and as data."""


Agree = Callable[[Sequence[Change]], bool]
"""Asks a person whether what stands at these paths may be overwritten."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What is asked for. paths: in the source, none for all. at: text of `--at`. to: a folder, "" for the source.

    undo: take a restore back: True for the newest that is not taken back yet, or the id of a snapshot. now: seconds
    since the epoch, read once. zone: for times without one (None: this machine's, as it is on the day in question).
    yes: what stands there may be overwritten, nobody need be asked. cwd: the folder that relative paths are meant from,
    if it lies in the source. outside: only what is kept from outside the tree, to its places; as with `to`, nothing
    that stands there is overwritten.
    """

    paths: tuple[Path, ...] = ()
    at: str = ""
    to: str = ""
    check: bool = False
    undo: bool | str = False
    now: float = 0.0
    run_id: str = ""
    zone: tzinfo | None = None
    yes: bool = False
    cwd: str = ""
    outside: bool = False


def newest_backup(site: Site) -> tuple[str, str]:
    """The branch's commit, and a note if it is the remote's (a fresh clone may stand on another branch).

    Raises BackupError if there is none.
    """
    repository, settings = site.repository, site.settings
    if newest := repository.ref():
        return newest, ""
    theirs = f"{settings.remote}/{repository.branch}"
    if newest := repository.ref(f"refs/remotes/{theirs}"):
        return newest, f"the backup has no branch {display(repository.branch)} of its own: {display(theirs)} was taken"
    others = _branches(repository)
    if not others:
        raise no_backup(site, "there is no backup yet")
    raise BackupError(
        f"there is no branch {display(repository.branch)} in the backup {display(repository.folder)}; it has "
        f"{', '.join(map(display, others[:5]))}",
        hint=f"say which one it is, then run this again: inv set-config BACKUP_BRANCH={typed(others[0])}",
    )


def _branches(repository: Repository) -> list[str]:
    """The branches that a clone has, its own before the remote's: a remote's HEAD may name another than ours."""
    output = repository.gateway.run("for-each-ref", "--format=%(refname)", "refs/heads", "refs/remotes")
    names = output.decode("utf-8", "replace").splitlines()
    mine = [name.removeprefix("refs/heads/") for name in names if name.startswith("refs/heads/")]
    theirs = [name.split("/", 3)[3] for name in names if name.startswith("refs/remotes/") and name.count("/") > 2]
    return list(dict.fromkeys(name for name in (*mine, *theirs) if name != "HEAD" and not name.startswith("autosync/")))


def no_backup(site: Site, what: str) -> BackupError:
    """The error where nothing can be restored from, with the way that leads on: a tree is here, or there is none."""
    bring = "`inv bootstrap ADDRESS` brings one that a remote, a folder or a bundle holds"
    there = os.path.isdir(site.places.real_source) and os.listdir(site.places.real_source)
    first = "`inv sync` makes the first one of the tree that is here; " if there else ""
    return BackupError(what, hint=first + bring)


def commit_at(site: Site, at: str, now: float, zone: tzinfo | None = None) -> str:
    """The commit that `--at` means ("" means the newest). Raises UsageError or BackupError if there is none."""
    repository = site.repository
    if not at:
        return newest_backup(site)[0]
    meant = parse_at(at, now, zone)
    if isinstance(meant, Moment):
        options = ("--max-count=1", "--first-parent", f"--min-age={int(meant.when)}")
        commit = repository.gateway.run("rev-list", *options, "--end-of-options", newest_backup(site)[0])
        if not commit:
            raise UsageError(
                f"there was no backup yet at {display(at)!r}", hint="`inv restore --list` names every backup there is"
            )
        return commit.decode().strip()
    asked = f"{meant.name}^{{commit}}"
    output = repository.gateway.run("rev-parse", "--verify", "--quiet", "--end-of-options", asked, accept=(0, 1, 128))
    last = output.decode("ascii", "replace").strip().splitlines()[-1:]
    if not last or len(last[0]) != 40:
        raise UsageError(
            f"the backup has no commit {display(at)!r}, or more than one that begins so",
            hint=f"`inv restore --list` names every backup there is; or write {FORMS}",
        )
    return last[0]


def time_of(seconds: bytes, zone: tzinfo | None) -> str:
    """A commit's time, as git prints it, for people. A commit may hold a time that no calendar knows."""
    try:
        return f"{datetime.fromtimestamp(int(seconds), zone):%Y-%m-%d %H:%M}"
    except (ValueError, OverflowError, OSError):
        return "an unknown time"


def name_of_commit(site: Site, commit: str, zone: tzinfo | None) -> str:
    """`1a2b3c4 of 2026-01-05 14:02`."""
    seconds = site.repository.gateway.run("log", "--max-count=1", "--format=%ct", "--end-of-options", commit)
    return f"{commit[:7]} of {time_of(seconds.strip(), zone)}"
