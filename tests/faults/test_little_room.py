"""Backup or state folder with hardly any room (2 MB, 200 inodes): told, nothing lost, and well again once there is room."""

from __future__ import annotations

import os
import subprocess
import sys
from itertools import product
from pathlib import Path

import pytest

from tests.faults.little_room import SIZES
from tests.support.forks import CHECKOUT

ALL = tuple(product(("backup", "state"), SIZES))


@pytest.mark.sweep
@pytest.mark.parametrize(("which", "size"), ALL)
def test_little_room(which: str, size: str, tmp_path: Path, scanner_cache: Path) -> None:
    if os.getuid() != 0:
        pytest.skip("mounting a tmpfs needs root")
    private = ["unshare", "--mount", "--propagation", "private"]
    if subprocess.run([*private, "mount", "-t", "tmpfs", "tmpfs", str(tmp_path)], check=False).returncode:
        pytest.skip("no private mounts here")
    place = tmp_path / "place"
    done = subprocess.run(
        [*private, sys.executable, "-m", "tests.faults.little_room", which, size, str(place), str(scanner_cache)],
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
