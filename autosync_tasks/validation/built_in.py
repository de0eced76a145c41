"""The scanner's rules as its library holds them: a compressed list of YAML files that can be read without compiling.

Compiling all rules takes 5 s of an idle processor, 16 s of a busy one; reading them takes 0.2 s. Only a list that was
proven is read (`PROVEN`); and as soon as the whole scanner is loaded, what it says of itself takes its place.
"""

from __future__ import annotations

import hashlib
import json
import mmap
import re
import struct
import zlib
from collections.abc import Collection, Iterator, Mapping
from typing import Any, NamedTuple

PROVEN = frozenset({"3edd9d14f316170d86fde7113b852e2520f47469b80d8a82b84fddbf442eeeb9"})
"""SHA-256 of those lists of which the tests have shown that they are, rule by rule, what the scanner says that it has:
of kingfisher-secret-scanner 1.5.0. Of another one nothing is concluded: then all rules are compiled first."""
DEFINES = (
    *("name", "id", "pattern", "path", "betterleaks_filter", "betterleaks_secret_group", "authoritative"),
    *("vectorscan_compatible", "min_entropy", "confidence", "visible", "depends_on_rule", "pattern_requirements"),
)
"""What of a rule decides where it matches. The others are about asking its provider, which is never done here."""
_GZIP, _MAGIC = b"\x1f\x8b\x08", b"KFRULES\x01"
_MOST = 64 * 1024 * 1024
_KEY = re.compile(rb"^(?:- |  )([a-z_]+):.*?(?=^(?:- |  )[a-z_]+:|\Z)", re.MULTILINE | re.DOTALL)


class Definition(NamedTuple):
    """One rule: its id, its expression, what it needs beside it, and all that decides where it matches, as YAML."""

    id: str
    expression: str
    needs: list[str]
    text: str


def told(details: Collection[Mapping[str, Any]]) -> list[Definition]:
    """Of rules as the scanner tells them, or as a file of rules has them."""
    return [_of(one, one.get("detection_regex") or one["pattern"]) for one in details]


def _of(rule: Mapping[str, Any], expression: str) -> Definition:
    chosen = {"examples": [], **{key: rule[key] for key in DEFINES if rule.get(key) is not None}}
    return Definition(rule["id"], expression, _needs(rule), "- " + json.dumps(chosen, separators=(",", ":")) + "\n")


def _needs(rule: Mapping[str, Any]) -> list[str]:
    return [one["rule_id"] for one in rule.get("depends_on_rule") or ()]


def built_in(library: str) -> list[Definition]:
    """Of all rules of its own that a scanner's library holds; none if it does not hold one proven list.

    Raises OSError.
    """
    import yaml

    rules = [dict(_keys(rule)) for text in _files(_list_in(library)) for rule in _rules(text)]
    heads = b"".join(b"- " + b"".join(rule.get(key, b"") for key in _HEAD)[2:] for rule in rules)
    known = yaml.load(heads, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)) or ()  # noqa: S506
    return [
        Definition(head["id"], head["pattern"], _needs(head), _text(rule))
        for head, rule in zip(known, rules, strict=True)
    ]


_HEAD = (b"id", b"pattern", b"depends_on_rule")


def _list_in(library: str) -> bytes:
    """The list in a library; b"" if there is no proven one."""
    with open(library, "rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        at = data.find(_GZIP)
        while at >= 0:
            try:
                if zlib.decompressobj(31).decompress(data[at : at + 4096], len(_MAGIC)) == _MAGIC:
                    found = zlib.decompressobj(31).decompress(data[at:], _MOST)
                    return found if hashlib.sha256(found).hexdigest() in PROVEN else b""
            except zlib.error:
                pass  # those bytes stand for something else
            at = data.find(_GZIP, at + 1)
    return b""


def _files(listed: bytes) -> Iterator[bytes]:
    """The files of a list: each begins with the lengths of its name and of its contents; a name without any ends it."""
    at = len(_MAGIC)
    while listed and (name := struct.unpack_from("<I", listed, at)[0]):
        begin = at + 12 + name
        at = begin + struct.unpack_from("<Q", listed, at + 4)[0]
        yield listed[begin:at]


def _rules(text: bytes) -> Iterator[bytes]:
    return iter(re.split(rb"^(?=- )", text[text.index(b"rules:\n") :], flags=re.MULTILINE)[1:])


def _keys(rule: bytes) -> Iterator[tuple[bytes, bytes]]:
    """The keys of a rule, each with its lines."""
    return ((found[1], found[0]) for found in _KEY.finditer(rule))


def _text(rule: Mapping[bytes, bytes]) -> str:
    lines = b"".join(text for key, text in rule.items() if key.decode() in DEFINES)
    return lines.decode() + "  examples: []\n"
