"""What many syncs of one file each leave behind: size of the store, packs, time. Run by hand.

.venv/bin/python benchmarks/growth.py --files 1000 --syncs 1 100 1000 5000
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import statistics
import sys
import tempfile
from pathlib import Path

from sync import Bench, Cost  # beside this file


def stored(backup: Path) -> tuple[float, int]:
    """MB of the repository's own folder, and how many packs it has."""
    sizes = [path.stat().st_size for path in (backup / ".git").rglob("*") if path.is_file()]
    return sum(sizes) / 1e6, len(list((backup / ".git/objects/pack").glob("*.pack")))


def main() -> None:
    parser = argparse.ArgumentParser(description="what many syncs of one file leave behind, as a Markdown table")
    parser.add_argument("--files", type=int, default=1000)
    parser.add_argument("--syncs", type=int, nargs="+", default=[1, 100, 1000])
    parser.add_argument("--folder", help="where to work (a disk, not memory); default: the temporary folder")
    parser.add_argument("--program", default=os.path.join(os.path.dirname(sys.executable), "autosync"))
    asked = parser.parse_args()
    folder = Path(
        tempfile.mkdtemp(prefix="autosync-growth-", dir=os.path.abspath(asked.folder) if asked.folder else None)
    )
    try:
        bench = Bench(folder, asked.program, "", [])
        source, before = bench.tree(asked.files), os.getloadavg()[0]
        home = bench.fresh(source)
        backup = home / "autosync/backup"
        bench.run("autosync", source, home)
        files = sorted(source.rglob("*.md"))
        dice, costs, first = random.Random(1), list[Cost](), stored(backup)[0]
        print(f"{asked.files:,} files, {first:.1f} MB in the store after the first sync\n")
        print("| syncs | MB more | KB a sync | packs | processor, ms (of the last 50) | the slowest so far, s |")
        print("|--:|--:|--:|--:|--:|--:|", flush=True)
        for number in range(1, max(asked.syncs) + 1):
            with dice.choice(files).open("a") as file:
                file.write(f"A line of sync {number}.\n")
            costs.append(bench.run("autosync", source, home))
            if number in asked.syncs:
                size, packs = stored(backup)
                last = statistics.median(cost.processor for cost in costs[-50:]) * 1000
                slowest = max(cost.wall for cost in costs)
                more = size - first
                print(
                    f"| {number:,} | {more:.1f} | {more * 1000 / number:.0f} | {packs} | {last:,.0f} | {slowest:.1f} |",
                    flush=True,
                )
        print(f"\nLoad average before and after: {before:.1f}, {os.getloadavg()[0]:.1f}")
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
