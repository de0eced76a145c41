"""Lines of words with a style each: the same on a terminal, in a pipe and in a log."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from autosync_tasks.model import Outcome
from autosync_tasks.names import display
from autosync_tasks.records import dataclass, field

MOST = 20
"""Paths listed on the screen before the rest is counted; `--json` has them all."""

STYLE = {
    Outcome.OK: "green",
    Outcome.CHANGED: "yellow",
    Outcome.SKIPPED: "cyan",
    Outcome.DEFERRED: "cyan",
    Outcome.INCOMPLETE: "bold yellow",
    Outcome.BLOCKED: "bold red",
    Outcome.FAILED: "bold red",
}


@dataclass(frozen=True, slots=True)
class Part:
    """Some words in one style ("" for plain)."""

    text: str
    style: str = ""


Line = tuple[Part, ...]


def line(*parts: str | Part) -> Line:
    """A line from words and parts."""
    return tuple(part if isinstance(part, Part) else Part(part) for part in parts)


def runnable(words: str) -> str:
    """Advice in the way it can be followed: `inv` finds its tasks inside a checkout alone, `autosync` anywhere."""
    here = os.path.basename(sys.argv[0]) if sys.argv else ""
    return words if here in ("inv", "invoke") else _INV.sub("autosync ", words)


_INV = re.compile(r"\binv (?=[a-z])")


def of_next(words: str) -> Line:
    """What to do next."""
    return line(Part("  next: ", "bold"), runnable(words))


def of_note(words: str) -> Line:
    """What is worth knowing too."""
    return line(Part("  note  ", "cyan"), runnable(display(words, limit=1000)))


@dataclass
class Gathered:
    """What was shown meanwhile, so that the answers of several agents can be put in order and under their names.

    shown: lines, whether they are for standard error, and how urgent. documents: JSON ones.

    verdict: of a status, its level and why ("" for all else).
    """

    shown: list[tuple[list[Line], bool, int]] = field(default_factory=list)
    documents: list[Mapping[str, Any]] = field(default_factory=list)
    verdict: tuple[str, str] = ("", "")


_open: list[Gathered] = []


@contextmanager
def gathering() -> Iterator[Gathered]:
    """Within it nothing is written; what would be is in the object."""
    _open.append(found := Gathered())
    try:
        yield found
    finally:
        _open.pop()


def gathered() -> Gathered | None:
    """Where to put what is to be shown; None: onto the screen."""
    return _open[-1] if _open else None
