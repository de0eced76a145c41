"""Status: looks anew and says how well the source is protected, what is pending, and what is not in the backup.

Everything is computed from what the syncs to come would do (plan/decision.py), nothing from what the last one said.
"""

from __future__ import annotations

from collections.abc import Reversible
from typing import Any

from autosync_tasks.backup import health
from autosync_tasks.backup.losses import losses
from autosync_tasks.errors import AutosyncError
from autosync_tasks.machines.own import others
from autosync_tasks.machines.record import others_in_short
from autosync_tasks.model import Left, LeftOut, Path, Pending, Priority
from autosync_tasks.plan.compare import Look, look
from autosync_tasks.plan.decision import foresee
from autosync_tasks.plan.past import failures_in_a_row, past_of
from autosync_tasks.plan.proposal import Outlook
from autosync_tasks.plan.quarantine import named, way_in, way_on
from autosync_tasks.records import dataclass, field, replace
from autosync_tasks.remote.known import KnownRemote, known_remote
from autosync_tasks.state.folder import check
from autosync_tasks.state.shapes import syncs
from autosync_tasks.status import signs as of
from autosync_tasks.status.verdict import Level, Signs, Verdict, verdict
from autosync_tasks.triggers.installed import Installed, installed, unloaded
from autosync_tasks.workspace.validation_context import acceptances
from autosync_tasks.workspace.workspace import Site


@dataclass(frozen=True, slots=True)
class Status:
    """What `inv status` tells. Times are seconds since the epoch, None if never or unknown.

    never_copied: what stays out by rule. remote: None where nothing could be looked at. accepted: how many findings a
    person accepted. seen: when each automatic trigger was last here. installed: what starts a sync unattended.
    comes: some trigger will come by itself. store_read: when all of the backup's store was last read. lost: what is
    gone from it for good. looked: False if source or backup could not be looked at; what is pending is not known then.
    others: a line about other machines ("" if there are none).
    """

    verdict: Verdict
    last_sync: float | None
    failures: int
    enabled: bool
    push: bool
    seen: dict[str, float]
    last_run: dict[str, Any]
    commit: str = ""
    pending: tuple[Pending, ...] = ()
    waiting_low: int = 0
    never_copied: tuple[Path, ...] = ()
    left_out: tuple[LeftOut, ...] = ()
    links_out: tuple[Path, ...] = ()
    owned: int = 0
    retry_at: float | None = None
    remote: KnownRemote | None = None
    accepted: int = 0
    installed: tuple[Installed, ...] = field(default=())
    comes: bool = False
    notes: tuple[str, ...] = ()
    store_read: float | None = None
    lost: tuple[str, ...] = ()
    looked: bool = True
    others: str = ""

    @property
    def exit_code(self) -> int:
        """0 protected or attention, 1 not protected."""
        return int(self.verdict.level is Level.NOT_PROTECTED)

    @property
    def not_pushed(self) -> str:
        """Why the last push did not succeed ("" if it did, or none was tried)."""
        return self.remote.reason if self.remote is not None else ""


def status(site: Site, now: float) -> Status:
    """Looks at source, branch and history; writes nothing.

    A source or backup that cannot be looked at is "not protected", with the reason; no error is raised for it.
    """
    records = site.state.history()
    unseen = Status(
        verdict=Verdict(Level.NOT_PROTECTED, ""),
        last_sync=of.last_sync(records),
        failures=failures_in_a_row(records),
        enabled=site.settings.auto_sync_enabled,
        push=site.settings.auto_sync_push,
        seen=of.last_seen(site.state),
        last_run=next(syncs(reversed(records)), {}),
    )
    try:
        check(site.state.folder)
        with look(site) as seen:
            return _status(seen, unseen, records, now)
    except AutosyncError as error:
        return replace(unseen, verdict=Verdict(Level.NOT_PROTECTED, error.message, error.hint), looked=False)


def _status(seen: Look, unseen: Status, records: Reversible[dict[str, Any]], now: float) -> Status:
    site, past = seen.site, past_of(seen, now)
    # Without a backup that is the verdict, and the scanner's rules may not even be compiled yet (5 s).
    outlook = foresee(seen, past, now, validate=bool(seen.ref))
    by_priority: dict[Priority, list[Pending]] = {priority: [] for priority in Priority}
    for item in outlook.pending:
        leaves = item.change.new is None  # a protected path that the backup still holds goes with the next sync
        by_priority[Priority.HIGH if leaves else item.change.priority].append(item)
    pending = (*by_priority[Priority.HIGH], *by_priority[Priority.MEDIUM])
    oldest = min((past.first_seen.get(path, now) for item in pending for path in item.change.paths), default=now)
    left_out = (*seen.left_out, *outlook.first_to_go.lost.values())
    faults = [left for left in left_out if not left.expected]
    links, there, times = of.links_out(seen), installed(site.environ, now), unseen.seen
    notes, remote, noted = of.notes_of(seen, there), known_remote(site), health.load(site.state)
    damaged = noted is not None and bool(noted.faults)
    if damaged and noted and noted.files != health.stored_files(site.repository):  # mended since, or hurt elsewhere
        damaged = False
        notes = (*notes, "the backup was damaged when it was last read and has changed since; the next sync reads it")
    comes = of.comes(there, times, now, site.settings.max_age)
    never = [left.path for left in left_out if left.why is Left.PROTECTED]
    never += [item.change.path for item in by_priority[Priority.NEVER]]
    first_to_go = outlook.first_to_go
    backed_up = bool(seen.ref) and seen.head.recorded is not None
    judged = Signs(
        backed_up=backed_up,
        nothing_there=("", "") if backed_up or pending or left_out else site.nothing_there,
        enabled=site.settings.auto_sync_enabled,
        pending=len(pending),
        oldest=max(0.0, now - oldest),
        wrong_source=site.wrong_source,
        block=_block(outlook),
        blocked_for=of.blocked_for(records, now),
        quarantined=first_to_go.quarantined,
        mend=way_on(first_to_go.findings, rest=False) if first_to_go.quarantined else "",
        conflict=max(1.0, now - (remote.since or now)) if remote.conflict else 0.0,
        not_pushed=remote.reason if site.settings.auto_sync_push else "",
        silent=of.silent(there, times, now, of.began(records)),
        unloaded=unloaded(there),
        comes=comes,
        faults=len(faults),
        take=way_in(faults[0]) if faults else "",
        links_out=len(links),
        failures=past.failures,
        notes=notes,
        damage=noted.faults[0] if noted and damaged else "",
        newest_whole=noted is None or noted.newest_whole,
    )
    return replace(
        unseen,
        verdict=verdict(judged, site.settings.max_age),
        commit=seen.ref,
        pending=pending,
        waiting_low=len(by_priority[Priority.LOW]),
        never_copied=tuple(never),
        left_out=left_out,
        links_out=links,
        owned=seen.owned,
        retry_at=outlook.next.decision.retry_at,
        remote=remote,
        accepted=len(acceptances(site).all()),
        installed=there,
        comes=comes,
        notes=notes,
        store_read=noted.read if noted else None,
        lost=tuple(loss.shown for loss in losses(site.repository)),
        others=others_in_short(others(site), now),
    )


def _block(outlook: Outlook) -> tuple[str, str]:
    """Why the next sync that may go would be blocked, with the file that holds it, and what to do."""
    decision = outlook.block
    if decision is None:
        return "", ""
    first = next((finding for finding in outlook.first_to_go.findings if finding.blocks), None)
    return decision.reason + (f" ({named(first)})" if first else ""), decision.next_step
