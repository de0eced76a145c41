"""What a killed run left in the state folder goes, what another run may be writing stays; a fault names the whole path."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from autosync_tasks.errors import AutosyncError
from autosync_tasks.state.scratch import scratch, sweep
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


def test_a_folder_that_cannot_be_made_is_named_in_full(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    state = State(str(tmp_path / "home"), "/source", "/backup")
    state.prepare()

    def refuse(name: str, *_: object, **__: object) -> None:
        if os.path.basename(name) in ("scratch-1", "remote"):
            raise OSError(errno.EROFS, "Read-only file system", name)
        raise FileExistsError

    monkeypatch.setattr(os, "mkdir", refuse)
    with pytest.raises(AutosyncError, match=f"{state.folder}/scratch-1 cannot be made"), scratch(state, "1"):
        pass
    with pytest.raises(AutosyncError, match=f"{state.folder}/remote cannot be made"):
        state.make_folder("remote")
