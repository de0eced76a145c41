"""Why: all that the outlook says of one path (pure). It is the one that a sync would act on."""

from __future__ import annotations

from autosync_tasks.model import Change, Kind, Path, Priority, Rule
from autosync_tasks.plan.proposal import GOES, Outlook
from autosync_tasks.policy.classify import Classifier
from autosync_tasks.records import dataclass


@dataclass(frozen=True, slots=True)
class Why:
    """What is known of a path.

    rule says what decided it and where that was set. starts: whether a change there starts a sync. change: the pending
    one, or None. gate: what a pending change waits for (`GOES`: nothing). next_at: seconds since the epoch when it can
    go by itself; None if only a person or another change lets it go, or nothing is pending.
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
    def held(self) -> str:
        """What holds a pending change; "" if nothing does, or nothing is pending."""
        return self.gate if self.gate != GOES else ""

    @property
    def pending(self) -> bool:
        return self.change is not None


def explain(path: Path, kind: Kind, classifier: Classifier, outlook: Outlook, now: float) -> Why:
    """Answers for one path. outlook: over all that is pending, as of `now`."""
    rule, starts = classifier.rule_for(path, kind), classifier.starts(path, kind)
    pending = next((item for item in outlook.pending if path in item.change.paths), None)
    if pending is None:
        return Why(path, rule, starts)
    return Why(path, rule, starts, pending.change, pending.waits_for, outlook.goes_at(pending.change, now))
