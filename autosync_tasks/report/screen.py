"""Puts lines on a screen: with colour through rich on a terminal, as plain text everywhere else.

The only user of rich. It is loaded only for a terminal (56 ms that a scheduled run need not pay).
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING, TextIO

from autosync_tasks.names import redaction
from autosync_tasks.report.stream import writing
from autosync_tasks.report.words import Line, Part, gathered

if TYPE_CHECKING:
    from rich.console import Console


def show(lines: Iterable[Line], *, error: bool = False, urgency: int = 6) -> None:
    """Writes lines to standard output (or standard error). urgency: as in `log`. Raises OutputError."""
    if (kept := gathered()) is not None:
        clean = redaction().clean_text  # now: what is secret is known only as long as the run lasts
        made = [tuple(Part(clean(part.text), part.style) for part in line) for line in lines]
        kept.shown.append((made, error, urgency))
        return
    stream = sys.stderr if error else sys.stdout
    with writing(stream):
        if _is_terminal(stream):
            console = console_for(stream)
            for line in lines:
                console.print(_text(line), soft_wrap=True)
        else:
            mark = _mark(stream, urgency)
            for line in lines:
                stream.write(mark + redaction().clean_text("".join(part.text for part in line)).rstrip() + "\n")


def _mark(stream: TextIO, urgency: int) -> str:
    if not os.environ.get("JOURNAL_STREAM"):
        return ""
    from autosync_tasks.report import log

    return log.prefix(stream, urgency)


def ask(question: str) -> str:
    """Asks on the terminal and returns the answer ("" if there is none)."""
    sys.stderr.write(question)
    sys.stderr.flush()
    return sys.stdin.readline()


def _text(line: Line) -> object:
    from rich.text import Text

    text = Text()
    for part in line:
        text.append(redaction().clean_text(part.text), style=part.style or None)
    return text


def console_for(stream: TextIO) -> Console:
    """A rich console on a stream."""
    from rich.console import Console

    return Console(file=stream, highlight=False, markup=False, emoji=False)


def _is_terminal(stream: TextIO) -> bool:
    return stream.isatty() and os.environ.get("TERM") != "dumb" and not os.environ.get("NO_COLOR")


class Progress:
    """A line that says how far a long piece of work is; only on a terminal, and gone afterwards."""

    def __init__(self) -> None:
        self._on = _is_terminal(sys.stderr)
        self._shown = False

    def __call__(self, what: str, done: int, total: int) -> None:
        """what: the work; done, total: pieces. Small work shows nothing."""
        if self._on and total >= 500:
            width = 30
            filled = width * done // total
            bar = "━" * filled + "╌" * (width - filled)
            sys.stderr.write(f"\r\x1b[K  {what} {bar} {done:,} of {total:,}")
            sys.stderr.flush()
            self._shown = True

    def clear(self) -> None:
        """Removes the line."""
        if self._shown:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()
            self._shown = False
