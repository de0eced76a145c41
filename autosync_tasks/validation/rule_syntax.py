r"""A rule's expression, read as the scanner's engine reads it (Rust's `regex`), as a tree of sets of bytes.

Texts are looked at in lower case, so a set holds no capital, with `(?i)` or without. Everything is rounded towards
matching more: an assertion is nothing, `[^a]` may be an `A` in any case, and what may stand for a letter outside ASCII
(`\w`, `\s`, `.`, a negated set) stands for one to four bytes.
"""

from __future__ import annotations

from functools import reduce

from autosync_tasks.records import dataclass

ALL = (1 << 256) - 1
HIGH = ALL ^ ((1 << 128) - 1)
"""Bytes of letters outside ASCII."""


class UnknownSyntaxError(ValueError):
    """An expression, or a part of one, that this reader does not know: nothing may be concluded from it."""


def mask_of(characters: bytes) -> int:
    """The set of these bytes."""
    return reduce(lambda mask, code: mask | 1 << code, characters, 0)


def span(first: int, last: int) -> int:
    """The set of the bytes from one to another."""
    return ((1 << (last - first + 1)) - 1) << first


DIGIT, _UPPER, LETTER = span(48, 57), span(65, 90), span(97, 122)
WORD, SPACE = DIGIT | _UPPER | LETTER | mask_of(b"_"), mask_of(b" \t\n\r\x0b\x0c")
_PERL = {"d": DIGIT, "w": WORD, "s": SPACE}
_ALPHA = _UPPER | LETTER
_POSIX = {
    "alnum": DIGIT | _ALPHA,
    "alpha": _ALPHA,
    "digit": DIGIT,
    "lower": LETTER,
    "upper": _UPPER,
    "word": WORD,
    "space": SPACE,
    "xdigit": DIGIT | span(65, 70) | span(97, 102),
}
_CONTROL = {"n": 10, "r": 13, "t": 9, "f": 12, "v": 11}


def lower(mask: int) -> int:
    """The set of what the bytes of a set become in lower case."""
    return mask & ~_UPPER | (mask & _UPPER) << 32


@dataclass(frozen=True, slots=True)
class Byte:
    """One byte of a set, in lower case."""

    mask: int


@dataclass(frozen=True, slots=True)
class Row:
    """One after the other."""

    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """One of several."""

    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Times:
    """The same, so many times (most None: no limit)."""

    part: Node
    least: int
    most: int | None


Node = Byte | Row | Choice | Times


def read(text: str) -> Node:
    """The tree of an expression. Raises UnknownSyntaxError."""
    try:
        return _Reader(text).read()
    except (IndexError, KeyError, ValueError) as error:
        raise UnknownSyntaxError(str(error)) from None


def _one(mask: int) -> Node:
    """One letter of a set: a byte, or up to four if it may be one outside ASCII."""
    return Times(Byte(lower(mask)), 1, 4) if mask & HIGH else Byte(lower(mask))


class _Reader:
    def __init__(self, text: str) -> None:
        self._text, self._at = text, 0

    def read(self) -> Node:
        node = self._choice({"x": False})
        if self._at != len(self._text):
            raise UnknownSyntaxError(f"something is left at {self._at}")
        return node

    @property
    def _next(self) -> str:
        return self._text[self._at : self._at + 1]

    def _take(self) -> str:
        self._at += 1
        return self._text[self._at - 1]

    def _choice(self, flags: dict[str, bool]) -> Node:
        """Alternatives up to a closing parenthesis. Flags that are set in between hold to the end of the group."""
        branches: list[list[Node]] = [[]]
        self._blanks(flags)
        while self._next not in ("", ")"):
            if self._next == "|":
                self._at += 1
                branches.append([])
            elif (atom := self._atom(flags)) is not None:
                branches[-1].append(self._repeated(atom, flags))
            self._blanks(flags)
        rows = tuple(Row(tuple(branch)) for branch in branches)
        return rows[0] if len(rows) == 1 else Choice(rows)

    def _repeated(self, node: Node, flags: dict[str, bool]) -> Node:
        self._blanks(flags)
        sign = self._next
        if sign and sign in "*+?":
            self._at += 1
            least, most = int(sign == "+"), (1 if sign == "?" else None)
        elif sign == "{":
            end = self._text.index("}", self._at)
            low, comma, high = self._text[self._at + 1 : end].partition(",")
            least, most = int(low), (int(high) if high else None) if comma else int(low)
            self._at = end + 1
        else:
            return node
        if self._next == "?":
            self._at += 1  # lazy: the same strings
        return Times(node, least, most)

    def _blanks(self, flags: dict[str, bool]) -> None:
        while flags["x"] and self._next.isspace():
            self._at += 1

    def _atom(self, flags: dict[str, bool]) -> Node | None:
        character = self._take()
        if character == "(":
            return self._group(flags)
        if character == "[":
            return _one(self._set(flags))
        if character == ".":
            return _one(ALL)
        if character in "^$":
            return None
        if character == "\\":
            if self._next in ("b", "B", "A", "z"):
                self._at += 1  # a kind of edge in braces fails as a repetition of nothing
                return None
            return _one(self._escape()[1])
        if character in "*+?{" or ord(character) > 127 or (flags["x"] and character == "#"):
            raise UnknownSyntaxError(f"{character} at {self._at}")
        return Byte(lower(1 << ord(character)))

    def _group(self, flags: dict[str, bool]) -> Node | None:
        inside = dict(flags)
        if self._next == "?":
            self._at += 1
            if self._text.startswith(("P<", "<"), self._at) and self._text[self._at + 1] not in "=!":
                self._at = self._text.index(">", self._at) + 1
            else:
                on = True  # of `(?:` there are none
                while (flag := self._take()) not in ":)":
                    if flag not in "-imsx":
                        raise UnknownSyntaxError(f"(?{flag}")
                    on = on and flag != "-"
                    inside[flag] = on
                if flag == ")":
                    flags.update(inside)
                    return None
        node = self._choice(inside)
        self._take()  # nothing but its end can be there; at the end of all it raises
        return node

    def _escape(self) -> tuple[int | None, int]:
        """What stands after a backslash: (the code, if it is one byte; the set)."""
        character = self._take()
        if character.lower() in _PERL:
            mask = _PERL[character.lower()]
            return None, mask | HIGH if character.islower() else ALL ^ mask
        if character == "x":
            code = int(self._take() + self._take(), 16)
        elif character in _CONTROL:
            code = _CONTROL[character]
        elif character.isalnum() or character in "<>":
            raise UnknownSyntaxError(f"\\{character}")
        else:
            code = ord(character)
        return code, HIGH if code > 127 else 1 << code

    def _set(self, flags: dict[str, bool]) -> int:
        """What stands between brackets."""
        negated, mask, first = self._next == "^", 0, True
        self._at += negated
        while self._next != "]" or first:
            first = False
            if self._text.startswith("[:", self._at):
                end = self._text.index(":]", self._at)
                mask |= _POSIX[self._text[self._at + 2 : end]]
                self._at = end + 2
                continue
            character = self._take()
            if character == "[" or self._text[self._at - 1 : self._at + 1] in ("&&", "--", "~~"):
                raise UnknownSyntaxError("a set within a set")
            if flags["x"] and (character.isspace() or character == "#"):
                raise UnknownSyntaxError("a blank within a set")
            low, one = self._escape() if character == "\\" else (ord(character), 0)
            if low is None:
                if negated:
                    one ^= HIGH  # what is surely not in it; what may be is
                mask |= one
                continue
            high = low
            if self._next == "-" and self._text[self._at + 1] not in "]-":
                self._at += 1
                ending = self._take()
                last = self._escape()[0] if ending == "\\" else ord(ending)
                if last is None:
                    raise UnknownSyntaxError("a span that ends in a set")
                high = last
            if high > 127 and negated:
                raise UnknownSyntaxError("more than ASCII")
            mask |= span(low, min(high, 255)) | (HIGH if high > 127 else 0)
        self._at += 1
        return ALL ^ mask if negated else mask
