"""Why: everything about one path, from the same look and the same decision that a sync would take."""

from __future__ import annotations

import os

from autosync_tasks.backup.history import last_change
from autosync_tasks.backup.manifest import PATH
from autosync_tasks.errors import UsageError
from autosync_tasks.model import Kind, LeftOut, Path, Pending, Priority, Rule
from autosync_tasks.names import display, parents
from autosync_tasks.plan.compare import Look, look
from autosync_tasks.plan.decision import foresee
from autosync_tasks.plan.past import past_of
from autosync_tasks.records import dataclass
from autosync_tasks.status.explain import Why, explain
from autosync_tasks.workspace.workspace import Site


@dataclass(frozen=True, slots=True)
class Answer:
    """What `inv why` tells.

    where: whether the backup holds it. below: what is pending below it. last_commit: when a commit last changed the
    path (seconds since the epoch), or None. reason: why the rule is as it is, or where a part comes from ("": none).
    """

    why: Why
    where: str
    left_out: LeftOut | None
    below: tuple[Pending, ...]
    last_commit: float | None
    reason: str

    @property
    def copied(self) -> bool:
        """Whether this path ever goes into the backup."""
        return self.why.priority is not Priority.NEVER and (self.left_out is None or not self.left_out.expected)


def why_path(site: Site, text: str, now: float) -> Answer:
    """Explains a path of the source. text: relative to the source, or absolute and inside it. Raises UsageError."""
    path = _relative(site, text)
    with look(site) as seen:
        outlook = foresee(seen, past_of(seen, now), now)
        observed, recorded = seen.observation.manifest.get(path), seen.recorded.get(path)
        covers = {path, *parents(path)}
        left_out = (*seen.left_out, *outlook.first_to_go.lost.values())
        left = next((item for item in left_out if item.path in covers), None)
        known = (observed, recorded, left) != (None, None, None) or path in seen.head.tree
        if not known and not _in_closed(site, seen, path):
            raise UsageError(
                f"{display(path)} is neither in the source nor in the backup",
                hint="give a path as it stands below " + display(site.places.source),
            )
        entry = observed or recorded
        kind = entry.kind if entry is not None else Kind.FILE
        why = explain(path, kind, seen.classifier, outlook, now)
        inside = path + b"/"
        below = (p for p in outlook.pending if any(name.startswith(inside) for name in p.change.paths))
        last = last_change(site.repository, seen.ref, path) if path in seen.recorded else None
        return Answer(why, _where(seen, why), left, tuple(below), last, _reason(site, path, why.rule))


def _in_closed(site: Site, seen: Look, path: Path) -> bool:
    """Whether it is there, in a folder that the walk does not open."""
    above = (one for one in parents(path) if one in seen.observation.manifest)
    never = any(seen.classifier.rule_for(one, Kind.FOLDER).priority is Priority.NEVER for one in above)
    return never and os.path.lexists(os.path.join(os.fsencode(site.places.real_source), path))


def _reason(site: Site, path: Path, rule: Rule) -> str:
    if part := site.parts.get(os.fsdecode(path)):
        return f"it is {' and '.join(part.keys)} of {display(part.file)}: what is wrong there is mended there"
    profile = site.settings.profile.read()
    return profile.reasons.get(rule.pattern, "") if rule.origin == profile.origin else ""


def _where(seen: Look, why: Why) -> str:
    if why.path in seen.recorded:
        return "owned: the backup holds it" if not why.pending else "owned: the backup holds an earlier state"
    if why.path in seen.head.tree and why.path != PATH:
        return "foreign: it is in the backup, but no sync put it there"
    return "not in the backup"


def _relative(site: Site, text: str) -> Path:
    path = os.fsencode(text)
    if os.path.isabs(path):
        for root in (site.places.source, site.places.real_source):
            start = os.fsencode(root).rstrip(b"/") + b"/"
            if (path + b"/").startswith(start):
                path = path[len(start) :]
                break
        else:
            raise UsageError(f"{display(text)} lies outside the source", hint=f"the source is {site.places.source}")
    path = os.path.normpath(path)
    if path in (b".", b"..") or path.startswith(b"../"):
        raise UsageError(f"{display(text)} names no path inside the source")
    return path
