"""The collection of all tasks, as the programs offer it. Only what a command line names is loaded."""

from __future__ import annotations

import importlib
from collections.abc import Iterable, Iterator, Sequence, Set
from typing import TYPE_CHECKING, Any

from autosync_tasks.cli.task import Plain
from autosync_tasks.errors import UsageError
from autosync_tasks.names import display
from autosync_tasks.report.words import Line

if TYPE_CHECKING:
    from invoke import Collection

ROOMS = {
    "sync": ("sync", "auto-sync-if-needed"),
    "look": ("detect", "validate", "verify", "status", "diff", "demo"),
    "policy": ("why", "enable", "disable", "show-config", "set-config", "history"),
    "restore": ("restore", "recover"),
    "bootstrap": ("bootstrap", "machines"),
    "profiles": ("profiles",),
    "accept": ("accept",),
    "upkeep": ("notify", "uninstall"),
    "triggers": (
        *("install-cron", "uninstall-cron", "install-timer", "uninstall-timer"),
        *("install-hook", "uninstall-hook", "watch", "doctor", "install-completion", "uninstall-completion"),
    ),
}
"""Module: its tasks (a test finds those that are missing here)."""
TASKS = {name: room for room, names in ROOMS.items() for name in names}


def collection(words: Sequence[str] = ()) -> Collection:
    """The tasks, as `inv` and `autosync` offer them.

    words: the command line. If every plain word in it is a task's name, only the modules of these tasks are loaded
    (a sync with nothing to do would else spend half of its time on what it never needs); else all.
    """
    plain = [word for word in words if not word.startswith("-")]
    flags = {word.partition("=")[0] for word in words if word.startswith("-")}
    lists = flags & {"--list", "-l", "--help", "-h"} or not all(word in TASKS for word in plain)
    needs_all = lists or not (plain or "--version" in flags or "-V" in flags)
    rooms = set(ROOMS) if needs_all else {TASKS[word] for word in plain}
    from invoke import Collection

    tasks = Collection()
    for item in all_tasks(rooms):
        tasks.add_task(item.made())
    return tasks


def all_tasks(rooms: Set[str] = ROOMS.keys()) -> Iterator[Plain]:
    """Every task of these rooms, as it is written."""
    return (_task(name) for name, room in TASKS.items() if room in rooms)


def task_named(name: str) -> Plain | None:
    """The task of that name, for which its room alone is loaded; None if there is none."""
    return _task(name) if name in TASKS else None


def _task(name: str) -> Plain:
    task: Plain = getattr(importlib.import_module(f"autosync_tasks.cli.{TASKS[name]}"), name.replace("-", "_"))
    return task


def help_lines(name: str = "", *, codes: bool = False) -> Iterator[Line]:
    """The page of all tasks, or of one. Raises UsageError for a name that is none."""
    from autosync_tasks.cli.help_page import page, task_page

    if not name:
        begin = ((task.name, (task.body.__doc__ or "").strip().partition("\n")[0]) for task in all_tasks())
        return page(begin, codes=codes)
    if found := task_named(name):
        return task_page(found)
    raise UsageError(f"there is no task {display(name)}", hint=meant(name) + "`inv help` names them all")


def meant(word: str, flags: Iterable[str] = ()) -> str:
    """`did you mean …? ` for a task or flag that is none; "" if nothing is near."""
    import difflib

    word = word.partition("=")[0]
    if not (near := _MEANT.get(word)):
        known = flags if word.startswith("-") else TASKS

        def likeness(one: str) -> tuple[bool, float, int]:
            """Swapped letters first; where two are alike, the one with more letters in their places."""
            ratio = difflib.SequenceMatcher(None, one, word).ratio()
            return sorted(one) == sorted(word), ratio, sum(map(str.__eq__, one, word))

        near = max(difflib.get_close_matches(word, known), key=likeness, default="")
    return f"did you mean `{near}`? " if near else ""


_MEANT = {
    "--dry-run": "--check",
    "-n": "--check",
    "backup": "sync",
    "log": "history",
    "init": "sync",
    "undo": "restore",
}
"""What others call it."""


def plain(words: Sequence[str]) -> tuple[Plain, dict[str, Any]] | None:
    """The task and what it is given, if a command line is one task with flags as the help shows them; else None.

    A test compares it with Invoke's own reading.
    """
    item = task_named(words[0]) if words else None
    values = item.values(words[1:]) if item else None
    return None if item is None or values is None else (item, values)
