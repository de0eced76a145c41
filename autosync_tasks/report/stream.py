"""The program's own streams: what happens when nobody listens, or when nothing can be written there."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TextIO

from autosync_tasks.errors import OutputError


@contextmanager
def writing(stream: TextIO) -> Iterator[None]:
    """Around what writes to a stream, and flushes it. A reader that went away (`head`, a pager) is no fault.

    Raises OutputError if the system refuses the text, for example on a full disk. The stream is quiet afterwards, so
    that Python does not complain once more at its exit.
    """
    try:
        yield
        stream.flush()
    except BrokenPipeError:
        _silence(stream)
    except OSError as error:
        _silence(stream)
        raise OutputError(f"the output could not be written: {(error.strerror or str(error)).lower()}") from error


def _silence(stream: TextIO) -> None:
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, stream.fileno())
    os.close(null)


def ensure_streams() -> None:
    """Gives the process the standard streams that its caller closed, so that no other file gets their numbers."""
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # the lowest free number: this one
        if getattr(sys, name) is None:
            setattr(sys, name, open(number, "r" if number == 0 else "w", encoding="utf-8", closefd=False))  # noqa: SIM115
