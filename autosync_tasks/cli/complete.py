"""What may come next on a command line: tasks, flags, and the values that are known (paths, settings, triggers)."""

from __future__ import annotations

import os
import shlex
from collections.abc import Iterable, Iterator

from autosync_tasks.cli.collection import TASKS, all_tasks, task_named
from autosync_tasks.cli.help_page import call_of
from autosync_tasks.cli.task import Plain
from autosync_tasks.config.load import load
from autosync_tasks.config.settings import TABLE, Type
from autosync_tasks.errors import AutosyncError
from autosync_tasks.model import Trigger
from autosync_tasks.profiles import names
from autosync_tasks.recovery.take_side import SIDES
from autosync_tasks.report import lines, screen
from autosync_tasks.triggers.completion import SHELLS

_VALUES = {
    "--trigger": tuple(Trigger),
    "--shell": tuple(SHELLS),
    "--take": tuple(SIDES),
    "--scope": ("global", "project"),
    "--every": ("15m", "30m", "1h", "2h", "1d"),
    "--since": ("1d", "7d", "30d", "yesterday"),
    "--at": ("yesterday", "7d", "30d"),
}
_OF_PROFILE = ("--profile", "--on", "--off")


def complete(text: str) -> int:
    """Writes what may follow a command line that ends at the cursor, one a line: `word<TAB>what it is`."""
    try:
        found = [*candidates(text)]
    except (AutosyncError, OSError, ValueError):  # no backup, a broken setting, an open quote: nothing to offer
        found = []
    screen.show(lines.plain(f"{word}\t{what}" for word, what in found if "\n" not in word))
    return 0


def candidates(text: str) -> Iterator[tuple[str, str]]:
    """Words that fit what is begun, each with what it is."""
    words = shlex.split(text)[1:]
    begun = "" if text[-1:].isspace() or not words else words.pop()
    task = task_named(next((word for word in reversed(words) if word in TASKS), ""))
    if task is None or words[:1] == ["help"]:
        about = {task.name: (task.body.__doc__ or "").strip().partition("\n")[0] for task in all_tasks()}
        yield from _fitting([*about.items(), ("help", "what one can do")], begun)
        return
    flag, equals, value = begun.partition("=")
    if equals and flag.startswith("--"):
        yield from ((f"{flag}={word}", what) for word, what in _fitting(_of_flag(flag), value))
    elif begun.startswith("-"):
        yield from _fitting(
            [(flag.partition(" ")[0], what) for flag, what in call_of(task)[1] if flag[0] == "-"], begun
        )
    elif words and (words[-1] in _VALUES or words[-1] in _OF_PROFILE):
        yield from _fitting(_of_flag(words[-1]), begun)
    else:
        yield from _of_task(task, begun)


def _fitting(known: Iterable[tuple[str, str]], begun: str) -> Iterator[tuple[str, str]]:
    return ((word, what) for word, what in known if word.startswith(begun))


def _of_flag(flag: str) -> Iterator[tuple[str, str]]:
    if flag in _OF_PROFILE:
        return ((name, "an agent") for name in names(load(os.environ).config_home))
    return ((str(value), "") for value in _VALUES.get(flag, ()))


def _of_task(task: Plain, begun: str) -> Iterator[tuple[str, str]]:
    if task.name == "set-config":
        key, equals, _ = begun.partition("=")
        if not equals:
            yield from _fitting(((f"{one.variable}=", one.help) for one in TABLE.values()), key.upper())
        elif (setting := TABLE.get(key.lower())) and setting.type is Type.BOOL:
            yield from _fitting(((f"{key}=true", ""), (f"{key}=false", "")), begun)
    elif task.name in ("restore", "why"):
        yield from _paths(begun)


def _paths(begun: str) -> Iterator[tuple[str, str]]:
    """What the backup holds, a folder at a time."""
    from autosync_tasks.workspace.workspace import open_site

    site = open_site(os.environ)
    folder = os.fsencode(begun[: begun.rfind("/") + 1])
    seen: set[bytes] = set()
    for path in site.repository.listing(site.repository.ref()):
        if path.startswith(folder) and not path.startswith(b".autosync"):
            name, slash, _ = path[len(folder) :].partition(b"/")
            seen.add(folder + name + slash)
    yield from _fitting(((os.fsdecode(path), "in the backup") for path in sorted(seen)), begun)
