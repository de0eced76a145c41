"""Listings of a tree: what a commit holds, what differs between two, the form in which git prints it; and the ids of
its folders, so that what git commits is known beforehand down to the last of them (pure).

Git's id of a tree is the hash of what lies in it, folders by their own ids: a commit with the id that was foreseen
holds what was planned and nothing else, however large it is. Only folders with a changed path are gone through again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping

from autosync_tasks.model import Path, TreeCache
from autosync_tasks.names import parents
from autosync_tasks.records import pattern

Listing = Mapping[Path, tuple[str, str]]
"""A commit's tree: path to (git mode, content id)."""

Delta = Mapping[Path, tuple[str, str] | None]
"""What differs between two trees: path to (git mode, content id), or None for a path that is gone."""


_LISTING = pattern(rb"(?:(?:100644|100755|120000|160000) \w+ [0-9a-f]{40}\t[^\0]+(?:\0|\Z))*+\Z")


def parse_listing(output: bytes) -> dict[Path, tuple[str, str]]:
    """`git ls-tree -r -z` output as a listing. Raises ValueError for anything else."""
    fields = _ENTRY.findall(output)
    if len(fields) != output.count(b"\0") + bool(output and not output.endswith(b"\0")):
        raise ValueError("no listing of a tree")
    return {path: (mode.decode("ascii"), content.decode("ascii")) for mode, content, path in fields}


_ENTRY = pattern(rb"(?<![^\0])(\d+) \w+ ([0-9a-f]+)\t([^\0]+)(?:\0|\Z)")


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


Edit = tuple[Path, bytes | None, bytes | None]
"""A path, its line before, its line after; None for no line."""


def place_of(text: bytes, path: Path, end: bytes, path_in: Callable[[bytes], Path]) -> int:
    """Where the line of a path is, or would be, in a text of lines sorted by path, each with this end."""
    low, high = 0, len(text)
    while low < high:
        middle = (low + high) // 2
        start, stop = text.rfind(end, low, middle) + 1 or low, text.find(end, middle)
        if path_in(text[start:stop]) < path:
            low = stop + 1
        else:
            high = start
    return low


def spliced(text: bytes, edits: Iterable[Edit], end: bytes, path_in: Callable[[bytes], Path]) -> bytes:
    """The text with some of its lines changed. Raises ValueError if it does not have one that is to go."""
    parts: list[bytes] = []
    done = 0
    for path, old, new in sorted(edits):
        at = place_of(text, path, end, path_in)
        stop = at if old is None else at + len(old) + 1
        if text[at:stop] != (b"" if old is None else old + end):
            raise ValueError("no such line")
        parts += (text[done:at], b"" if new is None else new + end)
        done = stop
    return b"".join([*parts, text[done:]])


def listed(path: Path, entry: tuple[str, str]) -> bytes:
    """The line of a file or link in a listing, without its end."""
    return b"%s blob %s\t%s" % (entry[0].encode(), entry[1].encode(), path)


def path_listed(line: bytes) -> Path:
    """The path in such a line."""
    return line.partition(b"\t")[2]


_BEFORE = len(b"100644 blob \t") + 40
"""Bytes of a line before the path."""
Folders = dict[Path, bytes]
"""Folder to the id (hex) of its tree object; b"" is the root."""


def folders_of(listing: bytes, made: dict[bytes, bytes] | None = None) -> Folders:
    """Those of a whole listing. made: gets the tree objects by their ids."""
    paths = {line.partition(b"\t")[2].rpartition(b"/")[0] for line in listing.split(b"\0")}
    return refolded(listing, {}, {b"", *paths, *(above for path in paths for above in parents(path))}, made)


def refolded(
    listing: bytes, folders: Folders, changed: Iterable[Path], made: dict[bytes, bytes] | None = None
) -> Folders:
    """Those of a listing, from those before. changed: every folder in which, at any depth, something is another."""
    after, text = dict(folders), listing + b"\0"
    inside: dict[Path, dict[Path, bytes]] = {}
    for path, tree in folders.items():
        if path:
            inside.setdefault(path.rpartition(b"/")[0], {})[path] = tree
    for folder in sorted(changed, key=lambda path: (-path.count(b"/"), not path)):
        front, begin, stop = b"", 0, len(text)
        if folder:
            front = folder + b"/"
            begin, stop = (place_of(text, path, b"\0", path_listed) for path in (front, folder + b"0"))
        cut = _BEFORE + len(front)
        below = inside.get(folder, {})
        lines = _beside(text, begin, stop, below).split(b"\0")[:-1]
        items = [(line[cut:], line[:6], line[12:52]) for line in lines if line.find(b"/", cut) < 0]
        items += [(path[len(front) :] + b"/", b"40000", tree) for path, tree in below.items()]
        parts = [(mode, name.removesuffix(b"/"), bytes.fromhex(one.decode())) for name, mode, one in sorted(items)]
        tree = b"".join([b"%s %s\0%s" % part for part in parts])
        name = hashlib.sha1(b"tree %d\0" % len(tree) + tree, usedforsecurity=False).hexdigest().encode()
        if made is not None:
            made[name] = tree
        above = inside.setdefault(folder.rpartition(b"/")[0], {})
        if items:  # the root is never empty: each commit has its manifest
            after[folder] = above[folder] = name
        else:
            after.pop(folder, None)
            above.pop(folder, None)
    return after


_FEW = 20
"""Folders in one that are passed over: each takes as long to find as some 200 lines to split."""


def _beside(text: bytes, begin: int, stop: int, below: Iterable[Path]) -> bytes:
    """A part of a listing's text without what is in these folders, where they are few."""
    if len(below := sorted(below, key=lambda path: path + b"/")) > _FEW:
        return text[begin:stop]
    parts = []
    for path in below:
        first, last = (place_of(text, one, b"\0", path_listed) for one in (path + b"/", path + b"0"))
        parts.append(text[begin:first])
        begin = last
    return b"".join([*parts, text[begin:stop]])


def folders_text(folders: Folders) -> bytes:
    """To be remembered."""
    return b"".join([b"%s %s\0" % (tree, path) for path, tree in folders.items()])


def folders_from(text: bytes) -> Folders:
    """The inverse; what is no such text gives what is of no use."""
    return {line[41:]: line[:40] for line in text.split(b"\0")[:-1]}
