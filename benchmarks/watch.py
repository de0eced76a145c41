"""The watcher over a large tree: from an event to the commit, start-up, memory. Run by hand.

    .venv/bin/python benchmarks/watch.py --rounds 11

The real program watches a tree of 10,000 files in 1,000 folders, with the real sync. In each round one file is
saved as editors do it; the times are those of the last event, of the child process (as the kernel keeps it), of the
branch's ref and of the watcher's own line. What counts is what comes on top of the quiet period.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path

QUIET = 2.0
BURST = 10_000
PATIENCE = 600.0


@dataclass(frozen=True)
class Round:
    """Seconds after the last event: when the sync's process began, the ref moved, the watcher told.

    work: seconds of processor time of the sync, its loading and all it started, which other programs hardly change.
    """

    began: float
    committed: float
    told: float
    work: float


class Watcher:
    """`autosync watch` as a process; what it said, with the time."""

    def __init__(self, folder: Path, source: Path, program: str) -> None:
        self.source, self.backup = source, folder / "backup"
        self.environ = {
            "HOME": str(folder),
            "PATH": os.environ["PATH"],
            "OPENCODE_SOURCE": str(source),
            "OPENCODE_BACKUP": str(self.backup),
            "MAX_SYNC_FREQUENCY": "0",
            "WATCH_QUIET": f"{QUIET:g}",
        }
        self.said: list[tuple[float, dict[str, str]]] = []
        self.began = time.time()
        self.process = subprocess.Popen(
            [program, "watch", "--json"], env=self.environ, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE
        )
        threading.Thread(target=self._read, daemon=True).start()

    def __enter__(self) -> Watcher:
        return self

    def __exit__(self, *_: object) -> None:
        self.process.terminate()
        self.process.wait(60)

    def _read(self) -> None:
        assert self.process.stdout
        with self.process.stdout as lines:
            for line in lines:
                self.said.append((time.time(), json.loads(line)))

    def wait_for(self, lines: int) -> float:
        """Until it has said so many lines; the time of the last of them."""
        ends = time.monotonic() + PATIENCE
        while len(self.said) < lines:
            if time.monotonic() > ends or self.process.poll() is not None:
                raise SystemExit(f"the watcher did not say {lines} lines: {self.said[-3:]}")
            time.sleep(0.005)
        return self.said[lines - 1][0]

    def wait_for_child(self, *, waits: bool) -> None:
        """Until the sync's process, which was started ahead, waits for the word, or has begun."""
        tasks = Path(f"/proc/{self.process.pid}/task")
        ends = time.monotonic() + PATIENCE
        while waits != any(map(_reads_its_input, _numbers(tasks))):
            if time.monotonic() > ends:
                raise SystemExit("no sync began")
            time.sleep(0.001)

    def status(self, name: str) -> int:
        """A number of /proc/PID/status, such as VmRSS in kB."""
        lines = Path(f"/proc/{self.process.pid}/status").read_text().splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith(name + ":"))

    def processor(self, *, children: bool = False) -> float:
        """Seconds of processor time so far: its own, or that of its children that have ended (proc(5))."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        user, system = fields[13:15] if children else fields[11:13]
        return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


def _numbers(tasks: Path) -> list[str]:
    """The children of all threads of a process."""
    with contextlib.suppress(OSError):
        return " ".join(path.read_text() for path in tasks.glob("*/children")).split()
    return []


def _reads_its_input(number: str) -> bool:
    """Whether a process reads from its standard input (system call 0 of descriptor 0)."""
    with contextlib.suppress(OSError):
        return Path(f"/proc/{number}/syscall").read_text().split()[:2] == ["0", "0x0"]
    return False


def tree(root: Path, files: int, folders: int) -> list[Path]:
    """So many Markdown files of about 4,800 bytes."""
    made = []
    for number in range(files):
        path = root / f"context/t{number % folders // 25}/s{number % folders}/note{number}.md"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"# Note {number}\n" + f"What is known of {number}, and why it matters here.\n" * 90)
        made.append(path)
    return made


def save(path: Path, text: str) -> float:
    """Saves as editors do: a neighbour, then a rename. The time right after it."""
    neighbour = path.with_name(f".{path.name}.new")
    neighbour.write_text(text)
    os.replace(neighbour, path)
    return time.time()


def moved(backup: Path) -> float:
    """When the branch last moved. (git's maintenance packs references now and then.)"""
    loose = backup / ".git/refs/heads/main"
    return (loose if loose.exists() else backup / ".git/packed-refs").stat().st_mtime


def one_round(watcher: Watcher, path: Path, number: int) -> Round:
    watcher.wait_for_child(waits=True)
    lines, before, work = len(watcher.said), moved(watcher.backup), watcher.processor(children=True)
    event = save(path, f"# Round {number}\n")
    time.sleep(max(event + QUIET - 0.05 - time.time(), 0))  # before, it is told to look at the tree
    watcher.wait_for_child(waits=True)
    watcher.wait_for_child(waits=False)
    began = time.time()
    told = watcher.wait_for(lines + 1)
    committed = moved(watcher.backup)
    if committed == before:
        raise SystemExit(f"no commit came: {watcher.said[-1]}")
    return Round(began - event, committed - event, told - event, watcher.processor(children=True) - work)


def row(name: str, values: list[float]) -> str:
    """A line of the table: median, smallest and largest."""
    return f"| {name} | {statistics.median(values):.2f} | {min(values):.2f} to {max(values):.2f} |"


def report(folder: Path, program: str, files: int, folders: int, rounds: int, bursts: int) -> None:
    source = folder / "source"
    paths = tree(source, files, folders)
    starts = []
    for _ in range(3):
        with Watcher(folder, source, program) as watcher:
            starts.append(watcher.wait_for(1) - watcher.began)
            watcher.wait_for(2)
    with Watcher(folder, source, program) as watcher:
        watcher.wait_for(2)
        one_round(watcher, paths[0], -1)
        found = [one_round(watcher, paths[number * 97 % files], number) for number in range(rounds)]
        memory, used = [watcher.status("VmRSS")], watcher.processor()
        for burst in range(bursts):
            lines = len(watcher.said)
            for number in range(BURST):
                paths[number % files].write_text(f"burst {burst} {number}\n")
            watcher.wait_for(lines + 1)
            memory.append(watcher.status("VmRSS"))
        used = watcher.processor() - used
    print(f"| {files:,} files, {folders:,} folders, {rounds} rounds | median, s | from … to |")
    print("|---|--:|--:|")
    print(row("start-up, until it watches", starts))
    print(row("quiet period over → the sync's process begins", [each.began - QUIET for each in found]))
    print(row("its process begins → the commit is visible", [each.committed - each.began for each in found]))
    print(row("**event → commit, on top of the quiet period**", [each.committed - QUIET for each in found]))
    print(row("commit → proven, written to disk, told", [each.told - each.committed for each in found]))
    print(row("processor time of the sync, loading ahead included", [each.work for each in found]))
    print()
    if not bursts:
        return
    sizes = ", ".join(f"{size / 1000:.1f}" for size in memory)
    print(f"Memory in MB, before and after each of {bursts} bursts of {BURST:,} saves: {sizes}.")
    print(f"Processor time of the watcher itself: {used / bursts:.1f} s a burst.")


def main() -> None:
    parser = argparse.ArgumentParser(description="the watcher over a large tree, as a Markdown table")
    parser.add_argument("--files", type=int, default=10_000)
    parser.add_argument("--folders", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=11)
    parser.add_argument("--bursts", type=int, default=3)
    parser.add_argument("--folder", help="where to work (a disk, not memory); default: the temporary folder")
    beside = os.path.join(os.path.dirname(sys.executable), "autosync")
    parser.add_argument("--program", default=beside, help="the console program, without a version manager's shim")
    asked = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="autosync-bench-", dir=asked.folder))
    try:
        print(f"Load average when it began: {os.getloadavg()[0]:.1f}\n")
        report(folder, asked.program, asked.files, asked.folders, asked.rounds, asked.bursts)
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
