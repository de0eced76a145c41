"""Why: everything about one path, from the same look and the same decision that a sync would take."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace

from autosync_tasks.backup.manifest import PATH
from autosync_tasks.errors import UsageError
from autosync_tasks.model import Kind, LeftOut, Path, Priority, Trigger
from autosync_tasks.names import display, parents
from autosync_tasks.plan.compare import Look, look
from autosync_tasks.plan.decision import decision_of, facts_of, with_validation
from autosync_tasks.plan.past import past_of
from autosync_tasks.policy.inputs import Ask, Past
from autosync_tasks.status.explain import Why, explain
from autosync_tasks.workspace.workspace import Site


@dataclass(frozen=True, slots=True)
class Answer:
    """What `inv why` tells. last_commit: when a commit last changed the path (seconds since the epoch), or None."""

    why: Why
    where: str
    left_out: LeftOut | None
    last_commit: float | None
    retry_at: float | None

    @property
    def priority(self) -> Priority:
        return self.why.rule.priority


def why_path(site: Site, text: str, now: float) -> Answer:
    """Explains a path of the source. text: relative to the source, or absolute and inside it. Raises UsageError."""
    path = _relative(site, text)
    with look(site) as seen:
        observed, recorded = seen.observation.manifest.get(path), seen.recorded.get(path)
        covers = {path, *parents(path)}
        left = next((item for item in seen.left_out if item.path in covers), None)
        if observed is None and recorded is None and left is None and path not in seen.head.tree:
            raise UsageError(
                f"{display(path)} is neither in the source nor in the backup",
                hint="give a path as it stands below " + display(site.places.source),
            )
        entry = observed or recorded
        kind = entry.kind if entry is not None else Kind.FILE
        past = past_of(seen, now)
        found = explain(path, kind, seen.classifier, seen.difference.changes, site.settings, past, now, facts_of(seen))
        if found.pending and not found.gate:
            found = _validated(seen, found, past, now)
        if path in seen.recorded:
            where = "owned: the backup holds it" if not found.pending else "owned: the backup holds an earlier state"
        elif path in seen.head.tree and path != PATH:
            where = "foreign: it is in the backup, but no sync put it there"
        else:
            where = "not in the backup"
        last = site.repository.last_commit_of(seen.ref, path) if path in seen.recorded else None
        return Answer(found, where, left, last, found.next_at)


def _validated(seen: Look, found: Why, past: Past, now: float) -> Why:
    """The same, unless validation holds what the gate would let go."""
    decision = with_validation(seen, decision_of(seen, Trigger.SCHEDULE, past, now, Ask()))
    gates = [item.waits_for for item in decision.waiting if found.path in item.change.paths]
    return replace(found, gate=gates[0], next_at=None) if gates else found


def _relative(site: Site, text: str) -> Path:
    path = os.fsencode(text)
    if os.path.isabs(path):
        for root in (site.places.source, site.places.real_source):
            start = os.fsencode(root).rstrip(b"/") + b"/"
            if path.startswith(start):
                path = path[len(start) :]
                break
        else:
            raise UsageError(f"{display(text)} lies outside the source", hint=f"the source is {site.places.source}")
    path = os.path.normpath(path)
    if path in (b".", b"..") or path.startswith(b"../"):
        raise UsageError(f"{display(text)} names no path inside the source")
    return path
