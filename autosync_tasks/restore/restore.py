"""Restore: from the backup's objects into the source or into another folder; and taking a restore back.

Look, plan, snapshot, write, look again. Check mode takes the same way and writes nothing at all.
"""

from __future__ import annotations

import os
import secrets
import time
from collections.abc import Iterable

from autosync_tasks.backup.locks import clear_stale_locks
from autosync_tasks.config.places import is_within
from autosync_tasks.errors import LockedError, UsageError
from autosync_tasks.model import Run
from autosync_tasks.names import display
from autosync_tasks.plan.past import remember_act
from autosync_tasks.restore.parts import restore_parts
from autosync_tasks.restore.paths import commits_with, in_source, places_folder
from autosync_tasks.restore.plan import RestorePlan, UnknownPathError, nearest
from autosync_tasks.restore.request import Agree, Announce, Wish, newest_backup, no_backup, time_of
from autosync_tasks.restore.run import Restore
from autosync_tasks.restore.snapshot import snapshots
from autosync_tasks.restore.undo import takes_back
from autosync_tasks.tree.observe import Progress
from autosync_tasks.workspace.workspace import Site


def new_wish(
    paths: Iterable[str] = (),
    at: str = "",
    to: str = "",
    *,
    check: bool = False,
    undo: bool | str = False,
    yes: bool = False,
    cwd: str = "",
    outside: bool = False,
) -> Wish:
    """A wish as of this moment, in this machine's time zone."""
    words = tuple(map(os.fsencode, paths))
    if undo and (at or to or words):
        raise UsageError("--undo takes back the whole of one restore; it goes with no path, --at or --to")
    if outside and (to or undo):
        raise UsageError("--outside brings things to their own places; it goes with no --to or --undo")
    to = to or ("/" if outside else "")
    return Wish(words, at, to, check, undo, time.time(), secrets.token_hex(6), yes=yes, cwd=cwd, outside=outside)


def restore(
    site: Site,
    wish: Wish,
    announce: Announce | None = None,
    progress: Progress | None = None,
    agree: Agree | None = None,
) -> tuple[Run, RestorePlan]:
    """Restores, and returns the run with the plan that was (or, in check mode, would be) carried out.

    agree: asks a person before a restore of everything overwrites what stands in the source (None: there is nobody).

    Raises AutosyncError for what stops it before anything is written: no backup, an unknown path or commit, a target
    that cannot be used, a held lock.
    """
    if not site.repository.exists:
        raise no_backup(site, f"there is no backup at {display(site.places.backup)}")
    if wish.outside and site.parts:
        return restore_parts(site, wish), RestorePlan()
    target = target_of(site, wish)
    if wish.check or wish.to:
        return Restore(site, wish, target, announce, progress, agree).run()
    try:
        with site.state.lock():
            clear_stale_locks(site.repository)  # a git that was killed in a restore before
            run, plan = Restore(site, wish, target, announce, progress, agree).run()
            remember_act(site.state, "restore", run)
            return run, plan
    except LockedError:
        raise LockedError("another run is at work on this backup", hint="run it again in a moment") from None


def target_of(site: Site, wish: Wish) -> str:
    """The real path of the folder to write below. Raises UsageError for one that may not be used."""
    if wish.outside:
        return places_folder(site)
    if not wish.to:
        return site.places.real_source
    named = os.path.expanduser(wish.to)
    if named.startswith("~"):
        raise UsageError(
            f"--to {display(wish.to)}: there is no such user", hint="a folder of that name is written ./~…"
        )
    target = os.path.realpath(named)
    forbidden = {"source": site.places.real_source, "backup": site.places.real_backup, "state folder": site.state.home}
    for name, folder in forbidden.items():
        if is_within(target, os.path.realpath(folder)):
            way = "leave out --to to restore into the source" if name == "source" else "name a folder of your own"
            raise UsageError(f"--to {display(wish.to)} lies in the {name}", hint=way)
    if os.path.lexists(target) and not os.path.isdir(target):
        raise UsageError(f"--to {display(wish.to)} is not a folder", hint="name a folder; it is made if missing")
    return target


def backups(site: Site, wish: Wish) -> list[tuple[str, str, str]]:
    """The newest 50 backups, those alone that changed what the wish names: (commit, local time, subject), newest first.

    Raises UsageError for a path that no backup ever held.
    """
    if not site.repository.exists:
        raise no_backup(site, f"there is no backup at {display(site.places.backup)}")
    newest = newest_backup(site)[0]
    recorded = site.repository.listing(newest)
    paths = [in_source(site.places, path, wish.cwd, recorded) for path in wish.paths]
    named = paths if all(paths) else []
    options = ("--max-count=50", "--first-parent", "-z", "--format=%H%x00%ct%x00%s")
    fields = commits_with(site, "log", *options, newest, named=named).split(b"\0")
    if named and len(fields) < 3:
        raise UnknownPathError(paths, [nearest(recorded, path) for path in paths])
    return [
        (commit.decode("ascii"), time_of(when, wish.zone), display(subject))
        for commit, when, subject in zip(fields[::3], fields[1::3], fields[2::3], strict=False)
    ]


def saved(site: Site, wish: Wish) -> list[tuple[str, str, str]]:
    """The snapshots: (commit, local time, what it was made before), the newest first."""
    every = snapshots(site.repository)
    rows = []
    for one in every:
        again = takes_back(one, every)
        words = "before a restore was taken back" if again else f"before restoring {one.restored[:7]}"
        words = words if one.restored else "damaged: it does not say what it was made for"
        words += ", taken back since" if one.back else ""
        rows.append((one.commit, time_of(b"%d" % int(one.when), wish.zone), words))
    return rows
