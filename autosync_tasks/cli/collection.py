"""The collection of all tasks, as the programs offer it. Only what a command line names is loaded."""

from __future__ import annotations

import importlib
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from autosync_tasks.cli.task import Plain
from autosync_tasks.errors import UsageError
from autosync_tasks.names import display
from autosync_tasks.report.words import Line

if TYPE_CHECKING:
    from invoke import Collection

ROOMS = {
    "sync": ("SYNCS", ("sync", "auto-sync-if-needed")),
    "look": ("LOOKS", ("detect", "validate", "verify", "status", "diff", "demo")),
    "policy": ("POLICY", ("why", "enable", "disable", "show-config", "set-config", "history")),
    "restore": ("RESTORES", ("restore", "recover")),
    "bootstrap": ("BOOTSTRAPS", ("bootstrap", "machines")),
    "profiles": ("PROFILES", ("profiles",)),
    "accept": ("VALIDATION", ("accept",)),
    "upkeep": ("UPKEEP", ("notify", "uninstall")),
    "triggers": (
        "TRIGGERS",
        (
            *("install-cron", "uninstall-cron", "install-timer", "uninstall-timer"),
            *("install-hook", "uninstall-hook", "watch", "doctor", "install-completion", "uninstall-completion"),
        ),
    ),
}
"""Module: the name of its tuple of tasks, and what they are called (a test compares)."""


def collection(words: Sequence[str] = ()) -> Collection:
    """The tasks, as `inv` and `autosync` offer them.

    words: the command line. If every plain word in it is a task's name, only the modules of these tasks are loaded
    (a sync with nothing to do would else spend half of its time on what it never needs); else all.
    """
    known = {name: room for room, (_, names) in ROOMS.items() for name in names}
    plain = [word for word in words if not word.startswith("-")]
    flags = {word.partition("=")[0] for word in words if word.startswith("-")}
    lists = flags & {"--list", "-l", "--help", "-h"} or not all(word in known for word in plain)
    needs_all = lists or not (plain or "--version" in flags or "-V" in flags)
    rooms = set(ROOMS) if needs_all else {known[word] for word in plain}
    from invoke import Collection

    tasks = Collection()
    for room in ROOMS:
        if room in rooms:
            for item in tasks_of(room):
                tasks.add_task(item.made())
    return tasks


def tasks_of(room: str) -> tuple[Plain, ...]:
    """The tasks of a room, as they are written."""
    tasks: tuple[Plain, ...] = getattr(importlib.import_module(f"autosync_tasks.cli.{room}"), ROOMS[room][0])
    return tasks


def all_tasks() -> Iterator[Plain]:
    """Every task, as it is written."""
    return (task for room in ROOMS for task in tasks_of(room))


def task_named(name: str) -> Plain | None:
    """The task of that name, for which its room alone is loaded; None if there is none."""
    return next((tasks_of(room)[some.index(name)] for room, (_, some) in ROOMS.items() if name in some), None)


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
        known = list(flags) if word.startswith("-") else [name for _, names in ROOMS.values() for name in names]

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
