"""What is looked at again after a commit: nothing that moved since it was read may pass for unchanged."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from autosync_tasks.model import Entry
from autosync_tasks.tree import observe
from autosync_tasks.tree.content import Reader, content_id
from autosync_tasks.tree.walk import Scan, entry_of, open_root, walk

NAMES = (b"a/edited.md", b"a/quick.md", b"b/gone.md", b"b/kept.md")


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    for name in NAMES:
        path = tmp_path / os.fsdecode(name)
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(b"as it was read\n")
    time.sleep(0.1)  # old enough for a later change to show in the facts
    return tmp_path


def look(tree: Path) -> tuple[int, Scan, dict[bytes, Entry]]:
    root = open_root(str(tree))
    scan = walk(root, lambda name, folder: False, 10**9)
    content = content_id(b"as it was read\n")
    return root, scan, {name: entry_of(scan.records[name], content) for name in NAMES}


def test_what_moved_since_it_was_read_is_named(tree: Path) -> None:
    root, scan, wanted = look(tree)
    began = time.time_ns()
    before = (tree / "a/edited.md").stat()
    (tree / "a/edited.md").write_bytes(b"is edited now!\n")  # the same size
    os.utime(tree / "a/edited.md", ns=(before.st_atime_ns, before.st_mtime_ns))
    (tree / "b/gone.md").unlink()
    assert observe.moved_since(root, scan, wanted.items(), began) == [b"a/edited.md", b"b/gone.md"]


def test_a_file_too_new_for_its_facts_to_tell_is_read_again(tree: Path) -> None:
    (tree / "a/quick.md").write_bytes(b"another moment\n")
    root, scan, wanted = look(tree)  # its facts are the walk's, but its bytes are not those that were read
    assert observe.moved_since(root, scan, wanted.items(), time.time_ns()) == [b"a/quick.md"]


def test_what_stands_still_is_not_read_again(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root, scan, wanted = look(tree)

    def read(*_: object) -> None:
        raise AssertionError("read again")

    monkeypatch.setattr(Reader, "read", read)
    assert observe.moved_since(root, scan, wanted.items(), time.time_ns()) == []
