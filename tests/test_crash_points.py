"""Killed at a random moment: the next run converges without a person, nothing is lost, no lock is left.

The program, or git, or both are killed with SIGKILL while a sync is at work; git runs in sessions of its own, so they
are found as the program's descendants.
"""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support import independent
from tests.support.place import Place, program

CI_KILLS, FULL_KILLS = 20, 400


@pytest.fixture
def place(workshop: Path, scanner_cache: Path, one_scanner: None) -> Place:
    return Place.make(workshop, scanner_cache)


def _descendants(pid: int) -> list[int]:
    """Every process below this one, nearest first."""
    found = [pid]
    for parent in found:
        try:
            for task in os.listdir(f"/proc/{parent}/task"):
                children = Path(f"/proc/{parent}/task/{task}/children").read_text()
                found += [int(child) for child in children.split()]
        except OSError:
            continue
    return found[1:]


def _kill(pids: list[int]) -> None:
    for pid in pids:
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            continue


def killed_sync(place: Place, after: float, who: str) -> bool:
    """Starts a sync and kills `who` after so many seconds; returns whether something was there to be killed."""
    process = subprocess.Popen(
        [*program(), "sync"],
        env=place.environ, cwd=place.base, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL, start_new_session=True,
    )  # fmt: skip
    time.sleep(after)
    alive = process.poll() is None
    if alive:
        os.kill(process.pid, signal.SIGSTOP)  # so that it starts nothing while its children are looked up
        below = _descendants(process.pid)
        _kill({"all": [process.pid, *below], "program": [process.pid], "git": below}[who])
        if who == "git":
            os.kill(process.pid, signal.SIGCONT)
    process.wait(timeout=60)
    _wait_until_idle(place)
    return alive


def _wait_until_idle(place: Place) -> None:
    """A git whose program was killed ends by itself; until then it may hold a lock, and rightly so."""
    mark = os.fsencode(place.backup)
    for _ in range(200):
        if not any(mark in _words(name) for name in os.listdir("/proc") if name.isdigit()):
            return
        time.sleep(0.05)
    raise AssertionError("a git process of a killed sync is still at work after 10 seconds")


def _words(pid: str) -> bytes:
    try:
        words = Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""
    return words if words.startswith(b"git\0") else b""


def converges(place: Place, where: str) -> None:
    """One run later everything is as it should be; a second one has nothing to do."""
    run = place.inside()
    assert run.code == 0, f"{where}\n{run}"
    assert run.outcome in ("changed", "ok"), f"{where}\n{run}"
    assert independent.differences(place.source, place.backup) == [], where
    place.git("fsck", "--full", "--strict")
    assert place.git("status", "--porcelain") == b"", where
    assert place.git("for-each-ref", "refs/autosync") == b"", where
    locks = list((place.backup / ".git").rglob("*.lock"))
    assert locks == [], where
    again = place.inside()
    assert (again.code, again.outcome) == (0, "ok"), f"{where}\n{again}"
    left = [p.name for p in place.state.rglob("*") if p.name.startswith((".new-", "scratch-"))]
    assert left == [], where


def _first_sync(place: Place, number: int) -> str:
    """A first sync: there is no backup at all before it."""
    if place.backup.exists():
        shutil.rmtree(place.backup)
    place.config.unlink(missing_ok=True)
    return ""


def _many_edits(place: Place, number: int) -> str:
    before = place.head
    for file in range(40):
        place.write(f"context/n{file}.md", f"round {number}, file {file}\n" * 50)
    place.write(f"agent/new{number}.md", "new\n")
    if number > 1:
        (place.source / f"agent/new{number - 1}.md").unlink(missing_ok=True)
    return before


def _one_edit(place: Place, number: int) -> str:
    before = place.head
    place.write("AGENTS.md", f"# Rules {number}\n")
    return before


def _edits_in_the_backup(place: Place, number: int) -> str:
    """A person's edits in the backup's own work tree: the kill must not lose them either."""
    before = _one_edit(place, number)
    (place.backup / "AGENTS.md").write_text(f"by hand {number}\n")
    return before


SCENES: tuple[Callable[[Place, int], str], ...] = (_many_edits, _one_edit, _first_sync, _edits_in_the_backup)


def _sweep(place: Place, kills: int, seed: int) -> int:
    """Kills so many syncs; returns how many of them were still at work when they were killed."""
    dice = random.Random(seed)
    for number in range(40):
        place.write(f"context/n{number}.md", "first\n" * 50)
    place.write("AGENTS.md", "# Rules\n")
    began = time.monotonic()
    assert place.sync().code == 0
    length = time.monotonic() - began
    hit = 0
    for number in range(1, kills + 1):
        scene = SCENES[number % len(SCENES)]
        before = scene(place, number)
        who = dice.choice(("all", "all", "program", "git"))
        after = length * dice.uniform(0.2, 1.1)
        where = f"seed {seed}, kill {number}: {scene.__name__}, {who} after {after:.3f} of {length:.3f} s"
        hit += killed_sync(place, after, who)
        if place.backup.exists() and place.head:
            assert independent.tree(place.backup), where
        converges(place, where)
        if before:
            place.git("merge-base", "--is-ancestor", before, "main")
        if scene is _edits_in_the_backup:
            texts = [place.git("show", f"{entry}:AGENTS.md") for entry in _stashes(place)]
            assert f"by hand {number}\n".encode() in texts, where
    return hit


def _stashes(place: Place) -> list[str]:
    return place.git("stash", "list", "--format=%H").decode().split()


def test_a_sync_killed_at_random_moments(place: Place) -> None:
    assert _sweep(place, CI_KILLS, seed=5) >= CI_KILLS // 3, "most kills came too late to prove anything"


@pytest.mark.full
def test_a_sync_killed_at_random_moments_at_length(place: Place) -> None:
    seed = int(os.environ.get("AUTOSYNC_SEED", "1"))
    assert _sweep(place, FULL_KILLS, seed) >= FULL_KILLS // 3


_DIES_IN_INIT = """#!/bin/sh
for word; do case "$word" in
  --git-dir=*) dir=${word#--git-dir=} ;;
  init) mkdir -p "$dir/refs/heads" "$dir/objects"; kill -9 $PPID; exit 1 ;;
esac; done
exec %s "$@"
"""


def test_killed_while_git_makes_the_repository(place: Place) -> None:
    """`git init` makes its folder piece by piece; half of it must not be taken for somebody's broken repository."""
    place.write("AGENTS.md", "# Rules\n")
    shim = place.base / "shim/git"
    shim.parent.mkdir()
    shim.write_text(_DIES_IN_INIT % shutil.which("git"))
    shim.chmod(0o755)
    run = place.sync(environ={"PATH": f"{shim.parent}:{os.environ['PATH']}"})
    assert run.code == -signal.SIGKILL, run
    converges(place, "killed in git init")
    assert sorted(os.listdir(place.backup)) == [".autosync", ".git", "AGENTS.md"]
