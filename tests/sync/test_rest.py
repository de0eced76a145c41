"""The rest of a look is done by another process: it sees what a walk sees, holds no lock and leaves nothing behind."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from autosync_tasks.sync import pipeline, rest, still
from autosync_tasks.tree.facts import Listed, listed
from autosync_tasks.workspace.request import new_request
from autosync_tasks.workspace.workspace import open_site
from tests.support.on_two_cores import counted_forks
from tests.support.place import Place

FOLDERS = ("agent/", "context/", "context/deep/", "context/deep/er/", "skill/")


@pytest.fixture
def place(workshop: Path, scanner_cache: Path, one_scanner: None) -> Place:
    """One whose last sync left a note."""
    place = Place.make(workshop, scanner_cache)
    for folder in FOLDERS:
        for name in ("a.md", "b.md", "\xfc.md"):
            place.write(folder + name, "Plain words.\n")
    time.sleep(0.1)
    assert place.inside().outcome == "changed"
    return place


@pytest.fixture
def forked(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[int]]:
    """A small tree is shared as well, however many cores there are; the processes that were started."""
    monkeypatch.setattr(still, "_MUCH", 0)
    started = counted_forks(monkeypatch)
    yield started
    still.glance.forget()
    for pid in started:
        with pytest.raises(ChildProcessError):
            os.waitpid(pid, os.WNOHANG)


def by_listing(place: Place, *folders: str) -> dict[bytes, Listed]:
    found = {}
    for folder in folders:
        fd = os.open(place.source / folder, os.O_RDONLY)
        found[folder.encode()] = listed(fd)
        os.close(fd)
    return found


def taken(place: Place) -> dict[bytes, Listed]:
    site = open_site(place.environ)
    seen = still.glance.take(site.places.real_source, site.state.folder)
    asked = [b"", *map(str.encode, FOLDERS), b"context/node_modules/", b"context/node_modules/x/"]
    return {prefix: found for prefix in asked if (found := seen(prefix))}


@pytest.mark.parametrize("changed", ["agent/b.md", "context/new.md", "context/deep/er/a.md", "skill/a.md"])
def test_every_folder_is_seen_by_one_of_the_two(place: Place, forked: list[int], changed: str) -> None:
    place.write(changed, "Other words.\n")
    assert still.answer(["sync"], place.environ) is None
    assert len(forked) == 1
    assert taken(place) == by_listing(place, "", *FOLDERS)
    assert taken(place) == {}


def test_what_is_new_is_left_to_the_walk_which_knows_where_not_to_go(place: Place, forked: list[int]) -> None:
    place.write("agent/b.md", "Other words.\n")
    place.write("context/node_modules/x/a.js", "Much.\n")
    assert still.answer(["sync"], place.environ) is None
    assert taken(place) == by_listing(place, "", *FOLDERS)


def test_where_much_is_left_the_last_part_is_for_the_walk_which_sees_all(
    place: Place, forked: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rest, "_LOADING", 0)
    place.write("agent/b.md", "Other words.\n")
    assert still.answer(["sync"], place.environ) is None
    assert taken(place) == by_listing(place, "", *FOLDERS[:-1]), "skill is the last quarter"
    assert still.answer(["sync"], place.environ) is None
    place.write("skill/b.md", "Other words.\n")
    run = pipeline.sync(open_site(place.environ), new_request())
    assert sorted(str(change.path) for change in run.changes) == ["b'agent/b.md'", "b'skill/b.md'"]


def test_a_folder_that_cannot_be_opened_is_left_to_the_walk(place: Place, forked: list[int]) -> None:
    place.write("agent/b.md", "Other words.\n")
    (place.source / "skill").rename(place.home / "skill")
    (place.source / "skill").symlink_to(place.home / "skill")
    assert still.answer(["sync"], place.environ) is None
    assert taken(place) == by_listing(place, "", *FOLDERS[:-1])


def test_the_process_holds_no_lock_and_ends_with_the_sync(
    place: Place, forked: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rest, "looked", lambda *_: time.sleep(300))
    place.write("agent/b.md", "Other words.\n")
    assert still.answer(["sync"], place.environ) is None
    assert len(forked) == 1
    os.utime(next(place.home.glob(".local/state/autosync-tasks/*/scan.cache")))  # so that nobody waits for it
    run = pipeline.sync(open_site(place.environ), new_request())
    assert run.outcome == "changed", run.reason


def test_a_process_that_is_ended_costs_only_its_help(
    place: Place, forked: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rest, "looked", lambda *_: os.kill(os.getpid(), 9))
    place.write("agent/b.md", "Other words.\n")
    assert still.answer(["sync"], place.environ) is None
    assert taken(place) == by_listing(place, "", "agent/")


def test_a_small_rest_is_not_shared(place: Place, forked: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(still, "_MUCH", 200_000)
    place.write("agent/b.md", "Other words.\n")
    assert still.answer(["sync"], place.environ) is None
    assert (taken(place), forked) == (by_listing(place, "", "agent/"), [])


def test_a_sync_takes_what_both_saw_and_looks_at_no_folder_again(
    place: Place, forked: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    place.write("agent/b.md", "Other words.\n")
    (place.source / "context/b.md").unlink()
    assert still.answer(["sync"], place.environ) is None
    monkeypatch.setattr("autosync_tasks.tree.walk.listed", lambda _: pytest.fail("it looked again"))
    run = pipeline.sync(open_site(place.environ), new_request())
    assert sorted(str(change.path) for change in run.changes) == ["b'agent/b.md'", "b'context/b.md'"]
