"""The history: what runs leave in it, and what they left for the next decision."""

from __future__ import annotations

import hashlib
import itertools
import json
import math
from collections import Counter
from collections.abc import Iterable, Mapping, Reversible
from typing import Any

from autosync_tasks.model import Outcome, Path, Run
from autosync_tasks.names import display
from autosync_tasks.plan.compare import Look
from autosync_tasks.policy.inputs import Past
from autosync_tasks.state.shapes import json_object, last_act, moment, syncs
from autosync_tasks.state.state import State

Record = dict[str, Any]
"""One line of the history."""

_NOT_TRIED = frozenset({Outcome.BLOCKED, Outcome.DEFERRED, Outcome.SKIPPED})
_FIRST_SEEN = "pending.json"


def past_of(seen: Look, now: float) -> Past:
    """What the decision on this look needs to know. now: seconds since the epoch.

    A first-seen time that is lost is the file's ctime.
    """
    records = seen.site.state.history()
    last = last_act(records)
    failures = failures_in_a_row(records)
    failed = next((r for r in syncs(reversed(records)) if _failed(r)), {}) if failures else {}
    kept = _first_seen(seen.site.state)
    first: dict[Path, float] = {}
    for change in seen.difference.changes:
        first |= {path: kept[_mark(path)] for path in change.paths if _mark(path) in kept}
        if change.path not in first:
            facts = seen.observation.facts(change.path) if change.new is not None else None
            first[change.path] = min(now, facts.ctime_ns / 1e9) if facts else now
    return Past(
        last_sync_at=moment_of(last, "started") if last else None,
        failures=failures,
        retry_at=moment_of(failed, "retry_at"),
        first_seen=first,
    )


def moment_of(record: Mapping[str, Any], name: str) -> float | None:
    """A time of a record (seconds since the epoch); None if it has none. The history may hold anything."""
    when = record.get(name)
    return float(when) if isinstance(when, int | float) and math.isfinite(when) else None


def remember_act(state: State, task: str, run: Run) -> None:
    """Writes one record of a restore or a recovery that changed something. Call it under the lock.

    It says nothing of syncs: neither the limit nor the failures in a row know of it.
    """
    if not run.check and run.outcome in (Outcome.CHANGED, Outcome.INCOMPLETE):
        state.add_history({"task": task, **record_of(run, acted=True)})


def failures_in_a_row(records: Reversible[Record]) -> int:
    """How many syncs failed since the last that succeeded. One that was held back says nothing of either."""
    tried = (record for record in syncs(reversed(records)) if record.get("outcome") not in _NOT_TRIED)
    return len(list(itertools.takewhile(_failed, tried)))


def keep_first_seen(state: State, waiting: Iterable[Path], first: Mapping[Path, float], now: float) -> None:
    """Keeps since when each pending path has been waiting; writes only what differs."""
    kept = {_mark(path): first.get(path, now) for path in waiting}
    text = json.dumps(kept, sort_keys=True).encode()
    if (state.read(_FIRST_SEEN) or b"{}") != text:
        state.write(_FIRST_SEEN, text)


def _first_seen(state: State) -> dict[str, float]:
    times = {mark: moment(when) for mark, when in json_object(state.read(_FIRST_SEEN)).items()}
    return {mark: when for mark, when in times.items() if when is not None}


def _mark(path: Path) -> str:
    """A path in the state folder: by its digest, for a name may hold a secret and its file be blocked for that."""
    return hashlib.sha256(path).hexdigest()[:32]


def _failed(record: Mapping[str, Any]) -> bool:
    return record.get("outcome") == Outcome.FAILED


def record_of(run: Run, *, acted: bool, digest: str = "", hint: str = "") -> dict[str, Any]:
    """A run as one record of the history."""
    return {
        "id": run.id,
        "trigger": run.trigger,
        "started": millis(run.started),
        "ended": millis(run.ended),
        "outcome": run.outcome,
        "reason": run.reason,
        "exit": run.exit_code,
        "acted": acted,
        "commit": run.commit,
        "digest": digest,
        "changes": dict(Counter(change.category for change in run.changes)),
        "pending": len(run.pending),
        "findings": dict(Counter(finding.code for finding in run.findings)),
        "notes": list(run.notes),
        **({"hint": display(hint)} if hint else {}),
    }


def millis(when: float) -> float:
    """A time to the millisecond, never later than it was: a recorded time in the future counts as unknown."""
    return math.floor(when * 1000) / 1000
