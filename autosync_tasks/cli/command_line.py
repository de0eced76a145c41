"""Invoke's program with the flags that mean something here, words for a wrong command line, and a short help."""

from __future__ import annotations

import re
import sys
from typing import NoReturn

from invoke import Argument, Collection, Config, Exit, ParseError, Program
from invoke.completion.complete import complete, print_completion_script

from autosync_tasks import __version__
from autosync_tasks.cli.collection import help_lines, meant
from autosync_tasks.names import display
from autosync_tasks.report import screen
from autosync_tasks.report.words import runnable

_FLAGS = {
    "complete": "",
    "print-completion-script": "",
    "dry": "look and decide, write nothing (as --check of each task)",
    "help": "this page, or what a task is for and which flags it has",
    "list": "only the tasks",
    "plain": "words as in a log, on a terminal too",
    "version": "the version",
}
"""Those of Invoke's own flags that mean something here, with their help ("": not shown).

The others are about shell commands and settings files of Invoke, and no task has any.
"""


class _NoFiles(Config):
    """Invoke's own settings, from nowhere: no file in the current folder or at home changes a run."""

    prefix = "autosync-invoke"

    def _load_file(self, prefix: str, absolute: bool = False, merge: bool = True) -> None:  # noqa: ARG002
        """Finds none: a broken one, or a folder in its place, would end every task."""
        self._set(f"_{prefix}_found", False)


class CommandLine(Program):
    """Wrong usage ends with exit code 2 and says what to do."""

    def __init__(self, name: str, tasks: Collection) -> None:
        """tasks: what can be named; only they are loaded."""
        super().__init__(name=name, binary=name, version=__version__, namespace=tasks, config_class=_NoFiles)

    def core_args(self) -> list[Argument]:
        """The flags before a task's name."""
        kept = [argument for argument in super().core_args() if argument.name in _FLAGS]
        kept.append(Argument(name="plain", kind=bool, default=False))
        for argument in kept:
            argument.help = _FLAGS[str(argument.name)]
        return kept

    def parse_core(self, argv: list[str] | None) -> None:
        """Reads the flags before the first task's name."""
        sys.dont_write_bytecode = True  # nothing is written where the program lies
        self.normalize_argv(argv)
        try:
            self.parse_core_args()
            if shell := self.args["print-completion-script"].value:
                print_completion_script(shell=shell, names=self.binary_names)
                raise Exit
        except ParseError as error:
            self._refuse(error)
        if self.args.plain.value:
            screen.be_plain()
        if self.args.version.value:
            self.print_version()
            raise Exit

    def parse_tasks(self) -> None:
        """Reads the tasks and their flags."""
        try:
            super().parse_tasks()
        except ParseError as error:
            self._refuse(error)

    def parse_cleanup(self) -> None:
        """Does what is no task: help, list, completion."""
        asked = self.args.help.value
        if isinstance(asked, str):
            if asked not in self.parser.contexts:
                self._refuse(ParseError(f"No idea what {asked!r} is!"))
            self.print_task_help(asked)
        elif self.args.list.value:
            self.list_tasks()
        elif self.args.complete.value:
            complete(self.binary_names, self.core, self.initial_context, self.collection, self._make_parser())
        elif asked or not self.tasks:
            self.print_help()
        else:
            return
        raise Exit

    def print_help(self) -> None:
        """The tasks by what one wants, and what the exit codes mean if help was asked for."""
        screen.show(help_lines(codes=bool(self.args.help.value)))

    def print_task_help(self, name: str) -> None:
        """What a task is for and which flags it has."""
        screen.show(help_lines(name))

    def update_config(self, merge: bool = True) -> None:
        """Takes over `--dry`, the only flag that tasks look at. No file is read."""
        self.config.load_overrides({"run": {"dry": bool(self.args.dry.value)}}, merge=merge)

    def _refuse(self, error: ParseError) -> NoReturn:
        words = re.sub(r"<Argument: ([\w-]+)[^>]*>", r"--\1", str(error))
        unknown = re.match(r"No idea what ('.*'|\".*\") is!", words)
        flags = list(getattr(error.context, "flags", ())) or list(self.initial_context.flags)
        hint = meant(unknown[1][1:-1], flags) if unknown else ""
        task = getattr(error.context, "name", "")
        ways = f"`inv help {task}` explains it" if task else "`inv help` names the tasks, `inv help TASK` explains one"
        hint += runnable(ways)
        raise Exit(f"error: {display(words)}\n  next: {hint}", 2)
