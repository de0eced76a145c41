"""The agents' terminal programs: the hook starts after a turn, and outlives the program however it is left."""

from __future__ import annotations

from pathlib import Path

import pytest

from autosync_tasks.triggers import agent_hook
from tests.agents.bed import Bed, until
from tests.agents.test_turns import FILES, REVIEWED

pytestmark = pytest.mark.full


@pytest.mark.parametrize(
    ("agent", "leave"), [("claude", "exit"), ("claude", "hup"), ("codex", "exit"), ("gemini", "exit")]
)
def test_the_hook_starts_and_outlives_the_terminal(agent: str, leave: str, tmp_path: Path) -> None:
    bed, log, slow = Bed(agent, tmp_path), tmp_path / "log", tmp_path / "slow"
    slow.write_text(f"#!/bin/sh\necho begun >> {log}\nsleep 8\necho ended >> {log}\n")
    slow.chmod(0o755)
    agent_hook.install(bed.environ, FILES[agent], str(bed.tree), [str(slow), "sync"])
    code, said, _ = bed.turn(*REVIEWED.get(agent, ()), mode="tui", leave=leave)
    assert code == 0, said
    assert (bed.tree / "hooks/made.sh").exists()
    until(30, lambda: log.exists() and log.read_text().count("ended") == log.read_text().count("begun") > 0)
