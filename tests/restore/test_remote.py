"""The drill (here and from a remote), and ending a conflict with `--take`."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from autosync_tasks.errors import AutosyncError, ConflictError, GuardError
from autosync_tasks.model import Outcome, Run
from autosync_tasks.recovery.take_side import take
from autosync_tasks.remote.fresh import fetch_fresh
from autosync_tasks.restore.restore import new_wish, restore
from autosync_tasks.verify.drill import drill, fetch_for
from autosync_tasks.workspace.request import new_request
from tests.remote.machines import QUICK, Machine, Person, bare, git

pytestmark = [pytest.mark.usefixtures("one_scanner"), pytest.mark.sample(1, of_file=True)]


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    remote = bare(tmp_path / "remote.git")
    machine = Machine(tmp_path / "one", str(remote), AUTO_SYNC_PUSH="true")
    machine.write("agents/build.md", "---\ndescription: b\n---\nhello\n")
    machine.write("context/a.md", "a\n")
    (machine.source / "empty").mkdir()
    (machine.source / "agents/link.md").symlink_to("build.md")
    (machine.source / "context/a.md").chmod(0o600)
    assert machine.round().exit_code == 0
    return machine


def drilled(machine: Machine, *, local: bool = False) -> Run:
    site = machine.site
    before = sorted(os.listdir(site.state.folder))
    run = drill(site, new_request(), None if local else lambda folder: fetch_fresh(site, folder))
    assert sorted(os.listdir(site.state.folder)) == before
    return run


@pytest.mark.parametrize("local", [True, False])
def test_a_whole_backup_passes_and_leaves_no_scratch(machine: Machine, local: bool) -> None:
    run = drilled(machine, local=local)
    assert (run.outcome, run.exit_code) == (Outcome.OK, 0), run
    assert ("the local backup" if local else "the remote origin") in run.reason


def test_the_drill_asks_the_remote_only_where_it_is_pushed_to(machine: Machine) -> None:
    assert fetch_for(machine.site) is not None
    machine.named["AUTO_SYNC_PUSH"] = "false"
    assert fetch_for(machine.site) is None


def test_the_remote_must_give_every_object_itself(machine: Machine, tmp_path: Path) -> None:
    """The local store is whole, the remote has lost a file: only a drill that takes nothing from here can see it."""
    blob = git(machine.backup, "rev-parse", "main:context/a.md")
    explode(tmp_path / "remote.git")
    (tmp_path / "remote.git/objects" / blob[:2] / blob[2:]).unlink()
    assert drilled(machine, local=True).exit_code == 0
    with pytest.raises(AutosyncError):
        drilled(machine)


def test_a_damaged_file_fails_the_drill(machine: Machine) -> None:
    blob = git(machine.backup, "rev-parse", "main:context/a.md")
    explode(machine.backup / ".git")
    (machine.backup / ".git/objects" / blob[:2] / blob[2:]).unlink()
    run = drilled(machine, local=True)
    assert (run.outcome, run.exit_code) == (Outcome.FAILED, 1)
    assert any("context/a.md" in detail for detail in run.details)
    assert run.next_step


def test_what_came_out_is_validated(machine: Machine, tmp_path: Path) -> None:
    person = Person(tmp_path / "person", str(tmp_path / "remote.git"))
    person.edit("agents/build.md", "<<<<<<< a\nb\n=======\nc\n>>>>>>> d\n")
    run = drilled(machine)
    assert run.commit != machine.head
    assert any(finding.path == b"agents/build.md" for finding in run.findings)


def test_another_address_than_the_confirmed_one_is_not_asked(machine: Machine, tmp_path: Path) -> None:
    bare(tmp_path / "other.git")
    git(machine.backup, "remote", "set-url", "origin", str(tmp_path / "other.git"))
    with pytest.raises(GuardError, match="no longer to"):
        drilled(machine)


@pytest.fixture
def conflict(machine: Machine, tmp_path: Path) -> Machine:
    person = Person(tmp_path / "person", str(tmp_path / "remote.git"))
    person.edit("agents/build.md", "---\ndescription: b\n---\ntheirs\n")
    person.edit("context/a.md", None)
    person.edit("README.md", "foreign\n")
    machine.write("agents/build.md", "---\ndescription: b\n---\nmine\n")
    machine.sync()
    assert machine.push().exit_code == 4
    return machine


def test_take_source_keeps_mine_and_both_histories(conflict: Machine, tmp_path: Path) -> None:
    theirs, mine = git(tmp_path / "remote.git", "rev-parse", "main"), conflict.head
    run = take(conflict.site, "source", new_request(), limits=QUICK)
    assert run.exit_code == 0, run
    head = git(tmp_path / "remote.git", "rev-parse", "main")
    assert head == conflict.head
    for commit in (theirs, mine):
        git(conflict.backup, "merge-base", "--is-ancestor", commit, head)
    assert conflict.holds()["agents/build.md"].endswith("mine")
    assert conflict.holds()["README.md"] == "foreign"
    assert (conflict.source / "agents/build.md").read_text().endswith("mine\n")
    assert conflict.round().exit_code == 0


def test_take_remote_restores_theirs_with_a_snapshot(conflict: Machine, tmp_path: Path) -> None:
    conflict.write("agents/build.md", "---\ndescription: b\n---\nnot synced\n")
    run = take(conflict.site, "remote", new_request(), limits=QUICK)
    assert run.exit_code == 0, run
    assert (conflict.source / "agents/build.md").read_text().endswith("theirs\n")
    assert not (conflict.source / "context/a.md").exists()
    assert not (conflict.source / "README.md").exists()
    assert git(tmp_path / "remote.git", "rev-parse", "main") == conflict.head
    assert conflict.sync().outcome is Outcome.OK
    undone, _ = restore(conflict.site, new_wish(undo=True))
    assert undone.exit_code == 0
    assert (conflict.source / "agents/build.md").read_text().endswith("not synced\n")
    assert (conflict.source / "context/a.md").read_text() == "a\n"


def test_take_remote_refused_moves_nothing(conflict: Machine, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    shutil.move(conflict.source / "agents", outside)
    (conflict.source / "agents").symlink_to(outside)
    head = conflict.head
    run = take(conflict.site, "remote", new_request(), limits=QUICK)
    assert run.exit_code == 3
    assert conflict.head == head
    assert (outside / "build.md").read_text().endswith("mine\n")


def test_check_asks_nobody_and_writes_nothing(conflict: Machine) -> None:
    refs = git(conflict.backup, "for-each-ref")
    run = take(conflict.site, "remote", new_request(check=True))
    assert run.exit_code == 5
    assert git(conflict.backup, "for-each-ref") == refs


def test_no_conflict_is_said(machine: Machine) -> None:
    with pytest.raises(ConflictError):
        take(machine.site, "source", new_request(check=True))
    with pytest.raises(ConflictError):
        take(machine.site, "source", new_request(), limits=QUICK)


def explode(git_dir: Path) -> None:
    """Packs become loose objects, one file each."""
    packs = git_dir / "objects/pack"
    moved = git_dir / "moved"
    shutil.move(packs, moved)
    packs.mkdir()
    for pack in moved.glob("*.pack"):
        os.system(f"git --git-dir='{git_dir}' unpack-objects -q < '{pack}'")
    shutil.rmtree(moved)
