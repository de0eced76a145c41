"""The watcher: the real program, as a process of its own, with the real sync and the real clock."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from pytest_bdd import given, parsers, step, then, when

from tests.features.outcome import heard
from tests.features.pictures import git
from tests.features.settings import put
from tests.support.machine import BIN, Machine
from tests.sync.bursts import Tree, content_in, content_of

PATIENCE = 40.0
"""Seconds for what should take two: tests run beside others."""


class Watcher:
    """`autosync watch`; what it said, one line a sync."""

    def __init__(self, machine: Machine, ahead: int = 2) -> None:
        """ahead: how many lines it says by itself."""
        machine.prepare_scanner()
        self.machine = machine
        self.process = subprocess.Popen(
            [str(BIN / "autosync"), "watch", "--json"],
            env=machine.environ,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.said: list[str] = []
        self.of_agents: list[tuple[str, str]] = []
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()
        self.until(lambda: len(self.said) == ahead)  # it watches; and the sync for what changed while nobody watched
        assert sorted(set(self.said)) == ["ok", "watching"]

    def _read(self) -> None:
        assert self.process.stdout
        for line in self.process.stdout:
            document = json.loads(line)
            self.said.append(document.get("outcome") or document["hint"])
            self.of_agents.append((document.get("reason", "").partition(":")[0], self.said[-1]))

    def until(self, done: Callable[[], bool], seconds: float = PATIENCE) -> None:
        ends = time.monotonic() + seconds
        while not done():
            assert time.monotonic() < ends, f"{self.said} {self.of_agents}"
            if self.process.poll() is not None:
                raise AssertionError(f"{self.said} {self.stop()}")
            time.sleep(0.02)

    def told(self, number: int) -> None:
        """Until so many lines are said."""
        self.until(lambda: len(self.said) >= number)

    def until_equal(self) -> None:
        """Until the backup equals the tree, by a comparison of our own."""
        machine = self.machine
        self.until(lambda: content_in(machine.backup) == content_of(machine.source))

    def syncing(self) -> bool:
        """Whether a sync is under way: a child process has the lock open. (One that was started ahead only waits.)"""
        tasks = Path(f"/proc/{self.process.pid}/task").glob("*/children")  # a child is its thread's
        for child in " ".join(task.read_text() for task in tasks).split():
            with suppress(OSError):
                if any(link.readlink().name == "lock" for link in Path(f"/proc/{child}/fd").iterdir()):
                    return True
        return False

    def stop(self) -> tuple[int, str]:
        """Exit code and what it complained of."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(30)
        self.reader.join(10)
        assert self.process.stdout
        assert self.process.stderr
        complaint = self.process.stderr.read()
        self.process.stdout.close()
        self.process.stderr.close()
        return code, complaint


@pytest.fixture
def watcher(machine: Machine) -> Iterator[Watcher]:
    """One that watches a tree that is backed up."""
    machine.make_tree()
    for name in ("a.md", "b/c.md"):
        machine.write(f"context/new-ideas/{name}", "An idea.\n")
    machine.must_sync()
    put(machine, watch_quiet=1, watch_max_wait=5, max_sync_frequency=0)
    made = Watcher(machine)
    yield made
    if made.process.returncode is None:
        made.stop()


@given("a watcher that waits for 1 second of quiet, at most 5")
def watching(watcher: Watcher) -> None:
    assert watcher.process.poll() is None


@given("the system allows fewer watches than the tree has folders")
def few_watches() -> None:
    """In a user namespace of its own; see `another_started`."""
    if subprocess.run(["unshare", "-Ur", "true"], capture_output=True, check=False).returncode:
        pytest.skip("no user namespaces here: a limit of its own cannot be set")


@when(parsers.re("there is a burst of (?P<changes>.+)"))
def burst(machine: Machine, watcher: Watcher, changes: str) -> None:
    tree = Tree(machine.source, 6, folders=0, files=0)
    acts = {
        "saves by an editor": (tree.atomic_save, tree.backup_save, tree.atomic_save),
        "new folders with files in them": (tree.deep_folders, tree.deep_folders),
        "folders moved in from elsewhere": (tree.move_in, tree.move_in),
        "removed folders": (tree.remove_tree,),
        "changed permissions": (tree.change_mode,),
        "a git checkout": (tree.git_checkout,),
    }
    before = content_of(machine.source)
    for act in acts[changes]:
        act()
    assert content_of(machine.source) != before


@when("new files keep coming without a pause")
def no_pause(machine: Machine, watcher: Watcher) -> None:
    """Until the watcher tells of a sync: three a second, where it waits for one second without any."""
    ends, number = time.monotonic() + PATIENCE, 0
    while len(watcher.said) == 2:
        assert time.monotonic() < ends
        number += 1
        machine.write(f"context/note{number}.md", f"Note {number}.\n")
        time.sleep(0.3)


@step("there is a sync all the same")
def all_the_same(watcher: Watcher) -> None:
    assert watcher.said[2] == "changed"


@when("a file changes while a sync is under way")
def during(machine: Machine, watcher: Watcher) -> None:
    machine.edit("AGENTS.md")
    watcher.until(watcher.syncing)
    machine.edit("context/stack.md")


@then("another sync follows")
def another(watcher: Watcher) -> None:
    watcher.told(4)


@when("a file changes right after a sync")
def after_a_sync(machine: Machine, watcher: Watcher) -> None:
    machine.edit("AGENTS.md")
    watcher.told(3)
    machine.edit("context/stack.md")


@then("the next sync is deferred")
def next_deferred(watcher: Watcher) -> None:
    watcher.told(4)
    assert watcher.said[2:4] == ["changed", "deferred"]


@then(parsers.re("the backup equals the config tree once (?:it is quiet|the limit has passed)"))
def equal_in_the_end(watcher: Watcher) -> None:
    watcher.until_equal()


@when("packages are installed into the config tree")
def packages(machine: Machine, watcher: Watcher) -> None:
    for number in range(200):
        machine.write(f"node_modules/package{number}/index.js", "module.exports = 1\n")


@then("there is no sync")
def no_sync(watcher: Watcher) -> None:
    time.sleep(2.5)  # longer than the quiet period
    assert watcher.said == ["watching", "ok"]


@when("another watcher is started")
def another_started(machine: Machine) -> None:
    limit = "echo 3 > /proc/sys/user/max_inotify_watches"
    machine.program_in(["unshare", "-Ur", "sh", "-c", f'{limit}; exec "$@"', "sh"], ["autosync", "watch"])


@then("it fails and names the setting to raise")
def names_setting(machine: Machine) -> None:
    told = heard(machine)
    assert told.exit_code == 1
    assert "sysctl fs.inotify.max_user_watches=" in told.stderr


@when(parsers.re("it is told to stop (?P<moment>.+)"))
def told_to_stop(machine: Machine, watcher: Watcher, moment: str) -> None:
    if moment != "while nothing happens":
        machine.edit("AGENTS.md")
        time.sleep(0.2)
    if moment == "while a sync is under way":
        watcher.until(watcher.syncing)
    assert watcher.said == ["watching", "ok"]
    os.kill(watcher.process.pid, signal.SIGTERM)


@then("it ends without a complaint")
def ends(watcher: Watcher) -> None:
    code, complaint = watcher.stop()
    assert (code, complaint) == (0, "")
    assert watcher.said[-1] == "ok"


@then("the backup is whole")
def whole(machine: Machine) -> None:
    """git itself finds nothing wrong, and the next sync has nothing to mend."""
    git(machine.backup, "fsck", "--strict", "--no-dangling")
    machine.now = time.time()
    machine.must_sync()
    assert content_in(machine.backup) == content_of(machine.source)


@when("the quiet time is set to 30 seconds and a file changes")
def longer_quiet(machine: Machine, watcher: Watcher) -> None:
    put(machine, watch_quiet=30, watch_max_wait=60)
    machine.edit("AGENTS.md")


@when("another config tree is set")
def another_tree(machine: Machine, watcher: Watcher) -> None:
    other = machine.home / "other"
    other.mkdir()
    (other / "AGENTS.md").write_text("Others.\n")
    put(machine, opencode_source=str(other))


@then("it ends and says that it must be started again")
def started_again(watcher: Watcher) -> None:
    watcher.process.wait(PATIENCE)
    assert watcher.stop()[0] == 1
    assert watcher.said[-1] == "start the watcher again"
