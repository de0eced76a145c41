"""What is at hand for the work tree: only what has the id that was committed."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from autosync_tasks.tree.content import AtHand, Reader, content_id
from autosync_tasks.tree.walk import walk


def test_the_source_gives_a_file_only_as_it_was_committed(tmp_path: Path) -> None:
    for name in ("same", "changed", "gone"):
        (tmp_path / name).write_bytes(name.encode())
    root = os.open(tmp_path, os.O_RDONLY | os.O_DIRECTORY)
    scan = walk(root, lambda _name, _folder: False, 1000)
    paths = {content_id(path): path for path in scan.records}
    (tmp_path / "changed").write_bytes(b"changes")
    (tmp_path / "gone").unlink()
    with Reader(root, scan.followed) as reader:
        at_hand = AtHand(reader, scan.records, paths)
        at_hand["kept"] = b"bytes"
        assert (at_hand["kept"], at_hand[content_id(b"same")]) == (b"bytes", b"same")
        for other in (content_id(b"changed"), content_id(b"gone"), "0" * 40):
            with pytest.raises(KeyError):
                at_hand[other]
    os.close(root)
