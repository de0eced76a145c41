"""Tasks that look and write nothing: detect, validate, verify, status, diff; and the demo."""

from __future__ import annotations

import os
import time

from autosync_tasks.cli.task import DIFF, JSON, VERBOSE, Context, Scope, task
from autosync_tasks.errors import UsageError
from autosync_tasks.humanize import count
from autosync_tasks.machines.own import DRILLED
from autosync_tasks.plan import judge
from autosync_tasks.plan.compare import look
from autosync_tasks.plan.diff import differences, wanted
from autosync_tasks.report import as_json as report
from autosync_tasks.report import lines, screen
from autosync_tasks.report import sarif as sarif_report
from autosync_tasks.report import status as status_lines
from autosync_tasks.report.changes import of_validation
from autosync_tasks.report.runs import show_run
from autosync_tasks.report.words import gathered, of_note
from autosync_tasks.status.status import status as look_status
from autosync_tasks.validation.families import explain as explanation
from autosync_tasks.verify import drill as drilling
from autosync_tasks.verify import verify as verifying
from autosync_tasks.workspace.request import new_request
from autosync_tasks.workspace.workspace import open_site


@task(help={"json": JSON, "diff": DIFF, "verbose": "each change, however many"})
def detect(context: Context, json: bool = False, diff: bool = False, verbose: bool = False) -> int:
    """Shows what differs between source and backup, with category and priority, and what is left out.

    Writes nothing. Exit code 0 whatever it finds.
    """
    site = open_site(os.environ)
    with screen.Progress() as progress, look(site, progress=progress) as seen:
        changes, left_out = seen.difference.changes, seen.left_out
        progress.clear()
        if json:
            report.show("changes", report.of_detection(changes, left_out))
        else:
            screen.show(lines.of_detection(changes, left_out, site.places.source, verbose=verbose))
        if diff:
            screen.show(lines.coloured(differences(seen, changes)))
    return 0


@task(
    help={
        "json": JSON,
        "explain": "say what a rule is for, by its code (`--explain=SEC001`)",
        "changed": "only what differs from the backup, as a sync does",
        "sarif": "print SARIF 2.1.0, for code hosts and editors",
    }
)
def validate(
    context: Context, json: bool = False, explain: str = "", changed: bool = False, sarif: bool = False
) -> int:
    """Judges the source: secrets, broken configuration, unfinished merges, what cannot be backed up.

    An error would block a sync (exit code 3), a warning would not. Looks at the whole tree; writes nothing but the
    scanner's cache.
    """
    if json and sarif:
        raise UsageError("--json and --sarif contradict each other", hint="give only one of them")
    if explain:
        text = explanation(explain)
        if json:
            report.show("rule", {"explanation": text})
        else:
            screen.show(lines.plain(text.splitlines()))
        return 0
    site = open_site(os.environ)
    with screen.Progress() as progress, look(site, progress=progress) as seen:
        judged = judge.judge_tree(site, seen, only_changed=changed)
    if sarif:
        report.log(sarif_report.of_findings(judged.findings))
    elif json:
        report.show("findings", report.of_validation(judged.findings, judged.left_out, judged.files))
    else:
        screen.show(of_validation(judged.findings, judged.left_out, judged.files, site.places.source))
    if any(finding.blocks for finding in judged.findings):
        return 3
    return 1 if any(not left.expected for left in judged.left_out) else 0


@task(
    help={
        "json": JSON,
        "deep": "also git's full check, and everything restored into a scratch folder and compared byte for byte",
        "verbose": VERBOSE,
        "drill": "restore the newest backup (the remote's, if it is pushed) into a scratch folder and judge it",
    }
)
def verify(context: Context, json: bool = False, deep: bool = False, drill: bool = False, verbose: bool = False) -> int:
    """Proves the backup: every owned path hashed anew, modes, links, manifest, work tree, git's own check.

    Changes since the last sync are named and are no fault. Exit code 1 if the backup is not whole.
    """
    site = open_site(os.environ)
    request = new_request(check=True)
    with screen.Progress() as progress:
        if drill:
            run = drilling.drill(site, request, drilling.fetch_for(site), progress)
            if run.exit_code == 0:
                site.state.write(DRILLED, f"{request.now:.0f}\n".encode())
        else:
            run = verifying.verify(site, request, deep=deep, progress=progress)
    return show_run(site, run, as_json=json, verbose=verbose)


@task(
    help={"json": JSON, "short": "one line", "verbose": "also what is as usual, and the syncs of a month, day by day"}
)
def status(context: Context, json: bool = False, short: bool = False, verbose: bool = False) -> int:
    """Says first whether your config tree is protected, then what is pending, left out, and when syncs happened.

    Looks anew and writes nothing. Exit code 1 if it is not protected.
    """
    site = open_site(os.environ)
    now = time.time()
    with screen.Progress():
        standing = look_status(site, now)
    if (kept := gathered()) is not None:
        kept.verdict = standing.verdict.level, standing.verdict.why
    if json:
        report.show("status", report.of_status(standing, site.places.source, site.places.backup, now))
    else:
        days = status_lines.of_days(site.state.history(), now) if verbose else ""
        places = site.places.source, site.places.backup
        screen.show(status_lines.of_status(standing, *places, now, short=short, verbose=verbose, days=days))
    return standing.exit_code


@task(help={"json": JSON})
def diff(context: Context, json: bool = False) -> int:
    """Shows the contents of what a sync would take, from backup to source; lines that may hold secrets are withheld.

    Writes nothing. Exit code 0 whatever it finds.
    """
    site = open_site(os.environ)
    with screen.Progress() as progress, look(site, progress=progress) as seen:
        changes = wanted(seen.difference.changes)
        text = list(differences(seen, changes))
        progress.clear()
        if json:
            report.show("diff", {**report.of_detection(changes, ()), "diff": text})
        else:
            screen.show(lines.coloured(text or ["nothing differs that a sync would take"]))
            if others := len(seen.difference.changes) - len(changes):
                words = f"{count(others, 'change')} that a sync leaves out by rule: `inv detect` names them"
                screen.show([of_note(words)])
    return 0


@task(
    profiles=Scope.NONE,
    help={"folder": "where to make it (a new folder; default: a fresh one in the temporary folder)"},
)
def demo(context: Context, folder: str = "") -> int:
    """Makes a small config tree and a backup in a folder of its own, and takes them through the real pipeline.

    Touches nothing of yours. Shows a first backup, a second run with nothing to do, an edit, a blocked secret, and a
    file brought back.
    """
    from autosync_tasks.cli.demo import run_demo

    return run_demo(folder)
