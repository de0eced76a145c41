"""A git command to talk with while it runs, and how one is ended."""

from __future__ import annotations

import contextlib
import errno
import os
import select
import signal
import threading
import time
from typing import IO, TYPE_CHECKING, Protocol, cast

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Iterable, Sequence

    from autosync_tasks.errors import BackupError


_ANY_PIPE = 4096
"""Bytes that a pipe holds at least (pipe(7)): so much can be said to one that is waiting to be heard."""
_MOST_HEARD = 1 << 16
"""Bytes of complaints that are kept, the last ones."""
_PATIENCE = 5.0
"""Seconds to hear the last words of one that has ended, should what it started still have its pipe."""


class Words(Protocol):
    """What makes the errors of a git command: the gateway that started it."""

    def too_slow(self, command: str, timeout: float, what: str = "finish") -> BackupError:
        """The error for a command that was ended after so many seconds. what: it did not do."""
        ...

    def failure(self, command: str, code: int, complaint: bytes) -> BackupError:
        """The error for a command that failed."""
        ...


class Conversation:
    """A running git command: write to it, read lines from it, finish it. Killed on leaving if unfinished.

    It is ended once nothing could be said to it or heard of it for `timeout` seconds: a large first sync may talk for
    longer than that.
    """

    def __init__(
        self, gateway: Words, arguments: Sequence[str], process: subprocess.Popen[bytes], timeout: float
    ) -> None:
        self._gateway, self._name, self._process = gateway, arguments[0], process
        self._input, self._output = cast(IO[bytes], process.stdin), cast(IO[bytes], process.stdout)
        self._timeout, self._late, self._heard = timeout, False, time.monotonic()
        self._complaint, self._beside = bytearray(), threading.Thread(target=self._mind, daemon=True)

    def __enter__(self) -> Conversation:
        try:
            self._beside.start()
        except RuntimeError:  # all that Python says of it
            self.__exit__()
            raise OSError(errno.EAGAIN, os.strerror(errno.EAGAIN)) from None
        return self

    def __exit__(self, *_: object) -> None:
        if self._process.poll() is None:
            kill(self._process)
        self._hear_out()
        close_pipes(self._process)

    def _mind(self) -> None:
        """Hears its complaints: one who is not heard waits once the pipe is full. Ends it when it is late."""
        complaints, poll = cast(IO[bytes], self._process.stderr).fileno(), select.poll()
        poll.register(complaints, select.POLLIN)
        while (rest := self._heard + self._timeout - time.monotonic()) > 0:
            if poll.poll(rest * 1000):
                if not (piece := os.read(complaints, 1 << 16)):
                    return
                self._complaint = (self._complaint + piece)[-_MOST_HEARD:]
        self._late = True
        kill(self._process)

    def _hear_out(self) -> bytes:
        if self._beside.is_alive():
            self._beside.join(_PATIENCE)
        return bytes(self._complaint)

    def say(self, *parts: bytes) -> None:
        """Writes bytes to it. Raises BackupError with its last words if it is gone."""
        try:
            for part in parts:
                self._input.write(part)
            self._heard = time.monotonic()
        except (BrokenPipeError, ValueError):
            raise self._failed() from None

    def said(self) -> None:
        """Sees to it that it has all that was said. Raises as `say` does."""
        try:
            self._input.flush()
        except (BrokenPipeError, ValueError):
            raise self._failed() from None

    def ask(self, question: bytes) -> bytes:
        """Writes a question and returns the one line of its answer, without the newline."""
        return self.ask_each([question])[0]

    def ask_each(self, questions: Iterable[bytes]) -> list[bytes]:
        """Writes questions, as many at once as any pipe holds, and returns the line that answers each."""
        answers: list[bytes] = []
        said = size = 0
        for question in questions:
            if said and size + len(question) > _ANY_PIPE:
                answers += self._answers(said)
                said = size = 0
            self.say(question)
            said, size = said + 1, size + len(question)
        return answers + self._answers(said)

    def _answers(self, number: int) -> list[bytes]:
        self.said()
        answers = []
        for _ in range(number):
            answer = self._output.readline()
            if not answer.endswith(b"\n"):
                raise self._failed()
            answers.append(answer[:-1])
        self._heard = time.monotonic()
        return answers

    def take(self, size: int) -> bytes:
        """Reads exactly `size` bytes of its output and the newline after them."""
        data = self._output.read(size + 1)
        if len(data) != size + 1:
            raise self._failed()
        return data[:-1]

    def finish(self) -> tuple[int, bytes]:
        """Closes its input and waits; returns exit code and complaint. Raises TooSlowError."""
        with contextlib.suppress(OSError):
            self._input.close()
        self._output.read()
        self._process.wait()
        complaint = self._hear_out()
        if self._late:
            raise self._gateway.too_slow(self._name, self._timeout, "go on")
        return self._process.returncode, complaint

    def _failed(self) -> BackupError:
        if self._late:
            return self._gateway.too_slow(self._name, self._timeout, "go on")
        kill(self._process)
        return self._gateway.failure(self._name, self._process.returncode, self._hear_out())


def beginning(stream: IO[bytes], most: int, until: float) -> bytes:
    """The first bytes of a git process's output, as many as come until a moment (of the monotonic clock)."""
    found = bytearray()
    while len(found) < most and select.select([stream], [], [], max(0.0, until - time.monotonic()))[0]:
        if not (piece := os.read(stream.fileno(), min(most - len(found), 1 << 20))):
            break
        found += piece
    return bytes(found)


def close_pipes(process: subprocess.Popen[bytes]) -> None:
    """Closes what is left open to a process that has ended."""
    for stream in (process.stdin, process.stdout, process.stderr):
        if stream is not None and not stream.closed:
            try:
                stream.close()
            except OSError:
                continue  # a pipe to a process that is gone


def kill(process: subprocess.Popen[bytes]) -> None:
    """Ends a git process and what it started (it leads a session of its own)."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
