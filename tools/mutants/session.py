"""One pytest session that collected once and forks a child for each test to be traced and for each mutant.

A child changes the function in its own memory, so nothing is written to the checkout; what it starts as "the
program" is a fork of it (tests/support/forks.py), so the change reaches there too. What starts the program anew as a
process of its own sees no mutant, and is not counted as running the line.
"""

from __future__ import annotations

import atexit
import contextlib
import ctypes
import functools
import gc
import importlib
import os
import pickle
import pkgutil
import resource
import shutil
import signal
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from _pytest.runner import runtestprotocol

import autosync_tasks
from tools.mutants.listening import Ended, end_children, listen

PACKAGE = Path(autosync_tasks.__file__).parent
_SUBREAPER, _DEATH_SIGNAL = 36, 1  # prctl(2)
_MEMORY = 8 << 30
_MEMORY_DISK = "/dev/shm"  # noqa: S108  as in tests/conftest.py


def say(what: str) -> None:
    """Writes a line at once: several processes write."""
    sys.stdout.write(f"{what}\n")
    sys.stdout.flush()


class Session:
    """A plugin that takes the place of pytest's loop and calls `work` with what was collected."""

    def __init__(self, work: Callable[[Session], None]) -> None:
        self._work = work
        self.items: dict[str, pytest.Item] = {}
        self._underived: list[tuple[Any, str, Any]] = []
        self.room = Path(tempfile.mkdtemp(prefix="autosync-mutants-", dir=_MEMORY_DISK))
        atexit.register(shutil.rmtree, self.room, ignore_errors=True)

    @pytest.hookimpl(trylast=True)
    def pytest_sessionstart(self) -> None:
        """The same examples each time, none kept, none made smaller."""
        import hypothesis  # pytest wants to be the first to load it

        hypothesis.settings.register_profile(
            "mutants",
            deadline=None,
            database=None,
            derandomize=True,
            phases=[hypothesis.Phase.explicit, hypothesis.Phase.generate],
            suppress_health_check=list(hypothesis.HealthCheck),  # a busy machine would kill mutants
        )
        hypothesis.settings.load_profile("mutants")

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Everything that a child would load is loaded here, once."""
        if session.testsfailed:
            raise session.Interrupted("the collection failed")
        self.items = {item.nodeid: item for item in session.items}
        gc.unfreeze()
        self._load()
        self._work(self)
        return True

    def _load(self) -> None:
        for module in pkgutil.walk_packages(autosync_tasks.__path__, "autosync_tasks."):
            if not module.name.endswith(("__main__", "doctor.probe")):
                importlib.import_module(module.name)
        for library in ("git", "tomlkit", "tenacity", "yaml", "rich.console", "asyncio", "coverage"):
            with contextlib.suppress(ImportError):
                importlib.import_module(library)
        from autosync_tasks.cli.lazy_invoke import load_invoke
        from autosync_tasks.validation import catalogue
        from tests.support import fork_server, forks, scanner

        load_invoke()
        (found := scanner.loaded()).details()

        def put(place: Any, name: str, value: Any) -> None:
            self._underived.append((place, name, getattr(place, name)))
            setattr(place, name, value)

        scanner.derive_once(put)
        catalogue.Catalogue("", catalogue.installed()).foresee()
        for one in gc.get_objects():  # what was kept while tests were collected would hide the line that made it
            if isinstance(one, functools._lru_cache_wrapper) and one.__module__.startswith("autosync_tasks"):
                one.cache_clear()

        def lightly(scanner_cache: str) -> None:
            from autosync_tasks.validation import scanner as engine

            real = scanner.Kingfisher
            engine.Kingfisher = lambda cache: found if cache and os.path.isdir(cache) else real(cache)  # type: ignore[assignment,misc]

        whole = forks.ForkServer.__init__

        def begin(server: Any, cache: Path, folder: Path, *, reap: bool = False, preload: Any = None) -> None:
            if reap or preload:
                whole(server, cache, folder, reap=reap, preload=preload or {})
            else:
                server.folder, server._process = folder, _Fork(str(cache))

        forks.ForkServer.__init__ = begin  # type: ignore[method-assign,assignment]
        fork_server.load = lightly
        plain = tempfile.mkdtemp

        def within(suffix: Any = None, prefix: Any = None, dir: Any = None) -> Any:
            return plain(suffix, prefix, os.environ["MUTANTS_ROOM"] if str(dir) == _MEMORY_DISK else dir)

        tempfile.mkdtemp = within

    def derive_anew(self) -> None:
        """From now on this process works out what follows from the scanner's rules, as a new home does."""
        for place, name, function in self._underived:
            setattr(place, name, function)

    def freeze(self) -> None:
        """Called when all is loaded that children share."""
        gc.collect()
        gc.freeze()

    def lanes(self, number: int, jobs: Sequence[int], do: Callable[[int], None]) -> None:
        """Does the jobs in so many processes; each takes the next one."""
        take, give = os.pipe()
        import fcntl

        fcntl.fcntl(give, fcntl.F_SETPIPE_SZ, 1 << 20)
        os.write(give, b"".join(job.to_bytes(4, "big") for job in jobs))
        os.close(give)
        pids = []
        for _ in range(number):
            pid = os.fork()
            if pid == 0:
                ctypes.CDLL(None).prctl(_SUBREAPER, 1, 0, 0, 0)
                ctypes.CDLL(None).prctl(_DEATH_SIGNAL, signal.SIGTERM, 0, 0, 0)
                try:
                    while job := os.read(take, 4):
                        do(int.from_bytes(job, "big"))
                except BaseException:  # noqa: BLE001  a lane that falls is shown, the other goes on
                    import traceback

                    traceback.print_exc()
                finally:
                    sys.stdout.flush()
                    sys.stderr.flush()
                    os._exit(0)
            pids.append(pid)
        os.close(take)
        for pid in pids:
            os.waitpid(pid, 0)

    def child(self, do: Callable[[Callable[[Any], None]], None], patience: Callable[[Any], float]) -> Ended:
        """Runs `do(say)` in a fork; patience: the seconds it may use after a word, or after None at first."""
        read, write = os.pipe()
        room = self.room / f"{os.getpid()}"
        room.mkdir(exist_ok=True)
        sys.stdout.flush()
        sys.stderr.flush()
        pid = os.fork()
        if pid == 0:
            os.close(read)
            self._prepare(room)

            def say(what: Any) -> None:
                data = pickle.dumps(what)
                os.write(write, len(data).to_bytes(4, "big") + data)

            with contextlib.suppress(BaseException):
                do(say)
                say("end")
            os._exit(0)
        os.close(write)
        ended = listen(read, pid, patience)
        os.close(read)
        end_children()
        shutil.rmtree(room, ignore_errors=True)
        return ended

    def _prepare(self, room: Path) -> None:
        os.setsid()
        resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
        void = os.open(os.devnull, os.O_RDWR)
        for number in (0, 1, 2):
            os.dup2(void, number)
        os.environ["MUTANTS_ROOM"] = str(room)
        factory = next(iter(self.items.values())).config._tmp_path_factory  # type: ignore[attr-defined]
        factory._given_basetemp, factory._basetemp = room / "t", None

    def run(self, nodeids: Sequence[str], say: Callable[[Any], None]) -> str | None:
        """Runs tests in this process until one fails; its name. Says the number of each before it."""
        from tests.support import forks

        for number, nodeid in enumerate(nodeids):
            say(number)
            item = self.items[nodeid]
            after = self.items[nodeids[number + 1]] if number + 1 < len(nodeids) else None
            if nodeid in self.forking:
                forks.server()
            if any(report.failed for report in runtestprotocol(item, log=False, nextitem=after)):
                return nodeid
        return None

    forking: frozenset[str] = frozenset()
    """The tests that run programs."""


class _Fork:
    """A fork of this process that serves runs of the programs, with what a `Popen` has."""

    def __init__(self, cache: str) -> None:
        from tests.support import fork_server

        (read, give), (take, write) = os.pipe(), os.pipe()
        pid = os.fork()
        if pid == 0:
            os.close(give)
            os.close(take)
            atexit._clear()
            for number, own in ((0, read), (1, write), (2, os.open(os.devnull, os.O_RDWR))):
                os.dup2(own, number)
            sys.stdin, sys.stdout, sys.stderr = open(0), open(1, "w"), open(2, "w")  # noqa: SIM115  as it starts
            signal.set_wakeup_fd(-1)
            try:
                fork_server.main(cache, reap=False)
            finally:
                os._exit(0)
        os.close(read)
        os.close(write)
        self._pid = pid
        self.stdin, self.stdout = os.fdopen(give, "w"), os.fdopen(take)
        self.stdout.readline()  # that it is ready

    def wait(self, timeout: float) -> None:  # noqa: ARG002  as a `Popen` has it
        os.waitpid(self._pid, 0)
