"""A place of its own for each test: a source, a backup, settings and state in one scratch folder, with real git."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
from dataclasses import dataclass
from pathlib import Path

from autosync_tasks.model import Outcome, Run
from autosync_tasks.restore.request import Wish
from autosync_tasks.restore.restore import new_wish, restore
from autosync_tasks.sync.pipeline import sync
from autosync_tasks.workspace.request import new_request
from autosync_tasks.workspace.workspace import Site, open_site

Tree = dict[bytes, tuple[str, int, bytes]]
"""Path to (kind, mode, bytes): a tree as this test reads it, without the program under test."""


@dataclass(frozen=True)
class Place:
    """One scratch folder with everything in it."""

    base: Path

    @property
    def source(self) -> Path:
        return self.base / "source"

    @property
    def backup(self) -> Path:
        return self.base / "backup"

    @property
    def environ(self) -> dict[str, str]:
        return {
            "HOME": str(self.base / "home"),
            "PATH": os.environ["PATH"],
            "XDG_CONFIG_HOME": str(self.base / "config"),
            "XDG_STATE_HOME": str(self.base / "state"),
            "XDG_DATA_HOME": str(self.base / "data"),
            "OPENCODE_SOURCE": str(self.source),
            "OPENCODE_BACKUP": str(self.backup),
        }

    @property
    def site(self) -> Site:
        return open_site(self.environ)

    def sync(self) -> Run:
        run = sync(self.site, new_request())
        assert run.outcome in (Outcome.CHANGED, Outcome.OK), run
        return run

    def restore(self, *paths: str, **how: object) -> Run:
        """A restore by a person who said --yes, unless `how` says otherwise."""
        wish: Wish = new_wish(paths, **{"yes": True, **how})  # type: ignore[arg-type]
        return restore(self.site, wish)[0]

    def git(self, *words: str, stdin: bytes = b"") -> str:
        done = subprocess.run(
            ["git", "-C", str(self.backup), *words],
            input=stdin,
            capture_output=True,
            check=True,
            env={"PATH": os.environ["PATH"], "HOME": str(self.base / "home"), **_WHO},
        )
        return done.stdout.decode("utf-8", "surrogateescape").strip()

    def state_files(self) -> dict[str, bytes]:
        """Every file below the whole place but the source, to see that nothing was written."""
        found = {}
        for folder, _, names in os.walk(self.base):
            for name in names:
                path = os.path.join(folder, name)
                if not os.path.islink(path):
                    found[path] = Path(path).read_bytes() + b"%d" % os.lstat(path).st_mtime_ns
        return found


_WHO = {
    f"GIT_{who}_{what}": value
    for who in ("AUTHOR", "COMMITTER")
    for what, value in (("NAME", "a person"), ("EMAIL", "person@example.org"))
}


def make_place(base: Path, scanner_cache: Path) -> Place:
    """An empty source and a home; the secret engine's compiled rules are shared, for compiling them takes seconds."""
    place = Place(base)
    place.source.mkdir(mode=0o755)
    (base / "home").mkdir()
    shutil.copytree(scanner_cache, base / "state/autosync-tasks/engine")
    (base / "state/autosync-tasks").chmod(0o700)
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
