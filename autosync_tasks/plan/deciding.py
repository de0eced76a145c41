"""Deciding: the one decision on what a look found, for a sync, its check mode, `status` and `why` alike."""

from __future__ import annotations

from autosync_tasks.model import Decision, Trigger
from autosync_tasks.plan.compare import Look
from autosync_tasks.policy.decide import decide
from autosync_tasks.policy.guards import losses
from autosync_tasks.policy.inputs import Ask, Facts, Past


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
