"""A sync by hand beside another run: it waits a moment, says so, and goes; or says 75 after a while."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator

import pytest

from autosync_tasks.cli import waiting
from tests.support.machine import Machine


@pytest.fixture
def busy(machine: Machine) -> Iterator[threading.Event]:
    """Another run that is at work until the event is set."""
    machine.make_tree()
    machine.must_sync()
    machine.write("context/new.md", "# New\n")
    held, over = threading.Event(), threading.Event()

    def hold() -> None:
        with machine.site.state.lock():
            held.set()
            over.wait(30)

    thread = threading.Thread(target=hold)
    thread.start()
    assert held.wait(10)
    yield over
    over.set()
    thread.join(10)


def test_it_goes_once_the_other_has_ended(machine: Machine, busy: threading.Event) -> None:
    threading.Timer(0.7, busy.set).start()
    told = machine.command("autosync", "sync")
    assert told.exit_code == 0, told.stderr
    assert "waiting for it, at most 10 seconds" in told.stderr
    assert "1 change backed up" in told.text


def test_it_gives_up_in_the_end(machine: Machine, busy: threading.Event, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waiting, "PATIENCE", 0.5)
    assert machine.command("autosync", "sync").exit_code == 75


@pytest.mark.parametrize("trigger", ["schedule", "watch"])
def test_nobody_waits_for_an_automatic_one(machine: Machine, busy: threading.Event, trigger: str) -> None:
    started = time.monotonic()
    told = machine.command("autosync", "sync", f"--trigger={trigger}")
    assert told.exit_code == 75 and "waiting for it" not in told.stderr
    assert time.monotonic() - started < waiting.PATIENCE
