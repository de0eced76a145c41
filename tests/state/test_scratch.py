"""What a killed run left in the state folder goes; what another run may be writing stays."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from autosync_tasks.state.scratch import sweep
from autosync_tasks.state.state import State

FIXED, GONE, ALIVE = ".new-health.json", ".new-seen.4194999.0123abcd", f".new-seen.{os.getpid()}.0123abcd"
"""Half files: of whoever holds the lock, of a writer that has ended, of one that lives."""


@pytest.mark.parametrize(("locked", "left"), [(True, {ALIVE}), (False, {ALIVE, FIXED})], ids=["locked", "unlocked"])
def test_half_files_that_nobody_writes_go(tmp_path: Path, locked: bool, left: set[str]) -> None:
    state = State(str(tmp_path / "home"), "/source", "/backup")
    state.prepare()
    for name in (FIXED, GONE, ALIVE):
        Path(state.path(name)).write_bytes(b"half")
    if locked:
        with state.lock():
            sweep(state)
    else:
        sweep(state)
    assert {path.name for path in Path(state.folder).iterdir()} - {"lock"} == left
