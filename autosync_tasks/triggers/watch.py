"""The watcher: hears that something changed, waits for quiet, and runs one sync in a child process of its own."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import IO, Any, cast

from autosync_tasks.errors import AutosyncError
from autosync_tasks.linux.memory import memory_file
from autosync_tasks.model import Outcome
from autosync_tasks.names import BEGIN, LOOK, SEEN, WAITS
from autosync_tasks.triggers.notifier import Notifier, Protected
from autosync_tasks.triggers.quiet import SCAN_EVERY, Pace, Quiet
from autosync_tasks.triggers.result import TaskResult

GRACE = 10.0
"""Seconds that a sync under way gets to end by itself when the watcher is told to stop; then SIGTERM, then SIGKILL."""

REFRESH_EVERY = 1.0
"""Seconds between two looks for new folders while they keep coming (30 ms at 1,000 folders); less than any quiet
period should be, so that what happens in them is heard before the sync begins."""

LOCKED_RETRY = 5.0
LEAST_RETRY = 60.0
"""Seconds until a sync that failed, or left something out, is asked again where no limit is set."""

_LOOK_AHEAD = 0.2
"""Seconds before a sync is due in which its process looks at the tree (0.05 for 10,000 files)."""
_LOOK_AT_CHILD = 0.1
_LONGEST_SLEEP = 2.0
_LARGEST_ANSWER = 4_000_000

Say = Callable[[str, str], None]
"""(outcome, words): one line for the terminal or the service's log."""


class Child:
    """One sync under way."""

    def __init__(self, command: Sequence[str], env: Mapping[str, str], *, ahead: bool = False) -> None:
        """ahead: it only loads what it needs, until `go`.

        Raises OSError if the program cannot be started. Its answer is kept in memory: no disk can be full.
        """
        self.answer = os.fdopen(memory_file("autosync-answer"), "r+b", buffering=0)
        try:
            self.process = subprocess.Popen(
                list(command),
                stdin=subprocess.PIPE if ahead else subprocess.DEVNULL,
                stdout=self.answer,
                env={**env, WAITS: "1"} if ahead else dict(env),
                start_new_session=True,
            )
        except BaseException:
            self.answer.close()
            raise

    def look(self) -> None:
        """Has one that was started ahead look at the tree: it will soon begin."""
        self._say(LOOK)

    def go(self, *, seen: bool = False) -> bool:
        """Lets one that was started ahead begin. seen: nothing was heard since it looked. False if it is gone."""
        there = self._say(SEEN if seen else BEGIN)
        with contextlib.suppress(OSError):
            cast(IO[bytes], self.process.stdin).close()
        if not there:
            self.answer.close()
        return there

    def _say(self, word: bytes) -> bool:
        """Whether it is there and was told."""
        there = self.process.poll() is None
        with contextlib.suppress(OSError):
            if there:
                os.write(cast(IO[bytes], self.process.stdin).fileno(), word)
                return True
        return False

    def leave(self) -> None:
        """Ends one that was started ahead and is not needed."""
        if self.process.stdin is not None:
            self.process.stdin.close()
        self.stop(1.0)

    def ended(self) -> tuple[int, dict[str, Any]] | None:
        """Exit code and answer, or None while it runs."""
        code = self.process.poll()
        if code is None:
            return None
        self.answer.seek(0)
        raw = self.answer.read(_LARGEST_ANSWER)
        self.answer.close()
        with contextlib.suppress(ValueError):
            said = json.loads(raw)
            if isinstance(said, dict):
                return code, said
        return code, {}

    def stop(self, grace: float) -> None:
        """Lets it end by itself for `grace` seconds, then asks, then insists. A sync survives any of it."""
        for number in (None, signal.SIGTERM, signal.SIGKILL):
            if number is not None:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(self.process.pid, number)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(grace if number is None else 5)
                break
        self.answer.close()


def retry_after(
    code: int, answer: Mapping[str, Any], wall: float, usual: float, before: float | None = None
) -> float | None:
    """Seconds until a sync should be asked again; None if its answer stands.

    code: its exit code; answer: its JSON; wall: seconds since the epoch; usual: what to wait where a deferred or
    failed sync names no time (`max_sync_frequency`); before: what was waited for this one (None: it was no retry).
    Blocked ones wait for another change. What does not go well by itself is asked for ever more seldom: a file that is
    too large stays so, and each look costs a walk through the tree.
    """
    if code == 75:
        return LOCKED_RETRY
    if code == 0 and answer.get("outcome") != Outcome.DEFERRED:
        return None
    at = answer.get("retry_at")
    if isinstance(at, int | float) and at > 0:
        return min(max(at - wall, 0.0) + 0.2, SCAN_EVERY)  # never a moment too early
    return None if code in (3, 4) else min(max(usual, LEAST_RETRY, 2 * (before or 0.0)), SCAN_EVERY)


@contextlib.contextmanager
def signals(stop: threading.Event) -> Iterator[None]:
    """Within it the signals that end a program set the event. In the main thread alone."""
    before = {n: signal.signal(n, lambda *_: stop.set()) for n in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def watch(
    source: str,
    command: Sequence[str],
    environ: Mapping[str, str],
    *,
    protected: Protected,
    say: Say,
    pace: Callable[[], Pace] = Pace,
    stop: threading.Event | None = None,
    grace: float = GRACE,
    ahead: bool = False,
) -> TaskResult:
    """Watches until SIGTERM, SIGINT or `stop`. command: the sync to run. pace: asked again and again, so it is cheap.

    ahead: each sync's process is started when the one before it has ended, and waits (cli/ahead.py).

    Raises AutosyncError where the kernel's limits are in the way or the command cannot be started, and what
    `pace` raises. Only the main thread may pass no `stop` (signals are handled there).
    """
    halt = stop or threading.Event()
    with contextlib.ExitStack() as stack:
        if stop is None:
            stack.enter_context(signals(halt))
        notifier = Notifier(source, protected, halt)
        stack.callback(notifier.close)
        now = pace()
        say("watching", f"{source}: a sync after {now.quiet:g} s of quiet, after {now.longest:g} s at most")
        state = Quiet(now.quiet, now.longest, scan_at=time.monotonic())  # what changed while nobody watched: at once
        following = _Next(command, environ, ahead=ahead)
        stack.callback(following.leave)
        runs = _loop(notifier, state, following, say, halt, grace, pace)
    return TaskResult("watch", Outcome.OK, f"stopped when it was told to, after {runs} syncs", data={"syncs": runs})


def _loop(
    notifier: Notifier,
    state: Quiet,
    following: _Next,
    say: Say,
    halt: threading.Event,
    grace: float,
    pace: Callable[[], Pace],
) -> int:
    child: Child | None = None
    wait: float | None = None
    runs, seen = 0, False
    looked, look_at = float("-inf"), float("inf")  # for new folders: when last, when next
    try:
        while not halt.is_set():
            now, settings = time.monotonic(), pace()
            state = state.at_pace(settings)
            ended = child.ended() if child else None
            if ended is not None:
                child = None
                wait = retry_after(*ended, time.time(), settings.usual_retry, wait)
                state = state.ended(now, wait)
                following.prepare()
                say(*_words(*ended, wait))
            if child is None and state.due(now):
                child, seen = following.begin(seen=seen), False
                state, look_at = state.began(now), now  # beside the sync, for what was missed so far
                runs += 1
            if now >= look_at:
                looked, look_at = now, float("inf")
                if notifier.refresh():
                    state = state.heard(time.monotonic())
            if child is None and not seen and now >= state.look_at(_LOOK_AHEAD):
                following.look()
                seen = True
            due = min((state.due_at() if seen else state.look_at(_LOOK_AHEAD)) - now, _LONGEST_SLEEP)
            sleep = max(min(_LOOK_AT_CHILD if child else due, look_at - now), 0.001)
            heard = notifier.wait(sleep)
            if heard.something:
                state, seen = state.heard(time.monotonic()), False
            if heard.folders:
                look_at = min(look_at, max(now, looked + REFRESH_EVERY))
    finally:
        if child is not None:
            child.stop(grace)
    return runs


class _Next:
    """The next sync's process, where it is started ahead: most of what a small sync takes is Python's own start."""

    def __init__(self, command: Sequence[str], environ: Mapping[str, str], *, ahead: bool) -> None:
        self._command, self._environ, self._ahead = command, environ, ahead
        self._child: Child | None = None

    def prepare(self) -> None:
        """Starts it ahead. Where that fails there will be another try, without it."""
        if self._ahead and self._child is None:
            with contextlib.suppress(OSError):
                self._child = Child(self._command, self._environ, ahead=True)

    def look(self) -> None:
        """Has it look at the tree, if it is there."""
        if self._child is not None:
            self._child.look()

    def begin(self, *, seen: bool = False) -> Child:
        """Lets it begin. seen: nothing was heard since it looked. Raises AutosyncError if it cannot be started."""
        child, self._child = self._child, None
        if child is not None and child.go(seen=seen):
            return child
        try:
            return Child(self._command, self._environ)
        except OSError as fault:
            raise AutosyncError(
                f"{self._command[0]} cannot be started: {fault.strerror}",
                hint="install the project again, then start the watcher again",
            ) from None

    def leave(self) -> None:
        """Ends what waits."""
        if self._child is not None:
            self._child.leave()


def _words(code: int, answer: Mapping[str, Any], wait: float | None) -> tuple[str, str]:
    outcome = str(answer.get("outcome") or {0: "ok", 3: "blocked", 75: "deferred"}.get(code, "failed"))
    words = ". ".join(str(answer[key]) for key in ("reason", "error", "next_step", "hint") if answer.get(key))
    later = "" if wait is None else f" (again in {wait:.0f} s)"
    return outcome, (words or f"the sync ended with exit code {code}") + later
