"""Makes docs/demo.svg, the picture in the README: `inv demo` as a terminal shows it (run by hand)."""

from __future__ import annotations

import io
import tempfile
from collections.abc import Iterable
from pathlib import Path

from rich.console import Console
from rich.text import Text

from autosync_tasks.cli import demo
from autosync_tasks.report import screen
from autosync_tasks.report.words import Line

ACTS = ("First backup", "A secret", "A deleted file", "Proof")
"""The parts of the demo that the picture shows."""


def main() -> None:
    """Runs the demo with a recording console in place of the screen."""
    with tempfile.TemporaryDirectory() as scratch:
        home = str(Path(scratch) / "ana")
        console = Console(record=True, width=108, file=io.StringIO(), highlight=False, markup=False, emoji=False)
        wanted = True

        def show(lines: Iterable[Line], *, error: bool = False) -> None:
            nonlocal wanted
            for line in lines:
                words = "".join(part.text for part in line)
                if words.startswith("── "):
                    wanted = words.startswith(tuple(f"── {act}" for act in ACTS))
                if wanted and not words.startswith("source="):
                    console.print(
                        Text.assemble(*((part.text.replace(home, "~"), part.style or "") for part in line)),
                        soft_wrap=True,
                    )

        screen.show = show
        if demo.run_demo(home):
            raise SystemExit("the demo did not end as it should")
        picture = Path(__file__).parent.parent / "docs" / "demo.svg"
        console.save_svg(str(picture), title="inv demo")


if __name__ == "__main__":
    main()
