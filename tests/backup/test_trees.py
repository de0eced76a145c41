"""Trees made by ourselves: the very ones that git makes, and only where git would take too long."""

from __future__ import annotations

import random
import subprocess
from pathlib import Path

import pytest

from autosync_tasks.backup import commit as commits
from autosync_tasks.backup import objects, trees
from autosync_tasks.backup.repository import Repository
from tests.support.place import Place


def git(folder: Path, *words: str, stdin: bytes = b"") -> bytes:
    return subprocess.run(["git", "-C", str(folder), *words], input=stdin, capture_output=True, check=True).stdout


@pytest.fixture
def repository(workshop: Path) -> Repository:
    made = Repository(str(workshop / "backup"), "main")
    made.create()
    return made


def listing(repository: Repository, count: int, dice: random.Random) -> dict[bytes, tuple[str, str]]:
    """So many files, links and foreign submodules under odd names, where a folder and a file begin alike too."""
    folder = Path(repository.folder)
    ids = git(folder, "hash-object", "-w", "--stdin", stdin=b"x").decode().split()
    parts = [b"a", b"a.b", b"a-b", b"a b", b"ab", b"\xc3\xa9", b"\xff\xfe", b"z\nz", b"A", b"0", b".x"]
    tree: dict[bytes, tuple[str, str]] = {}
    for _ in range(count):
        path = b"/".join(dice.choices(parts, k=dice.randint(1, 4)))
        above = [path[:at] for at in range(len(path)) if path[at : at + 1] == b"/"]
        if path in tree or any(one in tree for one in above) or any(one.startswith(path + b"/") for one in tree):
            continue
        mode = dice.choice(["100644", "100755", "120000", "160000"])
        tree[path] = (mode, ids[0] if mode != "160000" else "1" * 40)
    return tree


@pytest.mark.parametrize("seed", range(3))
def test_the_trees_are_those_that_git_makes(repository: Repository, seed: int) -> None:
    tree = listing(repository, 150, random.Random(seed))
    with trees.written(repository, tree) as root:
        pass
    lines = b"".join(b"%s %s\t%s\0" % (mode.encode(), content.encode(), path) for path, (mode, content) in tree.items())
    folder = Path(repository.folder)
    git(folder, "update-index", "-z", "--add", "--index-info", stdin=lines)
    assert git(folder, "write-tree").decode().strip() == root
    assert list(repository.listing(root)) == sorted(tree)
    assert repository.listing(root) == tree


def test_a_tree_that_stands_twice_is_packed_once(repository: Repository) -> None:
    blob = git(Path(repository.folder), "hash-object", "-w", "--stdin", stdin=b"x").decode().strip()
    with trees.written(repository, {b"a/x": ("100644", blob), b"b/x": ("100644", blob)}) as root:
        pass
    pack = next(Path(repository.git_dir, "objects/pack").glob("*.idx"))
    assert len(git(Path(repository.folder), "show-index", stdin=pack.read_bytes()).splitlines()) == 2
    assert sorted(repository.listing(root)) == [b"a/x", b"b/x"]


def test_only_a_wide_folder_with_many_changes_is_too_wide() -> None:
    wide = [b"notes/%06d.md" % number for number in range(8000)]
    narrow = [b"notes/%03d/%06d.md" % (number // 20, number) for number in range(8000)]
    assert trees.too_wide(wide, wide)
    assert trees.too_wide(wide, [])  # taken away
    assert not trees.too_wide(narrow, narrow)
    assert not trees.too_wide(wide[:1000], wide)
    assert trees.too_wide(*[[b"%06d/x" % number for number in range(8000)]] * 2), "many folders in one"


def test_a_sync_of_such_a_folder_makes_its_trees_and_proves_them(
    workshop: Path, scanner_cache: Path, one_scanner: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = Place.make(workshop, scanner_cache)
    monkeypatch.setattr(commits, "_FEW", 5)
    monkeypatch.setattr(trees, "MOST_STEPS", 20)
    for number in range(12):
        place.write(f"notes/n{number:03}.md", f"note {number}\n")
    place.write("notes/deep/er/x.md", "x\n")
    assert place.inside().outcome == "changed"
    folder = place.backup
    assert git(folder, "status", "--porcelain") == b""
    git(folder, "fsck", "--strict")
    for number in range(12):
        place.write(f"notes/n{number:03}.md", f"another {number}\n")
    (place.source / "notes/deep/er/x.md").unlink()
    assert place.inside("sync", "--force").outcome == "changed", "all is looked at anew, so that nothing is foreseen"
    git(folder, "fsck", "--strict")
    held = git(folder, "ls-tree", "-r", "--name-only", "HEAD").split()
    assert len(held) == 13, held
    assert git(folder, "show", "HEAD:notes/n007.md") == b"another 7\n"
    before = place.head
    for number in range(12):
        place.write(f"notes/n{number:03}.md", f"a third {number}\n")
    monkeypatch.setattr(commits, "has_blobs", lambda *_: False)
    assert place.inside("sync", "--force").code != 0
    assert place.head == before, "what was not stored is never told as stored"


def test_a_blob_that_is_not_there_is_seen(repository: Repository) -> None:
    blob = git(Path(repository.folder), "hash-object", "-w", "--stdin", stdin=b"x").decode().strip()
    assert objects.has_blobs(repository, [blob, blob])
    assert objects.has_blobs(repository, [])
    assert not objects.has_blobs(repository, [blob, "1" * 40])
    with trees.written(repository, {b"x": ("100644", blob)}) as root:
        pass
    assert not objects.has_blobs(repository, [root])
