"""Damage to the backup: what is gone or rotted before, and what must be told of it."""

from __future__ import annotations

from pytest_bdd import given, parsers, step, then

from autosync_tasks.backup import health
from autosync_tasks.model import Trigger
from autosync_tasks.restore.restore import new_wish, restore
from tests.features.outcome import heard
from tests.features.pictures import git
from tests.features.restore import _FILE, _loose
from tests.support.machine import Machine

DAY = 86_400


@given("the backup has a pack that is empty")
def empty_pack(machine: Machine) -> None:
    packs = sorted((machine.backup / ".git/objects/pack").glob("*.pack"), key=lambda pack: pack.stat().st_mtime_ns)
    packs[0].chmod(0o600)
    packs[0].write_bytes(b"")


@given("the backup has lost a branch of a person")
def lost_branch(machine: Machine) -> None:
    git(machine.backup, "branch", "mine")
    (machine.backup / ".git/refs/heads/mine").unlink()


@given("the backup has lost what a restore overwrote")
def lost_snapshot(machine: Machine) -> None:
    machine.path(_FILE).write_text("precious, in no backup\n")
    packs = machine.backup / ".git/objects/pack"
    before = set(packs.iterdir())
    assert restore(machine.site, new_wish((_FILE,), yes=True))[0].exit_code == 0
    for path in set(packs.iterdir()) - before:
        path.unlink()


@given("the backup has damaged contents of an old version")
def rotted_version(machine: Machine) -> None:
    stored = _loose(machine, f"main~1:{_FILE}")
    machine.must_sync()
    stored.chmod(0o600)
    stored.write_bytes(b"not what was written")


@given("somebody sets the branch back")
def set_back(machine: Machine) -> None:
    git(machine.backup, "tag", "second")
    git(machine.backup, "reset", "--quiet", "--hard", "main~1")


@step(parsers.re(r"a person asks for a sync (?P<days>\d+) days later"))
def later(machine: Machine, days: str) -> None:
    machine.now += int(days) * DAY
    machine.sync()


@step(parsers.re(r"the schedule comes (?P<days>\d+) days later"))
def scheduled_later(machine: Machine, days: str) -> None:
    machine.now += int(days) * DAY
    machine.sync(Trigger.SCHEDULE)


@then("the sync tells no success")
def no_success(machine: Machine) -> None:
    told = heard(machine)
    assert told.exit_code == 1, told.text


@then("status knows that all of the backup was read just now")
def was_read(machine: Machine) -> None:
    noted = health.load(machine.site.state)
    assert noted is not None
    assert noted.read == machine.now


@then("the second backup is on a branch of its own")
def kept_branch(machine: Machine) -> None:
    assert b"autosync/kept/" in git(machine.backup, "branch", "--contains", "second")
