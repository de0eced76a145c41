"""Listings of a tree: what a commit holds, what differs between two, and the form in which git prints it (pure)."""

from __future__ import annotations

import re
from collections.abc import Mapping

from autosync_tasks.model import Path, TreeCache

Listing = Mapping[Path, tuple[str, str]]
"""A commit's tree: path to (git mode, content id)."""

Delta = Mapping[Path, tuple[str, str] | None]
"""What differs between two trees: path to (git mode, content id), or None for a path that is gone."""


_LISTING = re.compile(rb"(?:(?:100644|100755|120000|160000) \w+ [0-9a-f]{40}\t[^\0]+(?:\0|\Z))*+\Z")


def parse_listing(output: bytes) -> dict[Path, tuple[str, str]]:
    """`git ls-tree -r -z` output as a listing. Raises ValueError for anything else."""
    fields = _ENTRY.findall(output)
    if len(fields) != output.count(b"\0") + bool(output and not output.endswith(b"\0")):
        raise ValueError("no listing of a tree")
    return {path: (mode.decode("ascii"), content.decode("ascii")) for mode, content, path in fields}


_ENTRY = re.compile(rb"(?<![^\0])(\d+) \w+ ([0-9a-f]+)\t([^\0]+)(?:\0|\Z)")


def sound_listing(listing: bytes) -> bool:
    """Whether a text has the form in which git prints a listing: what was remembered may be anything."""
    return bool(_LISTING.match(listing))


def tree_cache(commit: str, tree: Listing, manifest: bytes) -> TreeCache:
    """The listing in the form in which git prints it, to be remembered."""
    lines = [f"{mode} blob {content}\t".encode() + path for path, (mode, content) in sorted(tree.items())]
    return TreeCache(commit, b"\0".join(lines), manifest)


def changed(old: Listing, new: Listing) -> dict[Path, tuple[str, str] | None]:
    """What differs between two trees, as the second has it."""
    differing: dict[Path, tuple[str, str] | None] = {p: e for p, e in new.items() if old.get(p) != e}
    differing.update({path: None for path in old if path not in new})
    return differing


def applied(tree: Listing, delta: Delta) -> dict[Path, tuple[str, str]]:
    """The tree with the delta in it."""
    after = {path: entry for path, entry in tree.items() if path not in delta}
    after.update({path: entry for path, entry in delta.items() if entry is not None})
    return after
