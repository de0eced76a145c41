"""What many syncs of one file each leave behind: size of the store, packs, time, processes. Run by hand.

    .venv/bin/python benchmarks/growth.py --files 1000 --syncs 1 100 1000 5000

Most of the syncs are forks of a process that has loaded the program, each a whole run without Python's start; the last
of those before a line of the table are whole commands, and their median is what the line says.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from sync import Bench, Cost  # beside this file

from autosync_tasks.backup.runner import gitpython
from autosync_tasks.cli import ahead, program

WHOLE = 7
"""Whole commands before each line."""


def stored(backup: Path) -> tuple[float, int]:
    """MB of the repository's own folder, and how many packs it has."""
    sizes = [path.stat().st_size for path in (backup / ".git").rglob("*") if path.is_file()]
    return sum(sizes) / 1e6, len(list((backup / ".git/objects/pack").glob("*.pack")))


def packed(backup: Path) -> int:
    """Bytes of the packs."""
    return sum(path.stat().st_size for path in (backup / ".git/objects/pack").iterdir())


def forked(environ: dict[str, str], said: Path) -> tuple[Cost, int]:
    """A sync by a fork of this process: what it cost, and how many processes it started."""
    began = time.perf_counter()
    if not (number := os.fork()):
        code = 1
        try:
            out = os.open(said, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
            os.dup2(out, 1)
            os.dup2(out, 2)
            os.environ.clear()
            os.environ.update(environ)
            started, first = [0], subprocess.Popen.__init__

            def counted(self: subprocess.Popen[bytes], *words: object, **named: object) -> None:
                started[0] += 1
                first(self, *words, **named)  # type: ignore[call-overload]

            subprocess.Popen.__init__ = counted  # type: ignore[method-assign, assignment]
            try:
                program.autosync(["autosync", "sync"])
            except SystemExit as end:
                code = end.code if isinstance(end.code, int) else 1
            os.write(out, b"\n%d" % started[0])
        finally:
            os._exit(code)
    _, status, used = os.wait4(number, 0)
    wall = time.perf_counter() - began
    words = said.read_text()
    if status:
        raise SystemExit(f"a sync failed:\n{words}")
    return Cost(wall, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024), int(words.rpartition("\n")[2])


def main() -> None:
    parser = argparse.ArgumentParser(description="what many syncs of one file leave behind, as a Markdown table")
    parser.add_argument("--files", type=int, default=1000)
    parser.add_argument("--syncs", type=int, nargs="+", default=[1, 100, 1000])
    parser.add_argument("--folder", help="where to work (a disk, not memory); default: the temporary folder")
    parser.add_argument("--program", default=os.path.join(os.path.dirname(sys.executable), "autosync"))
    asked = parser.parse_args()
    _ = ahead.LOADED, gitpython()
    folder = Path(
        tempfile.mkdtemp(prefix="autosync-growth-", dir=os.path.abspath(asked.folder) if asked.folder else None)
    )
    try:
        bench = Bench(folder, asked.program, "", [])
        source, before = bench.tree(asked.files), os.getloadavg()[0]
        home = bench.fresh(source)
        bench.run("autosync", source, home)
        print(f"{asked.files:,} files, {stored(home / 'autosync/backup')[0]:.1f} MB in the store after the first\n")
        print("| syncs | MB more | packs | MB at most | a sync, ms | tidied | longest, s | processor, s | processes |")
        print("|--:|--:|--:|--:|--:|--:|--:|--:|--:|", flush=True)
        grow(bench, source, home, sorted(asked.syncs))
        print(f"\nLoad average before and after: {before:.1f}, {os.getloadavg()[0]:.1f}")
    finally:
        shutil.rmtree(folder)


def grow(bench: Bench, source: Path, home: Path, lines: list[int]) -> None:
    """Syncs so often, and prints a line of the table at each of these numbers."""
    backup = home / "autosync/backup"
    environ = bench.environment("autosync", source, home)
    files = sorted(source.rglob("*.md"))
    dice, first = random.Random(1), stored(backup)[0]
    whole: list[Cost] = []
    tidied: list[Cost] = []
    largest, most, here = 0, 0, packed(backup)
    for number in range(1, lines[-1] + 1):
        with dice.choice(files).open("a") as file:
            file.write(f"A line of sync {number}.\n")
        if any(line - WHOLE < number <= line for line in lines):
            whole.append(cost := bench.run("autosync", source, home))
        else:
            cost, processes = forked(environ, home / "said")
            most = max(most, processes)
        was, here = here, packed(backup)
        largest = max(largest, here)
        if here < was:
            tidied.append(cost)
        if number in lines:
            size, packs = stored(backup)
            longest = max(tidied, key=lambda cost: cost.wall, default=Cost(0, 0, 0))
            print(
                f"| {number:,} | {size - first:.1f} | {packs} | {largest / 1e6:.1f} "
                f"| {statistics.median(cost.processor for cost in whole) * 1000:,.0f} | {len(tidied)} "
                f"| {longest.wall:.1f} | {longest.processor:.1f} | {most} |",
                flush=True,
            )
            whole, tidied, largest, most = [], [], 0, 0


if __name__ == "__main__":
    main()
