"""What several agents say to a program is one document, whatever the task."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from autosync_tasks.cli.collection import all_tasks
from autosync_tasks.cli.task import Scope
from tests.features.agents import put_files
from tests.support.machine import Machine

pytestmark = pytest.mark.sample(4, of_file=True)

WORDS = {
    "accept": ["--list"],
    "why": ["--path=CLAUDE.md"],
    "restore": ["--list"],
    "recover": ["--check"],
    "auto-sync-if-needed": ["--check"],
    "install-hook": ["--check"],
    "uninstall-hook": ["--check"],
}
"""What a task needs beside `--json`; those that act look first."""
ASKED = [task.name for task in all_tasks() if task.scope in (Scope.EACH, Scope.ONE) and "json" in task.options["help"]]


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory, scanner_cache: Path) -> Machine:
    machine = Machine(tmp_path_factory.mktemp("several"), scanner_cache)
    machine.make_tree()
    put_files(machine, {".claude/CLAUDE.md": "# Rules\n", ".claude/agents/a.md": "no front matter\n"})
    for words in (["profiles", "--on=claude"], ["sync"]):
        assert machine.program(["autosync", *words]).exit_code == 0
    return machine


@pytest.mark.parametrize("name", ASKED)
def test_json_of_several_is_one_document(both: Machine, name: str) -> None:
    every = ["--all"] if name in ("accept", "why", "restore", "recover") else []
    told = both.program(["autosync", name, "--json", *WORDS.get(name, []), *every])
    said = json.loads(told.text)
    assert (said["version"], said["kind"], said["exit_code"]) == (1, "profiles", told.exit_code)
    assert [one["profile"] for one in said["profiles"]] in (["opencode", "claude"], ["claude", "opencode"])
    assert all(one["answer"]["version"] == 1 for one in said["profiles"]), told.text


def test_sarif_of_several_is_one_log_with_a_run_for_each(both: Machine) -> None:
    told = both.program(["autosync", "validate", "--sarif"])
    log = json.loads(told.text)
    assert log["version"] == "2.1.0"
    assert [run["automationDetails"]["id"] for run in log["runs"]] == ["opencode/", "claude/"]
    assert [run["tool"]["driver"]["name"] for run in log["runs"]] == ["autosync-tasks"] * 2
    assert [len(run["results"]) > 0 for run in log["runs"]] == [False, True]


def test_doctor_is_told_under_each_name(both: Machine) -> None:
    told = both.program(["autosync", "doctor"])
    assert "opencode:" in told.text and "claude:" in told.text
