"""The one waiter: it comes once, in time, and leaves nothing behind."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path

import pytest

from autosync_tasks.triggers import waiter


def leave(
    folder: Path, retry_at: float, now: float, command: list[str], environ: Mapping[str, str]
) -> subprocess.Popen[bytes] | None:
    """`waiter.leave` in a folder that is held open."""
    at = os.open(folder, os.O_RDONLY)
    try:
        return waiter.leave(str(folder), at, retry_at, now, command, environ)
    finally:
        os.close(at)


@pytest.fixture
def command(tmp_path: Path) -> list[str]:
    path = tmp_path / "sync"
    path.write_text(f'#!/bin/sh\necho "$*" >> {tmp_path}/ran\nreadlink /proc/$$/fd/0 >> {tmp_path}/stdin\n')
    path.chmod(0o755)
    return [str(path), "sync", "--trigger=workflow"]


def test_it_asks_again_at_the_time_and_only_once(tmp_path: Path, command: list[str]) -> None:
    now = time.time()
    first = leave(tmp_path, now + 1, now, command, os.environ)
    others = [leave(tmp_path, now + 1, now, command, os.environ) for _ in range(5)]
    assert first is not None
    assert others == [None] * 5
    assert first.wait(10) == 0
    assert 1 <= time.time() - now < 4
    assert (tmp_path / "ran").read_text() == "sync --trigger=workflow\n"
    assert (tmp_path / "stdin").read_text() == "/dev/null\n"


def test_when_it_has_gone_another_may_wait(tmp_path: Path, command: list[str]) -> None:
    for _ in range(2):
        now = time.time()
        left = leave(tmp_path, now, now, command, os.environ)
        assert left is not None
        assert left.wait(10) == 0
    assert (tmp_path / "ran").read_text().count("sync") == 2


def test_a_waiter_that_was_killed_is_not_in_the_way(tmp_path: Path, command: list[str]) -> None:
    now = time.time()
    left = leave(tmp_path, now + 3600, now, command, os.environ)
    assert left is not None
    os.killpg(left.pid, 9)  # the shell and its sleep, which holds the lock too
    left.wait(10)
    again = None
    deadline = time.monotonic() + 10  # the kernel takes a moment to end the sleep, which holds the lock too
    while again is None and time.monotonic() < deadline:
        again = leave(tmp_path, now, now, command, os.environ)
    assert again is not None
    again.wait(10)


def test_an_earlier_time_reaches_the_one_that_waits(tmp_path: Path, command: list[str]) -> None:
    now = time.time()
    left = leave(tmp_path, now + 3600, now, command, os.environ)
    assert left is not None
    assert leave(tmp_path, now + 60, now, command, os.environ) is None
    assert leave(tmp_path, now + 900, now, command, os.environ) is None
    assert abs(float((tmp_path / "waiter").read_text()) - now - 60) < 2
    os.killpg(left.pid, 9)
    left.wait(10)


def test_what_waits_too_long_is_left_to_the_next_trigger(tmp_path: Path, command: list[str]) -> None:
    assert leave(tmp_path, 1e6 + waiter.LONGEST + 1, 1e6, command, os.environ) is None


def test_no_state_folder_is_no_fault(tmp_path: Path, command: list[str]) -> None:
    assert waiter.leave(str(tmp_path / "none"), -1, 2.0, 1.0, command, os.environ) is None
