"""A backup takes over the remote of another agent's: where nobody knows which, where the branch is taken, where it is cut off."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from autosync_tasks.backup.gateway import Gateway
from autosync_tasks.config.load import VARIABLE
from autosync_tasks.remote import push
from autosync_tasks.remote.shared import offered
from tests.features.agents import backup_of, must_run, pushed, put_files
from tests.features.pictures import git
from tests.features.remote import there
from tests.support.machine import Machine


@pytest.mark.parametrize(
    ("claude", "codex", "expected"),
    [("/a.git", "/b.git", ("", "")), ("/a.git", "/a.git", ("claude", "/a.git")), ("", "/b.git", ("codex", "/b.git"))],
)
def test_two_places_are_none(tmp_path: Path, claude: str, codex: str, expected: tuple[str, str]) -> None:
    config = tmp_path / ".config/autosync-tasks/config.toml"
    config.parent.mkdir(parents=True)
    config.write_text(f'[profiles.claude]\npush_url = "{claude}"\n[profiles.codex]\npush_url = "{codex}"\n')
    assert offered({"HOME": str(tmp_path), VARIABLE: "agents"}) == expected
    assert offered({"HOME": str(tmp_path), VARIABLE: "codex"}) == (
        ("claude", claude) if claude and not codex else ("", "")
    )


@pytest.fixture
def shared(machine: Machine) -> Machine:
    """OpenCode pushes; Claude Code is switched on, and has not synced."""
    machine.make_tree()
    machine.prepare_scanner()
    put_files(machine, {".claude/CLAUDE.md": "# House rules\n"})
    pushed(machine, both=None)
    must_run(machine, "profiles", "--on=claude")
    return machine


@pytest.mark.sweep
def test_a_branch_of_another_machine_is_not_touched(shared: Machine) -> None:
    base = git(there(shared), "rev-parse", "main").decode().strip()  # a backup with another source's id
    git(there(shared), "branch", "claude", base)
    told = shared.program(["autosync", "sync", "--profile=claude"])
    told.spoken = True
    assert told.exit_code in (3, 4), told.text + told.stderr
    assert "its remote is that of opencode from now on" in told.text
    assert git(there(shared), "rev-parse", "claude").decode().strip() == base
    assert git(backup_of(shared, "claude"), "show", "claude:CLAUDE.md") == b"# House rules\n"
    must_run(shared, "sync", "--profile=opencode")


@pytest.mark.sweep
@pytest.mark.parametrize("call", [1, 2, 3])
def test_cut_off_halfway_the_next_run_goes_on(shared: Machine, call: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ended before the first word of the remote is written, between the two, and before the push."""
    run, seen = Gateway.run, []

    def cut(gateway: Gateway, *words: str, **more: Any) -> bytes:
        if words[0] == "config" and words[1].startswith("remote."):
            seen.append(words)
            if len(seen) == call:
                os._exit(9)
        return run(gateway, *words, **more)

    monkeypatch.setattr(Gateway, "run", cut)
    if call == 3:
        monkeypatch.setattr(push, "connect", lambda *_: os._exit(9))
    pid = os.fork()
    if not pid:
        shared.command("autosync", "sync", "--profile=claude")
        os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 9
    monkeypatch.undo()
    must_run(shared, "sync", "--profile=claude")
    branch = git(there(shared), "rev-parse", "claude")
    assert branch == git(backup_of(shared, "claude"), "rev-parse", "claude")
    held = git(backup_of(shared, "claude"), "config", "--get-regexp", "^remote").decode()
    assert f"remote.origin.url {there(shared)}" in held
