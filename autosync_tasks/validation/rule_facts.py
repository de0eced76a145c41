"""What a rule of the scanner cannot match without, derived from its expression alone.

`facts` gives the ways in which a rule can match. Where it matches, one of them holds of the text in lower case: all of
its segments stand in it somewhere. A segment is a short expression without nesting; a few words of which one is in it,
with how far it reaches before and after that word; and the longest run over an alphabet that is in it.

From the tree of rule_syntax.py on, everything is rounded towards matching more. A way without a telling segment makes
the rule one that may always match (UnknownSyntaxError).
"""

from __future__ import annotations

from functools import reduce
from itertools import groupby
from typing import NamedTuple

from autosync_tasks.validation.rule_syntax import (
    ALL,
    DIGIT,
    LETTER,
    SPACE,
    Byte,
    Choice,
    Node,
    Row,
    Times,
    UnknownSyntaxError,
    mask_of,
    read,
    span,
)

GAP = 300
"""Bytes; a longer gap cuts a sequence into segments."""
MOST = 24
"""Strings of a set, and ways of a rule."""
_PLAIN = DIGIT | LETTER
ALPHABETS = {
    "digit": DIGIT,
    "hex": DIGIT | span(97, 102),
    "alnum": _PLAIN,
    "uuid": DIGIT | span(97, 102) | mask_of(b"-"),
    "word": _PLAIN | mask_of(b"_-"),
    "base64": _PLAIN | mask_of(b"+/="),
    "dotted": _PLAIN | mask_of(b"_-."),
    "token": _PLAIN | mask_of(b"_-+/=.~:"),
    "solid": ALL ^ SPACE,
}
"""Bytes of a run, of a text in lower case."""
_RARITY = {"digit": 3, "hex": 2.2, "alnum": 1.3, "uuid": 2, "word": 1, "base64": 1, "dotted": 0.85, "token": 0.75}
"""How much a letter of such a run tells; a matter of speed alone."""


class _Words(NamedTuple):
    strings: frozenset[bytes]

    @property
    def least(self) -> int:
        return min(map(len, self.strings))

    @property
    def most(self) -> int:
        return max(map(len, self.strings))

    @property
    def mask(self) -> int:
        return mask_of(b"".join(self.strings))


class _Gap(NamedTuple):
    mask: int
    least: int
    most: int | None


_Item = _Words | _Gap


class Segment(NamedTuple):
    """alphabet, run: of its longest run. words: one is in it. before, after: bytes it reaches from that beginning."""

    alphabet: str
    run: int
    words: tuple[bytes, ...]
    before: int
    after: int
    expression: str


def facts(expression: str) -> list[list[Segment]]:
    """The ways in which a rule can match, each with its segments, the quickest to look for first.

    Raises UnknownSyntaxError.
    """
    found: list[list[Segment]] = []
    for sequence in _sequences(read(expression)):
        segments = [_segment(items) for items in _cut(_items(sequence))]
        telling = [one for one in segments if one.words] or [one for one in segments if one.run >= 8]
        if not telling:
            raise UnknownSyntaxError("nothing in it is certain")
        telling.sort(key=lambda one: (min(map(len, one.words), default=0), one.run), reverse=True)
        found.append(telling)
    return found


def worth(alphabet: str, length: int) -> float:
    """How rare a run is."""
    return length * _RARITY.get(alphabet, 0.5)


def shown(mask: int) -> str:
    """A set of bytes as an expression of Python's."""
    spans = []
    for _, group in groupby(enumerate(_codes(mask)), lambda pair: pair[1] - pair[0]):
        run = bytes(code for _, code in group)
        spans.append(f"{_literal(run[:1])}-{_literal(run[-1:])}")
    return f"[{''.join(spans)}]"


def _codes(mask: int) -> list[int]:
    """The bytes of a set, in order."""
    found = []
    while mask:
        lowest = mask & -mask
        found.append(lowest.bit_length() - 1)
        mask ^= lowest
    return found


def _strings(node: Node) -> frozenset[bytes] | None:
    """The few strings that a node stands for, or None."""
    match node:
        case Byte(mask):
            return frozenset(bytes([code]) for code in _codes(mask)) if mask.bit_count() <= 3 else None
        case Row(parts):
            found = frozenset([b""])
            for part in parts:
                more = _strings(part)
                if more is None or len(found) * len(more) > MOST:
                    return None
                found = frozenset(one + other for one in found for other in more)
            return found
        case Choice(parts):
            joined: frozenset[bytes] = frozenset()
            for part in parts:
                if (one := _strings(part)) is None:
                    return None
                joined |= one
            return joined
        case Times(part, least, most):
            if most is None or most > 4:
                return None
            return _strings(Choice(tuple(Row((part,) * count) for count in range(least, most + 1))))


def _outline(node: Node) -> tuple[int, int, int | None]:
    """(the bytes that may be in it, least, greatest length)"""
    match node:
        case Byte(mask):
            return mask, 1, 1
        case Times(part, least, most):
            mask, low, high = _outline(part)
            return mask, low * least, None if most is None or high is None else high * most
    outlines = [_outline(part) for part in node.parts] or [(0, 0, 0)]
    mask, whole = reduce(int.__or__, (one for one, _, _ in outlines)), isinstance(node, Row)
    leasts, mosts = [low for _, low, _ in outlines], [high for _, _, high in outlines if high is not None]
    open_end = len(mosts) < len(outlines)
    least = sum(leasts) if whole else min(leasts)
    return mask, least, None if open_end else sum(mosts) if whole else max(mosts)


def _sequences(node: Node) -> list[tuple[Node, ...]]:
    """Flat sequences, one of which a match follows. A choice that would make too many stays one part."""
    match node:
        case Row(parts):
            found: list[tuple[Node, ...]] = [()]
            for part in parts:
                more = _sequences(part)
                if len(found) * len(more) > MOST:
                    more = [(part,)]
                found = [one + other for one in found for other in more]
            return found
        case Choice(parts) if _strings(node) is None and (
            len(parts) == 2 or all(_outline(part)[1] >= 3 for part in parts)
        ):
            return [sequence for part in parts for sequence in _sequences(part)]
    return [(node,)]


def _items(sequence: tuple[Node, ...]) -> list[_Item]:
    items: list[_Item] = []
    for node in sequence:
        strings = _strings(node)
        if strings is None:
            items.append(_Gap(*_outline(node)))
        elif len(strings) > 1 and all(len(one) <= 1 for one in strings):
            items.append(_Gap(mask_of(b"".join(strings)), int(b"" not in strings), 1))
        elif items and isinstance(last := items[-1], _Words) and len(last.strings) * len(strings) <= MOST:
            items[-1] = _Words(frozenset(one + other for one in last.strings for other in strings))
        else:
            items.append(_Words(strings))
    return items


def _cut(items: list[_Item]) -> list[list[_Item]]:
    """Segments: cut where a gap may be long; at the ends only what must be there."""
    segments: list[list[_Item]] = [[]]
    for item in items:
        if item.most is None or item.most > GAP:
            least = min(item.least, GAP)
            segments[-1].append(_Gap(item.mask, least, least))
            segments.append([_Gap(item.mask, least, least)])
        else:
            segments[-1].append(item)
    return [trimmed for segment in segments if (trimmed := _trimmed(segment))]


def _trimmed(segment: list[_Item]) -> list[_Item]:
    for end in (0, -1):
        while segment and isinstance(gap := segment[end], _Gap) and not gap.least:
            del segment[end]
        if segment and isinstance(gap := segment[end], _Gap):
            segment[end] = _Gap(gap.mask, gap.least, gap.least)
    return segment


def _literal(codes: bytes) -> str:
    return "".join(chr(code) if bytes([code]).isalnum() else f"\\x{code:02x}" for code in codes)


def _expression(segment: list[_Item]) -> str:
    out = ""
    for item in segment:
        if isinstance(item, _Words):
            out += f"(?:{'|'.join(map(_literal, sorted(item.strings)))})"
        else:
            out += f"{shown(item.mask)}{{{item.least},{item.most}}}"
    return out


def _run(segment: list[_Item]) -> tuple[str, int]:
    """The alphabet and length of the rarest run that is in each match of a segment."""
    found = [("", 0)]
    for name, alphabet in ALPHABETS.items():
        longest = length = 0
        for item in segment:
            length = 0 if item.mask & ~alphabet else length + item.least
            longest = max(longest, length)
        found.append((name, longest))
    return max(found, key=lambda run: worth(*run))


_A_WORD = 0.2
"""What one more word to look for takes from what a letter of it tells (3); a matter of speed alone."""


def _segment(items: list[_Item]) -> Segment:
    name, length = _run(items)
    words = [(place, item) for place, item in enumerate(items) if isinstance(item, _Words) and item.least]
    if not words:
        return Segment(name, length, (), 0, 0, _expression(items))
    where, chosen = max(words, key=lambda one: (one[1].least * 3 - len(one[1].strings) * _A_WORD, one[0]))
    strings = chosen.strings
    fewest = [one for one in strings if not any(one != other and one.startswith(other) for other in strings)]
    before, after = (sum(item.most or 0 for item in part) for part in (items[:where], items[where:]))
    return Segment(name, length, tuple(sorted(fewest)), before, after, _expression(items))
