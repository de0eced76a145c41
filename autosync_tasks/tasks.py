"""Every task: parse, call, report, exit code. Nothing is decided here."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable
from dataclasses import replace

from invoke import Collection, Context

from autosync_tasks import drill as drilling
from autosync_tasks import gate, notify, pipeline, verifying
from autosync_tasks.differences import differences
from autosync_tasks.errors import AutosyncError, LockedError, UsageError
from autosync_tasks.look import look
from autosync_tasks.model import Outcome, Run, Trigger
from autosync_tasks.names import display
from autosync_tasks.report import as_json as report
from autosync_tasks.report import lines, screen
from autosync_tasks.report import status as status_lines
from autosync_tasks.site import Site, open_site
from autosync_tasks.status import status as look_status
from autosync_tasks.steps.inputs import Ask
from autosync_tasks.steps.validate import explain as explanation
from autosync_tasks.tasking import CHECK, DIFF, JSON, is_dry, task
from autosync_tasks.tasks_policy import POLICY
from autosync_tasks.tasks_restore import recover, restore
from autosync_tasks.tasks_triggers import TRIGGERS
from autosync_tasks.tasks_validate import VALIDATION
from autosync_tasks.waiting import wait_and_sync, waiting


def _show_run(site: Site, run: Run, *, as_json: bool, quiet: bool = False) -> int:
    if as_json:
        report.show("run", report.of_run(run, site.places.source, site.places.backup))
    elif not quiet:
        screen.show(lines.of_run(run, site.places.source, site.places.backup))
    return run.exit_code


@task(
    help={
        "trigger": "who asks: manual, workflow, watch or schedule",
        "check": CHECK,
        "diff": DIFF,
        "json": JSON,
        "force": "override enabled, thresholds, limit and backoff, and write every owned path anew; "
        "never overrides validation or a guard",
        "include-low": "copy what is of low priority too (logs, temporary files, caches)",
        "context-only": "only context and documentation",
        "tools-only": "only bin, tool, plugin and command",
        "include": "only what this pattern matches (may be given several times)",
        "adopt": "take over a branch that has another source's id, or files where the source has different ones; "
        "the old versions stay in the history",
        "hint": "what a hook says has changed; kept in the history, never trusted",
        "push": "push after this sync, whatever auto_sync_push says",
        "wait": "wait for the limit or the lock and sync then; at most one process waits",
        "allow-mass-delete": "go on with exactly the deletions that a block named, by its digest",
    },
    iterable=["include"],
)
def sync(
    context: Context,
    include: Iterable[str],
    trigger: str = "manual",
    check: bool = False,
    diff: bool = False,
    json: bool = False,
    force: bool = False,
    include_low: bool = False,
    context_only: bool = False,
    tools_only: bool = False,
    adopt: bool = False,
    allow_mass_delete: str = "",
    push: bool = False,
    wait: bool = False,
    hint: str = "",
) -> int:
    """
    Brings the backup up to date: observe, detect, decide, plan, validate, commit, verify, record.

    With nothing to do it says so and writes nothing. Exit codes: 0 done, nothing to do, or held back by policy;
    1 failed or incomplete; 3 blocked by validation or a guard; 4 a conflict needs a person; 5 with --check:
    changes are pending; 75 another run holds the lock.
    """
    if trigger not in list(Trigger):
        raise UsageError(
            f"--trigger={display(trigger)} is none of {', '.join(Trigger)}", hint="a person leaves --trigger out"
        )
    ask = Ask(
        force=force,
        include_low=include_low,
        context_only=context_only,
        tools_only=tools_only,
        include=tuple(include),
        adopt=adopt,
        allow_mass_delete=allow_mass_delete,
    )
    site = open_site(os.environ)
    check = is_dry(context, check)

    def once() -> Run:
        request = pipeline.new_request(Trigger(trigger), check=check, ask=ask, push=push, hint=hint)
        progress = screen.Progress()
        try:
            with waiting(site, request, leaves=not wait) as answer:
                return answer(pipeline.sync(site, request, progress))
        finally:
            progress.clear()

    try:
        run = wait_and_sync(site, once) if wait and not check else once()
    except LockedError:
        raise
    except AutosyncError as error:
        if not check:
            notify.tell(site, Outcome.FAILED, error.message, time.time())
        raise
    if run is None:
        return 0  # another process waits already
    if fault := notify.after(site, run):
        run = replace(run, notes=(*run.notes, fault))
    quiet = run.trigger is not Trigger.MANUAL and run.outcome in _FINE
    if diff and run.check and not quiet and not json:
        with look(site, include_low=include_low) as seen:
            wanted = {path for change in run.changes for path in change.paths}
            changes = [change for change in seen.difference.changes if change.path in wanted]
            screen.show(lines.coloured(differences(seen, changes)))
    return _show_run(site, run, as_json=json, quiet=quiet)


_FINE = frozenset({Outcome.OK, Outcome.CHANGED, Outcome.SKIPPED, Outcome.DEFERRED})
"""Outcomes that an unattended run says nothing about."""


@task(
    name="auto-sync-if-needed",
    help={
        "changes": "how many changes the caller has made (a hint for the history)",
        "type": "their category as the caller sees it: context, tools, config, integration, documentation (a hint)",
        "check": CHECK,
        "json": JSON,
    },
)
def auto_sync_if_needed(
    context: Context, changes: int = 0, type: str = "", check: bool = False, json: bool = False
) -> int:
    """
    The workflow's entry: one sync as the agent's workflow asks for it. The scan decides; what is said is only logged.
    """
    hint = f"{changes} changes of type {type or 'unknown'}" if changes or type else ""
    found = sync.body.__wrapped__(context, (), trigger="workflow", check=check, json=json, hint=hint)
    return int(found)


@task(help={"json": JSON, "diff": DIFF})
def detect(context: Context, json: bool = False, diff: bool = False) -> int:
    """
    Shows what differs between source and backup, with category and priority, and what is left out.

    Writes nothing. Exit code 0 whatever it finds.
    """
    site = open_site(os.environ)
    with look(site) as seen:
        changes, left_out = seen.difference.changes, seen.left_out
        if json:
            report.show("changes", report.of_detection(changes, left_out))
        else:
            screen.show(lines.of_detection(changes, left_out, site.places.source))
        if diff:
            screen.show(lines.coloured(differences(seen, changes)))
    return 0


@task(
    help={
        "json": JSON,
        "explain": "say what a rule is for, by its code (`--explain=SEC001`)",
        "changed": "only what differs from the backup, as a sync does",
    }
)
def validate(context: Context, json: bool = False, explain: str = "", changed: bool = False) -> int:
    """
    Judges the source: secrets, broken configuration, unfinished merges, what cannot be backed up.

    An error would block a sync (exit code 3), a warning would not. Looks at the whole tree; writes nothing
    but the scanner's cache.
    """
    if explain:
        screen.show(lines.plain(explanation(explain).splitlines()))
        return 0
    site = open_site(os.environ)
    with look(site) as seen:
        findings, judged = gate.judge_tree(site, seen, only_changed=changed)
        faults = [left for left in seen.left_out if not left.expected]
        if json:
            report.show("findings", report.of_validation(findings, seen.left_out, judged))
        else:
            screen.show(lines.of_validation(findings, seen.left_out, judged, site.places.source))
    if any(finding.blocks for finding in findings):
        return 3
    return 1 if faults else 0


@task(
    help={
        "json": JSON,
        "deep": "also git's full check, and everything restored into a scratch folder and compared byte for byte",
        "drill": "restore the newest backup (the remote's, if it is pushed) into a scratch folder and judge it",
    }
)
def verify(context: Context, json: bool = False, deep: bool = False, drill: bool = False) -> int:
    """
    Proves the backup: every owned path hashed anew, modes, links, manifest, work tree, git's own check.

    Changes since the last sync are named and are no fault. Exit code 1 if the backup is not whole.
    """
    site = open_site(os.environ)
    progress, request = screen.Progress(), pipeline.new_request(check=True)
    if drill:
        run = drilling.drill(site, request, drilling.fetch_for(site), progress)
    else:
        run = verifying.verify(site, request, deep=deep, progress=progress)
    progress.clear()
    return _show_run(site, run, as_json=json)


@task(help={"json": JSON, "short": "one line"})
def status(context: Context, json: bool = False, short: bool = False) -> int:
    """
    Says first whether your config tree is protected, then what is pending, left out, and when syncs happened.

    Looks anew and writes nothing. Exit code 1 if it is not protected.
    """
    site = open_site(os.environ)
    now = time.time()
    found = look_status(site, now)
    if json:
        report.show("status", report.of_status(found, site.places.source, site.places.backup, now))
    else:
        screen.show(status_lines.of_status(found, site.places.source, site.places.backup, now, short=short))
    return found.exit_code


@task(help={"json": JSON})
def diff(context: Context, json: bool = False) -> int:
    """
    Shows the contents of what differs, from backup to source; lines that may hold secrets are withheld.

    Writes nothing. Exit code 0 whatever it finds.
    """
    site = open_site(os.environ)
    with look(site) as seen:
        changes = seen.difference.changes
        if json:
            report.show("diff", {**report.of_detection(changes, ()), "diff": list(differences(seen, changes))})
        else:
            text = list(differences(seen, changes)) or ["nothing differs"]
            screen.show(lines.coloured(text))
    return 0


@task(help={"folder": "where to make it (a new folder; default: a fresh one in the temporary folder)"})
def demo(context: Context, folder: str = "") -> int:
    """
    Makes a small config tree and a backup in a folder of its own, and takes them through the real pipeline.

    Touches nothing of yours. Shows a first backup, a second run with nothing to do, an edit, a blocked secret,
    and a file brought back.
    """
    from autosync_tasks.demo import run_demo

    return run_demo(folder)


CORE = (sync, auto_sync_if_needed, detect, validate, verify, status, diff, restore, recover, demo)


def collection() -> Collection:
    """All tasks, as `inv` and `autosync` offer them."""
    found = Collection()
    for item in (*CORE, *POLICY, *VALIDATION, *TRIGGERS):
        found.add_task(item)
    return found
