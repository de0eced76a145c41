"""The drill: restores the newest backup into a scratch folder and proves that what comes out is what went in.

The backup of a remote is fetched into a repository of its own first: not one object is taken from here.

The restored tree is looked at anew, with the same walk and comparison that every sync uses on the source: bytes,
modes, links, empty folders, and nothing more than that. Then it is validated as a config tree.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from functools import partial

from autosync_tasks.backup.objects import Store
from autosync_tasks.backup.repository import Repository
from autosync_tasks.errors import BackupError
from autosync_tasks.humanize import count
from autosync_tasks.model import Entry, Finding, Outcome, Path, Run, Step
from autosync_tasks.names import display
from autosync_tasks.plan import judge
from autosync_tasks.plan.compare import Look
from autosync_tasks.policy.classify import protected_matcher
from autosync_tasks.records import dataclass, replace
from autosync_tasks.remote.fresh import fetch_fresh
from autosync_tasks.restore.plan import RestorePlan, plan_restore
from autosync_tasks.restore.write import carry_out, read_back
from autosync_tasks.state.scratch import scratch
from autosync_tasks.tree.observe import Progress
from autosync_tasks.tree.walk import open_root, walk
from autosync_tasks.workspace.request import Request
from autosync_tasks.workspace.workspace import Site

Fetch = Callable[[str], Repository]
"""Given an empty folder, fetches the remote's branch into a bare repository there. Raises AutosyncError."""
_MOST = 20


@dataclass(frozen=True, slots=True)
class _Restored:
    """What came out: how many paths, what is wrong with them, what validation says. lacking: what the file system of
    the scratch folder does not keep ("" if it keeps all)."""

    paths: int
    faults: tuple[str, ...]
    findings: tuple[Finding, ...]
    judged: int
    withheld: tuple[Path, ...]
    lacking: str


def drill(site: Site, request: Request, fetch: Fetch | None = None, progress: Progress | None = None) -> Run:
    """Runs the drill; writes nothing but scratch in the state folder, which is gone afterwards.

    fetch: where a remote is set and pushed to, brings its branch here; None: the local backup is drilled.
    Raises AutosyncError if there is no backup, or it cannot be fetched.
    """
    with scratch(site.state, request.run_id) as folder:
        repository, where = site.repository, "the local backup"
        if fetch is not None:
            os.mkdir(os.path.join(folder, "fetched"), 0o700)
            real = os.path.realpath(os.path.join(folder, "fetched"))  # git is another process
            repository, where = fetch(real), f"the remote {site.settings.remote}"
        commit = repository.ref() if repository.exists else ""
        if not commit:
            raise BackupError(f"{where} holds no backup yet", hint="run `inv sync` to make the first one")
        out = os.path.join(folder, "restored")
        os.mkdir(out, 0o700)
        copy = _restore(replace(site, repository=repository), commit, out, request.run_id, progress)
    return _run(request, commit, where, copy)


def fetch_for(site: Site) -> Fetch | None:
    """How to fetch the newest backup for a drill: from the remote where one is set and pushed to; else None."""
    return partial(fetch_fresh, site) if site.settings.auto_sync_push else None


def _restore(site: Site, commit: str, out: str, run_id: str, progress: Progress | None) -> _Restored:
    def tried(_: str, done: int, total: int) -> None:
        if progress is not None:
            progress("trying the restore", done, total)  # "restoring" is said of the config tree

    root = open_root(out)
    try:
        scan = walk(root, protected_matcher(site.settings), site.settings.max_file_size)
        seen = Look(site, root, commit, scan, None, include_low=True)
        head = seen.head = site.repository.head(commit)  # from the repository itself, never from a cache
        if head.recorded is None:
            raise BackupError(f"the commit {commit[:7]} holds no backup of a source")
        recorded = seen.recorded
        plan = plan_restore(recorded, recorded, {}, seen.classifier.rule_for, run_id=run_id)
        with Store(site.repository) as stored:
            faults = carry_out(root, out, plan, stored.read, run_id, tried)
        differ, lacking = read_back(root, {put.path: put.want for put in plan.puts}, faults)
        lines = [f"{display(path)}: {why}" for path, why in sorted(faults.items())]
        lines += [f"{display(path)}: came out otherwise than it is recorded" for path in differ]
        lines += _more(site, root, commit, plan, recorded)
        again = Look(
            site, root, commit, walk(root, protected_matcher(site.settings), site.settings.max_file_size), None
        )
        judged = judge.judge_tree(site, again, only_changed=False)
    finally:
        os.close(root)
    return _Restored(len(plan.puts), tuple(lines), judged.findings, judged.files, plan.withheld, lacking)


def _more(site: Site, root: int, commit: str, plan: RestorePlan, recorded: Mapping[Path, Entry]) -> list[str]:
    """What stands there and should not."""
    wanted = {put.path for put in plan.puts}
    scan = walk(root, lambda _name, _folder: False, site.settings.max_file_size)
    more = [path for path in scan.records if path not in recorded and path not in wanted]
    return [f"{display(path)}: came out though {commit[:7]} does not record it" for path in more]


def _run(request: Request, commit: str, where: str, copy: _Restored) -> Run:
    errors = [finding for finding in copy.findings if finding.blocks]
    good = "bytes, modes and links are as recorded"
    steps = (
        Step("restore", Outcome.CHANGED, f"{count(copy.paths, 'path')} of {commit[:7]} from {where} into scratch"),
        Step("compare", Outcome.FAILED if copy.faults else Outcome.OK, copy.faults[0] if copy.faults else good),
        Step(
            "validate",
            Outcome.FAILED if errors else Outcome.OK,
            f"{count(copy.judged, 'file')} judged, {count(len(copy.findings), 'finding')}",
        ),
    )
    notes = tuple(f"{display(path)} is protected now and was not restored" for path in copy.withheld)
    reason = f"{count(copy.paths, 'path')} restored from {where} at {commit[:7]}, whole and valid; scratch is gone"
    run = replace(
        request.run(Outcome.OK, reason, steps),
        check=False,
        commit=commit,
        findings=copy.findings,
        notes=notes,
        details=copy.faults[:_MOST],
    )
    if copy.faults:
        reason = f"{count(len(copy.faults), 'path')} did not come out of {where} as recorded"
        way = "run `inv recover --check` to see what mends it"
        if copy.lacking:
            reason += f": {copy.lacking} (the state folder)"
            way = "name another place by XDG_STATE_HOME for a drill; `inv verify --deep` reads all of the backup here"
    elif errors:
        reason = f"what came out of {where} has {count(len(errors), 'error')}"
        way = "mend the files named above in the source and sync; `inv restore --list` names older backups"
    else:
        return run
    return replace(run, outcome=Outcome.FAILED, reason=reason, exit_code=1, next_step=way)
