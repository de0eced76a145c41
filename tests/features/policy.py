"""The policy made visible: why, the config file, the history, what a person is told."""

from __future__ import annotations

import re

from pytest_bdd import given, parsers, step, then, when

from autosync_tasks.report import policy
from autosync_tasks.status.why import why_path
from tests.features.settings import put
from tests.features.words import NUMBER, TIME, WHAT, path_of, time_of
from tests.support.machine import Machine, Told, plain
from tests.support.rights import as_a_person


@when(parsers.re(f"a person asks why about {WHAT} at {TIME}"))
def asks_why(machine: Machine, what: str, time: str) -> None:
    machine.now = time_of(time)
    before = machine.written()
    with as_a_person():
        found = why_path(machine.site, path_of(what), machine.now)
    told = Told("why", "", 0, plain(policy.of_why(found, machine.now)), before=before, after=machine.written())
    machine.told.append(told)


@then(parsers.re('the answer to "(?P<name>[^"]+)" (?P<how>is|begins with) "(?P<words>[^"]*)"'))
def answer(machine: Machine, name: str, how: str, words: str) -> None:
    found = re.search(rf"^  {name} +(.*)$", machine.last.text, re.MULTILINE)
    assert found, machine.last.text
    assert found[1] == words if how == "is" else found[1].startswith(words), machine.last.text


@then("it answers:")
def answers(machine: Machine, datatable: list[list[str]]) -> None:
    """What is asked, and the answer; one that ends in `…` is how it begins."""
    for name, words in datatable:
        answer(machine, name, "begins with" if words.endswith("…") else "is", words.removesuffix("…"))


@given("a config file that also says:")
def config_also_says(machine: Machine, docstring: str) -> None:
    """Before what the first sync recorded there; tables come last, as TOML wants it."""
    file = machine.config / "config.toml"
    plain_part, sign, tables = docstring.partition("[[")
    file.write_text(f"{plain_part}\n{file.read_text()}\n{sign}{tables}\n")


@then("the config file says:")
def config_says(machine: Machine, datatable: list[list[str]]) -> None:
    assert {line for (line,) in datatable} <= set((machine.config / "config.toml").read_text().splitlines())


@then(parsers.re(f"the history has {NUMBER} records?"))
def records(machine: Machine, number: str) -> None:
    found = [*machine.site.state.history()]
    assert len(found) == int(number), [record["reason"] for record in found]


@given("a command that is told what happens")
def told_to_a_file(machine: Machine) -> None:
    script = machine.home / "tell"
    script.write_text(f'#!/bin/sh\nprintf "%s\\n" "$2" >> "{machine.home}/told"\n')
    script.chmod(0o755)
    put(machine, notify_command=f"{script} --urgent")


@given("a command to be told with that is not there")
def no_command(machine: Machine) -> None:
    put(machine, notify_command=str(machine.home / "nowhere"))


@given("a second command to be told with that is not there")
def no_second_command(machine: Machine) -> None:
    put(machine, notify=(str(machine.home / "nowhere"),))


def messages(machine: Machine) -> list[str]:
    file = machine.home / "told"
    found = file.read_text().splitlines() if file.exists() else []
    assert not [message for message in found if machine.secret in message]
    return found


@then("nobody was told anything")
def silence(machine: Machine) -> None:
    assert messages(machine) == []


@then(parsers.re('a person was told "(?P<words>[^"]+)"'))
def was_told(machine: Machine, words: str) -> None:
    assert [message for message in messages(machine) if message.startswith(words)], messages(machine)


@then(parsers.re(f'a person was told {NUMBER} times?,(?: the last time)? "(?P<words>[^"]+)"'))
def was_told_times(machine: Machine, number: str, words: str) -> None:
    assert len(messages(machine)) == int(number), messages(machine)
    assert messages(machine)[-1].startswith(words), messages(machine)


@step("the backup's branch is broken")
def broken_branch(machine: Machine) -> None:
    (machine.backup / ".git/refs/heads/main").write_text("not a commit\n")
