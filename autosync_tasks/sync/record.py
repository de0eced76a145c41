"""Record: what a run leaves behind in the state folder."""

from __future__ import annotations

from collections.abc import Mapping

from autosync_tasks.model import Outcome, Path, Run, Trigger
from autosync_tasks.names import display
from autosync_tasks.plan.past import failures_in_a_row, keep_first_seen, millis, record_of
from autosync_tasks.policy.decide import backoff_retry_at
from autosync_tasks.state.shapes import syncs
from autosync_tasks.workspace.workspace import Site

_UNSETTLED = frozenset({Outcome.BLOCKED, Outcome.FAILED, Outcome.INCOMPLETE, Outcome.DEFERRED})


class Recorder:
    """Writes the records of one run. now: seconds since the epoch."""

    def __init__(self, site: Site, trigger: Trigger, now: float, *, check: bool, hint: str = "") -> None:
        self._hint = hint
        self._state, self._trigger, self._now, self._check = site.state, trigger, now, check
        self._settings = site.settings

    def failed(self, run_id: str, reason: str) -> None:
        """Records a failure, with the time before which no automatic run tries again."""
        failures = 1 + failures_in_a_row(self._state.history())
        import random  # only after a failure

        retry_at = backoff_retry_at(failures, self._settings, self._now, random.random())  # noqa: S311  no secret
        record = {
            "id": run_id,
            "trigger": self._trigger,
            "started": millis(self._now),
            "ended": millis(self._now),
            "outcome": Outcome.FAILED,
            "reason": display(reason),
            "exit": 1,
            "acted": False,
            "retry_at": round(retry_at, 3),
        }
        self._state.add_history(record)
        self._state.forget_idle()

    def finish(self, run: Run, first: Mapping[Path, float], *, acted: bool, digest: str = "") -> Run:
        """Writes the history if something acted, or outcome or reason are new; never in check mode.

        first: when each change was first seen (`Past.first_seen`).
        """
        if self._check:
            return run
        if self._trigger is not Trigger.MANUAL:
            self._state.saw(self._trigger, self._now)
        records = self._state.history()
        last = next(syncs(reversed(records)), {})
        same = all(
            last.get(key) == value
            for key, value in (("outcome", run.outcome), ("reason", run.reason), ("digest", digest))
        )
        settled = run.outcome in (Outcome.OK, Outcome.SKIPPED) and last.get("outcome") not in _UNSETTLED
        if run.outcome is Outcome.OK and failures_in_a_row(records):
            settled = False  # it works again: that ends the failures
        if acted or not (same or settled):
            self._state.add_history(record_of(run, acted=acted, digest=digest, hint=self._hint))
        self._keep_first_seen(run, first)
        return run

    def turned_out(self, run: Run) -> None:
        """Writes how a run ended that was recorded before its end was known, unless the last record says just that."""
        last = next(reversed(self._state.history()), {})
        if (last.get("outcome"), last.get("reason")) != (run.outcome, run.reason):
            self._state.add_history(record_of(run, acted=False))

    def _keep_first_seen(self, run: Run, first: Mapping[Path, float]) -> None:
        waiting = [pending.change for pending in run.pending]
        if run.outcome is Outcome.BLOCKED:
            waiting += run.changes  # what validation held is as pending as the rest
        keep_first_seen(self._state, (path for change in waiting for path in change.paths), first, self._now)
