"""Whether one earlier rule always wins over a pattern, so that it could as well not be there (pure)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from itertools import product

from autosync_tasks.policy.matching import Matcher

_FRESH = "\x01"
"""Stands for any character that no pattern names: `check_pattern` refuses it in a pattern."""

_LENGTHS = (0, 1, 2, 3, 40)
"""How many characters a `*` stands for in a witness: few enough to be told apart by `?`, and many."""

_MOST_STARS = 3


def never_win(rules: Sequence[tuple[str, Sequence[str]]], start: int = 0) -> dict[int, int]:
    """The rules, from `start` on, that an earlier one hides wholly; each with that earlier rule. Places count from 0.

    rules: (pattern, patterns that undo it), all such as `check_pattern` accepts. In doubt a rule is not named: a rule
    too many does no harm, a rule that is refused though it could win does. So nothing is said of what only several
    rules hide together, nor of brackets and many stars that do not stand there letter for letter.
    """
    hidden: dict[int, int] = {}
    for place in range(start, len(rules)):
        witnesses = list(_witnesses(rules[place][0]))
        for earlier in range(place):
            if _hides(rules[earlier], rules[place][0], witnesses):
                hidden[place] = earlier
                break
    return hidden


def _hides(earlier: tuple[str, Sequence[str]], pattern: str, witnesses: Sequence[str]) -> bool:
    """Whether the earlier rule takes all that the pattern matches: each witness, and nothing that it spares."""
    text, unless = earlier
    if any(_takes(_matcher(pattern), witness) for spared in unless for witness in _witnesses(spared)):
        return False
    if text == pattern:
        return True
    # Brackets may match the fresh character though not all others: [!x] does.
    takes = _matcher(text, tuple(unless))
    return "[" not in text and bool(witnesses) and all(_takes(takes, witness) for witness in witnesses)


def _takes(matcher: Matcher, witness: str) -> bool:
    return matcher.first(witness.removesuffix("/").encode(), witness.endswith("/")) is not None


@cache
def _matcher(pattern: str, unless: tuple[str, ...] = ()) -> Matcher:
    return Matcher([(pattern, unless)])


def _witnesses(pattern: str) -> Iterator[str]:
    """Paths that stand for all that the pattern matches (a folder ends with a slash); none in doubt."""
    if "[" in pattern or pattern.count("*") > 2 * _MOST_STARS:
        return
    body = pattern.removesuffix("/")
    parts = body.removeprefix("/").split("/")
    if "/" not in body and parts[0] != "**":
        parts.insert(0, "**")
    choices = []
    for place, part in enumerate(parts):
        deep = [f"{_FRESH}/", f"{_FRESH * 40}/", f"{_FRESH}/{_FRESH}/"]
        if part != "**":
            choices.append([name + "/" for name in _names(part) if name])
        else:
            choices.append(deep if place == len(parts) - 1 else ["", *deep])
    for combined in product(*choices):
        path = "".join(combined)
        yield from (path, path + _FRESH) if pattern.endswith("/") else (path.removesuffix("/"), path, path + _FRESH)


def _names(part: str) -> Iterator[str]:
    """Names that one part matches; none if it has too many stars."""
    pieces: list[Sequence[str]] = []
    at = 0
    while at < len(part):
        escaped = part[at] == "\\"
        at += escaped
        if part[at] == "*" and not escaped:
            pieces.append([_FRESH * length for length in _LENGTHS])
        else:
            pieces.append([_FRESH if part[at] == "?" and not escaped else part[at]])
        at += 1
    if sum(len(piece) > 1 for piece in pieces) <= _MOST_STARS:
        yield from map("".join, product(*pieces))
