"""docs/restore.md is the page for a bad day: each command on it is run, on the day that it is for."""

from __future__ import annotations

import re
import shlex
import shutil
import time
from collections.abc import Callable

import pytest

from tests.features.pictures import git
from tests.support import independent
from tests.support.forks import CHECKOUT
from tests.support.machine import Machine

DAY = 86_400.0
FILE = "agent/reviewer.md"


def sections() -> dict[str, list[str]]:
    """The commands below each heading of the page."""
    text = (CHECKOUT / "docs/restore.md").read_text("utf-8")
    found = {}
    for part in re.split(r"^### ", text, flags=re.MULTILINE)[1:]:
        heading, _, body = part.partition("\n")
        blocks = re.findall(r"^```sh\n(.*?)^```", body.partition("\n## ")[0], re.DOTALL | re.MULTILINE)
        found[heading] = [line for block in blocks for line in block.splitlines()]
    return found


def lost_file(machine: Machine) -> None:
    machine.path(FILE).unlink()


def bad_edit(machine: Machine) -> None:
    machine.now = time.time() - DAY
    machine.edit(FILE)
    machine.must_sync()


def wiped(machine: Machine) -> None:
    shutil.rmtree(machine.path("context"))


def lost_tree(machine: Machine) -> None:
    shutil.rmtree(machine.source)


def lost_machine(machine: Machine) -> None:
    remote = machine.root / "remote.git"
    git(machine.root, "clone", "--quiet", "--bare", str(machine.backup), str(remote))
    git(machine.backup, "bundle", "create", str(machine.root / "backup.bundle"), "main")
    machine.start_anew()
    machine.prepare_scanner()


def mistake(machine: Machine) -> None:
    """The edit of today was overwritten by the restore that is taken back."""
    machine.now = time.time() - DAY
    machine.must_sync()
    wanted = machine.path(FILE).read_bytes()
    machine.write(FILE, "---\ndescription: of old\n---\n")
    machine.must_sync()
    machine.write(FILE, wanted)
    told = machine.command("autosync", "restore", FILE)
    told.spoken = True


DAYS: dict[str, Callable[[Machine], None]] = {
    "I lost a file": lost_file,
    "A bad edit, some days ago": bad_edit,
    "A tool or an agent has wiped a folder": wiped,
    "I lost the whole tree": lost_tree,
    "I lost the machine; the remote is left": lost_machine,
    "I lost the machine; a stick is left": lost_machine,
    "The restore was a mistake": mistake,
}


def test_every_day_of_the_page_is_played() -> None:
    assert list(sections()) == list(DAYS)
    assert all(sections().values())


@pytest.mark.parametrize("heading", DAYS)
def test_the_commands_of_the_page_bring_the_tree_back(machine: Machine, heading: str) -> None:
    machine.now = time.time() - 5 * DAY
    machine.make_tree()
    machine.must_sync()
    before = independent.source(machine.source)
    DAYS[heading](machine)
    for line in sections()[heading]:
        words = shlex.split(
            line.replace("ADDRESS", str(machine.root / "remote.git")).replace("/mnt/stick", str(machine.root))
        )
        told = machine.command(*words)
        told.spoken = True
        assert told.exit_code == (5 if "--check" in words else 0), f"{line}\n{told.text}{told.stderr}"
    assert independent.source(machine.source) == before
