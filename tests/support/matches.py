"""Texts that an expression matches, made at random from it, read by Python's own parser of expressions."""

from __future__ import annotations

import random
import re
import warnings
from typing import Any

_POSIX = {
    "alnum": "0-9A-Za-z",
    "alpha": "A-Za-z",
    "digit": "0-9",
    "lower": "a-z",
    "upper": "A-Z",
    "word": r"\w",
    "space": r"\s",
    "xdigit": "0-9A-Fa-f",
}
_LETTERS = "abcxyzABCXYZ0189_-+/=.:\"' ~%"


def in_python(expression: str) -> str:
    """An expression of Rust's as one of Python's, as far as the scanner's rules use it."""
    text = re.sub(r"\[:(\w+):\]", lambda name: _POSIX[name[1]], expression).replace(r"\z", r"\Z")
    flags = ""
    while begins := re.match(r"\(\?([imsxu]+)\)", text):
        flags, text = flags + begins[1].replace("u", ""), text[begins.end() :]
    while inside := re.search(r"(?<!\\)\(\?([imsxu]+)\)", text):  # holds to the end of its group
        text = text[: inside.start()] + text[inside.end() :]
        flags += inside[1].replace("u", "")
    return f"(?{''.join(sorted(set(flags)))}){text}" if flags else text


def made(expression: str, chance: random.Random) -> str:
    """A text that it matches, but for assertions."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        tree = re._parser.parse(in_python(expression))  # type: ignore[attr-defined]
    return "".join(_row(tree, chance, bool(tree.state.flags & re.IGNORECASE)))


def _row(parts: Any, chance: random.Random, fold: bool) -> str:
    return "".join(_one(str(code), value, chance, fold) for code, value in parts)


def _one(code: str, value: Any, chance: random.Random, fold: bool) -> str:
    if code == "LITERAL":
        return chance.choice((chr(value).lower(), chr(value).upper())) if fold else chr(value)
    if code == "NOT_LITERAL":
        return chance.choice([letter for letter in _LETTERS if letter != chr(value)])
    if code == "ANY":
        return chance.choice(_LETTERS)
    if code == "IN":
        return _in(value, chance)
    if code == "BRANCH":
        return _row(chance.choice(value[1]), chance, fold)
    if code == "SUBPATTERN":
        return _row(value[3], chance, fold or bool(value[1] & re.IGNORECASE))
    if code in ("MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"):
        least, most, inner = value
        times = chance.choice((least, least, min(int(most), least + chance.randrange(12))))
        return "".join(_row(inner, chance, fold) for _ in range(times))
    if code == "ATOMIC_GROUP":
        return _row(value, chance, fold)
    assert code == "AT", code
    return ""


def _in(value: Any, chance: random.Random) -> str:
    negated = str(value[0][0]) == "NEGATE"
    found: set[int] = set()
    for code, one in value[negated:]:
        if str(code) == "LITERAL":
            found.add(one)
        elif str(code) == "RANGE":
            found.update(range(one[0], one[1] + 1))
        else:
            pattern = {"DIGIT": r"\d", "WORD": r"\w", "SPACE": r"\s"}[str(one).rpartition("_")[2]]
            pattern = pattern.upper() if "NOT" in str(one) else pattern
            found.update(code for code in range(128) if re.match(pattern, chr(code), re.ASCII))
    choice = [code for code in range(9, 127) if (code in found) != negated and (code > 31 or code in (9, 10))]
    return chr(chance.choice([code for code in choice if chr(code).isalnum()] or choice))
