"""The schedule: a crontab of this machine alone, and what becomes of it."""

from __future__ import annotations

import re

from pytest_bdd import given, parsers, step

from tests.support.machine import Machine

OTHERS = "MAILTO=ana@example.org\n# backups of the database\n15 3 * * *\tpg_dump all | gzip > /srv/db-%Y.gz\n@reboot  vpn\n\n"


def table(machine: Machine) -> str:
    return machine.crontab.read_text() if machine.crontab.exists() else ""


def own_lines(machine: Machine) -> list[str]:
    """The lines that run the sync."""
    return [line for line in table(machine).splitlines() if "--trigger=schedule" in line and not line.startswith("#")]


def run(machine: Machine, *words: str) -> None:
    machine.crontab_before = table(machine)
    machine.command("autosync", *words)


@given("a crontab with jobs of other programs")
def others(machine: Machine) -> None:
    machine.crontab = machine.fake_crontab(OTHERS)


@step("the schedule is installed")
def installed(machine: Machine) -> None:
    run(machine, "install-cron")


@step(parsers.re(r"the schedule is installed for every (?P<number>\d+) minutes"))
def installed_for(machine: Machine, number: str) -> None:
    run(machine, "install-cron", "--every", f"{number}m")


@step("the schedule is removed")
def removed(machine: Machine) -> None:
    run(machine, "uninstall-cron")


@step("it is asked what installing the schedule would change")
def asked(machine: Machine) -> None:
    run(machine, "install-cron", "--check", "--diff")


@given(parsers.re("its lines were (?P<damage>.+)"))
def damaged(machine: Machine, damage: str) -> None:
    text = table(machine)
    block = text[len(OTHERS) :]
    lines = block.splitlines(keepends=True)
    changed = {
        "doubled": block + block,
        "cut off in the middle": "".join(lines[:-1]),
        "edited by hand": block.replace("--trigger=schedule", "--trigger=schedule --force"),
        "mixed with another job's line": lines[0] + "0 5 * * * water-the-plants\n" + "".join(lines[1:]),
    }[damage]
    assert changed != block
    machine.crontab.write_text(OTHERS + changed)


@given("the crontab cannot be read")
def unreadable(machine: Machine) -> None:
    program = machine.home / "bin" / "crontab"
    program.write_text('#!/bin/sh\necho "crontab: you are not allowed to use this program" >&2\nexit 1\n')


@step(parsers.re(r"the crontab runs the sync (?P<how>once an hour|every (?P<minutes>\d+) minutes)"))
def runs(machine: Machine, how: str, minutes: str | None) -> None:
    assert machine.last.exit_code == 0, machine.last.stderr
    (line,) = own_lines(machine)
    wanted = rf"\*/{minutes} \* \* \* \* " if minutes else r"\d+ \* \* \* \* "
    assert re.match(wanted, line), line


@step("the crontab runs the sync from one line only")
def one_line(machine: Machine) -> None:
    assert machine.last.exit_code == 0, machine.last.stderr
    assert len(own_lines(machine)) == 1, table(machine)
    assert "--force" not in own_lines(machine)[0]


@step("every other line of the crontab is as it was")
def others_kept(machine: Machine) -> None:
    assert table(machine).startswith(OTHERS)
    if "water-the-plants" in machine.crontab_before:
        assert "\n0 5 * * * water-the-plants\n" in table(machine)


@step("the crontab is as it was before the installation")
def as_before(machine: Machine) -> None:
    assert machine.last.exit_code == 0, machine.last.stderr
    assert table(machine) == OTHERS


@step("the new line is shown")
def shown(machine: Machine) -> None:
    assert re.search(r"^\+.*--trigger=schedule", machine.last.text, re.MULTILINE), machine.last.text


@step("backup, settings and tree are still there, and no state")
def uninstalled(machine: Machine) -> None:
    assert machine.backup.is_dir()
    assert (machine.config / "config.toml").is_file()
    assert machine.source.is_dir()
    assert not machine.state.exists()
    assert not list(machine.source.glob("plugin*/autosync.js"))
