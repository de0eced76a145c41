"""The host of a remote: its address, and what it answers, one after the other."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from pytest_bdd import given, parsers, step

from tests.features.outcome import says
from tests.features.pictures import git
from tests.features.remote import there
from tests.features.settings import put
from tests.support.machine import Machine

FILE = "context/stack.md"


def _each(machine: Machine) -> None:
    """A sync of a change, an hour later."""
    machine.edit(FILE)
    machine.now += 3600
    machine.sync()
    machine.last.spoken = True


@step("the remote has each of these addresses, one after the other, it says:")
def addresses(machine: Machine, datatable: list[list[str]]) -> None:
    """`{}` stands for so many letters that the address is too long."""
    for address, told in datatable[1:]:
        git(machine.backup, "config", "remote.origin.url", address.replace("{}", "x" * 4096))
        _each(machine)
        assert machine.last.exit_code in (1, 3), (address, machine.last.text)
        says(machine, told)


@given("the remote is reached by ssh")
@given(parsers.parse('the remote is reached by ssh with the password "{password}"'))
def by_ssh(machine: Machine, monkeypatch: pytest.MonkeyPatch, password: str = "") -> None:
    """`ssh` is a script: it says what is in a file and ends, or runs what it is told to, here."""
    folder = machine.root / "ssh"
    folder.mkdir()
    (folder / "ssh").write_text(
        f'#!/bin/sh\nif [ -s "{folder}/says" ]; then cat "{folder}/says" >&2; exit 255; fi\n'
        'for last in "$@"; do :; done\neval "$last"\n'
    )
    (folder / "ssh").chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}:{os.environ['PATH']}")
    address = f"ssh://git@git.corp.example{there(machine)}"
    with_password = address.replace("git@", f"git:{password}@") if password else address
    git(machine.backup, "config", "remote.origin.url", with_password)
    put(machine, push_url=address)


def _hook(machine: Machine, text: str) -> None:
    hook = there(machine) / "hooks" / "pre-receive"
    hook.parent.mkdir(exist_ok=True)
    quoted = text.replace("'", "'\\''")
    hook.write_text(f"#!/bin/sh\necho '{quoted}' >&2\nexit 1\n")
    hook.chmod(0o755)


@step("its host answers, one after the other, it says:")
def answers(machine: Machine, datatable: list[list[str]]) -> None:
    """Columns: how (it `hangs up` at once, or `refuses` what is pushed), the host's words, what a person reads."""
    words = Path(machine.root / "ssh/says")
    for how, said, told in datatable[1:]:
        words.write_text(f"{said}\n" if how == "hangs up" else "")
        _hook(machine, said)
        _each(machine)
        for one in told.split(" … "):
            says(machine, one)
