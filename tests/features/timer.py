"""The timer: units of this machine alone, judged by the real `systemd-analyze`; only `systemctl` is a stand-in."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from datetime import datetime
from itertools import pairwise
from pathlib import Path

from pytest_bdd import given, step, then

from tests.features.outcome import heard
from tests.support.machine import BIN, Machine
from tests.support.user_systemd import stand_in

NAMES = ("autosync.service", "autosync.timer")


def folder(machine: Machine) -> Path:
    return machine.home / ".config" / "systemd" / "user"


def analyze(*words: str) -> str:
    """What the real `systemd-analyze` says; nothing where there is none."""
    program = shutil.which("systemd-analyze")
    if not program:
        return ""
    environ = {"PATH": os.environ["PATH"], "TZ": "UTC", "XDG_RUNTIME_DIR": "/nonexistent"}
    return subprocess.run([program, *words], env=environ, capture_output=True, text=True, check=False).stdout


def running(machine: Machine) -> bool:
    """Whether the timer is enabled and started, as systemd keeps it."""
    kept = Path(machine.environ["FAKE_STATE"])
    return all((kept / f"{what}-autosync.timer").exists() for what in ("enabled", "active"))


@given("a machine whose systemd answers")
def with_systemd(machine: Machine) -> None:
    machine.environ |= stand_in(machine.home, machine.environ["PATH"])


@given("a machine without systemd")
def without_systemd(machine: Machine) -> None:
    machine.environ["PATH"] = str(BIN)


@step("the timer is installed")
def installed(machine: Machine) -> None:
    machine.command("autosync", "install-timer")


@given("the timer was stopped by hand")
def stopped(machine: Machine) -> None:
    (Path(machine.environ["FAKE_STATE"]) / "active-autosync.timer").unlink()


@step("the timer is removed")
def removed(machine: Machine) -> None:
    machine.command("autosync", "uninstall-timer")


@then("the sync runs once an hour, also after a time when the machine was off")
def hourly(machine: Machine) -> None:
    assert machine.last.exit_code == 0, machine.last.stderr
    text = (folder(machine) / "autosync.timer").read_text()
    found = re.search(r"^OnCalendar=(.+)$", text, re.MULTILINE)
    assert found
    times = re.findall(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", analyze("calendar", "--iterations=4", found[1]))
    moments = [datetime.fromisoformat(time) for time in dict.fromkeys(times)]
    assert [(b - a).total_seconds() for a, b in pairwise(moments)] in ([3600] * 3, []), times
    assert re.search(r"^Persistent=true$", text, re.MULTILINE)
    assert "sync --trigger=schedule" in (folder(machine) / "autosync.service").read_text()
    assert running(machine)


@then("it is told that it runs only while the user is logged in, and how to change that")
def lingering(machine: Machine) -> None:
    assert "only while you are logged in" in machine.last.text
    assert "loginctl enable-linger" in machine.last.text


@then("the timer runs")
def runs(machine: Machine) -> None:
    assert running(machine)


@then("nothing of the timer is left")
def nothing_left(machine: Machine) -> None:
    assert machine.last.exit_code == 0, machine.last.stderr
    assert not [name for name in NAMES if (folder(machine) / name).exists()]
    assert list(Path(machine.environ["FAKE_STATE"]).iterdir()) == []


@then("the installation fails and names cron instead")
def names_cron(machine: Machine) -> None:
    told = heard(machine)
    assert told.exit_code == 1
    assert "systemd" in told.stderr
    assert "install-cron" in told.stderr
