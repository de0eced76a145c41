"""What stands where a restore writes, and the times that a restore is asked for."""

from __future__ import annotations

import os
import shutil

import pytest
from pytest_bdd import given, parsers, step, then

from tests.features.outcome import says
from tests.features.pictures import git
from tests.features.restore import ask_restore
from tests.features.words import TIME, WHAT, path_of, time_of
from tests.support.machine import Machine

Stands = dict[str, tuple[str, int, bytes | str]]


@pytest.fixture
def stood() -> dict[str, Stands]:
    """What stood in the tree, by name of the moment."""
    return {}


def standing(machine: Machine) -> Stands:
    """Path to kind, mode and contents of all that stands in the tree."""
    found: Stands = {}
    for path in sorted(machine.source.rglob("*")):
        mode = path.lstat().st_mode & 0o7777
        name = str(path.relative_to(machine.source))
        if path.is_symlink():
            found[name] = ("link", 0, os.readlink(path))
        elif path.is_file():
            found[name] = ("file", mode, path.read_bytes())
        else:
            found[name] = ("folder" if path.is_dir() else "other", mode, "")
    return found


@given("files, folders and links of every kind are backed up, and something else stands in the place of each")
def every_kind(machine: Machine, stood: dict[str, Stands]) -> None:
    machine.write("docs/a.md", "a\n")
    machine.write("docs/deep/b.md", "b\n")
    machine.path("docs/l").symlink_to("a.md")
    machine.path("empty").mkdir()
    machine.now += 60
    machine.must_sync()
    stood["recorded"] = standing(machine)
    _something_else(machine)
    stood["instead"] = standing(machine)


def _something_else(machine: Machine) -> None:
    for name in ("README.md", "docs/l", "docs/a.md", "context/stack.md"):
        machine.path(name).unlink()
    shutil.rmtree(machine.path("docs/deep"))
    machine.path("empty").rmdir()
    machine.write("README.md/x.md", "x\n")
    machine.write("docs/deep", "a file\n")
    machine.write("docs/l", "no link\n")
    machine.path("docs/a.md").symlink_to("../AGENTS.md")
    os.mkfifo(machine.path("empty"))
    machine.write("AGENTS.md", "edited\n")
    machine.path("bin/check").chmod(0o700)
    machine.path("agent").chmod(0o700)
    machine.write("mine.md", "mine\n")


@then("all that was recorded stands there as it was")
def as_recorded(machine: Machine, stood: dict[str, Stands]) -> None:
    now = standing(machine)
    assert {name: now.get(name) for name in stood["recorded"]} == stood["recorded"]
    assert now["mine.md"] == stood["instead"]["mine.md"]


@then(parsers.re(f"but for {WHAT} all stands there as it did before"))
def as_before(machine: Machine, stood: dict[str, Stands], what: str) -> None:
    now, path = standing(machine), path_of(what)
    assert path in now
    assert {name: one for name, one in now.items() if name != path} == stood["instead"]


@step("a person asks what restoring each of these would do, it says:")
def each_name(machine: Machine, datatable: list[list[str]]) -> None:
    for name, told in datatable[1:]:
        ask_restore(machine, name, check=True)
        machine.last.spoken = True
        says(machine, told)


def _saved(machine: Machine) -> list[str]:
    """The ids of what restores saved, the oldest first."""
    words = ("for-each-ref", "--sort=refname", "--format=%(objectname)", "refs/autosync/snapshots")
    return git(machine.backup, *words).decode().split()


@step(parsers.re(f'a person restores everything over "(?P<one>[^"]+)" and over "(?P<two>[^"]+)" in {WHAT}'))
def restores_twice(machine: Machine, one: str, two: str, what: str) -> None:
    for text in (one, two):
        machine.write(path_of(what), text + "\n")
        ask_restore(machine, agree=lambda _: True)


@step("a person takes the first restore back by its id")
def undoes_the_first(machine: Machine) -> None:
    ask_restore(machine, undo=_saved(machine)[0][:8].upper())
    assert machine.last.exit_code == 0, machine.last.text


@then("no other id names one")
def no_other(machine: Machine) -> None:
    for odd in ("abcd", "zz", _saved(machine)[0][:3]):
        ask_restore(machine, undo=odd)
        machine.last.spoken = True
        assert machine.last.exit_code == 2
        says(machine, f"there is no snapshot '{odd}'")


@step(parsers.re(f"a person asks at {TIME} what restoring {WHAT} would do, it says:"))
def at_times(machine: Machine, time: str, what: str, datatable: list[list[str]]) -> None:
    machine.now = time_of(time)
    for at, told in datatable[1:]:
        ask_restore(machine, path_of(what), at=at, check=True)
        machine.now = time_of(time)
        machine.last.spoken = True
        says(machine, told)
