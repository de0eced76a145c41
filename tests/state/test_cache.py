"""A cache that is not whole, to the last byte, is no cache."""

from __future__ import annotations

import random

from autosync_tasks.model import Cache, TreeCache
from autosync_tasks.state.cache import scan_from, scan_text, tree_from, tree_text

SEEN = Cache("a" * 40, "shape", b"record path\0" * 40, b"id" * 200, (b"context/a.md",), {"reason": "nothing"})
TREE = TreeCache("b" * 40, b"100644 blob x\tpath\0" * 40, b"manifest\n" * 9, b"folders")


def test_what_is_kept_comes_back() -> None:
    assert scan_from(scan_text(SEEN)) == SEEN
    assert tree_from(tree_text(TREE)) == TREE


def test_no_byte_may_be_another_missing_or_more() -> None:
    dice = random.Random(5)
    for text, read in ((scan_text(SEEN), scan_from), (tree_text(TREE), tree_from)):
        for at in (0, 63, 64, 65, len(text) - 1, *dice.sample(range(len(text)), 200)):
            other = bytes([text[at] ^ (1 << dice.randrange(8))])
            assert read(text[:at] + other + text[at + 1 :]) is None, at
            assert read(text[:at]) is None, at
            assert read(text[:at] + b"0" + text[at:]) is None, at
        assert read(text + b"\n") is None
    assert [
        read(text) for read in (scan_from, tree_from) for text in (None, b"", b"\n", b"\n\n", b"0" * 64 + b"\n")
    ] == [None] * 10
