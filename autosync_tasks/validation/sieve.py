"""The sieve: which of the scanner's rules might match a text at all, without loading the scanner.

What each rule cannot match without was derived from its expression (rule_facts.py). Everything is rounded towards
"might": where no rule might match, the scanner finds nothing.
"""

from __future__ import annotations

import binascii
import re
from collections.abc import Iterator, Mapping
from typing import Any

LONGEST = 256 * 1024
"""Bytes; a longer text goes to the scanner."""
_SHORTEST = 12
"""Bytes of a run that is asked for; and words of a text that are shorter hold none."""
_ENCODED, _ENCODED_LEAST = re.compile(rb"[A-Za-z0-9+/_-]{16,}"), 16
_LETTERS = bytes(97 if (code < 128 and chr(code).isalnum()) or code in b"+/_-" else 32 for code in range(256))
_SOLID = bytes(32 if code in b" \t\n\r\v\f" else 97 for code in range(256))
"""By these and `find` it takes a fifth of the time of an expression to see that a text has no long run."""
_STANDARD = bytes.maketrans(b"-_", b"+/")
_LAYERS = 3
"""How deep base64 is looked into; the scanner itself goes two layers (its DetectionPolicy)."""
_MOST_PLACES = 200
"""Places of a segment's words that are looked at; where there are more, it counts as standing there."""
_RARELY = 8
"""Of so many bytes one may be zero: the scanner takes a file for UTF-16 where every third one is, or by its mark."""
_ELSEWHERE = (b"\xff\xfe", b"\xfe\xff", b"\xc5\xbf", b"\xe2\x84\xaa")
"""Marks of UTF-16, and the two letters outside ASCII that are small s and k to an expression without case."""


def derived(expressions: Mapping[str, str]) -> dict[str, Any]:
    """From each rule's id and expression: by alphabet, ways to match in order of their longest run; rules that may
    match anything."""
    from autosync_tasks.validation.rule_facts import ALPHABETS, facts, shown, worth
    from autosync_tasks.validation.rule_syntax import UnknownSyntaxError

    groups: dict[str, list[Any]] = {}
    always = []
    for rule, expression in sorted(expressions.items()):
        try:
            ways = facts(expression)
        except UnknownSyntaxError:
            always.append(rule)
            continue
        for way in ways:
            name, run = max(((one.alphabet, one.run) for one in way), key=lambda one: worth(*one))
            if run < _SHORTEST:
                name, run = "", 0
            plain = [[[w.decode("latin-1") for w in s.words], s.before, s.after, s.expression] for s in way]
            groups.setdefault(name, []).append([run, rule, plain])
    return {
        "always": always,
        "groups": [
            # an expression of the runs over an alphabet that are long enough for some way
            [f"{shown(ALPHABETS[name])}{{{min(ways)[0]},}}" if name else "", sorted(ways)]
            for name, ways in groups.items()
        ],
    }


class Sieve:
    """What `derived` made, ready to be asked."""

    def __init__(self, made: Mapping[str, Any]) -> None:
        self._always = frozenset(made["always"])
        self._groups = [
            (re.compile(runs.encode("ascii")) if runs else None, [_Way(*way) for way in ways])
            for runs, ways in made["groups"]
        ]

    def possible(self, data: bytes, longest: int = LONGEST) -> set[str] | None:
        """The ids of the rules that might match; None if any might. longest: bytes of a text that is looked at."""
        if len(data) > longest or data.count(0) * _RARELY > len(data) or any(mark in data for mark in _ELSEWHERE):
            return None
        text = b"\n".join([data, *decoded(data)]).lower()
        solid = text.translate(_SOLID).find(b"a" * _SHORTEST) >= 0
        long = b" ".join([word for word in text.split() if len(word) >= _SHORTEST]) if solid else b""
        seen: dict[bytes, int] = {}
        found = set(self._always)
        for runs, ways in self._groups:
            longest = max(map(len, runs.findall(long)), default=0) if runs else 0
            for way in ways:
                if way.run > longest:
                    break
                if way.rule not in found and way.stands_in(text, seen):
                    found.add(way.rule)
        return found


class _Way:
    """One way for a rule to match: its longest run, and the segments of which it consists."""

    __slots__ = ("_made", "_said", "rule", "run")

    def __init__(self, run: int, rule: str, segments: list[Any]) -> None:
        self.run, self.rule, self._said = run, rule, segments
        self._made: list[_Segment] = []

    def stands_in(self, text: bytes, seen: dict[bytes, int]) -> bool:
        """Whether all segments are in a text."""
        self._made = self._made or [_Segment(*segment) for segment in self._said]
        for segment in self._made:  # noqa: SIM110  `all` takes twice as long
            if not segment.stands_in(text, seen):
                return False
        return True


class _Segment:
    """A part of a match: words of which one is in it, how far it reaches from that, and its expression."""

    __slots__ = ("_after", "_before", "_compiled", "_expression", "_words")

    def __init__(self, words: list[str], before: int, after: int, expression: str) -> None:
        self._words = [word.encode("latin-1") for word in words]
        self._before, self._after, self._expression = before, after, expression
        self._compiled: re.Pattern[bytes] | None = None

    def stands_in(self, text: bytes, seen: dict[bytes, int]) -> bool:
        """Whether it is in a text. seen: where each word is first (-1: nowhere), as far as was looked for."""
        left = _MOST_PLACES
        for word in self._words:
            place = seen.get(word)
            if place is None:
                place = seen[word] = text.find(word)
            while place >= 0:
                left -= 1
                if left < 0 or self._at(text, place):
                    return True
                place = text.find(word, place + 1)
        return not self._words and self._pattern.search(text) is not None

    def _at(self, text: bytes, place: int) -> bool:
        start, end = max(0, place - self._before), place + self._after
        return (self._pattern.search if self._before else self._pattern.match)(text, start, end) is not None

    @property
    def _pattern(self) -> re.Pattern[bytes]:
        if self._compiled is None:
            self._compiled = re.compile(self._expression.encode("ascii"))
        return self._compiled


def decoded(data: bytes, layers: int = _LAYERS) -> Iterator[bytes]:
    """What base64 in it stands for, wherever it may begin, layer by layer, also where lines break it."""
    if data.translate(_LETTERS).find(b"a" * _ENCODED_LEAST) < 0:
        return
    long = [word for word in data.split() if len(word) >= _ENCODED_LEAST]
    for run in _ENCODED.findall(b" ".join(long)):
        standard = run.translate(_STANDARD)
        for start in range(4):
            piece = standard[start:]
            piece = piece[: len(piece) - (len(piece) % 4 == 1)]
            inner = binascii.a2b_base64(piece + b"=" * (-len(piece) % 4))
            yield inner
            if layers > 1:
                yield from decoded(inner, layers - 1)
