"""The clock: what the time is when something happens."""

from __future__ import annotations

from pytest_bdd import given, parsers, step

from tests.features.words import TIME, time_of
from tests.support.machine import Machine


@step(parsers.re(f"it is {TIME}"))
def it_is(machine: Machine, time: str) -> None:
    machine.now = time_of(time)


@given("the clock was an hour fast at the last sync")
def fast_clock(machine: Machine) -> None:
    before = machine.now
    machine.now += 3600
    machine.edit("AGENTS.md")
    machine.must_sync()
    machine.now = before
