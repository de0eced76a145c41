"""Side by side: `autosync sync` and `rsync -a --delete` + `git add -A` + `git commit`. Run by hand; needs rsync.

    .venv/bin/python benchmarks/sync.py --rounds 7 > benchmarks/sync.md

Both read the same config tree in the same run, in turns; who goes first alternates. What is timed is the whole
command from its start to its end: for autosync Python's and Invoke's start, the secret scanner over every changed
file, fsync and syncfs, and the proof that the commit holds what was planned; for the others a shell, rsync and git
with its defaults, which sync nothing to the disk. The scanner's compiled rules are there already (they are made
once a machine; a row of its own says what that takes). Old trees are moved aside and deleted at the very end: on
ext4, making files right after a mass deletion is slow.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import platform
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

CASES = ("first sync", "nothing to do", "one file", "1 % of the files")
AIMS = {"first sync": 0.6, "nothing to do": 0.7, "one file": 1.0, "1 % of the files": 0.7}
"""Wall time as a share of rsync and git's, at most (the project's aims)."""

BYTES = 4800
"""Of a file on average: 48 MB at 10,000 files."""

SETTLE = 0.2
"""Seconds between an edit and the command: nobody syncs within the file system's clock tick."""

RSYNC_AND_GIT = (
    'rsync -a --delete --exclude=/.git "$1"/ "$2"/ && cd "$2" && git add -A && { git commit -qm sync || true; }'
)


@dataclass(frozen=True)
class Cost:
    """One command: seconds on the clock, and seconds of processor time in it and all it started."""

    wall: float
    processor: float


@dataclass
class Case:
    """The rounds of one case at one size."""

    ours: list[Cost] = field(default_factory=list)
    theirs: list[Cost] = field(default_factory=list)

    def row(self, name: str, files: int) -> str:
        ours, theirs = (statistics.median(cost.wall for cost in side) for side in (self.ours, self.theirs))
        pairs = list(zip(self.ours, self.theirs, strict=True))
        ratio = statistics.median(one.wall / other.wall for one, other in pairs)
        work = statistics.median(one.processor / other.processor for one, other in pairs)
        spread = f"{min(o.wall / t.wall for o, t in pairs):.2f} to {max(o.wall / t.wall for o, t in pairs):.2f}"
        return (
            f"| {name} | {files:,} | {ours * 1000:,.0f} | {theirs * 1000:,.0f} | **{ratio:.2f}** | {spread} "
            f"| {work:.2f} | {AIMS[name]:.1f} |"
        )


class Bench:
    """One folder for everything, and the two contenders."""

    def __init__(self, folder: Path, program: str) -> None:
        self.folder, self.program, self.number = folder, program, 0
        self.engine = folder / "engine"

    def tree(self, files: int) -> Path:
        """A config tree of so many files, twenty to a folder, of words that differ."""
        dice = random.Random(files)
        words = [bytes(dice.choices(b"abcdefghijklmnopqrstuvwxyz", k=dice.randint(2, 9))) for _ in range(3000)]
        root = self.folder / f"source{files}"
        for number in range(files):
            path = root / f"context/topic{number // 20:04}/note{number:05}.md"
            path.parent.mkdir(parents=True, exist_ok=True)
            wanted = dice.randint(BYTES // 4, BYTES * 7 // 4)
            text = b" ".join(dice.choices(words, k=wanted // 6))
            path.write_bytes(b"\n".join(text[at : at + 90] for at in range(0, len(text), 90)) + b"\n")
        return root

    def fresh(self) -> tuple[Path, Path]:
        """A home for autosync (its scanner's rules compiled), and an empty repository for the others."""
        self.number += 1
        home, theirs = self.folder / f"home{self.number}", self.folder / f"theirs{self.number}"
        state = home / ".local/state/autosync-tasks"
        state.mkdir(mode=0o700, parents=True)
        if self.engine.exists():
            shutil.copytree(self.engine, state / "engine")
        subprocess.run(["git", "init", "-q", str(theirs)], check=True, env=_environment(home))
        return home, theirs

    def ours(self, source: Path, home: Path) -> Cost:
        env = {**_environment(home), "OPENCODE_SOURCE": str(source), "OPENCODE_BACKUP": str(home / "backup")}
        return _timed([self.program, "sync"], env)

    def theirs(self, source: Path, home: Path, backup: Path) -> Cost:
        return _timed(["sh", "-c", RSYNC_AND_GIT, "sh", str(source), str(backup)], _environment(home))

    def both(self, case: Case, source: Path, home: Path, backup: Path, *, ours_first: bool) -> None:
        """Runs the two, one after the other."""
        time.sleep(SETTLE)
        for ours in (ours_first, not ours_first):
            os.sync()  # neither waits for what the other left unwritten: only one of them flushes at all
            if ours:
                case.ours.append(self.ours(source, home))
            else:
                case.theirs.append(self.theirs(source, home, backup))

    def aside(self, *paths: Path) -> None:
        """Moves what has been used out of the way, to be deleted when everything has been measured."""
        (self.folder / "used").mkdir(exist_ok=True)
        for path in paths:
            path.rename(self.folder / "used" / path.name)


def _environment(home: Path) -> dict[str, str]:
    who = {f"GIT_{role}_{what}": "bench" for role in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    return {"HOME": str(home), "PATH": os.environ["PATH"], **who}


def _timed(command: list[str], env: dict[str, str]) -> Cost:
    before, began = os.times(), time.perf_counter()
    done = subprocess.run(command, env=env, stdin=subprocess.DEVNULL, capture_output=True, check=False)
    wall, after = time.perf_counter() - began, os.times()
    if done.returncode != 0:
        raise SystemExit(f"{command[0]} failed:\n{done.stdout.decode()}{done.stderr.decode()}")
    used = after.children_user + after.children_system - before.children_user - before.children_system
    return Cost(wall, used)


def _edit(source: Path, share: float, number: int) -> None:
    """Appends a line to this share of the files (at least one)."""
    files = sorted(source.rglob("*.md"))
    for path in random.Random(number).sample(files, max(1, int(len(files) * share))):
        with path.open("a") as file:
            file.write(f"A line of round {number}.\n")


def _same(source: Path, home: Path, theirs: Path) -> None:
    """Both must have stored the same tree, else their times say nothing."""
    listings = []
    for backup in (home / "backup", theirs):
        command = ["git", "-C", str(backup), "ls-tree", "-r", "HEAD", "--", "context"]
        listings.append(subprocess.run(command, env=_environment(home), capture_output=True, check=True).stdout)
    if listings[0] != listings[1] or listings[0].count(b"\n") != sum(1 for _ in source.rglob("*.md")):
        raise SystemExit("the two backups do not hold the same files")


def measure(bench: Bench, files: int, rounds: int) -> dict[str, Case]:
    """All cases at one size; each round begins with empty backups."""
    source, cases = bench.tree(files), {name: Case() for name in CASES}
    for number in range(rounds):
        home, backup = bench.fresh()
        for place, name in enumerate(CASES):
            if name == "one file":
                _edit(source, 0, number * 10 + place)
            elif name.startswith("1 %"):
                _edit(source, 0.01, number * 10 + place)
            bench.both(cases[name], source, home, backup, ours_first=(number + place) % 2 == 0)
        _same(source, home, backup)
        bench.aside(home, backup)
        sys.stderr.write(f"{files:,} files: round {number + 1} of {rounds}\n")
    return cases


def machine(folder: Path) -> Iterator[str]:
    """What the numbers depend on."""
    model = platform.processor() or platform.machine()
    with contextlib.suppress(OSError, StopIteration):
        lines = Path("/proc/cpuinfo").read_text().splitlines()
        model = next(line.partition(": ")[2] for line in lines if line.startswith("model name"))
    kind = subprocess.run(["stat", "-f", "-c", "%T", str(folder)], capture_output=True, text=True, check=False).stdout
    yield f"- {model}, {os.cpu_count()} cores, Linux {platform.release()}, {kind.strip() or 'unknown'} file system"
    yield f"- load average when it began: {os.getloadavg()[0]:.1f}"
    yield f"- Python {platform.python_version()}, {_version('git')}, {_version('rsync')}"


def _version(program: str) -> str:
    said = subprocess.run([program, "--version"], capture_output=True, text=True, check=True).stdout
    return " ".join(said.split("\n")[0].split()[:3])


def main() -> None:
    parser = argparse.ArgumentParser(description="autosync sync beside rsync + git, as a Markdown table")
    parser.add_argument("--files", type=int, nargs="+", default=[1000, 10_000])
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--folder", help="where to work (a disk, not memory); default: the temporary folder")
    beside = os.path.join(os.path.dirname(sys.executable), "autosync")
    parser.add_argument("--program", default=beside, help="the console program, without a version manager's shim")
    asked = parser.parse_args()
    for needed in ("rsync", "git", asked.program):
        if shutil.which(needed) is None:
            raise SystemExit(f"{needed} is not here, and this needs it")
    folder = Path(tempfile.mkdtemp(prefix="autosync-bench-", dir=asked.folder))
    try:
        _report(Bench(folder, asked.program), asked.files, asked.rounds)
    finally:
        shutil.rmtree(folder)


def _report(bench: Bench, sizes: list[int], rounds: int) -> None:
    about = list(machine(bench.folder))
    source = bench.tree(20)
    home, _ = bench.fresh()
    cold = bench.ours(source, home)
    shutil.copytree(home / ".local/state/autosync-tasks/engine", bench.engine)
    rows = [case.row(name, files) for files in sizes for name, case in measure(bench, files, rounds).items()]
    print("# A sync beside rsync and git\n")
    print("`autosync sync` beside `rsync -a --delete`, `git add -A` and `git commit`, by benchmarks/sync.py:")
    print(f"medians of {rounds} rounds, in turns. Whole commands, Python's and Invoke's start included.\n")
    print(*about, sep="\n")
    print(
        f"- the secret scanner's rules compiled beforehand; the very first sync of a machine takes {cold.wall:.1f} s\n"
    )
    print("| case | files | autosync, ms | rsync + git, ms | ratio | from … to | processor time, ratio | aim |")
    print("|---|--:|--:|--:|--:|--:|--:|--:|")
    print(*rows, sep="\n")


if __name__ == "__main__":
    main()
