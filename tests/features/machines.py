"""The machines of one remote: who is there, what each says, what is told of it."""

from __future__ import annotations

import json

from pytest_bdd import given, parsers, step, then

from autosync_tasks.bootstrap.bootstrap import bootstrap
from autosync_tasks.bootstrap.request import Wish
from autosync_tasks.machines.own import own_name
from autosync_tasks.model import Trigger
from autosync_tasks.remote import roll
from autosync_tasks.report import lines
from autosync_tasks.workspace.request import Request
from tests.features.bootstrap import new
from tests.features.outcome import heard
from tests.features.pictures import git
from tests.features.remote import there
from tests.support.machine import Machine, Told, plain
from tests.support.rights import as_a_person

_HOUR = 3600.0


@given("another machine goes on from the same remote")
def another(machine: Machine) -> None:
    other = new(machine)
    other.now = machine.now
    with as_a_person():
        run = bootstrap(other.environ, Wish(str(there(machine)), another=True), Request(now=other.now, run_id="b" * 12))
    assert run.exit_code == 0, run


@step("a person lists the machines")
def lists(machine: Machine) -> None:
    with as_a_person():
        found = roll.machines(machine.site)
    mine = own_name(machine.site)
    rows = [(one.verdict(machine.now), one.words(machine.now), one.name == mine) for one in found]
    silent = any(one.silent(machine.now) for one in found)
    machine.told.append(Told("machines", "", int(silent), plain(lines.of_machines(rows))))


@then(parsers.re("(?P<number>\\d+) machines? (?:is|are) listed(?P<well>, and all are well)?"))
def listed(machine: Machine, number: str, well: str | None) -> None:
    told = heard(machine)
    assert len(told.text.splitlines()) == int(number), told.text
    if well:
        assert told.exit_code == 0
        assert all(line.startswith("  ok ") for line in told.text.splitlines()), told.text
    assert told.text.count("(this machine)") == 1


@then("each has a branch and a place of its own on the remote")
def own_places(machine: Machine) -> None:
    records = git(there(machine), "for-each-ref", "--format=%(refname)", "refs/autosync/machines").decode().split()
    assert len(records) == len(set(records)) == 2
    branches(machine)


@then("the remote has a branch for each machine")
def branches(machine: Machine) -> None:
    heads = git(there(machine), "for-each-ref", "--format=%(refname:short)", "refs/heads").decode().split()
    assert sorted(heads) == sorted(["main", new(machine).site.settings.backup_branch])


@step("nobody looks there for 2 days")
def nobody_looks(machine: Machine) -> None:
    for _ in range(2):
        machine.now += 24 * _HOUR
        machine.edit("AGENTS.md")
        machine.sync().spoken = True


@step("only the schedule looks there for 2 days")
def schedule_looks(machine: Machine) -> None:
    other = new(machine)
    for _ in range(8):
        machine.now += 6 * _HOUR
        other.now = machine.now
        for one in (machine, other):
            told = one.sync(Trigger.SCHEDULE)
            told.spoken = True
            assert told.exit_code == 0, told.text
    heads = git(there(machine), "rev-list", "--count", "main").decode().strip()
    assert heads == git(machine.backup, "rev-list", "--count", "main").decode().strip()


def _line(machine: Machine, *, this: bool) -> str:
    found = [line for line in heard(machine).text.splitlines() if ("(this machine)" in line) == this]
    assert len(found) == 1, machine.last.text
    return found[0]


@then("the other machine is silent")
def other_silent(machine: Machine) -> None:
    assert _line(machine, this=False).startswith("  silent ")
    assert machine.last.exit_code == 1


@then("this machine is in conflict")
def this_conflict(machine: Machine) -> None:
    assert _line(machine, this=True).startswith("  conflict ")


@step("a person forgets the other machine")
def forgets(machine: Machine) -> None:
    with as_a_person():
        there = roll.of_agents(machine.environ, ["opencode"])
        roll.forget(there, own_name(new(machine).site), check=True)
        assert len(roll.machines(machine.site)) == 2
        roll.forget(there, own_name(new(machine).site), check=False)


@given("somebody wrote nonsense into the list of machines")
def nonsense(machine: Machine) -> None:
    tree = git(there(machine), "mktree").decode().strip()
    hostile = json.dumps({"host": "\x1b[2J\u202eevil", "looked": "soon", "files": -1, "max_age": 1e300})
    for name, text in (("evil-1", f"x\n\n{hostile}\n"), ("evil-2", "no record at all\n")):
        commit = git(there(machine), "commit-tree", "-m", text.strip(), tree).decode().strip()
        git(there(machine), "update-ref", f"refs/autosync/machines/{name}", commit)


@given("the remote takes nothing but branches")
def branches_only(machine: Machine) -> None:
    git(there(machine), "config", "receive.hideRefs", "refs/autosync")
