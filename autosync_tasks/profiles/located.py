"""On which line of a TOML file that stands which a message is about (pure). Read only when something is wrong."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

_KEY = r"""(?:"(?:[^"\\\n]|\\.)*"|'[^'\n]*'|[\w \t.-])+"""
_ENTRY = rf"[ \t]*(?:(\[\[?)({_KEY})\]\]?|({_KEY})=)"
_WORD = r'''(?s)"""(?:[^\\]|\\.)*?"{3,5}|\'\'\'.*?\'{3,5}|"(?:[^"\\\n]|\\.)*"|'[^'\n]*'|#[^\n]*|[^"'#\[\]{}\n]+|.'''
_PART = r"""[^\s,.:"']+"""


def located(problems: Iterable[str], path: str, text: str) -> list[str]:
    """The messages, each that begins with `PATH: ` and with words that name a key of the text with that key's line.

    text: valid TOML. A key that is missing is looked for where its table begins.
    """
    lines: dict[tuple[str, ...], int] = {}
    for names, line in _keys(text):
        lines.setdefault(tuple(re.findall(_PART, " ".join(names))), line)
    return [_with_line(one, f"{path}: ", lines) for one in problems]


def _with_line(problem: str, begin: str, lines: dict[tuple[str, ...], int]) -> str:
    if not problem.startswith(begin):
        return problem
    rest = problem.removeprefix(begin)
    # `rule 2` is said of [[rules]], and `rules, rule 2` of those in a profile's table.
    words = re.findall(_PART, re.sub(r"\b(?:rules, )?rule (?=\d)", "rules ", rest))
    line = next((line for n in range(len(words), 0, -1) if (line := lines.get(tuple(words[:n])))), 0)
    return f"{begin[:-2]}, line {line}: {rest}" if line else problem


def _keys(text: str) -> Iterator[tuple[tuple[str, ...], int]]:
    """Every key and every table with its line; of a list of tables each with its number, from 1."""
    entry, token = re.compile(_ENTRY), re.compile(_WORD)
    here: tuple[str, ...] = ()
    place: tuple[str, ...]
    counts: dict[tuple[str, ...], int] = {}
    at = 0
    while at < len(text):
        if found := entry.match(text, at):
            opened, header, key = found.groups()
            names = tuple("".join(one) for one in re.findall(r""""([^"]*)"|'([^']*)'|([\w-]+)""", header or key))
            place, line = () if opened else here, text.count("\n", 0, at) + 1
            for number, name in enumerate(names, 1):
                place += (name,)
                yield place, line
                if number == len(names) and opened == "[[":
                    counts[place] = counts.get(place, 0) + 1
                if opened and place in counts:
                    place += (str(counts[place]),)
            if opened:
                here = place
                yield here, line
            at = found.end()
        depth = 0
        while at < len(text):
            part = token.match(text, at)
            at = part.end() if part else len(text)
            depth += {"[": 1, "{": 1, "]": -1, "}": -1}.get(text[at - 1], 0) if part and len(part[0]) == 1 else 0
            if depth <= 0 and part and part[0] == "\n":
                break
