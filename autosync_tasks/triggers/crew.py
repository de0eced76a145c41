"""One watcher for several agents: each is watched by a thread of its own, and what fails for one holds up no other."""

from __future__ import annotations

import contextvars
import threading
import time
from collections.abc import Callable, Sequence

from autosync_tasks.errors import AutosyncError
from autosync_tasks.model import Outcome
from autosync_tasks.records import dataclass
from autosync_tasks.triggers.result import TaskResult
from autosync_tasks.triggers.watch import LEAST_RETRY, Say, signals

_LOOK = 1.0
"""Seconds between two looks at who is to be watched and who has ended."""

Start = Callable[[str, Say, threading.Event], TaskResult]
"""Watches the agent of that profile until the event is set. Raises AutosyncError."""


@dataclass
class _Post:
    """One agent's watcher. fault: what it ended with (None: nothing). again: when it is to be started anew."""

    thread: threading.Thread
    fault: Exception | None = None
    told: bool = False
    again: float = 0.0
    syncs: int = 0


def watch_each(meant: Callable[[], Sequence[str]], start: Start, say: Say, halt: threading.Event) -> TaskResult:
    """Watches them all until SIGTERM, SIGINT or SIGHUP (which set `halt`), or the caller sets it.

    meant: the profiles, asked again and again, so it is cheap: who is switched on meanwhile is watched, who is switched
    off is not any more. One alone that cannot be watched is a fault; of several it is told and tried again.
    Raises AutosyncError.
    """
    total = 0
    with signals(halt):
        while not halt.is_set():
            names = tuple(meant())
            stop, posts = threading.Event(), dict[str, _Post]()
            try:
                while not halt.is_set() and tuple(meant()) == names:
                    for name in names:
                        _see_to(name, posts, start, _named(say, name if len(names) > 1 else ""), stop)
                        post = posts[name]
                        if post.fault is None or post.told:
                            continue
                        if len(names) == 1 or not isinstance(post.fault, AutosyncError):
                            raise post.fault
                        post.told, why = True, f"{post.fault.message}. {post.fault.hint}"
                        say("failed", f"{name}: {why} (again in {LEAST_RETRY:.0f} s)")
                    halt.wait(_LOOK)
            finally:
                stop.set()
                for post in posts.values():
                    post.thread.join()
                    total += post.syncs
    return TaskResult("watch", Outcome.OK, f"stopped when it was told to, after {total} syncs", data={"syncs": total})


def _see_to(name: str, posts: dict[str, _Post], start: Start, say: Say, stop: threading.Event) -> None:
    """Starts its watcher if there is none; after one that failed a moment passes before the next."""
    post = posts.get(name)
    if post is not None and (post.thread.is_alive() or (post.fault and time.monotonic() < post.again)):
        return
    before = post.syncs if post else 0
    context = contextvars.copy_context()

    def run() -> None:
        try:
            own.syncs += int(str(start(name, say, stop).data.get("syncs", 0)))
        except Exception as fault:  # noqa: BLE001  the main thread raises it, or tells it
            own.again, own.fault = time.monotonic() + LEAST_RETRY, fault

    own = posts[name] = _Post(threading.Thread(target=context.run, args=(run,), name=name), syncs=before)
    own.thread.start()


def _named(say: Say, name: str) -> Say:
    return (lambda outcome, words: say(outcome, f"{name}: {words}")) if name else say
