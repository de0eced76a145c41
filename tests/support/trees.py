"""The three real config trees of the project, unpacked where they can be had."""

from __future__ import annotations

import os
import tarfile
from pathlib import Path

import pytest

from tests.support.forks import CHECKOUT

SHARED = Path(os.environ.get("AUTOSYNC_SHARED") or CHECKOUT.parent / "shared")
TREES = ("darellchua2", "openagents", "thoreinstein")
LARGE = TREES[0]


def unpack(name: str, folder: Path) -> None:
    """Unpacks one of them into `folder`; skips the test, with the reason, where it is missing."""
    archive = SHARED / "trees" / f"{name}.tar.gz"
    if not archive.is_file():
        pytest.skip(f"the real tree {archive.name} is not here; AUTOSYNC_SHARED may name the folder that has trees/")
    with tarfile.open(archive) as packed:
        if hasattr(tarfile, "tar_filter"):  # Python 3.11.4 and newer; Debian 12 has 3.11.2
            packed.extractall(folder, filter="tar")
        else:
            packed.extractall(folder)
