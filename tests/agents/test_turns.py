"""The real agents, a scripted model and no network: the hook starts, delays nothing, outlives them, and fails unseen."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest

from autosync_tasks.triggers import agent_hook
from tests.agents.bed import DONE, Bed, until
from tests.triggers.test_agent_hook import CLAUDE, CODEX, GEMINI

pytestmark = pytest.mark.sweep

FILES = {"claude": CLAUDE, "codex": CODEX, "gemini": GEMINI}
REVIEWED = {"codex": ("--dangerously-bypass-hook-trust",)}
"""What stands for the person who has looked at the hook."""


@pytest.mark.parametrize("agent", FILES)
def test_a_hook_that_takes_20_seconds_and_one_that_fails_delay_no_turn(agent: str, tmp_path: Path) -> None:
    bed = Bed(agent, tmp_path)
    slow = tmp_path / "slow"
    slow.write_text(
        f"#!/bin/sh\nenv > {tmp_path}/env\necho begun >> {tmp_path}/log\ncat\nsleep 20\necho ended >> {tmp_path}/log\nexit 2\n"
    )
    slow.chmod(0o755)
    log = tmp_path / "log"
    assert agent_hook.install(bed.environ, FILES[agent], str(bed.tree), [str(slow), "sync"]).exit_code == 0
    held = (bed.tree / FILES[agent].file).read_bytes()
    code, said, _ = bed.turn(*REVIEWED.get(agent, ()))
    ended, asked = time.time(), bed.asked()
    assert (code, DONE in said) == (0, True), said
    assert all((bed.tree / name).exists() for name in bed.made)
    until(10, log.exists)
    began = log.stat().st_mtime
    assert "ended" not in log.read_text(), "the turn waited for the hook"
    assert ended - began < 15
    environ = (tmp_path / "env").read_text()
    assert "fake" not in environ.lower()  # the key that the agent itself has
    until(40, lambda: "ended" in log.read_text())  # it outlived the agent
    # and a program that is gone
    slow.unlink()
    code, said, took = bed.turn(*REVIEWED.get(agent, ()))
    assert (code, DONE in said, took < 60) == (0, True, True), said
    assert bed.asked() <= 2 * asked + 2, "the agent was sent on to work"
    assert json.loads((bed.tree / FILES[agent].file).read_bytes()) == json.loads(held)


def test_codex_runs_no_hook_that_nobody_has_reviewed(tmp_path: Path) -> None:
    bed = Bed("codex", tmp_path)
    agent_hook.install(bed.environ, CODEX, str(bed.tree), ["/bin/touch", str(tmp_path / "ran")])
    code, said, _ = bed.turn()
    assert (code, DONE in said) == (0, True), said
    time.sleep(1)
    assert not (tmp_path / "ran").exists()
    bed.turn(*REVIEWED["codex"])
    until(10, (tmp_path / "ran").exists)
