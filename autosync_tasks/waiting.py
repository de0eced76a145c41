"""Around a sync: one that was deferred after an agent's turn leaves the waiter (`triggers.waiter`)."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from autosync_tasks.errors import AutosyncError, LockedError
from autosync_tasks.model import Outcome, Run, Trigger
from autosync_tasks.pipeline import Request
from autosync_tasks.site import Site


@contextmanager
def waiting(site: Site, request: Request) -> Iterator[Callable[[Run], Run]]:
    """Passes the run through, and sees to it that somebody asks again if it was deferred or found the lock held."""

    def answer(run: Run) -> Run:
        if run.outcome is Outcome.DEFERRED and run.retry_at is not None:
            _leave(site, request, run.retry_at)
        return run

    try:
        yield answer
    except LockedError:
        from autosync_tasks.triggers.waiter import LOCKED_RETRY

        _leave(site, request, time.time() + LOCKED_RETRY)
        raise


def _leave(site: Site, request: Request, retry_at: float) -> None:
    if request.trigger is not Trigger.WORKFLOW or request.check:
        return  # the others come back by themselves
    from autosync_tasks.triggers.command import sync_command
    from autosync_tasks.triggers.waiter import leave

    with suppress(AutosyncError):  # no console program beside this Python: the next trigger comes too
        leave(site.state.folder, retry_at, time.time(), sync_command(Trigger.WORKFLOW), site.environ)
