"""What Invoke's own program lacks inside a checkout: a page of the tasks, and the nearest name to a wrong one."""

from __future__ import annotations

import atexit
import sys
from collections.abc import Iterable

import invoke

from autosync_tasks.cli.boundary import bounded
from autosync_tasks.cli.collection import TASKS, help_lines, meant, task_named
from autosync_tasks.cli.help_page import call_of
from autosync_tasks.cli.positional import with_words
from autosync_tasks.report import screen
from autosync_tasks.report.words import of_next


def _help(context: invoke.Context, name: Iterable[str] = ()) -> int:
    """The tasks by what one wants; `inv help TASK` explains one."""
    screen.show(help_lines(next(iter(name), ""), codes=True))
    return 0


help_task = invoke.task(name="help", help={"name": "a task"}, auto_shortflags=False, **with_words("name"))(
    bounded(_help)
)


def tell_what_was_meant() -> None:
    """Has the nearest task or flag named below Invoke's own refusal of a word."""
    known = {*TASKS, "help"}
    words = [word for word in sys.argv[1:] if word != "-"]
    strange = next((word for word in words[:1] if not word.startswith("-") and word not in known), "")
    program = invoke.Program()
    own = {f"--{name}" for one in (*program.core_args(), *program.task_args()) for name in one.names}
    named = filter(None, map(task_named, known.intersection(words)))
    flags = {flag.partition(" ")[0] for task in named for flag, _ in call_of(task)[1]}
    wrong = (word for word in words if word.startswith("--") and word.partition("=")[0] not in {*flags, *own, "--"})
    strange = strange or next(wrong, "")
    if strange and (hint := meant(strange, flags)):
        atexit.register(lambda: screen.show([of_next(f"{hint}`inv help` names the tasks")], error=True))
