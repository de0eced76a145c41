"""The matrix of Ansible's own tests: check and run, first and second, for every task that can change something.

    check, first   says what would change, exit code 5, writes nothing at all
    run, first     changes it, exit code 0
    check, second  nothing left to change, exit code 0, writes nothing at all
    run, second    the same, and every file and folder keeps its contents, mode and mtime

A new task that can change something gets a row here: the last test of this file fails until it has one.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.features.pictures import changed
from tests.support.machine import Machine, Told

pytestmark = pytest.mark.sample(14, of_file=True)


@dataclass(frozen=True)
class Row:
    """One way to change something. before: what must be so; dry: its check mode."""

    argv: tuple[str, ...]
    before: Callable[[Machine], None]
    codes: tuple[int, int, int, int] = (5, 0, 0, 0)


def tree(machine: Machine) -> None:
    machine.make_tree()


def backed_up(machine: Machine) -> None:
    machine.make_tree()
    machine.must_sync()


def edited(machine: Machine) -> None:
    backed_up(machine)
    machine.edit("agent/reviewer.md")
    machine.path("README.md").unlink()


def edited_without_limit(machine: Machine) -> None:
    edited(machine)
    machine.command("autosync", "set-config", "MAX_SYNC_FREQUENCY=0")


def disabled(machine: Machine) -> None:
    backed_up(machine)
    machine.command("autosync", "disable")


def lost(machine: Machine) -> None:
    backed_up(machine)
    machine.path("agent/reviewer.md").unlink()


def crontab(machine: Machine) -> None:
    """A crontab program of this machine alone; the real one would change the user's own."""
    backed_up(machine)
    machine.fake_crontab()


def with_schedule(machine: Machine) -> None:
    crontab(machine)
    assert machine.command("autosync", "install-cron").exit_code == 0, machine.last.stderr


def with_hook(machine: Machine) -> None:
    backed_up(machine)
    assert machine.command("autosync", "install-hook").exit_code == 0, machine.last.stderr


def with_completion(machine: Machine) -> None:
    backed_up(machine)
    assert machine.command("autosync", "install-completion", "--shell=fish").exit_code == 0, machine.last.stderr


def damaged(machine: Machine) -> None:
    backed_up(machine)
    (machine.backup / ".git" / "index").write_bytes(b"not an index")


ROWS = {
    "sync, the first": Row(("sync",), tree),
    "sync, a later one": Row(("sync",), edited),
    "sync, forced": Row(("sync", "--force"), edited),
    "auto-sync-if-needed": Row(("auto-sync-if-needed", "--changes", "2", "--type", "context"), edited_without_limit),
    "set-config": Row(("set-config", "MAX_SYNC_FREQUENCY=600", "AUTO_SYNC_PUSH=true"), backed_up),
    "set-config, no file yet": Row(("set-config", "MAX_SYNC_FREQUENCY=600"), tree),
    "disable": Row(("disable",), backed_up),
    "enable": Row(("enable",), disabled),
    "restore": Row(("restore", "agent/reviewer.md"), lost),
    "install-cron": Row(("install-cron",), crontab),
    "uninstall-cron": Row(("uninstall-cron",), with_schedule),
    "install-hook": Row(("install-hook",), backed_up),
    "uninstall-hook": Row(("uninstall-hook",), with_hook),
    "install-completion": Row(("install-completion", "--shell=fish"), backed_up),
    "uninstall-completion": Row(("uninstall-completion",), with_completion),
    "recover": Row(("recover",), damaged),
}

ELSEWHERE = {
    "accept": "asks a person on a terminal: features/validation/acceptance.feature",
    "install-timer": "needs a systemd: tests/triggers/test_systemd.py",
    "uninstall-timer": "needs a systemd: tests/triggers/test_systemd.py",
    "watch": "stays in the foreground, and installs through systemd: tests/triggers/test_watch.py",
    "bootstrap": "brings a tree to a machine that has none: features/bootstrap/bootstrap.feature",
    "machines": "changes only what a remote says, with --forget: features/machines/machines.feature",
    "notify": "tells, and changes nothing here: features/status/notify.feature",
    "profiles": "switches agents: features/profiles/several_agents.feature and tests/profiles",
    "uninstall": "takes everything away: features/cli/uninstall.feature",
    "demo": "always makes a new folder: features/cli/demo.feature",
}
"""Tasks that change something and are tried elsewhere, and why."""

READ_ONLY = {"detect", "diff", "doctor", "history", "show-config", "status", "validate", "verify", "why"}


@pytest.fixture
def at_now(machine: Machine) -> Machine:
    import time

    machine.now = time.time()
    return machine


@pytest.mark.parametrize("row", ROWS.values(), ids=ROWS.keys())
def test_check_and_run_first_and_second(at_now: Machine, row: Row) -> None:
    machine = at_now
    row.before(machine)
    judged = [run(machine, row, dry=True), run(machine, row), run(machine, row, dry=True), run(machine, row)]
    check_first, run_first, check_second, run_second = judged
    said = "\n----\n".join(f"{told.what}: {told.exit_code}\n{told.text}{told.stderr}" for told in judged)
    assert tuple(told.exit_code for told in judged) == row.codes, said
    assert written(check_first) == []
    assert written(run_first) != []
    assert written(check_second) == []
    if row.codes[2] == 0:
        assert only_signs(machine, run_second), written(run_second)


@pytest.mark.parametrize("row", ROWS.values(), ids=ROWS.keys())
def test_dry_is_check_mode(at_now: Machine, row: Row) -> None:
    row.before(at_now)
    told = at_now.command("autosync", "--dry", *row.argv)
    assert told.exit_code == 5, told.text + told.stderr
    assert written(told) == []


def run(machine: Machine, row: Row, *, dry: bool = False) -> Told:
    return machine.command("autosync", *row.argv, *(("--check",) if dry else ()))


def written(told: Told) -> list[str]:
    """What a run changed below the home folder; the scanner's compiled rules aside."""
    return [path for path in changed(told.before, told.after) if "/autosync-tasks/engine" not in path]


def only_signs(machine: Machine, told: Told) -> bool:
    """Whether nothing was written; by an automatic trigger nothing but the sign that it was there."""
    allowed = {"seen", "schedule", "workflow", *(path.name for path in machine.state.glob("*/"))}
    return not written(told) or ("auto" in told.what[8:] and {Path(path).name for path in written(told)} <= allowed)


def test_every_task_that_can_change_something_has_a_row() -> None:
    from autosync_tasks.cli.collection import collection

    tasks = set(collection().task_names)
    tried = {row.argv[0] for row in ROWS.values()} | ELSEWHERE.keys()
    assert tasks - READ_ONLY - tried == set(), "tasks without a row in the matrix"
    assert (READ_ONLY | ELSEWHERE.keys()) - tasks == set()


@pytest.mark.parametrize("name", sorted(READ_ONLY))
def test_tasks_that_only_look_write_nothing(at_now: Machine, name: str) -> None:
    backed_up(at_now)
    at_now.fake_crontab()
    at_now.edit("agent/reviewer.md")
    words = ("why", "agent/reviewer.md") if name == "why" else (name,)
    told = at_now.command("autosync", *words)
    assert told.exit_code in (0, 1), told.text + told.stderr
    assert written(told) == []
    assert re.search(r"\w", told.text)
