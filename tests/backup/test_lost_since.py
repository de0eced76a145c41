"""What goes from the store between the branch's move and the note of it is told by the very sync that lost it."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from autosync_tasks.backup import health
from autosync_tasks.backup.repository import Repository
from autosync_tasks.backup.tidy import tidy
from autosync_tasks.model import Outcome
from autosync_tasks.state.state import State
from autosync_tasks.sync import store
from tests.support.machine import Machine, Told


def newest(packs: Path) -> Path:
    return max(packs.glob("*.pack"), key=lambda pack: pack.stat().st_mtime_ns)


def cut(path: Path) -> None:
    path.chmod(0o600)
    os.truncate(path, path.stat().st_size - 7)


def gone(path: Path) -> None:
    path.unlink()


def wholly(path: Path) -> None:
    path.unlink()
    path.with_suffix(".idx").unlink()


HARM: dict[str, tuple[Callable[[Path], None], str]] = {
    "the pack is gone": (gone, ".pack is gone"),
    "the pack is cut off": (cut, ".pack is cut off"),
    "both are gone": (wholly, "the newest backup's commit is gone"),
}


@pytest.mark.parametrize("first", [True, False], ids=["the first sync", "a later one"])
@pytest.mark.parametrize(("harm", "said"), HARM.values(), ids=HARM)
def test_what_went_meanwhile_is_told(
    machine: Machine, monkeypatch: pytest.MonkeyPatch, harm: Callable[[Path], None], said: str, first: bool
) -> None:
    told = meddled_with(machine, monkeypatch, harm, first)
    assert told.run is not None and told.run.outcome is Outcome.INCOMPLETE, told.text
    assert told.exit_code == 1
    assert said in told.text


def test_an_index_that_went_is_made_anew(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    assert meddled_with(machine, monkeypatch, lambda pack: pack.with_suffix(".idx").unlink(), True).exit_code == 0
    assert machine.verify().exit_code == 0


def meddled_with(machine: Machine, monkeypatch: pytest.MonkeyPatch, harm: Callable[[Path], None], first: bool) -> Told:
    """A sync of which the newest pack is harmed after the branch has moved."""
    machine.make_tree()
    if not first:
        machine.must_sync()
        machine.edit("AGENTS.md")

    def meddled(repository: Repository, state: State) -> list[str]:
        harm(newest(machine.backup / ".git/objects/pack"))
        return tidy(repository, state)

    monkeypatch.setattr(store, "tidy", meddled)
    told = machine.sync()
    told.spoken = True
    return told


def test_what_is_whole_is_not_called_lost(machine: Machine) -> None:
    machine.make_tree()
    for _ in range(3):
        machine.must_sync()
        machine.edit("AGENTS.md")
        repository = machine.site.repository
        files = health.stored_files(repository)
        assert health.lost_since(repository, (), files, machine.head) == ""
        assert health.lost_since(repository, files, files, machine.head) == ""
        assert health.lost_since(repository, (), files, "0" * 40) == "the newest backup's commit is gone"
        for number in (0, 255):
            assert health.lost_since(repository, (), files, f"{number:02x}" + "1" * 38)
    machine.git("gc", "-q")
    files = health.stored_files(repository)
    assert health.lost_since(repository, (), files, machine.head) == ""
    for one in machine.git("rev-list", "--objects", "--all").decode().splitlines():
        assert health.lost_since(repository, (), files, one[:40]) == ""


def test_a_pack_without_an_index_that_was_there_before_is_nobody_s_loss(machine: Machine) -> None:
    machine.make_tree()
    machine.must_sync()
    packs = machine.backup / ".git/objects/pack"
    (packs / f"pack-{'1' * 40}.pack").write_bytes(newest(packs).read_bytes())
    repository = machine.site.repository
    files = health.stored_files(repository)
    assert health.lost_since(repository, [f"pack/pack-{'1' * 40}.pack"], files, machine.head) == ""
