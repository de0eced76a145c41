"""A folder swapped for a link and back, all the while: nothing is written, and nothing read, outside."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.features.pictures import changed, picture
from tests.support.place import Place

OUTSIDE = "what lies outside is nobody's business here\n"
SWAP = """
import ctypes, random, sys, time
libc, chance = ctypes.CDLL(None), random.Random(int(sys.argv[3]))
one, other = (word.encode() for word in sys.argv[1:3])
print("swapping", flush=True)
while True:
    libc.renameat2(-100, one, -100, other, 2)  # RENAME_EXCHANGE: there is never nothing
    time.sleep(chance.random() / 500)
"""


@contextmanager
def swapping(folder: Path, link: Path, seed: int) -> Iterator[None]:
    process = subprocess.Popen([sys.executable, "-c", SWAP, folder, link, str(seed)], stdout=subprocess.PIPE)
    assert process.stdout is not None
    process.stdout.readline()
    try:
        yield
    finally:
        process.kill()
        process.communicate()
        if folder.is_symlink():
            spare = folder.with_name("spare")
            os.rename(folder, spare)
            os.rename(link, folder)
            os.rename(spare, link)


@pytest.fixture
def place(workshop: Path, scanner_cache: Path, one_scanner: None) -> Place:
    place = Place.make(workshop, scanner_cache)
    place.more["MAX_SYNC_FREQUENCY"] = "0"
    for number in range(12):
        place.write(f"context/n{number}.md", f"note {number}\n")
    place.write("AGENTS.md", "# Rules\n")
    assert place.inside("sync").code == 0
    return place


def race(place: Place, folder: Path, act: tuple[str, ...], seconds: float) -> int:
    """Rounds of edits and one command while `folder` is swapped for a link to a folder outside; how many there were."""
    outside, link = place.base / "outside", place.base / "link"
    outside.mkdir()
    for number in range(12):
        (outside / f"n{number}.md").write_text(OUTSIDE)
    link.symlink_to(outside)
    before, rounds, ends = picture(outside), 0, time.monotonic() + seconds
    while time.monotonic() < ends:
        rounds += 1
        for number in range(12):
            if act[0] != "restore" or rounds % 2:
                place.write(f"context/n{number}.md", f"note {number}, {rounds}\n")
        with swapping(folder, link, rounds):
            run = place.inside(*act)
        assert "Traceback" not in run.words, run
        assert not changed(before, picture(outside)), (rounds, run)
    held = place.git("cat-file", "--batch-all-objects", "--batch")
    assert OUTSIDE.encode() not in held
    return rounds


STATE = {
    "state": ("", ("sync", "--trigger=schedule")),
    "all states": ("..", ("sync", "--trigger=schedule")),
    "seen": ("seen", ("sync", "--trigger=schedule")),
    "drill": ("", ("verify", "--drill")),
    "remote's scratch": ("remote", ("sync", "--push")),
    "remote's refs": ("remote/refs", ("sync", "--push")),
}


def race_of_state(place: Place, inside: str, act: tuple[str, ...], seconds: float) -> int:
    """Rounds of a command while a folder of the state is swapped for a link to a copy of it outside."""
    place.bare_remote()
    assert place.inside("sync", "--push").code == 0
    assert place.inside("sync", "--trigger=schedule").code == 0
    (state,) = (path.parent for path in place.state.glob("*/lock"))
    folder = Path(os.path.normpath(state / inside))
    outside, link = place.base / "outside", place.base / "link"
    shutil.copytree(folder, outside, symlinks=True)
    link.symlink_to(outside)
    before, rounds, ends = picture(outside), 0, time.monotonic() + seconds
    while time.monotonic() < ends:
        rounds += 1
        place.write("context/n0.md", f"round {rounds}\n")
        with swapping(folder, link, rounds):
            run = place.inside(*act)
        assert "Traceback" not in run.words, run
        assert not changed(before, picture(outside)), (rounds, run)
    assert place.inside("sync", "--push").code == 0
    return rounds


CASES = {
    "source": ("source/context", ("sync",)),
    "work tree": ("backup/context", ("sync",)),
    "restore target": ("source/context", ("restore", "--yes")),
}


@pytest.mark.sample
@pytest.mark.parametrize("case", CASES)
def test_a_few_rounds(place: Place, case: str) -> None:
    folder, act = CASES[case]
    assert race(place, place.base / folder, act, 3.0) > 1


@pytest.mark.sample
@pytest.mark.parametrize("case", STATE)
def test_a_few_rounds_in_the_state_folder(place: Place, case: str) -> None:
    assert race_of_state(place, *STATE[case], 1.5) > 1


@pytest.mark.full
@pytest.mark.parametrize("case", STATE)
def test_many_rounds_in_the_state_folder(place: Place, case: str) -> None:
    assert race_of_state(place, *STATE[case], 240.0) > 50


@pytest.mark.full
@pytest.mark.parametrize("case", CASES)
def test_many_rounds(place: Place, case: str) -> None:
    folder, act = CASES[case]
    assert race(place, place.base / folder, act, 240.0) > 50
