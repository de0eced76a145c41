"""The user units: judged by the real `systemd-analyze`, installed against a stand-in for `systemctl --user`."""

from __future__ import annotations

import datetime as dt
import itertools
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from autosync_tasks.errors import AutosyncError, UsageError
from autosync_tasks.triggers import systemd, units
from tests.support.user_systemd import stand_in

COMMAND = ("/usr/bin/true", "sync", "--trigger=schedule")


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    """A home, and a systemctl that always answers."""
    return {
        "HOME": str(tmp_path),
        "XDG_CONFIG_HOME": str(tmp_path / "config"),
        "XDG_STATE_HOME": str(tmp_path / "xdg-state"),
        **stand_in(tmp_path, os.environ["PATH"]),
    }


def files_of(environ: dict[str, str]) -> dict[str, str]:
    folder = Path(environ["XDG_CONFIG_HOME"]) / "systemd" / "user"
    return {p.name: p.read_text() for p in folder.iterdir()} if folder.exists() else {}


def snapshot(environ: dict[str, str]) -> dict[str, int]:
    home = Path(environ["HOME"])
    return {str(p): p.stat().st_mtime_ns for p in home.rglob("*") if p.is_file()}


def test_check_and_run_first_and_second(environ: dict[str, str]) -> None:
    before = snapshot(environ)
    first_check = systemd.install_timer(environ, check=True, command=COMMAND)
    assert (first_check.outcome, first_check.exit_code) == ("changed", 5)
    assert snapshot(environ) == before
    assert "+OnCalendar=" in first_check.diff

    assert systemd.install_timer(environ, command=COMMAND).outcome == "changed"
    assert set(files_of(environ)) == {units.SERVICE, units.TIMER}
    assert Path(environ["FAKE_LOG"]).read_text().split("\n")[:3] == [
        "reload",
        "enable autosync.timer",
        "restart autosync.timer",
    ]

    before = snapshot(environ)
    for check in (True, False):
        again = systemd.install_timer(environ, check=check, command=COMMAND)
        assert (again.outcome, again.exit_code) == ("ok", 0)
    assert snapshot(environ) == before


def test_another_span_brings_the_timer_up_to_date(environ: dict[str, str]) -> None:
    systemd.install_timer(environ, command=COMMAND)
    changed = systemd.install_timer(environ, every="15m", command=COMMAND)
    assert changed.outcome == "changed"
    assert "OnCalendar=*-*-* *:00/15:00" in files_of(environ)[units.TIMER]


def test_a_timer_that_was_stopped_by_hand_is_started_again(environ: dict[str, str]) -> None:
    systemd.install_timer(environ, command=COMMAND)
    (Path(environ["FAKE_STATE"]) / "active-autosync.timer").unlink()
    assert systemd.install_timer(environ, command=COMMAND).outcome == "changed"
    assert systemd.install_timer(environ, command=COMMAND).outcome == "ok"


def test_uninstall_leaves_nothing_and_the_second_time_is_ok(environ: dict[str, str]) -> None:
    systemd.install_timer(environ, command=COMMAND)
    assert systemd.uninstall_timer(environ, check=True).exit_code == 5
    assert len(files_of(environ)) == 2
    assert systemd.uninstall_timer(environ).outcome == "changed"
    assert files_of(environ) == {}
    assert list(Path(environ["FAKE_STATE"]).iterdir()) == []
    assert systemd.uninstall_timer(environ).outcome == "ok"


def test_the_watcher_as_a_service(environ: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(systemd, "program", lambda: "/usr/bin/true")
    assert systemd.install_watch(environ).outcome == "changed"
    assert systemd.install_watch(environ).outcome == "ok"
    assert set(files_of(environ)) == {units.WATCH}
    assert systemd.uninstall_watch(environ).outcome == "changed"


def test_a_unit_of_someone_else_is_left_alone(environ: dict[str, str]) -> None:
    folder = Path(environ["XDG_CONFIG_HOME"]) / "systemd" / "user"
    folder.mkdir(parents=True)
    (folder / units.TIMER).write_text("[Timer]\nOnCalendar=yearly\n")
    for act in (systemd.install_timer, systemd.uninstall_timer):
        with pytest.raises(UsageError, match="not ours"):
            act(environ)
    assert files_of(environ) == {units.TIMER: "[Timer]\nOnCalendar=yearly\n"}


@pytest.mark.parametrize("kind", ["missing", "no bus"])
def test_where_systemd_is_missing_it_says_so_and_writes_nothing(environ: dict[str, str], kind: str) -> None:
    fake = Path(environ["PATH"].split(":")[0]) / "systemctl"
    if kind == "missing":
        fake.unlink()
        environ["PATH"] = str(fake.parent)
    else:
        fake.write_text("#!/bin/sh\necho 'Failed to connect to bus: No medium found' >&2; exit 1\n")
    before = snapshot(environ)
    with pytest.raises(AutosyncError) as caught:
        systemd.install_timer(environ, command=COMMAND)
    assert "install-cron" in caught.value.hint
    assert ("no systemd" if kind == "missing" else "No medium found") in caught.value.message
    assert snapshot(environ) == before


def analyze(tmp_path: Path, texts: dict[str, str]) -> str:
    if not shutil.which("systemd-analyze"):
        pytest.skip("there is no systemd-analyze on this machine")
    environ = {"HOME": str(tmp_path), "PATH": os.environ["PATH"], "XDG_STATE_HOME": str(tmp_path)}
    return systemd.verify(texts, environ)


NASTY = "/opt/a b/100% $HOME ${X} é;#/autosync"


@pytest.mark.parametrize("program", ["/usr/bin/true", NASTY])
def test_systemd_finds_no_fault_with_the_units(tmp_path: Path, program: str) -> None:
    env = {"PATH": "/usr/bin:/a b%", "LC_ALL": "C.UTF-8"}
    texts = {
        units.SERVICE: units.service([program, "sync", "--trigger=schedule"], env),
        units.TIMER: units.timer("*-*-* *:00:00", 3600),
        units.WATCH: units.watch([program, "watch"], env),
    }
    said = [line for line in analyze(tmp_path, texts).splitlines() if "is not executable" not in line]
    assert said == []


def test_a_program_that_systemd_would_refuse_is_refused_first() -> None:
    with pytest.raises(UsageError, match="quote"):
        units.service(["/opt/it's/autosync"], {})


def test_systemd_finds_a_fault_that_is_there(tmp_path: Path) -> None:
    """Guards the test above against a verify that never says anything."""
    text = units.timer("*-*-* *:00:00", 3600).replace("Persistent", "Persistant")
    assert "Persistant" in analyze(tmp_path, {units.TIMER: text})


def test_systemd_reads_the_command_as_it_was_meant(tmp_path: Path) -> None:
    """What `systemd-analyze verify` says of a missing program shows the path as systemd understood it."""
    said = analyze(tmp_path, {units.SERVICE: units.service([NASTY, "sync"], {})})
    assert f"Command {NASTY} is not executable" in said


@pytest.mark.parametrize("every", ["5m", "15m", "30m", "1h", "2h", "12h", "1d"])
def test_systemd_takes_each_calendar_and_keeps_the_span(every: str) -> None:
    from autosync_tasks.triggers.schedule import calendar

    if not shutil.which("systemd-analyze"):
        pytest.skip("there is no systemd-analyze on this machine")
    text, period = calendar(every)
    words = ["systemd-analyze", "calendar", "--iterations=3", text]
    ended = subprocess.run(
        words, capture_output=True, text=True, env={**os.environ, "TZ": "UTC", "LC_ALL": "C"}, check=False
    )
    assert ended.returncode == 0, ended.stderr
    times = [
        dt.datetime.strptime(" ".join(line.split()[-3:-1]), "%Y-%m-%d %H:%M:%S")
        for line in ended.stdout.splitlines()
        if "Next elapse:" in line or "Iteration" in line or "Iter. #" in line
    ]
    assert [(b - a).total_seconds() for a, b in itertools.pairwise(times)] == [period, period]


def test_units_hold_what_a_missed_run_and_a_lock_need() -> None:
    timer = units.timer("*-*-* *:00:00", 3600)
    assert "Persistent=true" in timer
    assert "RandomizedDelaySec=300" in timer
    assert "RandomizedDelaySec=90" in units.timer("x", 900)
    assert "SuccessExitStatus=75" in units.service(COMMAND, {})
    assert "KillMode=mixed" in units.watch(COMMAND, {})
