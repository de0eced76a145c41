"""The state folder is a cache or a log, anything in it may be anything: only what has its shape is read (pure)."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Reversible
from typing import Any

from autosync_tasks.records import pattern

_LATEST = 253_402_214_400.0
"""The last day that a calendar can name (9999-12-31), in seconds since the epoch."""
_COMMIT = pattern(r"([0-9a-f]{40})?\Z")


def json_object(text: bytes | None) -> dict[str, Any]:
    """A JSON object; an empty one for no text and for any other text (too deeply nested, say)."""
    try:
        loaded = json.loads(text or b"{}")
    except (ValueError, RecursionError):
        return {}
    return loaded if isinstance(loaded, dict) else {}


def moment(value: object) -> float | None:
    """A time in seconds since the epoch that a calendar can name; None for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if 0 <= value <= _LATEST else None


def number(value: object) -> bool:
    """Whether it is a count."""
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**53


def text(value: object) -> bool:
    """Whether it is a text."""
    return isinstance(value, str)


def commit(value: object) -> bool:
    """Whether it is a commit id, or empty."""
    return isinstance(value, str) and bool(_COMMIT.match(value))


def texts(value: object) -> bool:
    """Whether it is a list of texts."""
    return isinstance(value, list) and all(map(text, value))


def time(value: object) -> bool:
    """Whether it is a time that a calendar can name, or None."""
    return value is None or moment(value) is not None


def _time(value: object) -> bool:
    return moment(value) is not None


def _flag(value: object) -> bool:
    return isinstance(value, bool)


def _counts(value: object) -> bool:
    return isinstance(value, dict) and all(map(number, value.values()))


_RECORD: Mapping[str, Callable[[object], bool]] = {
    "id": text,
    "trigger": text,
    "started": _time,
    "ended": _time,
    "outcome": text,
    "reason": text,
    "exit": number,
    "acted": _flag,
    "commit": commit,
    "digest": text,
    "changes": _counts,
    "pending": number,
    "findings": _counts,
    "notes": texts,
    "hint": text,
    "retry_at": time,
}
_NEEDED = ("trigger", "started", "outcome")


def record(line: bytes) -> dict[str, Any] | None:
    """A run's record of the history; None for a line that is not one."""
    loaded = json_object(line)
    if any(name not in loaded for name in _NEEDED):
        return None
    return loaded if all(sound(loaded[name]) for name, sound in _RECORD.items() if name in loaded) else None


class History:
    """Every record, oldest first; lines that are damaged, or no records, are passed over.

    Each is read when it is asked for: of thousands a sync needs the last few.
    """

    def __init__(self, text: bytes) -> None:
        self._text = text

    def __iter__(self) -> Iterator[dict[str, Any]]:
        return filter(None, map(record, self._text.split(b"\n")))

    def __reversed__(self) -> Iterator[dict[str, Any]]:
        end = len(self._text)
        while end >= 0:
            at = self._text.rfind(b"\n", 0, end)
            if found := record(self._text[at + 1 : end]):
                yield found
            end = at


def syncs(records: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """The records of syncs, without those of restores and recoveries."""
    return (one for one in records if one.get("task", "sync") == "sync")


def last_act(records: Reversible[dict[str, Any]]) -> dict[str, Any] | None:
    """The last sync that made a commit."""
    return next((one for one in syncs(reversed(records)) if one.get("commit") and one.get("acted")), None)
