"""The console programs: the collection as `autosync`, for cron and for use from any folder."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from autosync_tasks import __version__
from autosync_tasks.cli.lazy_invoke import load_invoke
from autosync_tasks.report.stream import ensure_streams

if TYPE_CHECKING:
    from invoke import Program


def autosync(argv: list[str] | None = None) -> None:
    """Runs tasks by name: `autosync sync --trigger=schedule`. Exit codes: docs/exit-codes.md."""
    with _ready():
        _program("autosync", (sys.argv if argv is None else argv)[1:]).run(argv)


def sync_config(argv: list[str] | None = None) -> None:
    """The one command that workflows call: `sync-config --auto` and so on, each flag in terms of a task."""
    with _ready():
        load_invoke()
        from autosync_tasks.cli.boundary import told
        from autosync_tasks.cli.sync_config import translate
        from autosync_tasks.errors import AutosyncError

        try:
            words = translate((sys.argv if argv is None else argv)[1:])
        except AutosyncError as error:
            sys.exit(told(error, as_json=False))
        _program("sync-config", words).run(["sync-config", *words])


@contextmanager
def _ready() -> Iterator[None]:
    """Around a program: its streams are there, and Ctrl-C while it is still being loaded ends it quietly too."""
    ensure_streams()
    try:
        yield
    except KeyboardInterrupt:
        sys.exit(130)


def _program(name: str, words: Sequence[str]) -> Program:
    if sys.path and sys.path[0] in ("", os.getcwd()):
        del sys.path[0]  # a `git.py` in the current folder must not be what is imported
    load_invoke()
    from invoke import Config, Exit, ParseError, Program

    from autosync_tasks.cli.collection import collection

    class Settings(Config):
        """Invoke's own settings, from nowhere: no file in the current folder or at home changes a run."""

        prefix = "autosync-invoke"

    class Strict(Program):
        """Wrong usage ends with exit code 2 and says what to do."""

        def parse_core(self, argv: list[str] | None) -> None:
            try:
                super().parse_core(argv)
            except ParseError as error:
                raise self._usage(error) from None

        def parse_tasks(self) -> None:
            try:
                super().parse_tasks()
            except ParseError as error:
                raise self._usage(error) from None

        def _usage(self, error: ParseError) -> Exit:
            return Exit(f"error: {error}\n  next: `{name} --list` names the tasks, `--help TASK` explains one", 2)

    return Strict(name=name, binary=name, version=__version__, namespace=collection(words), config_class=Settings)
