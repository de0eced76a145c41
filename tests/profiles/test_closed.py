"""Folders of conversations and caches are not opened: a home of Claude Code holds them by the thousand."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from autosync_tasks.config.settings import Settings
from autosync_tasks.model import Priority, Rule
from autosync_tasks.plan.compare import look
from autosync_tasks.policy.classify import closed_folders
from autosync_tasks.profiles import Source
from autosync_tasks.workspace.workspace import open_site
from tests.support.machine import Machine


@pytest.mark.parametrize(
    ("agent", "folder", "closed"),
    [
        ("claude", "projects", False),  # its memory may be wished for
        ("claude", "projects/-home-ana", False),
        ("claude", "projects/-home-ana/memory", False),
        ("claude", "projects/-home-ana/3f2a", True),
        ("claude", "plugins", False),
        ("claude", "plugins/cache", True),
        ("claude", "shell-snapshots", True),
        ("claude", "skills/sessions", False),
        ("codex", "packages", True),
        ("codex", "skills/.system", True),
        ("codex", "skills", False),
        ("gemini", "tmp", True),
    ],
)
def test_what_is_closed(agent: str, folder: str, closed: bool) -> None:
    test = closed_folders(Settings(profile=Source(agent)))
    assert test is not None
    assert test(folder.encode()) is closed


@pytest.mark.parametrize("pattern", ["*.md", "/sessions/keep/", "**/keep.md", "/s*/"])
def test_a_rule_of_the_user_that_may_reach_into_it_opens_it(pattern: str) -> None:
    rule = Rule(pattern, "context", Priority.HIGH, "config.toml rule 1")
    test = closed_folders(Settings(profile=Source("claude"), rules=(rule,)))
    assert test is not None
    assert not test(b"sessions")


def test_opencode_has_none() -> None:
    assert closed_folders(Settings()) is None


def test_they_are_not_opened_and_why_still_answers(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    home = machine.home / ".claude"
    for name in ("CLAUDE.md", "sessions/a/b.json", "projects/-h/3f/c.jsonl", "projects/-h/memory/m.md", "cache/x/y"):
        path = home / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("{}")
    environ = {**machine.environ, "AUTOSYNC_PROFILE": "claude"}
    opened: set[str] = set()
    scandir = os.scandir

    def noted(fd: int) -> object:
        opened.add(str(Path(f"/proc/self/fd/{fd}").readlink().relative_to(home)))
        return scandir(fd)

    with monkeypatch.context() as patch:
        patch.setattr("autosync_tasks.tree.walk.os.scandir", noted)
        with look(open_site(environ)) as seen:
            changes = seen.difference.changes
    assert opened == {".", "projects", "projects/-h", "projects/-h/memory"}
    assert {change.path for change in changes if change.priority is Priority.HIGH} == {b"CLAUDE.md"}
    told = machine.program(["autosync", "why", "--profile=claude", "sessions/a/b.json"])
    assert (told.exit_code, told.stderr) == (0, "")
    assert "because    state of this machine, which the agent makes anew" in told.text
    told = machine.program(["autosync", "why", "--profile=claude", "sessions/nothing"])
    assert told.exit_code == 2


def test_a_folder_whose_name_is_no_text_is_judged_too() -> None:
    rule = Rule("/shell-snapshots/keep/", "context", Priority.HIGH, "config.toml rule 1")
    test = closed_folders(Settings(profile=Source("claude"), rules=(rule,)))
    assert test is not None and test(b"shell-snapshots/\xff") and test(b"\xff") is False
