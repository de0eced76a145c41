"""What a sync does without being asked: reads the store through when it looks strange, or was not read for long."""

from __future__ import annotations

from autosync_tasks.backup import health
from autosync_tasks.backup.gateway import TooSlowError
from autosync_tasks.backup.locks import clear_stale_locks
from autosync_tasks.backup.repository import Repository
from autosync_tasks.model import Outcome, Run, Step
from autosync_tasks.records import replace
from autosync_tasks.verify.store import newest_whole, read_through
from autosync_tasks.workspace.request import Request
from autosync_tasks.workspace.workspace import Site

BUDGET = 60.0
"""Seconds that a sync gives to it (10,000 files of 5 KB take about 1 s)."""
_WAY = "`inv recover --check` says what mends it"
_JUDGE = "`inv validate` judges the tree by the whole scanner; `inv recover --forget PATH` takes a secret out"


def with_reading(site: Site, request: Request, run: Run, head: str, why: str) -> Run:
    """The run, with a reading of the whole store as its last step; incomplete if something is damaged.

    The newest backup is judged by the whole scanner then: what the sieve lets pass must be what that would pass.

    head: the branch's commit. why: for what reason the store is read. Newer changes are backed up all the same.
    """
    repository, now = site.repository, request.now
    run = replace(run, notes=(*run.notes, *clear_stale_locks(repository, thorough=True)))
    noted = health.load(site.state) or health.Health()
    try:
        faults = (*gone(noted, repository), *read_through(repository, full=True, timeout=BUDGET))
    except TooSlowError:
        health.save(site.state, replace(noted, since=now))
        words = f"the store was not read through within {BUDGET:.0f} seconds; `inv verify --deep` takes its time"
        return replace(run, notes=(*run.notes, words))
    whole = not faults or newest_whole(repository, head)
    health.note(site.state, repository, head, now)
    health.note_reading(site.state, repository, now, faults, newest_whole=whole)
    if not faults:
        from autosync_tasks.remote.secret_guard import let_pass

        if hole := let_pass(site, head):
            return _wrong(run, Step("judge", Outcome.FAILED, hole), f"the backup may hold a secret: {hole}", _JUDGE)
        return replace(run, steps=(*run.steps, Step("read", Outcome.OK, f"all of the store, for {why}: it is whole")))
    return _damaged(run, faults, why, newest=whole)


def gone(noted: health.Health | None, repository: Repository) -> tuple[str, ...]:
    """Snapshots that are gone, a line each."""
    lost = health.gone_snapshots(noted, repository)
    return tuple(f"the snapshot {commit[:7]} of what a restore overwrote is gone" for commit in lost.values())


def after_a_fault(site: Site, request: Request) -> None:
    """Reads the store if it looks strange after a sync that failed on it, so that `status` knows what is damaged."""
    repository, noted = site.repository, health.load(site.state)
    if not repository.exists or noted is None or not health.strange(noted, health.stored_files(repository)):
        return
    faults = read_through(repository, full=True, timeout=BUDGET)
    whole = not faults or newest_whole(repository, repository.ref())
    health.note_reading(site.state, repository, request.now, faults, newest_whole=whole)


def _damaged(run: Run, faults: tuple[str, ...], why: str, *, newest: bool) -> Run:
    what = "the newest backup is whole, but something older is damaged" if newest else "the backup is damaged"
    step = Step("read", Outcome.FAILED, f"all of the store, for {why}: {faults[0]}")
    return replace(_wrong(run, step, f"{what}: {faults[0]}", _WAY), details=(*run.details, *faults))


def _wrong(run: Run, step: Step, words: str, way: str) -> Run:
    reason = f"{run.reason}; {words}"
    steps = (*run.steps, step)
    return replace(run, steps=steps, outcome=Outcome.INCOMPLETE, reason=reason, exit_code=1, next_step=way)
