"""The console programs: the collection as `autosync`, for cron and for use from any folder, and as `sync-config`.

A sync with nothing to do mostly ends here, before anything else is loaded (`sync/still.py`).
"""

from __future__ import annotations

import gc
import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import NoReturn

    from autosync_tasks.cli.command_line import CommandLine

_FLAGS = {
    (): "sync --trigger=manual",
    ("--auto",): "sync --trigger=workflow",
    ("--check-and-sync",): "sync --trigger=schedule",
}
"""What `sync-config` is mostly called with, in terms of a task (a test compares with `translate`)."""


def autosync(argv: list[str] | None = None) -> None:
    """Runs tasks by name: `autosync sync --trigger=schedule`. Exit codes: docs/exit-codes.md."""
    _forget_current_folder()
    words = (sys.argv if argv is None else argv)[1:]
    _answered(words, alone=argv is None)
    _ready(lambda: _of_words(words), alone=argv is None)


def sync_config(argv: list[str] | None = None) -> None:
    """The one command that workflows call: `sync-config --auto` and so on, each flag in terms of a task."""
    _forget_current_folder()
    flags = (sys.argv if argv is None else argv)[1:]
    _answered(_FLAGS.get(tuple(flags), "").split(), alone=argv is None)

    def of_flags() -> None:
        from autosync_tasks.cli.boundary import told
        from autosync_tasks.cli.sync_config import translate
        from autosync_tasks.errors import AutosyncError

        try:
            words = translate(flags)
        except AutosyncError as error:
            sys.exit(told(error, as_json=False))
        _run("sync-config", words)

    _ready(of_flags, alone=argv is None)


def _answered(words: Sequence[str], *, alone: bool) -> None:
    """Ends the program if it is a sync with nothing to do. alone: nobody else is in this process."""
    try:
        from autosync_tasks.report import idle
        from autosync_tasks.sync import still

        if (said := still.answer(words, os.environ)) is None:
            return
        if said[0]:
            idle.show(*said)
    except (OSError, ValueError):
        return  # the whole way meets it too, and tells it
    except KeyboardInterrupt:
        sys.exit(130)
    _end(0, alone=alone)


def _of_words(words: list[str]) -> None:
    from autosync_tasks.names import WAITS

    if words[:1] == ["help"]:
        words = ["--help", *words[1:]]
    if os.environ.pop(WAITS, ""):
        _wait()
    if words[:1] == ["--complete"]:
        from autosync_tasks.cli.complete import complete

        sys.exit(complete(" ".join(words[1:])))
    _run("autosync", words)


def _run(name: str, words: list[str]) -> None:
    """Runs the task that the words name: a plain line at once, any other through Invoke."""
    from autosync_tasks.cli.collection import plain

    if found := plain(words):
        from autosync_tasks.cli.boundary import code_of

        sys.dont_write_bytecode = True  # as Invoke's way: nothing is written where the program lies
        sys.exit(code_of(found[0].run, None, **found[1]))
    _program(name, words).run([name, *words])


def _end(code: str | int | None, *, alone: bool) -> NoReturn:
    """Ends the program. alone: nobody else is in this process, so that nothing need be taken apart: its objects one by
    one take a tenth of a sync of one file, and a third of one with nothing to do."""
    if alone and not isinstance(code, str):
        try:
            sys.stdout.flush()
            sys.stderr.flush()
        except OSError:
            sys.exit(code)
        os._exit(code or 0)
    sys.exit(code)


def _ready(act: Callable[[], None], *, alone: bool) -> None:
    """Runs a program: its streams are there, what it wrote is out when it ends, and Ctrl-C ends it quietly."""
    if alone:
        gc.set_threshold(50_000)  # what a start makes stays: looking for waste among it is waste
    code: str | int | None = 0
    try:
        from autosync_tasks.errors import OutputError
        from autosync_tasks.report.stream import ensure_streams, writing

        ensure_streams()
        with writing(sys.stdout):
            try:
                act()
            except SystemExit as end:
                code = end.code
    except KeyboardInterrupt:
        code = 130
    except OutputError as error:
        from autosync_tasks.cli.boundary import told

        code = told(error, as_json=False)
    _end(code, alone=alone)


def _wait() -> None:
    from autosync_tasks.cli.stamp import stamp

    before = stamp()
    from autosync_tasks.cli.ahead import wait

    wait(before)


def _forget_current_folder() -> None:
    if sys.path and sys.path[0] in ("", os.getcwd()):
        del sys.path[0]  # a `git.py` in the current folder must not be what is imported


def _program(name: str, words: Sequence[str]) -> CommandLine:
    from autosync_tasks.cli.lazy_invoke import load_invoke

    load_invoke()
    from autosync_tasks.cli.collection import collection
    from autosync_tasks.cli.command_line import CommandLine

    return CommandLine(name, collection(words))
