"""Root in a person's home (`sudo inv sync`): refused with the owner's number, and nothing of root's is left there."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.support.place import Place

OWNER = 4242
pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="only root can be in another user's home")

WRITERS = (
    ("sync",), ("sync", "--force"), ("sync", "--trigger=schedule"), ("set-config", "QUARANTINE=true"), ("disable",),
    ("recover",), ("restore", "--yes"), ("verify", "--drill"), ("install-hook",), ("install-cron",), ("accept", "0" * 16, "--reason=x"),
    ("uninstall-cron",), ("uninstall-timer",), ("uninstall-hook",), ("install-completion", "--shell=bash"),
    ("install-hook", "--profile=claude"), ("uninstall-hook", "--profile=claude"),
)  # fmt: skip


def give(top: Path) -> None:
    os.chown(top, OWNER, OWNER)
    for folder, folders, names in os.walk(top):
        for name in (*folders, *names):
            os.chown(os.path.join(folder, name), OWNER, OWNER, follow_symlinks=False)


def of_root(top: Path) -> list[str]:
    every = (os.path.join(folder, name) for folder, _, names in os.walk(top) for name in (*names, "."))
    return [path for path in every if os.lstat(path).st_uid == 0]


@pytest.fixture
def place(workshop: Path, scanner_cache: Path, one_scanner: None) -> Place:
    place = Place.make(workshop / "place", scanner_cache)
    place.write("context/a.md", "first\n")
    return place


@pytest.mark.parametrize("backed_up", [False, True], ids=["no backup yet", "a backup of the owner's"])
@pytest.mark.parametrize("words", WRITERS, ids=" ".join)
def test_root_leaves_nothing_in_a_person_s_home(place: Place, words: tuple[str, ...], backed_up: bool) -> None:
    if backed_up:
        assert place.inside("sync").code == 0
        place.write("context/a.md", "second\n")
    if "--profile=claude" in words:
        assert place.inside("profiles", "--on=claude").code == 0
        place.write(str(place.home / ".claude" / "CLAUDE.md"), "mine\n")
    give(place.base)
    run = place.inside(*words)
    assert "Traceback" not in run.words, run
    assert of_root(place.base) == [], (run, of_root(place.base))
    if words[0] == "sync":
        assert run.code == 2 and "sudo -u" in run.words and str(OWNER) in run.words, run
        assert "remove it" not in run.words, run
