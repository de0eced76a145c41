"""Status: looks anew and says how well the source is protected, what is pending, and what is not in the backup."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from autosync_tasks.config.around import Concern, outside, ownership
from autosync_tasks.errors import AutosyncError
from autosync_tasks.model import Decision, Kind, LeftOut, Outcome, Path, Pending, Priority, Trigger, Verb
from autosync_tasks.names import parents
from autosync_tasks.plan.compare import Look, look
from autosync_tasks.plan.decision import decision_of, propose
from autosync_tasks.plan.past import failures_in_a_row, past_of
from autosync_tasks.policy.inputs import Ask
from autosync_tasks.remote import known
from autosync_tasks.remote.known import PushRecord
from autosync_tasks.state.state import State
from autosync_tasks.status.explain import GOES
from autosync_tasks.status.verdict import Level, Signs, Verdict, verdict
from autosync_tasks.tree.content import Reader
from autosync_tasks.triggers.installed import Installed, installed, signs, unloaded
from autosync_tasks.workspace.validation_context import acceptances
from autosync_tasks.workspace.workspace import Site

AUTOMATIC = tuple(trigger for trigger in Trigger if trigger is not Trigger.MANUAL)


@dataclass(frozen=True, slots=True)
class Status:
    """What `inv status` tells. Times are seconds since the epoch, None if never or unknown.

    not_pushed: why the last push did not succeed ("" if it did, or none was tried). accepted: how many findings a
    person accepted. seen: when each automatic trigger was last here. installed: what starts a sync unattended.
    """

    verdict: Verdict
    last_sync: float | None
    commit: str
    pending: tuple[Pending, ...]
    waiting_low: int
    left_out: tuple[LeftOut, ...]
    links_out: tuple[Path, ...]
    owned: int
    failures: int
    retry_at: float | None
    enabled: bool
    push: bool
    not_pushed: str
    accepted: int
    seen: dict[str, float]
    installed: tuple[Installed, ...]
    notes: tuple[str, ...]
    last_run: dict[str, Any]

    @property
    def exit_code(self) -> int:
        """0 protected or attention, 1 not protected."""
        return int(self.verdict.level is Level.NOT_PROTECTED)


def status(site: Site, now: float) -> Status:
    """Looks at source, branch and history; writes nothing.

    A source or backup that cannot be looked at is "not protected", with the reason; no error is raised for it.
    """
    records = site.state.history()
    try:
        with look(site) as seen:
            return _status(seen, records, now)
    except AutosyncError as error:
        found = Verdict(Level.NOT_PROTECTED, error.message)
        return _of(site, found, records, note=error.hint)


def _of(site: Site, found: Verdict, records: Sequence[dict[str, Any]], note: str) -> Status:
    return Status(
        verdict=found,
        last_sync=_last_sync(records),
        commit="",
        pending=(),
        waiting_low=0,
        left_out=(),
        links_out=(),
        owned=0,
        failures=failures_in_a_row(records),
        retry_at=None,
        enabled=site.settings.auto_sync_enabled,
        push=site.settings.auto_sync_push,
        not_pushed="",
        accepted=0,
        seen=_seen(site.state),
        installed=(),
        notes=(note,) if note else (),
        last_run=records[-1] if records else {},
    )


def _status(seen: Look, records: Sequence[dict[str, Any]], now: float) -> Status:
    site = seen.site
    past = past_of(seen, now)
    decision = decision_of(seen, Trigger.SCHEDULE, past, now, Ask())
    if seen.ref:  # without a backup that is the verdict, and the scanner's rules may not even be compiled yet (5 s)
        decision = propose(seen, Trigger.SCHEDULE, past, now, Ask(), site.settings.source_id).decision
    wanted = (Priority.HIGH, Priority.MEDIUM)
    pending = [item for item in decision.waiting if item.change.priority in wanted]
    pending += [Pending(change, GOES) for change in decision.admitted]
    oldest = min((past.first_seen.get(item.change.path, now) for item in pending), default=now)
    faults = [left for left in seen.left_out if not left.expected]
    links = _links_out(seen)
    found = installed(site.environ, now)
    notes = _notes(seen, found)
    push = known.load(site.state)
    last = records[-1] if records else {}
    judged = Signs(
        backed_up=bool(seen.ref) and seen.head.recorded is not None,
        enabled=site.settings.auto_sync_enabled,
        pending=len(pending),
        oldest=max(0.0, now - oldest),
        block=_block(decision, last),
        blocked_for=_stood(records, now),
        conflict=_conflict_stands(push, now),
        not_pushed=push.reason if site.settings.auto_sync_push else "",
        unloaded=unloaded(found),
        silent=silent(found, _seen(site.state), now, _began(records)),
        faults=len(faults),
        links_out=len(links),
        failures=past.failures,
        notes=notes,
    )
    return Status(
        verdict=verdict(judged, site.settings.max_age),
        last_sync=_last_sync(records),
        commit=seen.ref,
        pending=tuple(pending),
        waiting_low=len(decision.waiting) + len(decision.admitted) - len(pending),
        left_out=seen.left_out,
        links_out=links,
        owned=seen.owned,
        failures=past.failures,
        retry_at=decision.retry_at,
        enabled=site.settings.auto_sync_enabled,
        push=site.settings.auto_sync_push,
        not_pushed=push.reason,
        accepted=len(acceptances(site).all()),
        seen=_seen(site.state),
        installed=found,
        notes=notes,
        last_run=last,
    )


def _block(decision: Decision, last: dict[str, Any]) -> str:
    """Why a sync would be blocked: as this look sees it, or, where it could not look so far, as the last run did."""
    if decision.verb in (Verb.BLOCK, Verb.GO):
        return decision.reason if decision.verb is Verb.BLOCK else ""
    return str(last.get("reason", "")) if decision.waiting and last.get("outcome") == Outcome.BLOCKED else ""


def silent(
    found: Sequence[Installed], seen: dict[str, float], now: float, began: float | None = None
) -> tuple[str, ...]:
    """The installed triggers that have not come for two of their periods. began: the time of the oldest record; a
    trigger of which nothing else is known has stayed away since then at least.
    """
    late = []
    for item in found:
        since = began if item.since is None else item.since
        alive, known = signs(replace(item, since=since), seen.get(str(item.trigger)), now)
        if known and not alive:
            late.append(f"{item.how} ({item.place})")
    return tuple(late)


def _conflict_stands(push: PushRecord, now: float) -> float:
    """For how long the remote has been in conflict (seconds; 0: it is not)."""
    return max(1.0, now - (push.since if push.since is not None else now)) if push.conflict else 0.0


def _stood(records: Sequence[dict[str, Any]], now: float) -> float:
    """For how long the latest runs have all been blocked (seconds)."""
    since = now
    for record in reversed(records):
        if record.get("outcome") != Outcome.BLOCKED:
            break
        since = float(record.get("started", now))
    return max(0.0, now - since)


def _last_sync(records: Sequence[dict[str, Any]]) -> float | None:
    good = (Outcome.CHANGED, Outcome.INCOMPLETE)
    ended = [record.get("ended") for record in records if record.get("acted") and record.get("outcome") in good]
    return float(ended[-1]) if ended and isinstance(ended[-1], int | float) else None


def _began(records: Sequence[dict[str, Any]]) -> float | None:
    first = records[0].get("started") if records else None
    return float(first) if isinstance(first, int | float) else None


def _seen(state: State) -> dict[str, float]:
    found = {str(trigger): state.seen(trigger) for trigger in AUTOMATIC}
    return {name: when for name, when in found.items() if when is not None}


def _notes(seen: Look, found: Sequence[Installed]) -> tuple[str, ...]:
    repository, notes = seen.site.repository, [seen.head.note] if seen.head.note else []
    if seen.ref and not repository.bare and not repository.standing_on_branch():
        notes.append(f"the backup's work tree does not stand on {repository.branch}; it is left alone")
    if not seen.site.settings.auto_sync_validate:
        notes.append("auto_sync_validate is false: only secrets and protected names are checked")
    notes += [f"{item.how} ({item.place}): {item.fault}" for item in found if item.fault]
    notes += [one.what for one in _around(seen.site)]
    return tuple(notes)


def _around(site: Site) -> tuple[Concern, ...]:
    """What OpenCode reads besides the tree, and what belongs to somebody else though this program must write it."""
    loaded = site.loaded
    folders = (loaded.path, site.places.real_backup, site.state.folder)
    return (
        *outside(site.environ, loaded.home, site.places.real_source, site.settings.follow_links_into),
        *ownership(loaded.home, folders),
    )


def _links_out(seen: Look) -> tuple[Path, ...]:
    """Links that point out of the tree: their contents are not in the backup."""
    root, followed = os.fsencode(seen.site.places.real_source), seen.scan.followed
    found = []
    with Reader(seen.root, followed) as reader:
        for path, entry in sorted(seen.observation.manifest.items()):
            if entry.kind is Kind.LINK:
                target = os.path.join(root, os.path.dirname(path), reader.target(path))
                inside = (os.path.normpath(target) + b"/").startswith(root.rstrip(b"/") + b"/")
                if not inside or any(above in followed for above in parents(path)):
                    found.append(path)
    return tuple(found)
