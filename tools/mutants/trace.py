"""Which lines of the pure files each test executes, measured once (with the package `coverage`)."""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from collections import defaultdict
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from tests.test_architecture import pure
from tools.mutants.results import LOADING, File, Store, Test
from tools.mutants.session import PACKAGE, Session, say

FEATURES = "tests/features/test_features.py::"
"""How the names of scenarios begin."""


def trace(session: Session, store: Store, rooms: list[str], asked: argparse.Namespace) -> None:
    """Each scenario by itself in a child, so that none stands on what another left; tests of a file share one."""
    import coverage  # type: ignore[import-not-found,unused-ignore]

    files = [File.read(PACKAGE, name) for name in pure()]
    paths = [str(PACKAGE / file.name) for file in files]
    known = store.tests()
    names = sorted(
        (name for name in session.items if asked.again or name not in known),
        key=lambda name: (_room(session.items[name]) not in asked.rooms.split(), not name.startswith(FEATURES)),
    )
    groups = _groups(names)
    say(f"{len(session.items)} tests, {len(names)} to trace")
    cover = coverage.Coverage(data_file=None, include=paths, config_file=False, messages=False)
    session.freeze()
    derived = session.child(partial(_derive, session, cover, files), lambda _: 120).said[0]

    def one(job: int) -> None:
        group = groups[job]

        def do(say: Any) -> None:
            forked = _tell_of_forks(cover, files, say)
            for name in group:
                forked.clear()
                cover.erase()
                cover.start()
                failed = session.run([name], say)
                say(_lines(cover, files))
                say((name, failed is None, bool(forked)))

        before = os.times()
        ended = session.child(do, lambda _: 120)
        took = sum(after - then for after, then in zip(os.times()[2:4], before[2:4], strict=True))
        merged: dict[str, set[int]] = defaultdict(set)
        for one in [*ended.said, (group[-1], False, False)] if ended.late else ended.said:
            if one == "derives" or isinstance(one, dict):
                for function, offsets in (derived if one == "derives" else one).items():
                    merged[function] |= set(offsets)
            elif isinstance(one, tuple):
                name, passed, forked = one
                found = {function: sorted(offsets) for function, offsets in merged.items()}
                seconds = round(took / len(group), 3)
                store.keep_test(Test(name, passed, seconds, forked, _room(session.items[name]), found))
                merged.clear()

    if asked.again or LOADING not in known:
        store.keep_test(Test(LOADING, True, 0.0, False, "", _loading(files)))
    session.lanes(asked.lanes, range(len(groups)), one)
    tests = store.tests().values()
    say(f"{len(tests)} traced; not passed: {[test.name for test in tests if not test.passed]}")


def _tell_of_forks(cover: Any, files: list[File], say: Callable[[Any], None]) -> list[int]:
    """From now on what runs in forked programs is told too, and that rules are derived; gets an item for each fork."""
    from autosync_tasks.validation import catalogue
    from tests.support import fork_server, forks

    forked: list[int] = []
    run, become, derive = forks.ForkServer.run, fork_server._become, vars(catalogue)["derived"]

    def deriving(rules: Any) -> Any:
        say("derives")
        return derive(rules)

    def running(server: Any, *words: Any, **more: Any) -> Any:
        forked.append(1)
        return run(server, *words, **more)

    def becoming(job: dict[str, Any]) -> None:
        leave = os._exit

        def leaving(code: int) -> None:
            say(_lines(cover, files))
            leave(code)

        os._exit = leaving  # type: ignore[assignment]
        become(job)

    forks.ForkServer.run, fork_server._become = running, becoming  # type: ignore[method-assign,assignment]
    vars(catalogue)["derived"] = deriving
    return forked


def _groups(names: list[str]) -> list[list[str]]:
    """The names that one child runs, in order: a scenario alone, up to fifty tests of a file together."""
    groups: list[list[str]] = []
    for name in names:
        last = groups[-1] if groups else [""]
        alike = name.partition("::")[0] == last[-1].partition("::")[0]
        if alike and not name.startswith(FEATURES) and len(last) < 50:
            last.append(name)
        else:
            groups.append([name])
    return groups


def _lines(cover: Any, files: list[File]) -> dict[str, list[int]]:
    """What ran since the measuring began, which ends."""
    cover.stop()
    found: dict[str, list[int]] = {}
    for file in files:
        for line in cover.get_data().lines(str(PACKAGE / file.name)) or ():
            if line in file.starts:
                function, start = file.starts[line]
                found.setdefault(f"{file.name}::{function}", []).append(line - start)
    return found


def _derive(session: Session, cover: Any, files: list[File], say: Callable[[Any], None]) -> None:
    """Tells what runs where a new home works out what follows from the scanner's rules."""
    from autosync_tasks.validation import catalogue

    session.derive_anew()
    cover.start()
    catalogue.Catalogue("", catalogue.installed()).foresee()
    say(_lines(cover, files))


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
