"""A part of a big file: the same whatever the rest of the file does, and never a deletion for a fault."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from autosync_tasks.model import Left
from autosync_tasks.tree.content import content_id
from autosync_tasks.tree.derived import Part
from autosync_tasks.tree.followed_links import Following
from autosync_tasks.tree.observe import Observation, moved_since, observe, read_again
from autosync_tasks.tree.walk import open_root, walk

PATH = ".autosync-outside/mcp.json"
SERVERS = {"b": {"command": "npx"}, "a": {"url": "https://example.org"}}


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    (tmp_path / "tree").mkdir()
    (tmp_path / "tree" / "CLAUDE.md").write_text("hi\n")
    return tmp_path / "tree"


def look(tree: Path) -> Observation:
    part = Part(str(tree.parent / "big.json"), ("mcpServers",))
    root = open_root(str(tree))
    try:
        scan = walk(
            root, lambda name, folder: name == b"big.json", 10_000, Following(str(tree), (), None, {PATH: part})
        )
        found = observe(root, scan, {})
        wanted = [(path, entry) for path, entry in found.manifest.items() if path.endswith(b".json")]
        assert moved_since(root, scan, wanted, 2**62) == []
        assert [content_id(data) for _, data in read_again(root, scan, wanted, {})] == [entry.id for _, entry in wanted]
        return found
    finally:
        os.close(root)


def write(tree: Path, **values: object) -> None:
    (tree.parent / "big.json").write_text(json.dumps(values))


def test_the_rest_of_the_file_is_no_change_and_the_part_is(tree: Path) -> None:
    write(tree, mcpServers=SERVERS, userID="one", numStartups=1)
    once = look(tree)
    write(tree, numStartups=2, userID="two", oauthAccount={"x": 1}, mcpServers=dict(reversed(SERVERS.items())))
    assert look(tree).scan.blob == once.scan.blob
    entry = once.manifest[PATH.encode()]
    stable = (json.dumps({"mcpServers": SERVERS}, indent=2, sort_keys=True) + "\n").encode()
    assert entry.id == content_id(stable)
    assert PATH.encode() not in once.unsettled
    write(tree, mcpServers={"b": {"command": "npy"}, "a": SERVERS["a"]})
    assert look(tree).scan.blob != once.scan.blob


@pytest.mark.parametrize("held", ["{", '{"mcpServers": ', "\xff", "[" * 100_000, "[]", "null", "5"])
def test_a_file_that_is_halfway_written_is_left_out(tree: Path, held: str) -> None:
    (tree.parent / "big.json").write_text(held, "latin-1")
    found = look(tree)
    assert [(left.path.decode(), left.why) for left in found.left_out] == [(PATH, Left.UNREADABLE)]


@pytest.mark.parametrize("held", ["{}", '{"mcpServers": {}}', '{"mcpServers": null}', None])
def test_where_there_is_nothing_there_is_no_part(tree: Path, held: str | None) -> None:
    if held is not None:
        (tree.parent / "big.json").write_text(held)
    assert Part(str(tree.parent / "big.json"), ("mcpServers",)).read() is None


def test_a_link_whose_disk_is_away_is_no_deletion(tree: Path) -> None:
    (tree.parent / "big.json").symlink_to("away/big.json")
    assert [(left.path.decode(), left.why) for left in look(tree).left_out] == [(PATH, Left.UNREADABLE)]


def test_what_is_no_file_is_not_read(tree: Path) -> None:
    os.mkfifo(tree.parent / "big.json")
    with pytest.raises(OSError, match="usual size"):
        Part(str(tree.parent / "big.json"), ("mcpServers",)).read()
