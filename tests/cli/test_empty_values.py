"""A flag that is given and empty is an error, whatever it names: never a default."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from autosync_tasks.cli.collection import collection
from autosync_tasks.cli.task import MAY_BE_EMPTY
from tests.support.machine import Machine


def _flags() -> Iterator[tuple[str, str]]:
    tasks = collection([])
    for name in sorted(tasks.task_names):
        for argument in tasks[name].get_arguments(ignore_unknown_help=True):
            if argument.takes_value and argument.kind in (str, list) and argument.name not in MAY_BE_EMPTY:
                yield name, argument.names[0]


FLAGS = sorted(set(_flags()))
WORDS = {"bootstrap": ["/nowhere"], "why": ["AGENTS.md"]}
"""What a task cannot do without."""


def test_there_are_flags_to_try() -> None:
    assert {("restore", "to"), ("restore", "at"), ("restore", "path"), ("sync", "allow-mass-delete")} <= set(FLAGS)


@pytest.mark.parametrize("value", ["", "  "], ids=["empty", "spaces"])
@pytest.mark.parametrize(("task", "flag"), FLAGS)
def test_an_empty_value_is_refused(machine: Machine, task: str, flag: str, value: str) -> None:
    machine.make_tree()
    before = machine.pictured()
    told = machine.command(
        "autosync", task, *(WORDS.get(task, []) if flag not in ("address", "path") else []), f"--{flag}={value}"
    )
    assert told.exit_code == 2, told.text + told.stderr
    assert f"--{flag}" in told.stderr
    assert "Traceback" not in told.stderr
    assert machine.pictured() == before


@pytest.mark.parametrize("words", [("restore", ""), ("restore", "context/a.md", "")])
def test_an_empty_word_is_refused_too(machine: Machine, words: tuple[str, ...]) -> None:
    machine.make_tree()
    told = machine.command("autosync", *words)
    assert (told.exit_code, "--path" in told.stderr) == (2, True)
