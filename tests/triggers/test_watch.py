"""The watcher as a program, with the real sync: after each burst the backup equals the tree."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from autosync_tasks.triggers.notifier import Notifier
from tests.sync.bursts import Tree, content_in, content_of

pytestmark = pytest.mark.sample(5, of_file=True)

QUIET = 2.0
AUTOSYNC = Path(sys.executable).with_name("autosync")


class Watcher:
    """One watcher under test; its lines with the time they were said."""

    def __init__(
        self, root: Path, command: list[str], *, quiet: float = QUIET, env: dict[str, str] | None = None
    ) -> None:
        self.source, self.backup = root / "source", root / "backup"
        self.environ = {
            "HOME": str(root),
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(Path(__file__).parents[2]),
            "OPENCODE_SOURCE": str(self.source),
            "OPENCODE_BACKUP": str(self.backup),
            "MAX_SYNC_FREQUENCY": "0",
            "GIT_CONFIG_GLOBAL": "/dev/null",
            **(env or {}),
        }
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.triggers.watch_driver", str(self.source), str(quiet), *command],
            env=self.environ,
            cwd=Path(__file__).parents[2],
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

    def settled(self, folders: int = 0) -> int:
        """How many syncs there were once none has come for a while; waits first until so many folders are watched."""
        ends = time.monotonic() + 20
        while folders and watched(self) != folders:
            assert time.monotonic() < ends, (watched(self), self.said)
            time.sleep(0.02)
        count, since = -1, 0.0
        while count != len(self.outcomes()) or time.monotonic() - since < 0.8:
            if count != len(self.outcomes()):
                count, since = len(self.outcomes()), time.monotonic()
            time.sleep(0.02)
        return count

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
def started(workshop: Path) -> Iterator[list[Watcher]]:
    made: list[Watcher] = []
    yield made
    for watcher in made:
        if watcher.process.poll() is None:
            watcher.stop(signal.SIGKILL)


@pytest.fixture
def compiled(workshop: Path, scanner_cache: Path) -> None:
    """The secret scanner's rules, compiled already (they take seconds) in the state folder of the watchers' home."""
    state = workshop / ".local" / "state" / "autosync-tasks"
    state.mkdir(mode=0o700, parents=True)
    shutil.copytree(scanner_cache, state / "engine")
    (state / "engine").chmod(0o700)


def watched(watcher: Watcher) -> int:
    """How many folders the kernel watches for it."""
    folder = Path(f"/proc/{watcher.process.pid}")
    for link in (folder / "fd").iterdir():
        if "inotify" in os.readlink(link):
            return (folder / "fdinfo" / link.name).read_text().count("inotify wd:")
    return 0


def script(root: Path, body: str) -> list[str]:
    """A stand-in for the sync, where the test is about the watcher alone."""
    path = root / "stub"
    path.write_text("#!/bin/sh\n" + body)
    path.chmod(0o755)
    return [str(path)]


def sync(*more: str) -> list[str]:
    return [str(AUTOSYNC), "sync", "--trigger=watch", "--json", *more]


def moved(backup: Path) -> float:
    """When the branch last moved. (git's maintenance packs references now and then.)"""
    try:
        return (backup / ".git" / "refs" / "heads" / "main").stat().st_mtime
    except FileNotFoundError:
        return (backup / ".git" / "packed-refs").stat().st_mtime


def equal_within(watcher: Watcher, since: float, seconds: float) -> float:
    """Waits until the backup equals the tree; gives the time from the last event to the commit."""
    want = content_of(watcher.source)
    ends = time.monotonic() + seconds
    seen = -1.0
    while True:  # looks at the ref alone: reading everything all the time would slow down the sync
        now = moved(watcher.backup)
        if now != seen:
            held = content_in(watcher.backup)
            if held == want:
                return now - since
            seen = now
        differ = {p: (want.get(p), held.get(p)) for p in {*want, *held} if want.get(p) != held.get(p)}
        assert time.monotonic() < ends, (list(differ.items())[:5], watcher.said[-3:])
        time.sleep(0.05)


def bursts(watcher: Watcher, tree: Tree, count: int, patience: float) -> list[float]:
    """Makes bursts; after each the backup must equal the tree. Gives the seconds from the last event to the commit."""
    watcher.wait_for(1, 90)
    assert content_in(watcher.backup) == content_of(watcher.source)
    waits = []
    for _ in range(count):
        before = content_of(watcher.source)
        tree.burst()
        last = time.time()
        if content_of(watcher.source) != before:
            waits.append(equal_within(watcher, last, patience))
        time.sleep(tree.random.uniform(0, 0.5))
    assert watcher.stop() == 0, watcher.errors
    return waits


@pytest.mark.sweep
@pytest.mark.usefixtures("compiled")
def test_after_each_burst_the_backup_equals_the_tree(workshop: Path, started: list[Watcher]) -> None:
    tree = Tree(workshop / "source", 6, folders=100, files=600)
    started.append(Watcher(workshop, sync(), quiet=1))
    assert len(bursts(started[0], tree, 6, patience=45)) > 3


@pytest.mark.full
@pytest.mark.usefixtures("compiled")
def test_200_bursts_in_10000_files(workshop: Path, started: list[Watcher]) -> None:
    """How long it takes is measured by benchmarks/watch.py; here only that it comes, and what it did take."""
    tree = Tree(workshop / "source", 66, folders=1000, files=10_000)
    started.append(Watcher(workshop, sync(), quiet=QUIET))
    waits = sorted(bursts(started[0], tree, 200, patience=60))
    sys.stdout.write(f"{len(waits)} bursts; median {waits[len(waits) // 2]:.2f} s, longest {waits[-1]:.2f} s\n")
    assert len(waits) > 150


def test_start_up_takes_less_than_two_seconds_of_processor_time(workshop: Path, started: list[Watcher]) -> None:
    Tree(workshop / "source", 1, folders=1000, files=10_000)
    watcher = Watcher(workshop, script(workshop, "exit 0"))
    started.append(watcher)
    ends = time.monotonic() + 30
    while not watcher.said:
        assert time.monotonic() < ends
        time.sleep(0.01)
    assert watcher.said[0][1] == "watching"
    fields = Path(f"/proc/{watcher.process.pid}/stat").read_text().rpartition(")")[2].split()
    assert (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK") < 2
    assert watched(watcher) > 1000
    assert watcher.stop() == 0


@pytest.mark.sweep  # that they do not wake it is a scenario of the feature
def test_protected_folders_do_not_wake_it_and_memory_stays_flat(workshop: Path, started: list[Watcher]) -> None:
    """10,000 events in node_modules and 10,000 in a file of the tree."""
    modules = workshop / "source" / "node_modules" / "x"
    modules.mkdir(parents=True)
    (workshop / "source" / "a.md").write_text("a")
    watcher = Watcher(workshop, script(workshop, "exit 0"), quiet=1)
    started.append(watcher)
    watcher.wait_for(1)
    time.sleep(0.5)
    before = watcher.rss()
    for i in range(10_000):
        (modules / f"f{i % 100}").write_text(str(i))
    time.sleep(2.5)
    assert len(watcher.outcomes()) == 1
    for i in range(10_000):
        (workshop / "source" / "a.md").write_text(str(i))
    watcher.wait_for(2)
    assert watcher.rss() - before < 4000
    assert watcher.stop() == 0


def test_only_folders_that_count_are_watched(workshop: Path, started: list[Watcher]) -> None:
    """Not what links lead to, nor what is never in the backup; but folders with odd names, and new ones."""
    source = workshop / "source"
    (source / "node_modules" / "x" / "y").mkdir(parents=True)
    (source / "context").mkdir()
    (source / "context" / "docs").symlink_to("/usr")
    odd = Path(os.fsdecode(os.fsencode(source) + b"/\xff"))
    odd.mkdir()
    watcher = Watcher(workshop, script(workshop, "exit 0"), quiet=0.3)
    started.append(watcher)
    watcher.wait_for(1)
    assert watched(watcher) == 3
    for place, folders in ((odd, 3), (source / "new" / "er", 5)):
        place.mkdir(parents=True, exist_ok=True)
        count = watcher.settled(folders)
        (place / "a.md").write_text("a")
        watcher.wait_for(count + 1)
    assert watched(watcher) == 5
    assert watcher.stop() == 0


@pytest.mark.usefixtures("compiled")
def test_its_own_writes_never_wake_it(workshop: Path, started: list[Watcher]) -> None:
    """Even where a link in the tree leads to the home folder, in which backup and state lie."""
    source = workshop / "source"
    source.mkdir()
    (source / "home").symlink_to(workshop)
    (source / "AGENTS.md").write_text("a")
    watcher = Watcher(workshop, sync(), quiet=0.3)
    started.append(watcher)
    watcher.wait_for(1, 60)
    time.sleep(1.2)
    assert watcher.outcomes() == ["changed"]
    assert watcher.stop() == 0


def test_folders_whose_events_were_lost_are_watched_all_the_same(workshop: Path, started: list[Watcher]) -> None:
    """More events than the kernel keeps, while the watcher cannot run; the last of them makes a folder."""
    limit = int(Path("/proc/sys/fs/inotify/max_queued_events").read_text())
    if limit > 100_000:
        pytest.skip(f"the kernel keeps {limit} events here, too many to lose some")
    source = workshop / "source"
    source.mkdir()
    (source / "a.md").write_text("a")
    (source / "b.md").write_text("b")
    watcher = Watcher(workshop, script(workshop, "exit 0"), quiet=0.3)
    started.append(watcher)
    watcher.wait_for(1)
    watcher.process.send_signal(signal.SIGSTOP)
    for _ in range(limit // 2 + 100):
        (source / "a.md").chmod(0o600)
        (source / "b.md").chmod(0o600)
    (source / "late").mkdir()
    watcher.process.send_signal(signal.SIGCONT)
    watcher.wait_for(2)
    count = watcher.settled(2)
    (source / "late" / "c.md").write_text("c")
    watcher.wait_for(count + 1)
    assert watcher.stop() == 0


class OneNumber(Notifier):
    """On a file system that gives an inode's number to the next folder at once, as many do and this one may not."""

    def _folders(self) -> dict[bytes, int]:
        return dict.fromkeys(super()._folders(), 7)


def test_a_folder_that_was_removed_and_made_again_is_watched_again(
    tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    """Even with the same inode number."""
    source, stop = tmp_path / "source", threading.Event()
    (source / "context").mkdir(parents=True)
    notifier = OneNumber(str(source), lambda name, is_folder: False, stop)
    request.addfinalizer(notifier.close)
    (source / "context").rmdir()
    (source / "context").mkdir()
    notifier.refresh()  # beside a sync, before it has heard of it
    while (heard := notifier.wait(0.3)).something:
        if heard.folders:
            notifier.refresh()
    (source / "context" / "a.md").write_text("a")
    assert notifier.wait(2).something


def test_a_link_that_leads_to_another_tree_now_is_noticed(workshop: Path, started: list[Watcher]) -> None:
    for name in ("one", "two"):
        (workshop / name).mkdir()
    (workshop / "source").symlink_to("one")
    watcher = Watcher(workshop, script(workshop, "exit 0"), quiet=0.3)
    started.append(watcher)
    watcher.wait_for(1)
    (workshop / "new").symlink_to("two")
    os.replace(workshop / "new", workshop / "source")
    watcher.wait_for(2)
    count = watcher.settled()
    (workshop / "two" / "a.md").write_text("a")
    watcher.wait_for(count + 1)
    assert watcher.stop() == 0


def test_a_name_that_is_not_utf8_does_not_end_it(workshop: Path, started: list[Watcher]) -> None:
    source = workshop / "source"
    source.mkdir()
    watcher = Watcher(workshop, script(workshop, "exit 0"), quiet=0.3)
    started.append(watcher)
    watcher.wait_for(1)
    Path(os.fsdecode(os.fsencode(source) + b"/\xff.md")).write_text("x")
    watcher.wait_for(2)
    count = watcher.settled()
    (source / "b.md").write_text("b")
    watcher.wait_for(count + 1)
    assert watcher.stop() == 0


def test_a_source_that_is_moved_away_and_comes_back_is_watched_again(workshop: Path, started: list[Watcher]) -> None:
    source = workshop / "source"
    source.mkdir()
    watcher = Watcher(workshop, script(workshop, "exit 0"), quiet=0.3)
    started.append(watcher)
    watcher.wait_for(1)
    os.replace(source, workshop / "away")
    watcher.wait_for(2)
    source.mkdir()
    watcher.wait_for(3)
    count = watcher.settled()
    (source / "b.md").write_text("b")
    watcher.wait_for(count + 1)
    assert watcher.stop() == 0


def test_a_deferred_sync_is_asked_again_and_the_last_change_is_not_lost(workshop: Path, started: list[Watcher]) -> None:
    (workshop / "source").mkdir()
    stub = script(
        workshop,
        f"""if [ -e {workshop}/open ]; then cp {workshop}/source/a.md {workshop}/copied; exit 0; fi
echo "{{\\"outcome\\": \\"deferred\\", \\"reason\\": \\"the limit\\", \\"retry_at\\": $(($(date +%s) + 1))}}"
""",
    )
    watcher = Watcher(workshop, stub, quiet=0.3)
    started.append(watcher)
    watcher.wait_for(1)
    (workshop / "source" / "a.md").write_text("the last change")
    watcher.wait_for(3)
    (workshop / "open").touch()
    ends = time.monotonic() + 10
    while not (workshop / "copied").exists():
        assert time.monotonic() < ends, watcher.said
        time.sleep(0.02)
    assert (workshop / "copied").read_text() == "the last change"
    assert watcher.stop() == 0


@pytest.mark.parametrize("after", [0.0, 0.05, 0.3, 0.6, 1.2])
def test_sigterm_ends_it_cleanly_in_the_middle_of_anything(
    workshop: Path, started: list[Watcher], after: float
) -> None:
    """A sync under way may end; nothing is left running and nothing complains."""
    (workshop / "source").mkdir()
    stub = script(workshop, f"echo x >> {workshop}/began; sleep 1; echo x >> {workshop}/ended")
    watcher = Watcher(workshop, stub, quiet=0.2)
    started.append(watcher)
    ends = time.monotonic() + 10
    while not watcher.said:
        assert time.monotonic() < ends
        time.sleep(0.01)
    time.sleep(after)
    (workshop / "source" / "a.md").write_text("a")
    began = time.monotonic()
    assert watcher.stop() == 0
    assert time.monotonic() - began < 15  # it waits for a sync under way, and for nothing else
    assert watcher.errors == ""
    assert watcher.said[-1][1] == "end"
    counts = [len(p.read_text()) if p.exists() else 0 for p in (workshop / "began", workshop / "ended")]
    assert counts[0] == counts[1]


def test_a_watch_limit_names_the_sysctl(workshop: Path) -> None:
    """In a user namespace of its own, whose limit of watches the test sets to 5."""
    tried = subprocess.run(["unshare", "-Ur", "true"], capture_output=True, check=False)
    if tried.returncode:
        pytest.skip("no user namespaces here: a limit of its own cannot be set")
    Tree(workshop / "source", 1, folders=20, files=20)
    words = f"{sys.executable} -m tests.triggers.watch_driver {workshop}/source 1 true"
    for limit, name in (("watches", "max_user_watches"), ("instances", "max_user_instances")):
        number = 5 if limit == "watches" else 0
        ended = subprocess.run(
            ["unshare", "-Ur", "sh", "-c", f"echo {number} > /proc/sys/user/max_inotify_{limit}; exec {words}"],
            cwd=Path(__file__).parents[2],
            capture_output=True,
            text=True,
            timeout=30,
            check=False,
        )
        assert ended.returncode == 1
        assert f"fs.inotify.{name}" in ended.stderr, ended.stderr
