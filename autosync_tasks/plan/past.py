"""What earlier runs left for the next decision: the last commit, failures in a row, since when each change waits."""

from __future__ import annotations

import hashlib
import itertools
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from autosync_tasks.model import Outcome, Path
from autosync_tasks.plan.compare import Look
from autosync_tasks.policy.inputs import Past
from autosync_tasks.state.state import State

_NOT_TRIED = frozenset({Outcome.BLOCKED, Outcome.DEFERRED, Outcome.SKIPPED})
_FIRST_SEEN = "pending.json"


def past_of(seen: Look, now: float) -> Past:
    """What the decision on this look needs to know. now: seconds since the epoch.

    A first-seen time that is lost is the file's ctime.
    """
    records = seen.site.state.history()
    last = next((r for r in reversed(records) if r.get("commit") and r.get("acted")), None)
    failures = failures_in_a_row(records)
    retry_at = next((r.get("retry_at") for r in reversed(records) if _failed(r)), None) if failures else None
    kept = _first_seen(seen.site.state)
    first: dict[Path, float] = {}
    for change in seen.difference.changes:
        first |= {path: kept[_mark(path)] for path in change.paths if _mark(path) in kept}
        if change.path not in first:
            facts = seen.observation.facts(change.path) if change.new is not None else None
            first[change.path] = min(now, facts.ctime_ns / 1e9) if facts else now
    return Past(
        last_sync_at=float(last["started"]) if last else None,
        failures=failures,
        retry_at=retry_at,
        first_seen=first,
    )


def failures_in_a_row(records: Sequence[Mapping[str, Any]]) -> int:
    """How many runs failed since the last that succeeded. A run that was held back says nothing of either."""
    tried = (record for record in reversed(records) if record.get("outcome") not in _NOT_TRIED)
    return len(list(itertools.takewhile(_failed, tried)))


def keep_first_seen(state: State, waiting: Iterable[Path], first: Mapping[Path, float], now: float) -> None:
    """Keeps since when each pending path has been waiting; writes only what differs."""
    kept = {_mark(path): first.get(path, now) for path in waiting}
    text = json.dumps(kept, sort_keys=True).encode()
    if (state.read(_FIRST_SEEN) or b"{}") != text:
        state.write(_FIRST_SEEN, text)


def _first_seen(state: State) -> dict[str, float]:
    try:
        loaded = json.loads(state.read(_FIRST_SEEN) or b"{}")
        return {mark: float(when) for mark, when in loaded.items()}
    except (ValueError, AttributeError, TypeError):
        return {}


def _mark(path: Path) -> str:
    """A path in the state folder: by its digest, for a name may hold a secret and its file be blocked for that."""
    return hashlib.sha256(path).hexdigest()[:32]


def _failed(record: Mapping[str, Any]) -> bool:
    return record.get("outcome") == Outcome.FAILED
