"""What a sync would do, as values (pure). plan/decision.py makes them; sync, check mode, status and why read them."""

from __future__ import annotations

from collections.abc import Mapping

from autosync_tasks.model import Change, Decision, Finding, LeftOut, Path, Pending, Plan, Verb
from autosync_tasks.records import dataclass, field

GOES = "nothing: the next sync takes it"
"""What a change waits for that nothing holds."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """What a sync would do, decided and judged; nothing of it is done.

    decision: as it stands after validation. gate: the reason as it was before. plan: what the sync goes with, or would
    if no finding held it (None if it is held before anything is judged, or has nothing to do). judged: how many files
    were read and judged. lost: paths that did not hold still meanwhile. quarantined: how many of the waiting changes
    wait for the mending of a file.
    """

    decision: Decision
    gate: str
    plan: Plan | None = None
    findings: tuple[Finding, ...] = ()
    judged: int = 0
    lost: Mapping[Path, LeftOut] = field(default_factory=dict)
    quarantined: int = 0


@dataclass(frozen=True, slots=True)
class Outlook:
    """What the syncs to come would do: the next one of an automatic trigger, and the first that the policy lets go."""

    next: Proposal
    first_to_go: Proposal

    @property
    def block(self) -> Decision | None:
        """The block that the first sync that may go would meet; None if there is none."""
        decision = self.first_to_go.decision
        return decision if decision.verb is Verb.BLOCK else None

    @property
    def pending(self) -> tuple[Pending, ...]:
        """Every change that is not in the backup yet, with all that it waits for."""
        decision, later = self.next.decision, self.first_to_go.decision
        then = {item.change.path: item.waits_for for item in later.waiting}
        return (*(_with(item, then) for item in decision.waiting), *(Pending(c, GOES) for c in decision.admitted))

    def goes_at(self, change: Change, now: float) -> float | None:
        """When an automatic sync can take it (seconds since the epoch); None if time alone does not let it go."""
        if change not in self.first_to_go.decision.admitted:
            return None
        return now if change in self.next.decision.admitted else self.next.decision.retry_at


def _with(item: Pending, then: Mapping[Path, str]) -> Pending:
    """The same, with what holds it once nothing else does."""
    more = then.get(item.change.path, item.waits_for)
    return item if more == item.waits_for else Pending(item.change, f"{item.waits_for}; then {more}")
