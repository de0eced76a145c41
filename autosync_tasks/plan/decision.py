"""The one decision on what a look found: for a sync, its check mode, `status` and `why` alike."""

from __future__ import annotations

from dataclasses import replace

from autosync_tasks.model import Decision, LeftOut, Path, Pending, Trigger, Verb
from autosync_tasks.plan import delta as planning
from autosync_tasks.plan import judge
from autosync_tasks.plan.compare import Look
from autosync_tasks.plan.quarantine import MEND, blocked_reason, in_quarantine, offending
from autosync_tasks.policy.decide import decide
from autosync_tasks.policy.guards import losses
from autosync_tasks.policy.inputs import Ask, Facts, Past
from autosync_tasks.tree.observe import read_again


def decision_of(seen: Look, trigger: Trigger, past: Past, now: float, ask: Ask) -> Decision:
    """The decision on what a look found: the same for a sync, its check mode, `status` and `why`."""
    return decide(seen.difference.changes, seen.site.settings, trigger, past, now, ask, facts_of(seen))


def facts_of(seen: Look) -> Facts:
    """What the guards judge."""
    difference, branch_id = seen.difference, seen.branch_source_id
    lost = losses(difference.changes, seen.observation.manifest)
    return Facts(
        source_entries=len(seen.observation.manifest) + len(seen.left_out),
        owned=seen.owned,
        gone=lost.gone,
        truncated=lost.truncated,
        other_source=branch_id if branch_id != seen.site.settings.source_id else seen.site.other_source,
        collisions=difference.collisions,
        first=not seen.recorded,
    )


def with_validation(seen: Look, decision: Decision) -> Decision:
    """The decision as it stands after validation; writes nothing and stores nothing.

    A decision that goes becomes a block if an error is found, or, under quarantine, goes without the offending files.
    Any other decision comes back as it is: a sync would not validate either.
    """
    if decision.verb is not Verb.GO or not decision.admitted:
        return decision
    plan = planning.plan(decision.admitted, seen.observation.manifest, seen.recorded, seen.head.tree, seen.ref, "")
    lost: dict[Path, LeftOut] = {}
    subjects = read_again(seen.root, seen.scan, plan.puts.items(), lost)
    findings = judge.judge(seen.site, seen, subjects, check=True)
    if not any(found.blocks for found in findings):
        return decision
    if seen.site.settings.quarantine and (bad := offending(plan, findings)):
        kept = planning.without(plan, frozenset(bad))
        waiting = in_quarantine(plan.changes, kept, bad)
        return replace(decision, admitted=tuple(kept), waiting=(*decision.waiting, *waiting))
    reason = blocked_reason(findings)
    held = tuple(Pending(change, reason) for change in decision.admitted)
    return Decision(Verb.BLOCK, reason, waiting=(*held, *decision.waiting), next_step=MEND)
