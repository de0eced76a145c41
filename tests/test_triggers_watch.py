"""The watcher as a program, with the real sync: after each burst the backup equals the tree."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.bursts import Tree, content_in, content_of

QUIET = 2.0
AUTOSYNC = Path(sys.executable).with_name("autosync")


class Watcher:
    """One watcher under test; its lines with the time they were said."""

    def __init__(
        self, root: Path, command: list[str], *, quiet: float = QUIET, env: dict[str, str] | None = None
    ) -> None:
        self.source, self.backup, self.scratch = root / "source", root / "backup", root / "scratch"
        self.scratch.mkdir(exist_ok=True)
        self.environ = {
            "HOME": str(root),
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(Path(__file__).parents[1]),
            "OPENCODE_SOURCE": str(self.source),
            "OPENCODE_BACKUP": str(self.backup),
            "MAX_SYNC_FREQUENCY": "0",
            "GIT_CONFIG_GLOBAL": "/dev/null",
            **(env or {}),
        }
        self.started = time.time()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.watch_driver", str(self.source), str(self.scratch), str(quiet), *command],
            env=self.environ,
            cwd=Path(__file__).parents[1],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.said: list[tuple[float, str, str]] = []
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()

    def _read(self) -> None:
        assert self.process.stdout
        for line in self.process.stdout:
            self.said.append(tuple(json.loads(line)))

    def outcomes(self) -> list[str]:
        return [outcome for _, outcome, _ in self.said if outcome not in ("watching", "end")]

    def wait_for(self, count: int, seconds: float = 20) -> None:
        """Until so many syncs have ended."""
        ends = time.monotonic() + seconds
        while len(self.outcomes()) < count:
            assert time.monotonic() < ends, (self.said, self.process.poll())
            time.sleep(0.02)

    def rss(self) -> int:
        """Resident memory in kB."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS"))

    def stop(self, number: int = signal.SIGTERM) -> int:
        if self.process.poll() is None:
            self.process.send_signal(number)
        code = self.process.wait(25)
        self.reader.join(5)
        assert self.process.stdout and self.process.stderr
        self.errors = self.process.stderr.read()
        self.process.stdout.close()
        self.process.stderr.close()
        return code


@pytest.fixture
def started(tmp_path: Path) -> Iterator[list[Watcher]]:
    made: list[Watcher] = []
    yield made
    for watcher in made:
        if watcher.process.poll() is None:
            watcher.stop(signal.SIGKILL)


def script(root: Path, body: str) -> list[str]:
    """A stand-in for the sync, where the test is about the watcher alone."""
    path = root / "stub"
    path.write_text("#!/bin/sh\n" + body)
    path.chmod(0o755)
    return [str(path)]


def sync(*more: str) -> list[str]:
    return [str(AUTOSYNC), "sync", "--trigger=watch", "--json", *more]


def equal_within(watcher: Watcher, since: float, seconds: float) -> float:
    """Waits until the backup equals the tree; gives the time from the last event to the commit."""
    want = content_of(watcher.source)
    ref = watcher.backup / ".git" / "refs" / "heads" / "main"
    ends = time.monotonic() + seconds
    seen = -1.0
    while True:  # looks at the ref alone: reading everything all the time would slow down the sync
        now = ref.stat().st_mtime
        if now != seen:
            held = content_in(watcher.backup)
            if held == want:
                return now - since
            seen = now
        differ = {p: (want.get(p), held.get(p)) for p in {*want, *held} if want.get(p) != held.get(p)}
        assert time.monotonic() < ends, (list(differ.items())[:5], watcher.said[-3:])
        time.sleep(0.05)


def bursts(tmp_path: Path, started: list[Watcher], count: int, seed: int, folders: int, files: int) -> list[float]:
    tree = Tree(tmp_path / "source", seed, folders=folders, files=files)
    watcher = Watcher(tmp_path, sync())
    started.append(watcher)
    watcher.wait_for(1, 60)
    assert content_in(watcher.backup) == content_of(watcher.source)
    waits, done = [], []
    for _ in range(count):
        before = content_of(watcher.source)
        names = tree.burst()
        last = time.time()
        if content_of(watcher.source) != before:
            waits.append(equal_within(watcher, last, QUIET + 15))
            done.append(names)
        time.sleep(tree.random.uniform(0, 0.5))
    assert watcher.stop() == 0, watcher.errors
    waits.sort()
    # The middle one: another program on the machine may slow down any single sync, but not half of them.
    assert waits[len(waits) // 2] < QUIET + 1.5, (waits, done)
    return waits


def test_after_each_burst_the_backup_equals_the_tree(tmp_path: Path, started: list[Watcher]) -> None:
    waits = bursts(tmp_path, started, 8, seed=6, folders=100, files=600)
    assert waits


@pytest.mark.full
def test_200_bursts_in_10000_files(tmp_path: Path, started: list[Watcher]) -> None:
    waits = bursts(tmp_path, started, 200, seed=66, folders=1000, files=10_000)
    assert len(waits) > 150


def test_start_up_takes_less_than_two_seconds(tmp_path: Path, started: list[Watcher]) -> None:
    Tree(tmp_path / "source", 1, folders=1000, files=10_000)
    watcher = Watcher(tmp_path, script(tmp_path, "exit 0"))
    started.append(watcher)
    ends = time.monotonic() + 10
    while not watcher.said:
        assert time.monotonic() < ends
        time.sleep(0.01)
    assert watcher.said[0][1] == "watching"
    assert watcher.said[0][0] - watcher.started < 2
    assert watcher.stop() == 0


def test_protected_folders_do_not_wake_it_and_memory_stays_flat(tmp_path: Path, started: list[Watcher]) -> None:
    """10,000 events in node_modules and 10,000 in a file of the tree."""
    modules = tmp_path / "source" / "node_modules" / "x"
    modules.mkdir(parents=True)
    (tmp_path / "source" / "a.md").write_text("a")
    watcher = Watcher(tmp_path, script(tmp_path, "exit 0"), quiet=1)
    started.append(watcher)
    watcher.wait_for(1)
    time.sleep(0.5)
    before = watcher.rss()
    for i in range(10_000):
        (modules / f"f{i % 100}").write_text(str(i))
    time.sleep(2.5)
    assert len(watcher.outcomes()) == 1
    for i in range(10_000):
        (tmp_path / "source" / "a.md").write_text(str(i))
    watcher.wait_for(2)
    assert watcher.rss() - before < 4000
    assert watcher.stop() == 0


def test_a_name_that_is_not_utf8_does_not_end_it(tmp_path: Path, started: list[Watcher]) -> None:
    source = tmp_path / "source"
    source.mkdir()
    watcher = Watcher(tmp_path, script(tmp_path, "exit 0"), quiet=0.3)
    started.append(watcher)
    watcher.wait_for(1)
    Path(os.fsdecode(os.fsencode(source) + b"/\xff.md")).write_text("x")
    watcher.wait_for(2)
    count = len(watcher.outcomes())
    time.sleep(1)
    count = len(watcher.outcomes())
    (source / "b.md").write_text("b")
    watcher.wait_for(count + 1)
    assert watcher.stop() == 0


def test_a_source_that_is_moved_away_and_comes_back_is_watched_again(tmp_path: Path, started: list[Watcher]) -> None:
    source = tmp_path / "source"
    source.mkdir()
    watcher = Watcher(tmp_path, script(tmp_path, "exit 0"), quiet=0.3)
    started.append(watcher)
    watcher.wait_for(1)
    os.replace(source, tmp_path / "away")
    watcher.wait_for(2)
    source.mkdir()
    watcher.wait_for(3)
    time.sleep(1.5)
    count = len(watcher.outcomes())
    (source / "b.md").write_text("b")
    watcher.wait_for(count + 1)
    assert watcher.stop() == 0


def test_a_deferred_sync_is_asked_again_and_the_last_change_is_not_lost(tmp_path: Path, started: list[Watcher]) -> None:
    (tmp_path / "source").mkdir()
    stub = script(
        tmp_path,
        f"""if [ -e {tmp_path}/open ]; then cp {tmp_path}/source/a.md {tmp_path}/copied; exit 0; fi
echo "{{\\"outcome\\": \\"deferred\\", \\"reason\\": \\"the limit\\", \\"retry_at\\": $(($(date +%s) + 1))}}"
""",
    )
    watcher = Watcher(tmp_path, stub, quiet=0.3)
    started.append(watcher)
    watcher.wait_for(1)
    (tmp_path / "source" / "a.md").write_text("the last change")
    watcher.wait_for(3)
    (tmp_path / "open").touch()
    ends = time.monotonic() + 10
    while not (tmp_path / "copied").exists():
        assert time.monotonic() < ends, watcher.said
        time.sleep(0.02)
    assert (tmp_path / "copied").read_text() == "the last change"
    assert watcher.stop() == 0


@pytest.mark.parametrize("after", [0.0, 0.05, 0.3, 0.6, 1.2])
def test_sigterm_ends_it_cleanly_in_the_middle_of_anything(
    tmp_path: Path, started: list[Watcher], after: float
) -> None:
    """A sync under way may end; nothing is left running and nothing complains."""
    (tmp_path / "source").mkdir()
    stub = script(tmp_path, f"echo x >> {tmp_path}/began; sleep 1; echo x >> {tmp_path}/ended")
    watcher = Watcher(tmp_path, stub, quiet=0.2)
    started.append(watcher)
    ends = time.monotonic() + 10
    while not watcher.said:
        assert time.monotonic() < ends
        time.sleep(0.01)
    time.sleep(after)
    (tmp_path / "source" / "a.md").write_text("a")
    began = time.monotonic()
    assert watcher.stop() == 0
    assert time.monotonic() - began < 4
    assert watcher.errors == ""
    assert watcher.said[-1][1] == "end"
    counts = [len(p.read_text()) if p.exists() else 0 for p in (tmp_path / "began", tmp_path / "ended")]
    assert counts[0] == counts[1]


def test_a_watch_limit_names_the_sysctl(tmp_path: Path) -> None:
    """In a user namespace of its own, whose limit of watches the test sets to 5."""
    tried = subprocess.run(["unshare", "-Ur", "true"], capture_output=True, check=False)
    if tried.returncode:
        pytest.skip("no user namespaces here: a limit of its own cannot be set")
    Tree(tmp_path / "source", 1, folders=20, files=20)
    words = f"{sys.executable} -m tests.watch_driver {tmp_path}/source {tmp_path} 1 true"
    for limit, name in (("watches", "max_user_watches"), ("instances", "max_user_instances")):
        number = 5 if limit == "watches" else 0
        ended = subprocess.run(
            ["unshare", "-Ur", "sh", "-c", f"echo {number} > /proc/sys/user/max_inotify_{limit}; exec {words}"],
            cwd=Path(__file__).parents[1],
            capture_output=True,
            text=True,
            timeout=30,
            check=False,
        )
        assert ended.returncode == 1
        assert f"fs.inotify.{name}" in ended.stderr, ended.stderr
