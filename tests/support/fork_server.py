"""A process that holds everything loaded, below which runs of the programs are forks of it.

What a run does is the real program's, in a process and session of its own: only the start of Python and of the secret
scanner (1 s of processor time together) is not done anew. `forks.py` is the client. A job is a line of JSON on standard
input; the answer is one on standard output.

With `--reap` what a run leaves running is waited for, or ended with it; else it goes on by itself, as it would.
"""

from __future__ import annotations

import atexit
import ctypes
import gc
import importlib
import itertools
import json
import os
import pkgutil
import signal
import sys
import tempfile
import threading
import time
import types
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn

from autosync_tasks.backup import checkout
from autosync_tasks.plan import judge, shared
from autosync_tasks.sync import still
from autosync_tasks.triggers import files
from tests.support.on_two_cores import alternating
from tests.support.rights import without_override
from tests.support.scanner import derive_once

BEFORE_THE_START = ("PYTHON", "LC_", "LANG", "LD_", "TZ", "GIT_PYTHON", "MALLOC", "INVOKE")
"""Beginnings of variables that Python and what is loaded already read at their start."""

_PR_SET_CHILD_SUBREAPER = 36  # prctl(2): orphans of a killed run become children of this process


def main(scanner_cache: str, *, reap: bool) -> None:
    """Serves jobs until its input ends."""
    if reap:
        ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    load(scanner_cache)
    _answer("ready")
    for line in sys.stdin:
        _answer(json.dumps(_run(json.loads(line), reap=reap)))


def _answer(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def load(scanner_cache: str) -> None:
    """Imports what a run could import, and loads the scanner (0.5 s)."""
    import git
    import tenacity
    import tomlkit

    import autosync_tasks
    from autosync_tasks.cli.lazy_invoke import load_invoke

    load_invoke()
    for module in pkgutil.walk_packages(autosync_tasks.__path__, "autosync_tasks."):
        if "triggers" not in module.name:
            importlib.import_module(module.name)
    from autosync_tasks.validation import scanner as engine
    from autosync_tasks.validation.catalogue import Catalogue, installed

    assert all((git, tenacity, tomlkit))
    real, scanner = engine.Kingfisher, engine.Kingfisher(scanner_cache)
    # Where no rules were compiled yet, the real one compiles them.
    engine.Kingfisher = lambda cache: scanner if cache and os.path.isdir(cache) else real(cache)  # type: ignore[assignment,misc]
    derive_once()
    Catalogue("", installed()).foresee()
    _doctor_forks_too()
    gc.collect()
    gc.freeze()  # a fork's collector leaves alone what it shares with this process


def _doctor_forks_too() -> None:
    """The doctor looks at this program from another environment, twice and once in a sync: forks as well."""
    from autosync_tasks.cli import program
    from autosync_tasks.doctor import facts, probe

    def run(words: list[str], environ: dict[str, str], **more: Any) -> files.Ran | None:
        given = dict(word.split("=", 1) for word in itertools.takewhile(lambda word: "=" in word, words[2:]))
        argv = words[2 + len(given) :]
        if words[:2] != ["/usr/bin/env", "-i"] or any(_acts_at_the_start(*pair) for pair in given.items()):
            return files.run(words, environ, **more)
        if argv[:3] == [sys.executable, "-P", "-m"]:
            return _forked(lambda: print(json.dumps(probe.look())), argv, given)  # noqa: T201
        if os.path.basename(argv[0]) == "autosync" and os.access(argv[0], os.X_OK):
            return _forked(program.autosync, argv, given)
        return files.run(words, environ, **more)

    vars(facts)["files"] = types.SimpleNamespace(run=run, read=files.read)


def _acts_at_the_start(name: str, value: str) -> bool:
    """Whether Python, or what is loaded, would have read a variable at its start and be another for it."""
    same = {"PYTHONPATH": str(Path(__file__).parents[2]), "LC_ALL": "C.UTF-8", "LANG": "C.UTF-8"}
    return name.startswith(BEFORE_THE_START) and value != same.get(name)


def _forked(main: Callable[[], object], argv: list[str], environ: dict[str, str]) -> files.Ran:
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        child = os.fork()
        if child == 0:
            os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
            os.dup2(out.fileno(), 1)
            os.dup2(err.fileno(), 2)
            play(main, argv, environ)
        code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        out.seek(0), err.seek(0)
        return files.Ran(code, out.read(), err.read())


def _run(job: dict[str, Any], *, reap: bool) -> dict[str, Any]:
    began = time.monotonic()
    first = os.fork()
    if first == 0:
        _become(job)
    late = False
    while os.waitid(os.P_PID, first, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None:
        time.sleep(0.002)
        if time.monotonic() - began > job["seconds"]:
            late = True
            os.kill(first, signal.SIGKILL)
    _, status = os.waitpid(first, 0)
    killed = os.WIFSIGNALED(status)
    if reap:
        _end_the_rest(0 if killed and not job["spare"] else job["patience"])
    return {"code": os.waitstatus_to_exitcode(status), "late": late, "seconds": time.monotonic() - began}


def _end_the_rest(patience: float) -> None:
    """Waits so many seconds for what the run left running, then ends it."""
    until = time.monotonic() + patience
    while True:
        try:
            pid, _ = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return
        if pid == 0 and time.monotonic() >= until:
            with open(f"/proc/self/task/{os.getpid()}/children", encoding="ascii") as file:
                for child in file.read().split():
                    os.kill(int(child), signal.SIGKILL)  # not yet waited for, so it is ours
        if pid == 0:
            time.sleep(0.002)


def _inv() -> None:
    from invoke.main import program

    program.run()


def _become(job: dict[str, Any]) -> None:
    """Turns this fork into the run; never returns."""
    os.setsid()
    for number, name in ((0, os.devnull), (1, job["out"]), (2, job["err"])):
        os.dup2(os.open(name, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600), number)
    os.chdir(job["folder"])
    os.umask(job["umask"])
    if job["weak"]:
        without_override()
    if job["much"]:
        checkout.FOR_TWO, judge.FOR_TWO, still._MUCH = 2, 1, 0
        shared.turns = alternating  # else the n-th call is another each time
    from autosync_tasks.cli import program

    programs = {"autosync": program.autosync, "sync-config": program.sync_config, "inv": _inv}
    play(programs[os.path.basename(job["words"][0])], job["words"], job["environ"], job["control"])


def play(main: Callable[[], object], words: list[str], environ: dict[str, str], control: str = "") -> NoReturn:
    """Runs a program to its end, which is that of this process."""
    code = 70
    try:
        os.environ.clear()
        os.environ.update(environ)
        sys.argv[:] = words
        if control:
            ctypes.CDLL(None).autosync_faults_arm(os.fsencode(control))
        try:
            main()
            code = 0
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else int(end.code is not None)
        if not control:  # what the interpreter does at its end
            threading._shutdown()  # type: ignore[attr-defined]
            atexit._run_exitfuncs()
    except BaseException:  # noqa: BLE001  shown like any other traceback, and the test looks for it
        import traceback

        code = 1
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


if __name__ == "__main__":
    main(sys.argv[1], reap="--reap" in sys.argv)
