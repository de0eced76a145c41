"""What many syncs of one file each leave behind: size of the store, packs, time, processes. Run by hand.

    .venv/bin/python benchmarks/growth.py --files 1000 --syncs 1 100 1000 5000
    .venv/bin/python benchmarks/growth.py --files 1000 --syncs 1 100 1000 5000 --store

Most of the syncs are forks of a process that has loaded the program, each a whole run without Python's start; the last
of those before a line of the table are whole commands, and their median is what the line says. `--store` makes the same
commits and tidies as a sync does, without its other steps: what the store comes to, in a tenth of the time.
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
from typing import Any

# In place of this folder, whose secrets.py would hide the standard library's.
sys.path[0] = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))

from autosync_tasks.backup.commit import Author, commit  # noqa: E402
from autosync_tasks.backup.listing import folders_of, listed, path_listed, refolded, spliced, tree_cache  # noqa: E402
from autosync_tasks.backup.manifest import PATH, entries, format_manifest  # noqa: E402
from autosync_tasks.backup.repository import Repository  # noqa: E402
from autosync_tasks.backup.runner import gitpython  # noqa: E402
from autosync_tasks.backup.tidy import tidy  # noqa: E402
from autosync_tasks.cli import ahead, program  # noqa: E402
from autosync_tasks.model import Entry, Plan  # noqa: E402
from autosync_tasks.names import parents  # noqa: E402
from autosync_tasks.state.state import State  # noqa: E402
from autosync_tasks.tree.content import content_id  # noqa: E402
from benchmarks.sync import Bench, Cost  # noqa: E402

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

            def counted(self: subprocess.Popen[bytes], *words: Any, **named: Any) -> None:
                started[0] += 1
                first(self, *words, **named)

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
    parser.add_argument("--store", action="store_true", help="the commits alone")
    parser.add_argument("--folder", help="where to work (a disk, not memory); default: the temporary folder")
    parser.add_argument("--keep", action="store_true", help="delete nothing (see README.md)")
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
        if not asked.store:
            bench.compile(source, home)
        print(f"{asked.files:,} files, {stored(home / 'autosync/backup')[0]:.1f} MB in the store after the first\n")
        if asked.store:
            grow_store(home / "autosync/backup", source, sorted(asked.syncs))
            return
        print("| syncs | MB more | packs | MB at most | a sync, ms | tidied | longest, s | processor, s | processes |")
        print("|--:|--:|--:|--:|--:|--:|--:|--:|--:|", flush=True)
        grow(bench, source, home, sorted(asked.syncs))
        print(f"\nLoad average before and after: {before:.1f}, {os.getloadavg()[0]:.1f}")
    finally:
        if not asked.keep:
            shutil.rmtree(folder)


def grow_store(backup: Path, source: Path, lines: list[int]) -> None:
    """Makes so many commits as a sync makes them, and prints a line of the table at each of these numbers."""
    repository, state = Repository(str(backup), "main"), State(str(backup.parent / "own"), str(source), str(backup))
    head = repository.head(base := repository.ref())
    assert head.recorded
    after, listing = entries(head.recorded, head.tree), tree_cache(base, head.tree, b"").listing
    folders, source_id = folders_of(listing), head.recorded.source_id
    files = sorted(source.rglob("*.md"))
    dice, first, largest = random.Random(1), stored(backup)[0], 0
    commits, tidied, last = list[float](), list[float](), head.tree[PATH]
    print("| commits | MB more | packs | MB at most | one, ms | the longest tidying, ms | all tidyings, ms a commit |")
    print("|--:|--:|--:|--:|--:|--:|--:|", flush=True)
    for number in range(1, lines[-1] + 1):
        with (file := dice.choice(files)).open("a") as opened:
            opened.write(f"A line of sync {number}.\n")
        data, path = file.read_bytes(), os.fsencode(file.relative_to(source))
        old = after[path]
        after[path] = new = Entry(old.kind, old.mode, len(data), content_id(data))
        manifest = format_manifest(source_id, after)
        now = {path: (new.git_mode, new.id), PATH: ("100644", content_id(manifest))}
        was = {path: (old.git_mode, old.id), PATH: last}
        edits = [(one, listed(one, was[one]), listed(one, now[one])) for one in now]
        listing = spliced(listing + b"\0", edits, b"\0", path_listed)[:-1]
        folders = refolded(listing, folders, {b"", *(above for one in now for above in parents(one))})
        last, plan = now[PATH], Plan(base, {path: new}, frozenset(), manifest, "")
        began = time.perf_counter()
        base = commit(
            *(repository, plan, [(path, data)]),
            run_id=f"{number:012x}",
            message=b"sync: 1 context changed\n\n  ~ " + path + b"\n\nAutosync-Run: %012x\n" % number,
            author=Author("autosync", "autosync@bench", time.time()),
            check=_refuse,
            whole=dict,
            tree=folders[b""].decode,
        )
        done = time.perf_counter()
        commits.append(done - began)
        largest, here = max(largest, packed(backup)), len(list((backup / ".git/objects/pack").iterdir()))
        began = time.perf_counter()
        tidy(repository, state)
        if len(list((backup / ".git/objects/pack").iterdir())) < here:
            tidied.append(time.perf_counter() - began)
        if number in lines:
            size, packs = stored(backup)
            print(
                f"| {number:,} | {size - first:.1f} | {packs} | {largest / 1e6:.1f} "
                f"| {statistics.median(commits[-50:]) * 1000:,.0f} | {max(tidied, default=0) * 1000:,.0f} "
                f"| {sum(tidied) * 1000 / number:.1f} |",
                flush=True,
            )
            largest = 0


def _refuse(manifest_id: str, held: bytes) -> None:
    raise SystemExit("the commit is not the one that was foreseen")


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
