"""Taking a secret out of the backup's history, and accepting one that only the history holds."""

from __future__ import annotations

import base64
import dataclasses
from pathlib import Path

import pytest

from autosync_tasks.errors import GuardError, UsageError
from autosync_tasks.model import Outcome, Run
from autosync_tasks.recovery.forget import forget
from autosync_tasks.recovery.recover import look_at
from autosync_tasks.remote.heads import FORGOTTEN
from autosync_tasks.remote.known import PushResult
from autosync_tasks.remote.secret_guard import in_history
from autosync_tasks.verify.verify import verify
from autosync_tasks.workspace.request import new_request
from autosync_tasks.workspace.validation_context import acceptances
from tests.remote.machines import Machine, bare, contents, git

pytestmark = [pytest.mark.usefixtures("one_scanner"), pytest.mark.sample(2, of_file=True)]

TOKEN = base64.b64decode("Z2hwXzlmS2oyTHE3WHcxWm00UnQ4VmI2TnA1SHMzRGMwWWFRZTd1").decode()
"""A made-up token in the form of a real provider's, kept encoded."""


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    """A secret was accepted, backed up and taken out again; then the acceptance went, and a remote came."""
    made = Machine(tmp_path / "one", str(bare(tmp_path / "there.git")))
    made.write("AGENTS.md", "# all\n")
    assert made.sync().outcome is Outcome.CHANGED
    made.write("context/note.md", f"# Note\n\ntoken: {TOKEN}\n\nMore.\n")
    blocked = made.sync()
    assert blocked.exit_code == 3
    mark = next(finding.fingerprint for finding in blocked.findings if finding.blocks)
    store = acceptances(made.site)
    store.add(mark, "a test", at=made.now)
    assert made.sync().outcome is Outcome.CHANGED
    made.write("AGENTS.md", "# all, better\n")
    made.sync()
    (made.source / "context/note.md").write_text("# Note\n")
    made.sync()
    made.write("AGENTS.md", "# all, best\n")
    made.sync()
    store.prune(())
    return made


def blocked(machine: Machine) -> PushResult:
    result = machine.push()
    assert (result.outcome, result.exit_code) == (Outcome.BLOCKED, 3), result
    return result


def mark_of(machine: Machine) -> str:
    return blocked(machine).findings[0].fingerprint


def asked(machine: Machine, mark: str, *, check: bool = False, pushed: bool = False) -> Run:
    return forget(machine.site, mark, dataclasses.replace(new_request(check=check), now=machine.now), pushed=pushed)


def history(machine: Machine, *revisions: str) -> str:
    return git(machine.backup, "log", "-p", "--format=%an %at %s%n%b", *revisions)


def test_the_hint_of_a_blocked_push_names_both_ways(machine: Machine) -> None:
    result = blocked(machine)
    mark = result.findings[0].fingerprint
    assert f"inv recover --forget {mark}" in result.next_step
    assert f"inv accept {mark} --reason" in result.next_step


def test_an_acceptance_for_what_stands_in_the_history_lets_the_push_go(machine: Machine) -> None:
    mark = mark_of(machine)
    acceptances(machine.site).add(mark, "no secret", at=machine.now)
    assert machine.push().outcome is Outcome.CHANGED
    assert {finding.status for found in in_history(machine.site, machine.head).values() for finding in found} == {
        "accepted"
    }


def test_it_goes_from_every_version_and_nothing_else_does(machine: Machine, tmp_path: Path) -> None:
    mark, old = mark_of(machine), machine.head
    before = git(machine.backup, "log", "--format=%an %at %cn %ct %B")
    first = git(machine.backup, "rev-list", "--max-parents=0", "HEAD")
    assert asked(machine, mark, check=True).exit_code == 5 and machine.head == old
    run = asked(machine, mark)
    assert (run.outcome, run.exit_code) == (Outcome.CHANGED, 0), run
    assert f"inv recover --forget {mark}" in run.next_step
    assert machine.head == run.commit != old
    assert git(machine.backup, "rev-parse", "HEAD^{tree}") == git(machine.backup, "rev-parse", f"{old}^{{tree}}")
    assert git(machine.backup, "log", "--format=%an %at %cn %ct %B") == before
    assert git(machine.backup, "rev-list", "--max-parents=0", "HEAD") == first
    assert TOKEN not in history(machine, "HEAD") and TOKEN in history(machine, old)
    assert "More." in git(machine.backup, "show", "HEAD~2:context/note.md")
    assert git(machine.backup, "status", "--porcelain") == ""
    assert all(
        machine.site.repository.head(commit).note == "" for commit in git(machine.backup, "rev-list", "HEAD").split()
    )
    assert not look_at(machine.site).damaged
    assert machine.sync().outcome is Outcome.OK
    assert machine.push().outcome is Outcome.CHANGED
    assert contents(tmp_path / "there.git", "main")["AGENTS.md"] == "# all, best"
    assert TOKEN not in git(tmp_path / "there.git", "log", "-p", "--all")
    verified = verify(machine.site, new_request(), deep=True)
    assert verified.exit_code == 0, verified


def test_the_old_history_is_kept_until_it_is_asked_once_more(machine: Machine) -> None:
    mark, old = mark_of(machine), machine.head
    asked(machine, mark)
    kept = git(machine.backup, "for-each-ref", "--format=%(objectname)", FORGOTTEN)
    assert kept == old
    assert asked(machine, mark, check=True).exit_code == 5
    assert git(machine.backup, "for-each-ref", FORGOTTEN)
    assert asked(machine, mark).exit_code == 0
    assert git(machine.backup, "for-each-ref", FORGOTTEN) == ""
    with pytest.raises(UsageError, match="no version"):
        asked(machine, mark)


def test_what_the_newest_backup_holds_must_leave_the_tree_first(machine: Machine) -> None:
    mark = mark_of(machine)
    (machine.backup / "mine.txt").write_text(f"token: {TOKEN}\n")
    git(machine.backup, "add", "mine.txt")
    git(machine.backup, "commit", "-qm", "by hand")
    with pytest.raises(GuardError, match=r"mine\.txt"):
        asked(machine, mark)


def test_what_was_pushed_is_made_again_only_if_that_is_said(machine: Machine, tmp_path: Path) -> None:
    mark, old = mark_of(machine), machine.head
    store = acceptances(machine.site)
    store.add(mark, "no secret", at=machine.now)
    assert machine.push().outcome is Outcome.CHANGED
    with pytest.raises(GuardError, match="pushed already") as caught:
        asked(machine, mark)
    assert f"inv recover --forget {mark} --pushed" in caught.value.hint
    assert machine.head == old
    run = asked(machine, mark, pushed=True)
    assert "delete the branch" in run.next_step and machine.head != old
    git(tmp_path / "there.git", "update-ref", "-d", "refs/heads/main")
    store.prune(())
    assert machine.push().outcome is Outcome.CHANGED
    assert TOKEN not in git(tmp_path / "there.git", "log", "-p", "main")


def test_a_protected_file_that_a_person_committed_leaves_by_its_name(machine: Machine) -> None:
    acceptances(machine.site).add(mark_of(machine), "no secret", at=machine.now)
    (machine.backup / ".env").write_text("A=1\n")
    git(machine.backup, "add", "-f", ".env")
    git(machine.backup, "commit", "-qm", "by hand")
    git(machine.backup, "rm", "-q", ".env")
    git(machine.backup, "commit", "-qm", "gone, but not from the history")
    result = blocked(machine)
    mark = result.findings[0].fingerprint
    assert result.findings[0].code == "SEC004" and "inv accept" not in result.next_step
    asked(machine, mark)
    assert git(machine.backup, "log", "--format=%h", "HEAD", "--", ".env") == ""
    assert machine.push().outcome is Outcome.CHANGED


def test_a_file_that_no_host_takes_leaves_by_its_path(machine: Machine, tmp_path: Path) -> None:
    acceptances(machine.site).add(mark_of(machine), "no secret", at=machine.now)
    machine.write("context/film.bin", "x" * 5000)
    machine.sync()
    with pytest.raises(GuardError, match=r"film\.bin"):
        asked(machine, "context/film.bin")
    (machine.source / "context/film.bin").unlink()
    machine.sync()
    assert asked(machine, "context/film.bin").exit_code == 0
    assert git(machine.backup, "log", "--format=%h", "HEAD", "--", "context/film.bin") == ""
    assert all(
        machine.site.repository.head(commit).note == "" for commit in git(machine.backup, "rev-list", "HEAD").split()
    )
    assert machine.sync().outcome is Outcome.OK
    assert machine.push().outcome is Outcome.CHANGED


def test_merges_roots_and_other_refs(machine: Machine) -> None:
    mark = mark_of(machine)
    git(machine.backup, "checkout", "-q", "-b", "side", "HEAD~2")
    (machine.backup / "side.txt").write_text("side\n")
    git(machine.backup, "add", "side.txt")
    git(machine.backup, "commit", "-qm", "side")
    git(machine.backup, "checkout", "-q", "main")
    git(machine.backup, "merge", "-q", "--no-edit", "side")
    shape = git(machine.backup, "log", "--graph", "--format=%s")
    run = asked(machine, mark)
    assert git(machine.backup, "log", "--graph", "--format=%s") == shape
    assert TOKEN not in history(machine, "HEAD")
    assert any("refs/heads/side" in note for note in run.notes)
    assert machine.push().outcome is Outcome.CHANGED
