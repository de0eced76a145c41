"""Each fault leads somewhere: the next step that is told is the one that helps."""

from __future__ import annotations

import os
import shutil

import pytest

from autosync_tasks.model import Trigger
from autosync_tasks.remote import known
from autosync_tasks.remote.known import PushRecord
from autosync_tasks.status.verdict import Level, Signs, Verdict, verdict
from tests.support.machine import Machine

HOUR = 3600.0


@pytest.fixture
def kept(machine: Machine) -> Machine:
    machine.make_tree()
    machine.must_sync()
    machine.now += HOUR
    return machine


def looked(machine: Machine) -> Verdict:
    machine.look_status().spoken = True
    assert machine.status is not None
    return machine.status.verdict


def test_a_damaged_branch_leads_to_recover(kept: Machine) -> None:
    (kept.backup / ".git/refs/heads/main").write_text("not a commit\n")
    told = looked(kept)
    assert (told.level, told.next_step) == (Level.NOT_PROTECTED, "`inv recover --check` says what mends it")
    assert "pending    not known" in kept.last.text


def test_without_git_nothing_is_said_of_the_backup(kept: Machine) -> None:
    kept.edit("AGENTS.md")
    empty = kept.home / "empty"
    empty.mkdir()
    kept.environ["PATH"] = str(empty)
    for words in ("verify", "sync", "restore --check"):
        told = kept.command("autosync", *words.split())
        assert told.exit_code == 1
        assert "there is no git on PATH" in told.stderr and "install git" in told.stderr, told.stderr
        assert "fault" not in told.text + told.stderr and "recover" not in told.text + told.stderr


def test_a_conflict_leads_to_recover(kept: Machine) -> None:
    known.save(
        kept.site.state,
        PushRecord(),
        PushRecord(reason="both", conflict="both", since=kept.now, about=known.about(kept.site)),
    )
    assert "`inv recover`" in looked(kept).next_step


def test_a_tree_that_is_gone_leads_to_restore(kept: Machine) -> None:
    shutil.rmtree(kept.source)
    assert looked(kept).next_step.startswith("`inv restore` brings it back")
    kept.source.mkdir()
    assert looked(kept).next_step.startswith("`inv restore` brings them back")


def test_a_left_out_path_leads_to_what_lets_it_in(kept: Machine) -> None:
    os.mkfifo(kept.path("context/odd"))
    told = kept.sync()
    assert told.exit_code == 1 and "next: context/odd: move it out of the tree" in told.text
    assert looked(kept).next_step.startswith("context/odd: move it out of the tree")


def test_a_clone_of_the_backup_is_told_how_to_go_on(kept: Machine) -> None:
    kept.write(".autosync/manifest", "x\n")
    assert "next: .autosync: remove it if a clone of the backup brought it along" in kept.sync().text


def test_a_mass_deletion_is_told_in_a_few_lines(kept: Machine) -> None:
    for folder, number in (("context", 30), ("agent", 3), ("docs", 2), ("bin", 2), ("misc", 2), ("skills", 2)):
        for count in range(number):
            kept.edit(f"{folder}/{count}.md")
    kept.must_sync()
    for folder in ("context", "agent", "docs", "bin", "misc", "skills"):
        shutil.rmtree(kept.source / folder)
    kept.now += HOUR
    told = kept.sync(Trigger.SCHEDULE)
    assert told.exit_code == 3
    gone = [line for line in told.text.splitlines() if "gone: " in line]
    assert gone[0].strip() == "gone: 31 files of context/" and len(gone) == 5, gone
    assert gone[-1].strip() == "gone: 4 files more, of 2 folders", gone
    assert len(told.text.splitlines()) < 30


@pytest.mark.parametrize(
    ("signs", "level", "step"),
    [
        (Signs(backed_up=False, enabled=True), Level.NOT_PROTECTED, "`inv sync`"),
        (Signs(backed_up=True, enabled=True, wrong_source=("no tree", "name it")), Level.NOT_PROTECTED, "name it"),
        (Signs(backed_up=True, enabled=True, pending=1, oldest=9e9), Level.NOT_PROTECTED, "`inv doctor`"),
        (Signs(backed_up=True, enabled=True, block=("bad", "mend it"), blocked_for=9e9), Level.NOT_PROTECTED, "mend"),
        (Signs(backed_up=True, enabled=True, silent=["cron (crontab)"]), Level.NOT_PROTECTED, "`inv doctor`"),
        (Signs(backed_up=True, enabled=True, block=("bad", "mend it")), Level.ATTENTION, "mend it"),
        (Signs(backed_up=True, enabled=True, not_pushed="away"), Level.ATTENTION, "`inv sync --push`"),
        (Signs(backed_up=True, enabled=True, failures=1), Level.ATTENTION, "`inv sync`"),
        (Signs(backed_up=True, enabled=True, quarantined=1, mend="mend a.md"), Level.ATTENTION, "mend a.md"),
        (Signs(backed_up=True, enabled=True, faults=1, take="move it"), Level.ATTENTION, "move it"),
        (Signs(backed_up=True, enabled=True, pending=1, comes=False), Level.ATTENTION, "`inv install-cron`"),
        (Signs(backed_up=True, enabled=False, pending=1), Level.ATTENTION, "`inv enable`"),
        (Signs(backed_up=True, enabled=False), Level.ATTENTION, "`inv enable`"),
        (Signs(backed_up=True, enabled=True, pending=1), Level.PROTECTED, ""),
    ],
)
def test_every_verdict_but_the_good_one_has_a_next_step(signs: Signs, level: Level, step: str) -> None:
    told = verdict(signs, 26 * HOUR)
    assert told.level is level and step in told.next_step
