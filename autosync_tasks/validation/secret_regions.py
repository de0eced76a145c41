"""Where secrets and suspicions stand in a file. Values stay in this room: findings name rule and place only."""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass, field

from autosync_tasks.model import Path
from autosync_tasks.validation import secret_values
from autosync_tasks.validation.scanner import OWN, Engine, Hit

_CONFIG = re.compile(rb"(?:^|/)(?:opencode|tui|config)\.jsonc?$")
_OPTION_BEFORE = re.compile(rb"-([A-Za-z0-9-]{3,40})(?:[\"']\s*,\s*[\"']|=[\"']?|\s+[\"']?)$")
_ASSIGNED = re.compile(rb"(?i)[\s:=>,|\"'`*\[\](\\]+(?:(?:bearer|basic|token|bot|apikey)\s+)?$")
_NAME_BEFORE = re.compile(rb"[A-Za-z0-9_.\-]{0,48}$")

_ORDER = {code: n for n, code in enumerate(("SEC002", "SEC001", "SEC003", "SEC005", "SEC103", "SEC102", "SEC101"))}
"""Of several rules that hit the same bytes the first is told."""


@dataclass(frozen=True, slots=True)
class Region:
    """One secret or suspicion: rule code, what it looks like, offsets, and its bytes (never shown)."""

    code: str
    what: str
    start: int
    end: int
    value: bytes = field(repr=False)


def as_utf8(data: bytes) -> bytes:
    """The same text in UTF-8 where it is UTF-16 or UTF-32 (by its mark, or by its zero bytes); else
    unchanged."""
    for mark, name in (
        (b"\xff\xfe\0\0", "utf-32"),
        (b"\0\0\xfe\xff", "utf-32"),
        (b"\xff\xfe", "utf-16"),
        (b"\xfe\xff", "utf-16"),
    ):
        if data.startswith(mark):
            return data.decode(name, "replace").encode("utf-8", "replace")
    head = data[:512]
    if len(head) >= 8 and head.count(0) * 3 >= len(head):
        for name, zeros in (("utf-16-le", head[1::2]), ("utf-16-be", head[0::2])):
            if zeros.count(0) * 10 >= len(zeros) * 9:
                return data.decode(name, "replace").encode("utf-8", "replace")
    return data


LONGEST_NAME = 4096
"""Bytes of a path (PATH_MAX)."""
_PROSE = (b".md", b".mdx", b".mdc", b".markdown", b".txt")
"""Elsewhere quotes stand around a token."""
LONGEST_PROSE = 256 * 1024
"""Bytes; the longest Markdown file of the three real trees has 160 KB."""
_ENDS = b",.;:!?)]}>|*/"
_KINDS = bytes(
    ord("a") if (chr(code).isalnum() and code < 128) or code in b"_-" else 44 if code in _ENDS else 32
    for code in range(256)
)
_WORD = ord("a")
_DIGIT = re.compile(rb"[0-9]")
_ENDED = b"a" * 16 + b","
"""With no space in it, the search leaps from word to word."""
_SPACED = bytes(code if chr(code).isalnum() or code > 127 or code in b"-_\n" else 32 for code in range(256))


def regions(path: Path, data: bytes, engine: Engine, *, names: bool = False) -> list[Region]:
    """Every secret and suspicion in `data` (UTF-8 or binary), in order, without overlaps of lesser weight.

    names: `data` is a list of names. A link's target is known by its form. Raises what the engine raises.
    """
    hits = engine.scan(data)
    # The scanner's rules want a space or a quote beside a token; in prose it is a comma, in a name a slash or a dot.
    if names or (len(data) <= LONGEST_NAME and b"\n" not in data and b" " not in data):
        spaced = data.translate(_SPACED)
    else:
        spaced = _apart(data) if path.endswith(_PROSE) else data
    if spaced != data:
        hits = [*hits, *(hit for hit in engine.scan(spaced) if hit.sure and not hit.helper)]
    found = [region for hit in hits if (region := _region(path, data, hit)) is not None]
    found.sort(key=lambda r: (_ORDER[r.code], r.start, r.end))
    kept: list[Region] = []
    for region in found:
        at = bisect_left(kept, region.start, key=lambda r: r.start)
        if (at and kept[at - 1].end > region.start) or (at < len(kept) and kept[at].start < region.end):
            continue  # kept ones never overlap, so only the two neighbours can
        kept.insert(at, region)
    return kept


def _apart(data: bytes) -> bytes:
    """The same text with a space in place of the punctuation after each long word with a digit in it.

    By translate and find: a regular expression takes longer over a tree than the scanner itself.
    """
    if len(data) > LONGEST_PROSE:
        return data
    kinds = data.translate(_KINDS) + b" "
    out: bytearray | None = None
    at = kinds.find(_ENDED)
    while at >= 0:
        end = at + 16
        if kinds[end + 1] != _WORD and _DIGIT.search(data, max(0, end - 20), end):
            out = out if out is not None else bytearray(data)
            out[end] = 32
        at = kinds.find(_ENDED, end)
    return data if out is None else bytes(out)


def _region(path: Path, data: bytes, hit: Hit) -> Region | None:
    start, end = hit.start, hit.end
    value = data[start:end]
    code, what = "", hit.rule.rpartition("/")[2].partition(".")[2].replace("-", " ") or hit.rule
    if hit.rule == "autosync.aws-key-id":
        code = "" if secret_values.placeholder(value) else "SEC102"
    elif hit.rule.startswith(OWN) and not hit.sure:
        code, what = _CANDIDATES[hit.rule](path, data, start, end)
    elif hit.rule.endswith("generic-credential-uri"):
        code, what = _url(path, data, start, end)
    elif hit.helper:
        code = "SEC005" if hit.rule.endswith("aws-secret-access-key") and _aws(data, start, value) else ""
    elif hit.rule == "autosync.pem-base64":
        code = "SEC002" if secret_values.private_key_in_base64(value) else ""
    elif "private-key" in hit.rule:
        code = "SEC002"
    elif hit.rule.startswith(OWN) and secret_values.placeholder(value):
        code = ""
    else:
        code = "SEC001" if hit.sure else "SEC102"
    return Region(code, what, start, end, value) if code else None


def _aws(data: bytes, start: int, value: bytes) -> bool:
    around = data[max(0, start - 60) : start].lower()
    return b"aws" in around and secret_values.is_random(value)


def _identifier(data: bytes, start: int) -> bytes:
    """The name that a value is assigned to: what stands before the `=` or `:` of its line."""
    line = data[max(0, start - 120, data.rfind(b"\n", max(0, start - 120), start) + 1) : start]
    head = _ASSIGNED.sub(b"", line)
    match = _NAME_BEFORE.search(head)
    return match[0] if match else b""


def _assignment(path: Path, data: bytes, start: int, end: int) -> tuple[str, str]:
    return _under_name(path, _identifier(data, start), data[start:end].rstrip(b".:*!?|&"))


def _option(path: Path, data: bytes, start: int, end: int) -> tuple[str, str]:
    name = _OPTION_BEFORE.search(data[max(0, start - 80) : start])
    return _under_name(path, name[1] if name else b"", data[start:end].rstrip(b".:"))


def _under_name(path: Path, name: bytes, value: bytes) -> tuple[str, str]:
    """What a value is under the name that it is given to."""
    kind = secret_values.named(name)
    if not kind or secret_values.placeholder(value):
        return "", ""
    in_config = _CONFIG.search(path) is not None
    if secret_values.is_uuid(value):
        # Some services give out UUIDs as keys; elsewhere they are mostly identifiers.
        return ("SEC005" if in_config and kind != "key" else "SEC101"), "a UUID under a secret's name"
    if secret_values.is_vendor(value):
        return "SEC005", "a token with a provider's prefix"
    if not secret_values.is_random(value):
        return "", ""
    if kind == "service" or (in_config and kind == "generic"):
        return "SEC005", "a random value under a secret's name"
    return "SEC101", "a random value under the name of a key"


def _header(path: Path, data: bytes, start: int, end: int) -> tuple[str, str]:
    value = data[start:end].rstrip(b".:")
    if secret_values.placeholder(value):
        return "", ""
    plain = secret_values.basic_credentials(value)
    if plain:
        user, _, password = plain.partition(b":")
        if not secret_values.weak_password(password) and not secret_values.placeholder(user + password):
            return "SEC005", "user and password in an authorization header"
        return "SEC101", "user and password in an authorization header"
    if (
        secret_values.is_random(value)
        or secret_values.is_vendor(value)
        or (secret_values.is_uuid(value) and _CONFIG.search(path))
    ):
        return "SEC005", "a token in an authorization header"
    return "", ""


def _parameter(path: Path, data: bytes, start: int, end: int) -> tuple[str, str]:
    value = data[start:end]
    if secret_values.is_vendor(value) or (
        _CONFIG.search(path) and (secret_values.is_random(value) or secret_values.is_uuid(value))
    ):
        return "SEC005", "a token in a URL"
    if secret_values.is_random(value) and not secret_values.is_uuid(value):
        return "SEC101", "a token in a URL"
    return "", ""


def _url(path: Path, data: bytes, start: int, end: int) -> tuple[str, str]:
    del path
    password = data[start:end]
    if secret_values.is_template(password):
        return "", ""
    at = data.find(b"@", end, end + 2)
    host = data[at + 1 : at + 80] if at >= 0 else b""
    if secret_values.weak_password(password):
        return "SEC103", "user and password in a URL"
    if secret_values.example_host(host) and not secret_values.is_random(password) and len(password) < 12:
        return "SEC103", "user and password in a URL"
    return "SEC003", "a password in a URL"


_CANDIDATES = {
    "autosync.option": _option,
    "autosync.assignment": _assignment,
    "autosync.beside": _assignment,
    "autosync.header": _header,
    "autosync.parameter": _parameter,
    "autosync.url": _url,
}
