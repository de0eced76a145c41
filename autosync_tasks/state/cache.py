"""The caches of the state folder as text: what the last run saw, and the branch's listing at one commit (pure).

A cache may hold anything, whoever wrote there: what is not, in every part, what this version writes is no cache, and
the next run looks anew.
"""

from __future__ import annotations

import hashlib
import json
import zlib
from typing import Any

from autosync_tasks import __version__
from autosync_tasks.model import Cache, TreeCache


def scan_text(seen: Cache) -> bytes:
    """The scan cache as it is kept."""
    unsettled = [path.hex() for path in seen.unsettled]
    header = {"head": seen.head, "settings": seen.settings, "unsettled": unsettled, "idle": seen.idle}
    return _sealed(header, seen.scan, seen.ids)


def scan_from(raw: bytes | None) -> Cache | None:
    """The inverse; None for anything that is no scan cache of this version."""
    header, parts = _opened(raw)
    if len(parts) != 2:
        return None
    scan, ids = parts
    head, settings, unsettled, idle = (header.get(key) for key in ("head", "settings", "unsettled", "idle"))
    if not (isinstance(head, str) and isinstance(settings, str) and isinstance(unsettled, list)):
        return None
    if not (idle is None or (isinstance(idle, dict) and isinstance(idle.get("reason"), str))):
        return None
    try:
        return Cache(head, settings, scan, ids, tuple(bytes.fromhex(path) for path in unsettled), idle)
    except (TypeError, ValueError):
        return None


def tree_text(tree: TreeCache) -> bytes:
    """The branch's listing as it is kept."""
    return _sealed({"commit": tree.commit}, tree.listing, tree.manifest, tree.folders)


def tree_from(raw: bytes | None) -> TreeCache | None:
    """The inverse; None for anything that is no listing of this version."""
    header, parts = _opened(raw)
    if len(parts) != 3 or not isinstance(commit := header.get("commit"), str):
        return None
    return TreeCache(commit, *parts)


def _sealed(header: dict[str, Any], *parts: bytes) -> bytes:
    header = {"version": __version__, "lengths": [len(part) for part in parts], **header}
    head = json.dumps(header).encode() + b"\n"
    return b"".join([_checksum(head, *parts), b"\n", head, *parts])


def _checksum(head: bytes, *parts: bytes | memoryview) -> bytes:
    """Tells a text from one that is not whole: its header by a digest, the rest by a checksum, in a fifth of the time.
    Neither says who wrote it: what is believed of a cache is held against the branch, the walk and git's own ids."""
    crc = 0
    for part in parts:
        crc = zlib.crc32(part, crc)
    return b"%s%08x" % (hashlib.sha256(head).hexdigest()[:56].encode(), crc)


def _opened(raw: bytes | None) -> tuple[dict[str, Any], list[bytes]]:
    """Header and parts, none of a text that is not whole. A right checksum does not say who wrote it."""
    raw = raw or b""
    begin = raw.find(b"\n") + 1
    place = raw.find(b"\n", begin) + 1
    head = raw[begin:place]
    if not begin or _checksum(head, memoryview(raw)[place:]) != raw[: begin - 1]:
        return {}, []  # cut off, damaged, or of another version
    try:
        header = json.loads(head)
    except (ValueError, RecursionError):
        return {}, []
    if not isinstance(header, dict) or header.get("version") != __version__:
        return {}, []
    lengths, parts = header.get("lengths"), []
    if not isinstance(lengths, list) or not all(isinstance(one, int) and one >= 0 for one in lengths):
        return {}, []
    for length in lengths:
        parts.append(raw[place : place + length])
        place += length
    return (header, parts) if place == len(raw) else ({}, [])
