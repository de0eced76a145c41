"""The caches of the state folder as text: what the last run saw, and the branch's listing at one commit (pure).

A cache may hold anything, whoever wrote there: what is not, in every part, what this version writes is no cache, and
the next run looks anew.
"""

from __future__ import annotations

import hashlib
import json
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
    opened = _opened(raw)
    if opened is None:
        return None
    header, scan, ids = opened
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
    return _sealed({"commit": tree.commit}, tree.listing, tree.manifest)


def tree_from(raw: bytes | None) -> TreeCache | None:
    """The inverse; None for anything that is no listing of this version."""
    opened = _opened(raw)
    if opened is None or not isinstance(commit := opened[0].get("commit"), str):
        return None
    return TreeCache(commit, opened[1], opened[2])


def _sealed(header: dict[str, Any], first: bytes, second: bytes) -> bytes:
    header = {"version": __version__, "first": len(first), **header}
    body = json.dumps(header).encode() + b"\n" + first + second
    return hashlib.sha256(body).hexdigest().encode() + b"\n" + body


def _opened(raw: bytes | None) -> tuple[dict[str, Any], bytes, bytes] | None:
    """Header and the two parts. A right checksum says only that the text is whole, not who wrote it."""
    if raw is None:
        return None
    checksum, _, body = raw.partition(b"\n")
    if hashlib.sha256(body).hexdigest().encode() != checksum:
        return None  # cut off, damaged, or of another version
    line, _, rest = body.partition(b"\n")
    try:
        header = json.loads(line)
    except (ValueError, RecursionError):
        return None
    if not isinstance(header, dict) or header.get("version") != __version__:
        return None
    cut = header.get("first")
    if not isinstance(cut, int) or not 0 <= cut <= len(rest):
        return None
    return header, rest[:cut], rest[cut:]
