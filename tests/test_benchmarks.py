"""That each benchmark still runs and gives its table: at its smallest, what it measures says nothing here."""

from __future__ import annotations

import gzip
import importlib
import json
import random
import re
import shlex
import shutil
import sys
import tempfile
from pathlib import Path

import pytest

from benchmarks.sync import OURS, Bench, Cost
from benchmarks.token_forms import TEXTS
from tests.support.forks import CHECKOUT
from tests.support.scanner import loaded

LINES = {
    "sync.py --files 100 --rounds 1 --only 'rsync + git'": 17,
    "growth.py --files 20 --syncs 1 2": 2,
    "growth.py --files 20 --syncs 1 2 --store": 2,
    "secrets.py CASES": 7,
    "token_forms.py --values 1": 1,
    "trees.py --plant 1 TREE": 1,
    "validate.py --files 20 --rounds 1 TREE": 14,
    "watch.py --files 20 --folders 2 --rounds 1 --bursts 0": 6,
}
"""How each is called, and how many rows its tables have."""

TABLE = re.compile(r"^(\|.*)\n\|[-:|]+\|\n((?:\|.*\n)+)", re.M)


def test_each_benchmark_has_a_line_here() -> None:
    scripts = {path.name for path in (CHECKOUT / "benchmarks").glob("*.py") if '"__main__"' in path.read_text()}
    assert {line.split()[0] for line in LINES} == scripts


@pytest.mark.sweep
@pytest.mark.parametrize("line", LINES)
def test_it_gives_its_table(
    line: str,
    workshop: Path,
    scanner_cache: Path,
    one_scanner: None,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    if line.startswith("sync.py") and not shutil.which("rsync"):
        pytest.skip("rsync is not here, with which it compares")
    (workshop / "TREE").mkdir()
    (workshop / "TREE/AGENTS.md").write_text("# What holds here\n")
    with gzip.open(workshop / "CASES", "wt") as cases:
        for name, made in TEXTS.values():
            for tier in ("opencode", "core"):
                one = {"tier": tier, "grade": "specific", "file_name": name, "text": made(random.Random(1))}
                cases.write(json.dumps(one) + "\n")

    def compiled(self: Bench, source: Path, home: Path) -> Cost:
        """What is compiled for all tests, in place of 6 seconds each time."""
        there = Path(self.environment(OURS, source, home)["HOME"], ".local/state/autosync-tasks/engine")
        shutil.copytree(scanner_cache, there, dirs_exist_ok=True)
        return Cost(0, 0, 0)

    name, *words = shlex.split(line)
    module = importlib.import_module(f"benchmarks.{name.removesuffix('.py')}")
    monkeypatch.chdir(workshop)
    monkeypatch.setattr(tempfile, "tempdir", str(workshop))
    monkeypatch.setattr(sys, "argv", [name, *words])
    monkeypatch.setattr(Bench, "compile", compiled)
    if name == "secrets.py":
        monkeypatch.setattr(module, "Kingfisher", lambda _: loaded())
    assert not module.main()
    told = capsys.readouterr().out
    rows = [(head, row) for head, body in TABLE.findall(told) for row in body.splitlines()]
    assert len(rows) == LINES[line], told
    assert [row for head, row in rows if head.count("|") != row.count("|") or "|  |" in row.removesuffix("  |")] == []
