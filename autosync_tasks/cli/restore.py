"""The tasks `restore` and `recover`: parse, call, report, exit code. Nothing is decided here."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Sequence

from autosync_tasks.cli.task import CHECK, JSON, VERBOSE, Context, Scope, is_dry, task
from autosync_tasks.config.load import need_named
from autosync_tasks.config.text import here
from autosync_tasks.doctor.missing import missing_after
from autosync_tasks.errors import UsageError
from autosync_tasks.model import Change, Run
from autosync_tasks.records import replace
from autosync_tasks.recovery.plan import Repair
from autosync_tasks.recovery.recover import recover as mend_backup
from autosync_tasks.recovery.take_side import take as end_conflict
from autosync_tasks.report import as_json as report
from autosync_tasks.report import lines, screen
from autosync_tasks.report.changes import of_changes
from autosync_tasks.restore.diff import plan_differences
from autosync_tasks.restore.plan import RestorePlan
from autosync_tasks.restore.request import Wish
from autosync_tasks.restore.restore import backups, new_wish, saved, target_of
from autosync_tasks.restore.restore import restore as carry_out
from autosync_tasks.workspace.request import Request, new_request
from autosync_tasks.workspace.workspace import Site, open_site


@task(
    profiles=Scope.ONE,
    words="path",
    optional=["undo"],
    help={
        "path": "a file, a folder or a pattern ('agent/*.md'), as it lies in the source, or from the folder in it that "
        "you stand in (may be given several times, or as plain words)",
        "at": "which backup: a commit, or a time (2026-01-05, '2026-01-05 14:30', '3 days ago'); else the newest",
        "to": "restore into this folder instead of the source; nothing there is overwritten",
        "outside": "bring what the backup keeps from outside the tree to its places; nothing there is overwritten",
        "check": CHECK,
        "diff": "show the contents of the changes; lines with secrets are withheld",
        "yes": "restore everything without a question, though it overwrites what stands in the source",
        "undo": "take back the newest restore into the source that still stands, then the one before it, and so on; "
        "with the id of a snapshot (--list): go back to that one",
        "list": "name the backups there are (of the files that you name), and the snapshots that --undo can go back to",
        "verbose": VERBOSE,
        "json": JSON,
    },
)
def restore(
    context: Context,
    path: Iterable[str],
    at: str = "",
    to: str = "",
    outside: bool = False,
    check: bool = False,
    diff: bool = False,
    yes: bool = False,
    undo: str = "",
    list: bool = False,
    verbose: bool = False,
    json: bool = False,
) -> int:
    """Brings files back from the backup: `inv restore`, `inv restore agents/build.md notes/ --at '3 days ago'`.

    Without a path it restores everything; before that overwrites what stands in the source it shows what, and asks
    (without a terminal it wants --yes). Files that the backup does not know stay. What is overwritten is saved first
    (`--undo`). Exit codes: 0 done or nothing to do; 1 some paths could not be restored, or you did not agree; 3
    something stands in the way, or --yes is missing: nothing was written; 5 with --check: paths would be written; 75
    another run is at work.
    """
    site = open_site(os.environ, new_machine=True)
    need_named(site.loaded, os.environ)
    dry = is_dry(context, check)
    # Invoke gives True for the flag alone.
    wish = new_wish(path, at, to, check=dry, undo=undo or False, yes=yes, cwd=here(), outside=outside)
    if list:
        return _list(site, wish, as_json=json)
    target, backup = target_of(site, wish), site.places.backup

    def announce(preview: Run, plan: RestorePlan) -> None:
        if not json:
            if not wish.check:
                screen.show(of_changes(preview.changes))
            if diff:
                screen.show(lines.coloured(plan_differences(site, plan, target)))

    def agree(over: Sequence[Change]) -> bool:
        screen.show(lines.of_overwritten(over, target))
        return screen.says_yes("Overwrite? [y/N] ")

    with screen.Progress() as progress:
        run, _ = carry_out(site, wish, announce, progress, agree if sys.stdin.isatty() and not json else None)
    part = wish.paths or wish.to or wish.undo or wish.outside
    lacks = () if part else missing_after(site, run)
    if json:
        report.show("restore", {**report.of_run(run, target, backup), "missing": [m.as_json for m in lacks]})
    else:
        screen.show(lines.of_restore(run, target, backup, verbose=verbose))
        screen.show(lines.of_missing([m.words for m in lacks]))
    return run.exit_code


def _list(site: Site, wish: Wish, *, as_json: bool) -> int:
    """Names the backups, and the snapshots beside them."""
    rows = backups(site, wish)
    snapshots = [] if wish.paths else saved(site, wish)
    if as_json:
        document = {
            "backups": [{"commit": c, "when": w, "subject": s} for c, w, s in rows],
            "snapshots": [{"commit": c, "when": w, "what": s} for c, w, s in snapshots],
        }
        report.show("backups", document)
    else:
        screen.show(lines.of_backups(rows, snapshots))
    return 0


@task(
    profiles=Scope.ONE,
    help={
        "check": CHECK,
        "take": "end a conflict with the remote: `source` (this machine's version wins) or `remote` (theirs is "
        "restored into the source, after a snapshot)",
        "forget": "take a secret (its finding's fingerprint) or a file (its path) out of the backup's history; "
        "given once more, it lets the old history go",
        "accept-loss": "note as lost for good what neither this machine nor the remote has any more",
        "pushed": "with --forget: go on although a remote holds it",
        "yes": "with --forget or --accept-loss: do not ask (for scripts)",
        "verbose": VERBOSE,
        "json": JSON,
    },
)
def recover(
    context: Context,
    check: bool = False,
    take: str = "",
    forget: str = "",
    accept_loss: bool = False,
    pushed: bool = False,
    yes: bool = False,
    verbose: bool = False,
    json: bool = False,
) -> int:
    """Mends the backup: unfinished merges, a lost or damaged branch, index or object, what a killed git left behind.

    Shows what it does first and keeps what it replaces; nothing is forced or made anew. Exit codes: 0 mended or nothing
    wrong; 1 something is left that only a person can mend; 4 there is no conflict that --take could end; 5 with
    --check: there is something to mend; 75 another run is at work.
    """
    site = open_site(os.environ)
    request = new_request(check=is_dry(context, check))
    quiet = json or request.check

    def announce(plan: tuple[Repair, ...]) -> None:
        if not quiet:
            screen.show(lines.of_repairs((repair.problem, repair.remedy) for repair in plan))

    def announce_restore(preview: Run, _: RestorePlan) -> None:
        if not quiet:
            screen.show(of_changes(preview.changes))

    if forget or accept_loss:
        if (ask := not (yes or request.check)) and json:
            raise UsageError("this asks a person, and a program reads the answer", hint="add --yes in a script")
        found = _forget(site, forget, request, pushed=pushed, ask=ask) if forget else _lose(site, request, ask=ask)
        if found is None:
            return 1
        run = found
    elif take:
        run = end_conflict(site, take, request, announce_restore)
    else:
        run = mend_backup(site, request, announce)
    if json:
        report.show("recover", report.of_run(run, site.places.source, site.places.backup))
    else:
        screen.show(lines.of_run(run, site.places.source, site.places.backup, verbose=verbose))
    return run.exit_code


def _forget(site: Site, fingerprint: str, request: Request, *, pushed: bool, ask: bool) -> Run | None:
    """Takes the secret out of the history; None if the person says no to what would be done."""
    from autosync_tasks.cli.accept import agreed
    from autosync_tasks.recovery.forget import forget

    if ask:
        screen.show(lines.of_run(forget(site, fingerprint, replace(request, check=True), pushed=pushed), "", ""))
        if not agreed("Do this? [y/N] "):
            return None
    return forget(site, fingerprint, request, pushed=pushed)


def _lose(site: Site, request: Request, *, ask: bool) -> Run | None:
    """Notes what is lost for good; None if the person says no to what is named."""
    from autosync_tasks.cli.accept import agreed
    from autosync_tasks.recovery.loss import accept_loss

    if ask:
        named = accept_loss(site, replace(request, check=True))
        if named.exit_code != 5:
            return named
        screen.show(lines.of_run(named, "", ""))
        if not agreed("Is no copy of the backup left that has them? [y/N] "):
            return None
    return accept_loss(site, request)
