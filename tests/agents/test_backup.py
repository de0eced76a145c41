"""The whole way with the real agents: switched on, hooks installed, a turn edits the agent's own tree, a commit holds it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.agents.bed import DONE, Bed, until
from tests.agents.test_turns import REVIEWED
from tests.support.home import PERSON, Home

pytestmark = pytest.mark.sweep

AUTOSYNC = Path(sys.executable).with_name("autosync")


@pytest.mark.parametrize("agent", ["claude", "codex", "gemini"])
def test_the_commit_holds_what_the_turn_wrote(agent: str, tmp_path: Path, scanner_cache: Path) -> None:
    bed = Bed(agent, tmp_path)
    Home(tmp_path).prepare_scanner(scanner_cache)
    (bed.tree / "AGENTS.md").write_text("Be kind.\n")
    (bed.tree / "CLAUDE.md").write_text("Be kind.\n")

    def autosync(*words: str) -> str:
        ended = subprocess.run(
            [str(AUTOSYNC), *words], env=bed.environ, cwd=tmp_path, capture_output=True, text=True, check=False
        )
        assert ended.returncode == 0, ended
        return ended.stdout

    autosync("profiles", f"--on={agent}")
    autosync("sync", f"--profile={agent}")
    autosync("set-config", f"--profile={agent}", "MAX_SYNC_FREQUENCY=0")
    autosync("install-hook", f"--profile={agent}")
    code, said, _ = bed.turn(*REVIEWED.get(agent, ()))
    assert (code, DONE in said) == (0, True), said
    backup = bed.home / ".local/share/autosync-tasks/profiles" / agent / "backup"

    def git(*words: str) -> str:
        return subprocess.run(
            ["git", "-C", str(backup), *words],
            env={**bed.environ, **PERSON},
            capture_output=True,
            text=True,
            check=False,
        ).stdout

    until(60, lambda: set(bed.made) <= set(git("ls-tree", "-r", "--name-only", agent).splitlines()))
    trailer = git("log", "-1", "--format=%(trailers:key=Autosync-Trigger,valueonly)", agent)
    assert trailer.strip() == "workflow"
    assert "after each turn" in autosync("status", f"--profile={agent}")
