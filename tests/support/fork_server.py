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
import json
import os
import pkgutil
import signal
import sys
import threading
import time
from typing import Any

from tests.support.rights import without_override

_PR_SET_CHILD_SUBREAPER = 36  # prctl(2): orphans of a killed run become children of this process


def main(scanner_cache: str, *, reap: bool) -> None:
    """Serves jobs until its input ends."""
    if reap:
        ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    _load(scanner_cache)
    _answer("ready")
    for line in sys.stdin:
        _answer(json.dumps(_run(json.loads(line), reap=reap)))


def _answer(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def _load(scanner_cache: str) -> None:
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

    assert all((git, tenacity, tomlkit))
    real, scanner = engine.Kingfisher, engine.Kingfisher(scanner_cache)
    # Where no rules were compiled yet, the real one compiles them.
    engine.Kingfisher = lambda cache: scanner if cache and os.path.isdir(cache) else real(cache)  # type: ignore[assignment,misc]
    gc.collect()
    gc.freeze()  # a fork's collector leaves alone what it shares with this process


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
    code = 70
    try:
        os.setsid()
        for number, name in ((0, os.devnull), (1, job["out"]), (2, job["err"])):
            os.dup2(os.open(name, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600), number)
        os.environ.clear()
        os.environ.update(job["environ"])
        os.chdir(job["folder"])
        os.umask(job["umask"])
        if job["weak"]:
            without_override()
        from autosync_tasks.cli import program

        programs = {"autosync": program.autosync, "sync-config": program.sync_config, "inv": _inv}
        main = programs[os.path.basename(job["words"][0])]
        sys.argv[:] = job["words"]
        if job["control"]:
            ctypes.CDLL(None).autosync_faults_arm(os.fsencode(job["control"]))
        try:
            main()
            code = 0
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else int(end.code is not None)
        if not job["control"]:  # what the interpreter does at its end
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
