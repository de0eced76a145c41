"""The one waiter: a sync that must wait leaves one process behind that makes it, so that no change is lost.

A workflow's run that is deferred (limit, backoff) leaves a waiter; further ones find it and go. The watcher needs
none: it waits itself. A run that finds the lock held asks its holder to look once more instead.
"""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable

from autosync_tasks.errors import LockedError
from autosync_tasks.model import Outcome, Run, Trigger
from autosync_tasks.site import Site
from autosync_tasks.triggers.command import sync_command

LOCK = "waiter"
_PATIENCE = 5.0
"""Seconds between two tries while another run holds the lock."""
_MARGIN = 600.0
"""Seconds that a waiter may live beyond the longest wait that the settings can ask for."""


def leave(site: Site, run: Run) -> bool:
    """Starts a waiter for a deferred run of the workflow, unless there is one; tells whether it did."""
    if run.trigger is not Trigger.WORKFLOW or run.outcome is not Outcome.DEFERRED or run.retry_at is None:
        return False
    if site.state.is_locked(LOCK):
        return False
    subprocess.Popen(
        [*sync_command(run.trigger), "--wait"],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        cwd="/",
    )
    return True


def wait(site: Site, sync: Callable[[], Run], pause: Callable[[float], None] = time.sleep) -> Run | None:
    """Syncs when it may, as the only waiter; None if there is one already.

    sync: one sync as of now. pause: sleeps that many seconds. Ends after the first sync that was not put off, and
    in any case when the longest wait of the settings is over. Raises what a sync raises.
    """
    settings = site.settings
    latest = time.time() + max(settings.backoff_cap, settings.max_sync_frequency) + _MARGIN
    try:
        with site.state.lock(LOCK):
            while True:
                try:
                    run = sync()
                    put_off = run.outcome is Outcome.DEFERRED and run.retry_at is not None
                    until = run.retry_at or 0.0
                except LockedError:
                    if time.time() > latest:
                        raise
                    put_off, until, run = True, time.time() + _PATIENCE, None
                if not put_off or until > latest:
                    return run
                pause(max(0.2, until - time.time()))
    except LockedError:
        return None
