"""Around a sync that must wait: who comes back to make it, so that no change is lost.

A deferred run of the workflow leaves the one waiter (`triggers.waiter`); the watcher and the schedule come back by
themselves. (A run that finds the lock held also asks its holder to look once more: `turns`.) `sync --wait` waits in
person.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress

from autosync_tasks.cli.deadline import deadline
from autosync_tasks.errors import AutosyncError, LockedError
from autosync_tasks.model import Outcome, Run, Trigger
from autosync_tasks.report import lines, screen
from autosync_tasks.sync import pipeline
from autosync_tasks.workspace.request import Request
from autosync_tasks.workspace.workspace import Site

LOCK = "waiting-in-person"
PATIENCE = 10.0
"""Seconds that a sync by hand waits for another run: a usual one is over by then."""
_MARGIN = 600.0
"""Seconds that `--wait` may take beyond the longest wait that the settings can ask for."""


def sync_when_it_may(site: Site, request: Callable[[], Request], *, wait: bool) -> Run | None:
    """One sync; `wait`: as soon as the limit and the lock allow it, or None if somebody else waits for that already.

    request: makes a request as of now. An automatic run has a deadline. Raises what a sync raises.
    """

    def once() -> Run:
        asked = request()
        longest = 0 if asked.trigger is Trigger.MANUAL else site.settings.run_deadline
        with screen.Progress() as progress, _back_later(site, asked, leaves=not wait) as answer, deadline(longest):
            return answer(pipeline.sync(site, asked, progress))

    return _wait_and_sync(site, once) if wait else _in_a_moment(once, request().trigger)


def _in_a_moment(sync: Callable[[], Run], trigger: Trigger) -> Run:
    """The sync; a person's waits a moment for another run that is at work, and says so. Raises what a sync raises."""
    until = time.monotonic() + PATIENCE
    told = trigger is not Trigger.MANUAL
    while True:
        try:
            return sync()
        except LockedError:
            if trigger is not Trigger.MANUAL or time.monotonic() >= until:
                raise
        if not told:
            words = f"another run is at work on this backup; waiting for it, at most {PATIENCE:.0f} seconds"
            screen.show(lines.plain([words]), error=True)
            told = True
        time.sleep(0.25)


@contextmanager
def _back_later(site: Site, request: Request, *, leaves: bool = True) -> Iterator[Callable[[Run], Run]]:
    """Passes the run through, and sees to it that somebody asks again if it was deferred or found the lock held.

    leaves: whether a waiter may be left (not by one who waits in person).
    """

    def answer(run: Run) -> Run:
        if run.outcome is Outcome.DEFERRED and run.retry_at is not None and leaves:
            _leave(site, request, run.retry_at)
        return run

    try:
        yield answer
    except LockedError:
        from autosync_tasks.triggers.waiter import LOCKED_RETRY

        if leaves:
            _leave(site, request, time.time() + LOCKED_RETRY)
        raise


def _leave(site: Site, request: Request, retry_at: float) -> None:
    if request.trigger is not Trigger.WORKFLOW or request.check:
        return  # the others come back by themselves
    from autosync_tasks.triggers.command import sync_command
    from autosync_tasks.triggers.waiter import leave

    # No console program beside this Python, or no state folder: the next trigger comes too.
    with suppress(AutosyncError, OSError), site.state.within("waiter") as (at, _):
        leave(site.state.folder, at, retry_at, time.time(), sync_command(Trigger.WORKFLOW), site.environ)


def _wait_and_sync(site: Site, sync: Callable[[], Run]) -> Run | None:
    """Syncs when it may, as the only one who waits; None if somebody does already.

    sync: one sync as of now. Ends after the first sync that was not put off, and
    when the longest wait of the settings is over. Raises what a sync raises, LockedError included.
    """
    settings = site.settings
    latest = time.time() + max(settings.backoff_cap, settings.max_sync_frequency) + _MARGIN
    with ExitStack() as held:
        try:
            held.enter_context(site.state.lock(LOCK))
        except LockedError:
            return None
        while True:
            try:
                run = sync()
                until = run.retry_at if run.outcome is Outcome.DEFERRED else None
                if until is None or until > latest:
                    return run
            except LockedError:
                until = time.time() + 5.0
                if until > latest:
                    raise
            time.sleep(max(0.2, until - time.time()))
