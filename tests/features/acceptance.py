"""Acceptance: a person says of one finding that it is no fault."""

from __future__ import annotations

from pytest_bdd import given, parsers, step

from autosync_tasks.state.acceptances import Acceptances
from autosync_tasks.workspace.validation_context import acceptances
from tests.features.secret import NOTE, another_token, place_secret
from tests.support.machine import Machine


@given("a made-up token in a context file that blocks the sync")
def made_up(machine: Machine) -> None:
    place_secret(machine, "a context file", machine.secret)
    told = machine.sync()
    told.spoken = True
    assert told.run is not None
    assert told.exit_code == 3
    machine.fingerprint = told.run.findings[0].fingerprint


def accepts(machine: Machine, reason: str, *more: str) -> None:
    machine.command("autosync", "accept", machine.fingerprint, "--reason", reason, *more)


@step(parsers.re('a person accepts the finding because it is "(?P<reason>[^"]+)"'))
def person_accepts(machine: Machine, reason: str) -> None:
    accepts(machine, reason, "--yes")
    machine.last.spoken = True


@given("the finding was accepted")
def was_accepted(machine: Machine) -> None:
    person_accepts(machine, "made up for a test")
    assert machine.last.exit_code == 0, machine.last.stderr


@step("a script accepts the finding without confirming")
def script_accepts(machine: Machine) -> None:
    accepts(machine, "convenient")


@step("nothing is accepted")
@step("no finding is accepted")
def none_accepted(machine: Machine) -> None:
    assert acceptances(machine.site).all() == []


@step("lines are added above the token")
def lines_above(machine: Machine) -> None:
    text = machine.path(NOTE).read_text()
    machine.write(NOTE, "# Above\n\nThree lines.\n\n" + text)


@step("the token is replaced by another one")
def other_token(machine: Machine) -> None:
    place_secret(machine, "a context file", another_token())


@step("a list that accepts the finding appears in the tree")
def list_in_tree(machine: Machine) -> None:
    """Its form is the true one: made in another config folder and brought in by an agent."""
    theirs = Acceptances(str(machine.root / "theirs"))
    made = theirs.add(machine.fingerprint, "I say so", at=machine.now)
    text = (machine.root / "theirs").joinpath(theirs.path.rsplit("/", 1)[-1]).read_text()
    assert made.fingerprint in text
    for place in (
        "accepted.json",
        ".autosync/accepted.json",
        "autosync-tasks/accepted.json",
        theirs.path.rsplit("/")[-1],
    ):
        machine.write(place, text)
    machine.path(".autosync/accepted.json").unlink()
    machine.path(".autosync").rmdir()


@step("a person prunes the accepted findings")
def prunes(machine: Machine) -> None:
    machine.command("autosync", "accept", "--prune")
