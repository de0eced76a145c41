"""Writes docs/autosync.1, the man page, anew from the tasks' own help texts: `python tools/man_page.py`.

pip puts it where `man autosync` finds it (`share/man/man1` of the environment; pipx links it into yours).
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator
from pathlib import Path

from autosync_tasks import __version__
from autosync_tasks.cli.collection import all_tasks, task_named
from autosync_tasks.cli.help_page import GROUPS, call_of
from autosync_tasks.cli.task import Plain
from autosync_tasks.config.settings import TABLE
from autosync_tasks.errors import EXIT_CODES

PAGE = Path(__file__).parents[1] / "docs/autosync.1"

_ABOUT = """\
autosync keeps a git backup of the config tree of an AI coding agent current, with nobody watching. It notices
structural changes, decides by priority whether they deserve a sync now, validates them (a secret or a broken
configuration blocks), commits exactly those bytes, proves that the backup holds them, pushes only if told to, and
restores. Each task looks first, acts only where state and wish differ, and says why; a second run changes nothing."""

_FILES = (
    ("~/.config/autosync-tasks/config.toml", "the settings; AUTOSYNC_CONFIG names another file"),
    ("~/.local/share/autosync-tasks/backup", "the backup, an ordinary git repository"),
    ("~/.local/state/autosync-tasks", "lock, caches, history and log; what it loses is found anew"),
)


def page() -> str:
    """The page as it should be."""
    return "\n".join(line for line in _lines() if line) + "\n"


def _lines() -> Iterator[str]:
    yield '.\\" Made by tools/man_page.py from the help texts; edits here are lost.'
    yield f'.TH AUTOSYNC 1 "" "autosync-tasks {__version__}" "User Commands"'
    yield from (".SH NAME", r"autosync \- keeps a git backup of your agent's config tree current")
    yield from (".SH SYNOPSIS", ".B autosync", r"[\-\-dry] [\-\-plain] \fITASK\fR [\fIFLAGS\fR] [\fITASK\fR ...]")
    yield from (".br", ".B autosync", r"help [\fITASK\fR]")
    yield from (".SH DESCRIPTION", _said(_ABOUT))
    yield from (".TP", r"\fB\-\-dry\fR", "Look and decide, write nothing, as \\-\\-check of each task.")
    yield from (".TP", r"\fB\-\-plain\fR", "Words as in a log, on a terminal too.")
    yield ".SH TASKS"
    grouped = {name for group in GROUPS.values() for name in group}
    rest = {"more": [task.name for task in all_tasks() if task.name not in grouped]}
    for title, names in ({title: list(group) for title, group in GROUPS.items()} | rest).items():
        yield f".SS {title.capitalize()}"
        for name in names:
            if task := task_named(name):
                yield from _task(task)
    yield from (".SH EXIT STATUS", *_table((str(code), words) for code, words in EXIT_CODES.items()))
    yield ".SH ENVIRONMENT"
    yield _said("Each setting has a variable of its own name, which goes before the file:")
    yield from _table((setting.variable, setting.help) for setting in TABLE.values())
    yield from (".SH FILES", *_table(iter(_FILES)))
    yield from (".SH SEE ALSO", ".BR git (1),", ".BR crontab (1),", ".BR systemd.timer (5)")


def _task(task: Plain) -> Iterator[str]:
    usage, flags = call_of(task)
    yield from (".TP", rf"\fB{_said(task.name)}\fR{_said(usage.replace('…', '...'))}")
    for number, words in enumerate(textwrap.dedent("    " + (task.body.__doc__ or "").strip()).split("\n\n")):
        yield from ([".sp"] if number else []) + [_said(" ".join(words.split()))]
    yield ".RS"
    yield from _table(flags)
    yield ".RE"


def _table(rows: Iterator[tuple[str, str]] | list[tuple[str, str]]) -> Iterator[str]:
    for name, words in rows:
        yield from (".TP", rf"\fB{_said(name)}\fR", _said(words))


def _said(words: str) -> str:
    """Words as roff takes them: as the program is called, nothing in them a request, code in bold."""
    words = re.sub(r"`inv ([^`]+)`", r"`autosync \1`", words).replace("\\", r"\e").replace("-", r"\-")
    words = words.replace("→", "->").replace("…", "...")
    words = re.sub(r"`([^`]*)`", r"\\fB\1\\fR", words)
    return re.sub(r"^(?=[.'])", r"\\&", words, flags=re.MULTILINE)


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
