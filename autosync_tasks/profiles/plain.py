"""TOML as this program and its profiles write it, without a TOML reader, which takes 10 ms to load (pure)."""

from __future__ import annotations

import re
from typing import Any

_TEXT, _COMMENT = r'"[^"\\\x00-\x1f\x7f]*"', r"#[^\x00-\x1f\x7f]*"
_LIST = rf"\[[ \n]*(?:{_TEXT}(?:,[ \n]*|(?=[ \n]*\])[ \n]*))+\]"
_VALUE = rf"({_TEXT})|(true|false)|(0|[1-9][0-9]{{0,9}})|({_LIST})"
_LINE = rf"(?:(?:\[\[([a-z]+)\]\]|\[([a-z]+)\]|([a-z_]+) = (?:{_VALUE}))(?:  {_COMMENT})?|{_COMMENT})?(?:\n|\Z)"


def plain(text: str) -> dict[str, Any] | None:
    """The table of plain lines: texts, lists of them, numbers, truths, tables, lists of tables; None for any other."""
    table: dict[str, Any] = {}
    here, at, line = table, 0, re.compile(_LINE)
    while at < len(text):
        if (found := line.match(text, at)) is None:
            return None
        at = found.end()
        several, one, key, said, truth, number, listed = found.groups()
        if name := several or one:
            here = {}
            before = table.setdefault(name, [] if several else here)
            if several and isinstance(before, list) and all(isinstance(item, dict) for item in before[:1]):
                before.append(here)
            elif before is not here:
                return None
        elif key:
            if key in here:
                return None
            texts = re.findall(_TEXT, listed or said or "")
            value: object = [text[1:-1] for text in texts]
            here[key] = value if listed else texts[0][1:-1] if said else int(number) if number else truth == "true"
    return table
