"""Twenty syncs at once, of all triggers: one works, the others say so, no commit and no edit is lost."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from autosync_tasks.model import Trigger
from tests.support import independent
from tests.support.place import Place, Result, program

SYNCS, FULL_STORMS = 20, 8


@pytest.fixture
def place(workshop: Path, scanner_cache: Path, one_scanner: None) -> Iterator[Place]:
    place = Place.make(workshop, scanner_cache)
    place.more["MAX_SYNC_FREQUENCY"] = "0"  # the limit is another matter: it would defer what comes after the first
    place.write("AGENTS.md", "# Rules\n")
    assert place.inside().code == 0
    yield place
    _end_waiter(place)


def _end_waiter(place: Place) -> None:
    """A workflow's sync that found the lock held leaves a waiter, which has no business after the test."""
    for number in filter(str.isdigit, os.listdir("/proc")):
        try:
            words = Path(f"/proc/{number}/cmdline").read_bytes()
            if words.startswith(b"/bin/sh\0") and os.fsencode(place.state) in words:
                os.killpg(int(number), signal.SIGKILL)
        except (OSError, ProcessLookupError):
            continue


def start(place: Place, trigger: Trigger) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [*program(), "sync", "--json", f"--trigger={trigger}"],
        env=place.environ,
        cwd=place.base,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def end(process: subprocess.Popen[bytes]) -> Result:
    out, err = process.communicate(timeout=120)
    return Result(process.returncode, out, err)


AUTOMATIC = [trigger for trigger in Trigger if trigger is not Trigger.MANUAL]
"""They do not wait for a run that is at work; a person's does, for a moment."""


def told(place: Place, result: Result) -> None:
    """What was told is so: a commit that was named is part of the branch."""
    if result.code in (0, 1) and (commit := json.loads(result.out or b"{}").get("commit")):
        place.git("merge-base", "--is-ancestor", commit, "main")


def moving(result: Result) -> bool:
    """Whether it is incomplete only for files that were edited between two of its readings: named, and the next takes
    them (tests/sync/test_moving.py). Edits here are made in place, beside syncs that read."""
    left = [item["why"] for item in result.json.get("left_out", ())]
    return (result.code, result.outcome) == (1, "incomplete") and set(left) == {"moving"}


def whole(place: Place) -> None:
    """Every edit is in, without any further run; the repository is in order."""
    assert independent.differences(place.source, place.backup) == []
    place.git("fsck", "--full", "--strict")
    assert place.git("status", "--porcelain") == b""
    assert place.git("for-each-ref", "refs/autosync") == b""
    assert not list((place.backup / ".git").rglob("*.lock"))


def _wait_for_git(process: subprocess.Popen[bytes]) -> None:
    """Until the program has started its git: it has looked at the source, and holds the lock."""
    for _ in range(3000):
        assert process.poll() is None, "it ended before it could be stopped"
        for task in Path(f"/proc/{process.pid}/task").glob("*/children"):
            if task.read_text().strip():
                os.kill(process.pid, signal.SIGSTOP)
                return
        time.sleep(0.002)
    raise AssertionError("it never started git")


@pytest.mark.sweep
def test_one_works_and_nineteen_say_so(place: Place) -> None:
    place.write("context/first.md", "first\n")
    holder = start(place, Trigger.SCHEDULE)
    try:
        _wait_for_git(holder)
        others = []
        for number, trigger in zip(range(1, SYNCS), AUTOMATIC * SYNCS, strict=False):
            place.write(f"context/n{number}.md", f"edited just before number {number} asked\n")
            others.append(start(place, trigger))
        results = [end(process) for process in others]
    finally:
        os.kill(holder.pid, signal.SIGCONT)
    first = end(holder)
    assert [result.code for result in results] == [75] * (SYNCS - 1), results
    assert all("another run is at work" in result.words for result in results)
    assert first.code == 0, first
    told(place, first)
    whole(place)
    shown = place.git("log", "--format=%B", "main").decode()
    assert shown.count("Autosync-Run:") == 3, "the first sync, the holder's own, and one for all the others"


def storm(place: Place, dice: random.Random, number: int) -> list[int]:
    """Syncs that start within a moment of each other, each right after an edit of its own."""
    running = []
    for turn in range(SYNCS):
        path = f"context/n{dice.randrange(8)}.md"
        if dice.random() < 0.15:
            (place.source / path).unlink(missing_ok=True)
        else:
            place.write(path, f"storm {number}, turn {turn}\n" * dice.randint(1, 200))
        running.append(start(place, dice.choice(list(Trigger))))
        time.sleep(dice.choice((0, 0, 0, 0.05, 0.2)))
    results = [end(process) for process in running]
    assert not [result for result in results if result.code not in (0, 75) and not moving(result)]
    for result in results:
        told(place, result)
    whole(place)
    return [result.code for result in results]


@pytest.mark.sweep
def test_a_storm_of_syncs(place: Place) -> None:
    codes = storm(place, random.Random(5), 0)
    assert codes.count(0) >= 1


@pytest.mark.full
def test_many_storms(place: Place) -> None:
    dice = random.Random(int(os.environ.get("AUTOSYNC_SEED", "1")))
    seen = [storm(place, dice, number) for number in range(FULL_STORMS)]
    assert sum(codes.count(75) for codes in seen) >= FULL_STORMS, "hardly anybody met anybody"
