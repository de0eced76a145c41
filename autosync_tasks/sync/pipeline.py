"""The one path for all triggers: observe, then one passage through the steps, under the lock.

A run with nothing to do ends here, after the walk: the other steps are not even imported then.
"""

from __future__ import annotations

from contextlib import suppress

from autosync_tasks.backup import health
from autosync_tasks.errors import NO_MEMORY, AutosyncError, BackupError, BranchMovedError, GuardError, UsageError
from autosync_tasks.model import Outcome, Run, Step, Trigger
from autosync_tasks.plan.compare import Look, look
from autosync_tasks.records import replace
from autosync_tasks.state.folder import check
from autosync_tasks.sync.rerun import in_turn
from autosync_tasks.sync.still import glance
from autosync_tasks.tree.facts import not_seen
from autosync_tasks.tree.observe import Progress
from autosync_tasks.workspace.request import Request
from autosync_tasks.workspace.workspace import Site, open_site

_TRIES = 3
"""How often a sync looks again when someone else moved the branch under it."""


def sync(site: Site, request: Request, progress: Progress | None = None) -> Run:
    """Runs the pipeline once. Returns the run, whatever its outcome.

    Raises AutosyncError for what stops it before it can decide: no source, an unusable backup, a held lock.
    """
    if request.check:
        check(site.state.folder)
        return _with_patience(site, request, progress)[0]
    return in_turn(site, request, lambda asked: _recorded(site, asked, progress))


def _recorded(site: Site, request: Request, progress: Progress | None) -> Run:
    """One passage under the lock; a fault that ends it is recorded."""
    try:
        run, seen = _with_patience(site, request, progress)
        if request.ask.force and run.commit:
            from autosync_tasks.verify.verify import prove

            run = replace(run, steps=(*run.steps, prove(site, request, progress)))
        run = _looked_after(site, request, run)
        if not run.exit_code and (site.state.saved or request.trigger is not Trigger.MANUAL):
            from autosync_tasks.sync.note import note

            with suppress(AutosyncError, OSError):  # it only makes the next one shorter
                note(site, seen)
        return run
    except (UsageError, GuardError):
        raise
    except (AutosyncError, OSError, MemoryError) as error:
        from autosync_tasks.sync.record import Recorder

        with suppress(AutosyncError, OSError):  # the disk may be full: the first fault is the one to tell
            Recorder(site, request.trigger, request.now, check=False).failed(request.run_id, str(error) or NO_MEMORY)
        if isinstance(error, BackupError):
            from autosync_tasks.verify.unattended import after_a_fault

            with suppress(AutosyncError, OSError):
                after_a_fault(site, request)
        raise


def _looked_after(site: Site, request: Request, run: Run) -> Run:
    """The run after a cheap look at the backup's store; all of it is read if that looks strange, or is due."""
    repository, state = site.repository, site.state
    if state.scratch_left:
        from autosync_tasks.state.scratch import sweep

        sweep(state)
    head = repository.ref() if repository.exists else ""
    if not head:
        return run
    noted, files = health.load(state), health.stored_files(repository)
    by_hand = request.trigger is Trigger.MANUAL
    # A run by hand that has nothing to do writes nothing, so it does not count the week either.
    every = 0 if by_hand and run.outcome is Outcome.OK else site.settings.deep_verify_every
    why = health.reason_to_read(noted, files, every, request.now) if noted else ""
    acted = run.outcome in (Outcome.CHANGED, Outcome.INCOMPLETE)
    if acted and not why:
        made = "" if noted and noted.head == head else head
        why = health.lost_since(repository, noted.files if noted else (), files, made)
    if why:
        from autosync_tasks.sync.record import Recorder
        from autosync_tasks.verify.unattended import with_reading

        told, run = run, with_reading(site, request, run, head, why)
        if run.outcome is not told.outcome:
            Recorder(site, request.trigger, request.now, check=False).turned_out(run)
    elif acted or (not by_hand and (noted is None or (noted.head, noted.files) != (head, files))):
        health.note(state, repository, head, request.now)
    return run


def _with_patience(site: Site, request: Request, progress: Progress | None) -> tuple[Run, Look]:
    """Looks again when someone else moved the branch meanwhile; gives up after some tries."""
    left, (real, folder) = _TRIES, (site.places.real_source, site.state.folder)
    while True:
        try:
            seen_before = not_seen if request.ask.force or request.check else glance.take(real, folder)
            with look(
                site,
                include_low=request.ask.include_low,
                anew=request.ask.force,
                progress=progress,
                glanced=seen_before,
            ) as seen:
                run = _idle(site, request, seen)
                if run is not None:
                    return run, seen
                if not seen.ref:  # a first sync: all is new
                    from autosync_tasks.plan.judge import load_ahead

                    load_ahead(seen)
                from autosync_tasks.sync.run import passage

                words = health.tell_departed(site.state, site.repository, seen.ref, check=request.check)
                return _with_departed(site, request, passage(site, request, seen, progress), words), seen
        except BranchMovedError:
            left -= 1
            if not left:
                raise
            if not (site.source_id or request.check):
                site = open_site(site.environ)  # the first sync had noted the id by which it knows its own commit


def _with_departed(site: Site, request: Request, run: Run, words: str) -> Run:
    """The run, incomplete if the branch was set back or replaced before it. words: what to say of that, or ""."""
    if not words or request.check or run.exit_code:
        return replace(run, notes=(words, *run.notes)) if words else run
    from autosync_tasks.sync.record import Recorder

    run = replace(run, outcome=Outcome.INCOMPLETE, exit_code=1, reason=f"{run.reason}; {words}")
    Recorder(site, request.trigger, request.now, check=False).turned_out(run)
    return run


def _idle(site: Site, request: Request, seen: Look) -> Run | None:
    """The run that ends after the walk, for nothing has changed since everything was in the backup; else None.

    A manual one writes nothing, an automatic one only that it was here.
    """
    if site.state.interrupted or request.ask.force or (idle := seen.idle) is None:
        return None
    if request.push or site.settings.auto_sync_push:
        from autosync_tasks.remote.known import ahead, roll_due

        automatic = request.trigger is not Trigger.MANUAL and not request.check
        if seen.ref and (ahead(site) or (automatic and roll_due(site, request.now))):
            return None
    if not request.check and request.trigger is not Trigger.MANUAL:
        site.state.saw(request.trigger, request.now)
    step = Step("observe", Outcome.OK, "nothing has changed since the last look")
    return replace(request.run(Outcome.OK, idle["reason"], [step]), commit=seen.ref)
