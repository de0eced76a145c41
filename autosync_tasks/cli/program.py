"""The console programs: the collection as `autosync`, for cron and for use from any folder, and as `sync-config`."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from autosync_tasks.cli.lazy_invoke import load_invoke
from autosync_tasks.names import WAITS
from autosync_tasks.report.stream import ensure_streams, writing

if TYPE_CHECKING:
    from autosync_tasks.cli.command_line import CommandLine


def autosync(argv: list[str] | None = None) -> None:
    """Runs tasks by name: `autosync sync --trigger=schedule`. Exit codes: docs/exit-codes.md."""
    with _ready():
        words = (sys.argv if argv is None else argv)[1:]
        if words[:1] == ["help"]:
            argv = [sys.argv[0], *(words := ["--help", *words[1:]])]
        _forget_current_folder()
        if os.environ.pop(WAITS, ""):
            _wait()
        if words[:1] == ["--complete"]:
            from autosync_tasks.cli.complete import complete

            sys.exit(complete(" ".join(words[1:])))
        _run("autosync", words)


def sync_config(argv: list[str] | None = None) -> None:
    """The one command that workflows call: `sync-config --auto` and so on, each flag in terms of a task."""
    with _ready():
        from autosync_tasks.cli.boundary import told
        from autosync_tasks.cli.sync_config import translate
        from autosync_tasks.errors import AutosyncError

        try:
            words = translate((sys.argv if argv is None else argv)[1:])
        except AutosyncError as error:
            sys.exit(told(error, as_json=False))
        _forget_current_folder()
        _run("sync-config", words)


def _run(name: str, words: list[str]) -> None:
    """Runs the task that the words name: a plain line at once, any other through Invoke."""
    from autosync_tasks.cli.collection import plain

    if found := plain(words):
        from autosync_tasks.cli.boundary import code_of

        sys.dont_write_bytecode = True  # as Invoke's way: nothing is written where the program lies
        sys.exit(code_of(found[0].run, None, **found[1]))
    _program(name, words).run([name, *words])


@contextmanager
def _ready() -> Iterator[None]:
    """Around a program: its streams are there, what it wrote is out when it ends, and Ctrl-C ends it quietly."""
    from autosync_tasks.errors import OutputError

    ensure_streams()
    code: str | int | None = 0
    try:
        with writing(sys.stdout):
            try:
                yield
            except SystemExit as end:
                code = end.code
    except KeyboardInterrupt:
        code = 130
    except OutputError as error:
        from autosync_tasks.cli.boundary import told

        code = told(error, as_json=False)
    sys.exit(code)


def _wait() -> None:
    from autosync_tasks.cli.stamp import stamp

    before = stamp()
    from autosync_tasks.cli.ahead import wait

    wait(before)


def _forget_current_folder() -> None:
    if sys.path and sys.path[0] in ("", os.getcwd()):
        del sys.path[0]  # a `git.py` in the current folder must not be what is imported


def _program(name: str, words: Sequence[str]) -> CommandLine:
    load_invoke()
    from autosync_tasks.cli.collection import collection
    from autosync_tasks.cli.command_line import CommandLine

    return CommandLine(name, collection(words))
