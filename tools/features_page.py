"""Writes features/README.md anew from the features' own first lines: `python tools/features_page.py`."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

FEATURES = Path(__file__).parents[1] / "features"
PAGE = FEATURES / "README.md"
HEAD = """# The features

What the program does, in plain words, and what is tested: each sentence of these files is run against the real
program (`tests/features/` holds the steps). A folder here is the folder of the package that does it. This page is made
by `tools/features_page.py` from the files' first lines.
"""


def page() -> str:
    """The page as it should be."""
    rooms = groupby(sorted(FEATURES.rglob("*.feature")), key=lambda file: file.parent.name)
    return HEAD + "".join(_folder(room, list(files)) for room, files in rooms)


def _folder(name: str, files: list[Path]) -> str:
    lines = "".join(f"- [{title}]({name}/{file.name}): {why}\n" for file in files for title, why in [first_lines(file)])
    return f"\n## {name}\n\n{lines}"


def first_lines(file: Path) -> tuple[str, str]:
    """A feature's name, and its user's reason as one line."""
    lines = iter(file.read_text("utf-8").splitlines())
    title = next(line.removeprefix("Feature:").strip() for line in lines if line.startswith("Feature:"))
    return title, " ".join(_until_a_gap(lines))


def _until_a_gap(lines: Iterator[str]) -> Iterator[str]:
    for line in lines:
        if not line.strip():
            return
        yield line.strip()


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
