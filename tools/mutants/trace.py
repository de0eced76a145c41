"""Which lines of the pure files each test executes, measured once (with the package `coverage`)."""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest

from tests.test_architecture import pure
from tools.mutants.results import LOADING, File, Store, Test
from tools.mutants.session import PACKAGE, Session, say

FEATURES = "tests/features/test_features.py::"
"""How the names of scenarios begin."""


def trace(session: Session, store: Store, rooms: list[str], asked: argparse.Namespace) -> None:
    """Each test by itself in a child, so that none stands on what another left."""
    import coverage  # type: ignore[import-not-found,unused-ignore]

    from tests.support import fork_server, forks

    files = [File.read(PACKAGE, name) for name in pure()]
    paths = [str(PACKAGE / file.name) for file in files]
    known = store.tests()
    names = sorted(
        (name for name in session.items if asked.again or name not in known),
        key=lambda name: (not name.startswith(FEATURES), name.split("/")[1] not in asked.rooms.split()),
    )
    say(f"{len(session.items)} tests, {len(names)} to trace")
    session.freeze()
    run, become = forks.ForkServer.run, fork_server._become

    def lines(cover: Any) -> dict[str, list[int]]:
        cover.stop()
        found: dict[str, list[int]] = {}
        for file, path in zip(files, paths, strict=True):
            for line in cover.get_data().lines(path) or ():
                if line in file.starts:
                    function, start = file.starts[line]
                    found.setdefault(f"{file.name}::{function}", []).append(line - start)
        return found

    def one(job: int) -> None:
        name = names[job]

        def do(say: Any) -> None:
            cover = coverage.Coverage(data_file=None, include=paths, config_file=False, messages=False)
            forked = []

            def running(server: Any, *words: Any, **more: Any) -> Any:
                forked.append(1)
                return run(server, *words, **more)

            def becoming(job: dict[str, Any]) -> None:
                leave = os._exit

                def leaving(code: int) -> None:
                    say(lines(cover))
                    leave(code)

                os._exit = leaving  # type: ignore[assignment]
                become(job)

            forks.ForkServer.run, fork_server._become = running, becoming  # type: ignore[method-assign,assignment]
            cover.start()
            began = time.monotonic()
            failed = session.run([name], say)
            seconds = time.monotonic() - began
            say((failed is None, seconds, bool(forked)))
            say(lines(cover))

        ended = session.child(do, lambda _: 60)
        passed, seconds, forked = next((one for one in ended.said if isinstance(one, tuple)), (False, 60.0, False))
        merged: dict[str, set[int]] = defaultdict(set)
        for one in ended.said:
            for function, offsets in one.items() if isinstance(one, dict) else ():
                merged[function] |= set(offsets)
        found = {function: sorted(offsets) for function, offsets in merged.items()}
        store.keep_test(Test(name, passed, round(seconds, 3), forked, _room(session.items[name]), found))

    if asked.again or LOADING not in known:
        store.keep_test(Test(LOADING, True, 0.0, False, "", _loading(files)))
    session.lanes(asked.lanes, range(len(names)), one)
    tests = store.tests().values()
    say(f"{len(tests)} traced; not passed: {[test.name for test in tests if not test.passed]}")


def _loading(files: list[File]) -> dict[str, list[int]]:
    """What runs while every module is loaded in a new process."""
    words = (
        "import coverage, importlib, json, pkgutil, sys; paths = json.load(sys.stdin);"
        "cover = coverage.Coverage(data_file=None, include=paths, config_file=False, messages=False); cover.start();"
        "import autosync_tasks;"
        "[importlib.import_module(one.name) for one in pkgutil.walk_packages(autosync_tasks.__path__, "
        "'autosync_tasks.') if not one.name.endswith(('__main__', 'doctor.probe'))];"
        "cover.stop(); data = cover.get_data(); print(json.dumps({one: data.lines(one) or [] for one in paths}))"
    )
    paths = json.dumps([str(PACKAGE / file.name) for file in files])
    done = subprocess.run([sys.executable, "-c", words], input=paths, capture_output=True, text=True, check=True)
    ran = json.loads(done.stdout)
    found: dict[str, list[int]] = {}
    for file in files:
        for line in ran[str(PACKAGE / file.name)]:
            function, start = file.starts.get(line, ("", 0))
            if function and line != start:
                found.setdefault(f"{file.name}::{function}", []).append(line - start)
    return found


def _room(item: pytest.Item) -> str:
    """The folder of the feature or test."""
    from pytest_bdd.scenario import scenario_wrapper_template_registry

    scenario = scenario_wrapper_template_registry.get(getattr(item, "obj", None) or print)
    return Path(scenario.feature.filename).parent.name if scenario else item.path.parent.name
