"""Holding: whether validation would hold what the gate lets go, so that `status` and `why` say what a sync would do."""

from __future__ import annotations

from dataclasses import replace

from autosync_tasks.model import Decision, LeftOut, Path, Pending, Verb
from autosync_tasks.plan import delta as planning
from autosync_tasks.plan import judge
from autosync_tasks.plan.compare import Look
from autosync_tasks.plan.quarantine import MEND, blocked_reason, in_quarantine, offending
from autosync_tasks.tree.observe import read_again


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
