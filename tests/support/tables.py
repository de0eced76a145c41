"""Tables of a text file, as features have them: a heading of each, then rows between bars."""

from __future__ import annotations

import re
from pathlib import Path


def _cell(text: str) -> str:
    return re.sub(r"\\([n|\\])", lambda found: {"n": "\n"}.get(found[1], found[1]), text.strip())


def tables(file: Path) -> dict[str, list[list[str]]]:
    """The rows of each table by its heading, without the row that says what the columns are."""
    found: dict[str, list[list[str]]] = {}
    for line in file.read_text("utf-8").splitlines():
        if line.startswith("# "):
            rows = found[line[2:]] = []
        elif line:
            rows.append([_cell(text) for text in re.split(r"(?<!\\)\|", line[1:-1])])
    return {heading: rows[1:] for heading, rows in found.items()}
