"""The state folder is a cache: whatever stands where a file of it belongs, the next sync works and makes it anew."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.machine import Machine

THINGS: dict[str, Callable[[Path], object]] = {
    "a folder": Path.mkdir,
    "a full folder": lambda path: (path / "deep" / "er").mkdir(parents=True),
    "a pipe": os.mkfifo,
    "a link to nothing": lambda path: path.symlink_to("/nowhere"),
    "a file far too large": lambda path: (path.touch(), os.truncate(path, LARGE)),
}
LARGE = 3 << 30
"""Of a size that a damaged folder tells: nothing is on the disk, and to read it takes half a minute."""


@pytest.mark.parametrize("name", ["worktree", "tree.cache", "scan.cache", "history.jsonl"])
@pytest.mark.parametrize("thing", THINGS)
def test_a_sync_over_anything(machine: Machine, name: str, thing: str) -> None:
    machine.make_tree()
    machine.must_sync()
    machine.edit("AGENTS.md")
    (path,) = machine.state.rglob(name)
    path.unlink()
    THINGS[thing](path)
    assert machine.look_status().exit_code in (0, 1)
    told = machine.sync()
    assert (told.exit_code, told.outcome) == (0, "changed"), told.text
    assert path.is_file() and not path.is_symlink() and path.stat().st_size < LARGE
    assert machine.verify().exit_code == 0
    assert machine.sync().outcome == "ok"
