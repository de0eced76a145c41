"""Somebody fills the list of machines: nobody's sync suffers, and the list stays one that can be read."""

from __future__ import annotations

from pathlib import Path

import pytest

from autosync_tasks.machines.own import own_name
from autosync_tasks.model import Outcome
from autosync_tasks.remote import roll
from autosync_tasks.remote.known import ANNOUNCED
from tests.features.pictures import git
from tests.features.settings import put
from tests.support.machine import Machine

pytestmark = pytest.mark.sweep
CROWD = 30_000


def test_a_crowd_of_forged_machines(machine: Machine, workshop: Path) -> None:
    there = workshop / "remote.git"
    git(workshop, "init", "--quiet", "--bare", str(there))
    machine.make_tree()
    machine.must_sync()
    git(machine.backup, "remote", "add", "origin", str(there))
    put(machine, auto_sync_push=True)
    machine.edit("AGENTS.md")
    machine.must_sync()
    mine = f"refs/autosync/machines/{own_name(machine.site)}"
    before = git(there, "rev-parse", mine)
    refs = git(there, "for-each-ref", "--format=%(objectname) %(refname)").decode().splitlines()
    head = refs[0].split()[0]
    refs += [f"{head} refs/autosync/machines/0-forged-{number:05}" for number in range(CROWD)]
    (there / "packed-refs").write_text(
        "# pack-refs with: sorted \n" + "\n".join(sorted(refs, key=lambda r: r[41:])) + "\n"
    )
    machine.site.state.write(ANNOUNCED, b"0\n")
    machine.edit("AGENTS.md")
    told = machine.sync()
    assert (told.outcome, told.exit_code) == (Outcome.CHANGED, 0), told.text
    assert git(there, "rev-parse", mine) != before
    assert git(there, "rev-parse", "main").decode().strip() == machine.head
    assert own_name(machine.site) in [one.name for one in roll.machines(machine.site)]
    held = git(machine.backup, "for-each-ref", "--format=%(refname)", "refs/autosync/machines").decode().split()
    assert len(held) < 300
