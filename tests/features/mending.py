"""Mending and drilling the backup: who asks for it, and how it ended."""

from __future__ import annotations

from pathlib import Path

from pytest_bdd import parsers, step, then, when

from autosync_tasks.model import Outcome, Run
from autosync_tasks.recovery.loss import accept_loss
from autosync_tasks.recovery.recover import recover
from autosync_tasks.report import lines
from autosync_tasks.verify.drill import drill, fetch_for
from autosync_tasks.workspace.request import Request
from tests.features.damage import FILE
from tests.features.outcome import heard, says
from tests.features.pictures import changed, git
from tests.features.restore import tell_of
from tests.support.machine import EXIT_CODE, Machine, plain


def _request(machine: Machine, *, check: bool = False) -> Request:
    return Request(check=check, now=machine.now, run_id=f"{len(machine.told):012x}")


def _words(run: Run) -> str:
    return plain(lines.of_run(run, "", "", verbose=True))


@when("a person mends the backup")
def mends(machine: Machine) -> None:
    tell_of(machine, "recover", lambda: recover(machine.site, _request(machine)), _words)


@when("a person asks what is wrong with the backup")
def asks_what_is_wrong(machine: Machine) -> None:
    tell_of(machine, "recover", lambda: recover(machine.site, _request(machine, check=True)), _words)


@when(parsers.re('a person asks what is wrong with the backup, and hears "(?P<words>.+)"'))
def asks_and_hears(machine: Machine, words: str) -> None:
    asks_what_is_wrong(machine)
    something_wrong(machine)
    says(machine, words)


@step("a person confirms the loss")
def confirms(machine: Machine) -> None:
    named = accept_loss(machine.site, _request(machine, check=True))
    assert named.exit_code == 5, named
    assert FILE in named.details[0], named
    tell_of(machine, "recover", lambda: accept_loss(machine.site, _request(machine)), _words)
    assert machine.last.exit_code == 0, machine.last.text


@then("the history tells of the loss")
def loss_in_history(machine: Machine) -> None:
    told = [str(record["reason"]) for record in machine.site.state.history()]
    assert any("noted as lost" in reason and FILE in reason for reason in told), told


@when("a person drills the backup")
def drills(machine: Machine) -> None:
    site = machine.site
    tell_of(machine, "drill", lambda: drill(site, _request(machine), fetch_for(site)), _words)


@then("the backup is mended")
def is_mended(machine: Machine) -> None:
    told = heard(machine)
    assert (told.outcome, told.exit_code) == (Outcome.CHANGED, 0), told.text


@then("nothing is wrong")
def nothing_wrong(machine: Machine) -> None:
    told = heard(machine)
    assert (told.outcome, told.exit_code) == (Outcome.OK, 0), told.text


@then("the backup is mended, and nothing is wrong with it any more")
def nothing_wrong_any_more(machine: Machine) -> None:
    is_mended(machine)
    asks_what_is_wrong(machine)
    nothing_wrong(machine)
    git(machine.backup, "fsck", "--full")


@then("there is something to mend")
def something_wrong(machine: Machine) -> None:
    told = heard(machine)
    assert (told.outcome, told.exit_code) == (Outcome.CHANGED, 5), told.text


@then("not everything could be mended")
def not_mended(machine: Machine) -> None:
    told = heard(machine)
    assert (told.outcome, told.exit_code) == (Outcome.INCOMPLETE, 1), told.text


@then("the next sync backs up a change")
def next_sync(machine: Machine) -> None:
    machine.edit(FILE)
    machine.must_sync()
    assert git(machine.backup, "show", f"{machine.branch}:{FILE}") == machine.path(FILE).read_bytes()


@then(parsers.re("the drill is (?P<outcome>passed|failed)(?P<clean>, and no scratch is left)?"))
def drill_is(machine: Machine, outcome: str, clean: str | None) -> None:
    told = heard(machine)
    wanted = Outcome.OK if outcome == "passed" else Outcome.FAILED
    assert (told.outcome, told.exit_code) == (wanted, EXIT_CODE[wanted]), told.text
    if clean:
        _no_scratch(machine)


def _no_scratch(machine: Machine) -> None:
    """Only the time of the state folder itself may differ: the scratch folder was in it."""
    told = machine.last
    differ = [path for path in changed(told.before, told.after) if Path(path).parent != machine.state]
    assert not differ


@then(parsers.re('the edit "(?P<text>[^"]+)" of "(?P<name>[^"]+)" can be found again'))
def edit_found(machine: Machine, text: str, name: str) -> None:
    assert git(machine.backup, "show", f"stash@{{0}}:{name}").decode().strip() == text
