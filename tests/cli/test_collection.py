"""The collection: only what a command line names is loaded, and nothing is missing."""

from __future__ import annotations

import importlib
import sys

import pytest
from invoke import Collection

from autosync_tasks.cli.collection import ROOMS, TASKS, collection
from autosync_tasks.cli.task import Plain


def names(found: Collection) -> set[str]:
    return set(found.task_names)


@pytest.mark.parametrize("room", ROOMS)
def test_each_room_holds_the_tasks_that_the_table_names(room: str) -> None:
    module = importlib.import_module(f"autosync_tasks.cli.{room}")
    assert tuple(item.name for item in vars(module).values() if isinstance(item, Plain)) == ROOMS[room]


def test_a_bare_command_line_offers_every_task() -> None:
    assert names(collection()) == names(collection(["--list"])) == set(TASKS)


@pytest.mark.parametrize(
    ("words", "offered"),
    [
        (["sync"], {"sync", "auto-sync-if-needed"}),
        (["sync", "--trigger=schedule"], {"sync", "auto-sync-if-needed"}),
        (["detect", "sync"], {"detect", "validate", "verify", "status", "diff", "demo", "sync", "auto-sync-if-needed"}),
    ],
)
def test_a_task_brings_only_its_own_room(words: list[str], offered: set[str]) -> None:
    assert names(collection(words)) == offered


@pytest.mark.parametrize("words", [["snc"], ["sync", "--include", "*.md"], ["--help", "sync"], ["why", "a.md"]])
def test_anything_else_brings_all(words: list[str]) -> None:
    assert len(names(collection(words))) == len(TASKS)


def test_a_sync_loads_no_rules_and_no_restore() -> None:
    code = "import sys\nfrom autosync_tasks.cli.lazy_invoke import load_invoke\nload_invoke()\n"
    code += "from autosync_tasks.cli.collection import collection\ncollection(['sync'])\nprint(*sorted(sys.modules))"
    import subprocess

    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    heavy = {"git", "rich", "yaml", "tomlkit", "kingfisher_sdk", "inotify_simple", "autosync_tasks.validation"}
    assert not heavy & set(loaded)
    assert "autosync_tasks.restore.restore" not in loaded
