"""The overall deadline: an unattended run that hangs is ended, recorded as failed, and made again later.

Each git command has a time limit of its own; this one is for the whole (a disk that is slow to answer, a tree on a
network that went away). Ending a run anywhere is safe: the next one finishes what it left.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from autosync_tasks.errors import DeadlineError
from autosync_tasks.humanize import span

_AGAIN = 10.0
"""Seconds to the next try, should the first have been lost in code that goes on after a fault."""


@contextmanager
def deadline(seconds: float) -> Iterator[None]:
    """Raises DeadlineError in its block once that has run for `seconds`; 0: never.

    Python delivers signals to the main thread alone; in another one there is no deadline.
    """
    if not seconds or threading.current_thread() is not threading.main_thread():
        yield
        return

    def end(number: int, frame: FrameType | None) -> None:
        raise DeadlineError(
            f"the run was ended after {span(seconds)}, the limit of `run_deadline`",
            hint="look for a disk, network or git that hangs; a sync by hand has no such limit",
        )

    before = signal.signal(signal.SIGALRM, end)
    signal.setitimer(signal.ITIMER_REAL, seconds, _AGAIN)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
