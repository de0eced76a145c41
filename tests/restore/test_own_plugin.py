"""The plugin of this program is never brought back as another machine, or another version, wrote it."""

from __future__ import annotations

from pathlib import Path

import pytest

from autosync_tasks.triggers import hook
from tests.restore.support import Place

ELSEWHERE = hook.plugin_text(("/other/machine/autosync", "sync"), {}, "/other/state/hook")
PLUGIN = "plugins/autosync.js"


@pytest.fixture
def place(workshop: Path, one_scanner: None) -> Place:
    made = Place(workshop)
    for name, text in {PLUGIN: ELSEWHERE, "plugins/mine.js": "export const Mine = async () => ({})\n"}.items():
        (made.source / name).parent.mkdir(parents=True, exist_ok=True)
        (made.source / name).write_text(text)
    made.sync()
    return made


@pytest.mark.parametrize("asked", [(), (PLUGIN,)], ids=["everything", "by its name"])
def test_a_lost_plugin_is_not_brought_back_and_it_is_said_what_writes_it(place: Place, asked: tuple[str, ...]) -> None:
    (place.source / PLUGIN).unlink()
    run = place.restore(*asked)
    assert not (place.source / PLUGIN).exists()
    assert any(PLUGIN in note and "`inv install-hook`" in note for note in run.notes), run.notes


def test_the_one_that_this_machine_would_install_comes_back(place: Place) -> None:
    tree = place.home / ".config" / "opencode"
    own = hook.wanted(place.environ)
    (place.source / PLUGIN).write_bytes(own)
    place.sync()
    place.restore(to=str(tree))
    assert (tree / PLUGIN).read_bytes() == own


def test_the_installed_one_stays(place: Place) -> None:
    (place.source / PLUGIN).write_text(hook.plugin_text(("/here/autosync", "sync"), {}, "/here/hook"))
    (place.source / "plugins/mine.js").unlink()
    before = (place.source / PLUGIN).read_bytes()
    place.restore("plugins")
    assert (place.source / PLUGIN).read_bytes() == before
    assert (place.source / "plugins/mine.js").exists()


def test_a_folder_of_ones_own_gets_the_backup_as_it_is(place: Place, tmp_path: Path) -> None:
    place.restore(to=str(tmp_path / "look"))
    assert (tmp_path / "look" / PLUGIN).read_text() == ELSEWHERE


def test_a_folder_that_opencode_loads_from_does_not(place: Place) -> None:
    tree = place.home / ".config" / "opencode"
    place.restore(to=str(tree))
    assert (tree / "plugins/mine.js").exists()
    assert not (tree / PLUGIN).exists()


def test_a_plugin_of_someone_else_with_that_name_is_a_file_like_any_other(place: Place) -> None:
    (place.source / PLUGIN).write_text("export const Theirs = async () => ({})\n")
    place.sync()
    (place.source / PLUGIN).unlink()
    place.restore()
    assert "Theirs" in (place.source / PLUGIN).read_text()
