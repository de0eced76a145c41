"""How a sync ended, told to the person who is not looking: through the user's `notify_command`."""

from __future__ import annotations

import time
from collections.abc import Callable

from autosync_tasks.errors import AutosyncError, LockedError
from autosync_tasks.model import Outcome, Run
from autosync_tasks.records import replace
from autosync_tasks.status import notify
from autosync_tasks.workspace.workspace import Site


def announced(site: Site, sync: Callable[[], Run], *, check: bool) -> Run:
    """What `sync` returns, after telling about it; that the command could not be run becomes a note of the run.

    check: nothing may be done, so nothing is told. Raises what `sync` raises; only a held lock is not told.
    """
    try:
        run = sync()
    except LockedError:
        raise
    except AutosyncError as error:
        if not check:
            notify.tell(site, Outcome.FAILED, error.message, time.time())
        raise
    if fault := notify.after(site, run):
        return replace(run, notes=(*run.notes, fault))
    return run
