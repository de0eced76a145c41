"""The runs into which faults are put: each with the place before it, and what a person had there to lose."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from autosync_tasks.backup.tidy import MOST_PACKS
from tests.support import independent
from tests.support.place import Place, Result

Run = Callable[..., Result]
"""The program without a fault: words to result."""


@dataclass(frozen=True)
class Scene:
    """A run and its place.

    prepare: makes the place and returns the words of the run. status: what a person's `git status` says in the backup
    once all is well. foreign: paths of the backup that are not the source's. precious: bytes that a person has in the
    backup's work tree alone. remote: whether the run pushes. restores: whether it restores. fresh: git knows that the
    work tree is unedited without reading it (after `cp` it does not, and our own way is taken instead of git's). spare: what serves as the remote stands for another machine, which no fault meets.
    again: the same words bring what was stopped to its end. much: little is dealt with as much is, on both cores.
    """

    name: str
    prepare: Callable[[Place, Run], list[str]]
    status: bytes = b""
    foreign: frozenset[bytes] = frozenset()
    precious: tuple[bytes, ...] = ()
    remote: bool = False
    restores: bool = False
    fresh: bool = True
    spare: bool = False
    again: bool = False
    much: bool = False


AGENT = "---\ndescription: builds\n---\nBuild it.\n"


def _tree(place: Place) -> None:
    """A small config tree with one of each kind of thing in it."""
    place.write("AGENTS.md", "# Rules\n")
    place.write("opencode.json", "{}\n")
    place.write("agent/build.md", AGENT)
    place.write("bin/tool.sh", "#!/bin/sh\necho hello\n", 0o755)
    for number in range(3):
        place.write(f"context/n{number}.md", f"note {number}\n" * 200)
    place.write("context/swap", "a file that becomes a folder\n")
    (place.source / "skills").mkdir()
    os.symlink("AGENTS.md", place.source / "link")


def _edits(place: Place) -> None:
    """One of each kind of change."""
    place.write("AGENTS.md", "# Other rules\n")
    place.write("agent/new.md", AGENT)
    (place.source / "context/n0.md").unlink()
    (place.source / "context/n1.md").rename(place.source / "context/renamed.md")
    (place.source / "context/swap").unlink()
    place.write("context/swap/inner.md", "inside\n")
    (place.source / "bin/tool.sh").chmod(0o644)
    (place.source / "link").unlink()
    os.symlink("agent/build.md", place.source / "link")


def _synced(place: Place, run: Run) -> None:
    _tree(place)
    assert run("sync").code == 0


def first(place: Place, run: Run) -> list[str]:
    """The first sync: there is no backup before it."""
    _tree(place)
    return ["sync"]


def edits(place: Place, run: Run) -> list[str]:
    """A sync of edits, deletions, a rename and swaps."""
    _synced(place, run)
    _edits(place)
    return ["sync"]


BY_HAND = (b"rules by hand\n", b"staged by hand\n", b"a note in the backup\n", b"a page for the host\n")


def by_hand(place: Place, run: Run) -> list[str]:
    """A sync over what a person edited in the backup's own work tree, staged and not, owned and foreign."""
    _synced(place, run)
    for name, data in zip(("AGENTS.md", "agent/build.md", "notes.txt", "README.md"), BY_HAND, strict=True):
        (place.backup / name).write_bytes(data)
    place.git("add", "agent/build.md", "README.md")
    _edits(place)
    return ["sync"]


def tidying_all(place: Place, run: Run) -> list[str]:
    """A sync after which git goes through all of its store: there are many packs, each about as large as the others."""
    return tidying(place, run, 2 * MOST_PACKS + 1)


def tidying(place: Place, run: Run, packs_before: int = MOST_PACKS) -> list[str]:
    """A sync after which git makes one pack of many small ones (each object of the backup gets one of its own)."""
    _synced(place, run)
    packs = place.backup / ".git/objects/pack"
    notes = [f"context/t{number}.md" for number in range(10)]
    for text in "abcd":
        for name in notes:
            place.write(name, f"{text} {name}\n" * 30)
        assert run("sync").code == 0
    for name in notes:
        (place.source / name).unlink()
    assert run("sync").code == 0
    whole = set(packs.iterdir())
    named = place.git("cat-file", "--batch-all-objects", "--batch-check=%(objectname)").split()
    alone = packs_before - 2
    for names in [*([name] for name in named[:alone]), named[alone:]]:
        made = place.git("pack-objects", "-q", str(packs / "pack"), stdin=b"\n".join(names) + b"\n")
        whole -= set(packs.glob(f"pack-{made.decode().strip()}.*"))
    for path in whole:
        path.unlink()
    place.write("AGENTS.md", "# Rules before the last\n")
    read = run("sync")  # it reads the store, and notes the packs
    assert read.code == 0, read
    assert len(list(packs.glob("*.pack"))) == packs_before
    place.write("AGENTS.md", "# Rules at last\n")
    return ["sync"]


def _remote(place: Place, run: Run) -> Path:
    """A backup that is pushed to a remote of its own."""
    remote = place.base / "remote.git"
    remote.mkdir()
    place.git("init", "--quiet", "--bare", "--initial-branch=main", repository=remote)
    _synced(place, run)
    place.git("remote", "add", "origin", str(remote))
    return remote


def push(place: Place, run: Run) -> list[str]:
    """A sync of edits that pushes to a remote, as it did before."""
    _remote(place, run)
    assert run("sync", "--push").code == 0
    _edits(place)
    return ["sync", "--push"]


def push_first(place: Place, run: Run) -> list[str]:
    """The first push, with nothing to commit."""
    _remote(place, run)
    return ["sync", "--push"]


def push_over(place: Place, run: Run) -> list[str]:
    """A sync of edits that pushes to a remote where somebody has added a page meanwhile."""
    remote = _remote(place, run)
    assert run("sync", "--push").code == 0
    clone = place.base / "clone"
    place.git("clone", "--quiet", str(remote), str(clone), repository=place.base)
    (clone / "README.md").write_bytes(b"a page for the host\n")
    place.git("add", "README.md", repository=clone)
    place.git("commit", "--quiet", "-m", "a page", repository=clone)
    place.git("push", "--quiet", "origin", "main", repository=clone)
    shutil.rmtree(clone)
    _edits(place)
    return ["sync", "--push"]


def _unsynced(place: Place, run: Run) -> str:
    """Two backups, and edits since; returns the older one."""
    _synced(place, run)
    older = place.head
    _edits(place)
    assert run("sync").code == 0
    place.write("AGENTS.md", "# Rules that no backup has\n")
    place.write("context/new.md", "a note that no backup has\n")
    place.write("context/n0.md", "written again, and no backup has it\n")
    (place.source / "agent/new.md").unlink()
    return older


def restore(place: Place, run: Run) -> list[str]:
    """A restore of an older backup over edits that no backup has."""
    return ["restore", "--yes", "--at", _unsynced(place, run)]


def undo(place: Place, run: Run) -> list[str]:
    """Taking such a restore back."""
    older = _unsynced(place, run)
    assert run("restore", "--yes", "--at", older).code == 0
    return ["restore", "--undo"]


def bootstrap(place: Place, run: Run) -> list[str]:
    """A machine is lost, and its remote is brought to a new one."""
    remote = _remote(place, run)
    assert run("sync", "--push").code == 0
    shutil.rmtree(place.backup)
    shutil.rmtree(place.source)
    shutil.rmtree(place.settings)
    for path in place.state.iterdir():
        if path.is_file():  # the note of a run with nothing to do
            path.unlink()
        elif path.name != "engine":
            shutil.rmtree(path)
    place.source.mkdir()
    return ["bootstrap", str(remote), "--no-triggers"]


TIDYING_ALL = "tidying all"
SCENES = (
    Scene("first sync", first),
    Scene("first sync on both cores", first, much=True),
    Scene("edits", edits),
    Scene("edits on both cores", edits, much=True),
    Scene("edits after a copy", edits, fresh=False),
    Scene(
        "edits in the backup",
        by_hand,
        b"A  README.md\0?? notes.txt\0",
        precious=BY_HAND,
    ),
    Scene("tidying", tidying),
    Scene(TIDYING_ALL, tidying_all),
    Scene("first push", push_first, remote=True, spare=True),
    Scene("push", push, remote=True, spare=True),
    Scene("push over another's", push_over, foreign=frozenset({b"README.md"}), remote=True, spare=True),
    Scene("push to this machine", push, remote=True),
    Scene("restore", restore, restores=True),
    Scene("undo", undo, restores=True),
    Scene("bootstrap", bootstrap, remote=True, spare=True, again=True),
)


Tree = dict[bytes, tuple[str, int, bytes]]


def tree_of(root: Path) -> Tree:
    """Everything below a folder: path to (kind, mode, bytes)."""
    found: Tree = {}
    top = os.fsencode(root)
    for path, thing in independent.source(top).items():
        whole = os.path.join(top, path)
        data = b""
        if thing.letter == "l":
            data = os.readlink(whole)
        elif thing.letter == "f":
            data = Path(os.fsdecode(whole)).read_bytes()
        found[path] = (thing.letter, thing.mode, data)
    return found
