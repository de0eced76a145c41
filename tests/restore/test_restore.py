"""Restore, end to end with real git: what comes back, what stays, what is refused, and undo."""

from __future__ import annotations

import base64
import os
import shutil
import time
from pathlib import Path

import pytest

from autosync_tasks.errors import UsageError
from autosync_tasks.model import Outcome
from autosync_tasks.restore import run as restore_run
from autosync_tasks.restore.snapshot import snapshots
from tests.restore.support import Place, explode, make_place, read_tree, write

pytestmark = pytest.mark.sample(10, of_file=True)

SECRET = base64.b64decode("Z2hwXzFBMmIzQzRkNUU2ZjdHOGg5STBqMUsybDNNNG41TzZwN1E4cg==").decode()


@pytest.fixture
def place(tmp_path: Path, scanner_cache: Path, one_scanner: None) -> Place:
    place = make_place(tmp_path, scanner_cache)
    write(
        place.source,
        {"agents/build.md": "---\ndescription: b\n---\nhello\n", "opencode.json": "{}\n", "context/a/b/deep.md": "x\n"},
    )
    (place.source / "empty").mkdir(mode=0o700)
    (place.source / "agents/link.md").symlink_to("build.md")
    (place.source / "bin").mkdir()
    (place.source / "bin/run").write_text("#!/bin/sh\n")
    (place.source / "bin/run").chmod(0o750)
    place.sync()
    return place


def test_a_lost_tree_comes_back_whole(place: Place) -> None:
    before = read_tree(place.source)
    shutil.rmtree(place.source)
    run = place.restore()
    assert run.outcome is Outcome.CHANGED
    assert run.exit_code == 0
    assert read_tree(place.source) == before


def test_one_deleted_file_comes_back_alone(place: Place) -> None:
    (place.source / "agents/build.md").unlink()
    (place.source / "opencode.json").unlink()
    place.restore("agents/build.md")
    assert (place.source / "agents/build.md").read_text().endswith("hello\n")
    assert not (place.source / "opencode.json").exists()


def test_a_folder_comes_back_and_other_files_stay(place: Place) -> None:
    shutil.rmtree(place.source / "context")
    write(place.source, {"context/new.md": "mine\n", "agents/build.md": "edited\n"})
    place.restore("context/")
    assert (place.source / "context/a/b/deep.md").read_text() == "x\n"
    assert (place.source / "context/new.md").read_text() == "mine\n"
    assert (place.source / "agents/build.md").read_text() == "edited\n"


def test_a_second_restore_changes_nothing_and_writes_nothing(place: Place) -> None:
    (place.source / "opencode.json").unlink()
    place.restore()
    before = place.everything()
    run = place.restore()
    assert run.outcome is Outcome.OK
    assert place.everything() == before


def test_check_writes_nothing_at_all(place: Place) -> None:
    write(place.source, {"agents/build.md": "edited\n"})
    (place.source / "opencode.json").unlink()
    before = place.everything(), read_tree(place.source)
    run = place.restore(check=True)
    assert run.exit_code == 5
    assert {change.path for change in run.changes} == {b"agents/build.md", b"opencode.json"}
    assert (place.everything(), read_tree(place.source)) == before


def test_undo_takes_a_restore_back_and_its_own_snapshot_redoes_it(place: Place) -> None:
    write(place.source, {"agents/build.md": "my own edit\n"})
    (place.source / "opencode.json").unlink()
    (place.source / "bin/run").chmod(0o600)
    shutil.rmtree(place.source / "context")
    (place.source / "agents/link.md").unlink()
    (place.source / "agents/link.md").symlink_to("elsewhere")
    before = read_tree(place.source)
    place.restore()
    after = read_tree(place.source)
    assert after != before
    run = place.restore(undo=True)
    assert run.exit_code == 0, run
    assert read_tree(place.source) == before
    with pytest.raises(UsageError, match="every restore has been taken back"):
        place.restore(undo=True)
    (way,) = (note.split("`")[1] for note in run.notes if "takes this back" in note)
    place.restore(undo=way.removeprefix("inv restore --undo "))
    assert read_tree(place.source) == after
    place.restore(undo=True)
    assert read_tree(place.source) == before


def test_a_lock_that_a_killed_undo_left_at_its_end_is_in_no_way(place: Place) -> None:
    (place.source / "opencode.json").write_text("{ }\n")
    place.restore()
    commit = snapshots(place.site.repository)[0].commit
    left = place.backup / f".git/refs/autosync/undone/{commit}.lock"
    left.parent.mkdir(parents=True)
    left.write_bytes(b"")
    assert place.restore(undo=True).outcome is Outcome.CHANGED
    assert not left.exists()
    assert (place.source / "opencode.json").read_text() == "{ }\n"


def test_undo_walks_back_restore_by_restore(place: Place) -> None:
    """Also past one that needs nothing any more, and one whose undo was stopped is gone on with."""
    states = []
    for text in ("one\n", "two\n", "three\n"):
        write(place.source, {"agents/build.md": text})
        states.append(read_tree(place.source))
        place.restore()
    place.restore(undo=True)
    assert read_tree(place.source) == states[2]
    write(place.source, {"agents/build.md": "two\n"})  # as the next one would have it
    assert place.restore(undo=True).outcome is Outcome.OK
    place.restore(undo=True)
    assert read_tree(place.source) == states[0]
    assert place.restore(undo=snapshots(place.site.repository)[1].commit).exit_code == 0
    with pytest.raises(UsageError, match="there is no snapshot"):
        place.restore(undo="abcdef1")


class StoppedError(BaseException):
    """A run ends here."""


def test_an_undo_that_was_stopped_is_gone_on_with(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    write(place.source, {"agents/build.md": "mine\n", "opencode.json": "{}\n"})
    before = read_tree(place.source)
    place.restore()

    def stopped(*_: object) -> None:
        raise StoppedError

    with monkeypatch.context() as patch:
        patch.setattr(restore_run, "carry_out", stopped)
        with pytest.raises(StoppedError):
            place.restore(undo=True)
    place.restore(undo=True)
    assert read_tree(place.source) == before


def test_undo_leaves_what_was_changed_since(place: Place) -> None:
    (place.source / "opencode.json").unlink()
    place.restore()
    write(place.source, {"opencode.json": '{"a": 1}\n'})
    run = place.restore(undo=True)
    assert (place.source / "opencode.json").read_text() == '{"a": 1}\n'
    assert any("changed since" in note for note in run.notes)


def test_the_snapshot_moves_no_branch_and_is_a_backup_of_its_own(place: Place) -> None:
    head = place.say("rev-parse", "main")
    write(place.source, {"agents/build.md": "precious\n"})
    place.restore()
    assert place.say("rev-parse", "main") == head
    ref = place.say("for-each-ref", "--format=%(refname)", "refs/autosync/snapshots")
    assert place.say("show", f"{ref}:agents/build.md") == "precious"
    place.say("fsck", "--full", "--strict")


def test_a_secret_never_enters_the_store_and_is_set_aside(place: Place) -> None:
    write(place.source, {"agents/build.md": f"token {SECRET}\n"})
    run = place.restore("agents/build.md")
    assert run.exit_code == 0
    aside = [name for name in os.listdir(place.source / "agents") if ".before-restore-" in name]
    assert len(aside) == 1
    assert aside[0].endswith(".bak")
    assert SECRET in (place.source / "agents" / aside[0]).read_text()
    assert (place.source / "agents/build.md").read_text().endswith("hello\n")
    listing = place.say("cat-file", "--batch-all-objects", "--batch-check=%(objectname) %(objecttype)")
    blobs = [line.split()[0] for line in listing.splitlines() if line.endswith(" blob")]
    assert blobs
    assert not [blob for blob in blobs if SECRET in place.say("cat-file", "blob", blob)]
    place.sync()  # what was set aside is of low priority: no sync takes it, and none is blocked by it
    place.restore(undo=True)
    assert SECRET in (place.source / "agents/build.md").read_text()
    assert not [name for name in os.listdir(place.source / "agents") if ".before-restore-" in name]


def test_a_folder_in_a_files_place_is_set_aside_with_all_that_is_in_it(place: Place) -> None:
    (place.source / "opencode.json").unlink()
    write(place.source, {"opencode.json/inner": "kept\n", "opencode.json/.env": "A=1\n"})
    before = read_tree(place.source)
    preview = place.restore("opencode.json", check=True)
    assert [note for note in preview.notes if note.startswith("what stands at opencode.json would be set aside as")]
    run = place.restore("opencode.json")
    told = [note for note in run.notes if "set aside" in note]
    assert [note.startswith("what stood at opencode.json was set aside as") for note in told] == [True]
    assert run.exit_code == 0
    assert (place.source / "opencode.json").read_text() == "{}\n"
    aside = next(place.source.glob("opencode.json.before-restore-*"))
    assert (aside / "inner").read_text() == "kept\n"
    assert (aside / ".env").read_text() == "A=1\n"
    assert place.restore(undo=True).exit_code == 0
    assert read_tree(place.source) == before


def test_a_file_in_a_folders_place_is_set_aside(place: Place) -> None:
    shutil.rmtree(place.source / "context")
    write(place.source, {"context": "a file now\n"})
    before = read_tree(place.source)
    assert place.restore().exit_code == 0
    assert (place.source / "context/a/b/deep.md").read_text() == "x\n"
    assert place.restore(undo=True).exit_code == 0
    assert read_tree(place.source) == before


def test_an_older_version_by_commit_and_by_time(place: Place) -> None:
    first = place.say("rev-parse", "main")
    write(place.source, {"opencode.json": '{"v": 2}\n'})
    place.sync()
    place.restore("opencode.json", at=first[:8])
    assert (place.source / "opencode.json").read_text() == "{}\n"
    place.restore("opencode.json", at="main")
    assert (place.source / "opencode.json").read_text() == '{"v": 2}\n'
    place.restore("opencode.json", at="main~1")
    assert (place.source / "opencode.json").read_text() == "{}\n"
    tomorrow = time.strftime("%Y-%m-%d", time.localtime(time.time() + 86400))
    place.restore("opencode.json", at=tomorrow)
    assert (place.source / "opencode.json").read_text() == '{"v": 2}\n'


@pytest.mark.parametrize(
    ("at", "said"),
    [
        ("1999-01-01", "no backup yet"),
        ("deadbeef", "no commit"),
        ("2026-13-45", "no time"),
        ("--output=x", "neither"),
        ("main..x", "neither"),
        ("the day before", "neither"),
        ("2026/01/05", "neither"),
    ],
)
def test_a_wrong_moment_is_told(place: Place, at: str, said: str) -> None:
    with pytest.raises(UsageError, match=said) as caught:
        place.restore(at=at)
    assert caught.value.hint


def test_an_unknown_path_names_the_nearest_and_when_it_left(place: Place) -> None:
    with pytest.raises(UsageError) as caught:
        place.restore("agent/build.md", "nothing-like-it-at-all")
    assert "agents/build.md" in caught.value.details[0]
    assert len(caught.value.details) == 2
    (place.source / "opencode.json").unlink()
    place.sync()
    with pytest.raises(UsageError) as caught:
        place.restore("opencode.json")
    at = caught.value.hint.split("--at ")[1].split()[0]
    place.restore("opencode.json", at=at)
    assert (place.source / "opencode.json").read_text() == "{}\n"


def test_a_file_that_no_sync_put_there_has_not_left_the_backup(place: Place) -> None:
    (place.backup / "README.md").write_text("mine\n")
    place.git("add", "README.md")
    place.git("commit", "-qm", "by hand")
    for name in ("README.md", ".autosync/manifest"):
        with pytest.raises(UsageError) as caught:
            place.restore(name)
        assert "is no file of the source" in caught.value.hint, caught.value.hint


def test_a_path_with_dots_is_not_called_outside(place: Place) -> None:
    with pytest.raises(UsageError, match=r"has `\.\.` in it"):
        place.restore("agents/../opencode.json")


@pytest.mark.parametrize("path", ["../x", "/etc/passwd", "agents/../../x"])
def test_a_path_outside_is_refused(place: Place, path: str) -> None:
    with pytest.raises(UsageError, match="outside"):
        place.restore(path)


def test_a_whole_path_inside_the_source_is_understood(place: Place) -> None:
    (place.source / "opencode.json").unlink()
    place.restore(str(place.source / "opencode.json"))
    assert (place.source / "opencode.json").exists()


def test_another_folder_gets_everything_and_is_never_overwritten(place: Place, tmp_path: Path) -> None:
    out = tmp_path / "out"
    place.restore(to=str(out))
    assert read_tree(out) == read_tree(place.source)
    assert place.restore(to=str(out)).outcome is Outcome.OK
    (out / "opencode.json").write_text("mine\n")
    (out / "agents/build.md").unlink()
    run = place.restore(to=str(out))
    assert run.exit_code == 3
    assert (out / "opencode.json").read_text() == "mine\n"
    assert not (out / "agents/build.md").exists()
    assert not place.say("for-each-ref", "refs/autosync/snapshots")


@pytest.mark.parametrize("where", ["source/agents", "backup/x", "source"])
def test_a_folder_inside_source_or_backup_is_refused(place: Place, tmp_path: Path, where: str) -> None:
    with pytest.raises(UsageError, match="lies in the"):
        place.restore(to=str(tmp_path / where))


def test_the_home_of_nobody_is_no_folder(place: Place, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    with pytest.raises(UsageError, match="no such user"):
        place.restore(to="~nobody-of-that-name/x")
    assert not list(Path().iterdir())
    place.restore(to="./~nobody-of-that-name/x")
    assert read_tree(Path("./~nobody-of-that-name/x")) == read_tree(place.source)


def test_missing_contents_are_named_and_the_rest_comes_back(place: Place) -> None:
    blob = place.say("rev-parse", "main:opencode.json")
    explode(place)
    (place.backup / ".git/objects" / blob[:2] / blob[2:]).unlink()
    shutil.rmtree(place.source)
    run = place.restore()
    assert run.outcome is Outcome.INCOMPLETE
    assert run.exit_code == 1
    assert any("opencode.json" in detail and "missing" in detail for detail in run.details)
    assert (place.source / "agents/build.md").exists()
    assert not (place.source / "opencode.json").exists()


def test_damaged_contents_are_never_written(place: Place) -> None:
    blob = place.say("rev-parse", "main:opencode.json")
    explode(place)
    stored = place.backup / ".git/objects" / blob[:2] / blob[2:]
    stored.chmod(0o600)
    other = place.say("rev-parse", "main:agents/build.md")
    stored.write_bytes((place.backup / ".git/objects" / other[:2] / other[2:]).read_bytes())
    shutil.rmtree(place.source)
    run = place.restore()
    assert run.exit_code == 1
    assert any("opencode.json" in detail and "damaged" in detail for detail in run.details)
    assert not (place.source / "opencode.json").exists()
    assert (place.source / "agents/build.md").exists()
