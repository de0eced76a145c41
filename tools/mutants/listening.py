"""Hears what a child process says, until it ends or has used too much time in silence."""

from __future__ import annotations

import contextlib
import os
import pickle
import select
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

_A_LOOK = 1.0


class Ended(NamedTuple):
    """How a child ended. said: what it wrote, unpickled. late: it was killed, for it used too much time in silence."""

    said: list[Any]
    late: bool


def listen(read: int, pid: int, patience: Callable[[Any], float]) -> Ended:
    """Reads the child's words. Only the processor's time counts, and that in which the whole tree of processes waits:
    who is stopped, or gets no turn on a busy machine, is not late.
    """
    said: list[Any] = []
    left = b""
    used = spent = 0.0
    while True:
        ready, _, _ = select.select([read], [], [], _A_LOOK)
        if not ready:
            before, (used, waits) = used, _used(pid)
            spent += max(used - before, 0.0) + waits * _A_LOOK
            if spent > patience(said[-1] if said else None):
                break
            continue
        data = os.read(read, 1 << 16)
        if not data:
            break
        left += data
        while len(left) >= 4 and len(left) >= 4 + (size := int.from_bytes(left[:4], "big")):
            said.append(pickle.loads(left[4 : 4 + size]))  # noqa: S301  our own child's words
            left = left[4 + size :]
        spent = 0.0
        if said and said[-1] == "end":
            break
    with contextlib.suppress(ProcessLookupError):
        os.killpg(pid, signal.SIGKILL)
    return Ended(said, late=not ready)


def _used(pid: int) -> tuple[float, bool]:
    """The processor's seconds of a process and all below it, and whether none of them would run if it could."""
    ticks, states = 0, set()
    below = [pid]
    while below:
        one = below.pop()
        with contextlib.suppress(OSError):
            facts = Path(f"/proc/{one}/stat").read_text("ascii", "replace").rpartition(") ")[2].split()
            ticks += sum(map(int, facts[11:15]))
            states.add(facts[0])
            below.extend(_children(one))
    return ticks / os.sysconf("SC_CLK_TCK"), states <= {"S", "Z"}


def end_children() -> None:
    """Ends all that is left below this lane (orphans come to it), and waits for it."""
    until = time.monotonic() + 20
    while time.monotonic() < until:
        for child in _children(os.getpid()):
            with contextlib.suppress(ProcessLookupError):
                os.kill(child, signal.SIGKILL)
        try:
            if os.waitpid(-1, os.WNOHANG)[0] == 0:
                time.sleep(0.001)
        except ChildProcessError:
            return


def _children(pid: int) -> Iterator[int]:
    for thread in os.listdir(f"/proc/{pid}/task"):
        yield from map(int, Path(f"/proc/{pid}/task/{thread}/children").read_text("ascii").split())
