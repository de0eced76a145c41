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


@pytest.mark.parametrize("script", SCRIPTS or [""])
def test_the_fault_is_gone(script: str, workshop: Path) -> None:
    if not script:
        pytest.skip(f"{FOLDER} is not here; AUTOSYNC_SHARED may name the folder that has repro/")
    ended = subprocess.run(
        ["bash", str(FOLDER / script)],
        env={"PATH": f"{BIN}:{os.environ['PATH']}", "HOME": str(workshop), "TMPDIR": str(workshop), "LANG": "C.UTF-8"},
        cwd=workshop,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr
