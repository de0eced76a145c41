"""Numbers as people say them, for reasons and messages."""

from __future__ import annotations

_UNITS = ((3600, "hour"), (60, "minute"), (1, "second"))


def count(number: int, noun: str) -> str:
    """`1 change`, `3 changes`."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def span(seconds: float) -> str:
    """A length of time in the largest unit that says it exactly: `5 minutes`, `24 hours`, `90 seconds`."""
    whole = round(seconds)
    for size, noun in _UNITS:
        if whole >= size and whole % size == 0:
            return count(whole // size, noun)
    return count(whole, "second")
