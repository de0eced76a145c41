"""Numbers as people say them, for reasons and messages."""

from __future__ import annotations

_UNITS = ((3600, "hour"), (60, "minute"), (1, "second"))


def count(number: int, noun: str) -> str:
    """`1 change`, `3,000 changes`."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def span(seconds: float) -> str:
    """A length of time in the largest unit that says it exactly: `5 minutes`, `24 hours`, `90 seconds`."""
    whole = round(seconds)
    for size, noun in _UNITS:
        if whole >= size and whole % size == 0:
            return count(whole // size, noun)
    return count(whole, "second")


def age(seconds: float) -> str:
    """About how long ago, in the largest unit that is at least one: `3 days`, `26 hours`, `5 minutes`."""
    for size, noun in ((2 * 86400, "day"), *_UNITS):
        if seconds >= size:
            return count(int(seconds // (86400 if noun == "day" else size)), noun)
    return "a moment"
