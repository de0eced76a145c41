"""Recover: looks for what is wrong with the backup, shows what would mend it, mends it, and looks again."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from contextlib import nullcontext
from itertools import islice

from autosync_tasks.backup import health
from autosync_tasks.backup.able import check_able, check_works
from autosync_tasks.backup.soundness import all_refs
from autosync_tasks.backup.trust import check_format, check_inside, check_open
from autosync_tasks.errors import AutosyncError, BackupError, ConflictError
from autosync_tasks.humanize import count
from autosync_tasks.model import Outcome, Run, Step
from autosync_tasks.names import display
from autosync_tasks.plan.past import remember_act
from autosync_tasks.records import replace
from autosync_tasks.recovery.diagnose import diagnose
from autosync_tasks.recovery.plan import PASSIVE, Diagnosis, Fix, Repair, repairs
from autosync_tasks.recovery.repair import Bench, fetch, mend
from autosync_tasks.recovery.spare import Spare, spares
from autosync_tasks.remote.fresh import NoBranchError, fetched
from autosync_tasks.remote.known import known_remote
from autosync_tasks.remote.relation import CHOICE
from autosync_tasks.workspace.request import Request
from autosync_tasks.workspace.workspace import Site

Announce = Callable[[tuple[Repair, ...]], None]
"""Called with what will be done, before it is."""
_ROUNDS = 20
"""How often it looks again: one repair lets the next fault show (a damaged HEAD hides everything else)."""


def recover(site: Site, request: Request, announce: Announce | None = None) -> Run:
    """Mends the backup. With `request.check` it only looks, and writes nothing.

    Raises BackupError if there is no backup, LockedError while another run is at work.
    """
    repository = site.repository
    check_open(repository.git_dir)
    if not all(os.path.isdir(os.path.join(repository.git_dir, part)) for part in ("objects", "refs")):
        raise BackupError(
            f"there is no backup at {display(site.places.backup)} that could be mended",
            hint="run `inv sync` to make one, or bring back the folder from the remote with git clone",
        )
    check_inside(repository.git_dir)
    check_format(repository.git_dir)
    check_works()
    with nullcontext() if request.check else site.state.lock():
        run = _rounds(site, request, announce)
        if run.steps:
            remember_act(site.state, "recover", run)
        return run


def look_at(site: Site, remote: str = "") -> Diagnosis:
    """What is wrong with the backup, every object of the branch read and checked. Writes nothing. remote: see
    `diagnose`.
    """
    state, repository = site.state, site.repository
    cache, noted = state.load_cache(), health.load(state)
    remembered = [noted.head if noted else "", state.last_worktree, cache.head if cache else ""]
    remembered += [str(record.get("commit") or "") for record in islice(reversed(state.history()), 100)]
    known = list(dict.fromkeys(filter(None, remembered)))
    gone = health.gone_snapshots(noted, repository)
    try:
        departed = health.departed(state, repository, repository.ref())
        departed = departed if departed not in all_refs(repository).values() else ""
    except BackupError:
        departed = ""  # a branch that names nothing is another fault
    return diagnose(repository, known, _roots(site), lambda: _spares(site), departed, remote, gone)


def _spares(site: Site) -> Mapping[str, Spare]:
    return spares(site.repository, site.state.load_tree())


def _roots(site: Site) -> tuple[tuple[str, str], ...]:
    roots = (("the source", site.places.real_source),)
    return roots if site.repository.bare else (*roots, ("the backup's work tree", site.repository.folder))


def _rounds(site: Site, request: Request, announce: Announce | None) -> Run:
    steps: list[Step] = []
    notes: list[str] = []
    bench = Bench(
        site.repository, request.run_id, _roots(site), lambda: _spares(site), lambda: fetched(site, request.run_id)
    )
    plan: tuple[Repair, ...] = ()
    remote, unasked, way = site.settings.remote, "", ""
    for _ in range(_ROUNDS):
        found = repairs(replace(look_at(site, remote), unasked=unasked))
        if found == plan or not _acting(found):
            plan = found
            break
        check_able(site.repository.gateway)
        plan = found
        if announce is not None:
            announce(plan)
        if request.check:
            break
        site.state.begin()
        if any(repair.fix is Fix.FETCH for repair in plan):
            remote = ""  # asked once
            try:
                notes += fetch(bench, plan)
                steps.append(Step(Fix.FETCH, Outcome.CHANGED, notes[-1]))
            except NoBranchError:
                pass  # it was asked
            except AutosyncError as error:
                unasked, way = error.message, error.hint
        acts = [repair for repair in plan if repair.fix not in PASSIVE]
        steps += [Step(repair.fix, Outcome.CHANGED, repair.problem) for repair in acts]
        notes += mend(bench, plan)
    left = plan if not request.check else ()
    if not request.check and not left:
        _noted(site, request, steps)
    run = _run(request, plan if request.check else (), left, steps, notes)
    if unasked and any(repair.fix is Fix.LOST for repair in left):
        run = replace(run, next_step=f"the remote {display(remote)} may have it: {way}; then run `inv recover` again")
    conflict = known_remote(site).conflict if not plan else ""
    if not conflict:
        return run
    return replace(
        run,
        outcome=Outcome.BLOCKED,
        exit_code=ConflictError.exit_code,
        reason=f"{run.reason}; but a {conflict}" if steps else f"the repository is whole, but there is a {conflict}",
        next_step=CHOICE,
    )


def _noted(site: Site, request: Request, steps: list[Step]) -> None:
    """Everything was read, and is whole: `status` and the next sync know it."""
    head = site.repository.ref()
    if head and (steps or ((noted := health.load(site.state)) and noted.faults)):
        health.note(site.state, site.repository, head, request.now)
        health.note_reading(site.state, site.repository, request.now, (), newest_whole=True)


def _acting(plan: tuple[Repair, ...]) -> list[Repair]:
    return [repair for repair in plan if repair.fix not in (Fix.NOTHING, Fix.LOST)]


def _run(
    request: Request, would: tuple[Repair, ...], left: tuple[Repair, ...], steps: list[Step], notes: list[str]
) -> Run:
    next_step = ""
    if would and _acting(would):
        outcome, code = Outcome.CHANGED, 5
        reason = f"{count(len(_acting(would)), 'repair')} to do; more may show after them"
        next_step = "run `inv recover` to do them"
    elif would or left:
        outcome, code = Outcome.INCOMPLETE, 1
        reason = f"{count(len(would or left), 'fault')} could not be mended here"
        next_step = "each line above says what helps"
        if all(repair.fix is Fix.LOST for repair in would or left):
            next_step = "bring back a copy of the backup; if there is none, `inv recover --accept-loss` notes the loss"
    elif steps:
        outcome, code = Outcome.CHANGED, 0
        reason = f"{count(len(steps), 'repair')} done; the backup is whole: every object of the branch was read"
        next_step = "run `inv sync`: it brings what is missing since"
    else:
        outcome, code = Outcome.OK, 0
        reason = "nothing is wrong: every object of the branch was read, and git can work with the repository"
    return replace(
        request.run(outcome, reason, steps, exit_code=code),
        notes=tuple(map(display, notes)),
        next_step=next_step,
        details=tuple(f"{repair.problem}: {repair.remedy}" for repair in (would or left)),
    )
