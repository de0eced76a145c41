"""History: which records of earlier runs are asked for, and their totals."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from autosync_tasks.errors import UsageError
from autosync_tasks.humanize import seconds_in
from autosync_tasks.model import Outcome, Trigger
from autosync_tasks.names import display
from autosync_tasks.plan.past import Record
from autosync_tasks.state.shapes import syncs

_BAD = frozenset({Outcome.FAILED, Outcome.BLOCKED, Outcome.INCOMPLETE})


def filtered(records: Iterable[Record], trigger: str, since: str, failed: bool, now: float) -> list[Record]:
    """The records asked for. now: seconds since the epoch. Raises UsageError for a wrong trigger or time."""
    if trigger and trigger not in list(Trigger):
        raise UsageError(f"--trigger={display(trigger)} is none of {', '.join(Trigger)}")
    start = moment(since, now) if since else None
    return [
        record
        for record in records
        if (not trigger or record.get("trigger") == trigger)
        and (start is None or ended_at(record) >= start)
        and (not failed or record.get("outcome") in _BAD)
    ]


def moment(text: str, now: float) -> float:
    """A time in seconds since the epoch, from `7d`, `3 days ago`, yesterday or an ISO date. Raises UsageError."""
    if (seconds := seconds_in(text)) is not None:
        return now - seconds
    try:
        if text.strip().lower() == "yesterday":
            midnight = datetime.fromtimestamp(now).replace(hour=0, minute=0, second=0, microsecond=0)
            return (midnight - timedelta(days=1)).timestamp()
        return datetime.fromisoformat(text).timestamp()
    except (ValueError, OverflowError):
        raise UsageError(
            f"{display(text)!r} is no time",
            hint="write 2026-03-01, 2026-03-01T12:00, or an age like 90m, 12h, 7d, `3 days ago`",
        ) from None


def totals(records: Sequence[Record]) -> dict[str, Any]:
    """Runs, how they ended, files, commits, restores and last activity, over the records."""
    others, records = [record for record in records if record.get("task", "sync") != "sync"], [*syncs(records)]
    outcomes = Counter(str(record.get("outcome")) for record in records)
    files = sum(sum(_numbers(record.get("changes"))) for record in records if record.get("acted"))
    return {
        "runs": len(records),
        "successes": outcomes["changed"] + outcomes["ok"],
        "failures": outcomes["failed"],
        "blocked": outcomes["blocked"],
        "incomplete": outcomes["incomplete"],
        "deferred": outcomes["deferred"],
        "skipped": outcomes["skipped"],
        "files": files,
        "commits": len({record["commit"] for record in records if record.get("acted") and record.get("commit")}),
        "restores": sum(record.get("task") == "restore" for record in others),
        "recoveries": sum(record.get("task") == "recover" for record in others),
        "last_activity": max(map(ended_at, [*records, *others]), default=None),
    }


def _numbers(changes: object) -> list[int]:
    return [n for n in changes.values() if isinstance(n, int)] if isinstance(changes, dict) else []


def ended_at(record: Mapping[str, Any]) -> float:
    """When a run ended (seconds since the epoch); 0 where its record does not say."""
    ended = record.get("ended")
    return float(ended) if isinstance(ended, int | float) else 0.0
