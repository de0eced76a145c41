"""Trees deeper than Python's stack and than the files that a process may hold open."""

from __future__ import annotations

import os
import resource
from collections.abc import Iterator
from pathlib import Path

import pytest

from autosync_tasks.files import remove_tree
from autosync_tasks.tree.dirfd import Below, each_folder
from autosync_tasks.tree.walk import open_root, walk
from autosync_tasks.tree.write import sweep

DEPTH = 1100


@pytest.fixture
def deep(workshop: Path) -> Iterator[Path]:
    """`d/d/…/x.md`, with the leaving of a killed restore beside it, where few files may be open at once."""
    top = workshop / "deep"
    top.mkdir()
    fd = os.open(top, os.O_RDONLY)
    for _ in range(DEPTH):
        os.mkdir("d", dir_fd=fd)
        below = os.open("d", os.O_RDONLY, dir_fd=fd)
        os.close(fd)
        fd = below
    for name in ("x.md", ".autosync-restore-ab12-1.bak"):
        os.close(os.open(name, os.O_CREAT | os.O_WRONLY, dir_fd=fd))
    os.close(fd)
    limits = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (256, limits[1]))
    yield top
    resource.setrlimit(resource.RLIMIT_NOFILE, limits)
    remove_tree(str(top))
    assert not top.exists()


def test_a_walk_sees_all_of_it(deep: Path) -> None:
    root = open_root(str(deep))
    try:
        scan = walk(root, lambda name, is_folder: False, 1000)
    finally:
        os.close(root)
    assert len(scan.records) == DEPTH + 2
    assert scan.left_out == []


def test_paths_are_reached_up_and_down(deep: Path) -> None:
    bottom = b"/".join([b"d"] * DEPTH)
    with Below(str(deep)) as below:
        assert below.contents(bottom + b"/x.md") is not None
        for depth in range(DEPTH, 0, -1):
            assert below.look(b"/".join([b"d"] * depth)) is not None
        assert sum(1 for _ in each_folder(below)) == DEPTH + 1


def test_what_a_killed_restore_left_there_goes(deep: Path) -> None:
    sweep(str(deep))
    with Below(str(deep)) as below:
        assert [names for _, _, _, names in each_folder(below) if names] == [[b"x.md"]]


def test_removing_follows_no_link_and_takes_folders_that_are_closed(workshop: Path) -> None:
    top, outside = workshop / "top", workshop / "outside"
    (top / "a" / "b").mkdir(parents=True)
    (top / "a" / "b" / "c").write_text("gone")
    outside.mkdir()
    (outside / "kept").write_text("stays")
    (top / "a" / "link").symlink_to(outside)
    (top / "a" / "b").chmod(0o500)
    (top / "a").chmod(0o500)
    remove_tree(str(top))
    assert not top.exists()
    assert (outside / "kept").read_text() == "stays"
