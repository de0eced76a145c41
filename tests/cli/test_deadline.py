"""The overall deadline: it ends what hangs, once, and leaves neither a timer nor a child behind."""

from __future__ import annotations

import contextlib
import os
import signal
import threading
import time
from pathlib import Path

import pytest

from autosync_tasks.backup.gateway import Gateway, TooSlowError
from autosync_tasks.cli.deadline import deadline
from autosync_tasks.errors import DeadlineError


def test_it_ends_what_takes_too_long_and_leaves_no_timer() -> None:
    before = signal.getsignal(signal.SIGALRM)
    with pytest.raises(DeadlineError, match="run_deadline"), deadline(0.1):
        time.sleep(60)
    assert signal.getsignal(signal.SIGALRM) is before
    assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)


@pytest.mark.parametrize("seconds", [0, 60])
def test_what_ends_in_time_is_not_touched(seconds: float) -> None:
    before = signal.getsignal(signal.SIGALRM)
    with deadline(seconds):
        pass
    assert signal.getsignal(signal.SIGALRM) is before
    assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)


def test_in_another_thread_there_is_none() -> None:
    ended = []

    def work() -> None:
        with deadline(0.01):
            time.sleep(0.1)
        ended.append(True)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert ended == [True]


def test_a_git_that_hangs_does_not_outlive_the_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    git = tmp_path / "bin/git"
    git.parent.mkdir()
    git.write_text(f"#!/bin/sh\necho $$ > '{tmp_path}/pid'\nsleep 300\n")
    git.chmod(0o755)
    monkeypatch.setenv("PATH", f"{git.parent}:{os.environ['PATH']}")
    with pytest.raises(DeadlineError), deadline(1.5):
        Gateway(str(tmp_path), None).run("status")
    group = int((tmp_path / "pid").read_text())
    until = time.monotonic() + 10
    while alive(group) and time.monotonic() < until:
        time.sleep(0.05)  # the kernel takes a moment to end it
    assert alive(group) == []


def alive(group: int) -> list[str]:
    """The processes of a session that run; those that only wait for somebody to take note of their end do not."""
    states = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):  # one that is gone meanwhile
            state, _, _, session, *_ = path.read_text().rpartition(")")[2].split()
            states += [state] if int(session) == group and state != "Z" else []
    return states


def test_one_git_command_has_a_limit_of_its_own_with_all_it_started(tmp_path: Path) -> None:
    gateway, mark = Gateway(str(tmp_path)), tmp_path / "pid"
    gateway.run("init", "--quiet", "--bare")
    with pytest.raises(TooSlowError, match=r"did not finish within 1 seconds") as caught:
        gateway.attempt("-c", f"alias.hang=!echo $$ > '{mark}'; sleep 300", "hang", timeout=1)
    assert caught.value.hint
    until = time.monotonic() + 10
    while alive(int(mark.read_text())) and time.monotonic() < until:
        time.sleep(0.05)
    assert not alive(int(mark.read_text()))


def test_a_git_that_is_talked_to_has_one_too(tmp_path: Path) -> None:
    gateway = Gateway(str(tmp_path))
    gateway.run("init", "--quiet", "--bare")
    with gateway.conversation("cat-file", "--batch", timeout=0.3) as talk:
        time.sleep(1)
        with pytest.raises(TooSlowError, match="git cat-file did not go on"):
            talk.ask(b"HEAD\n")
    with gateway.conversation("cat-file", "--batch", timeout=0.3) as talk:
        time.sleep(1)
        with pytest.raises(TooSlowError):
            talk.finish()
