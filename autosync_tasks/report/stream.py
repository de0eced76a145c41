"""The program's own streams: what happens when nobody listens, or when nothing can be written there."""

from __future__ import annotations

import atexit
import codecs
import io
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import TextIO

from autosync_tasks.errors import OutputError


@contextmanager
def writing(stream: TextIO) -> Iterator[None]:
    """Around what writes to a stream, and flushes it. A reader that went away (`head`, a pager) is no fault.

    Raises OutputError if the system refuses the text, for example on a full disk. The stream is quiet afterwards, so
    that Python does not complain once more at its exit. What the locale has no letter for is written in other letters:
    cron and ssh may have one that knows no arrow.
    """
    if isinstance(stream, io.TextIOWrapper):
        stream.reconfigure(errors="autosync-plain")
    try:
        yield
        stream.flush()
    except BrokenPipeError:
        _silence(stream)
    except OSError as error:
        _silence(stream)
        raise OutputError(f"the output could not be written: {(error.strerror or str(error)).lower()}") from error


def let_readers_go() -> None:
    """For `inv` itself, which ends in a traceback when `head` has seen enough of its list, or over a foolish value.

    What it refuses before it has loaded any task is out of reach: `inv -T abc`.
    """
    told = sys.excepthook

    def tell(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if isinstance(error, BrokenPipeError):
            _silence(sys.stdout)
        elif _through_here(trace):
            told(kind, error, trace)
        else:
            sys.stderr.write(
                f"error: invoke: {error}\n  next: `inv --help` names its options; `autosync` has none of them\n"
            )

    def finish() -> None:
        try:
            sys.stdout.flush()
        except BrokenPipeError:
            _silence(sys.stdout)

    sys.excepthook = tell
    atexit.register(finish)


def _through_here(trace: TracebackType | None) -> bool:
    """Whether an error came through the package."""
    while trace is not None and not trace.tb_frame.f_globals.get("__name__", "").startswith("autosync_tasks."):
        trace = trace.tb_next
    return trace is not None


def _silence(stream: TextIO) -> None:
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, stream.fileno())
    os.close(null)


_PLAIN = {"→": "->", "…": "...", "─": "-", "━": "=", "╌": "-", "·": ".", "☐": "[ ]"}
_PLAIN |= {bar: str(height) for height, bar in enumerate("▁▂▃▄▅▆▇█", 1)}
"""What stands for this program's own signs where the locale has no letter for them."""


def _in_plain_letters(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    lost = error.object[error.start : error.end]
    plain = "".join(_PLAIN.get(sign) or sign.encode("ascii", "backslashreplace").decode("ascii") for sign in lost)
    return plain, error.end


codecs.register_error("autosync-plain", _in_plain_letters)


def ensure_streams() -> None:
    """Gives the process the standard streams that its caller closed, so that no other file gets their numbers."""
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # the lowest free number: this one
        if getattr(sys, name) is None:
            setattr(sys, name, open(number, "r" if number == 0 else "w", encoding="utf-8", closefd=False))  # noqa: SIM115
