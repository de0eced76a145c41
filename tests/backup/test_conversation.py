"""A git command to talk with: how long it may be silent; and what it does not say."""

from __future__ import annotations

import fcntl
import os
import threading
import time
from pathlib import Path

import pytest

from autosync_tasks.backup.gateway import Gateway, TooSlowError
from autosync_tasks.backup.stream import ARGUMENTS
from autosync_tasks.errors import BackupError
from tests.features.pictures import git


@pytest.fixture
def gateway(workshop: Path) -> Gateway:
    git(workshop, "init", "-q", "store")
    return Gateway(str(workshop / "store" / ".git"), None)


def test_it_may_talk_for_longer_than_it_may_be_silent(gateway: Gateway) -> None:
    with gateway.conversation("cat-file", "--batch-check", timeout=1.5) as talk:
        for _ in range(6):
            time.sleep(0.4)
            assert talk.ask(b"HEAD\n") == b"HEAD missing"
        assert talk.finish()[0] == 0


def test_one_that_does_not_go_on_is_ended(gateway: Gateway) -> None:
    began = time.monotonic()
    with (
        gateway.conversation("fast-import", "--quiet", timeout=0.5) as talk,
        pytest.raises(TooSlowError, match="did not go on within"),
    ):
        talk.ask(b"blob\n")
    assert time.monotonic() - began < 20


def test_git_has_no_advice_among_its_complaints(gateway: Gateway) -> None:
    """An empty file of grafts made it speak of grafts in each command, and an error's true words were cut off."""
    tree = gateway.run("hash-object", "-w", "-t", "tree", "--stdin").decode().strip()
    person = {f"GIT_{who}_{what}": "a@b.example" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    commit = gateway.run("commit-tree", "-m", "one", tree, environment=person).decode().strip()
    assert gateway.attempt("log", "-1", "--format=%s", commit) == (0, b"one\n", b"")


@pytest.mark.skipif(not hasattr(fcntl, "F_SETPIPE_SZ"), reason="only Linux makes a pipe smaller")
def test_many_questions_at_once_wait_for_nobody_in_the_smallest_pipes(gateway: Gateway) -> None:
    asked = [b"%04d" % number + b"x" * length for number, length in enumerate([10, 200, 3_000, 5_000, 9_000] * 40)]
    with gateway.conversation("cat-file", "--batch-check", timeout=20) as talk:
        for stream in (talk._input, talk._output):
            fcntl.fcntl(stream, fcntl.F_SETPIPE_SZ, 4096)
        assert talk.ask_each(line + b"\n" for line in asked) == [line + b" missing" for line in asked]
        assert talk.ask_each([]) == []
        assert talk.finish()[0] == 0


def test_a_git_that_ends_among_many_questions_is_a_fault(gateway: Gateway) -> None:
    with gateway.conversation(*ARGUMENTS, "--date-format=raw") as talk, pytest.raises(BackupError, match="Unsupported"):
        talk.ask_each([b"progress one\n", b"nonsense\n", b"progress two\n"])


def test_one_that_complains_much_is_heard(gateway: Gateway, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a pack that was cut off it complains once for each object; it waited until somebody heard it, and we for it."""
    program = tmp_path / "git"
    program.write_text("#!/bin/sh\nhead -c 300000 /dev/zero >&2\necho last words >&2\nread word\necho $word\nexit 3\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    with gateway.conversation("index-pack", timeout=30) as talk:
        assert talk.ask(b"word\n") == b"word"
        code, complaint = talk.finish()
    assert code == 3
    assert complaint.endswith(b"last words\n")
    assert len(complaint) == 1 << 16


def test_where_no_thread_can_be_started_nothing_is_left_running(
    gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threading.Thread, "start", refuse)
    talk = gateway.conversation("cat-file", "--batch-check")
    with pytest.raises(BlockingIOError), talk:
        pass
    assert talk._process.returncode == -9
