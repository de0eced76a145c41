"""A file that is written to between the readings of a sync: it waits by name, the rest goes, the next sync takes it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from autosync_tasks.model import Left, Outcome, Run, Trigger
from autosync_tasks.sync.pipeline import sync
from autosync_tasks.workspace.request import new_request
from autosync_tasks.workspace.workspace import open_site
from tests.support import independent
from tests.support.place import Place


@pytest.fixture
def place(workshop: Path, scanner_cache: Path, one_scanner: None) -> Place:
    place = Place.make(workshop, scanner_cache)
    place.more["MAX_SYNC_FREQUENCY"] = "0"
    for name in "abc":
        place.write(f"context/{name}.md", f"{name}\n")
    assert place.inside().code == 0
    return place


def edited(place: Place, step: str, edit: Callable[[], object]) -> Run:
    """A sync of all three files, with an edit of the last at the moment when the step begins to read the first."""
    for name in "abc":
        place.write(f"context/{name}.md", f"{name}, edited\n")
    seen: list[str] = []

    def progress(what: str, done: int, total: int) -> None:
        if what.startswith(step) and not seen:
            edit()
            seen.append(step)

    run = sync(open_site(place.environ), new_request(Trigger.SCHEDULE), progress)
    assert seen == [step]
    return run


EDITS: dict[str, Callable[[Path], object]] = {
    "rewritten in place": lambda path: path.write_text("c, edited once more\n"),
    "half written": lambda path: path.write_text(""),
    "replaced": lambda path: (path.with_suffix(".new").write_text("c, new\n"), path.with_suffix(".new").replace(path)),
    "gone": lambda path: path.unlink(),
}


@pytest.mark.parametrize("step", ["reading", "storing"])
@pytest.mark.parametrize("how", EDITS)
def test_a_file_that_moves_between_the_readings(place: Place, step: str, how: str) -> None:
    moving = place.source / "context/c.md"
    run = edited(place, step, lambda: EDITS[how](moving))
    assert (run.outcome, run.exit_code) == (Outcome.INCOMPLETE, 1)
    assert [(left.path, left.why) for left in run.left_out] == [(b"context/c.md", Left.MOVING)]
    assert "the next sync looks again" in run.next_step
    held = {name: place.git("show", f"main:context/{name}.md") for name in "abc"}
    assert held == {"a": b"a, edited\n", "b": b"b, edited\n", "c": b"c\n"}, "the rest goes; nothing is half taken"
    again = place.inside("sync", "--trigger=schedule")
    assert (again.code, again.outcome) == (0, "changed")
    assert independent.differences(place.source, place.backup) == []
    assert place.inside("status").json["verdict"] == "protected"
