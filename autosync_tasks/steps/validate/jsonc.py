"""JSON with comments and trailing commas, as OpenCode reads it (Microsoft's jsonc-parser, trailing commas allowed).

No library was right on 28 cases: json5 and pyjson5 accept what OpenCode rejects, others reject trailing commas.
This is one linear pass that blanks comments and trailing commas, then the standard library's `json.loads`. Offsets stay
the same, so a message names the right place. tests/test_validate_jsonc.py compares with OpenCode itself.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any, NoReturn

MAX_DEPTH = 200
"""Levels of nesting; OpenCode's own config has 7. Python's reader would stop at about 1,000 with RecursionError."""


class JsoncError(ValueError):
    """The text is not JSONC. line and column from 1; `what` is in plain words and quotes nothing of the text."""

    def __init__(self, what: str, line: int, column: int) -> None:
        super().__init__(f"{what} (line {line}, column {column})")
        self.what = what
        self.line = line
        self.column = column


class TooDeepError(JsoncError):
    """Nested more than MAX_DEPTH levels."""


# Possessive repeats: no match is ever tried twice, so both passes are linear.
_STRING = r'"[^"\\\r\n]*+(?:\\[^\r\n][^"\\\r\n]*+)*+"'
_TO_COMMENT = re.compile(rf"(?:[^\"/]++|{_STRING})*+")
_COMMENT = re.compile(r"//[^\r\n]*+|/\*(?:[^*]++|\*(?!/))*+\*/")
_TO_COMMA = re.compile(rf"(?:[^\",]++|{_STRING}|,(?![ \t\r\n]*+[\]}}]))*+")
_TO_BRACKET = re.compile(rf"(?:[^\"\[\]{{}}]++|{_STRING})*+")
_NOT_BLANK = re.compile(r"[^\r\n]")

_WORDING = (
    ("Expecting property name", "a key in double quotes is expected here"),
    ("Expecting ':'", "a colon is missing here"),
    ("Expecting ','", "a comma is missing here"),
    ("Expecting value", "a value is expected here"),
    ("Extra data", "the document has ended before this"),
    ("Unterminated string", "the string that begins here has no end on its line"),
    ("Invalid control character", "a control character stands inside a string"),
    ("Invalid \\", "a backslash in a string is followed by a character it cannot escape"),
    ("Illegal trailing comma", "a comma too many"),
)


def _place(text: str, offset: int) -> tuple[int, int]:
    return text.count("\n", 0, offset) + 1, offset - text.rfind("\n", 0, offset)


def _fail(text: str, offset: int, what: str, kind: type[JsoncError] = JsoncError) -> NoReturn:
    raise kind(what, *_place(text, offset))


def blank(text: str) -> str:
    """The text with comments and trailing commas made into spaces; same length, same lines.

    Raises JsoncError for a comment without an end.
    """
    if "/" in text:
        text = _blank_comments(text)
    return _blank_commas(text)


def _blank_comments(text: str) -> str:
    out: list[str] = []
    at = 0
    while True:
        stop = _end(_TO_COMMENT, text, at)
        out.append(text[at:stop])
        if stop == len(text):
            break
        if text[stop] == '"':  # a string without an end: json.loads names the place
            out.append(text[stop:])
            break
        comment = _COMMENT.match(text, stop)
        if comment is None:
            if text.startswith("/*", stop):
                _fail(text, stop, "the comment that begins here has no end")
            _fail(text, stop, "a value is expected here")
        out.append(_NOT_BLANK.sub(" ", comment[0]))
        at = comment.end()
    return "".join(out)


def _blank_commas(text: str) -> str:
    out: list[str] = []
    at = 0
    while True:
        stop = _end(_TO_COMMA, text, at)
        out.append(text[at:stop])
        if stop == len(text) or text[stop] == '"':
            out.append(text[stop:])
            return "".join(out)
        before = stop - 1
        while before >= 0 and text[before] in " \t\r\n":
            before -= 1
        # A comma with nothing before it (`[,]`) is no trailing comma: leave it for json.loads to refuse.
        out.append("," if before < 0 or text[before] in "[{,:" else " ")
        at = stop + 1


def _end(pattern: re.Pattern[str], text: str, at: int) -> int:
    match = pattern.match(text, at)
    return match.end() if match else at


def _check_depth(text: str) -> None:
    depth = at = 0
    if text.count("[") + text.count("{") <= MAX_DEPTH:
        return
    while True:
        at = _end(_TO_BRACKET, text, at)
        if at == len(text) or text[at] == '"':
            return
        depth += 1 if text[at] in "[{" else -1
        if depth > MAX_DEPTH:
            _fail(text, at, f"nested more than {MAX_DEPTH} levels deep", TooDeepError)
        at += 1


def _no_constant(name: str) -> NoReturn:
    raise ValueError(name)


def _number(digits: str) -> float | int:
    return int(digits) if len(digits) < 100 else float(digits)  # int() refuses 4,300 digits and is quadratic


def loads(text: str, duplicate: Callable[[str], None] | None = None) -> Any:
    """The value of a JSONC text. `duplicate` is told each key that stands twice in one object.

    Raises JsoncError with the place of the first fault, TooDeepError over MAX_DEPTH levels. Time is linear in the text.
    """
    plain = blank(text)
    _check_depth(plain)

    def pairs(items: list[tuple[str, Any]]) -> dict[str, Any]:
        made = dict(items)
        if duplicate is not None and len(made) < len(items):
            seen: set[str] = set()
            for key, _ in items:
                if key in seen:
                    duplicate(key)
                seen.add(key)
        return made

    try:
        return json.loads(plain, object_pairs_hook=pairs, parse_constant=_no_constant, parse_int=_number)
    except json.JSONDecodeError as error:
        what = next((words for begin, words in _WORDING if error.msg.startswith(begin)), "this is not JSON")
        _fail(text, error.pos, what)
    except ValueError:
        match = re.search(rf"(?:[^\"NI]++|{_STRING})*+", plain)
        _fail(text, match.end() if match else 0, "NaN and Infinity are not JSON")
