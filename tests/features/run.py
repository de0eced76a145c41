"""Runs: who asks for what."""

from __future__ import annotations

import re
import shlex

import pytest
from pytest_bdd import given, parsers, step

from autosync_tasks.model import Trigger
from autosync_tasks.policy.inputs import Ask
from tests.features.file import cannot_be_read, deleted, says
from tests.features.outcome import OUTCOMES, exit_code, is_so, nothing_to_do, refused, verdict, would_be_done
from tests.features.secret import secret
from tests.features.tree import changes
from tests.features.words import ASKERS, TIME, WHAT, WHO, time_of
from tests.support.machine import Machine

_AT = f"(?: at {TIME})?"
_ENDED = (
    "(?:, which (?P<outcome>is (?:refused|"
    + "|".join(OUTCOMES)
    + r")|finds nothing to do)|, with exit code (?P<code>\d+))?"
)


def _at(machine: Machine, time: str | None) -> None:
    if time:
        machine.now = time_of(time)


@step(parsers.re(f"{WHO} (?:asks for a sync|looks){_AT}{_ENDED}"))
def asks(machine: Machine, who: str, time: str | None, outcome: str | None, code: str | None) -> None:
    _at(machine, time)
    told = machine.sync(ASKERS[who])
    if outcome == "is refused":
        refused(machine, None)
    elif outcome == "finds nothing to do":
        nothing_to_do(machine)
    elif outcome:
        is_so(machine, outcome.removeprefix("is "))
    if code:
        told.spoken = True
        assert told.exit_code == int(code), told.text


@step(
    parsers.re(f'{WHAT} (?P<how>changes|is deleted|cannot be read|says "[^"]*") and {WHO} asks for a sync{_AT}{_ENDED}')
)
def changes_and_asks(
    machine: Machine, what: str, how: str, who: str, time: str | None, outcome: str | None, code: str | None
) -> None:
    match how.partition(" ")[0]:
        case "changes":
            changes(machine, what, None)
        case "is":
            deleted(machine, what)
        case "cannot":
            cannot_be_read(machine, what)
        case "says":
            says(machine, what, how.removeprefix('says "').removesuffix('"'))
    asks(machine, who, time, outcome, code)


@step(parsers.re(f"a secret gets into a context file and {WHO} asks for a sync{_AT}{_ENDED}"))
def secret_and_asks(machine: Machine, who: str, time: str | None, outcome: str | None, code: str | None) -> None:
    secret(machine)
    asks(machine, who, time, outcome, code)


@step(parsers.re(rf"{WHO} asks for a sync of (?P<part>context only|tools only|\"[^\"]+\"){_AT}"))
def asks_for_part(machine: Machine, who: str, part: str, time: str | None) -> None:
    _at(machine, time)
    include = (part.strip('"'),) if part.startswith('"') else ()
    ask = Ask(context_only=part == "context only", tools_only=part == "tools only", include=include)
    machine.sync(ASKERS[who], ask=ask)


@step(parsers.re(f"{WHO} asks for a sync with low priority{_AT}"))
def asks_for_low(machine: Machine, who: str, time: str | None) -> None:
    _at(machine, time)
    machine.sync(ASKERS[who], ask=Ask(include_low=True))


@step(parsers.re(f"{WHO} insists on a sync{_AT}"))
def insists(machine: Machine, who: str, time: str | None) -> None:
    _at(machine, time)
    machine.sync(ASKERS[who], ask=Ask(force=True))


@step(parsers.re(f"a person takes the backup over{_AT}"))
def adopts(machine: Machine, time: str | None) -> None:
    _at(machine, time)
    machine.sync(ask=Ask(adopt=True))


@step(parsers.re(f"a person allows (?:exactly these deletions|the deletions named before){_AT}"))
def allows(machine: Machine, time: str | None) -> None:
    """The digest is read from what the last block told, as a person would."""
    _at(machine, time)
    machine.last.spoken = True
    found = re.search(r"--allow-mass-delete=([0-9a-f]+)", machine.last.text)
    assert found, machine.last.text
    machine.sync(ask=Ask(allow_mass_delete=found.group(1)))


@step(parsers.re(f"{WHO} asks what a sync would do{_AT}(?P<ended>, and it would be done)?"))
def checks(machine: Machine, who: str, time: str | None, ended: str | None) -> None:
    _at(machine, time)
    machine.sync(ASKERS[who], check=True)
    if ended:
        would_be_done(machine)


@step("another run is at work")
def at_work(machine: Machine, request: pytest.FixtureRequest) -> None:
    lock = machine.site.state.lock()
    lock.__enter__()
    request.addfinalizer(lambda: lock.__exit__(None, None, None))


@given(parsers.re(r"a sync by hand that was done at (?P<time>\d\d:\d\d)"))
def done_by_hand(machine: Machine, time: str) -> None:
    machine.now = time_of(time)
    machine.edit("AGENTS.md")
    machine.must_sync()


@given(parsers.re(r"a sync that validation blocked at (?P<time>\d\d:\d\d)"))
def blocked_before(machine: Machine, time: str) -> None:
    machine.now = time_of(time)
    machine.write("opencode.json", '{\n  "model": \n')
    told = machine.sync(Trigger.WATCH)
    told.spoken = True
    assert told.exit_code == 3, told.text


@step(parsers.re(r"a person verifies the backup(?P<deep>, reading all of it)?"))
def verifies(machine: Machine, deep: str | None) -> None:
    machine.verify(deep=bool(deep))


@step(parsers.re(f"a person asks for the status{_AT}"))
def asks_status(machine: Machine, time: str | None) -> None:
    _at(machine, time)
    machine.look_status()


@step(parsers.re(f'the status{_AT} is "(?P<level>protected|attention|not protected)"'))
def status_is(machine: Machine, time: str | None, level: str) -> None:
    asks_status(machine, time)
    verdict(machine, level)


@step(parsers.re("the sync is (?P<outcome>" + "|".join(OUTCOMES) + '), and the status is "(?P<level>[a-z ]+)"'))
def ended_and_status(machine: Machine, outcome: str, level: str) -> None:
    is_so(machine, outcome)
    status_is(machine, None, level)


@step(
    parsers.re(
        rf"(?:{WHAT} changes and )?a person runs `(?P<command>[^`]+)`"
        r"(?: (?P<times>\d+) times)?(?:, (?:each )?with exit code (?P<code>\d+))?"
    )
)
def runs(machine: Machine, what: str | None, command: str, times: str | None, code: str | None) -> None:
    if what:
        changes(machine, what, None)
    for _ in range(int(times or 1)):
        machine.program(shlex.split(command.replace("~", str(machine.home))))
        if code:
            exit_code(machine, code)
