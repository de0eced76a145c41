"""What the backup holds, and its work tree shows, afterwards."""

from __future__ import annotations

import os
from pathlib import Path

from pytest_bdd import parsers, then

from tests.features.backup import MANIFEST
from tests.features.outcome import OUTCOMES, is_so
from tests.features.pictures import commits, files_in, files_of, git
from tests.features.words import NUMBER, WHAT, path_of
from tests.support.machine import Machine


@then("the backup equals the config tree")
def equals(machine: Machine) -> None:
    """An independent comparison, byte for byte."""
    wanted = files_of(machine.source)
    found = files_in(machine.backup, f"refs/heads/{machine.branch}")
    assert found.pop(MANIFEST, None), "the commit holds no manifest"
    assert sorted(found) == sorted(wanted)
    assert found == wanted


@then("the backup equals the config tree, and so does its work tree")
def both_equal(machine: Machine) -> None:
    equals(machine)
    work_tree_equals(machine)


@then(parsers.re("the sync is (?P<outcome>" + "|".join(OUTCOMES) + "), and the backup equals the config tree"))
def ended_and_equals(machine: Machine, outcome: str) -> None:
    is_so(machine, outcome)
    equals(machine)


@then("the backup's work tree shows the same")
def work_tree_equals(machine: Machine) -> None:
    shown = {
        path: what
        for path, what in files_of(machine.backup).items()
        if path.partition(b"/")[0] not in (b".git", b".autosync")
    }
    found = files_in(machine.backup)
    found.pop(MANIFEST)
    assert shown == found
    assert git(machine.backup, "status", "--porcelain", "-z") == b""


@then(parsers.re(rf"the backup holds the change to {WHAT}"))
def holds_change(machine: Machine, what: str) -> None:
    name = path_of(what)
    assert files_in(machine.backup).get(name.encode()) == files_of(machine.source).get(name.encode())


@then(parsers.re(rf'the backup holds {WHAT}(?: and "(?P<other>[^"]+)")?'))
def holds(machine: Machine, what: str, other: str | None = None) -> None:
    assert {path_of(what).encode(), (other or path_of(what)).encode()} <= files_in(machine.backup).keys()


@then(parsers.re("the sync is (?P<outcome>" + "|".join(OUTCOMES) + rf"), and the backup holds {WHAT}"))
def ended_and_holds(machine: Machine, outcome: str, what: str) -> None:
    is_so(machine, outcome)
    holds(machine, what)


@then(parsers.re(rf"the backup does not hold {WHAT}"))
def holds_not(machine: Machine, what: str) -> None:
    name = path_of(what).encode()
    held = files_in(machine.backup) if commits(machine.backup) else {}
    assert not [path for path in held if path == name or path.startswith(name + b"/")]


@then(parsers.re(rf'the backup holds {WHAT}, but not "(?P<other>[^"]+)"'))
def holds_but_not(machine: Machine, what: str, other: str) -> None:
    holds(machine, what)
    holds_not(machine, f'"{other}"')


@then(parsers.re(rf'the backup holds {WHAT}, saying "(?P<text>[^"]*)"'))
def holds_text(machine: Machine, what: str, text: str) -> None:
    assert files_in(machine.backup)[path_of(what).encode()][1].decode().strip() == text


@then(parsers.re(rf'the backup holds {WHAT} as a link to "(?P<target>[^"]+)"'))
def holds_link(machine: Machine, what: str, target: str) -> None:
    assert files_in(machine.backup)[path_of(what).encode()] == ("120000", machine.expanded(target).encode())


@then(parsers.re(rf"the backup remembers mode (?P<mode>[0-7]{{3}}) of {WHAT}"))
def remembers_mode(machine: Machine, mode: str, what: str) -> None:
    assert f"{mode} {path_of(what)}" in [line[2:] for line in manifest_lines(machine)]


@then(parsers.re(rf"the backup remembers the empty folder {WHAT}"))
def remembers_folder(machine: Machine, what: str) -> None:
    assert path_of(what) in [line.split(" ", 2)[2] for line in manifest_lines(machine) if line.startswith("d ")]


def manifest_lines(machine: Machine) -> list[str]:
    return files_in(machine.backup)[MANIFEST][1].decode().splitlines()


@then(parsers.re(rf"the backup has {NUMBER} commits?"))
def has_commits(machine: Machine, number: str) -> None:
    assert len(commits(machine.backup, machine.branch)) == int(number)


@then("there is no backup")
def no_backup(machine: Machine) -> None:
    assert not machine.backup.exists() or not commits(machine.backup)


@then(parsers.re(rf"the backup holds (?:all )?{NUMBER} files"))
def holds_files(machine: Machine, number: str) -> None:
    assert len(files_in(machine.backup).keys() - {MANIFEST}) == int(number)


@then("the backup holds the last good system configuration")
def last_good(machine: Machine) -> None:
    held = files_in(machine.backup)[b"opencode.json"][1]
    assert b"anthropic/claude-sonnet-4-5" in held


@then("the backup holds the moved file at its new place alone")
def moved_alone(machine: Machine) -> None:
    held = files_in(machine.backup)
    assert b"docs/stack.md" in held
    assert b"context/stack.md" not in held


@then(parsers.re(rf'the history of the backup still holds {WHAT}, saying "(?P<text>[^"]*)"'))
def history_holds(machine: Machine, what: str, text: str) -> None:
    name = path_of(what).encode()
    versions = [files_in(machine.backup, commit).get(name, ("", b""))[1] for commit in commits(machine.backup)]
    assert text.replace("\\n", "\n") in [version.decode().strip() for version in versions]


@then("nothing of the secret is anywhere outside the config tree")
def no_secret(machine: Machine) -> None:
    secret = machine.secret.encode()
    for folder in (machine.state, machine.config, machine.backup):
        for place, _, files in os.walk(folder):
            for name in files:
                assert secret not in (Path(place) / name).read_bytes(), f"{place}/{name}"
    if (machine.backup / ".git").exists():
        everything = git(machine.backup, "cat-file", "--batch", "--batch-all-objects")
        assert secret not in everything
    assert all(machine.secret not in told.text + told.stderr for told in machine.told)


@then("what a person edited there can be found again")
def stashed(machine: Machine) -> None:
    assert git(machine.backup, "stash", "list").strip()


@then(parsers.re(r'the backup\'s work tree still has "(?P<name>[^"]+)", saying "(?P<text>[^"]*)"'))
def work_tree_has(machine: Machine, name: str, text: str) -> None:
    assert (machine.backup / name).read_text().strip() == text


@then("the commit says of itself:")
def commit_says(machine: Machine, docstring: str) -> None:
    message = git(machine.backup, "log", "-1", "--format=%B", machine.branch).decode()
    for wanted in docstring.splitlines():
        assert wanted in message, message
