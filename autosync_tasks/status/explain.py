"""Why: all that a decision says of one path (pure). The decision is the one that a sync would take."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from autosync_tasks.model import Change, ChangeKind, Decision, Kind, Path, Pending, Priority, Rule, Verb
from autosync_tasks.policy.classify import Classifier

GOES = "nothing: the next automatic sync takes it"


@dataclass(frozen=True, slots=True)
class Why:
    """What is known of a path.

    rule says what decided it and where that was set. starts: whether a change there starts a sync. change: the
    pending one, or None. gate: what a pending change waits for (`GOES` if the next automatic sync takes it now).
    next_at: seconds since the epoch when it can go by itself; None if only a person or another change lets it go, or
    nothing is pending.
    """

    path: Path
    rule: Rule
    starts: bool
    change: Change | None = None
    gate: str = ""
    next_at: float | None = None

    @property
    def priority(self) -> Priority:
        return self.rule.priority

    @property
    def pending(self) -> bool:
        return self.change is not None


def explain(path: Path, kind: Kind, classifier: Classifier, decision: Decision, now: float) -> Why:
    """Answers for one path. decision: of an automatic sync at `now`, over all that is pending."""
    rule, starts = classifier.rule_for(path, kind), classifier.starts(path, kind)
    pending = next((item for item in all_pending(decision) if path in item.change.paths), None)
    if pending is None:
        return Why(path, rule, starts)
    if pending.change in decision.admitted:
        next_at: float | None = now
    elif decision.verb is Verb.GO or never_by_itself(pending.change):
        next_at = None
    else:
        next_at = decision.retry_at
    return Why(path, rule, starts, pending.change, pending.waits_for, next_at)


def all_pending(decision: Decision) -> Iterator[Pending]:
    """Every change that is not in the backup yet, with what it waits for."""
    yield from decision.waiting
    for change in decision.admitted:
        yield Pending(change, GOES)


def never_by_itself(change: Change) -> bool:
    """Whether no automatic sync ever takes it. A protected path may only leave the backup."""
    if change.priority is Priority.NEVER:
        return change.kind is not ChangeKind.DELETED
    return change.priority is Priority.LOW
