"""Numbers as people say them, for reasons and messages."""

from __future__ import annotations

import re

from autosync_tasks.records import pattern

_UNITS = ((3600, "hour"), (60, "minute"), (1, "second"))


def count(number: int, noun: str) -> str:
    """`1 change`, `3,000 changes`."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def span(seconds: float) -> str:
    """A length of time in the largest unit that says it exactly: `7 days`, `24 hours`, `90 seconds`."""
    whole = round(seconds)
    if whole >= 2 * 86400 and whole % 86400 == 0:
        return count(whole // 86400, "day")
    for size, noun in _UNITS:
        if whole >= size and whole % size == 0:
            return count(whole // size, noun)
    return count(whole, "second")


def short_span(seconds: int) -> str:
    """A length of time as settings take it and show it: `90s`, `10m`, `26h`, `7d`."""
    sizes = ((86400, "d"), (3600, "h"), (60, "m"))
    return next((f"{seconds // size}{unit}" for size, unit in sizes if seconds and seconds % size == 0), f"{seconds}s")


def volume(number: int) -> str:
    """Bytes: `340 kB`, `12 MB`."""
    return f"{number / 1e6:,.0f} MB" if number >= 1e6 else f"{number / 1e3:,.0f} kB"


_SPAN = pattern(r"(\d{1,6})(?:([smhdw])| (second|minute|hour|day|week)s?(?: ago)?)\Z", re.IGNORECASE)
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604_800}


def seconds_in(words: str) -> int | None:
    """The seconds of a span as people write it: `90s`, `10m`, `12h`, `7d`, `2w`, `3 days`, `3 days ago`; else None."""
    found = _SPAN.match(words.strip())
    return int(found[1]) * _SECONDS[(found[2] or found[3])[0].lower()] if found else None


def age(seconds: float) -> str:
    """About how long ago, in the largest unit that is at least one: `3 days`, `26 hours`, `5 minutes`."""
    for size, noun in ((2 * 86400, "day"), *_UNITS):
        if seconds >= size:
            return count(int(seconds // (86400 if noun == "day" else size)), noun)
    return "a moment"
