"""The backup's work tree, brought along while a person edits there: what they write in that moment is left alone."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from autosync_tasks.backup import worktree
from autosync_tasks.backup.checkout import write_files
from autosync_tasks.sync import pipeline
from autosync_tasks.workspace.request import new_request
from autosync_tasks.workspace.workspace import open_site
from tests.support.place import Place

EDIT = "what a person wrote in this very moment\n"


def _written(path: Path) -> None:
    path.write_text(EDIT)


def _replaced(path: Path) -> None:
    (new := path.with_name("new")).write_text(EDIT)
    new.rename(path)


@pytest.mark.parametrize("careful", [False, True])
@pytest.mark.parametrize("edit", [_written, _replaced])
@pytest.mark.parametrize("name", ["agent/a.md", "agent/new.md", "agent/gone.md"])
def test_an_edit_between_the_look_and_the_write_stays(
    workshop: Path,
    scanner_cache: Path,
    one_scanner: None,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    edit: Callable[[Path], None],
    careful: bool,
) -> None:
    place = Place.make(workshop, scanner_cache)
    for other in ("a", "b", "gone"):
        place.write(f"agent/{other}.md", "Plain words.\n")
    time.sleep(0.1)
    assert place.inside().outcome == "changed"
    if gone := name == "agent/gone.md":
        (place.source / name).unlink()
    else:
        place.write(name, "Other words.\n")
    place.write("agent/b.md", "Other words.\n")
    write, edited = write_files, place.backup / name

    def meanwhile(*words: Any, **more: Any) -> None:
        edit(edited)
        write(*words, **more)

    monkeypatch.setattr(worktree, "write_files", meanwhile)
    if careful:
        monkeypatch.setattr(worktree, "bring_unedited", lambda *_: False)
    run = pipeline.sync(open_site(place.environ), new_request())
    assert run.outcome == "changed"
    assert edited.read_text() == EDIT
    assert any(name in note for note in run.notes), run.notes
    assert edited.with_name("b.md").read_text() == "Other words.\n"
    monkeypatch.undo()
    run = pipeline.sync(open_site(place.environ), new_request())
    assert edited.read_text() == (EDIT if gone else "Other words.\n")  # a person's own file now, or in the stash
    assert ("git stash list" in "".join(run.notes)) is not gone
