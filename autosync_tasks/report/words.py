"""Lines of words with a style each: the same on a terminal, in a pipe and in a log."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from autosync_tasks.config.load import VARIABLE
from autosync_tasks.model import Outcome
from autosync_tasks.names import display, typed
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


FILL = "fill"
"""The style of spaces that fill up a column: for eyes alone, programs that read lines need none."""

AS_IT_IS = Part("", "as it is")
"""In a line that a terminal must neither wrap nor shorten: a person's own contents."""


def in_a_log(words: str) -> Line:
    """The summary for programs and logs, at the end; a person at a terminal has read all of it already."""
    return (Part(words, "log"),)


def runnable(words: str) -> str:
    """Advice in the way it can be followed: as the program itself was called.

    `inv` finds its tasks inside a checkout alone, `autosync` anywhere; sync-config has flags for some tasks; what lies
    in no folder of PATH is named by its path.
    """
    return _INV.sub(_as_called, words) if "inv " in words else words


def _as_called(found: re.Match[str]) -> str:
    called = sys.argv[0] if sys.argv else ""
    name, flags, agent = os.path.basename(called), found["flags"], os.environ.get(VARIABLE)
    if agent and found["task"] not in OF_NO_AGENT and " --profile=" not in flags:
        flags = f" --profile={agent}{flags}"
    if name in ("inv", "invoke"):
        return f"inv {found['task']}{flags}"
    if name == "__main__.py":
        return f"{os.path.basename(sys.executable)} -m autosync_tasks {found['task']}{flags}"
    if name == "sync-config" and (flag := OF_SYNC_CONFIG.get(found["task"] + flags)) is not None:
        return f"{_where(called, name)} {flag}".rstrip()
    return f"{_where(called, 'autosync')} {found['task']}{flags}"


def _where(called: str, name: str) -> str:
    """A program of the folder that this one was called from: its name if PATH has it, else its path."""
    folder = os.path.dirname(called)
    if not folder or os.path.basename(called) not in ("autosync", "sync-config"):
        return name
    known = os.environ.get("PATH", os.defpath).split(os.pathsep)
    here = any(one and os.path.exists(os.path.join(one, name)) for one in known)
    return name if here else typed(os.path.join(folder, name))


_INV = re.compile(r"\binv (?P<task>[a-z][a-z-]*)(?P<flags>(?: --[a-z][a-z-]*(?:=[^\s`]+)?)*)")
OF_NO_AGENT = frozenset((
    "help", "demo", "profiles", "uninstall", "watch", "install-cron", "uninstall-cron", "install-timer",
    "uninstall-timer", "install-completion", "uninstall-completion",
))  # fmt: skip
"""Tasks that are of no agent or serve all: the others are named with the agent that a run is about, of several."""
OF_SYNC_CONFIG = {
    "sync": "",
    "sync --push": "--push",
    "sync --force": "--force",
    "sync --check": "--dry-run",
    "status": "--status",
    "history": "--auto-history",
    "history --stats": "--stats",
    "doctor": "--check",
    "enable": "--auto-enable",
    "disable": "--auto-disable",
    "show-config": "--show-config",
}
"""Tasks with their flags, and how the workflows' program says them; all else is said to `autosync` beside it."""


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
