"""Where OpenCode looks for what, by path alone. Found out with OpenCode 1.18.33."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

_KINDS = {name.encode() + end: name for name in ("agent", "command", "mode", "skill") for end in (b"", b"s")}
_CONFIG = frozenset((b"opencode.json", b"opencode.jsonc", b"config.json"))


class OpenCodePath(NamedTuple):
    """A path seen from the folder that OpenCode reads: that folder (with its `/`), the rest, its first folder's kind.

    kind: "agent", "command", "mode", "skill", or "". name: what tells it from others of its kind (`a/b.md` for
    `agent/a/b.md`; for a skill its folder), or "" if it is none.
    """

    root: bytes
    inside: bytes
    kind: str
    name: bytes


@lru_cache(maxsize=16_384)
def place(path: bytes) -> OpenCodePath:
    """Where a path stands: in the tree's root, or in the innermost `.opencode` folder, which OpenCode reads alike."""
    at = (b"/" + path).rfind(b"/.opencode/")
    inside = path[at + 10 :] if at >= 0 else path
    root = path[: len(path) - len(inside)]
    head, _, rest = inside.partition(b"/")
    kind = _KINDS.get(head, "")
    name = b""
    if kind == "skill":
        folder, _, file = inside.rpartition(b"/")
        name = folder.rpartition(b"/")[2] if file == b"SKILL.md" else b""
    elif kind and rest.endswith(b".md") and not (kind == "mode" and b"/" in rest):
        name = rest
    return OpenCodePath(root, inside, kind if name else "", name)


def is_config(path: bytes) -> bool:
    """Whether OpenCode itself reads the file when it starts, and stops if it cannot."""
    return place(path).inside in _CONFIG
