"""One letter wrong in a task or a flag: the nearest is named."""

from __future__ import annotations

import string
from collections.abc import Collection, Iterator

import pytest

from autosync_tasks.cli.collection import TASKS, all_tasks, meant, task_named
from autosync_tasks.cli.help_page import call_of
from tests.support.machine import Machine


def slips(word: str) -> Iterator[str]:
    """The word with a letter left out, doubled, swapped with the next, or another in its place."""
    start = 2 if word.startswith("--") else 0
    for at in range(start, len(word)):
        other = string.ascii_lowercase[(ord(word[at]) * 7 + at) % 26]
        yield word[:at] + word[at + 1 :]
        yield word[:at] + word[at] + word[at:]
        yield word[:at] + word[at + 1 : at + 2] + word[at] + word[at + 2 :]
        yield word[:at] + other + word[at + 1 :]


def one_slip_away(word: str, wrong: str) -> bool:
    """Whether one step of the above kinds leads from the word to the wrong one."""
    begin = 0
    while begin < min(len(word), len(wrong)) and word[begin] == wrong[begin]:
        begin += 1
    rest, other = word[begin:], wrong[begin:]
    return (
        rest[1:] == other
        or rest == other[1:]
        or rest[1:] == other[1:]
        or (rest[:2] == other[:2][::-1] and rest[2:] == other[2:])
    )


def not_led(known: Collection[str]) -> list[tuple[str, str]]:
    """Slips for which what is named is not one slip away from them."""
    found = []
    for word in known:
        for wrong in slips(word):
            if wrong not in known and len(wrong.strip("-")) > 1:
                said = meant(wrong, known)
                if not said or not one_slip_away(said.split("`")[1], wrong):
                    found.append((wrong, said))
    return found


def test_of_each_task() -> None:
    assert not_led(TASKS) == []


@pytest.mark.parametrize("name", TASKS)
def test_of_each_flag(name: str) -> None:
    task = task_named(name)
    assert task is not None
    assert not_led([flag.partition(" ")[0] for flag, _ in call_of(task)[1] if flag.startswith("--")]) == []


def test_every_task_is_looked_at() -> None:
    assert {task.name for task in all_tasks()} == set(TASKS)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["inv", "snyc"], "sync"),
        (["inv", "sync", "--froce"], "--force"),
        (["inv", "sync", "--dry-run"], "--check"),
        (["autosync", "detect", "sync", "--chekc"], "--check"),
        (["autosync", "--plian", "status"], "--plain"),
        (["sync-config", "--foce"], "--force"),
    ],
)
def test_by_every_program(machine: Machine, words: list[str], said: str) -> None:
    told = machine.program(words, prepared=False)
    assert told.exit_code in (1, 2)
    assert f"did you mean {said}?" in told.stderr.replace("`", "")


def test_what_is_right_is_not_called_wrong(machine: Machine) -> None:
    machine.make_tree()
    for words in (["inv", "--dry", "sync"], ["inv", "sync", "--dry"], ["inv", "detect", "verify", "--deep"]):
        assert "did you mean" not in machine.program(words).stderr
