"""Moments: what `--at` means, a commit or a time a person would write (pure; the clock is a parameter).

A day alone means its end: `--at 2026-01-05` is the last backup made on that day or before it. Times without a zone
are in the given one, or in this machine's as it is on that day. Words that are neither are an error that shows the
forms, never a guess.
"""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta, tzinfo

from autosync_tasks.errors import UsageError
from autosync_tasks.humanize import seconds_in
from autosync_tasks.names import display
from autosync_tasks.records import dataclass

_AGE = re.compile(r"\d{1,3}[smhdw]\Z|\d{1,6} \w+ ago\Z", re.IGNORECASE)
"""Four digits and `d` would be the beginning of a commit's id as well."""
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}\Z")
_TIME = re.compile(r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?\s?(Z|[+-]\d{2}:?\d{2})?\Z")
_LIKE_A_DATE = re.compile(r"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}")
_COMMIT = re.compile(r"[0-9a-f]{4,40}\Z")
_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_./-]{0,200}((~\d{0,6})|(\^\d?)){0,20}\Z")
FORMS = "a commit (1a2b3c4), main~2, 2026-01-05, `2026-01-05 14:30`, 7d, `3 days ago` or yesterday"


@dataclass(frozen=True, slots=True)
class Moment:
    """A time: seconds since the epoch. The newest backup not after it is meant."""

    when: float


@dataclass(frozen=True, slots=True)
class Revision:
    """The name or the id of a commit, safe to hand to git after `--end-of-options`; it may not exist."""

    name: str


def parse_at(text: str, now: float, zone: tzinfo | None = None) -> Moment | Revision:
    """What a person means by `--at`. now: seconds since the epoch. zone: for times that name none; None: this
    machine's, with summer time where there is some (of an hour that comes twice the first is meant).

    Raises UsageError, which shows the forms, for anything else.
    """
    words = text.strip()
    when = _moment(words, now, zone)
    if when is not None:
        return Moment(when)
    name = words.lower() if _COMMIT.match(words.lower()) else words
    if _NAME.match(name) and not _LIKE_A_DATE.match(name) and ".." not in name and not name.endswith((".", "/")):
        return Revision(name)
    raise UsageError(f"--at {display(text)!r} is neither a time nor a commit", hint=f"write it as {FORMS}")


def _moment(words: str, now: float, zone: tzinfo | None) -> float | None:
    if words.lower() == "now":
        return now
    if words.lower() == "yesterday":
        today = datetime.fromtimestamp(now, zone).date()
        return _end_of(today - timedelta(days=1), zone)
    if _AGE.match(words) and (seconds := seconds_in(words)) is not None:
        return _checked(now - seconds, words)
    if not (_DAY.match(words) or _TIME.match(words)):
        return None
    try:
        if _DAY.match(words):
            return _checked(_end_of(date.fromisoformat(words), zone), words)
        moment = datetime.fromisoformat(re.sub(r"\s(?=[Z+-])", "", words))
        return _checked((moment if moment.tzinfo else moment.replace(tzinfo=zone)).timestamp(), words)
    except (ValueError, OverflowError) as error:
        raise UsageError(f"--at {words!r} is no time that there is: {error}", hint=f"write it as {FORMS}") from None


def _end_of(day: date, zone: tzinfo | None) -> float:
    return datetime.combine(day, time(23, 59, 59), zone).timestamp()


def _checked(when: float, words: str) -> float:
    if when < 0:
        raise UsageError(f"--at {words!r} is before 1970", hint=f"write it as {FORMS}")
    return when
