"""Ending a conflict: the source's version or the remote's; history is only added to."""

from __future__ import annotations

from pathlib import Path

import pytest

from autosync_tasks.errors import ConflictError
from autosync_tasks.model import Kind, Outcome
from autosync_tasks.remote.conflict import Taking, finish, take_remote, take_source
from tests.remote.machines import QUICK, Machine, Person, contents, git

pytestmark = [pytest.mark.usefixtures("one_scanner"), pytest.mark.sample(1, of_file=True)]


@pytest.fixture
def machine(tmp_path: Path, there: Path) -> Machine:
    made = Machine(tmp_path / "one", str(there))
    made.write("agent/build.md", "# build\n")
    made.write("agent/old.md", "# old\n")
    made.write("AGENTS.md", "# all\n")
    assert made.round().outcome is Outcome.CHANGED
    return made


@pytest.fixture
def person(tmp_path: Path, there: Path, machine: Machine) -> Person:
    """Somebody who edited, added and removed owned paths, and added a foreign file; this machine went on as well."""
    somebody = Person(tmp_path / "person", str(there))
    somebody.edit("agent/build.md", "# theirs\n")
    somebody.edit("agent/added.md", "# added\n")
    somebody.edit("agent/old.md", None)
    somebody.edit("README.md", "hello\n")
    machine.write("agent/build.md", "# mine\n")
    machine.write("agent/plan.md", "# plan\n")
    assert machine.round().exit_code == 4
    return somebody


def every_commit(repository: Path, *names: str) -> set[str]:
    return set(git(repository, "rev-list", *names).split())


def test_the_sources_version_wins_and_theirs_stays_in_the_history(
    machine: Machine, person: Person, there: Path
) -> None:
    before = every_commit(there, "--branches")
    taking = take_source(machine.site, now=machine.now, limits=QUICK)
    assert (taking.writes, taking.deletes) == ({}, frozenset())
    finish(machine.site, taking)
    result = machine.push()
    assert result.outcome is Outcome.CHANGED, result
    assert contents(there, "main") == {
        "agent/build.md": "# mine",
        "agent/old.md": "# old",
        "agent/plan.md": "# plan",
        "agent/added.md": "# added",
        "AGENTS.md": "# all",
        "README.md": "hello",
    }
    assert before <= every_commit(there, "main")
    assert git(machine.backup, "status", "--porcelain") == ""
    assert machine.sync().outcome is Outcome.OK
    assert git(machine.backup, "for-each-ref", "refs/autosync/incoming") == ""


def carry_out(machine: Machine, taking: Taking) -> None:
    """What restore does with the choice (the real one makes a snapshot first)."""
    for path, entry in taking.writes.items():
        if entry.kind is Kind.FILE:
            shown = git(machine.backup, "show", f"{taking.commit}:{path.decode()}")
            machine.write(path.decode(), shown + "\n")
    for path in taking.deletes:
        (machine.source / path.decode()).unlink()


def test_the_remotes_version_is_what_the_source_gets_and_ours_stays_in_the_history(
    machine: Machine, person: Person, there: Path
) -> None:
    before = every_commit(there, "--branches")
    taking = take_remote(machine.site, now=machine.now, limits=QUICK)
    assert set(taking.writes) >= {b"agent/build.md", b"agent/added.md"}
    assert taking.deletes == {b"agent/old.md", b"agent/plan.md"}
    carry_out(machine, taking)
    finish(machine.site, taking)
    assert machine.push().outcome is Outcome.CHANGED
    assert before <= every_commit(there, "main")
    assert (machine.source / "agent/build.md").read_text() == "# theirs\n"
    assert machine.sync().outcome is Outcome.OK
    assert git(machine.backup, "status", "--porcelain") == ""
    machine.write("agent/added.md", "# mine now\n")
    assert machine.round().outcome is Outcome.CHANGED
    assert contents(there, "main")["agent/added.md"] == "# mine now"


def test_a_choice_that_was_not_finished_leaves_the_conflict_as_it_was(machine: Machine, person: Person) -> None:
    head = machine.head
    taking = take_remote(machine.site, now=machine.now, limits=QUICK)
    carry_out(machine, taking)
    assert machine.head == head
    assert machine.push().exit_code == 4


def test_the_next_conflict_uses_the_same_parked_branch_without_force(
    machine: Machine, person: Person, there: Path
) -> None:
    finish(machine.site, take_source(machine.site, now=machine.now, limits=QUICK))
    machine.push()
    person.edit("AGENTS.md", "# theirs again\n")
    machine.write("AGENTS.md", "# mine again\n")
    result = machine.round()
    assert result.exit_code == 4 and result.failures == 0, result
    assert git(there, "rev-parse", result.parked) == machine.head
    assert len(git(there, "for-each-ref", "refs/heads/autosync").splitlines()) == 1


def test_a_rewritten_remote_can_be_taken_or_overruled(machine: Machine, tmp_path: Path, there: Path) -> None:
    machine.write("AGENTS.md", "# two\n")
    machine.round()
    somebody = Person(tmp_path / "person", str(there))
    git(somebody.folder, "reset", "-q", "--hard", "HEAD~1")
    git(somebody.folder, "push", "-q", "--force", "origin", "HEAD:main")
    assert machine.push().exit_code == 4
    finish(machine.site, take_source(machine.site, now=machine.now, limits=QUICK))
    assert machine.push().outcome is Outcome.CHANGED
    assert contents(there, "main")["AGENTS.md"] == "# two"


def test_without_a_conflict_there_is_nothing_to_choose(machine: Machine) -> None:
    for take in (take_source, take_remote):
        with pytest.raises(ConflictError, match="no conflict"):
            take(machine.site, now=machine.now, limits=QUICK)
