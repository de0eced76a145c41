"""Findings: what validation tells, and what a person does with it."""

from __future__ import annotations

import pytest
from pytest_bdd import given, parsers, step, then

from autosync_tasks import gate
from autosync_tasks.model import Finding, Outcome, Trigger
from autosync_tasks.names import display
from autosync_tasks.steps.validate import engine

from .leaks import leaks
from .machine import Machine
from .oddity import token_in_note
from .settings import put
from .words import NUMBER, time_of


@given("quarantine is on")
def quarantine(machine: Machine) -> None:
    put(machine, quarantine=True)


@given("the scanner for secrets cannot be loaded")
def no_scanner(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(cache: str) -> None:
        raise ModuleNotFoundError("kingfisher_sdk")

    monkeypatch.setattr(engine, "Kingfisher", missing)
    engine.load.cache_clear()


@given(parsers.re(r"a token that blocked the sync at (?P<time>\d\d:\d\d)"))
def blocked_by_token(machine: Machine, time: str) -> None:
    machine.now = time_of(time)
    token_in_note(machine)
    told = machine.sync(Trigger.WATCH)
    told.spoken = True
    assert told.exit_code == 3, told.text


def findings(machine: Machine) -> list[Finding]:
    """What the last run that found something has found, what blocks first."""
    found = next((told.run.findings for told in reversed(machine.told) if told.run and told.run.findings), ())
    assert found, "no run has found anything"
    return sorted(found, key=lambda one: not one.blocks)


@step(parsers.re('a person accepts the finding, for it is "(?P<reason>[^"]*)"'))
def accepts(machine: Machine, reason: str) -> None:
    mark = findings(machine)[0].fingerprint
    machine.command("autosync", "accept", mark, f"--reason={reason}", "--yes")


@step("a script accepts the finding without confirming")
def accepts_unasked(machine: Machine) -> None:
    machine.command("autosync", "accept", findings(machine)[0].fingerprint, "--reason=made up")


@step("a person prunes the accepted findings")
def prunes(machine: Machine) -> None:
    assert machine.command("autosync", "accept", "--prune").exit_code == 0


@step(parsers.re(f"{NUMBER} findings? (?:is|are) accepted"))
def accepted(machine: Machine, number: str) -> None:
    assert len(gate.acceptances(machine.site()).all()) == int(number), machine.last.text + machine.last.stderr


@then("the report names the file and what is wrong with it")
def names_file(machine: Machine) -> None:
    """The path on a line of its own, below it severity, rule and message."""
    about = [found for found in findings(machine) if found.path == machine.fault]
    assert about, [(found.path, found.code) for found in findings(machine)]
    assert f"  {display(machine.fault)}\n    {about[0].severity}" in machine.last.text
    assert f"{about[0].code} {about[0].message}" in machine.last.text


@then("the report names the file and the line")
def names_line(machine: Machine) -> None:
    names_file(machine)
    first = next(found for found in findings(machine) if found.path == machine.fault)
    assert first.line > 1
    assert f"{first.line}:{first.column} {first.code}" in machine.last.text


@then("the report does not name the file")
def names_not(machine: Machine) -> None:
    assert machine.fault
    assert display(machine.fault) not in machine.last.text


@then("the value is nowhere outside the config tree")
def nowhere(machine: Machine) -> None:
    assert machine.planted
    for value in machine.planted:
        assert value not in machine.last.text
        assert leaks(machine, value) == []


@then("the history has one record of a blocked sync")
def one_record(machine: Machine) -> None:
    records = machine.site().state.history()
    assert [record["exit"] for record in records if record["outcome"] == Outcome.BLOCKED] == [3]
