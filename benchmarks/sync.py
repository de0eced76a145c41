"""Side by side: `autosync sync` and its peers, each the whole command from start to end. Run by hand.

    .venv/bin/python benchmarks/sync.py --rounds 7 > table.md

All read the same config tree in the same run, in turns; who goes first alternates. For autosync that is Python's start,
the secret rules over every changed file, fsync and syncfs, and the proof that the commit holds what was planned; the
others with their defaults. Peers that are not installed are named and left out; `--beside PROGRAM` takes another
version of this program along. The scanner's rules are compiled already (the report says what that takes). Old trees
are moved aside and deleted at the very end, or kept with `--keep`: on ext4, making files is up to ten times as slow for
five minutes after a mass deletion. What 1,000 empty files cost, before and after the rounds, shows whether anybody
deleted many. The floors are what no program can be below.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import platform
import random
import shlex
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

CASES = ("first sync", "nothing to do", "one file", "1 % of the files")
OURS, BESIDE, RIVAL = "autosync", "autosync, the other version", "rsync + git"
AIMS = {
    10_000: {"first sync": 1.0, "nothing to do": 0.5, "one file": 1.5, "1 % of the files": 1.2},
    1_000: {"nothing to do": 1.6, "one file": 3.0},
}
"""Wall time as a share of rsync and git's, at most (the project's aims)."""

BYTES = 4800
"""Of a file on average: 48 MB at 10,000 files."""

SETTLE = 0.2
"""Seconds between an edit and the command: nobody syncs within the file system's clock tick."""

_COMMIT = "git add -A && { git commit -qm sync || true; }"
_BESIDE = 'export GIT_DIR="$2/.git" GIT_WORK_TREE="$1"; cd "$1"'
PEERS: dict[str, tuple[str, str, str]] = {
    RIVAL: (
        "rsync",
        'git init -q "$2"',
        f'rsync -a --delete --exclude=/.git "$1"/ "$2"/ && cd "$2" && {_COMMIT}',
    ),
    "git alone, on the tree itself": ("git", 'git init -q "$2"', f"{_BESIDE} && {_COMMIT}"),
    "git and a list of modes, as etckeeper keeps it": (
        "git",
        'git init -q "$2"',
        f'{_BESIDE} && find . -path ./.git -prune -o -printf "%m %u %g %p\\n" | sort > "$2/modes" && {_COMMIT}',
    ),
    "chezmoi re-add": (
        "chezmoi",
        'mkdir "$2"; chezmoi -S "$2" -D "$1" init -q',
        'chezmoi -S "$2" -D "$1" add --force "$1/context"',
    ),
    "borg create": (
        "borg",
        'borg init -e none "$2"',
        'borg create "$2::$(date +%s%N)" "$1"',
    ),
    "restic backup": ("restic", 'restic init -q -r "$2"', 'restic backup -q -r "$2" "$1"'),
}
"""Name: the program it needs, how its backup is made ready, how it backs up ($1: the tree, $2: the backup)."""


@dataclass(frozen=True)
class Cost:
    """One command: seconds on the clock, seconds of processor time in it and all it started, the largest one's MB."""

    wall: float
    processor: float
    memory: float


class Bench:
    """One folder for everything, and the contenders."""

    def __init__(self, folder: Path, program: str, beside: str, peers: Sequence[str]) -> None:
        self.folder, self.peers, self.number = folder, peers, 0
        self.programs = {OURS: program} | ({BESIDE: beside} if beside else {})
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

    def fresh(self, source: Path) -> Path:
        """A home for autosync (its scanner's rules compiled), and an empty backup for each of the others."""
        self.number += 1
        home = self.folder / f"home{self.number}"
        for name in self.programs:
            state = _place(home, name) / ".local/state/autosync-tasks"
            state.mkdir(mode=0o700, parents=True)
            if self.engine.exists():
                shutil.copytree(self.engine, state / "engine")
        for name in self.peers:
            _timed(_shell(PEERS[name][1], source, _place(home, name)), _environment(home))
        return home

    def run(self, name: str, source: Path, home: Path) -> Cost:
        """One contender's command."""
        if name in self.programs:
            return _timed([self.programs[name], "sync"], self.environment(name, source, home))
        return _timed(_shell(PEERS[name][2], source, _place(home, name)), _environment(home))

    def environment(self, name: str, source: Path, home: Path) -> dict[str, str]:
        """The environment of autosync, or of its other version."""
        own = _place(home, name)
        where = {"HOME": str(own), "OPENCODE_SOURCE": str(source), "OPENCODE_BACKUP": str(own / "backup")}
        return {**_environment(home), **where}

    def aside(self, home: Path) -> None:
        """Moves what has been used out of the way, to be deleted when everything has been measured."""
        (self.folder / "used").mkdir(exist_ok=True)
        home.rename(self.folder / "used" / home.name)

    def compile(self, source: Path, home: Path) -> Cost:
        """Compiles all rules of the secret scanner after a sync, as to install a trigger does."""
        return _timed([self.programs[OURS], "verify", "--deep"], self.environment(OURS, source, home))

    def making(self) -> Cost:
        """What it costs to make 1,000 empty files, twenty to a folder, where that is slowest of five places."""
        return max((self._made() for _ in range(5)), key=lambda cost: cost.processor)

    def _made(self) -> Cost:
        self.number += 1
        before, began = time.process_time(), time.perf_counter()
        for number in range(50):
            (folder := self.folder / f"made{self.number}/{number}").mkdir(parents=True)
            for name in range(20):
                (folder / str(name)).touch()
        return Cost(time.perf_counter() - began, time.process_time() - before, 0)


def _place(home: Path, name: str) -> Path:
    return home / name.replace(" ", "-")


def _shell(words: str, source: Path, backup: Path) -> list[str]:
    return ["sh", "-c", words, "sh", str(source), str(backup)]


def _environment(home: Path) -> dict[str, str]:
    who = {f"GIT_{role}_{what}": "bench" for role in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    quiet = {"RESTIC_PASSWORD": "bench", "BORG_UNKNOWN_UNENCRYPTED_REPO_ACCESS_IS_OK": "yes"}
    return {"HOME": str(home), "PATH": os.environ["PATH"], **who, **quiet}


def _timed(command: list[str], env: dict[str, str], good: Sequence[int] = (0,)) -> Cost:
    with open(os.memfd_create("said"), "w+b") as said:  # nothing is made or deleted on the disk
        began = time.perf_counter()
        process = subprocess.Popen(command, env=env, stdin=subprocess.DEVNULL, stdout=said, stderr=said)
        _, status, used = os.wait4(process.pid, 0)
        wall = time.perf_counter() - began
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode not in good:
            said.seek(0)
            raise SystemExit(f"{' '.join(command)} failed:\n{said.read().decode(errors='replace')}")
    return Cost(wall, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)


def _edit(source: Path, share: float, number: int) -> None:
    """Appends a line to this share of the files (at least one)."""
    files = sorted(source.rglob("*.md"))
    for path in random.Random(number).sample(files, max(1, int(len(files) * share))):
        with path.open("a") as file:
            file.write(f"A line of round {number}.\n")


def _same(source: Path, home: Path) -> None:
    """Both must have stored the same tree, else their times say nothing."""
    listings = []
    for backup in (_place(home, OURS) / "backup", _place(home, RIVAL)):
        command = ["git", "-C", str(backup), "ls-tree", "-r", "HEAD", "--", "context"]
        listings.append(subprocess.run(command, env=_environment(home), capture_output=True, check=True).stdout)
    if listings[0] != listings[1] or listings[0].count(b"\n") != sum(1 for _ in source.rglob("*.md")):
        raise SystemExit("the two backups do not hold the same files")


Costs = dict[tuple[str, str], list[Cost]]
"""(case, contender): the rounds."""


def measure(bench: Bench, files: int, rounds: int) -> Costs:
    """All cases at one size; each round begins with empty backups."""
    source, costs = bench.tree(files), Costs()
    for number in range(rounds):
        home = bench.fresh(source)
        for place, case in enumerate(CASES):
            if case == "one file":
                _edit(source, 0, number * 10 + place)
            elif case.startswith("1 %"):
                _edit(source, 0.01, number * 10 + place)
            time.sleep(SETTLE)
            turns = [*bench.programs, *bench.peers]
            for name in turns if (number + place) % 2 == 0 else turns[::-1]:
                os.sync()  # nobody waits for what another left unwritten
                costs.setdefault((case, name), []).append(bench.run(name, source, home))
        _same(source, home)
        bench.aside(home)
        sys.stderr.write(f"{files:,} files: round {number + 1} of {rounds}\n")
    return costs


def rows(costs: Costs, files: int, contenders: Sequence[str]) -> Iterator[str]:
    """The table's rows: medians, and the median of the ratios to rsync and git in the same round."""
    for case in CASES:
        theirs = costs[case, RIVAL]
        for name in contenders:
            pairs = list(zip(costs[case, name], theirs, strict=True))
            ratios = sorted(one.wall / other.wall for one, other in pairs)
            work = statistics.median(one.processor / (other.processor or 0.01) for one, other in pairs)
            wall, processor, memory = (
                statistics.median(getattr(one, what) for one, _ in pairs) for what in ("wall", "processor", "memory")
            )
            aim = AIMS.get(files, {}).get(case) if name == OURS else None
            yield (
                f"| {case} | {files:,} | {name} | {wall * 1000:,.0f} | {processor * 1000:,.0f} | {memory:,.0f} | "
                f"**{statistics.median(ratios):.2f}** | {ratios[0]:.2f} to {ratios[-1]:.2f} | {work:.2f} "
                f"| {f'{aim:.1f}' if aim else ''} |"
            )


def floors(bench: Bench, source: Path, home: Path, rounds: int, making: dict[str, Cost]) -> Iterator[str]:
    """What no program can be below on this machine.

    making: what making files cost, at which times.
    """
    empty = bench.folder / "empty"
    empty.mkdir()
    (empty / "tasks.py").write_text("from invoke import task\n\n\n@task\ndef nothing(c):\n    pass\n")
    beside, theirs = os.path.dirname(bench.programs[OURS]), _place(home, RIVAL)
    several = {
        "`python -c pass`": [sys.executable, "-c", "pass"],
        "`inv` with an empty task": [os.path.join(beside, "inv"), "-r", str(empty), "nothing"],
        "Python, and loading what a sync of changes needs": [sys.executable, "-c", _loading(bench, source, home)],
        "Python, and a lstat of each path": [sys.executable, "-c", _WALK, str(source)],
        f"`find -printf` over {source.name[6:]} files": ["find", str(source), "-printf", "%s %T@ %p\n"],
        "`git fast-import` of 1 % of the files, as one commit": _shell(_import(bench, source), source, theirs),
        "`git status` of rsync's and git's repository": ["git", "-C", str(theirs), "status", "--short"],
    }
    for name, command in several.items():
        costs = [_timed(command, _environment(home)) for _ in range(rounds)]
        wall, processor = (statistics.median(getattr(one, what) for one in costs) for what in ("wall", "processor"))
        yield f"| {name} | {wall * 1000:,.0f} | {processor * 1000:,.0f} |"
    for when, cost in making.items():
        times = f"{cost.wall * 1000:,.0f} | {cost.processor * 1000:,.0f}"
        yield f"| making 1,000 empty files, the slowest of five, {when} the rounds | {times} |"


_WALK = """
import os, sys
todo = [os.fsencode(sys.argv[1])]
while todo:
    with os.scandir(todo.pop()) as entries:
        for entry in entries:
            os.lstat(entry.path)
            if entry.is_dir(follow_symlinks=False):
                todo.append(entry.path)
"""


def _loading(bench: Bench, source: Path, home: Path) -> str:
    """Imports in the order in which a sync of one changed file does them."""
    env = {**bench.environment(OURS, source, home), "PYTHONPROFILEIMPORTTIME": "1"}
    told = ""
    for number in range(2):  # the first looks into what its folder's move might have changed
        _edit(source, 0, number)
        time.sleep(SETTLE)
        told = subprocess.run(
            [bench.programs[OURS], "sync"], env=env, capture_output=True, text=True, check=True
        ).stderr
    names = [line.rpartition("|")[2].strip() for line in told.splitlines() if line.startswith("import time:")]
    each = "for name in names:\n    with contextlib.suppress(ImportError):\n        __import__(name)"
    return f"import contextlib\nnames = {names[1:]}\n{each}"


def _import(bench: Bench, source: Path) -> str:
    """A shell's words that give git a stream with one commit of so many files."""
    files = sorted(source.rglob("*.md"))[::100]
    stream = b"commit refs/heads/floor\ncommitter bench <bench> 1 +0000\ndata 0\nfrom HEAD^0\n"
    for path in files:
        data = path.read_bytes() + b"and one line more\n"
        stream += b"M 644 inline %s\ndata %d\n%s\n" % (os.fsencode(path.relative_to(source)), len(data), data)
    (kept := bench.folder / "stream").write_bytes(stream)
    return f'cd "$2" && git fast-import --quiet --force < {shlex.quote(str(kept))}'


def machine(folder: Path) -> Iterator[str]:
    """What the numbers depend on."""
    model = platform.processor() or platform.machine()
    with contextlib.suppress(OSError, StopIteration):
        lines = Path("/proc/cpuinfo").read_text().splitlines()
        model = next(line.partition(": ")[2] for line in lines if line.startswith("model name"))
    kind = subprocess.run(["stat", "-f", "-c", "%T", str(folder)], capture_output=True, text=True, check=False).stdout
    yield f"- {model}, {os.cpu_count()} cores, Linux {platform.release()}, {kind.strip() or 'unknown'} file system"
    yield f"- Python {platform.python_version()}, {_version('git')}, {_version('rsync')}"


def _version(program: str) -> str:
    if shutil.which(program) is None:
        return f"no {program}"
    said = subprocess.run([program, "--version"], capture_output=True, text=True, check=True).stdout
    return " ".join(said.split("\n")[0].split()[:3])


def main() -> None:
    parser = argparse.ArgumentParser(description="autosync sync beside its peers, as Markdown tables")
    parser.add_argument("--files", type=int, nargs="+", default=[1000, 10_000])
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--folder", help="where to work (a disk, not memory); default: the temporary folder")
    parser.add_argument("--only", action="append", choices=list(PEERS), help=f"peers beside {RIVAL} (default: all)")
    parser.add_argument("--beside", default="", help="another version of this program, to be measured too")
    beside = os.path.join(os.path.dirname(sys.executable), "autosync")
    parser.add_argument("--program", default=beside, help="the console program, without a version manager's shim")
    parser.add_argument("--keep", action="store_true", help="delete nothing, so that the next run meets a quiet disk")
    asked = parser.parse_args()
    for needed in ("rsync", "git", asked.program):
        if shutil.which(needed) is None:
            raise SystemExit(f"{needed} is not here, and this needs it")
    wanted = [name for name in PEERS if name == RIVAL or asked.only is None or name in asked.only]
    peers = [name for name in wanted if shutil.which(PEERS[name][0])]
    folder = Path(
        tempfile.mkdtemp(prefix="autosync-bench-", dir=os.path.abspath(asked.folder) if asked.folder else None)
    )
    try:
        _report(Bench(folder, asked.program, asked.beside, peers), asked.files, asked.rounds, set(wanted) - set(peers))
    finally:
        if not asked.keep:
            shutil.rmtree(folder)


def _report(bench: Bench, sizes: list[int], rounds: int, absent: set[str]) -> None:
    about, before, making = list(machine(bench.folder)), os.getloadavg()[0], {"before": bench.making()}
    source = bench.tree(20)
    home = bench.fresh(source)
    cold = bench.run(OURS, source, home)
    compiled = bench.compile(source, home)
    shutil.copytree(_place(home, OURS) / ".local/state/autosync-tasks/engine", bench.engine)
    who = [*bench.programs, *bench.peers]
    table = [row for files in sizes for row in rows(measure(bench, files, rounds), files, who)]
    last = bench.folder / "used" / f"home{bench.number}"
    making["after"] = bench.making()
    lowest = list(floors(bench, bench.folder / f"source{sizes[-1]}", last, rounds, making))
    after = os.getloadavg()[0]
    print("# A sync beside its peers\n")
    print(
        f"By `benchmarks/sync.py`: medians of {rounds} rounds, in turns, whole commands. Ratios are to {RIVAL} in the"
    )
    print("same round: median, from … to, and of processor time.\n")
    print(*about, sep="\n")
    print(f"- load average before and after: {before:.1f}, {after:.1f}")
    print(f"- the very first sync of a machine, of 20 files, takes {cold.wall:.1f} s; the secret scanner's rules were")
    print(f"  compiled after it, as to install a trigger does, or a sync of more than 8 MB: {compiled.wall:.1f} s")
    if absent:
        print(f"- not installed here: {', '.join(sorted(absent))}")
    print("\n| case | files | who | ms | processor, ms | MB | ratio | from … to | processor, ratio | aim |")
    print("|---|--:|---|--:|--:|--:|--:|--:|--:|--:|")
    print(*table, sep="\n")
    print("\n| floor | ms | processor, ms |\n|---|--:|--:|")
    print(*lowest, sep="\n")


if __name__ == "__main__":
    main()
