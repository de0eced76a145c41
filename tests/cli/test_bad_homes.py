"""A home, or a config tree, whose path nothing can be kept of: one refusal, by every task, that names it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from autosync_tasks.cli.collection import TASKS
from autosync_tasks.names import display
from tests.support.machine import Machine

NAMES = {"a line break": "ho\nme", "another control character": "ho\x1bme", "no UTF-8": "ho\udcffme"}
WORDS = {
    "accept": ["x"],
    "bootstrap": ["/nowhere"],
    "set-config": ["AUTO_SYNC_PUSH=true"],
    "notify": ["--test"],
    "watch": ["--install", "--check"],
    "why": ["AGENTS.md"],
    **{f"install-{what}": ["--check"] for what in ("cron", "hook", "timer")},
}
NOT_OF_ANY = {"demo", "completion", "install-completion", *(task for task in TASKS if task.startswith("uninstall-"))}
"""They have a home of their own, need none, or take away what is there."""
WITHOUT_A_TREE = {
    *("bootstrap", "set-config", "show-config", "profiles", "notify", "uninstall", "enable", "disable", "watch"),
    *(task for task in TASKS if task.startswith("install-")),
}
"""They are about settings and what starts a sync."""


def refused(machine: Machine, task: str, name: str) -> str:
    told = machine.command("autosync", task, *WORDS.get(task, []))
    assert told.exit_code == (1 if task == "doctor" else 2), told.text + told.stderr
    assert "Traceback" not in told.stderr
    assert told.before == told.after
    said = " ".join((told.text + told.stderr).split())
    assert display(name) in said
    assert "a link to that folder will do" in said
    return said


@pytest.mark.sample(8)
@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES)
@pytest.mark.parametrize("task", sorted(set(TASKS) - NOT_OF_ANY))
def test_a_home(machine: Machine, task: str, name: str) -> None:
    machine.make_tree()
    home = machine.home.rename(machine.home.with_name(name))
    machine.environ["HOME"] = str(home)
    assert "HOME" in refused(machine, task, name)


@pytest.mark.sample(8)
@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES)
@pytest.mark.parametrize("task", sorted(set(TASKS) - NOT_OF_ANY - WITHOUT_A_TREE))
def test_a_tree(machine: Machine, task: str, name: str) -> None:
    machine.make_tree()
    machine.environ["OPENCODE_CONFIG_DIR"] = str(machine.source.rename(machine.source.with_name(name)))
    assert "source" in refused(machine, task, name)


@pytest.mark.parametrize("variable", ["XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME", "AUTOSYNC_CONFIG"])
def test_a_folder_that_a_variable_names(machine: Machine, variable: str) -> None:
    machine.make_tree()
    machine.environ[variable] = str(machine.home / "so\nme")
    assert variable in refused(machine, "status", "so\nme")


@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES)
def test_the_way_out_leads_there(machine: Machine, name: str) -> None:
    """A link to that home, as the refusal says."""
    machine.make_tree()
    os.symlink(machine.home.rename(machine.home.with_name(name)), machine.root / "plain")
    machine.environ["HOME"] = str(Path(machine.root / "plain"))
    for task, code in (("sync", 0), ("verify", 0), ("status", 0), ("sync", 0)):
        told = machine.command("autosync", task)
        assert told.exit_code == code, told.text + told.stderr
