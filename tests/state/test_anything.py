"""The state folder is a cache: whatever stands where a file of it belongs, the next sync works and makes it anew."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from autosync_tasks.state.folder import LARGEST
from autosync_tasks.state.state import State
from tests.support.machine import Machine


def _far_too_large(path: Path) -> None:
    path.touch()
    os.truncate(path, LARGE)


THINGS: dict[str, Callable[[Path], object]] = {
    "a folder": Path.mkdir,
    "a full folder": lambda path: (path / "deep" / "er").mkdir(parents=True),
    "a pipe": os.mkfifo,
    "a link to nothing": lambda path: path.symlink_to("/nowhere"),
    "a file far too large": _far_too_large,
}
LARGE = LARGEST + 1
"""As a damaged folder may tell: nothing of it is on the disk."""


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


@pytest.mark.sweep
@pytest.mark.parametrize("thing", ["a folder", "a pipe", "a file far too large"])
def test_a_scan_over_anything(machine: Machine, thing: str) -> None:
    """What the scanner keeps is the state folder's too: it is read anew, or done without."""
    machine.make_tree()
    machine.must_sync()
    machine.prepare_scanner()
    ours = "autosync-*" if "large" in thing else "*"  # what the scanner itself reads of its own is its matter
    kept = [path for path in (machine.state / "engine").rglob(ours) if path.is_file()]
    assert len(kept) > 1
    for path in kept:
        path.unlink()
        THINGS[thing](path)
    machine.write("commands/word.md", "The password: " + "correct horse battery staple\n" * 50)
    told = machine.program(["autosync", "sync"], prepared=False, real=True)
    told.spoken = True
    assert (told.exit_code, "changed" in told.text) == (0, True), told.text + told.stderr


def test_what_no_run_wrote_is_not_read_and_goes(tmp_path: Path) -> None:
    """At the largest size it is still believed."""
    state = State(str(tmp_path / "home"), "/source", "/backup")
    state.prepare()
    path = Path(state.path("history.jsonl"))
    path.touch()
    os.truncate(path, LARGEST)
    assert len(state.read("history.jsonl") or b"") == LARGEST
    os.truncate(path, LARGE)
    assert state.read("history.jsonl") is None
    state.add_history({"reason": "one"})
    assert path.read_bytes() == b'{"reason":"one"}\n'
