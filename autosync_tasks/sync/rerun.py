"""Turns: one sync works on a backup at a time, and no change falls between two of them.

Who finds the lock held says so in the state folder and tries once more; who held it looks, after it let go, whether
somebody said so meanwhile. So either the one finds the lock free, or the other finds the word: the last change that
was made before the last trigger came is in the backup when all of them have ended.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from contextlib import ExitStack

from autosync_tasks.errors import LockedError
from autosync_tasks.model import Outcome, Run, Trigger
from autosync_tasks.policy.inputs import Ask
from autosync_tasks.records import replace
from autosync_tasks.workspace.request import Request
from autosync_tasks.workspace.workspace import Site

_MOST = 20
"""How often one run looks again for others; then the next trigger must come."""


def in_turn(site: Site, request: Request, passage: Callable[[Request], Run]) -> Run:
    """Makes one passage under the lock, then another for those who came meanwhile; returns the last that acted.

    Raises LockedError if another run holds the lock (that one looks once more), and what `passage` raises.
    """
    with ExitStack() as held:
        try:
            held.enter_context(site.state.lock())
        except LockedError:
            site.state.register(request.trigger)
            held.enter_context(site.state.lock())  # its holder may have left before it could see that
        run = passage(request)
    for _ in range(_MOST):
        if not site.state.registered:
            break
        with ExitStack() as held:
            try:
                held.enter_context(site.state.lock())
            except LockedError:
                break  # another came in between, and will do the same
            asked = site.state.take_registrations()
            again = passage(_for_others(request, asked))
            run = replace(again, trigger=request.trigger) if again.outcome is not Outcome.OK else run
    return run


def _for_others(request: Request, asked: list[Trigger]) -> Request:
    """The same request as of now, for somebody else: nothing that only this one's person wished or allowed."""
    trigger = Trigger.MANUAL if Trigger.MANUAL in asked else request.trigger
    now, began, run_id = request.ended, time.monotonic(), os.urandom(6).hex()
    return replace(request, trigger=trigger, ask=Ask(), now=now, began=began, run_id=run_id)
