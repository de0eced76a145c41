"""A plain command line is read without Invoke, and just as Invoke reads it."""

from __future__ import annotations

import random
from functools import cache
from typing import Any

import pytest
from invoke import Collection

from autosync_tasks.cli.collection import all_tasks, collection, plain

TASKS = list(all_tasks())
WORDS = (
    *("schedule", "manual", "*.md", "a b", "sync", "--check", "-n", "", " ", "=", "a=b", "é", "0", "1", "no", "true"),
    *("--", "status", "0123abcd", "/tmp/x", "~", "\n"),
)


@cache
def offered(task: str) -> Collection:
    """The tasks that a line with this one offers, made once: Invoke takes long to make one."""
    return collection([task])


def invoke_reads(words: list[str]) -> tuple[str, dict[str, Any]] | None:
    """The one task and what Invoke gives it; None if it refuses the line, or reads something else in it."""
    from invoke import Exit

    from autosync_tasks.cli.command_line import CommandLine

    line = CommandLine("autosync", offered(words[0]))
    try:
        line.create_config()
        line.parse_core(["autosync", *words])
        line.parse_collection()
        line.parse_tasks()
    except Exit:
        return None
    said = [line.args[name].value for name in ("dry", "help", "list", "complete", "version")]
    if len(line.tasks) != 1 or any(said):
        return None
    [task] = line.tasks
    return str(task.name), {name: "" if value is None else value for name, value in task.as_kwargs.items()}


def lines(number: int) -> list[str]:
    """A command line at random: a task, flags of it and of others, values with and without `=`."""
    chance = random.Random(number)
    task = chance.choice(TASKS) if number % 3 else TASKS[0]
    names = list(task.body.__code__.co_varnames[1 : task.body.__code__.co_argcount]) or ["check"]
    words = [task.name]
    for _ in range(chance.choice((0, 1, 1, 2, 3, 5))):
        flag = "--" + chance.choice([*names, *names, *names, "dry", "help", "no_check"]).replace("_", "-")
        value = chance.choice(WORDS)
        words += chance.choice(([flag], [flag], [f"{flag}={value}"], [f"{flag}={value}"], [flag, value], [value]))
    return words


@pytest.mark.parametrize("seed", range(3))
def test_what_the_short_way_reads_invoke_reads_alike(seed: int) -> None:
    read = 0
    for number in range(seed * 1000, seed * 1000 + 300):
        words = lines(number)
        if (found := plain(words)) is not None:
            read += 1
            assert invoke_reads(words) == (found[0].name, found[1]), words
    assert read > 20


@pytest.mark.parametrize(
    "words",
    [
        ["sync"],
        ["sync", "--trigger=schedule"],
        ["sync", "--check", "--json"],
        ["sync", "--include=*.md", "--include=a=b", "--push"],
        ["auto-sync-if-needed", "--changes=3", "--type=context"],
        ["status", "--json"],
    ],
)
def test_lines_that_programs_write_take_the_short_way(words: list[str]) -> None:
    found = plain(words)
    assert found is not None
    assert invoke_reads(words) == (found[0].name, found[1])


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["snc"],
        ["sync", "detect"],
        ["sync", "--dry"],
        ["--dry", "sync"],
        ["sync", "--include"],
        ["sync", "--include_low"],
        ["sync", "--trigger", "schedule"],
        ["sync", "--trigger="],
        ["sync", "--check=yes"],
        ["sync", "--check", "--check"],
        ["why", "a.md"],
    ],
)
def test_all_else_is_left_to_invoke(words: list[str]) -> None:
    assert plain(words) is None
