"""Killed, or met by a failing disk, at a writing call of Python and git together: nothing lost, the next run converges.

What is checked after each point stands in stage.py; the runs are in scenes.py. By default a few seeded calls of two
scenes are played (AUTOSYNC_SEED names others), `-m sweep` plays more of each scene, `-m full` every call with every fault.
`-rP` shows how many.
"""

from __future__ import annotations

import os
import random
import re
import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.faults.scenes import SCENES, TIDYING_ALL, Scene
from tests.faults.shim import FAULTS, KILLED, TORN, Fault, Worker, compiled
from tests.faults.stage import Stage, Tally

DEFAULT, DEFAULT_POINTS, SWEEP_SECONDS = ("edits", "restore"), 2, 3.5
"""The scenes of the default run and the calls of each; seconds for each scene in the wider sample."""

pytestmark = pytest.mark.skipif(
    shutil.which("gcc") is None, reason="there is no gcc to compile the faulty library with"
)

_BY_NAME = {scene.name: scene for scene in SCENES}


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder for all scenes, in memory where that can be."""
    shared = Path("/dev/shm")
    base = tmp_path_factory.mktemp("faults")
    if os.access(shared, os.W_OK) and shutil.disk_usage(shared).free > 1_000_000_000:
        base = shared / f"autosync-faults-{os.getpid()}"
        base.mkdir()
    yield base
    shutil.rmtree(base, ignore_errors=True)


@pytest.fixture(scope="module")
def worker(room: Path, scanner_cache: Path) -> Iterator[Worker]:
    made = Worker(compiled(room), scanner_cache, room)
    yield made
    made.close()


@pytest.fixture(scope="module")
def stage(request: pytest.FixtureRequest, worker: Worker, room: Path) -> Iterator[Stage]:
    scene: Scene = _BY_NAME[request.param]
    base = room / re.sub("[^a-z]", "-", scene.name)
    yield Stage(worker, base, scene)
    shutil.rmtree(base)


@pytest.mark.parametrize("stage", ["edits"], indirect=True)
def test_the_order_of_the_calls(stage: Stage) -> None:
    """Objects → on the disk → branch → on the disk → work tree → state: what each names is there before it."""
    order = [
        ("write+", "/.git/objects/pack/tmp_pack"),
        ("fsync", "/.git/objects/pack/tmp_pack"),
        ("link", "/.git/objects/pack/pack-"),
        ("rename", "/.git/refs/autosync/incoming/"),
        ("syncfs", "/.git"),
        ("fsync", "/.git/refs/heads/main.lock"),
        ("rename", "/.git/refs/heads/main"),
        ("syncfs", "/.git"),
        ("rename", "/.git/index"),
        ("create", ".autosync-restore-"),
        ("renameat", "worktree"),
        ("renameat", "tree.cache"),
        ("renameat", "scan.cache"),
        ("write+", "history.jsonl"),
    ]
    calls, place = [call.split(" ", 2)[1:] for call in stage.calls], -1
    for kind, path in order:
        found = [n for n, call in enumerate(calls) if n > place and call[0] == kind and path in call[1]]
        assert found, f"no {kind} of {path} after call {place + 1}"
        place = found[0]
    moved = [n for n, call in enumerate(calls) if call[0] == "rename" and call[1].endswith("/refs/heads/main")]
    objects = [n for n, call in enumerate(calls) if "/objects/" in call[1] and call[0] in ("write+", "link", "fsync")]
    edited = [n for n, call in enumerate(calls) if ".autosync-restore-" in call[1]]
    assert max(objects) < moved[0] < min(edited)


@pytest.mark.sweep
@pytest.mark.parametrize("stage", ["edits after a copy"], indirect=True)
def test_a_run_in_between_that_is_held_does_not_forget_what_was_left(stage: Stage) -> None:
    """Killed when git's index was ahead of the work tree; the next run is blocked, and only the one after it works."""
    torn = next(n for n, call in enumerate(stage.calls, start=1) if "write+" in call and "/.autosync-restore-" in call)
    for fault in (KILLED, TORN):
        stage.again()
        assert stage.play(fault, torn).result.code == -9
        stage.place.write("opencode.json", "{")
        assert stage.run("sync").code == 3
        stage.place.write("opencode.json", "{}\n")
        stage.converges(f"{fault.name} at call {torn}, then blocked")


@pytest.mark.parametrize("stage", DEFAULT, indirect=True)
def test_a_few_of_the_calls(stage: Stage) -> None:
    _play(stage, lambda tally: tally.points == DEFAULT_POINTS)


@pytest.mark.sweep
@pytest.mark.parametrize("stage", [name for name in _BY_NAME if name != TIDYING_ALL], indirect=True)
def test_a_sample_of_the_calls(stage: Stage) -> None:
    until = time.monotonic() + SWEEP_SECONDS
    tally = _play(stage, lambda _: time.monotonic() > until)
    assert tally.hit >= 0.8 * tally.points - 1, "a busy machine plays few"


def _play(stage: Stage, enough: Callable[[Tally], bool]) -> Tally:
    """Seeded calls of a scene, in the same order each time."""
    seed = int(os.environ.get("AUTOSYNC_SEED", "5"))
    points = [(fault, at) for fault in FAULTS for at in fault.points(stage.calls)]
    random.Random(f"{seed} {stage.scene.name}").shuffle(points)
    tally = Tally()
    for fault, at in points:
        stage.point(fault, at, tally)
        if enough(tally):
            break
    print(f"{stage.scene.name}, seed {seed}: {tally} of {len(points)} points there are")  # noqa: T201  for -rP
    return tally


@pytest.mark.full
@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
@pytest.mark.parametrize("stage", _BY_NAME, indirect=True)
def test_every_call(stage: Stage, fault: Fault) -> None:
    tally, points, faults = Tally(), fault.points(stage.calls), []
    for at in points:
        try:
            stage.point(fault, at, tally)
        except AssertionError as error:
            faults.append(str(error))
    print(f"{stage.scene.name}, {fault.name}: {tally}")  # noqa: T201  for -rP
    assert not faults, f"{len(faults)} of {len(points)} points:\n" + "\n----\n".join(faults[:10])
    assert tally.hit >= 0.9 * tally.points
