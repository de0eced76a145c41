"""Pushing to a remote that is there: first push, ahead, foreign changes, conflicts, guards."""

from __future__ import annotations

from pathlib import Path

import pytest

from autosync_tasks.model import Outcome
from autosync_tasks.remote import known
from tests.remote.machines import Machine, Person, contents, git

pytestmark = [pytest.mark.usefixtures("one_scanner"), pytest.mark.sample(5, of_file=True)]


def test_the_first_push_makes_the_branch_and_reads_it_back(machine: Machine, there: Path) -> None:
    result = machine.push()
    assert (result.outcome, result.exit_code) == (Outcome.CHANGED, 0), result
    assert git(there, "rev-parse", "main") == machine.head
    assert not known.ahead(machine.site)


def test_a_second_push_changes_nothing(machine: Machine) -> None:
    machine.push()
    before = {path: path.stat().st_mtime_ns for path in machine.backup.rglob("*")}
    result = machine.push()
    assert (result.outcome, result.reason) == (Outcome.OK, "the remote has everything")
    assert {path: path.stat().st_mtime_ns for path in machine.backup.rglob("*")} == before


def test_what_is_ahead_goes_whichever_run_made_it(machine: Machine, there: Path) -> None:
    machine.push()
    for number in range(3):
        machine.write("agent/build.md", f"# build {number}\n")
        machine.sync()
    assert known.known_remote(machine.site).ahead == 3
    machine.push()
    assert git(there, "rev-list", "--count", "main") == "4"


def test_foreign_changes_are_taken_in_when_nothing_is_new_here(machine: Machine, there: Path, tmp_path: Path) -> None:
    machine.push()
    person = Person(tmp_path / "person", str(there))
    person.edit("README.md", "hello\n")
    result = machine.push()
    assert result.outcome is Outcome.CHANGED
    assert machine.head == git(there, "rev-parse", "main")
    assert (machine.backup / "README.md").read_text() == "hello\n"
    assert git(machine.backup, "status", "--porcelain") == ""


def test_own_commits_are_replayed_over_foreign_ones(machine: Machine, there: Path, tmp_path: Path) -> None:
    machine.push()
    person = Person(tmp_path / "person", str(there))
    person.edit("docs/notes.txt", "a note\n")
    machine.write("agent/build.md", "# build, better\n")
    machine.sync()
    machine.write("agent/plan.md", "# plan\n")
    result = machine.round()
    assert result.outcome is Outcome.CHANGED, result
    assert "docs/notes.txt" in " ".join(result.notes)
    held = contents(there, "main")
    assert held["docs/notes.txt"] == "a note"
    assert held["agent/build.md"] == "# build, better"
    assert held["agent/plan.md"] == "# plan"
    assert git(there, "rev-list", "--count", "--min-parents=2", "main") == "0"
    assert git(machine.backup, "status", "--porcelain") == ""
    assert machine.sync().outcome is Outcome.OK
    assert machine.site.repository.head(machine.head).note == ""


def test_a_foreign_edit_in_the_work_tree_stays_when_the_remote_changed_the_same_file(
    machine: Machine, there: Path, tmp_path: Path
) -> None:
    machine.push()
    person = Person(tmp_path / "person", str(there))
    person.edit("README.md", "one\n")
    machine.push()
    (machine.backup / "README.md").write_text("mine, not committed\n")
    person.edit("README.md", "two\n")
    person.edit("OTHER.md", "other\n")
    result = machine.push()
    assert (machine.backup / "README.md").read_text() == "mine, not committed\n"
    assert (machine.backup / "OTHER.md").read_text() == "other\n"
    assert any("README.md" in note and "stays there" in note for note in result.notes)


def test_a_folder_that_the_remote_renames_takes_no_owned_file_with_it(
    machine: Machine, there: Path, tmp_path: Path
) -> None:
    """Git's own merge follows the rename of the folder and moves the new owned file (measured, git 2.39)."""
    machine.push()
    person = Person(tmp_path / "person", str(there))
    for name in "abc":
        person.edit(f"guide/{name}.txt", f"{name}\n" * 20)
    machine.push()
    git(person.folder, "mv", "guide", "handbook")
    git(person.folder, "commit", "-qm", "rename")
    git(person.folder, "push", "-q", "origin", "HEAD:main")
    machine.write("guide/new.md", "# mine\n")
    result = machine.round()
    assert result.outcome is Outcome.CHANGED, result
    held = contents(there, "main")
    assert held["guide/new.md"] == "# mine"
    assert "handbook/new.md" not in held and "handbook/a.txt" in held


def test_a_merge_that_a_person_made_in_the_backup_is_pushed_with_the_foreign_changes(
    machine: Machine, there: Path, tmp_path: Path
) -> None:
    machine.push()
    git(machine.backup, "checkout", "-q", "-b", "side")
    (machine.backup / "SIDE.md").write_text("side\n")
    git(machine.backup, "add", "SIDE.md")
    git(machine.backup, "commit", "-qm", "side")
    git(machine.backup, "checkout", "-q", "main")
    machine.write("agent/plan.md", "# plan\n")
    machine.sync()
    git(machine.backup, "merge", "-q", "--no-edit", "side")
    Person(tmp_path / "person", str(there)).edit("README.md", "hello\n")
    result = machine.round()
    assert result.outcome is Outcome.CHANGED, result
    assert {"SIDE.md", "README.md", "agent/plan.md"} <= contents(there, "main").keys()


@pytest.mark.parametrize("text", ["# somebody else's\n", None])
def test_an_owned_path_changed_there_is_a_conflict_that_is_parked_once(
    machine: Machine, there: Path, tmp_path: Path, text: str | None
) -> None:
    machine.push()
    person = Person(tmp_path / "person", str(there))
    person.edit("agent/build.md", text)
    theirs = git(there, "rev-parse", "main")
    machine.write("AGENTS.md", "# all, better\n")
    result = machine.round()
    assert (result.outcome, result.exit_code) == (Outcome.BLOCKED, 4), result
    assert "agent/build.md" in result.reason and "inv recover --take" in result.next_step
    assert git(there, "rev-parse", "main") == theirs
    assert git(there, "rev-parse", result.parked) == machine.head
    machine.write("AGENTS.md", "# all, still better\n")
    again = machine.round()
    assert (again.exit_code, again.reason, again.parked) == (4, result.reason, result.parked)
    assert git(there, "rev-parse", result.parked) == machine.head
    parked = git(there, "for-each-ref", "--format=%(refname)", "refs/heads/autosync").splitlines()
    assert parked == [f"refs/heads/{result.parked}"]
    assert known.known_remote(machine.site).conflict == result.reason


def test_a_conflict_ends_by_itself_when_the_remote_takes_the_change_back(
    machine: Machine, there: Path, tmp_path: Path
) -> None:
    machine.push()
    person = Person(tmp_path / "person", str(there))
    person.edit("agent/build.md", "# other\n")
    assert machine.push().exit_code == 4
    git(person.folder, "revert", "--no-edit", "HEAD")
    git(person.folder, "push", "-q", "origin", "HEAD:main")
    assert machine.push().outcome is Outcome.CHANGED
    assert known.known_remote(machine.site).conflict == ""


def test_a_rewritten_remote_is_a_conflict_and_stays_as_it_is(machine: Machine, there: Path, tmp_path: Path) -> None:
    machine.push()
    machine.write("AGENTS.md", "# two\n")
    machine.round()
    person = Person(tmp_path / "person", str(there))
    git(person.folder, "reset", "-q", "--hard", "HEAD~1")
    git(person.folder, "push", "-q", "--force", "origin", "HEAD:main")
    rewritten = git(there, "rev-parse", "main")
    result = machine.push()
    assert result.exit_code == 4 and "rewritten" in result.reason
    assert git(there, "rev-parse", "main") == rewritten
    assert git(there, "rev-parse", result.parked) == machine.head


def test_a_branch_deleted_there_is_made_again(machine: Machine, there: Path) -> None:
    machine.push()
    git(there, "update-ref", "-d", "refs/heads/main")
    result = machine.push()
    assert result.outcome is Outcome.CHANGED and "made again" in result.reason
    assert git(there, "rev-parse", "main") == machine.head


def test_a_repository_that_the_host_made_with_a_readme_is_joined(tmp_path: Path, there: Path) -> None:
    person = Person(tmp_path / "person", str(there))
    person.change("README.md", "welcome\n")
    person.change("LICENSE", "MIT\n")
    git(person.folder, "push", "-q", "origin", "HEAD:main")
    machine = Machine(tmp_path / "one", str(there))
    machine.write("agent/build.md", "# build\n")
    result = machine.round()
    assert result.outcome is Outcome.CHANGED, result
    assert contents(there, "main") == {"README.md": "welcome", "LICENSE": "MIT", "agent/build.md": "# build"}


def test_a_repository_of_something_else_is_left_alone(machine: Machine, tmp_path: Path, there: Path) -> None:
    person = Person(tmp_path / "person", str(there))
    person.change("src/main.py", "print()\n")
    git(person.folder, "push", "-q", "origin", "HEAD:main")
    theirs = git(there, "rev-parse", "main")
    result = machine.push()
    assert (result.outcome, result.exit_code) == (Outcome.BLOCKED, 3)
    assert "src/main.py" in result.reason
    assert git(there, "for-each-ref", "--format=%(objectname)") == theirs


def test_a_branch_of_another_source_blocks_and_names_one_for_this_host(
    machine: Machine, tmp_path: Path, there: Path
) -> None:
    machine.push()
    theirs = git(there, "rev-parse", "main")
    other = Machine(tmp_path / "two", str(there))
    other.write("agent/own.md", "# own\n")
    result = other.round()
    assert (result.outcome, result.exit_code) == (Outcome.BLOCKED, 3)
    assert "BACKUP_BRANCH=" in result.next_step and "BACKUP_BRANCH=main" not in result.next_step
    assert git(there, "rev-parse", "main") == theirs


def test_a_missing_remote_is_a_wrong_setting(tmp_path: Path) -> None:
    machine = Machine(tmp_path / "one", "")
    machine.write("agent/build.md", "# build\n")
    result = machine.round()
    assert (result.outcome, result.exit_code) == (Outcome.FAILED, 2)
    assert "no remote origin" in result.reason and "remote add" in result.next_step


def test_a_push_without_a_commit_is_skipped(tmp_path: Path) -> None:
    machine = Machine(tmp_path / "one", "")
    result = machine.push()
    assert (result.outcome, result.exit_code) == (Outcome.SKIPPED, 0)


def test_a_shallow_backup_is_pushed(machine: Machine, there: Path, tmp_path: Path) -> None:
    for number in range(3):
        machine.write("AGENTS.md", f"# {number}\n")
        machine.round()
    git(machine.backup, "fetch", "-q", "--depth=1", f"file://{there}", "main")
    (machine.backup / ".git" / "shallow").write_text(machine.head + "\n")
    machine.write("AGENTS.md", "# last\n")
    result = machine.round()
    assert result.outcome is Outcome.CHANGED, result
    assert git(there, "rev-list", "--count", "main") == "5"


def test_the_state_folder_is_only_a_cache(machine: Machine, there: Path, tmp_path: Path) -> None:
    import shutil

    machine.push()
    Person(tmp_path / "person", str(there)).edit("agent/build.md", "# other\n")
    first = machine.push()
    shutil.rmtree(machine.state)
    again = machine.push()
    assert (first.exit_code, first.reason) == (again.exit_code, again.reason)


def test_after_foreign_changes_were_taken_in_the_next_sync_still_knows_that_nothing_changed(
    machine: Machine, there: Path, tmp_path: Path
) -> None:
    machine.named["AUTO_SYNC_PUSH"] = "true"
    machine.sync()
    Person(tmp_path / "person", str(there)).edit("HELLO.txt", "hello\n")
    machine.write("agent/plan.md", "# plan\n")
    assert machine.sync().outcome is Outcome.CHANGED
    assert machine.head == git(there, "rev-parse", "main")
    cache = machine.site.state.load_cache()
    assert cache is not None and cache.head == machine.head and cache.idle is not None
    assert machine.head[:7] in cache.idle["reason"]
    run = machine.sync()
    assert run.reason == cache.idle["reason"]
    assert [step.name for step in run.steps] == ["observe"]


@pytest.mark.parametrize("empty", [False, True])
def test_a_remote_of_another_hash_is_called_that(machine: Machine, tmp_path: Path, empty: bool) -> None:
    there = tmp_path / "other.git"
    git(tmp_path, "init", "--quiet", "--bare", "--object-format=sha256", str(there))
    if not empty:
        tree = git(there, "hash-object", "-w", "-t", "tree", "/dev/null")
        author = ("-c", "user.name=a", "-c", "user.email=a@b.example")
        git(there, "update-ref", "refs/heads/main", git(there, *author, "commit-tree", "-m", "one", tree))
    machine.remote = str(there)
    git(machine.backup, "remote", "set-url", "origin", str(there))
    result = machine.push()
    assert result.outcome is Outcome.FAILED
    assert "another hash" in f"{result.reason} {result.next_step}", result
