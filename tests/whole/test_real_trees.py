"""The three real config trees: first and second sync, deep verify, and hundreds of rounds of random changes.

After each sync the commit is compared with the source by code of the test's own (support/independent.py).
"""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from autosync_tasks.model import Cache
from autosync_tasks.tree import facts
from autosync_tasks.tree.observe import ids_of, known_ids, observe, unchanged
from autosync_tasks.tree.walk import open_root, walk
from tests.support import independent
from tests.support.mutate import Mutator
from tests.support.place import Place
from tests.support.trees import LARGE, TREES, unpack

CI_ROUNDS, FULL_ROUNDS = 8, 200
SMALL_FIRST = [pytest.param(name, marks=pytest.mark.sweep if name == LARGE else ()) for name in TREES]


@pytest.fixture
def place(workshop: Path, scanner_cache: Path, one_scanner: None) -> Place:
    return Place.make(workshop, scanner_cache)


@pytest.mark.parametrize("name", SMALL_FIRST)
def test_a_real_tree_is_backed_up_once_and_proven(place: Place, name: str) -> None:
    unpack(name, place.source)
    before = independent.source(place.source)

    first = place.sync()
    assert (first.code, first.outcome) == (0, "changed"), first
    assert len(first.json["changes"]) >= len([thing for thing in before.values() if thing.letter != "d"])
    assert independent.differences(place.source, place.backup) == []
    assert independent.source(place.source) == before, "a sync must not touch the source"

    head, written = place.head, place.written()
    second = place.sync()
    assert (second.code, second.outcome) == (0, "ok"), second
    assert "nothing to do" in second.json["reason"]
    assert place.written() == written, "a run with nothing to do wrote something"
    assert place.head == head

    proof = place.run("verify", "--deep", "--json")
    assert (proof.code, proof.outcome) == (0, "ok"), proof
    assert _files(place.written()) == _files(written), "verify wrote something, or left its scratch"
    assert place.git("status", "--porcelain") == b""


def _files(written: dict[bytes, tuple[int, int, str]]) -> dict[bytes, tuple[int, int, str]]:
    """Without the times of folders: scratch comes and goes in the state folder."""
    return {path: (mode, 0 if stat.S_ISDIR(mode) else mtime, data) for path, (mode, mtime, data) in written.items()}


@pytest.mark.sweep
@pytest.mark.parametrize("name", [name for name in TREES if name != LARGE])  # that one: the test below
def test_each_sync_of_a_tree_that_changes_at_random_equals_it(place: Place, name: str) -> None:
    _rounds(place, name, CI_ROUNDS, seed=20)


@pytest.mark.full
@pytest.mark.parametrize("name", TREES)
def test_two_hundred_rounds_of_random_changes(place: Place, name: str) -> None:
    _rounds(place, name, FULL_ROUNDS, seed=int(os.environ.get("AUTOSYNC_SEED", "1")))


def _rounds(place: Place, name: str, rounds: int, seed: int) -> None:
    """Each round as the pipeline in this process; each fifth as the program, as a person runs it."""
    unpack(name, place.source)
    assert place.sync().code == 0
    mutator, proven = Mutator(place.source, seed), set[str]()
    for number in range(1, rounds + 1):
        done = mutator.round()
        where = f"seed {seed}, round {number}: {done}"
        run = place.sync() if number % 5 == 0 else place.inside()
        assert (run.code, run.outcome in ("changed", "ok")) == (0, True), f"{where}\n{run}"
        assert independent.differences(place.source, place.backup, proven=proven) == [], where
        assert place.git("status", "--porcelain") == b"", where
    again = place.sync()
    assert (again.code, again.outcome) == (0, "ok"), again
    proof = place.run("verify", "--deep", "--json")
    assert (proof.code, proof.outcome, proof.json["notes"]) == (0, "ok", []), proof
    place.git("fsck", "--full", "--strict")


def test_a_same_size_edit_with_the_same_mtime_is_found_at_once(place: Place) -> None:
    """Within the same second, again and again: size and mtime say nothing, and the next run must know."""
    place.write("context/a.md", "version 00\n")
    path = place.source / "context/a.md"
    assert place.inside().code == 0
    facts = path.stat()
    for number in range(1, 6):
        path.write_bytes(b"version %02d\n" % number)
        os.utime(path, ns=(facts.st_atime_ns, facts.st_mtime_ns))
        assert (path.stat().st_size, path.stat().st_mtime_ns) == (facts.st_size, facts.st_mtime_ns)
        run = place.inside()
        assert (run.code, run.outcome) == (0, "changed"), run
        assert [change["path"] for change in run.json["changes"]] == ["context/a.md"]
        assert place.git("show", "main:context/a.md") == b"version %02d\n" % number


def test_an_edit_within_the_clock_tick_of_the_read_is_found(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """Many kernels' clock for files ticks every 4 to 10 ms: an edit right after a read can leave every fact as it was.

    Newer kernels have a finer one (multigrain times, 6.13), so the coarse one is put in its place here.
    """
    coarse = _CoarseClock()
    monkeypatch.setattr(facts, "STAT", coarse)
    monkeypatch.setattr(facts, "_pack", coarse.pack)
    place.write("a.md", "version 0000\n")
    path, same_facts = place.source / "a.md", 0
    root = open_root(str(place.source))
    for number in range(1, 200):
        path.write_bytes(b"version %04d\n" % number)
        os.utime(path, ns=(0, 10**18))
        scan = walk(root, _nothing_protected, 1000)
        seen = observe(root, scan, {})
        path.write_bytes(b"VERSION %04d\n" % number)
        os.utime(path, ns=(0, 10**18))
        later = walk(root, _nothing_protected, 1000)
        cache = Cache("head", "settings", scan.blob, ids_of(scan, seen.manifest), seen.unsettled)
        same_facts += later.blob == scan.blob
        assert not unchanged(root, later, cache, later.blob), f"edit {number} was not seen"
        assert observe(root, later, known_ids(cache)).manifest[b"a.md"].id != seen.manifest[b"a.md"].id
    os.close(root)
    assert same_facts, "no edit hid: this proves nothing"


class _CoarseClock:
    """In the place of the walk's record of a path: the time of change in steps of 10 ms."""

    _real, _tick = facts.STAT, 10_000_000

    def pack(self, size: int, mtime: int, ctime: int, *rest: int) -> bytes:
        return self._real.pack(size, mtime, ctime // self._tick * self._tick, *rest)


def _nothing_protected(name: bytes, folder: bool) -> bool:
    return False
