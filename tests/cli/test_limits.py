"""What the surroundings do not give: memory, files, the word of a child's end. Told, recorded, and made good."""

from __future__ import annotations

import errno
import os
import signal
from pathlib import Path

import pytest

from autosync_tasks.backup.way_on import way_on
from autosync_tasks.cli.boundary import code_of
from autosync_tasks.plan import judge
from tests.support.place import Place


@pytest.fixture
def place(workshop: Path, scanner_cache: Path, one_scanner: None) -> Place:
    made = Place.make(workshop, scanner_cache)
    made.write("context/a.md", "words\n")
    return made


def test_a_lack_of_memory_is_told_and_recorded(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    def lacks(*_: object, **__: object) -> None:
        raise MemoryError

    with monkeypatch.context() as little:
        little.setattr(judge, "judge_puts", lacks)
        run = place.inside()
    assert run.code == 1, run
    assert "there is not enough memory" in run.words
    history = place.inside("history")
    assert "there is not enough memory" in history.words
    assert place.inside().outcome == "changed"


def test_who_starts_it_may_ignore_the_end_of_children(place: Place) -> None:
    before = signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    try:
        assert code_of(_sees_an_end) == 0
        assert place.inside().outcome == "changed"
    finally:
        signal.signal(signal.SIGCHLD, before)


@pytest.mark.parametrize("umask", [0o777, 0o000])
def test_who_starts_it_may_mask_any_mode(place: Place, umask: int) -> None:
    """Nothing that is made shuts its own user out, and nobody else may write there."""
    place.umask = umask
    assert place.sync(weak=True).code == 0
    place.umask = 0o022
    place.write("context/b.md", "more words\n")
    assert place.sync(weak=True).outcome == "changed"
    made = [path for path in (*place.backup.rglob("*"), *place.state.rglob("*")) if not path.is_symlink()]
    assert [path for path in made if path.stat().st_mode & 0o002 or not path.stat().st_mode & 0o400] == []


def _sees_an_end() -> int:
    if not (pid := os.fork()):
        os._exit(7)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) - 7


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (errno.EMFILE, "ulimit -n"),
        (errno.EFBIG, "ulimit -f"),
        (errno.EAGAIN, "ulimit -u"),
        (errno.ENOMEM, "ulimit -v"),
        (errno.ENOSPC, "free space"),
    ],
)
def test_the_next_step_is_of_the_limit_that_was_met(
    number: int, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    def met() -> int:
        raise OSError(number, os.strerror(number))

    assert code_of(met) == 1
    assert words in capsys.readouterr().err


@pytest.mark.parametrize(
    ("said", "words"),
    [("it was killed (signal 25)", "ulimit -f"), ("it was killed (signal 9)", "memory"), ("fatal: bad", "inv verify")],
)
def test_what_ended_git_says_the_next_step(said: str, words: str) -> None:
    assert words in way_on(said, "/nowhere", "/nowhere")
