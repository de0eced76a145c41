"""Counts what the secret rules do with a labelled set, and prints a Markdown table. Never prints a value.

    python benchmarks/secrets.py PATH/secret_cases.jsonl.gz      (or AUTOSYNC_SECRET_CASES=PATH)

Each line of the set is JSON: text, file_name, tier (core, opencode) and grade (specific, generic, clean,
ambiguous). Cases of fresh_cases.py follow: made at random, in forms that no rule was written for.
Exit code 1 if a target is missed: OpenCode-shaped >= 98 %, specific >= 85 %, false errors on clean <= 1 %.
"""

from __future__ import annotations

import gzip
import json
import os
import sys
import tempfile
import time
from collections import Counter

# In place of this folder, whose secrets.py would hide the standard library's.
sys.path[0] = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))

from autosync_tasks.model import Severity  # noqa: E402
from autosync_tasks.validation.families import RULES  # noqa: E402
from autosync_tasks.validation.scanner import Engine, Kingfisher  # noqa: E402
from autosync_tasks.validation.secret_regions import as_utf8, regions  # noqa: E402
from benchmarks.fresh_cases import clean, positives  # noqa: E402

ROWS = (
    ("OpenCode-shaped", "opencode", "specific"),
    ("specific", "core", "specific"),
    ("generic", "core", "generic"),
    ("ambiguous", "core", "ambiguous"),
    ("clean", "core", "clean"),
    ("fresh, OpenCode-shaped", "fresh", "specific"),
    ("fresh, clean", "fresh", "clean"),
)
FRESH = range(100, 110)
"""Seeds; sixty cases of each kind for one."""


def level(text: str, name: str, engine: Engine) -> str:
    """error, warning or nothing."""
    found = regions(name.encode(), as_utf8(text.encode()), engine)
    severities = {RULES[region.code].severity for region in found}
    if Severity.ERROR in severities:
        return "error"
    return "warning" if severities else "nothing"


def main() -> int:
    path = sys.argv[1] if len(sys.argv) > 1 else os.environ.get("AUTOSYNC_SECRET_CASES", "")
    if not path or path.startswith("-"):
        print(__doc__, file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory() as cache:
        begin = time.process_time()
        Kingfisher(cache)
        first = time.process_time() - begin
        begin = time.process_time()
        engine = Kingfisher(cache)
        again = time.process_time() - begin
        count: Counter[tuple[str, str, str]] = Counter()
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            for case in map(json.loads, lines):
                count[case["tier"], case["grade"], level(case["text"], case["file_name"], engine)] += 1
    print("| cases | number | error | warning only | nothing | errors |")
    print("|---|---|---|---|---|---|")
    for seed in FRESH:
        for grade, cases in (("specific", positives(seed)), ("clean", clean(seed))):
            for _, name, text in cases:
                count["fresh", grade, level(text, name, engine)] += 1
    share: dict[str, float] = {}
    for title, tier, grade in ROWS:
        error, warning, nothing = (count[tier, grade, name] for name in ("error", "warning", "nothing"))
        total = error + warning + nothing
        share[title] = error / total if total else 0.0
        print(f"| {title} | {total} | {error} | {warning} | {nothing} | {share[title]:.1%} |")
    print(f"\nStart of the engine: {first:.1f} s of processor time the first time, {again:.2f} s then.")
    met = share["OpenCode-shaped"] >= 0.98 and share["specific"] >= 0.85 and share["clean"] <= 0.01
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main())
