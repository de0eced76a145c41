"""A machine on which sync and restore are called as functions."""

from __future__ import annotations

import os
import shutil
import stat
from pathlib import Path
from typing import Any

from autosync_tasks.model import Outcome, Run
from autosync_tasks.restore.request import Wish
from autosync_tasks.restore.restore import new_wish, restore
from autosync_tasks.sync.pipeline import sync
from autosync_tasks.workspace.request import new_request
from tests.features.pictures import Picture, picture
from tests.support.home import Home

Tree = dict[bytes, tuple[str, int, bytes]]
"""Path to (kind, mode, bytes): a tree as this test reads it, without the program under test."""


class Place(Home):
    """A machine on which the rooms' own functions are called."""

    def sync(self) -> Run:
        run = sync(self.site, new_request())
        assert run.outcome in (Outcome.CHANGED, Outcome.OK), run
        return run

    def restore(self, *paths: str, **how: Any) -> Run:
        """A restore by a person who said --yes, unless `how` says otherwise."""
        wish: Wish = new_wish(paths, **{"yes": True, **how})
        return restore(self.site, wish)[0]

    def say(self, *words: str, stdin: bytes = b"") -> str:
        """What git says in the backup, as text."""
        return self.git(*words, stdin=stdin).decode("utf-8", "surrogateescape").strip()

    def everything(self) -> Picture:
        """Source, backup, home, to see that nothing was written."""
        return picture(self.base)


def make_place(base: Path, scanner_cache: Path) -> Place:
    """An empty source and a home; the secret engine's compiled rules are shared, for compiling them takes seconds."""
    place = Place(base)
    place.source.mkdir(mode=0o755)
    place.prepare_scanner(scanner_cache)
    return place


def read_tree(root: Path) -> Tree:
    """Everything below a folder: kind, permission bits, bytes or target."""
    found: Tree = {}
    top = os.fsencode(root)
    for folder, folders, names in os.walk(top):
        for name in [*folders, *names]:
            path = os.path.join(folder, name)
            facts = os.lstat(path)
            short = os.path.relpath(path, top)
            if stat.S_ISLNK(facts.st_mode):
                found[short] = ("link", 0o777, os.readlink(path))
            elif stat.S_ISDIR(facts.st_mode):
                found[short] = ("folder", facts.st_mode & 0o7777, b"")
            else:
                with open(path, "rb") as file:
                    found[short] = ("file", facts.st_mode & 0o7777, file.read())
    return found


def write(root: Path, files: dict[str, str]) -> None:
    """Makes these files, with the folders above them."""
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def explode(place: Place) -> None:
    """Packs become loose objects, one file each."""
    packs = place.backup / ".git/objects/pack"
    data = [pack.read_bytes() for pack in packs.glob("*.pack")]
    shutil.rmtree(packs)
    packs.mkdir()
    for pack in data:
        place.git("unpack-objects", "-q", stdin=pack)
