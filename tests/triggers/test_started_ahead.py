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
from autosync_tasks.names import WAITS
from autosync_tasks.triggers.watch import Child, _Next

PROGRAM = [sys.executable, "-m", "autosync_tasks", "sync", "--json"]
ANSWERS = ["sh", "-c", """read word; echo '{"outcome": "ok"}'"""]


def _environ(root: Path) -> dict[str, str]:
    (root / "source").mkdir(exist_ok=True)
    (root / "source/AGENTS.md").write_text("Be kind.\n")
    places = {"OPENCODE_SOURCE": str(root / "source"), "OPENCODE_BACKUP": str(root / "backup")}
    package = str(Path(__file__).parents[2])
    return {"HOME": str(root), "PATH": os.environ["PATH"], "PYTHONPATH": package, **places}


def _until(holds: Callable[[], bool]) -> None:
    ends = time.monotonic() + 60
    while not holds():
        assert time.monotonic() < ends
        time.sleep(0.02)


def test_it_begins_with_the_word_and_not_before(tmp_path: Path) -> None:
    environ = _environ(tmp_path)
    command = subprocess.Popen(
        PROGRAM, env={**environ, WAITS: "1"}, cwd=tmp_path, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    _until(lambda: _sleeps(command.pid))
    assert not (tmp_path / "backup").exists() and not (tmp_path / ".local").exists()
    (tmp_path / "source/late.md").write_text("Written while it waited.\n")
    answer = json.loads(command.communicate(b"\n", timeout=120)[0])
    assert (command.returncode, answer["outcome"]) == (0, "changed")
    assert {change["path"] for change in answer["changes"]} == {"AGENTS.md", "late.md"}


def _sleeps(pid: int) -> bool:
    """Whether a process reads from the pipe that is its standard input (system call 0 of descriptor 0)."""
    with open(f"/proc/{pid}/syscall", encoding="ascii") as file:
        return file.read().split()[:2] == ["0", "0x0"]


def test_it_ends_quietly_when_nobody_is_there_any_more(tmp_path: Path) -> None:
    done = subprocess.run(  # noqa: PLW1510  the code is looked at
        PROGRAM, env={**_environ(tmp_path), WAITS: "1"}, cwd=tmp_path, input=b"", capture_output=True, timeout=120
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
    assert not (tmp_path / "backup").exists()


def test_a_program_that_was_changed_meanwhile_begins_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    began: list[list[str]] = []
    monkeypatch.setattr(os, "read", lambda *_: b"\n")
    monkeypatch.setattr(os, "execv", lambda _, words: began.append(words))
    ahead.wait(ahead.stamp())
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
