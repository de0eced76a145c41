"""The page that `autosync`, `autosync help` and `inv` show: what one can do, by what one wants."""

from __future__ import annotations

import inspect
import textwrap
from collections.abc import Iterable, Iterator

from autosync_tasks.cli.task import Plain
from autosync_tasks.errors import EXIT_CODES
from autosync_tasks.report.words import Line, Part, line, runnable

GROUPS: dict[str, dict[str, str]] = {
    "everyday": {
        "status": "is my config tree protected, and what is pending?",
        "sync": "bring the backup up to date (--check: only look)",
        "restore": "bring back files or all of it (--at 3d, --undo)",
    },
    "look": {
        "detect": "what differs from the backup",
        "diff": "its contents, line by line",
        "validate": "secrets and broken configuration",
        "verify": "prove that the backup holds the tree (--deep, --drill)",
        "why": "why a path goes into the backup, or waits",
        "history": "what happened, day by day",
        "machines": "every machine that backs up to the same remote",
        "doctor": "what would fail when nobody watches",
        "demo": "see it work on a tree of its own",
    },
    "get back": {
        "bootstrap": "from a remote to a working tree, on a new machine",
        "recover": "mend what a crash or a conflict left, after showing how",
    },
    "unattended": {
        "install-hook": "whenever the agent goes idle (recommended)",
        "install-cron": "by cron, hourly or as you say",
        "install-timer": "by systemd",
        "watch": "in the foreground, as files change",
        "auto-sync-if-needed": "what an agent's workflow calls",
        "notify": "who is told when a person must act (--test tries it)",
        "uninstall-hook": "take it away again; also uninstall-cron, uninstall-timer",
    },
    "settings": {
        "show-config": "every setting, and where it comes from",
        "set-config": "change some: set-config MAX_SYNC_FREQUENCY=10m",
        "profiles": "the agents on this machine (--on backs one up)",
        "enable": "let syncs come by themselves; `disable` stops them",
        "accept": "this finding is no fault, and why",
        "install-completion": "let your shell complete tasks, flags and paths",
        "uninstall": "take triggers, hooks and state off; says what it leaves",
    },
}
"""Group: task: what it is for, in a line."""

_SAID_ELSEWHERE = frozenset({"uninstall-cron", "uninstall-timer", "disable", "uninstall-completion", "help"})


def page(tasks: Iterable[tuple[str, str]], *, codes: bool) -> Iterator[Line]:
    """The page. tasks: every task's name and what its own help begins with. codes: the exit codes too."""
    offered = dict(tasks)
    told = {name for group in GROUPS.values() for name in group} | _SAID_ELSEWHERE
    groups = {**GROUPS, "more": {name: words for name, words in offered.items() if name not in told}}
    yield line(Part("autosync", "bold"), " keeps a git backup of your agent's config tree current")
    yield line()
    for title, rows in groups.items():
        if known := [(name, words) for name, words in rows.items() if name in offered]:
            yield line(Part(title, "bold"))
            yield from (line("  ", Part(f"{name:<21}", "cyan"), words) for name, words in known)
            yield line()
    words = "`inv help TASK` explains one; `inv help` adds the exit codes" if not codes else ""
    if codes:
        yield line(Part("exit codes", "bold"))
        yield from (line(f"  {code:>3}  {meant}") for code, meant in EXIT_CODES.items())
        yield line()
        words = "`inv help TASK` explains one. Before a task: --dry (look and decide, write nothing), --plain"
        words += " (words as in a log), --version, --list"
    yield line(Part(runnable(words), "dim"))


def task_page(task: Plain) -> Iterator[Line]:
    """What a task is for, how it is called and what its flags do."""
    usage, flags = call_of(task)
    yield line(Part(runnable(f"inv {task.name}"), "bold"), usage)
    yield line()
    for words in textwrap.dedent("    " + (task.body.__doc__ or "").strip()).split("\n\n"):
        yield line(runnable(" ".join(words.split())))
        yield line()
    width = min(max((len(flag) for flag, _ in flags), default=0), 26)
    yield from (line("  ", Part(f"{flag:<{width}}  ", "cyan"), runnable(words)) for flag, words in flags)


def call_of(task: Plain) -> tuple[str, list[tuple[str, str]]]:
    """What follows a task's name, and each flag as it is written, with its help."""
    positional = task.options.get("positional") or ()
    usage = "".join(f" {name.upper()}" for name in positional) + f" [{task.words.upper()} …]" * bool(task.words)
    flags = []
    own = {name: one.default for name, one in list(inspect.signature(task.body).parameters.items())[1:]}
    for name, default in (own | task.flags).items():
        if name not in (*positional, task.words):
            switch = default is False
            shown = "--" + name.replace("_", "-") + ("" if switch else f" {name.rpartition('_')[2].upper()}")
            flags.append((shown, task.options.get("help", {}).get(name.replace("_", "-"), "")))
        else:
            flags.append((name.upper(), task.options["help"][name]))
    return f"{usage} [--flags]" if flags else usage, flags
