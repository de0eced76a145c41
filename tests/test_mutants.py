"""The tool of the mutants itself: what it changes, that the change reaches the function, and that its tables are true."""

from __future__ import annotations

import ast
import os
import pickle
import signal
import subprocess
import sys
import threading
import time
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tools.mutants import listening
from tools.mutants.live import Loaded
from tools.mutants.operators import Mutant, mutants_of
from tools.mutants.results import File, Store, entries, equivalents, known, survived

CHECKOUT = Path(__file__).parents[1]

TEXT = '''
LIMIT = 3

def held(seen, now, *, least=2):
    """Whether it waits."""
    if seen is None or now < seen:
        return False
    total = 0
    for one in sorted(seen, reverse=True)[:least]:
        total += one
    return not total >= LIMIT and now != 5
'''


def changes() -> set[tuple[int, str, str, str]]:
    return {(one.line, one.operator.split()[0], one.was, one.now) for one in mutants_of(ast.parse(TEXT))}


@pytest.mark.parametrize(
    "change",
    [
        (4, "default", "2", "3"),
        (6, "and/or", "seen is None or now < seen", "seen is None and now < seen"),
        (6, "operand", "seen is None or now < seen", "now < seen"),
        (6, "condition", "seen is None or now < seen", "True"),
        (6, "condition", "seen is None or now < seen", "False"),
        (6, "compare", "seen is None", "seen is not None"),
        (6, "compare", "now < seen", "now <= seen"),
        (7, "constant", "False", "True"),
        (9, "slice", "least", ""),
        (9, "keyword", "sorted(seen, reverse=True)", "sorted(seen)"),
        (9, "call", "sorted(seen, reverse=True)", "list(seen)"),
        (10, "statement", "total += one", "pass"),
        (10, "arithmetic", "total += one", "total -= one"),
        (11, "not", "not total >= LIMIT", "total >= LIMIT"),
        (11, "return", "not total >= LIMIT and now != 5", "None"),
    ],
    ids=lambda change: f"{change[0]} {change[1]} {change[3]}",
)
def test_it_makes_the_fault(change: tuple[int, str, str, str]) -> None:
    assert change in changes()


def test_it_changes_neither_data_nor_words() -> None:
    assert {line for line, *_ in changes()} == {4, 6, 7, 8, 9, 10, 11}


def test_no_two_have_the_same_name_and_a_changed_function_has_new_ones() -> None:
    before = [one.key for one in mutants_of(ast.parse(TEXT))]
    assert len(set(before)) == len(before)
    assert not set(before) & {one.key for one in mutants_of(ast.parse(TEXT.replace("now != 5", "now != 6")))}


@pytest.mark.parametrize("operator", ["default", "not"])
def test_the_function_that_is_loaded_becomes_the_mutant(operator: str) -> None:
    path, space = f"/nowhere/{operator}.py", dict[str, Any]()
    exec(compile(TEXT, path, "exec"), space)
    assert space["held"]([1, 1, 1], [9]) is True
    tree = ast.parse(TEXT)
    mutant = next(one for one in mutants_of(tree) if one.operator == operator)
    assert Loaded(path, tree).become(mutant) == 1
    assert space["held"]([1, 1, 1], [9]) is False


def standing() -> list[dict[str, str]]:
    return [one for one in survived() if "gone" not in one]


def test_a_call_of_super_can_fall_away() -> None:
    text = "class Told(Exception):\n    def __init__(self):\n        super().__init__('what')\n"
    space = dict[str, Any]()
    exec(compile(text, "/nowhere/told.py", "exec"), space)
    tree = ast.parse(text)
    mutant = next(one for one in mutants_of(tree) if one.now == "pass")
    assert str(space["Told"]()) == "what"
    assert Loaded("/nowhere/told.py", tree).become(mutant) == 1
    assert str(space["Told"]()) == ""


@pytest.mark.parametrize("table", [equivalents, known, standing])
def test_each_mutant_of_a_table_is_there(table: Callable[[], list[dict[str, str]]]) -> None:
    package = CHECKOUT / "autosync_tasks"
    files = {name: File.read(package, name) for name in {one["file"] for one in table()}}
    stale = [one for one in table() if not any(mutant.is_as(one) for mutant in files[one["file"]].mutants)]
    assert stale == []


def test_of_each_survivor_stands_what_became_of_it() -> None:
    assert [one for one in survived() if len(one.keys() & {"by", "gone", "open"}) != 1] == []


def test_what_had_survived_and_is_noticed_now_is_told_once(tmp_path: Path) -> None:
    """Also where the function around it has changed since; what is noticed no more, or stands there, is not told."""
    file = File.read(CHECKOUT / "autosync_tasks", "policy/decide.py")
    one, two, three = file.mutants[:3]
    store = Store(tmp_path)

    def ran(mutant: Mutant, verdict: str, key: str = "") -> None:
        told = {name: getattr(mutant, name) for name in ("function", "was", "now")}
        store.keep({"key": key or file.key(mutant), "file": file.name, **told, "verdict": verdict, "by": "a test"})

    ran(one, "survived", "of an older function")
    ran(one, "features")
    ran(two, "survived")
    ran(three, "others")
    assert list(store.noticed_since([file])) == [(file, one, "a test")]
    (mutant,) = tomllib.loads(entries(store.noticed_since([file])))["mutant"]
    assert one.is_as(mutant)
    assert (mutant["file"], mutant["by"]) == (file.name, "a test")


def test_a_draw_is_a_sample_of_its_own_and_the_same_each_time() -> None:
    file = File.read(CHECKOUT / "autosync_tasks", "policy/decide.py")
    first, again, other = (file.drawn(0.2, draw) for draw in (1, 1, 2))
    assert first == again != other
    assert len(first) == len(other) == pytest.approx(len(file.mutants) * 0.2, abs=1)


@pytest.mark.sweep
@pytest.mark.parametrize("words", [("known",), ("closed", "--share", "0.3")])
def test_those_that_are_known_are_noticed(words: tuple[str, ...]) -> None:
    """A part of the closed ones, the same each time: all take some minutes."""
    words = (sys.executable, "-m", "tools.mutants", *words)
    done = subprocess.run(words, cwd=CHECKOUT, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def _sleep() -> None:
    time.sleep(20)


def _work() -> None:
    while True:
        pass


def _stopped() -> None:
    os.kill(os.getpid(), signal.SIGSTOP)


@pytest.mark.parametrize(("what", "late"), [(_sleep, True), (_work, True), (_stopped, False)])
def test_who_waits_or_works_for_too_long_is_late_and_who_was_stopped_is_not(
    what: Callable[[], None], late: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listening, "_A_LOOK", 0.02)
    read, write = os.pipe()
    if (pid := os.fork()) == 0:
        os.setsid()
        what()
        word = pickle.dumps("end")
        os.write(write, len(word).to_bytes(4, "big") + word)
        os._exit(0)
    os.close(write)
    later = threading.Timer(0.5, os.kill, (pid, signal.SIGCONT))
    later.start()
    ended = listening.listen(read, pid, lambda _: 0.2)
    later.cancel()
    os.close(read)
    os.waitpid(pid, 0)
    assert ended == ([] if late else ["end"], late)
