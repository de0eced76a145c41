"""What validation costs, in processor time: a whole tree, one file, nothing, scripts, a large config. Run by hand.

    .venv/bin/python benchmarks/validate.py [--files 10000] [--rounds 5] [TREE …]

Prints a Markdown table. Each figure is the least of the rounds: on a busy machine others' work only adds. What is
measured as a program is the whole command, Python's and the scanner's start included; the scanner's compiled rules
are there already (they are made once a machine). TREE: more folders to validate, such as a real config tree.
"""

from __future__ import annotations

import argparse
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

# In place of this folder, whose secrets.py would hide the standard library's.
sys.path[0] = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))

from autosync_tasks.model import Kind  # noqa: E402
from autosync_tasks.validation import jsonc, validate  # noqa: E402
from autosync_tasks.validation.bash import check_shell  # noqa: E402
from autosync_tasks.validation.findings import Context, Subject  # noqa: E402
from autosync_tasks.validation.scanner import load  # noqa: E402
from benchmarks.sync import BYTES, OURS, Bench, machine  # noqa: E402

SCRIPT = (
    b"#!/bin/bash\n"
    + b"for name in *; do\n  if [[ -f $name ]]; then\n    echo \"$name\" | sed 's/a/b/'\n  fi\ndone\n" * 20
)
AGENT = b"---\ndescription: Reads a change once more\nmode: subagent\n---\n" + b"Be kind, and say why.\n" * 100
CONFIG = (
    '{"agent": {\n'
    + "".join(
        f'  "agent-{n}": {{"description": "Reads: style, tests", "steps": 12,}}, // seen\n' for n in range(14_000)
    )
    + "}}\n"
)


def spent() -> float:
    """Seconds of processor time of this process and of all children that have ended."""
    used = (resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN))
    return sum(one.ru_utime + one.ru_stime for one in used)


def least(rounds: int, work: Callable[[], object]) -> float:
    """The least seconds of processor time that the work takes."""
    found = []
    for _ in range(rounds):
        begin = spent()
        work()
        found.append(spent() - begin)
    return min(found)


class Program:
    """The console program on one source."""

    def __init__(self, bench: Bench, home: Path, source: Path) -> None:
        self.program, self.environ = bench.programs[OURS], bench.environment(OURS, source.absolute(), home)

    def run(self, *words: str, watched: bool = False) -> bool:
        """Runs it; where it is watched (which takes time), whether it loaded the scanner."""
        environ = {**self.environ, "PYTHONPROFILEIMPORTTIME": "1"} if watched else self.environ
        done = subprocess.run([self.program, *words], env=environ, capture_output=True, check=False)
        if done.returncode not in (0, 1):
            raise SystemExit(f"{words} failed:\n{done.stdout.decode()}{done.stderr.decode()[-2000:]}")
        return b"kingfisher_sdk._native" in done.stderr


def rows(bench: Bench, files: int, rounds: int, trees: list[Path]) -> list[tuple[str, str, str]]:
    """What was measured, seconds, and the scanner: loaded or not."""
    found: list[tuple[str, str, str]] = []

    def program(what: str, run: Program, *words: str, before: Callable[[], object] | None = None) -> None:
        seconds = []
        for _ in range(rounds):
            if before is not None:
                before()
                time.sleep(0.2)
            seconds.append(least(1, lambda: run.run(*words)))
        loaded = run.run(*words, watched=True)
        found.append((what, f"{min(seconds):.2f}", "loaded" if loaded else "not loaded"))

    source = bench.tree(files)
    home = bench.fresh(source)
    bench.run(OURS, source, home)
    bench.compile(source, home)
    run = Program(bench, home, source)
    program("the program's own start (`autosync --version`)", run, "--version")
    program(f"`autosync validate`, {files:,} files of {files * BYTES / 1e6:,.3g} MB", run, "validate")
    for tree in trees:
        count = sum(path.is_file() for path in tree.rglob("*"))
        program(f"`autosync validate`, {tree.name}, {count:,} files", Program(bench, home, tree), "validate")
    program(f"`autosync sync`, nothing changed in {files:,} files", run, "sync")
    program("`autosync validate --changed`, nothing changed", run, "validate", "--changed")
    note = next(source.rglob("*.md"))

    def edit() -> None:
        with note.open("a") as file:
            file.write("A line more.\n")

    program("`autosync validate --changed`, one file changed", run, "validate", "--changed", before=edit)
    found += inside(run, source, rounds)
    return found


def inside(run: Program, source: Path, rounds: int) -> list[tuple[str, str, str]]:
    """What single parts take, in this process."""
    cache = run.environ["HOME"] + "/.local/state/autosync-tasks/engine"

    def start() -> None:
        load.cache_clear()
        load(cache)

    found = [("the scanner's start", f"{least(rounds, start):.3f}", "loaded")]
    paths = frozenset(os.fsencode(str(path.relative_to(source))) for path in source.rglob("*"))
    context = Context(key=bytes(32), engine_cache=cache, paths=paths, check_shell=check_shell)
    for what, path, data in (
        ("a note", b"context/topic0001/note00020.md", next(source.rglob("*.md")).read_bytes()),
        ("an agent", b"agent/kind.md", AGENT),
        ("opencode.json", b"opencode.json", b'{"model": "a/b", "agent": {"x": {"mode": "primary"}}}'),
        ("a shell script", b"bin/run", SCRIPT),
    ):
        one = Subject(path, Kind.FILE, data, 0o755)
        seconds = least(rounds, partial(validate, [one], context))
        found.append((f"one changed file, {what}, all rules", f"{seconds:.3f}", "its start not counted"))
    scripts = [SCRIPT + b"# %d\n" % number for number in range(100)]
    many = least(rounds, lambda: (check_shell(scripts[:50]), check_shell(scripts[50:])))
    single = least(rounds, lambda: [check_shell([script]) for script in scripts])
    found.append(("100 shell scripts, 50 to one bash", f"{many:.3f}", ""))
    found.append(("100 shell scripts, each with a bash of its own", f"{single:.3f}", ""))
    assert len(CONFIG) > 1_000_000
    found.append((f"JSONC of {len(CONFIG) / 1e6:.1f} MB", f"{least(rounds, lambda: jsonc.loads(CONFIG)):.3f}", ""))
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description="what validation costs, as a Markdown table")
    parser.add_argument("--files", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=5)
    beside = os.path.join(os.path.dirname(sys.executable), "autosync")
    parser.add_argument("--program", default=beside, help="the console program, without a version manager's shim")
    parser.add_argument("trees", type=Path, nargs="*")
    asked = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="autosync-bench-"))
    try:
        about = list(machine(folder))
        found = rows(Bench(folder, asked.program, "", []), asked.files, asked.rounds, asked.trees)
        print(*about, sep="\n")
        print(f"\nProcessor time in seconds (user and system, children too), the least of {asked.rounds} rounds.\n")
        print("| what | seconds | the scanner |\n|---|--:|---|")
        for row in found:
            print("| " + " | ".join(row) + " |")
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
