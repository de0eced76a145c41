"""Gitignore patterns exactly as git matches them, over bytes (pure).

Own code instead of `pathspec` 1.1.1, which was measured against `git check-ignore` 2.39 and is wrong on: a newline in a
name (`*.md` misses `a<newline>b/c.md`, `foo` takes `foo<newline>`: a protected name could slip through), `[a&&b]` (an
error), `[!a]` and `?` against a name that is not ASCII, and a trailing tab. It also takes 80 to 120 ms to import, a
third of a whole run with one changed file. tests/policy/test_patterns.py compares this file with git.

Git's rules come from gitignore(5), dir.c (parse_path_pattern) and wildmatch.c (dowild). Patterns whose
meaning in git is an accident of its code, which can never match, or which nobody writes (classes such as
`[[:alpha:]]`) are refused by `check_pattern`.
"""

from __future__ import annotations

import re
from functools import lru_cache

from autosync_tasks.records import dataclass

_SLASH = 0x2F


class PatternError(ValueError):
    """A pattern that is refused; the message says why and what to write instead."""


def check_pattern(pattern: str) -> str:
    """Why this gitignore pattern cannot be used, in words for people ("" if it can)."""
    try:
        parse_pattern(pattern)
    except PatternError as error:
        return str(error)
    return ""


@dataclass(frozen=True, slots=True)
class Pattern:
    """A pattern taken apart. bare: compared with one name, at any depth. parts: None stands for `**`."""

    bare: bool
    folder_only: bool
    parts: tuple[bytes | None, ...]


@lru_cache(maxsize=1024)  # each run asks for the same hundred several times
def parse_pattern(pattern: str) -> Pattern:
    """Takes a pattern apart. Raises PatternError."""
    _refuse_form(pattern)
    try:
        raw = pattern.encode("utf-8")
    except UnicodeEncodeError:
        raise PatternError("is not valid text") from None
    folder_only = raw.endswith(b"/")
    core = raw.removesuffix(b"/")
    bare = b"/" not in core
    names = core.removeprefix(b"/").split(b"/")
    if any(name in (b"", b".", b"..") for name in names):
        raise PatternError("has an empty part, `.` or `..`, which no path has: write it from the source's root")
    return Pattern(bare, folder_only, tuple(None if name == b"**" else _segment(name) for name in names))


def _refuse_form(pattern: str) -> None:
    """Refuses what git reads as something else than a pattern."""
    if not pattern.strip():
        raise PatternError("is empty")
    if pattern.startswith("#"):
        raise PatternError("is a comment in gitignore: write `\\#` for a name that begins with #")
    if pattern.startswith("!"):
        raise PatternError(
            "undoes another pattern in gitignore, but here each rule stands alone: put a rule that wins "
            "before it, or write `\\!` for a name that begins with !"
        )
    if any(char < " " or char == "\x7f" for char in pattern):
        raise PatternError("has a control character: write `?` where it stands")
    if pattern.endswith(" ") and not _ends_escaped(pattern):
        raise PatternError("ends with a space, which git drops: remove it, or write `\\ ` if it belongs to the name")


def _ends_escaped(pattern: str) -> bool:
    """Whether the last character has an odd number of backslashes before it."""
    body = pattern[:-1]
    return (len(body) - len(body.rstrip("\\"))) % 2 == 1


def _segment(name: bytes) -> bytes:
    """The expression of one name without `/`. Stars never backtrack into each other: see `_up_to_first`."""
    if b"**" in name:
        raise PatternError("has `**` beside other characters: it must stand alone between slashes; write `*`")
    chunks: list[bytes] = [b""]
    i = 0
    while i < len(name):
        char = name[i : i + 1]
        if char == b"*":
            chunks.append(b"")
        elif char == b"?":
            chunks[-1] += b"[^/]"
        elif char == b"[":
            piece, i = _set(name, i + 1)
            chunks[-1] += piece
        elif char == b"\\":
            i += 1
            if i == len(name):
                raise PatternError("ends a name with a backslash: write `\\\\` for the character itself")
            chunks[-1] += re.escape(name[i : i + 1])
        else:
            chunks[-1] += re.escape(char)
        i += 1
    if len(chunks) == 1:
        return chunks[0]
    if not any(chunks):
        return b"[^/]+"
    first, *middle, last = chunks
    return first + b"".join(_up_to_first(chunk, b"[^/]") for chunk in middle) + b"[^/]*" + last


def _up_to_first(wanted: bytes, skipped: bytes) -> bytes:
    """As little of `skipped` as it takes to reach `wanted`: one way only, so a failure further on costs no retries.

    An atomic group would say it shorter, but the atomic and possessive parts of `re` were right only from 3.11.5 on.
    """
    return b"(?:(?!" + wanted + b")" + skipped + b")*" + wanted


_SET = re.compile(rb"([!^]?)(\]?[^\]]*)\]")
_PLAIN = re.compile(rb"[A-Za-z0-9 !\"#$%&'()*+,.:;<=>?@^_`{|}~-]+")
"""What may stand in brackets: no backslash, no further bracket. Git's other forms are accidents that nobody writes."""


def _set(name: bytes, begin: int) -> tuple[bytes, int]:
    """The expression of the brackets whose inside begins there, and where their `]` is: `[ab]`, `[a-c]`, `[!a]`."""
    brackets = _SET.match(name, begin)
    if brackets is None:
        raise PatternError(
            "has a `[` that is never closed (a slash cannot stand in brackets): write `\\[` for the character"
        )
    inside = brackets[2]
    if any(code > 127 for code in inside):
        raise PatternError("has a letter beyond ASCII in brackets, but git compares bytes there: write `*`")
    if not _PLAIN.fullmatch(inside):
        raise PatternError("has more in brackets than letters and ranges such as `[a-c0]` or `[!x]`: write `?`")
    members: set[int] = set()
    at = 0
    while at < len(inside):
        low, high = inside[at], inside[at]
        if inside[at + 1 : at + 2] == b"-" and at + 2 < len(inside):
            high = inside[at + 2]
            at += 2
        if low > high:
            raise PatternError("has a range in brackets that runs backwards and matches nothing")
        members.update(range(low, high + 1))
        at += 1
    if brackets[1]:
        members = set(range(1, 256)) - members
    return b"[" + b"".join(b"\\x%02x" % code for code in members - {_SLASH}) + b"]", brackets.end() - 1


@lru_cache(maxsize=2048)  # each is asked for names of files and of folders, by two lists
def expression(parsed: Pattern, *, whole_path: bool) -> bytes:
    """The regular expression for `fullmatch` (with DOTALL) over a name, or over a path from the root.

    A folder's name or path must end with `/`. It says nothing of what lies below a folder that matches.
    """
    groups: list[list[bytes]] = [[]]
    for part in parsed.parts:
        if part is not None:
            groups[-1].append(part)
        elif len(groups) == 1 or groups[-1]:  # `**/**` is `**`
            groups.append([])
    if parsed.bare and whole_path and parsed.parts != (None,):
        groups.insert(0, [])
    end = b"/" if parsed.folder_only else b"/?"
    first, *rest = [b"/".join(group) for group in groups]
    if not rest:
        return first + end
    *middle, last = rest
    return (
        (first + b"/" if first else b"")
        + b"".join(_up_to_first(group + b"/", b"[^/]+/") for group in middle)
        + (b"(?:[^/]+/)*" + last + end if last else b".+" + end)
    )
