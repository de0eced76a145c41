"""Puts one value into a JSON text and takes one out; every other byte stays: comments, order, indentation, line ends.

Own code: the libraries that keep comments either read JSON5, which the agents refuse (json-five; it brings a parser
generator along), or start Node for each edit (jsonc-edit, Microsoft's jsonc-parser), and none takes back to the byte
what it put in. A text is checked by `json` first, so the reader below meets valid JSON only.
"""

from __future__ import annotations

import json
import re
from typing import Any, NamedTuple

MOST = 4 * 1024 * 1024
"""Characters; the largest settings file that was seen has 0.02 M."""
DEEPEST = 100
"""Levels of nesting that the reader follows."""

_WAS_NULL = "  "
_TRIVIA = re.compile(r"[ \t\r\n]+|//[^\r\n]*|/\*[^*]*\*+(?:[^/*][^*]*\*+)*/")
_STRING = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"', re.DOTALL)
_SCALAR = re.compile(r"[^\s,:\]}/]+")
_BLANKED = re.compile(rf"({_STRING.pattern})|//[^\r\n]*|/\*[^*]*\*+(?:[^/*][^*]*\*+)*/", re.DOTALL)


class SpliceError(ValueError):
    """The text cannot be edited; says why, quoting nothing of it."""


class Node(NamedTuple):
    """A value where it stands. open: "{", "[" or "". parts: its members, each with its key (None in a list), where the
    member begins, and its value. A key that stands twice counts where it stands last, as the agents read it."""

    start: int
    end: int
    open: str
    parts: list[tuple[str | None, int, Node]]

    def at(self, key: str | int) -> Node | None:
        """The value under a key, or at a place in a list."""
        if isinstance(key, int):
            return self.parts[key][2]
        return next((value for name, _, value in reversed(self.parts) if name == key), None)

    def place(self, key: str | int) -> int:
        """The place of a member."""
        return key if isinstance(key, int) else max(n for n, part in enumerate(self.parts) if part[0] == key)


def value_of(text: str, *, comments: bool) -> Any:
    """What a text says. comments: whether its reader knows `//` and `/* */`; none knows a trailing comma.

    Raises SpliceError with the place where it is no JSON.
    """
    if len(text) > MOST:
        raise SpliceError(f"it is longer than {MOST // 1024 // 1024} million characters")
    plain = _BLANKED.sub(_blank, text) if comments else text
    try:
        return json.loads(plain, parse_constant=_no_constant)
    except json.JSONDecodeError as error:
        raise SpliceError(f"it is not JSON: {error.msg.lower()} (line {error.lineno}, column {error.colno})") from None
    except (ValueError, RecursionError):
        raise SpliceError("it is not JSON that can be read here") from None


def _blank(match: re.Match[str]) -> str:
    return match[1] or re.sub(r"[^\r\n]", " ", match[0])


def _no_constant(name: str) -> Any:
    raise ValueError(name)


def _trivia(text: str, at: int) -> list[str]:
    """The runs of white space and the comments from here on."""
    found = []
    while match := _TRIVIA.match(text, at):
        found.append(match[0])
        at = match.end()
    return found


def _past(text: str, at: int) -> int:
    return at + sum(map(len, _trivia(text, at)))


def node_of(text: str) -> Node:
    """The text's value with its places. text: what `value_of` has read."""
    return _read(text, _past(text, 0), 0)


def _read(text: str, start: int, depth: int) -> Node:
    if depth > DEEPEST:
        raise SpliceError(f"it is nested more than {DEEPEST} levels deep")
    if text[start] not in "{[":
        match = (_STRING if text[start] == '"' else _SCALAR).match(text, start)
        return Node(start, match.end() if match else start, "", [])
    parts: list[tuple[str | None, int, Node]] = []
    at = _past(text, start + 1)
    while text[at] not in "}]":
        begin, key = at, None
        if text[start] == "{":
            end = _STRING.match(text, at).end()  # type: ignore[union-attr]  # checked by `json`
            key, at = json.loads(text[at:end], strict=False), _past(text, _past(text, end) + 1)
        value = _read(text, at, depth + 1)
        parts.append((key, begin, value))
        at = _past(text, value.end)
        if text[at] == ",":
            at = _past(text, at + 1)
    return Node(start, at + 1, text[start], parts)


def put(text: str, path: tuple[str, ...], item: object) -> str:
    """The text with `item` at the end of the list at `path`, whose missing containers are made.

    What was there empty gets a blank behind its bracket, so that `take` knows that it was, and what was null, which the
    agents read as nothing, gets two. Raises SpliceError where something else than an object, or a list at last, stands
    on the way.
    """
    here, missing = node_of(text), list(path)
    while missing and here.open == "{" and (inner := here.at(missing[0])) is not None:
        here = inner
        missing.pop(0)
    made: object = [item]
    for key in reversed(missing[1:]):
        made = {key: made}
    if text[here.start : here.end] == "null" and len(missing) < len(path):
        shown = _flat("", {missing[0]: made} if missing else made, " ")
        return text[: here.start] + shown[0] + _WAS_NULL + shown[1:] + text[here.end :]
    if here.open != ("{" if missing else "["):
        way = path[: len(path) - len(missing)]
        raise SpliceError(f"`{'.'.join(way) or 'the whole'}` is not {'an object' if missing else 'a list'}")
    if not missing:
        return _append(text, here, None, item)
    return _append(text, here, missing[0], made)


def _append(text: str, into: Node, key: str | None, value: object) -> str:
    head = "" if key is None else json.dumps(key)
    if not into.parts:
        return text[: into.start + 1] + " " + _flat(head, value, " ") + text[into.start + 1 :]
    begin, last = into.parts[-1][1], into.parts[-1][2].end
    gap = _space_before(text, into, len(into.parts) - 1)
    beside, kept = _trivia(text, last), 0
    for number, piece in enumerate(beside):
        if "\n" in piece and not piece.startswith("/"):
            break
        kept = number + 1 if piece.startswith("/") else kept
    at = last + sum(map(len, beside[:kept]))  # behind what is said of the last member on its line
    if "\n" in gap or (kept and beside[kept - 1].startswith("//")):
        gap = _line_like(text, begin)
        shown = json.dumps(value, indent=_unit(text), ensure_ascii=False)
        shown = (f"{head}: {shown}" if head else shown).replace("\n", gap)
    else:
        shown = _flat(head, value, gap)
    return text[:last] + "," + text[last:at] + gap + shown + text[at:]


def _line_like(text: str, at: int) -> str:
    """A line's end, as this text has them, and the indentation of the line in which `at` is."""
    line = text[text.rfind("\n", 0, at) + 1 : at]
    return ("\r\n" if "\r\n" in text else "\n") + line[: len(line) - len(line.lstrip(" \t"))]


def _space_before(text: str, into: Node, number: int) -> str:
    """The white space right before a member, behind the bracket, the comma or a comment."""
    after = into.start if number == 0 else _past(text, into.parts[number - 1][2].end)
    pieces = _trivia(text, after + 1)
    return pieces[-1] if pieces and not pieces[-1].startswith("/") else ""


def _flat(head: str, value: object, gap: str) -> str:
    shown = json.dumps(value, separators=("," + gap, ":" + gap), ensure_ascii=False)
    return f"{head}:{gap}{shown}" if head else shown


def _unit(text: str) -> str:
    """One step of indentation, as the first line that has one shows it."""
    found = re.search(r"[\[{]\r?\n([ \t]+)\S", text)
    return found[1] if found else "  "


def _way(text: str, path: tuple[str | int, ...]) -> list[Node]:
    """The text's value and those on the way to `path`, the last one itself. Raises KeyError where there is none."""
    way = [node_of(text)]
    for key in path:
        inner = way[-1].at(key)
        if inner is None:
            raise KeyError(key)
        way.append(inner)
    return way


def replaced(text: str, path: tuple[str | int, ...], value: str) -> str:
    """The text with another string at `path`, where one stands."""
    node = _way(text, path)[-1]
    return text[: node.start] + json.dumps(value, ensure_ascii=False) + text[node.end :]


def take(text: str, path: tuple[str | int, ...], *, up: bool = True) -> str | None:
    """The text without what stands at `path`, and without the containers that `put` made for it and that are empty then
    (up: False keeps them). None: nothing is left, for the whole text was made for it.
    """
    way = _way(text, path)
    for number in range(len(path) - 1, -1, -1):
        into = way[number]
        if len(into.parts) > 1:
            return _without(text, into, into.place(path[number]))
        lead, tail = text[into.start + 1 : into.parts[0][1]], text[into.parts[0][2].end : into.end - 1]
        if number and up and (lead, tail) == (_WAS_NULL, ""):
            return text[: into.start] + "null" + text[into.end :]
        rest = "" if not up and not (lead + tail).strip() else lead.removeprefix(" " if lead == " " else "") + tail
        around = number == 0 and (text[: into.start] + text[into.end :]).strip()
        if lead == " " or not up or rest.strip() or around:
            rest = rest if rest.strip() or lead == " " else ""
            return text[: into.start + 1] + rest + text[into.end - 1 :]
    return None


def _without(text: str, into: Node, number: int) -> str:
    begin, end = into.parts[number][1], into.parts[number][2].end
    start = begin - len(_space_before(text, into, number))
    if number == 0:  # what follows comes to its place
        comma = _past(text, end)
        return text[:begin] + text[end:comma] + text[comma + 1 :].lstrip(" \t\r\n")
    if number + 1 < len(into.parts):
        comma = _past(text, end)
        return text[:start] + text[end:comma] + text[comma + 1 :]
    comma = _past(text, into.parts[number - 1][2].end)
    return text[:comma] + text[comma + 1 : start] + text[end:]


def assigned(text: str, key: str, value: object) -> str:
    """The text with another value under a key at the top, where it stands or at the end; nothing where it is equal.

    Raises SpliceError where the text holds no object.
    """
    root = node_of(text)
    if root.open != "{":
        raise SpliceError("it does not hold one object")
    old = root.at(key)
    if old is None:
        return _append(text, root, key, value)
    if json.loads(text[old.start : old.end]) == value:
        return text
    pretty = "\n" in text[root.start : old.start]
    shown = json.dumps(value, indent=_unit(text) if pretty else None, ensure_ascii=False)
    shown = shown.replace("\n", _line_like(text, old.start))
    return text[: old.start] + shown + text[old.end :]
