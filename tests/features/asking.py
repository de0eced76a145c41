"""What is asked inside OpenCode: the tool and the command of the plugin, in the stand-in for version 2, with the real
program behind them."""

from __future__ import annotations

from typing import Any

import pytest
from pytest_bdd import given, parsers, then, when

from autosync_tasks.triggers import hook
from tests.features.words import path_of
from tests.opencode.bed import AUTOSYNC, COMMAND
from tests.opencode.standin import Scene
from tests.support.machine import Machine


class Asking:
    """A server of OpenCode 2 with one project, and the answers it gave."""

    def __init__(self, machine: Machine) -> None:
        self.machine, self.scene, self.answers = machine, Scene(machine.root / "opencode-2"), list[str]()
        self.scene.root.mkdir()
        self.scene.plugin.write_bytes(hook.wanted(machine.environ, COMMAND))
        machine.prepare_scanner()

    def ask(self, *step: Any) -> None:
        report = self.scene.play(["open", str(self.machine.root)], step)
        assert report["problems"] == []
        self.answers += [*report["answers"], *(said["description"] for said in report["said"])]

    @property
    def answer(self) -> str:
        assert self.answers, "nothing was answered"
        return self.answers[-1]


@pytest.fixture
def asking(machine: Machine) -> Asking:
    return Asking(machine)


@given("OpenCode 2 with the plugin")
def with_plugin(asking: Asking) -> None:
    assert asking.scene.plugin.exists()


@when(parsers.re("the status is asked inside OpenCode by (?P<way>the agent|the command)"))
def asks_status(asking: Asking, way: str) -> None:
    asking.ask(*(["tool", {"action": "status"}] if way == "the agent" else ["command", ""]))


@when(parsers.re('the agent asks why "(?P<path>[^"]+)" waits'))
def asks_why(asking: Asking, path: str) -> None:
    asking.ask("tool", {"action": "why", "path": path})


@when("the agent asks for a sync")
def asks_sync(asking: Asking) -> None:
    asking.ask("tool", {"action": "sync"})


@when(parsers.re('the agent asks to restore (?P<what>"[^"]+")'))
def asks_restore(asking: Asking, what: str) -> None:
    asking.ask("tool", {"action": "restore", "path": path_of(what)})


@then(parsers.re('the answer says "(?P<words>[^"]+)"'))
def says(machine: Machine, asking: Asking, words: str) -> None:
    assert words in asking.answer
    assert machine.secret not in asking.answer


@then(parsers.re('the answer names the line that the person types to bring "(?P<path>[^"]+)" back'))
def names_the_line(machine: Machine, asking: Asking, path: str) -> None:
    assert not machine.path(path).exists()
    assert asking.answer.endswith(f"{AUTOSYNC} restore --path {path}")
