"""Record: what a run leaves behind in the state folder, and what earlier runs left for the next decision."""

from __future__ import annotations

import hashlib
import itertools
import json
import math
import random
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from autosync_tasks.model import Outcome, Path, Run, Trigger
from autosync_tasks.names import display
from autosync_tasks.plan.compare import Look
from autosync_tasks.policy.decide import backoff_retry_at
from autosync_tasks.policy.inputs import Past
from autosync_tasks.workspace.workspace import Site

_UNSETTLED = frozenset({Outcome.BLOCKED, Outcome.FAILED, Outcome.INCOMPLETE, Outcome.DEFERRED})
_NOT_TRIED = frozenset({Outcome.BLOCKED, Outcome.DEFERRED, Outcome.SKIPPED})


class Recorder:
    """Reads and writes the records of one run. now: seconds since the epoch."""

    def __init__(self, site: Site, trigger: Trigger, now: float, *, check: bool, hint: str = "") -> None:
        self._hint = hint
        self._state, self._trigger, self._now, self._check = site.state, trigger, now, check
        self._settings = site.settings
        self._first: Mapping[Path, float] = {}

    def past(self, seen: Look) -> Past:
        """What the decision needs to know of earlier runs. A time that is lost is the file's ctime."""
        records = self._state.history()
        last = next((r for r in reversed(records) if r.get("commit") and r.get("acted")), None)
        failures = failures_in_a_row(records)
        retry_at = next((r.get("retry_at") for r in reversed(records) if _failed(r)), None) if failures else None
        kept = self._first_seen()
        first: dict[Path, float] = {}
        for change in seen.difference.changes:
            first |= {path: kept[_mark(path)] for path in change.paths if _mark(path) in kept}
            if change.path not in first:
                facts = seen.observation.facts(change.path) if change.new is not None else None
                first[change.path] = min(self._now, facts.ctime_ns / 1e9) if facts else self._now
        self._first = first
        return Past(
            last_sync_at=float(last["started"]) if last else None,
            failures=failures,
            retry_at=retry_at,
            first_seen=first,
        )

    def failed(self, run_id: str, reason: str) -> None:
        """Records a failure, with the time before which no automatic run tries again."""
        failures = 1 + failures_in_a_row(self._state.history())
        retry_at = backoff_retry_at(failures, self._settings, self._now, random.random())  # noqa: S311  no secret
        record = {
            "id": run_id,
            "trigger": self._trigger,
            "started": _millis(self._now),
            "ended": _millis(self._now),
            "outcome": Outcome.FAILED,
            "reason": display(reason),
            "exit": 1,
            "acted": False,
            "retry_at": round(retry_at, 3),
        }
        self._state.add_history(record)
        self._state.forget_idle()

    def finish(self, run: Run, *, acted: bool, digest: str = "") -> Run:
        """Writes the history if something acted, or outcome or reason are new; never in check mode."""
        if self._check:
            return run
        if self._trigger is not Trigger.MANUAL:
            self._state.saw(self._trigger, self._now)
        records = self._state.history()
        last = records[-1] if records else {}
        same = all(
            last.get(key) == value
            for key, value in (("outcome", run.outcome), ("reason", run.reason), ("digest", digest))
        )
        settled = run.outcome in (Outcome.OK, Outcome.SKIPPED) and last.get("outcome") not in _UNSETTLED
        if run.outcome is Outcome.OK and failures_in_a_row(records):
            settled = False  # it works again: that ends the failures
        if acted or not (same or settled):
            self._state.add_history(record_of(run, acted=acted, digest=digest, hint=self._hint))
        self._keep_first_seen(run)
        return run

    def _first_seen(self) -> dict[str, float]:
        try:
            loaded = json.loads(self._state.read("pending.json") or b"{}")
            return {mark: float(when) for mark, when in loaded.items()}
        except (ValueError, AttributeError, TypeError):
            return {}

    def _keep_first_seen(self, run: Run) -> None:
        """Keeps since when each pending change has been waiting; writes only what differs."""
        waiting = [pending.change.path for pending in run.pending]
        if run.outcome is Outcome.BLOCKED:
            waiting += [change.path for change in run.changes]  # what validation held is as pending as the rest
        kept = {_mark(path): self._first.get(path, self._now) for path in waiting}
        text = json.dumps(kept, sort_keys=True).encode()
        if (self._state.read("pending.json") or b"{}") != text:
            self._state.write("pending.json", text)


def _mark(path: Path) -> str:
    """A path in the state folder: by its digest, for a name may hold a secret and its file be blocked for that."""
    return hashlib.sha256(path).hexdigest()[:32]


def failures_in_a_row(records: Sequence[dict[str, Any]]) -> int:
    """How many runs failed since the last that succeeded. A run that was held back says nothing of either."""
    tried = (record for record in reversed(records) if record.get("outcome") not in _NOT_TRIED)
    return len(list(itertools.takewhile(_failed, tried)))


def _failed(record: Mapping[str, Any]) -> bool:
    return record.get("outcome") == Outcome.FAILED


def record_of(run: Run, *, acted: bool, digest: str = "", hint: str = "") -> dict[str, Any]:
    """A run as one record of the history."""
    return {
        "id": run.id,
        "trigger": run.trigger,
        "started": _millis(run.started),
        "ended": _millis(run.ended),
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


def _millis(when: float) -> float:
    """A time to the millisecond, never later than it was: a recorded time in the future counts as unknown."""
    return math.floor(when * 1000) / 1000
