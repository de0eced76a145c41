"""Writes the table of categories in docs/policy.md anew from the rules: `python tools/policy_table.py`."""

from __future__ import annotations

from itertools import groupby
from pathlib import Path

from autosync_tasks.model import Rule
from autosync_tasks.policy.rules import ALWAYS_PROTECTED, OVERRIDABLE
from autosync_tasks.profiles import Source

PAGE = Path(__file__).parents[1] / "docs/policy.md"
HEAD = "| category | priority | patterns |\n|---|---|---|\n"


def table() -> str:
    """The rows: rules of one category that stand together, in the order in which they are tried."""
    rules: tuple[Rule, ...] = (*ALWAYS_PROTECTED, *OVERRIDABLE, *Source().read().rules)
    rows = []
    for (category, priority), group in groupby(rules, key=lambda rule: (rule.category, rule.priority)):
        patterns = " ".join(f"`{rule.pattern}`{_but(rule)}" for rule in group)
        rows.append(f"| {category} | {priority} | {patterns} |\n")
    return "".join(rows)


def _but(rule: Rule) -> str:
    return f" (not {' '.join(f'`{pattern}`' for pattern in rule.unless)})" if rule.unless else ""


def page() -> str:
    """The page with its table as it should be."""
    before, _, rest = PAGE.read_text("utf-8").partition(HEAD)
    return before + HEAD + table() + "\n" + rest.partition("\n\n")[2]


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
