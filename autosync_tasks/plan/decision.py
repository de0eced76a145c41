"""What a sync would do now with what a look found: the one source for a sync, its check mode, `status` and `why`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from autosync_tasks.model import Change, Decision, Entry, Finding, Kind, LeftOut, Path, Pending, Plan, Trigger, Verb
from autosync_tasks.names import shown
from autosync_tasks.plan import delta
from autosync_tasks.plan.compare import Look
from autosync_tasks.plan.near import Lazily
from autosync_tasks.plan.proposal import Outlook, Proposal
from autosync_tasks.plan.quarantine import blocked_reason, in_quarantine, offending, way_on
from autosync_tasks.policy.decide import NOTHING, decide
from autosync_tasks.policy.guards import losses
from autosync_tasks.policy.inputs import Ask, Guarded, Past
from autosync_tasks.records import replace


def propose(
    seen: Look, trigger: Trigger, past: Past, now: float, ask: Ask, source_id: str, *, check: bool = True
) -> Proposal:
    """Decides, plans and validates; stores nothing.

    now: seconds since the epoch. source_id: what the manifest is to carry. check: nothing at all may be written, the
    scanner's cache and key included.
    """
    decision = decision_of(seen, trigger, past, now, ask)
    if decision.verb is not Verb.GO and not (ask.force and decision.verb is Verb.SKIP):
        return Proposal(decision, decision.reason)
    plan = plan_for(seen, decision.admitted, source_id)
    lost: dict[Path, LeftOut] = {}
    findings = _findings(seen, plan, lost, check=check, by_hand=trigger is Trigger.MANUAL)
    if lost:
        plan = plan_for(seen, delta.without(plan, frozenset(lost)), source_id)
    proposal = Proposal(decision, decision.reason, plan, findings, len(plan.puts), lost)
    if not any(finding.blocks for finding in findings):
        return proposal
    if seen.site.settings.quarantine and (bad := offending(plan, findings)):
        kept = delta.without(plan, frozenset(bad))
        waiting = in_quarantine(plan.changes, kept, bad)
        decision = replace(decision, admitted=kept, waiting=(*decision.waiting, *waiting))
        plan = plan_for(seen, kept, source_id)
        return replace(proposal, decision=decision, plan=plan, quarantined=len(waiting))
    return replace(proposal, decision=_blocked(decision, plan, findings))


def foresee(seen: Look, past: Past, now: float, *, validate: bool = True) -> Outlook:
    """Looks as far ahead as the tree, the settings and the history allow. validate: False leaves the findings out."""
    trigger, source_id = Trigger.SCHEDULE, seen.site.source_id
    if not validate:
        bare = decision_of(seen, trigger, past, now, Ask())
        return Outlook(Proposal(bare, bare.reason), Proposal(bare, bare.reason))
    proposal = propose(seen, trigger, past, now, Ask(), source_id)
    decision = proposal.decision
    if decision.verb in (Verb.GO, Verb.BLOCK) or decision.reason == NOTHING:
        return Outlook(proposal, proposal)
    # Time or a switch holds it. Whether a finding or a guard will, a sync tells that nothing else holds.
    return Outlook(proposal, propose(seen, trigger, past, now, Ask(force=True), source_id))


def decision_of(seen: Look, trigger: Trigger, past: Past, now: float, ask: Ask) -> Decision:
    """The decision on what a look found, before anything is validated."""
    return decide(seen.difference.changes, seen.site.settings, trigger, past, now, ask, _guarded(seen))


def plan_for(seen: Look, admitted: Iterable[Change], source_id: str) -> Plan:
    """The plan that takes the branch from where this look saw it to the admitted changes."""
    if (few := seen.near) is None:
        observed = seen.observation.manifest
        return delta.plan(admitted, observed, seen.recorded, seen.head.tree, seen.ref, source_id)
    made = delta.plan(admitted, few.observed, few.recorded, few.tree, seen.ref, source_id, few.manifest)

    def whole() -> dict[Path, Entry]:
        rest = {path: entry for path, entry in seen.recorded.items() if path not in few.recorded}
        return {**rest, **made.after}

    size = few.size - len(few.recorded) + len(made.after)
    return replace(made, after=Lazily(made.after, size, whole))


def _guarded(seen: Look) -> Guarded:
    """What the guards judge."""
    difference, branch_id = seen.difference, seen.branch_source_id
    lost = losses(difference.changes, seen.observation.manifest, seen.near.among if seen.near else None)
    return Guarded(
        source_entries=len(seen.observation.manifest) + len(seen.left_out),
        owned=seen.owned,
        gone=lost.gone,
        truncated=lost.truncated,
        other_source=branch_id if branch_id != seen.site.source_id else seen.site.other_source,
        collisions=difference.collisions,
        first=not seen.recorded,
    )


def _findings(seen: Look, plan: Plan, lost: dict[Path, LeftOut], *, check: bool, by_hand: bool) -> tuple[Finding, ...]:
    """Judges the bytes of every put; what cannot be read twice the same goes into `lost`."""
    from autosync_tasks.plan import judge  # the rules are loaded only when there is something to judge

    folders = [c.path for c in plan.changes if c.new is not None and c.new.kind is Kind.FOLDER]
    return judge.judge_puts(seen, plan.puts, folders, lost, check=check, by_hand=by_hand)


def _blocked(decision: Decision, plan: Plan, findings: Sequence[Finding]) -> Decision:
    reason = blocked_reason(findings)
    held = tuple(Pending(change, _named(change, findings) or reason) for change in decision.admitted)
    return Decision(
        Verb.BLOCK,
        reason,
        waiting=(*held, *decision.waiting),
        digest=plan.digest,
        next_step=way_on(findings, rest=bool(offending(plan, findings))),
    )


def _named(change: Change, findings: Sequence[Finding]) -> str:
    """The finding that holds this change itself, in words; "" if it only waits for others."""
    names = {name for path in change.paths for name in (path, shown(path))}
    mine = next((finding for finding in findings if finding.blocks and finding.path in names), None)
    if mine is None:
        return ""
    line = f", line {mine.line}" if mine.line else ""
    return f"{mine.code}{line}: {mine.message}"
