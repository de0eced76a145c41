"""What cannot be had again: named, and noted as lost once a person confirms it, so that it is no damage any more."""

from __future__ import annotations

from contextlib import nullcontext

from autosync_tasks.backup import health
from autosync_tasks.backup.losses import Loss, note_losses
from autosync_tasks.errors import AutosyncError
from autosync_tasks.humanize import count
from autosync_tasks.model import Outcome, Run, Step
from autosync_tasks.names import display, typed
from autosync_tasks.plan.past import remember_act
from autosync_tasks.records import replace
from autosync_tasks.recovery.plan import Fix, repairs
from autosync_tasks.recovery.recover import look_at
from autosync_tasks.recovery.repair import Bench, fetch, move_aside
from autosync_tasks.remote.fresh import NoBranchError, fetched
from autosync_tasks.workspace.request import Request
from autosync_tasks.workspace.workspace import Site


def accept_loss(site: Site, request: Request) -> Run:
    """Notes every object that nothing here can give as lost; a damaged rest of it is moved aside.

    With `request.check` it only names them. Whatever else is wrong is left to `recover`, and said to be: run that
    first. Raises BackupError if the repository cannot be looked at, LockedError while another run is at work.
    """
    with nullcontext() if request.check else site.state.lock():
        if not request.check and (asked := _asked(site, request)):
            return asked
        facts = look_at(site)
        plan = repairs(facts)
        lost = {repair.subject for repair in plan if repair.fix is Fix.LOST}
        if any(repair.fix is not Fix.LOST for repair in plan):
            run = request.run(Outcome.INCOMPLETE, "something can be mended still, or stands in the way", exit_code=1)
            return replace(run, details=tuple(r.problem for r in plan), next_step="run `inv recover` first")
        new = [
            Loss(item.id, item.kind, item.commit, request.now, item.path) for item in facts.damaged if item.id in lost
        ]
        if not new:
            return request.run(Outcome.OK, "nothing is lost that was not noted before")
        if request.check:
            run = request.run(Outcome.CHANGED, f"{count(len(new), 'lost object')} to be noted", exit_code=5)
            return replace(run, details=tuple(loss.shown for loss in new))
        run = _noted(site, request, new)
        remember_act(site.state, "recover", run)
        return run


def _asked(site: Site, request: Request) -> Run | None:
    """Brings what the remote still has; a run that says so if it cannot be asked: what it may have is not lost yet."""
    plan, remote = repairs(look_at(site, site.settings.remote)), display(site.settings.remote)
    if all(repair.fix is not Fix.FETCH for repair in plan):
        return None
    try:
        fetch(_bench(site, request), plan)
    except NoBranchError:
        return None
    except AutosyncError as error:
        reason = f"the remote {remote} may have it, and could not be asked ({error.message})"
        way = f"{error.hint}; if it is gone for good: git -C {typed(site.repository.folder)} remote remove {remote}"
        return replace(request.run(Outcome.INCOMPLETE, reason, exit_code=1), next_step=way)
    return None


def _bench(site: Site, request: Request) -> Bench:
    return Bench(site.repository, request.run_id, (), dict, lambda: fetched(site, request.run_id))


def _noted(site: Site, request: Request, new: list[Loss]) -> Run:
    repository = site.repository
    bench = _bench(site, request)
    moved = [note for loss in new for note in move_aside(bench, f"objects/{loss.id[:2]}/{loss.id[2:]}")]
    note_losses(repository, new)
    health.note(site.state, repository, repository.ref(), request.now)
    health.note_reading(site.state, repository, request.now, (), newest_whole=True)
    reason = f"{count(len(new), 'object')} noted as lost: {new[0].shown}" + (" and others" if new[1:] else "")
    run = request.run(Outcome.CHANGED, reason, [Step(Fix.LOST, Outcome.CHANGED, loss.shown) for loss in new])
    more = tuple(loss.shown for loss in new[1:])
    return replace(run, notes=(*more, *moved), next_step="run `inv sync`: what is damaged later is told as before")
