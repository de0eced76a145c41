"""What a killed repack leaves in the store: cleared away, a note at most; where something is lost with it, damage."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from autosync_tasks.model import Outcome
from tests.support.place import Place, with_three_versions

pytestmark = pytest.mark.sample(2, of_file=True)


@pytest.fixture
def place(workshop: Path, scanner_cache: Path, one_scanner: None) -> Place:
    return with_three_versions(workshop, scanner_cache)


def store(place: Place) -> Path:
    return place.backup / ".git/objects"


def packs(place: Place, end: str) -> list[Path]:
    return sorted((store(place) / "pack").glob(f"*.{end}"))


def _twice(place: Place) -> Path:
    """A pack whose objects are in others too; returns its index."""
    before = set(packs(place, "idx"))
    every = place.git("rev-list", "--objects", "--all", "--no-object-names")
    place.git("pack-objects", "-q", str(store(place) / "pack/pack"), stdin=every)
    (made,) = set(packs(place, "idx")) - before
    return made


def _index_alone(place: Place) -> None:
    _twice(place).with_suffix(".pack").unlink()


def _side_files_alone(place: Place) -> None:
    index = _twice(place)
    for end in (".rev", ".bitmap"):
        shutil.copy(index, index.with_suffix(end))
    index.unlink()
    index.with_suffix(".pack").unlink()


def _pack_without_index(place: Place) -> None:
    _twice(place).unlink()


def _multi_pack_index(place: Place) -> None:
    index = _twice(place)
    place.git("multi-pack-index", "write")
    index.with_suffix(".pack").unlink()
    index.unlink()


def _commit_graph(place: Place) -> None:
    tip = place.git("commit-tree", "-m", "nobody's", "main^{tree}").decode().strip()
    place.git("branch", "gone", tip)
    place.git("commit-graph", "write", "--reachable")
    place.git("branch", "-D", "gone")
    place.git("prune", "--expire=now")
    assert place.git("cat-file", "--batch-check", stdin=tip.encode()).endswith(b"missing\n")


def _graph_chain(place: Place) -> None:
    place.git("commit-graph", "write", "--reachable", "--split")
    next((store(place) / "info/commit-graphs").glob("*.graph")).unlink()


KINDS = {
    "an index without its pack": _index_alone,
    "files beside a pack that is gone": _side_files_alone,
    "a pack without its index": _pack_without_index,
    "a multi-pack-index of a pack that is gone": _multi_pack_index,
    "a commit-graph with a commit that is gone": _commit_graph,
    "a chain of commit-graphs with one gone": _graph_chain,
}


@pytest.mark.parametrize("way", ["sync", "recover"])
@pytest.mark.parametrize("leave", KINDS.values(), ids=KINDS)
def test_it_is_no_damage_and_goes(place: Place, leave: Callable[[Place], None], way: str) -> None:
    leave(place)
    proof = place.inside("verify", "--deep")
    assert (proof.code, proof.outcome) == (0, Outcome.OK), proof
    assert any("a killed git left" in note for note in proof.json["notes"]), proof
    place.write("context/b.md", "more\n")
    run = place.inside(way, *(["--yes"] if way == "recover" else []))
    assert (run.code, run.outcome) == (0, Outcome.CHANGED), run
    # A store that is read on schedule clears the rest: the last time is long ago.
    (noted,) = place.state.glob("*/health.json")
    noted.write_text(json.dumps({**json.loads(noted.read_text()), "since": 1.0, "read": 1.0}))
    assert place.inside("sync", "--trigger=schedule").code == 0
    proof = place.inside("verify", "--deep")
    assert (proof.code, proof.json["notes"]) == (0, []), proof
    place.git("fsck", "--full", "--strict")


@pytest.mark.parametrize("end", ["pack", "idx"])
def test_what_was_only_there_is_damage_and_stays(place: Place, end: str) -> None:
    """The other half of a pack that nothing else stands in for."""
    gone = packs(place, end)[0]
    half = gone.with_suffix(".idx" if end == "pack" else ".pack")
    gone.unlink()
    proof = place.inside("verify")
    assert (proof.code, proof.outcome) == (1, Outcome.FAILED), proof
    place.write("context/b.md", "more\n")
    run = place.inside("sync")
    assert half.exists()
    if end == "pack":
        assert run.code == 1, run
    else:  # all that was lost was its index
        assert place.inside("verify", "--deep").code == 0


def test_a_pack_on_its_way_to_its_name_goes(place: Place) -> None:
    index = _twice(place)
    for end in (".pack", ".idx"):
        whole = index.with_suffix(end)
        whole.rename(whole.with_name(f".tmp-4711-{whole.name}"))
    place.write("context/b.md", "more\n")
    assert place.inside().outcome == "changed"
    assert list(index.parent.glob(".tmp-*")) == []
