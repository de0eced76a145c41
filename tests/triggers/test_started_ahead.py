"""A sync's process that is started ahead does nothing before the word, and is one as any after it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from autosync_tasks.cli import ahead
from autosync_tasks.cli.stamp import stamp
from autosync_tasks.names import BEGIN, LOOK, SEEN, WAITS
from autosync_tasks.triggers.watch import Child, _Next
from tests.support.place import Place

PROGRAM = [sys.executable, "-m", "autosync_tasks", "sync", "--json"]
ANSWERS = ["sh", "-c", """read word; echo '{"outcome": "ok"}'"""]


@pytest.fixture
def place(workshop: Path, scanner_cache: Path) -> Place:
    return Place.make(workshop, scanner_cache)


def _until(holds: Callable[[], bool]) -> None:
    ends = time.monotonic() + 120
    while not holds():
        assert time.monotonic() < ends
        time.sleep(0.02)


def test_it_begins_with_the_word_and_not_before(place: Place) -> None:
    place.write("AGENTS.md", "Be kind.\n")
    command = subprocess.Popen(
        PROGRAM, env={**place.environ, WAITS: "1"}, cwd=place.base, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    _until(lambda: _sleeps(command.pid))
    assert not place.backup.exists() and not place.settings.exists()
    place.write("late.md", "Written while it waited.\n")
    answer = json.loads(command.communicate(b"\n", timeout=240)[0])
    assert (command.returncode, answer["outcome"]) == (0, "changed")
    assert {change["path"] for change in answer["changes"]} == {"AGENTS.md", "late.md"}


@pytest.mark.parametrize(("word", "taken"), [(SEEN, {"one.md"}), (BEGIN, {"one.md", "two.md"})])
def test_what_it_saw_when_it_was_told_to_look_counts_if_nothing_was_heard_since(
    place: Place, word: bytes, taken: set[str]
) -> None:
    place.write("AGENTS.md", "Be kind.\n")
    assert place.sync().code == 0
    command = subprocess.Popen(
        PROGRAM, env={**place.environ, WAITS: "1"}, cwd=place.base, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    place.write("one.md", "Heard of, and looked at.\n")
    _has_it_look(command)
    place.write("two.md", "Written since.\n")
    answer = json.loads(command.communicate(word, timeout=240)[0])
    assert (command.returncode, {change["path"] for change in answer["changes"]}) == (0, taken)
    rest = place.sync()
    assert {change["path"] for change in rest.json["changes"]} == {"one.md", "two.md"} - taken


def test_a_look_does_not_count_if_somebody_else_synced_since(place: Place) -> None:
    place.write("AGENTS.md", "Be kind.\n")
    assert place.sync().code == 0
    command = subprocess.Popen(
        PROGRAM, env={**place.environ, WAITS: "1"}, cwd=place.base, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    _has_it_look(command)
    place.write("one.md", "Written since.\n")
    assert place.sync().outcome == "changed"
    answer = json.loads(command.communicate(SEEN, timeout=240)[0])
    assert (command.returncode, answer["outcome"]) == (0, "ok")
    assert place.run("verify").code == 0


def _has_it_look(command: subprocess.Popen[bytes]) -> None:
    """Until a process has read that word, and waits for the next."""
    assert command.stdin is not None
    _until(lambda: _sleeps(command.pid))
    before = _read_by(command.pid)
    command.stdin.write(LOOK)
    command.stdin.flush()
    _until(lambda: _read_by(command.pid) > before and _sleeps(command.pid))


def _read_by(pid: int) -> int:
    """How many bytes a process has read (proc(5))."""
    with open(f"/proc/{pid}/io", encoding="ascii") as file:
        return int(file.read().split("rchar: ")[1].split()[0])


def _sleeps(pid: int) -> bool:
    """Whether a process reads from the pipe that is its standard input (system call 0 of descriptor 0)."""
    with open(f"/proc/{pid}/syscall", encoding="ascii") as file:
        return file.read().split()[:2] == ["0", "0x0"]


def test_it_ends_quietly_when_nobody_is_there_any_more(place: Place) -> None:
    done = subprocess.run(
        PROGRAM, check=False, env={**place.environ, WAITS: "1"}, cwd=place.base, input=b"", capture_output=True
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
    assert not place.backup.exists()


def test_a_program_that_was_changed_meanwhile_begins_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    began: list[list[str]] = []
    monkeypatch.setattr(os, "read", lambda *_: b"\n")
    monkeypatch.setattr(os, "execv", lambda _, words: began.append(words))
    ahead.wait(stamp())
    assert not began
    ahead.wait([("other.py", 1, 2, 3)])
    assert began == [[sys.executable, *sys.orig_argv[1:]]]


def test_the_next_one_is_there_already_and_a_dead_one_is_replaced() -> None:
    following = _Next(ANSWERS, os.environ, ahead=True)
    following.prepare()
    waiting = following._child
    assert waiting is not None and waiting.ended() is None
    child = following.begin()
    assert child is waiting
    _until(lambda: child.process.poll() is not None)
    assert child.ended() == (0, {"outcome": "ok"})
    following.prepare()
    dead = following._child
    assert dead is not None
    dead.process.kill()
    dead.process.wait()
    child = following.begin()
    assert child is not dead
    _until(lambda: child.process.poll() is not None)
    assert child.ended() == (0, {"outcome": "ok"})


def test_the_words_that_it_is_told(tmp_path: Path) -> None:
    said = tmp_path / "said"
    command = ["sh", "-c", f"""cat > {said}; echo '{{"outcome": "ok"}}'"""]
    for looks, seen, words in ((0, False, BEGIN), (2, True, LOOK + LOOK + SEEN), (1, False, LOOK + BEGIN)):
        following = _Next(command, os.environ, ahead=True)
        following.look()  # nobody is there yet
        following.prepare()
        for _ in range(looks):
            following.look()
        child = following.begin(seen=seen)
        child.process.wait(120)
        assert child.ended() == (0, {"outcome": "ok"})
        assert said.read_bytes() == words


def test_what_waits_goes_when_the_watcher_stops() -> None:
    following = _Next(ANSWERS, os.environ, ahead=True)
    following.prepare()
    waiting = following._child
    assert waiting is not None
    following.leave()
    assert waiting.process.returncode is not None and waiting.answer.closed


def test_without_it_a_sync_is_started_when_it_is_due() -> None:
    following = _Next(ANSWERS, os.environ, ahead=False)
    following.prepare()
    assert following._child is None
    child = following.begin()
    assert isinstance(child, Child) and child.process.stdin is None
    _until(lambda: child.process.poll() is not None)
    assert child.ended() == (0, {"outcome": "ok"})
