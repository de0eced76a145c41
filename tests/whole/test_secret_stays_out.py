"""A blocked secret is nowhere but in the source: not in the backup's store, state, config, nor in anything told."""

from __future__ import annotations

import base64
import json
import os
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.features.pictures import git
from tests.features.settings import put
from tests.support.machine import Machine

pytestmark = pytest.mark.sample(2, of_file=True)

NAME = "context/{}.md"


def in_contents(machine: Machine) -> None:
    machine.write("context/project.md", f"# Notes\n\nThe token is {machine.secret}\nand the rest is plain.\n")


def in_a_link(machine: Machine) -> None:
    machine.path("context/link").symlink_to(f"elsewhere/{machine.secret}")


def in_a_name(machine: Machine) -> None:
    machine.write(NAME.format(machine.secret), "Nothing in it.\n")


def in_the_name_of_an_empty_folder(machine: Machine) -> None:
    machine.path(f"context/{machine.secret}").mkdir()


def in_the_name_of_a_pipe(machine: Machine) -> None:
    """Beside a file that blocks: what cannot be copied is listed by name."""
    os.mkfifo(machine.path(f"context/{machine.secret}"))
    in_contents(machine)


WAYS = (in_contents, in_a_link, in_a_name, in_the_name_of_an_empty_folder, in_the_name_of_a_pipe)
SOME_WAYS = (*WAYS[:2], *(pytest.param(way, marks=pytest.mark.sweep) for way in WAYS[2:]))


def forms(secret: str) -> dict[str, bytes]:
    """How a value can stand in a file: plain, in hexadecimal, in base64 at each of the three offsets."""
    raw = secret.encode()
    found = {"plain": raw, "hex": raw.hex().encode()}
    for offset in range(3):
        whole = base64.b64encode(b"\0" * offset + raw)
        # What no neighbouring byte has a part in.
        found[f"base64+{offset}"] = whole[4 if offset else 0 : len(whole) // 4 * 4 - 4]
    return found


def leaks(machine: Machine) -> list[str]:
    """Every place outside the source that holds the secret, in any form."""
    places: dict[str, bytes] = {}
    for folder in (machine.state, machine.config, machine.backup, machine.home / "told"):
        for place, folders, files in os.walk(folder):
            for name in (*files, *folders):
                path = Path(place) / name
                places[f"the name {path}"] = os.fsencode(name)
                if path.is_symlink():
                    places[f"the link {path}"] = os.fsencode(os.readlink(path))
                elif path.is_file():
                    places[str(path)] = path.read_bytes()
    if (machine.backup / ".git").exists():
        places["the store"] = git(machine.backup, "cat-file", "--batch-all-objects", "--batch")
    for told in machine.told:
        places[f"`{told.what}`"] = (told.text + told.stderr).encode("utf-8", "surrogateescape")
    wanted = forms(machine.secret)
    return [f"{where} ({form})" for where, data in places.items() for form, value in wanted.items() if value in data]


@pytest.fixture
def backed_up(machine: Machine) -> Machine:
    machine.make_tree()
    machine.must_sync()
    script = machine.home / "notice"
    script.write_text(f'#!/bin/sh\nmkdir -p {machine.home}/told\nprintf "%s" "$*" >> {machine.home}/told/all\n')
    script.chmod(0o755)
    put(machine, notify_command=str(script))
    return machine


COMMANDS = (
    "autosync sync",
    "autosync sync --json",
    "autosync sync --check --diff",
    "autosync sync --check --json",
    "autosync sync --force",
    "autosync sync --trigger=schedule",
    "autosync sync --trigger=workflow --json",
    "autosync auto-sync-if-needed",
    "autosync detect",
    "autosync detect --diff",
    "autosync detect --json",
    "autosync diff",
    "autosync validate",
    "autosync validate --json",
    "autosync validate --changed",
    "autosync status",
    "autosync status --json",
    "autosync history",
    "autosync history --json",
    "autosync verify",
    "sync-config --stats",
)


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
def test_nothing_that_is_said_or_kept_holds_it(backed_up: Machine, way: Callable[[Machine], None]) -> None:
    machine = backed_up
    machine.prepare_scanner()
    way(machine)
    codes = {command: machine.command(*command.split()).exit_code for command in COMMANDS}
    assert leaks(machine) == []
    assert codes["autosync sync"] == codes["autosync sync --trigger=schedule"] == codes["autosync validate"] == 3
    assert (machine.home / "told" / "all").read_text().startswith("autosync: blocked")


@pytest.mark.parametrize("way", SOME_WAYS, ids=lambda way: way.__name__)
def test_nor_when_the_rest_goes(backed_up: Machine, way: Callable[[Machine], None]) -> None:
    """Quarantine holds the file; whatever it cannot tell apart holds everything."""
    machine = backed_up
    put(machine, quarantine=True)
    machine.prepare_scanner()
    way(machine)
    machine.edit("agent/reviewer.md")
    # A workflow's sync would be deferred after the first one, and leave a process that waits.
    commands = [command for command in COMMANDS if "workflow" not in command and "needed" not in command]
    codes = [machine.command(*command.split()).exit_code for command in ("autosync sync", *commands)]
    assert leaks(machine) == []
    assert codes[0] == 1
    assert "agent/reviewer.md" in git(machine.backup, "log", "--format=%B").decode()


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
def test_nor_in_the_first_sync(machine: Machine, way: Callable[[Machine], None]) -> None:
    machine.make_tree()
    machine.prepare_scanner()
    way(machine)
    assert machine.command("autosync", "sync").exit_code == 3
    assert machine.command("autosync", "sync", "--trigger=watch").exit_code == 3
    assert leaks(machine) == []


@pytest.mark.sweep
def test_programs_of_their_own_say_no_more(backed_up: Machine) -> None:
    """The same through `inv`, as processes: nothing is left over from an earlier run in this one."""
    machine = backed_up
    in_contents(machine)
    in_a_name(machine)
    assert machine.program(["autosync", "detect"]).exit_code == 0
    assert machine.program(["inv", "sync"]).exit_code == 3
    assert machine.program(["inv", "diff"]).exit_code == 0
    assert "line withheld" in machine.last.text
    assert "and the rest is plain." in machine.last.text
    assert "context/[withheld].md" in machine.last.text
    assert leaks(machine) == []


def test_the_search_finds_what_is_there(backed_up: Machine) -> None:
    """The test of the test: each form in each place is seen."""
    machine = backed_up
    value = machine.secret.encode()
    (machine.state / "a").write_bytes(b"x" + value)
    (machine.state / "b").write_bytes(base64.b64encode(b"xy" + value + b"z"))
    (machine.config / "c").write_text(json.dumps({"path": value.hex()}))
    (machine.backup / "d").write_bytes(value)
    git(machine.backup, "add", "d")
    found = leaks(machine)
    assert {re.sub(r".*/|\+\d", "", where) for where in found} == {
        "a (plain)", "b (base64)", "c (hex)", "d (plain)", "the store (plain)",
    }  # fmt: skip
