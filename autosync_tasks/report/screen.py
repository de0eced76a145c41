"""Puts lines on a screen: with colour through rich on a terminal, as plain text everywhere else.

The only user of rich. It is loaded only for a terminal (56 ms that a scheduled run need not pay).
"""

from __future__ import annotations

import os
import re
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import TYPE_CHECKING, Any, ClassVar, TextIO

from autosync_tasks.names import redaction
from autosync_tasks.report.stream import writing
from autosync_tasks.report.words import AS_IT_IS, FILL, Line, Part, gathered, runnable

if TYPE_CHECKING:
    import threading

    from rich.console import Console
    from rich.text import Text


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
            _show_on_terminal(stream, lines)
        else:
            mark = _mark(stream, urgency)
            for line in lines:
                words = "".join(part.text for part in line if part.style != FILL)
                stream.write(mark + redaction().clean_text(words).rstrip() + "\n")


def _show_on_terminal(stream: TextIO, lines: Iterable[Line]) -> None:
    console, blank = console_for(stream), False
    with Progress.turn:
        Progress.wipe()
        for line in lines:
            if any(part.style == "log" for part in line):
                continue
            if blank:
                console.print()
            if not (blank := not any(part.text for part in line)):  # one at the end parts nothing from nothing
                _put(console, line)


def _mark(stream: TextIO, urgency: int) -> str:
    if not os.environ.get("JOURNAL_STREAM"):
        return ""
    from autosync_tasks.report import log

    return log.prefix(stream, urgency)


def ask(question: str) -> str:
    """Asks on the terminal and returns the answer ("" if there is none)."""
    with Progress.turn:
        Progress.wipe()
        sys.stderr.write(question)
        sys.stderr.flush()
        return sys.stdin.readline()


def says_yes(question: str) -> bool:
    """Whether the answer is yes."""
    return ask(question).strip().lower() in ("y", "yes")


def _put(console: Console, line: Line) -> None:
    """One line as this terminal shows it: home as `~`, long paths shortened, the rest below its beginning."""
    if AS_IT_IS in line:
        console.print(_text(line), soft_wrap=True)
        return
    width = console.width
    if width < _NARROW:
        line = _without_columns(line, width // 3)
    begin = _BEGIN.match("".join(part.text for part in line))
    indent = begin.end() if begin and begin.end() else 2
    if indent > width * 3 // 5:  # a column that leaves no room beside it
        indent = 4
    text = _text(tuple(Part(_shortened(part.text, max(width - indent, 10)), part.style) for part in line))
    if text.cell_len <= width:
        console.print(text, soft_wrap=True)
        return
    longest = max(map(len, text.plain[indent:].split()), default=0)
    if longest > width - indent:  # a word, rather a path or a command, breaks only where no line can hold it
        indent = max(2, width - longest) if longest < width - 1 else 2
    room = max(width - indent, 10)
    head, body = text.divide([indent])
    for number, row in enumerate(body.wrap(console, room)):
        row.rstrip()
        console.print((head if not number else _text((Part(" " * indent),))) + row, soft_wrap=True)


_BEGIN = re.compile(r" *(?:[^\w\s`'\"(\[/] |next: |note  |\d+  |(?:\S+(?: \S+)?  +){1,3})?")
"""What stands before a line's words: they go on below their own beginning, not below it."""
_FILL = re.compile(r"(?<=\S) {3,}")
_NARROW = 60
"""Columns below which nothing is aligned far from the left: there is no room for it."""


def _without_columns(line: Line, most: int) -> Line:
    """The line without the spaces that fill up a column which ends beyond `most`."""
    kept, column = [], 0
    for part in line:
        if part.style == FILL and column + len(part.text) > most:
            continue
        words, last = "", 0
        for fill in _FILL.finditer(part.text):
            words += part.text[last : fill.start()] + ("  " if column + fill.end() > most else fill[0])
            last = fill.end()
        kept.append(Part(words + part.text[last:], part.style))
        column += len(part.text)
    return tuple(kept)


def _shortened(text: str, room: int) -> str:
    """Home as `~`; a path that no line can hold, shortened in the middle. Not in commands, which are to be copied."""
    home = os.environ.get("HOME", "").rstrip("/")
    if home and home in text:
        text = re.sub(rf"(?<![^\s`(]){re.escape(home)}(?=[/\s`',;:)]|$)", "~", text)
    if len(text) <= room or "`" in text:
        return text
    return _WORD.sub(lambda found: _path(found[0], room), text)


_WORD = re.compile(r"[^\s]*/[^\s]+")


def _path(path: str, room: int) -> str:
    parts = path.split("/")
    while len("/".join(parts)) > room and len(parts) > 3:
        middle = len(parts) // 2
        parts[middle - 1 : middle + 1] = ["…"] if "…" not in parts else []
        if "…" not in parts:
            parts.insert(middle - 1, "…")
    return "/".join(parts)


def _text(line: Line) -> Text:
    from rich.text import Text

    text = Text()
    for part in line:
        text.append(
            redaction().clean_text(part.text), style=None if part.style in ("", FILL, AS_IT_IS.style) else part.style
        )
    return text


def console_for(stream: TextIO) -> Console:
    """A rich console on a stream."""
    from rich.console import Console

    colours: dict[str, Any] = {"color_system": None} if os.environ.get("NO_COLOR") else {}
    return Console(file=stream, highlight=False, markup=False, emoji=False, **colours)


def be_plain() -> None:
    """From now on words as in a log, on a terminal too."""
    os.environ["TERM"] = "dumb"


def _is_terminal(stream: TextIO) -> bool:
    return stream.isatty() and os.environ.get("TERM") != "dumb"


_NOTHING = "nothing was written: source and backup are as they were"


class Progress:
    """A line with what is being done and how far it is, from a tenth of a second on; only on a terminal."""

    turn: ClassVar[AbstractContextManager[Any]] = nullcontext()
    """Held by who writes to the terminal, so that no line is torn and no question is wiped away."""
    _shown: ClassVar[bool] = False

    def __init__(self, what: str = "looking at the tree", left: str = _NOTHING) -> None:
        """left: what Ctrl-C leaves, in whatever step; if it is not given, a step may say so of its own (`_LEFT`)."""
        _doing[:] = [what, left]
        self._says = what
        self._over: threading.Event | None = None
        if not _is_terminal(sys.stderr):
            return
        import threading

        Progress.turn, self._began = threading.RLock(), time.monotonic()
        self._go_on()

    def _go_on(self) -> None:
        import threading

        self._over = threading.Event()
        self._thread = threading.Thread(target=self._show, args=(self._over,), daemon=True)
        self._thread.start()

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Without its thread, around a fork: that copies no thread, and what one holds stays locked in the copy."""
        if (over := self._over) is not None:
            over.set()
            self._thread.join()
        try:
            yield
        finally:
            if over is not None:
                self._go_on()

    def __call__(self, what: str, done: int, total: int) -> None:
        """what: the work; done, total: pieces (total 0: nothing to count)."""
        _doing[:1] = [what]
        bar = ""
        if total > 1:
            filled = _BAR * min(done, total) // total
            bar = f" {'━' * filled}{'╌' * (_BAR - filled)} {done:,} of {total:,}"
        self._says = what + bar

    def _show(self, over: threading.Event) -> None:
        import shutil

        while not over.wait(0.1):
            seconds = time.monotonic() - self._began
            width = max(shutil.get_terminal_size().columns - 1, 20)
            words = f"  {self._says}" + (f"  {seconds:.0f} s" if seconds >= 2 else "")
            with Progress.turn:
                if not over.is_set():
                    sys.stderr.write(f"\r\x1b[K{words[:width]}")
                    sys.stderr.flush()
                    Progress._shown = True

    def __enter__(self) -> Progress:
        return self

    def __exit__(self, *_: object) -> None:
        self.clear()

    def clear(self) -> None:
        """Ends it, and removes the line. What Ctrl-C broke off is remembered: `interrupted` tells it."""
        if not isinstance(sys.exception(), KeyboardInterrupt):
            _doing.clear()
        if self._over is not None:
            self._over.set()
            self._thread.join()
            self._over = None
        self.wipe()

    @classmethod
    def wipe(cls) -> None:
        """Removes the line, if it stands there."""
        if cls._shown:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()
            cls._shown = False


_BAR = 24
_doing: list[str] = []
"""What the progress of this process named last, and what is left of it in general."""

_LEFT = {
    "storing": "a commit shows whole or not at all; `inv status` says which",
    "pushing": "the sync itself is done and in the backup; the next one pushes it",
    "restoring": "each file is whole, old or new; `inv restore` again goes on, `inv restore --undo` goes back",
}


def interrupted() -> None:
    """Says what Ctrl-C left: what was and what was not done."""
    if _doing:
        doing, otherwise = _doing
        left = _LEFT.get(doing.partition(" ")[0], otherwise) if otherwise is _NOTHING else otherwise
        show([(Part("interrupted", "bold yellow"), Part(f" while {doing}: {runnable(left)}"))], error=True)
