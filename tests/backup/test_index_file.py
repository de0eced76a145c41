"""Git's index, changed without git: the same as git makes of it, or nothing."""

from __future__ import annotations

import hashlib
import os
import random
from collections.abc import Callable
from pathlib import Path

import pytest

from autosync_tasks.backup.index import change_index, changed_index
from tests.features.pictures import git

SEED = int(os.environ.get("AUTOSYNC_SEED", "3"))
IDS = [hashlib.sha1(b"%d" % number).hexdigest() for number in range(9)]
NAMES = [b"a", b"a.b", b"a/b", b"a/b/c", b"a0", b"b/\xff\n", b'b/"q"', b"b/c d", b"d" * 200, b"e" * 4500]
Entry = tuple[str, str]


@pytest.fixture
def git_dir(workshop: Path) -> Path:
    git(workshop, "init", "-q", "place")
    return workshop / "place/.git"


def put(git_dir: Path, tree: dict[bytes, Entry]) -> None:
    lines = [b"%s %s\t%s" % (mode.encode(), content.encode(), path) for path, (mode, content) in tree.items()]
    (git_dir / "index").unlink(missing_ok=True)
    git(git_dir, "--git-dir=.", "update-index", "-z", "--add", "--index-info", stdin=b"\0".join([*lines, b""]))


def listed(git_dir: Path) -> dict[bytes, Entry]:
    lines = git(git_dir, "--git-dir=.", "ls-files", "-z", "--stage").split(b"\0")[:-1]
    facts = [line.partition(b"\t") for line in lines]
    return {path: (about[:6].decode(), about[7:47].decode()) for about, _, path in facts}


def some_tree(dice: random.Random) -> dict[bytes, Entry]:
    """Paths of which none lies below another."""
    tree: dict[bytes, Entry] = {}
    for path in dice.sample(NAMES, dice.randint(1, len(NAMES))):
        if not any(path.startswith(other + b"/") or other.startswith(path + b"/") for other in tree):
            tree[path] = (dice.choice(["100644", "100755", "120000"]), dice.choice(IDS))
    return tree


@pytest.mark.parametrize("seed", [SEED, *(pytest.param(SEED + n, marks=pytest.mark.sweep) for n in range(1, 60))])
def test_it_becomes_what_is_wanted_and_the_rest_stays(git_dir: Path, seed: int) -> None:
    dice = random.Random(seed)
    for _ in range(6):
        old, new = some_tree(dice), some_tree(dice)
        foreign = {b"c/foreign": ("100644", IDS[0]), b"z": ("100755", IDS[1])}
        put(git_dir, old | foreign)
        wanted = {path: new.get(path) for path in old.keys() | new.keys()}
        assert change_index(str(git_dir), wanted, old) is True
        assert listed(git_dir) == new | foreign
        assert change_index(str(git_dir), wanted, {}) is True, "it stands there already"
        assert not (git_dir / "index.lock").exists()


def test_where_something_else_stands_nothing_is_changed(git_dir: Path) -> None:
    tree = {b"a/b": ("100644", IDS[0]), b"c": ("100644", IDS[1]), b"d": ("100644", IDS[2])}
    put(git_dir, tree)
    text = (git_dir / "index").read_bytes()
    for wanted in (
        {b"d": ("100644", IDS[4])},  # it was edited: neither the old nor the new one
        {b"e": None, b"d": None},
        {b"a": ("100644", IDS[4])},
        {b"c/below": ("100644", IDS[4])},
        {b"a/b": ("100755", IDS[0]), b"gone": ("100644", IDS[4])},
    ):
        was = {b"e": ("100644", IDS[3]), b"gone": ("100644", IDS[3]), b"a/b": tree[b"a/b"]}
        assert change_index(str(git_dir), wanted, was) is False, wanted
        assert (git_dir / "index").read_bytes() == text
        assert not (git_dir / "index.lock").exists()
    swapped = {b"a/b": None, b"a": ("120000", IDS[5])}
    assert change_index(str(git_dir), swapped, tree) is True
    assert git(git_dir, "--git-dir=.", "ls-files").split() == [b"a", b"c", b"d"]


def _cut(data: bytes) -> bytes:
    text = data[:-60]
    return text + hashlib.sha1(text).digest()


@pytest.mark.parametrize(
    "spoil",
    [
        lambda data: data[:-1] + bytes([data[-1] ^ 1]),
        lambda data: data[:7] + b"\4" + data[8:],
        lambda data: data[:-20] + bytes(20),
        _cut,
        lambda data: b"",
    ],
)
def test_what_is_not_the_usual_form_is_left_to_git(git_dir: Path, spoil: Callable[[bytes], bytes]) -> None:
    put(git_dir, {b"a": ("100644", IDS[0]), b"b": ("100644", IDS[0])})
    data = (git_dir / "index").read_bytes()
    wanted = {b"a": ("100644", IDS[1])}
    assert changed_index(data, wanted, {b"a": ("100644", IDS[0])})
    assert changed_index(spoil(data), wanted, {}) is None


def test_a_merge_a_lock_and_no_index_are_left_to_git(git_dir: Path) -> None:
    wanted = {b"b": ("100644", IDS[1])}
    assert change_index(str(git_dir), wanted, {}) is None
    git(git_dir, "--git-dir=.", "update-index", "--index-info", stdin=b"100644 %s 2\ta\n" % IDS[0].encode())
    assert change_index(str(git_dir), wanted, {}) is None
    put(git_dir, {b"a": ("100644", IDS[0])})
    (git_dir / "index.lock").touch()
    assert change_index(str(git_dir), wanted, {}) is None
    assert (git_dir / "index.lock").exists(), "it is another's"


def test_a_file_edited_in_the_same_moment_is_not_taken_for_clean(git_dir: Path) -> None:
    """What git was unsure of, as the file was as young as the index, it must still look at."""
    tree = git_dir.parent
    (tree / "a").write_text("one\n")
    git(tree, "add", "a")
    facts = (tree / "a").stat()
    os.utime(git_dir / "index", ns=(facts.st_atime_ns, facts.st_mtime_ns))
    (tree / "a").write_text("two\n")
    os.utime(tree / "a", ns=(facts.st_atime_ns, facts.st_mtime_ns))
    assert change_index(str(git_dir), {b"b": ("100644", IDS[1])}, {}) is True
    assert b"a" in git(tree, "-c", "core.trustctime=false", "diff-files", "--name-only").split()
