"""Decide: whether a sync goes now, and if not, why and until when (pure)."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from autosync_tasks.humanize import count, span
from autosync_tasks.model import Change, Decision, Pending, Priority, Trigger, Verb
from autosync_tasks.policy.guards import Hold, identity_guard, loss_guard
from autosync_tasks.policy.inputs import Ask, GateSettings, Guarded, Past
from autosync_tasks.policy.select import Selection, select
from autosync_tasks.records import dataclass

NOTHING = "nothing to do"
"""The reason when no change is admissible."""

_RIDES = "the next sync (it lies outside `sync_triggers` and starts none itself)"
_BY_HAND = "nothing is lost; a sync by hand (`inv sync`) goes at once"
_ENABLED = "auto-sync to be enabled, or a sync by hand"
_LEAST_BACKOFF = 60.0
"""Seconds: a limit of 0 must not make failures repeat in a tight loop."""
_SPREAD = 0.1


def backoff_retry_at(failures: int, settings: GateSettings, now: float, jitter: float) -> float:
    """When an automatic trigger may try again after `failures` transient failures in a row (1 or more).

    The wait is max_sync_frequency, doubled for each further failure, at most backoff_cap; jitter (0 to 1)
    adds up to a tenth, so that machines that failed together do not come back together. Compute it once,
    when the failure is recorded, and keep it.
    """
    doubled = max(settings.max_sync_frequency, _LEAST_BACKOFF) * 2.0 ** min(failures - 1, 32)
    return now + min(doubled * (1 + _SPREAD * jitter), settings.backoff_cap)


@dataclass(frozen=True, slots=True)
class _Gate:
    """What the gate says when it does not let a sync go. waits_for tells it of each change that would go."""

    verb: Verb
    reason: str
    waits_for: Callable[[Change], str]
    retry_at: float | None = None


def decide(
    changes: Sequence[Change],
    settings: GateSettings,
    trigger: Trigger,
    past: Past,
    now: float,
    ask: Ask | None = None,
    facts: Guarded | None = None,
) -> Decision:
    """Go, skip, defer or block. Every change is in `admitted` or in `waiting`, each once.

    now: seconds since the epoch. Reasons hold no ages or times of day: the same state, the same words.
    Raises PatternError for a bad `ask.include`, nothing else.
    """
    ask, facts = ask or Ask(), facts or Guarded()
    selection = select(changes, trigger, ask)
    verdict = _verdict(selection.taken, settings, trigger, past, now, ask, facts)
    if isinstance(verdict, Hold):
        return _blocked(verdict, selection)
    if isinstance(verdict, _Gate):
        return _waiting(verdict, selection)
    return Decision(Verb.GO, verdict, selection.taken, selection.left)


def _verdict(
    taken: Sequence[Change], settings: GateSettings, trigger: Trigger, past: Past, now: float, ask: Ask, facts: Guarded
) -> Hold | _Gate | str:
    """What holds a sync that would take these changes, or the reason why it goes.

    In this order: switched off, another source's branch, thresholds and waits, the guard against loss.
    """
    by_hand = trigger is Trigger.MANUAL
    if not (by_hand or ask.force or settings.auto_sync_enabled):
        return _Gate(Verb.SKIP, "auto-sync is disabled", lambda _: _ENABLED)
    # Before "nothing to do": a branch of another source protects nothing of this one.
    if hold := identity_guard(facts, ask):
        return hold
    if not taken:
        return _nothing(facts)
    reason: _Gate | str = "asked for by hand" if by_hand else "forced"
    if not (by_hand or ask.force):
        reason = _gate(taken, settings, past, now)
    if isinstance(reason, _Gate):
        return reason
    return loss_guard(taken, facts, ask, settings) or reason


def _nothing(facts: Guarded) -> _Gate | str:
    """Nothing to commit, except the new owner of a branch that is taken over (`identity_guard` holds all others)."""
    if facts.other_source:
        return f"takes the branch over from another source ({facts.other_source})"
    return _Gate(Verb.SKIP, NOTHING, lambda _: "")


def _waiting(gate: _Gate, selection: Selection) -> Decision:
    held = tuple(Pending(change, gate.waits_for(change)) for change in selection.taken)
    step = _BY_HAND if held else ""
    return Decision(gate.verb, gate.reason, (), (*held, *selection.left), gate.retry_at, next_step=step)


def _blocked(hold: Hold, selection: Selection) -> Decision:
    held = tuple(Pending(change, f"a person: {hold.next_step}") for change in selection.taken)
    return Decision(
        Verb.BLOCK,
        hold.reason,
        waiting=(*held, *selection.left),
        digest=hold.digest,
        details=hold.details,
        next_step=hold.next_step,
    )


def _gate(taken: Sequence[Change], settings: GateSettings, past: Past, now: float) -> _Gate | str:
    """What an automatic trigger must wait for, or the reason why it goes."""
    until, why_until = _held_until(settings, past, now)
    due = _due(taken, settings, past, now)
    if isinstance(due, _Gate):
        if due.retry_at is None or until is None:
            return due
        return _Gate(due.verb, due.reason, due.waits_for, max(due.retry_at, until))
    if until is not None:
        return _Gate(Verb.DEFER, why_until, lambda _: why_until, until)
    return due


def _due(taken: Sequence[Change], settings: GateSettings, past: Past, now: float) -> _Gate | str:
    """Whether the pending changes deserve a sync of their own: enough, important enough, or old enough.

    The age counts against `min_changes_for_sync` too: nothing waits for ever.
    """
    starters = [change for change in taken if change.starts]
    if not starters:
        return _Gate(Verb.SKIP, "no change lies inside `sync_triggers`", lambda _: _RIDES)
    oldest = min(_seen_at(change, past, now) for change in starters)
    old = now - oldest >= settings.medium_max_age
    wait = span(settings.medium_max_age)
    if old:
        return f"a change has waited {wait} or more"
    by_age = oldest + settings.medium_max_age
    enough = settings.min_changes_for_sync
    if len(starters) < enough:
        reason = f"{count(len(starters), 'change')} pending, and a sync needs {enough}"
        return _Gate(Verb.SKIP, reason, _or_rides(f"{enough} pending changes, or {wait} of waiting"), by_age)
    medium = sum(change.priority is Priority.MEDIUM for change in starters)
    if medium < len(starters):
        return f"{count(len(starters) - medium, 'change')} of high priority"
    if medium > settings.medium_threshold:
        return f"{count(medium, 'change')} of medium priority"
    least = settings.medium_threshold
    reason = f"{count(medium, 'change')} of medium priority, and more than {least} start a sync"
    waits = f"more than {least} pending changes of medium priority, one of high priority, or {wait} of waiting"
    return _Gate(Verb.SKIP, reason, _or_rides(waits), by_age)


def _or_rides(text: str) -> Callable[[Change], str]:
    return lambda change: text if change.starts else _RIDES


def _seen_at(change: Change, past: Past, now: float) -> float:
    """When a change was first seen. A time in the future is unknown and no reason to wait: long ago."""
    seen = min(past.first_seen.get(path, now) for path in change.paths)
    return seen if seen <= now else -math.inf


def _held_until(settings: GateSettings, past: Past, now: float) -> tuple[float | None, str]:
    """Until when limit or backoff hold an automatic sync, and why; (None, "") if neither does."""
    until, why = None, ""
    if past.last_sync_at is not None and past.last_sync_at <= now < past.last_sync_at + settings.max_sync_frequency:
        until = past.last_sync_at + settings.max_sync_frequency
        why = f"the limit of one sync in {span(settings.max_sync_frequency)}"
    if past.failures > 0 and past.retry_at is not None and now < past.retry_at:
        # No backoff is longer than its cap: a later time was written under a clock that ran ahead.
        plausible = past.retry_at <= now + settings.backoff_cap
        if plausible and (until is None or past.retry_at > until):
            until, why = past.retry_at, f"the wait after {count(past.failures, 'failure')} in a row"
    return until, why
