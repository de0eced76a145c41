"""JSON with comments and trailing commas, as OpenCode reads it (Microsoft's jsonc-parser, trailing commas allowed).

No library was right on 28 cases: json5 and pyjson5 accept what OpenCode rejects, others reject trailing commas. This is
one linear pass that blanks comments and trailing commas, then the standard library's `json.loads`. Offsets stay the
same, so a message names the right place. tests/validation/test_jsonc.py compares with OpenCode itself.
"""

from __future__ import annotations

import json
from itertools import accumulate
from typing import Any, NoReturn

from autosync_tasks.records import pattern

MAX_TEXT = 16 * 1024 * 1024
"""Characters; the largest JSON file in the three real trees has 0.1 M."""

MAX_DEPTH = 200
"""Levels of nesting; OpenCode's own config has 7. Python's reader would stop at about 1,000 with RecursionError."""


class JsoncError(ValueError):
    """The text is not JSONC. line and column from 1; `what` is in plain words and quotes nothing of the text."""

    def __init__(self, what: str, line: int, column: int) -> None:
        self.what = what
        self.line = line
        self.column = column


class TooDeepError(JsoncError):
    """Nested more than MAX_DEPTH levels, or longer than MAX_TEXT."""


# Each repeat can end in one way only, so all passes are linear.
_STRING = r'"[^"\\\r\n]*(?:\\[^\r\n][^"\\\r\n]*)*"'
# Each piece ends at a comment, at a slash or quote that begins none, or at the end: pieces leave no gap.
_COMMENT = r"//[^\r\n]*|/\*[^*]*\*+(?:[^/*][^*]*\*+)*/"
_COMMENT_PIECES = pattern(rf"((?:[^\"/]+|{_STRING})*)({_COMMENT}|/|\"|\Z)")
_WHOLE = pattern(_STRING)
_QUOTES = pattern(rf"{_STRING}|(\")")
# A comma with nothing before it (`[,]`) is no trailing comma: it stays, for json.loads to refuse.
_BLANKS = r"[ \t\r\n]*"
# No possessive group around alternatives: Python before 3.11.5 matches it wrongly.
_COMMAS = pattern(rf"{_STRING}|[\[{{]{_BLANKS},|,(?={_BLANKS}[\]}}])")
_TRAILING = pattern(rf",{_BLANKS}[\]}}]")
_NO_BRACKETS = pattern(rf"(?:[^\"\[\]{{}}]+|{_STRING}|\")+")
_STEP = {"[": 1, "{": 1, "]": -1, "}": -1}
_LONG_NUMBER = pattern(r"[0-9]{100}")
_TO_CONSTANT = pattern(rf"(?:[^\"NI]+|{_STRING})*")
_TOKEN = pattern(rf"({_STRING})(?=[ \t\r\n]*:)|{_STRING}|[\[\]{{}}]")
_NOT_BLANK = pattern(r"[^\r\n]+")

_VALUE = "a value is expected here"
_WORDING = (
    ("Expecting property name", "a key in double quotes is expected here"),
    ("Expecting ':'", "a colon is missing here"),
    ("Expecting ','", "a comma is missing here"),
    ("Expecting value", _VALUE),
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
    return _blank_commas(blank_comments(text))


def blank_comments(text: str) -> str:
    """The text with comments made into spaces; as `blank` otherwise."""
    if "/" not in text:
        return text
    out: list[str] = []
    for before, tail in _COMMENT_PIECES.findall(text):
        if len(tail) < 2 and tail:
            at = sum(map(len, out)) + len(before)
            if tail == '"':  # a string without an end: json.loads names the place
                return "".join(out) + text[at - len(before) :]
            what = "the comment that begins here has no end" if text.startswith("/*", at) else _VALUE
            _fail(text, at, what)
        out += (before, _NOT_BLANK.sub(lambda match: " " * len(match[0]), tail))
    return "".join(out)


def _blank_commas(text: str) -> str:
    stray = '"' in _WHOLE.sub("", text)
    for quoted in _QUOTES.finditer(text) if stray else ():
        if quoted[1]:
            _fail(text, quoted.start(), "the string that begins here has no end on its line")
    if not _TRAILING.search(text):
        return text
    return _COMMAS.sub(lambda match: " " if match[0] == "," else match[0], text)


def _check_depth(text: str) -> None:
    brackets = _NO_BRACKETS.sub("", text)
    depths = accumulate(map(_STEP.__getitem__, brackets))
    if len(brackets) > MAX_DEPTH and max(depths) > MAX_DEPTH:
        _fail(text, 0, f"nested more than {MAX_DEPTH} levels deep", TooDeepError)


def _no_constant(name: str) -> NoReturn:
    raise ValueError(name)


def _number(digits: str) -> float | int:
    return int(digits) if len(digits) < 100 else float(digits)


def _parse(plain: str, **hooks: Any) -> Any:
    # int() refuses 4,300 digits and is quadratic; OpenCode reads such a number as Infinity.
    hooks["parse_int"] = _number if _LONG_NUMBER.search(plain) else None
    return json.loads(plain, **hooks)


def loads(text: str) -> Any:
    """The value of a JSONC text; of a key that stands twice the last counts. Time is linear in the text.

    Raises JsoncError with the place of the first fault, TooDeepError over MAX_DEPTH levels.
    """
    if len(text) > MAX_TEXT:
        _fail(text, 0, f"longer than {MAX_TEXT // 1024 // 1024} million characters", TooDeepError)
    plain = blank(text)
    _check_depth(plain)
    try:
        return _parse(plain, parse_constant=_no_constant)
    except json.JSONDecodeError as error:
        what = next((words for begin, words in _WORDING if error.msg.startswith(begin)), "this is not JSON")
        _fail(text, error.pos, what)
    except ValueError:
        _fail(text, next(_TO_CONSTANT.finditer(plain)).end(), "NaN and Infinity are not JSON")


def duplicates(text: str) -> list[tuple[str, int, int]]:
    """Keys that stand twice in one object of a valid text: key, line, column of the later one, in order."""
    plain = blank(text)
    if not _has_duplicates(plain):
        return []
    twice: list[tuple[str, int, int]] = []
    stack: list[set[str] | None] = []  # the keys of each open object; None for an array
    line, begin, last = 1, 0, 0
    for token in _TOKEN.finditer(plain):
        mark = token[0]
        if mark == "{":
            stack.append(set())
        elif mark == "[":
            stack.append(None)
        elif mark in "]}":
            stack.pop()
        elif token[1] and (keys := stack[-1]) is not None:
            key = json.loads(token[1])
            if key in keys:
                line += plain.count("\n", last, token.start())
                last = token.start()
                begin = plain.rfind("\n", 0, last) + 1 if plain.count("\n", begin, last) else begin
                twice.append((key, line, last - begin + 1))
            keys.add(key)
    return twice


def _has_duplicates(plain: str) -> bool:
    """Whether any object holds a key twice; quick, for that is rare."""
    twice = False

    def pairs(items: list[tuple[str, Any]]) -> None:
        nonlocal twice
        twice = twice or len({key for key, _ in items}) < len(items)

    _parse(plain, object_pairs_hook=pairs)
    return twice
