"""Disks that keep less: FAT and exFAT know no modes, no links, no case. What they do is done here by refusing calls.

Tried on exFAT itself (in FUSE) too: docs/restore.md.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from autosync_tasks.tree import write
from tests.support.place import Place


def refuse(*_: object, **__: object) -> None:
    raise PermissionError(1, "Operation not permitted")


@pytest.fixture
def no_modes_no_links(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "fchmod", refuse)
    monkeypatch.setattr(os, "symlink", refuse)


@pytest.fixture
def place(workshop: Path, scanner_cache: Path, one_scanner: None) -> Place:
    place = Place.make(workshop, scanner_cache)
    place.write("bin/run", "#!/bin/sh\n", mode=0o755)
    place.write("context/a.md", "first\n")
    (place.source / "link").symlink_to("context/a.md")
    assert place.inside("sync").code == 0
    return place


def test_what_a_disk_keeps_is_found_out_and_nothing_stays(place: Place, no_modes_no_links: None) -> None:
    before = sorted(os.listdir(place.source))
    root = os.open(place.source, os.O_RDONLY)
    assert write.lacks(root) == ("modes", "links")
    os.close(root)
    assert sorted(os.listdir(place.source)) == before


def test_an_ordinary_disk_keeps_all(place: Place) -> None:
    root = os.open(place.source, os.O_RDONLY)
    assert write.lacks(root) == ()
    os.close(root)


def test_a_restore_there_brings_what_it_can(place: Place, no_modes_no_links: None) -> None:
    there = place.base / "stick"
    run = place.inside("restore", "--to", str(there))
    assert (run.code, run.outcome) == (1, "incomplete")
    assert [line.partition(":")[0] for line in run.json["details"]] == ["link"]
    assert "does not keep modes, links" in " ".join(run.json["notes"])
    assert (there / "bin/run").read_text() == "#!/bin/sh\n"
    assert (there / "context/a.md").read_text() == "first\n"


def test_modes_alone_are_a_note(place: Place, no_modes_no_links: None) -> None:
    run = place.inside("restore", "bin", "context", "--to", str(place.base / "stick"))
    assert (run.code, run.outcome) == (0, "changed"), run
    assert "does not keep modes" in " ".join(run.json["notes"])


def test_a_drill_there_blames_no_backup(place: Place, no_modes_no_links: None) -> None:
    run = place.inside("verify", "--drill")
    assert run.code == 1
    assert "the file system there does not keep modes, links (the state folder)" in run.json["reason"]
    assert "XDG_STATE_HOME" in run.json["next_step"]


def test_a_work_tree_there_gets_the_rest(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    (place.source / "more").symlink_to("bin/run")
    monkeypatch.setattr(os, "symlink", refuse)
    place.write("context/b.md", "second\n")
    run = place.inside("sync")
    assert run.code == 0
    assert "could not be brought along (more: operation not permitted)" in " ".join(run.json["notes"])
    assert (place.backup / "context/b.md").read_text() == "second\n"
    assert place.inside("status").json["verdict"] == "attention"
