"""A copy of this process that works on the second core: fork, prctl(2), sched_getaffinity(2). Only where there is one
thread here: a fork copies no other, and what those held stays locked for ever."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, nullcontext, suppress
from signal import SIG_BLOCK, SIG_SETMASK, SIGKILL, pthread_sigmask, valid_signals

Waits = Callable[[], bytes | None]


def possible() -> bool:
    """Whether there is a second core for this process, and no thread beside this one."""
    with suppress(AttributeError, OSError):  # no Linux, or no /proc
        for wait in range(20 if len(os.sched_getaffinity(0)) > 1 else 0):  # ms in which a joined thread is gone
            time.sleep(wait and 0.001)
            if len(os.listdir("/proc/self/task")) == 1:
                return True
    return False


def beside(stack: ExitStack, work: Callable[[], bytes], wanted: bool = True, show: object = None) -> Waits:
    """`second`, gone with the stack, if it is wanted and there may be one; else None at once. show: paused for it."""
    with getattr(show, "paused", nullcontext)(), suppress(OSError, ImportError):  # no room, or no ctypes
        if wanted and possible():
            return stack.enter_context(second(work))
    return lambda: None


@contextmanager
def second(work: Callable[[], bytes]) -> Iterator[Waits]:
    """Works out bytes in a copy of this process, gone with the block; gives what waits for them (None: it ended
    otherwise). Raises OSError if there is no room for another process."""
    from ctypes import CDLL

    here, (take, give), ended, pid = os.getpid(), os.pipe(), list[int](), 0
    with os.fdopen(take, "rb") as answer, os.fdopen(give, "wb") as given:

        def wait() -> bytes | None:
            found = answer.read()
            ended.append(pid)  # first: once it is waited for, its number may be another's
            return None if os.waitpid(pid, 0)[1] else found

        signals = pthread_sigmask(SIG_BLOCK, valid_signals())  # none may take a copy out of here
        try:
            if not (pid := os.fork()):
                try:
                    CDLL(None).prctl(1, SIGKILL)  # PR_SET_PDEATHSIG: it has the lock too, and ends with this process
                    pthread_sigmask(SIG_SETMASK, signals)
                    if os.getppid() == here:
                        given.write(work())
                        given.flush()
                        os._exit(0)
                finally:
                    os._exit(1)  # whatever happens: nothing that this process began may be finished twice
            given.close()
            pthread_sigmask(SIG_SETMASK, signals)
            yield wait
        finally:
            pthread_sigmask(SIG_SETMASK, signals)
            if pid and not ended:
                os.kill(pid, SIGKILL)
                os.waitpid(pid, 0)
