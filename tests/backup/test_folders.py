"""A remembered listing of which a few lines changed: spliced, or not at all."""

from __future__ import annotations

import hashlib
import random

import pytest

from autosync_tasks.backup.listing import (
    folders_from,
    folders_of,
    folders_text,
    listed,
    path_listed,
    refolded,
    sound_listing,
    spliced,
)

A, B, C = (listed(path, ("100644", str(number) * 40)) for number, path in enumerate((b"a", b"b/x", b"c")))
TEXT = A + b"\0" + B + b"\0" + C + b"\0"


def test_what_goes_comes_and_changes() -> None:
    other, new = listed(b"b/x", ("100755", "7" * 40)), listed(b"b/y", ("100644", "8" * 40))
    after = spliced(TEXT, [(b"b/x", B, other), (b"b/y", None, new), (b"a", A, None)], b"\0", path_listed)
    assert after == other + b"\0" + new + b"\0" + C + b"\0"


@pytest.mark.parametrize(
    "line", [listed(b"b", ("100644", "1" * 40)), listed(b"b/x", ("100644", "7" * 40))], ids=["of no path", "another"]
)
def test_a_line_that_should_go_and_is_not_there_is_told(line: bytes) -> None:
    with pytest.raises(ValueError, match="no such line"):
        spliced(TEXT, [(path_listed(line), line, None)], b"\0", path_listed)


def test_the_folders_above_a_change_are_worked_out_as_if_all_were() -> None:
    before = folders_of(TEXT[:-1])
    for after, changed in (
        (A + b"\0" + C, [b"", b"b"]),
        (A + b"\0" + listed(b"b/x", ("100644", "7" * 40)) + b"\0" + C, [b"", b"b"]),
        (A + b"\0" + listed(b"b/d/e", ("100644", "7" * 40)) + b"\0" + B + b"\0" + C, [b"", b"b", b"b/d"]),
        (listed(b"a", ("100644", "7" * 40)) + b"\0" + B + b"\0" + C, [b""]),
    ):
        assert refolded(after, before, changed) == folders_of(after) != before


def test_of_a_folder_is_only_what_lies_in_it() -> None:
    """Names that sort right before and behind `a/`: each tree is the one that git makes."""
    file = ("100644", "1" * 40)
    within = folders_of(b"\0".join(listed(b"a/" + name, file) for name in (b"0", b"x")))[b"a"]
    beside = (b"a", b"a.b", b"a/0", b"a/x", b"a0", b"a0/x", b"a1", b"aX")
    for other in beside:
        paths = sorted({b"a/0", b"a/x", other} - ({b"a"} if other == b"a" else set()))
        assert folders_of(b"\0".join(listed(path, file) for path in paths))[b"a"] == within


def test_the_trees_of_folders_come_back_as_they_were_remembered() -> None:
    trees = {b"": b"1" * 40, b"a b": b"2" * 40, b"a b/c\nd": b"3" * 40}
    assert folders_from(folders_text(trees)) == trees
    assert folders_from(b"") == {}


def _git_tree(paths: dict[bytes, bytes], made: dict[bytes, bytes], folder: bytes = b"") -> bytes:
    """The id of a folder's tree, as git-mktree(1) says, from the ids of the files in it; `made` gets all of them."""
    items = []
    for name in {path.split(b"/", 1)[0] for path in paths}:
        inside = {path[len(name) + 1 :]: one for path, one in paths.items() if path.startswith(name + b"/")}
        above = folder + b"/" + name if folder else name
        tree = _git_tree(inside, made, above) if inside else paths[name]
        items.append((name + b"/" if inside else name, b"40000" if inside else b"100644", name, tree))
    text = b"".join(b"%s %s\0%s" % (mode, name, bytes.fromhex(one.decode())) for _, mode, name, one in sorted(items))
    made[folder] = hashlib.sha1(b"tree %d\0" % len(text) + text, usedforsecurity=False).hexdigest().encode()
    return made[folder]


def _above(path: bytes) -> set[bytes]:
    return {b"", *(path[:at] for at, byte in enumerate(path) if byte == ord("/"))}


@pytest.mark.parametrize("seed", range(12))
def test_the_ids_are_those_of_gits_own_form_before_and_after_changes(seed: int) -> None:
    """Folders of few and of more than twenty others, with names that sort just before and behind a slash."""
    chance = random.Random(seed)
    names = [*(b"n%d" % number for number in range(30 if seed % 2 else 3)), b"a", b"a.b", b"a0", b"a-"]
    paths: dict[bytes, bytes] = {}

    def put(number: int) -> set[bytes]:
        path = b"/".join(chance.choice(names) for _ in range(chance.randrange(1, 4)))
        if any(one.startswith(path + b"/") or path.startswith(one + b"/") for one in paths):
            return set()
        paths[path] = b"%040x" % number
        return _above(path)

    def text() -> bytes:
        return b"\0".join(listed(path, ("100644", one.decode())) for path, one in sorted(paths.items()))

    for number in range(60):
        put(number)
    folders = folders_of(text())
    for round_ in range(4):
        wanted: dict[bytes, bytes] = {}
        _git_tree(paths, wanted)
        assert folders == wanted
        changed = set().union(*(put(1000 * round_ + number) for number in range(100, 106)))
        for path in chance.sample(sorted(paths), 5):
            changed |= _above(path)
            del paths[path]
        folders = refolded(text(), folders, changed)


def test_a_sound_listing_is_told_from_any_other_text() -> None:
    assert sound_listing(b"") and sound_listing(TEXT) and sound_listing(TEXT[:-1])
    for odd in (b"\0", b"x", TEXT + b"x", TEXT[1:], TEXT.replace(b"\t", b" "), TEXT.replace(b"100644", b"100600")):
        assert not sound_listing(odd), odd
