"""Ends a conflict with the remote: `inv recover --take source|remote`.

The source's version: one commit on top of both. The remote's: what differs is first restored into the source, with a
snapshot of what stands there (`inv restore --undo`), then the same. Nothing is forced; both histories stay.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Iterator

from autosync_tasks.backup.manifest import entries
from autosync_tasks.backup.repository import Head
from autosync_tasks.errors import ConflictError, UsageError
from autosync_tasks.humanize import count
from autosync_tasks.model import Outcome, Path, Run, Step
from autosync_tasks.names import display
from autosync_tasks.plan.past import remember_act
from autosync_tasks.policy.classify import Classifier
from autosync_tasks.records import replace
from autosync_tasks.remote.conflict import Taking, finish, take_remote, take_source
from autosync_tasks.remote.known import known_remote
from autosync_tasks.remote.push import push
from autosync_tasks.remote.transport import Limits
from autosync_tasks.restore.own_plugin import without_own_plugin
from autosync_tasks.restore.plan import Removal, RestorePlan, plan_restore
from autosync_tasks.restore.request import Announce, Wish
from autosync_tasks.restore.run import Restore
from autosync_tasks.restore.write import standings
from autosync_tasks.tree.followed_links import Following
from autosync_tasks.tree.walk import open_root
from autosync_tasks.workspace.request import Request
from autosync_tasks.workspace.workspace import Site

SIDES = ("source", "remote")


def take(
    site: Site, side: str, request: Request, announce: Announce | None = None, limits: Limits | None = None
) -> Run:
    """Ends the conflict the way a person chose. With `request.check` it says what it knows, and asks nobody.

    side: "source" or "remote". Raises UsageError, ConflictError if there is no conflict, RemoteError if the remote
    cannot be reached, LockedError while another run is at work; nothing has changed then.
    """
    if side not in SIDES:
        raise UsageError(f"--take={display(side)} is neither source nor remote")
    if request.check:
        return _check(site, side, request)
    with site.state.lock():
        if side == "source":
            taking = take_source(site, now=request.now, limits=limits)
            run = _ended(request, (Step("take", Outcome.CHANGED, taking.reason),))
        else:
            taking = take_remote(site, now=request.now, limits=limits)
            run = _into_source(site, taking, request, announce)
            if run.exit_code:
                way = run.next_step or "mend what is named above and run it again; the conflict is as it was"
                return replace(run, next_step=way)
        notes = finish(site, taking)
        pushed = push(site, now=request.now, limits=limits)
    steps = (*run.steps, Step("commit", Outcome.CHANGED, taking.commit[:7]))
    steps = (*steps, Step("push", pushed.outcome, pushed.reason))
    whose = "this machine's version" if side == "source" else "the remote's version"
    run = replace(
        run,
        steps=steps,
        outcome=Outcome.CHANGED if not pushed.exit_code else Outcome.INCOMPLETE,
        reason=f"{whose} is the backup now ({taking.commit[:7]}); the other one stays in the history",
        exit_code=pushed.exit_code,
        commit=taking.commit,
        notes=(*run.notes, *notes, *pushed.notes),
        findings=pushed.findings,
        next_step=pushed.next_step,
        ended=time.time(),
    )
    remember_act(site.state, "recover", run)
    return run


def _check(site: Site, side: str, request: Request) -> Run:
    known = known_remote(site)
    if not known.conflict:
        raise ConflictError("no conflict with the remote is known here", hint="run `inv sync --push` to look there")
    does = {
        "source": "would put this machine's version of every backed up file on top of the remote's commits, and push",
        "remote": "would restore the remote's version into the source after a snapshot, and push the merged history",
    }
    run = _ended(request, (Step("take", Outcome.CHANGED, known.conflict),))
    return replace(run, reason=does[side], exit_code=5, check=True)


def _into_source(site: Site, taking: Taking, request: Request, announce: Announce | None) -> Run:
    """Restores the remote's version into the source, as every restore does it."""
    head = site.repository.head(taking.commit)
    into_source = Restore(site, Wish(now=request.now, run_id=request.run_id), site.places.real_source, announce)
    plan = _plan(site, taking, head, request.run_id)
    plan, notes = without_own_plugin(plan, site.repository, site.places.real_source, site.environ, live=True)
    into_source.notes += notes
    if plan.refused:
        return into_source.refused(plan)
    if plan.empty:
        return _ended(request, (Step("take", Outcome.OK, "the source has the remote's version already"),))
    changes = len(plan.puts) + len(plan.removals)
    return into_source.carry(plan, head, f"{count(changes, 'path')} of the remote's version into the source")[0]


def _plan(site: Site, taking: Taking, head: Head, run_id: str) -> RestorePlan:
    recorded = entries(head.recorded, head.tree) if head.recorded else {}
    root = open_root(site.places.real_source)
    try:
        standing = standings(root, {*taking.writes, *taking.deletes}, site.settings.max_file_size)
    finally:
        os.close(root)
    plan = plan_restore(taking.writes, recorded, standing, Classifier(site.settings).rule_for, run_id=run_id)
    gone = [path for path in sorted(taking.deletes) if path in standing and standing[path].storable]
    refused = (*plan.refused, *_outside(site, {*taking.writes, *taking.deletes}))
    return replace(plan, removals=tuple(Removal(path, standing[path]) for path in gone), refused=refused)


def _outside(site: Site, paths: Iterable[Path]) -> Iterator[str]:
    """A line for each path behind a link that is followed: nothing outside the source is written."""
    following = site.following or Following(site.places.real_source, ())
    for path in sorted(paths):
        if following.above(path) is not None:
            yield f"{display(path)}: a link leads out of the source here; change it where it leads"


def _ended(request: Request, steps: tuple[Step, ...]) -> Run:
    return request.run(Outcome.CHANGED, "", steps)
