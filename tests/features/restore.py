"""Restoring: who asks for it, into what, and how it ended."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Sequence
from datetime import UTC
from pathlib import Path

from pytest_bdd import given, parsers, step, then

from autosync_tasks.errors import AutosyncError
from autosync_tasks.model import Change, Outcome, Run
from autosync_tasks.report import lines
from autosync_tasks.restore.request import Agree, Wish
from autosync_tasks.restore.restore import backups, restore
from autosync_tasks.workspace.workspace import open_site
from tests.features.file import deleted
from tests.features.outcome import heard, says
from tests.features.pictures import files_of, git
from tests.features.words import TIME, WHAT, path_of
from tests.support.machine import EXIT_CODE, Machine, Told, plain
from tests.support.rights import as_a_person


def tell_of(machine: Machine, what: str, go: Callable[[], Run], shown: Callable[[Run], str]) -> Told:
    before = machine.written()
    try:
        with as_a_person():
            run = go()
        told = Told(what, run.outcome, run.exit_code, shown(run), run)
    except AutosyncError as error:
        told = Told(what, "refused", error.exit_code, plain(lines.of_error(error)), error=error)
    told.before, told.after = before, machine.written()
    machine.told.append(told)
    return told


def ask_restore(
    machine: Machine,
    *paths: str,
    at: str = "",
    to: str = "",
    check: bool = False,
    undo: bool | str = False,
    yes: bool = False,
    cwd: str = "",
    outside: bool = False,
    agree: Agree | None = None,
) -> Told:
    run_id = f"{len(machine.told):012x}"
    machine.now += 1
    to = to or ("/" if outside else "")
    wish = Wish(tuple(map(os.fsencode, paths)), at, to, check, undo, machine.now, run_id, UTC, yes, cwd, outside)

    def go() -> Run:
        return restore(open_site(machine.environ, new_machine=True), wish, agree=agree)[0]

    return tell_of(machine, "restore", go, lambda run: plain(lines.of_restore(run, "", "")))


@step(parsers.re(f"(?:{WHAT} is deleted and )?a person restores everything"))
def restores_all(machine: Machine, what: str | None) -> None:
    if what:
        deleted(machine, what)
    ask_restore(machine, agree=lambda over: True)


@step("a script restores everything")
def script_restores(machine: Machine) -> None:
    ask_restore(machine)


@step("a script restores everything, come what may")
def script_insists(machine: Machine) -> None:
    ask_restore(machine, yes=True)


@step("a person is asked about restoring everything and says no")
def says_no(machine: Machine) -> None:
    asked: list[Sequence[Change]] = []

    def agree(over: Sequence[Change]) -> bool:
        asked.append(over)
        return False

    ask_restore(machine, agree=agree)
    assert [[change.path for change in over] for over in asked] == [[b"AGENTS.md"]]


@step(parsers.re(f'a person in the folder {WHAT} restores (?P<name>"[^"]+")'))
def restores_from_inside(machine: Machine, what: str, name: str) -> None:
    ask_restore(machine, path_of(name), cwd=str(machine.path(path_of(what))))


@step(parsers.re(f"a person lists the backups of {WHAT}"))
def lists_backups(machine: Machine, what: str) -> None:
    wish = Wish((os.fsencode(path_of(what)),), now=machine.now, zone=UTC)
    text = plain(lines.of_backups(backups(machine.site, wish)))
    machine.told.append(Told("restore --list", "", 0, text))


@then(parsers.re(r"(?P<number>\d+) backups are named"))
def backups_named(machine: Machine, number: str) -> None:
    assert len(heard(machine).text.splitlines()) == int(number)


@then("the restore is not agreed to")
def not_agreed(machine: Machine) -> None:
    told = heard(machine)
    assert (told.outcome, told.exit_code) == (Outcome.SKIPPED, 1), told.text


@step("the config tree is lost, and no setting says where it was")
def lost_with_settings(machine: Machine) -> None:
    shutil.rmtree(machine.source)
    shutil.rmtree(machine.config)
    shutil.rmtree(machine.state)
    assert not {"OPENCODE_SOURCE", "OPENCODE_BACKUP", "AUTOSYNC_CONFIG"} & machine.environ.keys()


@step("the backup is a clone that has only the remote's branch")
def cloned(machine: Machine) -> None:
    away = machine.home / "away.git"
    machine.backup.rename(away)
    machine.backup.mkdir()
    git(machine.backup, "init", "--quiet", "--initial-branch=master")
    git(machine.backup, "remote", "add", "origin", str(away))
    git(machine.backup, "fetch", "--quiet", "origin")


@step("a person restores what lies outside the tree")
def restores_outside(machine: Machine) -> None:
    ask_restore(machine, outside=True)


@step("a person restores everything into another folder")
def restores_elsewhere(machine: Machine) -> None:
    ask_restore(machine, to=str(_other(machine)))


@step(parsers.re(f"a person restores {WHAT}"))
def restores_one(machine: Machine, what: str) -> None:
    ask_restore(machine, path_of(what))


@step(parsers.re(f"a person restores {WHAT} as it was at {TIME}"))
def restores_old(machine: Machine, what: str, time: str) -> None:
    ask_restore(machine, path_of(what), at=f"2026-01-05 {time}")


@step("a person asks what restoring everything would do")
def checks_restore(machine: Machine) -> None:
    ask_restore(machine, check=True)


@step(parsers.re(f"a person (?:edits {WHAT} and )?takes the restore back"))
def undoes(machine: Machine, what: str | None) -> None:
    if what:
        machine.edit(path_of(what))
    ask_restore(machine, undo=True)


# ---- the config tree, and a folder elsewhere


@step("the config tree is lost")
def lost(machine: Machine) -> None:
    shutil.rmtree(machine.source)
    machine.environ["OPENCODE_SOURCE"] = str(machine.source)


@step(parsers.re(f"{WHAT} says the secret"))
def says_secret(machine: Machine, what: str) -> None:
    machine.write(path_of(what), f"The token is {machine.secret}\n")


@step(parsers.re(f"{WHAT} leads to a folder elsewhere"))
def leads_elsewhere(machine: Machine, what: str) -> None:
    elsewhere = machine.home / "elsewhere-folder"
    machine.path(path_of(what)).rename(elsewhere)
    (elsewhere / "stack.md").write_text("Another project's.\n")
    machine.path(path_of(what)).symlink_to(elsewhere)


@then("the folder elsewhere is as it was")
def elsewhere_untouched(machine: Machine) -> None:
    assert files_of(machine.home / "elsewhere-folder") == {b"stack.md": ("100644", b"Another project's.\n")}


def _other(machine: Machine) -> Path:
    return machine.home / "restored"


@given(parsers.re('the other folder has "(?P<name>[^"]+)", saying "(?P<text>[^"]*)"'))
def other_has(machine: Machine, name: str, text: str) -> None:
    file = _other(machine) / name
    file.parent.mkdir(parents=True)
    file.write_text(text)


@then(parsers.re('the other folder has only "(?P<name>[^"]+)", saying "(?P<text>[^"]*)"'))
def other_still_has(machine: Machine, name: str, text: str) -> None:
    assert files_of(_other(machine)) == {name.encode(): ("100644", text.encode())}


@then("the other folder equals the config tree")
def other_equals(machine: Machine) -> None:
    assert files_of(_other(machine)) == files_of(machine.source)


# ---- how it ended


@step(parsers.re("the restore is (?P<outcome>done|blocked|incomplete|refused)"))
def restore_is(machine: Machine, outcome: str) -> None:
    told = heard(machine)
    if outcome == "refused":
        assert (told.outcome, told.exit_code) == ("refused", 2), told.text
        return
    wanted = {"done": Outcome.CHANGED, "blocked": Outcome.BLOCKED, "incomplete": Outcome.INCOMPLETE}[outcome]
    assert (told.outcome, told.exit_code) == (wanted, EXIT_CODE[wanted]), told.text


@step(parsers.re('the restore is (?P<outcome>done|blocked|incomplete|refused), and it says "(?P<words>[^"]*)"'))
def restore_is_and_says(machine: Machine, outcome: str, words: str) -> None:
    restore_is(machine, outcome)
    says(machine, words)


@then("the restore would be done")
def restore_would(machine: Machine) -> None:
    told = heard(machine)
    assert (told.outcome, told.exit_code) == (Outcome.CHANGED, 5), told.text


@then("there is nothing to restore")
def nothing_to_restore(machine: Machine) -> None:
    told = heard(machine)
    assert (told.outcome, told.exit_code) == (Outcome.OK, 0), told.text
