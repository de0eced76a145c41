"""A remembered listing of which a few lines changed: spliced, or not at all."""

from __future__ import annotations

import pytest

from autosync_tasks.backup.listing import (
    folders_from,
    folders_of,
    folders_text,
    listed,
    path_listed,
    refolded,
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
    trees = {b"": "1" * 40, b"a b": "2" * 40, b"a b/c\nd": "3" * 40}
    trees = {path: tree.encode() for path, tree in trees.items()}
    assert folders_from(folders_text(trees)) == trees
    assert folders_from(b"") == {}
