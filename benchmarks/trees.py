"""Runs the gate over config trees: what it blocks in each, and how many of the secrets planted there it finds.

    python benchmarks/trees.py [--show] [--plant 20] FOLDER …

Each folder is one tree; paths that a sync would not take (protected, of low priority) are left out, as there. Prints a
Markdown table of counts, and each block by rule and place for a person to judge; --show adds the line itself (it may
hold a secret: for your own eyes). --plant: so many made-up tokens are put into files of the tree, in memory, one at a
time. Nothing is written.
"""

from __future__ import annotations

import argparse
import os
import random
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

# In place of this folder, whose secrets.py would hide the standard library's.
sys.path[0] = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))

from autosync_tasks.config.settings import Settings  # noqa: E402
from autosync_tasks.model import Finding, Kind, Priority  # noqa: E402
from autosync_tasks.policy.classify import Classifier  # noqa: E402
from autosync_tasks.validation import secret_findings, validate  # noqa: E402
from autosync_tasks.validation.findings import Context, Subject  # noqa: E402
from benchmarks.token_forms import TOKENS  # noqa: E402

LARGEST = 50 * 1024 * 1024
"""Bytes; a larger file is left out of a backup."""


def tree(folder: Path) -> tuple[list[Subject], frozenset[bytes]]:
    """What a sync would judge of a folder, and every path in it."""
    classifier = Classifier(Settings())
    subjects: list[Subject] = []
    paths: set[bytes] = set()
    for root, folders, files in os.walk(folder):
        folders[:] = [name for name in folders if name not in (".git", "node_modules")]
        for name in (*folders, *files):
            full = os.path.join(root, name)
            path = os.fsencode(os.path.relpath(full, folder))
            paths.add(path)
            if classifier.rule_for(path, Kind.FILE).priority in (Priority.NEVER, Priority.LOW):
                continue
            if os.path.islink(full):
                subjects.append(Subject(path, Kind.LINK, os.fsencode(os.readlink(full)), 0o777))
            elif os.path.isfile(full) and os.path.getsize(full) <= LARGEST:
                subjects.append(Subject(path, Kind.FILE, Path(full).read_bytes(), os.stat(full).st_mode & 0o777))
    return subjects, frozenset(paths)


def planted(subjects: list[Subject], number: int, context: Context) -> Iterator[bool]:
    """Whether each of so many tokens is found, between two lines of some file of the tree."""
    r = random.Random(len(subjects))
    texts = [one for one in subjects if one.is_file and b"\0" not in one.data and 0 < len(one.data) < 200_000]
    draws = list(TOKENS.values())
    for _ in range(number if texts else 0):
        one = r.choice(texts)
        lines = one.data.split(b"\n")
        token = r.choice(draws)(r)
        lines.insert(
            r.randrange(len(lines) + 1), r.choice(("{}", "token: {}", "see `{}`.", 'X="{}"')).format(token).encode()
        )
        found = secret_findings(one.path, b"\n".join(lines), context)
        yield any(finding.blocks and finding not in secret_findings(one.path, one.data, context) for finding in found)


def words(finding: Finding, subjects: list[Subject], show: bool) -> str:
    """One block in a line."""
    place = f"{finding.code} {finding.path.decode('utf-8', 'replace')}:{finding.line}"
    if not show:
        return f"{place}: {finding.message}"
    data = next(one.data for one in subjects if one.path == finding.path)
    return f"{place}: {data.splitlines()[finding.line - 1 : finding.line]!r}"[:300]


def main() -> None:
    parser = argparse.ArgumentParser(description="what the gate blocks in config trees")
    parser.add_argument("folders", type=Path, nargs="+")
    parser.add_argument("--show", action="store_true", help="the lines too")
    parser.add_argument("--plant", type=int, default=20, metavar="N", help="made-up tokens for each tree")
    asked = parser.parse_args()
    files = blocks = blocked = tokens = hits = 0
    with tempfile.TemporaryDirectory() as cache:
        for folder in asked.folders:
            subjects, paths = tree(folder)
            context = Context(key=bytes(32), engine_cache=cache, paths=paths)
            blocking = [finding for finding in validate(iter(subjects), context) if finding.blocks]
            found = list(planted(subjects, asked.plant, context))
            files, blocks, blocked = files + len(subjects), blocks + len(blocking), blocked + bool(blocking)
            tokens, hits = tokens + len(found), hits + sum(found)
            for finding in blocking:
                print(f"- {folder.name}: {words(finding, subjects, asked.show)}")
    print("\n| trees | files | trees blocked | blocks | secrets planted | found |\n|--:|--:|--:|--:|--:|--:|")
    print(f"| {len(asked.folders)} | {files:,} | {blocked} | {blocks} | {tokens} | {hits} |")


if __name__ == "__main__":
    main()
