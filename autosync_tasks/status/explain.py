"""Why: all that the policy says of one path (pure). It asks `decide`, so the two never disagree."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from autosync_tasks.model import Change, ChangeKind, Kind, Path, Priority, Rule, Trigger, Verb
from autosync_tasks.policy.classify import Classifier
from autosync_tasks.policy.decide import decide
from autosync_tasks.policy.inputs import Ask, Facts, Limits, Past


@dataclass(frozen=True, slots=True)
class Why:
    """What is known of a path.

    rule says what decided it and where that was set. starts: whether a change there starts a sync. change:
    the pending one, or None. gate: what a pending change waits for ("" if the next automatic sync takes it
    now). next_at: seconds since the epoch when it can go by itself; None if only a person or another change
    lets it go, or nothing is pending.
    """

    path: Path
    rule: Rule
    starts: bool
    change: Change | None = None
    gate: str = ""
    next_at: float | None = None

    @property
    def category(self) -> str:
        return self.rule.category

    @property
    def priority(self) -> Priority:
        return self.rule.priority

    @property
    def origin(self) -> str:
        return self.rule.origin

    @property
    def pending(self) -> bool:
        return self.change is not None


def explain(
    path: Path,
    kind: Kind,
    classifier: Classifier,
    changes: Sequence[Change],
    settings: Limits,
    past: Past,
    now: float,
    facts: Facts | None = None,
    trigger: Trigger = Trigger.SCHEDULE,
    ask: Ask | None = None,
) -> Why:
    """Answers for one path as an automatic sync at `now` would treat it. changes: all that are pending."""
    rule, starts = classifier.rule_for(path, kind), classifier.starts(path, kind)
    decision = decide(changes, settings, trigger, past, now, ask, facts)
    for change in decision.admitted:
        if path in change.paths:
            return Why(path, rule, starts, change, "", now)
    for pending in decision.waiting:
        if path in pending.change.paths:
            barred = _barred(pending.change) or decision.verb is Verb.GO
            return Why(path, rule, starts, pending.change, pending.waits_for, None if barred else decision.retry_at)
    return Why(path, rule, starts)


def _barred(change: Change) -> bool:
    """Whether no automatic sync ever takes it."""
    if change.priority is Priority.NEVER:
        return change.kind is not ChangeKind.DELETED
    return change.priority is Priority.LOW
