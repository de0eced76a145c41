"""Small programs by others, each of which showed a fault of this one: it ends with 1 while the fault is there."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.fork_door import LANG, open_door
from tests.support.machine import BIN
from tests.support.trees import SHARED

pytestmark = pytest.mark.sweep

FOLDER = SHARED / "repro"
SCRIPTS = sorted(path.name for path in FOLDER.glob("[!_]*.sh"))


@pytest.fixture(scope="module")
def programs(tmp_path_factory: pytest.TempPathFactory, scanner_cache: Path) -> Iterator[Path]:
    """A folder with the program, whose calls are forks."""
    folder = tmp_path_factory.mktemp("bin")
    with open_door(folder / "autosync", BIN / "autosync", scanner_cache):
        yield folder


@pytest.mark.parametrize("script", SCRIPTS or [""])
def test_the_fault_is_gone(script: str, workshop: Path, programs: Path) -> None:
    if not script:
        pytest.skip(f"{FOLDER} is not here; AUTOSYNC_SHARED may name the folder that has repro/")
    ended = subprocess.run(
        ["bash", str(FOLDER / script)],
        env={
            "PATH": f"{programs}:{BIN}:{os.environ['PATH']}",
            "HOME": str(workshop),
            "TMPDIR": str(workshop),
            "LANG": LANG,
        },
        cwd=workshop,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr
