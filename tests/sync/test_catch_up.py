"""What a killed run, or a power cut, left undone in the backup's work tree is done by the next run, without a person."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from tests.support.place import Place


@pytest.fixture
def place(workshop: Path, scanner_cache: Path, one_scanner: None) -> Place:
    place = Place.make(workshop, scanner_cache)
    for name in ("AGENTS.md", "context/a.md", "context/b.md", "context/c.md"):
        place.write(name, f"{name}\n")
    assert place.inside().code == 0
    return place


def interrupted(place: Place) -> None:
    """A sync whose commit is on the branch, and whose work tree is as it was before."""
    kept = place.base / "kept"
    shutil.copytree(place.backup, kept, symlinks=True, ignore=lambda folder, names: ["objects", "refs", "logs"])
    place.write("context/a.md", "second\n")
    (place.source / "context/b.md").unlink()
    assert place.inside().outcome == "changed"
    for path in place.backup.iterdir():
        if path.name != ".git":
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    shutil.copytree(kept, place.backup, symlinks=True, dirs_exist_ok=True)
    mark = next(place.state.glob("*/worktree"))
    mark.unlink()


def in_order(place: Place) -> None:
    run = place.inside()
    assert run.code == 0, run
    assert place.git("status", "--porcelain") == b""
    assert (place.backup / "context/a.md").read_text() == (place.source / "context/a.md").read_text()
    assert not list((place.backup / ".git").rglob("*.lock"))
    assert place.git("stash", "list") == b"", "nobody had edited anything there"
    assert place.inside().outcome == "ok"


def test_a_deletion_that_never_reached_the_work_tree(place: Place) -> None:
    interrupted(place)
    assert (place.backup / "context/b.md").exists()
    in_order(place)
    assert not (place.backup / "context/b.md").exists()


def test_a_manifest_that_alone_never_reached_the_work_tree(place: Place) -> None:
    next(place.state.glob("*/worktree")).unlink()
    (place.backup / ".autosync/manifest").unlink()
    in_order(place)


def test_a_lock_of_the_index_is_in_the_way_and_nothing_else_is_to_be_done(place: Place) -> None:
    interrupted(place)
    (place.backup / ".git/index.lock").write_bytes(b"")
    in_order(place)


def test_commits_of_which_none_reached_the_work_tree(place: Place) -> None:
    interrupted(place)
    os.rename(place.base / "kept", place.base / "older")
    interrupted(place_again(place))
    shutil.copytree(place.base / "older", place.backup, symlinks=True, dirs_exist_ok=True)
    in_order(place)


def place_again(place: Place) -> Place:
    assert place.inside().code == 0
    place.write("context/b.md", "back again\n")
    assert place.inside().code == 0
    return place


def test_what_another_start_of_the_machine_wrote_there_is_looked_at_again(place: Place) -> None:
    """After a power cut a file of the work tree may be empty although all of it was told to be in order."""
    mark = next(place.state.glob("*/worktree"))
    commit = mark.read_text().split()[0]
    (place.backup / "context/c.md").unlink()
    assert place.inside().outcome == "ok"
    assert not (place.backup / "context/c.md").exists(), "within one start it is trusted: a person may have moved it"
    mark.write_text(f"{commit} 00000000-0000-0000-0000-000000000000\n")
    in_order(place)
    assert (place.backup / "context/c.md").read_text() == "context/c.md\n"


def test_a_foreign_file_that_a_commit_of_a_person_took_out_of_the_backup_stays(place: Place) -> None:
    """Only what an own commit deleted is cleared away."""
    (place.backup / "notes.txt").write_text("mine\n")
    place.git("add", "notes.txt")
    place.git("commit", "-qm", "notes")
    place.git("rm", "-q", "--cached", "notes.txt")
    place.git("commit", "-qm", "not in the backup any more, but here")
    next(place.state.glob("*/worktree")).unlink()
    place.write("context/a.md", "third\n")
    assert place.inside().outcome == "changed"
    assert (place.backup / "notes.txt").read_text() == "mine\n"
