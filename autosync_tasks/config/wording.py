"""How settings, keys and values are spoken of in messages (pure)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from autosync_tasks.model import Rule

_MAX_SHOWN = 60


def show(value: object) -> str:
    """A value for a message: one short line, no control characters, no password of an address."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return _quoted(value)
    if isinstance(value, Mapping):
        return "a table"
    if isinstance(value, list | tuple):
        return f"a list of {len(value)}"
    if isinstance(value, int) and value.bit_length() > 128:
        return "a very large number"  # str() of it could take seconds, or raise
    return str(value)


def _quoted(value: str) -> str:
    text = re.sub(r"//[^/\s]*@", "//***@", value)
    if len(text) > _MAX_SHOWN:
        text = text[: _MAX_SHOWN - 1] + "…"
    # repr escapes whatever is not printable: control, bidi and surrogate characters.
    quoted = repr(text)
    return quoted if quoted[0] == '"' else '"' + quoted[1:-1].replace('"', '\\"').replace("\\'", "'") + '"'


def plain(value: object) -> object:
    """A setting's value as TOML and JSON have it: lists, and a table for each rule (its origin left out)."""
    if isinstance(value, tuple):
        return [plain(item) for item in value]
    if isinstance(value, Rule):
        return {name: str(getattr(value, name)) for name in ("pattern", "category", "priority")}
    return value


def show_key(key: str) -> str:
    """A key for a message."""
    return key if re.fullmatch(r"[A-Za-z0-9_.-]{1,60}", key) else show(key)


def show_path(path: str) -> str:
    """A path for a message, in full."""
    return path if path.isprintable() else repr(path)


def nearest(name: str, known: Iterable[str]) -> str:
    """`; did you mean X?`, or "" if nothing known is near."""
    import difflib

    near = difflib.get_close_matches(name[:80].lower(), list(known), n=1, cutoff=0.5)
    return f"; did you mean {near[0]}?" if near else ""


def address_problem(text: str) -> str:
    """What is wrong with an address that is asked for by a run ("" if nothing)."""
    if not text:
        return ""
    from urllib.parse import urlsplit

    try:
        parts = urlsplit(text)
        host, named = parts.hostname or "", parts.port is None or parts.port > 0
    except ValueError:
        return "is no address"
    if not host or not named or parts.fragment or not re.fullmatch(r"[!-~]+", text):
        return "is no address"
    if "@" in parts.netloc:
        return "holds a name or a password"
    near = parts.scheme == "http" and host in ("127.0.0.1", "::1", "localhost")
    return "" if parts.scheme == "https" or near else "is neither https:// nor on this machine"
