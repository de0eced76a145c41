"""Writes the table of rules in docs/validation.md anew from the rules themselves: `python tools/rules_table.py`."""

from __future__ import annotations

from pathlib import Path

from autosync_tasks.validation.families import RULES

PAGE = Path(__file__).parents[1] / "docs/validation.md"
BEGIN, END = "<!-- rules -->\n", "<!-- end of rules -->"
HEAD = "| code | severity | title | what it means |\n|---|---|---|---|\n"


def page() -> str:
    """The page with its table as it should be."""
    before, _, rest = PAGE.read_text("utf-8").partition(BEGIN)
    rows = (f"| {rule.code} | {rule.severity} | {rule.title} | {rule.explanation} |\n" for rule in RULES.values())
    return before + BEGIN + HEAD + "".join(rows) + END + rest.partition(END)[2]


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
