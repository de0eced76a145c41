"""The tasks `sync` and `auto-sync-if-needed`, and the collection of all. Nothing is decided here."""

from __future__ import annotations

import importlib
import os
import time
from collections.abc import Iterable, Sequence
from dataclasses import replace

from invoke import Collection, Context

from autosync_tasks.cli.deadline import deadline
from autosync_tasks.cli.task import CHECK, DIFF, JSON, is_dry, task
from autosync_tasks.cli.waiting import wait_and_sync, waiting
from autosync_tasks.errors import AutosyncError, LockedError, UsageError
from autosync_tasks.model import Outcome, Run, Trigger
from autosync_tasks.names import display
from autosync_tasks.plan.compare import look
from autosync_tasks.policy.inputs import Ask
from autosync_tasks.report import lines, screen
from autosync_tasks.report.runs import show_run
from autosync_tasks.status import notify
from autosync_tasks.sync import pipeline
from autosync_tasks.workspace.request import new_request
from autosync_tasks.workspace.workspace import open_site


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
    include = tuple(include)
    _refuse_bad(include)
    ask = Ask(
        force=force,
        include_low=include_low,
        context_only=context_only,
        tools_only=tools_only,
        include=include,
        adopt=adopt,
        allow_mass_delete=allow_mass_delete,
    )
    site = open_site(os.environ)
    check = is_dry(context, check)

    def once() -> Run:
        request = new_request(Trigger(trigger), check=check, ask=ask, push=push, hint=hint)
        progress = screen.Progress()
        try:
            longest = 0 if request.trigger is Trigger.MANUAL else site.settings.run_deadline
            with waiting(site, request, leaves=not wait) as answer, deadline(longest):
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
        from autosync_tasks.plan.diff import differences

        with look(site, include_low=include_low) as seen:
            wanted = {path for change in run.changes for path in change.paths}
            changes = [change for change in seen.difference.changes if change.path in wanted]
            screen.show(lines.coloured(differences(seen, changes)))
    return show_run(site, run, as_json=json, quiet=quiet)


def _refuse_bad(patterns: Sequence[str]) -> None:
    """Raises UsageError, for all of them at once, if a pattern of --include cannot be used."""
    if not patterns:
        return
    from autosync_tasks.policy.patterns import check_pattern

    wrong = [f"--include={display(pattern)} {problem}" for pattern in patterns if (problem := check_pattern(pattern))]
    if wrong:
        raise UsageError(wrong[0], details=wrong[1:], hint="a pattern is written as in a .gitignore, one to a flag")


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
    context: Context, changes: str = "", type: str = "", check: bool = False, json: bool = False
) -> int:
    """
    The workflow's entry: one sync as the agent's workflow asks for it. The scan decides; what is said is only logged.
    """
    if changes and not (changes.isascii() and changes.isdigit()):
        raise UsageError(f"--changes={display(changes)} is no number", hint="leave it out: the scan counts for itself")
    hint = f"{changes or 'some'} changes of type {type or 'unknown'}" if changes or type else ""
    found = sync.body.__wrapped__(context, (), trigger="workflow", check=check, json=json, hint=hint)
    return int(found)


SYNCS = (sync, auto_sync_if_needed)

ROOMS = {
    "sync": ("SYNCS", ("sync", "auto-sync-if-needed")),
    "look": ("LOOKS", ("detect", "validate", "verify", "status", "diff", "demo")),
    "policy": ("POLICY", ("why", "enable", "disable", "show-config", "set-config", "history")),
    "restore": ("RESTORES", ("restore", "recover")),
    "accept": ("VALIDATION", ("accept",)),
    "triggers": (
        "TRIGGERS",
        (
            *("install-cron", "uninstall-cron", "install-timer", "uninstall-timer"),
            *("install-hook", "uninstall-hook", "watch", "doctor"),
        ),
    ),
}
"""Module: the name of its tuple of tasks, and what they are called (a test compares)."""


def collection(words: Sequence[str] = ()) -> Collection:
    """The tasks, as `inv` and `autosync` offer them.

    words: the command line. If every plain word in it is a task's name, only the modules of these tasks are loaded
    (a sync with nothing to do would else spend half of its time on what it never needs); else all.
    """
    known = {name: room for room, (_, names) in ROOMS.items() for name in names}
    plain = [word for word in words if not word.startswith("-")]
    flags = {word.partition("=")[0] for word in words if word.startswith("-")}
    all_known = plain and all(word in known for word in plain) and not flags & {"--list", "-l", "--help", "-h"}
    rooms = {known[word] for word in plain} if all_known else set(ROOMS)
    found = Collection()
    for room, (name, _) in ROOMS.items():
        if room in rooms:
            for item in getattr(importlib.import_module(f"autosync_tasks.cli.{room}"), name):
                found.add_task(item)
    return found
