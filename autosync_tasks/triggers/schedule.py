"""When a schedule runs: `--schedule "0 * * * *"` and `--every 15m`, checked; and its longest pause."""

from __future__ import annotations

import datetime
import itertools
import re

from autosync_tasks.errors import UsageError
from autosync_tasks.humanize import age, span
from autosync_tasks.records import dataclass

DEFAULT = "0 * * * *"
"""Hourly: seldom enough to cost nothing, often enough to lose at most an hour."""

NICKNAMES = {
    "@hourly": "0 * * * *",
    "@daily": "0 0 * * *",
    "@midnight": "0 0 * * *",
    "@weekly": "0 0 * * 0",
    "@monthly": "0 0 1 * *",
    "@yearly": "0 0 1 1 *",
    "@annually": "0 0 1 1 *",
}
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_DAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
_EVERY = re.compile(r"([0-9]{1,4})\s*(m|min|h|d)", re.ASCII)
_MINUTES = (5, 10, 15, 20, 30)
_HOURS = (1, 2, 3, 4, 6, 8, 12)


@dataclass(frozen=True, slots=True)
class _Field:
    name: str
    low: int
    high: int
    names: tuple[str, ...] = ()
    first: int = 0


_FIELDS = (
    _Field("minute", 0, 59),
    _Field("hour", 0, 23),
    _Field("day of month", 1, 31),
    _Field("month", 1, 12, _MONTHS, 1),
    _Field("day of week", 0, 7, _DAYS, 0),
)


def _number(text: str, field: _Field) -> int | None:
    if text.lower() in field.names:
        return field.names.index(text.lower()) + field.first
    if re.fullmatch(r"[0-9]{1,3}", text, re.ASCII) and field.low <= int(text) <= field.high:
        return int(text)
    return None


def _values(text: str, field: _Field, faults: list[str]) -> frozenset[int]:
    """The numbers that one field means; each fault is a line in `faults`."""
    found: set[int] = set()
    for item in text.split(","):
        body, slash, step_text = item.partition("/")
        first, dash, last = body.partition("-")
        low: int | None = field.low
        high: int | None = field.high
        if body != "*":
            low = _number(first, field)
            high = _number(last, field) if dash else low
        size = field.high - field.low + 1
        step = 1
        if low is None or high is None:
            faults.append(f"{field.name}: {item!r} is not a value from {field.low} to {field.high}")
            continue
        if low > high:
            faults.append(f"{field.name}: {item!r} runs backwards; write the smaller value first")
            continue
        if slash:
            if not re.fullmatch(r"[0-9]{1,3}", step_text, re.ASCII) or not 1 <= int(step_text) < size:
                faults.append(f"{field.name}: the step in {item!r} must be a number from 1 to {size - 1}")
                continue
            if body != "*" and not dash:
                faults.append(f"{field.name}: the step in {item!r} needs a range, such as */{step_text}")
                continue
            step = int(step_text)
        found.update(range(low, high + 1, step))
    return frozenset(found)


@dataclass(frozen=True, slots=True)
class Schedule:
    """A checked schedule. text: as cron gets it. longest, shortest: the pauses between two runs, in seconds."""

    text: str
    longest: int
    shortest: int

    @property
    def rhythm(self) -> str:
        """When it comes, in words."""
        if self.longest == self.shortest:
            return f"every {span(self.longest)}"
        return f"at `{self.text}`, at most {age(self.longest)} apart"


def _matching_days(fields: tuple[frozenset[int], ...], words: list[str]) -> list[int]:
    """Ordinals of the days in eight years that match (cron: day of month OR day of week, if both are set)."""
    weekdays = {day % 7 for day in fields[4]}
    either = not words[2].startswith("*") and not words[4].startswith("*")
    start = datetime.date(2024, 1, 1).toordinal()
    days = []
    for ordinal in range(start, start + 8 * 366):
        day = datetime.date.fromordinal(ordinal)
        in_month, in_week = day.day in fields[2], (day.weekday() + 1) % 7 in weekdays
        if day.month in fields[3] and ((in_month or in_week) if either else (in_month and in_week)):
            days.append(ordinal)
    return days


def check_schedule(text: str) -> Schedule:
    """Checks a crontab schedule: five fields, or a nickname such as @hourly.

    Raises UsageError with a line for each fault.
    """
    given = text.strip(" \t")
    words = NICKNAMES.get(given, given).split()
    faults: list[str] = []
    if given.startswith("@") and given not in NICKNAMES:
        faults.append(f"{given!r} is not one of {', '.join(NICKNAMES)}")
    elif not given.isprintable() or len(words) != len(_FIELDS):
        faults.append(f"{given!r} has {len(words)} fields; a schedule has five: minute hour day month weekday")
    fields: tuple[frozenset[int], ...] = ()
    if not faults:
        fields = tuple(_values(word, field, faults) for word, field in zip(words, _FIELDS, strict=True))
    days = _matching_days(fields, words) if not faults else []
    if not faults and len(days) < 2:
        faults.append(f"{given!r} names a day that does not come")
    if faults:
        raise UsageError(
            "The schedule cannot be used.",
            hint='Write five fields, for example --schedule "0 * * * *", or use --every 15m.',
            details=faults,
        )
    minutes = sorted(hour * 60 + minute for hour in fields[1] for minute in fields[0])
    inside = [b - a for a, b in itertools.pairwise(minutes)]
    across = [(b - a) * 1440 + minutes[0] - minutes[-1] for a, b in itertools.pairwise(days)]
    pauses = {60 * pause for pause in (*inside, *across)}
    return Schedule(given if given in NICKNAMES else " ".join(words), max(pauses), min(pauses))


def _every(text: str) -> tuple[int, str]:
    match = _EVERY.fullmatch(text.strip().lower())
    if match:
        amount, unit = int(match[1]), match[2][0]
        if unit == "m" and amount % 60 == 0:
            amount, unit = amount // 60, "h"
        if unit == "h" and amount == 24:
            amount, unit = 1, "d"
        if (unit == "m" and amount in _MINUTES) or (unit == "h" and amount in _HOURS) or (unit, amount) == ("d", 1):
            return amount, unit
    minutes, hours = "m, ".join(map(str, _MINUTES)) + "m", "h, ".join(map(str, _HOURS)) + "h"
    raise UsageError(
        f"--every {text!r} cannot be kept by a clock that starts anew each hour and day.",
        hint=f"Use one of {minutes}, {hours}, 1d, or write the times with --schedule.",
    )


def from_every(text: str) -> Schedule:
    """`15m` to `*/15 * * * *`. Only spans that divide an hour or a day: others would pause unevenly."""
    amount, unit = _every(text)
    if unit == "m":
        return check_schedule(f"*/{amount} * * * *")
    if unit == "h":
        return check_schedule(f"0 */{amount} * * *" if amount > 1 else "0 * * * *")
    return check_schedule("0 0 * * *")


def calendar(text: str) -> tuple[str, int]:
    """`15m` as systemd writes it in OnCalendar, and the period in seconds."""
    amount, unit = _every(text)
    if unit == "m":
        return f"*-*-* *:00/{amount}:00", amount * 60
    if unit == "h":
        return (f"*-*-* 00/{amount}:00:00" if amount > 1 else "*-*-* *:00:00"), amount * 3600
    return "*-*-* 00:00:00", 86400


def choose(schedule: str | None, every: str | None) -> Schedule:
    """The schedule that the flags ask for (none: hourly). Raises UsageError, also when both are given."""
    if schedule and every:
        raise UsageError("--schedule and --every say the same thing twice.", hint="Give only one of them.")
    return from_every(every) if every else check_schedule(schedule or DEFAULT)
