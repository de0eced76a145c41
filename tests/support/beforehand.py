"""What each worker would do for itself before its first test, done once for all of them and on all cores.

In a fresh checkout that was half a minute of processor time: to compile the tests with pytest's asserts, in every worker
anew, and the secret scanner's rules, for which all waited.
"""

from __future__ import annotations

import contextlib
import importlib
import os
from collections.abc import Callable
from importlib.util import cache_from_source
from pathlib import Path

from tests.support import scanner

TESTS = Path(__file__).parents[1]


def once_for_all() -> None:
    """Returns when it is done; at once where nothing has changed since."""
    modules = _changed()
    cores = len(os.sched_getaffinity(0))
    if modules:
        _at_once(scanner.compiled, *(lambda some=modules[n::cores]: _load(some) for n in range(cores)))


def _changed() -> list[str]:
    """The test modules of which there is no newer bytecode, the largest first."""
    found = []
    for file in TESTS.rglob("test_*.py"):
        compiled = Path(cache_from_source(str(file))).parent.glob(f"{file.stem}.*-pytest-*.pyc")
        if not any(one.stat().st_mtime >= file.stat().st_mtime for one in compiled):
            found.append(file)
    found.sort(key=lambda file: -file.stat().st_size)
    return [".".join(file.relative_to(TESTS.parent).with_suffix("").parts) for file in found]


def _load(modules: list[str]) -> None:
    """To load is to compile: pytest has put itself into Python's import. What cannot be loaded is told by the collection."""
    for name in modules:
        with contextlib.suppress(Exception):
            importlib.import_module(name)


def _at_once(*work: Callable[[], object]) -> None:
    """Each in a process of its own."""
    started = []
    for one in work:
        if (pid := os.fork()) == 0:
            with contextlib.suppress(BaseException):
                one()
            os._exit(0)
        started.append(pid)
    for pid in started:
        os.waitpid(pid, 0)
