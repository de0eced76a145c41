"""Small programs by others, each of which showed a fault of this one: it ends with 1 while the fault is there."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from tests.support.machine import BIN
from tests.support.trees import SHARED

pytestmark = pytest.mark.sweep

FOLDER = SHARED / "repro"
SCRIPTS = sorted(path.name for path in FOLDER.glob("[!_]*.sh"))


PROGRAM = """#!/bin/sh
state="${{XDG_STATE_HOME:-$HOME/.local/state}}/autosync-tasks"
[ -e "$state" ] || {{ mkdir -p "$state" && chmod 700 "$state" && cp -R "{compiled}" "$state/engine"; }} 2>/dev/null
exec "{program}" "$@"
"""
"""The program in a home where the secret scanner's rules are compiled already: that takes 5 s for each of their homes."""


@pytest.mark.parametrize("script", SCRIPTS or [""])
def test_the_fault_is_gone(script: str, workshop: Path, scanner_cache: Path) -> None:
    if not script:
        pytest.skip(f"{FOLDER} is not here; AUTOSYNC_SHARED may name the folder that has repro/")
    program = workshop / "bin/autosync"
    program.parent.mkdir()
    program.write_text(PROGRAM.format(compiled=scanner_cache, program=BIN / "autosync"))
    program.chmod(0o755)
    ended = subprocess.run(
        ["bash", str(FOLDER / script)],
        env={
            "PATH": f"{program.parent}:{BIN}:{os.environ['PATH']}",
            "HOME": str(workshop),
            "TMPDIR": str(workshop),
            "LANG": "C.UTF-8",
        },
        cwd=workshop,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr
