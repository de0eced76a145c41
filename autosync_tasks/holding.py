"""Holding: whether validation would hold what the gate lets go, so that `status` and `why` say what a sync would do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from autosync_tasks import gate
from autosync_tasks.look import Look
from autosync_tasks.model import Change, Decision, Finding, LeftOut, Path, Pending, Verb
from autosync_tasks.steps import plan as planning
from autosync_tasks.words import count
from autosync_tasks.world.observe import read_again

MEND = "mend the files named above; the next sync looks again"
"""What a person does about a block by validation."""


def blocked_reason(blocking: Sequence[Finding]) -> str:
    """The reason of a run that validation blocked."""
    return f"validation: {count(len(blocking), 'finding')} must be mended first"


def in_quarantine(changes: Sequence[Change], kept: Sequence[Change], blocking: Sequence[Finding]) -> list[Pending]:
    """What stays pending under `quarantine = true`: the offending files, and what cannot go without them."""
    bad = {finding.path: finding.code for finding in blocking}
    held = [change for change in changes if change not in kept]
    reasons = [next((bad[path] for path in change.paths if path in bad), "a companion") for change in held]
    return [Pending(c, f"in quarantine ({code}): mend it") for c, code in zip(held, reasons, strict=True)]


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
    blocking = [found for found in gate.judge(seen.site, seen, subjects, check=True) if found.blocks]
    if not blocking:
        return decision
    if seen.site.settings.quarantine:
        kept = planning.without(plan, frozenset(found.path for found in blocking))
        waiting = in_quarantine(plan.changes, kept, blocking)
        return replace(decision, admitted=tuple(kept), waiting=(*decision.waiting, *waiting))
    reason = blocked_reason(blocking)
    held = tuple(Pending(change, reason) for change in decision.admitted)
    return Decision(Verb.BLOCK, reason, waiting=(*held, *decision.waiting), next_step=MEND)
