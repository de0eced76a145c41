"""Restore: from the backup's objects into the source or into another folder; and taking a restore back.

Look, plan, snapshot, write, look again. Check mode takes the same way and writes nothing at all.
"""

from __future__ import annotations

import os
import secrets
import time
from collections.abc import Iterable
from datetime import datetime

from autosync_tasks.config.places import is_within
from autosync_tasks.errors import BackupError, LockedError, UsageError
from autosync_tasks.model import Run
from autosync_tasks.names import display
from autosync_tasks.restore.plan import RestorePlan
from autosync_tasks.restore.request import Announce, Wish, commit_at, local_zone
from autosync_tasks.restore.run import Passage
from autosync_tasks.tree.observe import Progress
from autosync_tasks.workspace.workspace import Site


def new_wish(paths: Iterable[str] = (), at: str = "", to: str = "", *, check: bool = False, undo: bool = False) -> Wish:
    """A wish as of this moment, in this machine's time zone."""
    if undo and (at or to or list(paths)):
        raise UsageError("--undo takes back the whole of the newest restore; it goes with no path, --at or --to")
    return Wish(tuple(map(os.fsencode, paths)), at, to, check, undo, time.time(), secrets.token_hex(6))


def restore(
    site: Site, wish: Wish, announce: Announce | None = None, progress: Progress | None = None
) -> tuple[Run, RestorePlan]:
    """Restores, and returns the run with the plan that was (or, in check mode, would be) carried out.

    Raises AutosyncError for what stops it before anything is written: no backup, an unknown path or commit, a target
    that cannot be used, a held lock.
    """
    if not site.repository.exists:
        raise BackupError(
            f"there is no backup at {display(site.places.backup)}", hint="run `inv sync` to make the first one"
        )
    target = target_of(site, wish)
    if wish.check or wish.to:
        return Passage(site, wish, target, announce, progress).run()
    try:
        with site.state.lock():
            return Passage(site, wish, target, announce, progress).run()
    except LockedError:
        raise LockedError("another run is at work on this backup", hint="run it again in a moment") from None


def target_of(site: Site, wish: Wish) -> str:
    """The real path of the folder to write below. Raises UsageError for one that may not be used."""
    if not wish.to:
        return site.places.real_source
    target = os.path.realpath(os.path.expanduser(wish.to))
    forbidden = {"source": site.places.real_source, "backup": site.places.real_backup, "state folder": site.state.home}
    for name, folder in forbidden.items():
        if is_within(target, os.path.realpath(folder)):
            way = "leave out --to to restore into the source" if name == "source" else "name a folder of your own"
            raise UsageError(f"--to {display(wish.to)} lies in the {name}", hint=way)
    if os.path.lexists(target) and not os.path.isdir(target):
        raise UsageError(f"--to {display(wish.to)} is not a folder", hint="name a folder; it is made if missing")
    return target


def backups(site: Site, most: int = 50) -> list[tuple[str, str, str]]:
    """The newest backups of the branch: (commit, local time, subject), the newest first."""
    newest = site.repository.ref() if site.repository.exists else ""
    if not newest:
        raise BackupError("there is no backup yet", hint="run `inv sync` to make the first one")
    options = (f"--max-count={most}", "--first-parent", "-z", "--format=%H%x00%ct%x00%s")
    fields = site.repository.gateway.run("log", *options, "--end-of-options", newest).split(b"\0")
    zone = local_zone(time.time())
    return [
        (commit.decode("ascii"), f"{datetime.fromtimestamp(int(when), zone):%Y-%m-%d %H:%M}", display(subject))
        for commit, when, subject in zip(fields[::3], fields[1::3], fields[2::3], strict=False)
    ]


__all__ = ["Wish", "backups", "commit_at", "new_wish", "restore", "target_of"]
