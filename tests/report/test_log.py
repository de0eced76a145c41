"""Lines carry their urgency where a log sorts by it, and nowhere else."""

from __future__ import annotations

import os
import syslog
from pathlib import Path

import pytest

from autosync_tasks.cli.boundary import code_of
from autosync_tasks.errors import AutosyncError
from autosync_tasks.report import log, screen
from autosync_tasks.report.words import line


def shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, journal: bool) -> str:
    with tmp_path.joinpath("out").open("w") as stream:
        facts = os.fstat(stream.fileno())
        monkeypatch.setenv("JOURNAL_STREAM", f"{facts.st_dev}:{facts.st_ino + (not journal)}")
        monkeypatch.setattr("sys.stdout", stream)
        screen.show([line("blocked: one"), line("  next: two")], urgency=log.ERROR)
    return tmp_path.joinpath("out").read_text()


def test_the_journal_is_told_how_urgent_each_line_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert shown(tmp_path, monkeypatch, journal=True) == "<3>blocked: one\n<3>  next: two\n"


def test_a_child_s_own_file_is_not_the_journal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert shown(tmp_path, monkeypatch, journal=False) == "blocked: one\n  next: two\n"


@pytest.mark.parametrize(("trigger", "wanted"), [("schedule", [(3, "no room")]), ("watch", []), ("manual", [])])
def test_a_fault_of_a_scheduled_run_goes_to_syslog(
    trigger: str, wanted: list[tuple[int, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[tuple[int, str]] = []
    monkeypatch.setattr(syslog, "syslog", lambda urgency, words: said.append((urgency, words)))

    def task(*, trigger: str, json: bool = False) -> int:
        raise AutosyncError("no room")

    assert code_of(task, trigger=trigger) == 1
    assert said == wanted
