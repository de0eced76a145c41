"""Whatever becomes of a file of the backup, the state or the settings: the note answers as the whole way does, or not."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from autosync_tasks.workspace.workspace import open_site
from tests.support.place import Place
from tests.sync.test_still import answer, note_of, place, state

__all__ = ["place"]
pytestmark = pytest.mark.sweep


def gone(path: Path) -> None:
    shutil.rmtree(path) if path.is_dir() else path.unlink()


def a_link(path: Path) -> None:
    path.unlink()
    path.symlink_to("/dev/null")


HARM: Mapping[str, Callable[[Path], object]] = {
    "a line more": lambda path: path.write_bytes(path.read_bytes() + b"\n#x\n"),
    "emptied": lambda path: os.truncate(path, 0),
    "gone": gone,
    "a link": a_link,
    "anybody's": lambda path: path.chmod(0o777),
}
OF_FILES = {"a line more", "emptied", "a link"}


def settled(place: Place) -> bool:
    for _ in range(4):
        if answer(place) is not None:
            return True
        place.inside("sync", "--trigger=workflow")
    return answer(place) is not None


def put_back(path: Path, kept: Path, mode: int) -> None:
    if os.path.lexists(path):
        shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink()
    shutil.copytree(kept, path, symlinks=True) if kept.is_dir() else shutil.copy2(kept, path)
    path.chmod(mode)


def test_the_note_answers_as_the_whole_way_does(place: Place) -> None:
    backup = Path(open_site(place.environ).repository.git_dir).parent
    roots = {backup, state(place), note_of(place).parent, place.config.parent}
    paths = {Path(at, name) for root in roots for at, folders, files in os.walk(root) for name in folders + files}
    kept, answered, asked = place.base / "kept", 0, 0
    for path in sorted(paths - {note_of(place)}):
        for name, harm in HARM.items():
            if not path.exists() or (path.is_dir() and name in OF_FILES):
                continue
            assert settled(place), (path, name)
            mode = path.stat().st_mode
            shutil.copytree(path, kept, symlinks=True) if path.is_dir() else shutil.copy2(path, kept)
            harm(path)
            asked += 1
            if (found := answer(place)) is not None:
                answered += 1
                note_of(place).unlink()
                whole = place.run("sync")
                assert (whole.code, whole.out.decode().splitlines()[0]) == (0, f"ok: {found[0]}"), (path, name)
            put_back(path, kept, mode)
            gone(kept)
    assert asked > answered > 50
