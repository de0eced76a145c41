"""Damage to the backup: what is gone or rotted before, and what must be told of it."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from pytest_bdd import given, parsers, step, then

from autosync_tasks.backup import health
from autosync_tasks.model import Trigger
from autosync_tasks.restore.restore import new_wish, restore
from tests.features.outcome import heard, says
from tests.features.pictures import git
from tests.features.words import time_of
from tests.support.machine import Machine

DAY = 86_400
FILE = "context/stack.md"


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
    machine.path(FILE).write_text("precious, in no backup\n")
    packs = machine.backup / ".git/objects/pack"
    before = set(packs.iterdir())
    assert restore(machine.site, new_wish((FILE,), yes=True))[0].exit_code == 0
    for path in set(packs.iterdir()) - before:
        path.unlink()


@given("the backup has lost the name of a snapshot")
def lost_snapshot_ref(machine: Machine) -> None:
    machine.path(FILE).write_text("precious, in no backup\n")
    assert restore(machine.site, new_wish((FILE,), yes=True))[0].exit_code == 0
    git(machine.backup, "pack-refs", "--all")
    packed = machine.backup / ".git/packed-refs"
    packed.write_text("".join(one for one in packed.read_text().splitlines(keepends=True) if "snapshots" not in one))


@given("the backup has damaged contents of an old version")
def rotted_version(machine: Machine) -> None:
    stored = _loose(machine, f"main~1:{FILE}")
    machine.must_sync()
    stored.chmod(0o600)
    stored.write_bytes(b"not what was written")


@given("somebody sets the branch back")
def set_back(machine: Machine) -> None:
    git(machine.backup, "tag", "second")
    git(machine.backup, "reset", "--quiet", "--hard", "main~1")


@step(parsers.re(r"a person asks for a sync (?P<days>\d+) days later(?P<fails>, which tells no success)?"))
def later(machine: Machine, days: str, fails: str | None) -> None:
    machine.now += int(days) * DAY
    machine.sync()
    if fails:
        no_success(machine)


@step(parsers.re(r"the schedule comes (?P<days>\d+) days later"))
def scheduled_later(machine: Machine, days: str) -> None:
    machine.now += int(days) * DAY
    machine.sync(Trigger.SCHEDULE)


@step(parsers.re('the sync tells no success(?:, and it says "(?P<words>[^"]+)")?'))
def no_success(machine: Machine, words: str | None = None) -> None:
    told = heard(machine)
    assert told.exit_code == 1, told.text
    if words:
        says(machine, words)


@then("status knows that all of the backup was read just now")
def was_read(machine: Machine) -> None:
    noted = health.load(machine.site.state)
    assert noted is not None
    assert noted.read == machine.now


@then("the second backup is on a branch of its own")
def kept_branch(machine: Machine) -> None:
    assert b"autosync/kept/" in git(machine.backup, "branch", "--contains", "second")


@given(parsers.re(r"a second backup at (?P<time>\d\d:\d\d)"))
def second(machine: Machine, time: str) -> None:
    machine.now = time_of(time)
    machine.edit(FILE)
    machine.must_sync()


@given(parsers.re("the backup has an unfinished (?P<name>merge|rebase|cherry-pick)"))
def unfinished(machine: Machine, name: str) -> None:
    _other_branch(machine)
    try:
        git(machine.backup, name, "other")
    except (AssertionError, subprocess.CalledProcessError):
        return
    raise AssertionError("there was no conflict")


def _other_branch(machine: Machine) -> None:
    git(machine.backup, "checkout", "--quiet", "-b", "other", "main~1")
    (machine.backup / FILE).write_text("Something else.\n")
    git(machine.backup, "commit", "--quiet", "--all", "-m", "something else")
    git(machine.backup, "checkout", "--quiet", "main")


@given("the backup has another branch that it stands on")
def on_another(machine: Machine) -> None:
    _other_branch(machine)
    git(machine.backup, "checkout", "--quiet", "other")


@given("the backup has an unfinished bisect")
def bisect(machine: Machine) -> None:
    git(machine.backup, "bisect", "start", "main", "main~1")


@given(parsers.re("the backup has (?:no branch that it stands on|a commit on no branch)"))
def detached(machine: Machine) -> None:
    git(machine.backup, "checkout", "--quiet", "--detach")
    git(machine.backup, "commit", "--quiet", "--allow-empty", "-m", "on no branch")


@given("the backup has a branch that names nothing")
def emptied_branch(machine: Machine) -> None:
    (machine.backup / ".git/refs/heads/main").write_bytes(b"")


@given("the backup has a branch that is gone")
def no_branch(machine: Machine) -> None:
    (machine.backup / ".git/refs/heads/main").unlink()


@given(parsers.re("the backup has a person's branch that names (?P<what>nothing|what is not there)"))
def bad_branch(machine: Machine, what: str) -> None:
    git(machine.backup, "branch", "mine")
    (machine.backup / ".git/refs/heads/mine").write_text("" if what == "nothing" else "1" * 40 + "\n")
    if what != "nothing":
        (machine.backup / ".git/logs/refs/heads/mine").unlink(missing_ok=True)


@given("the backup has a line of rubbish among its packed refs")
def bad_packed_refs(machine: Machine) -> None:
    git(machine.backup, "branch", "mine")
    git(machine.backup, "pack-refs", "--all")
    with (machine.backup / ".git/packed-refs").open("a") as file:
        file.write("rubbish\n")


@given("the backup has lost where the remote was")
def bad_remote_ref(machine: Machine) -> None:
    path = machine.backup / ".git/refs/autosync/remote/origin/main"
    path.parent.mkdir(parents=True)
    path.write_bytes(b"")


@given("the backup has a commit of a killed run")
def incoming(machine: Machine) -> None:
    git(machine.backup, "update-ref", "refs/autosync/incoming/abc123", "main")


@given("the backup has settings that git cannot read")
def bad_config(machine: Machine) -> None:
    (machine.backup / ".git/config").write_text("[core\n")


@given("the backup has a damaged list of commits")
def bad_commit_graph(machine: Machine) -> None:
    git(machine.backup, "commit-graph", "write", "--reachable")
    graph = machine.backup / ".git/objects/info/commit-graph"
    graph.chmod(0o600)
    graph.write_bytes(b"rubbish" * 20)


@given("the backup has a damaged index")
def damaged_index(machine: Machine) -> None:
    (machine.backup / ".git/index").write_bytes(b"DIRC\0\0")


@given("the backup has a HEAD that names nothing")
def damaged_head(machine: Machine) -> None:
    (machine.backup / ".git/HEAD").write_bytes(b"")


@given("the backup has locks that a killed git left")
def stale_locks(machine: Machine) -> None:
    for name in ("index.lock", "HEAD.lock", "refs/heads/main.lock", "objects/pack/tmp_pack_Ab12"):
        (machine.backup / ".git" / name).write_bytes(b"")


@given("the backup has a lock that a program holds")
def held_lock(machine: Machine, request: pytest.FixtureRequest) -> None:
    code = "import sys, time; f = open(sys.argv[1], 'w'); print('held', flush=True); time.sleep(60)"
    path = str(machine.backup / ".git/index.lock")
    process = subprocess.Popen([sys.executable, "-c", code, path], stdout=subprocess.PIPE)
    assert process.stdout is not None
    process.stdout.readline()
    request.addfinalizer(process.communicate)
    request.addfinalizer(process.kill)


@then("the lock is still there")
def lock_stays(machine: Machine) -> None:
    assert (machine.backup / ".git/index.lock").exists()


@given("the backup has lost the contents of a file")
def lost_contents(machine: Machine) -> None:
    _loose(machine, f"main:{FILE}").unlink()


@given("the backup has damaged contents of a file")
def damaged_contents(machine: Machine) -> None:
    stored = _loose(machine, f"main:{FILE}")
    stored.chmod(0o600)
    stored.write_bytes(b"not what was written")


@given("the backup has lost an old version of a file")
def lost_version(machine: Machine) -> None:
    _loose(machine, f"main~1:{FILE}").unlink()


@given("the backup has lost another old version")
def lost_another(machine: Machine) -> None:
    _loose(machine, "main~1:AGENTS.md").unlink()


@given("the backup has lost its newest commit")
def lost_tip(machine: Machine) -> None:
    _loose(machine, "main").unlink()


@given("the backup has lost all but its newest commit")
def lost_history(machine: Machine) -> None:
    _loose(machine, "main")
    needed = git(machine.backup, "rev-list", "--objects", "--no-object-names", "--no-walk", "main").decode().split()
    for path in (machine.backup / ".git/objects").glob("??/*"):
        if path.parent.name + path.name not in needed:
            path.unlink()


def _loose(machine: Machine, name: str) -> Path:
    """The file of one object, once every object is a file of its own."""
    content = git(machine.backup, "rev-parse", name).decode().strip()
    store = machine.backup / ".git/objects"
    moved = machine.backup / ".git/moved"
    (store / "pack").rename(moved)
    (store / "pack").mkdir()
    for pack in moved.glob("*.pack"):
        with pack.open("rb") as file:
            subprocess.run(["git", "-C", machine.backup, "unpack-objects", "-q"], stdin=file, check=True)
    shutil.rmtree(moved)
    return store / content[:2] / content[2:]


@then("that commit is on a branch of its own")
def kept(machine: Machine) -> None:
    assert b"on no branch" in git(machine.backup, "log", "--format=%s", "--branches=autosync/kept/*")
