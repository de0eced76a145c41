"""Around a sync that must wait: who comes back to make it, so that no change is lost.

A deferred run of the workflow leaves the one waiter (`triggers/waiter.py`); the watcher and the schedule come back by
themselves. (A run that finds the lock held also asks its holder to look once more: `sync/rerun.py`.)
"""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress

from autosync_tasks.cli.deadline import deadline
from autosync_tasks.errors import AutosyncError, LockedError
from autosync_tasks.model import Outcome, Run, Trigger
from autosync_tasks.report import lines, screen
from autosync_tasks.sync import pipeline
from autosync_tasks.workspace.request import Request
from autosync_tasks.workspace.workspace import Site

PATIENCE = 10.0
"""Seconds that a sync by hand waits for another run: a usual one is over by then."""


def sync_when_it_may(site: Site, request: Callable[[], Request]) -> Run:
    """One sync; a person's waits a moment for another run that is at work, and says so.

    request: makes a request as of now. An automatic run has a deadline. Raises what a sync raises.
    """

    def once() -> Run:
        asked = request()
        longest = 0 if asked.trigger is Trigger.MANUAL else site.settings.run_deadline
        try:
            with screen.Progress() as progress, deadline(longest):
                run = pipeline.sync(site, asked, progress)
        except LockedError:
            from autosync_tasks.triggers.waiter import LOCKED_RETRY

            _leave(site, asked, time.time() + LOCKED_RETRY)
            raise
        if run.outcome is Outcome.DEFERRED and run.retry_at is not None:
            _leave(site, asked, run.retry_at)
        return run

    until, trigger, told = time.monotonic() + PATIENCE, request().trigger, False
    while True:
        try:
            return once()
        except LockedError:
            if trigger is not Trigger.MANUAL or time.monotonic() >= until:
                raise
        if not told:
            words = f"another run is at work on this backup; waiting for it, at most {PATIENCE:.0f} seconds"
            screen.show(lines.plain([words]), error=True)
            told = True
        time.sleep(0.25)


def _leave(site: Site, request: Request, retry_at: float) -> None:
    """Sees to it that somebody asks again then."""
    if request.trigger is not Trigger.WORKFLOW or request.check:
        return  # the others come back by themselves
    from autosync_tasks.triggers.command import sync_command
    from autosync_tasks.triggers.waiter import leave

    # No console program beside this Python, or no state folder: the next trigger comes too.
    with suppress(AutosyncError, OSError), site.state.within("waiter") as (at, _):
        leave(site.state.folder, at, retry_at, time.time(), sync_command(Trigger.WORKFLOW), site.environ)
