"""The tasks `sync` and `auto-sync-if-needed`: from a command line to a request, from a run to its exit code."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from functools import partial

from autosync_tasks.cli.task import CHECK, DIFF, JSON, VERBOSE, Context, is_dry, task
from autosync_tasks.cli.waiting import sync_when_it_may
from autosync_tasks.errors import UsageError
from autosync_tasks.model import Trigger
from autosync_tasks.names import display
from autosync_tasks.policy.inputs import Ask
from autosync_tasks.report.runs import show_run
from autosync_tasks.status.notify import announced
from autosync_tasks.workspace.request import Request, new_request
from autosync_tasks.workspace.workspace import open_site


@task(
    help={
        "trigger": "who asks: manual, workflow, watch or schedule",
        "check": CHECK,
        "diff": DIFF,
        "json": JSON,
        "verbose": VERBOSE,
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
        "allow-mass-delete": "go on with exactly the deletions that a block named, by its digest",
    },
    iterable=["include"],
)
def sync(
    context: Context | None,
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
    hint: str = "",
    verbose: bool = False,
) -> int:
    """Brings the backup up to date: observe, detect, decide, plan, validate, commit, verify, record.

    With nothing to do it says so and writes nothing. Exit codes: 0 done, nothing to do, or held back by policy; 1
    failed or incomplete; 3 blocked by validation or a guard; 4 a conflict needs a person; 5 with --check: changes are
    pending; 75 another run holds the lock.
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

    def request() -> Request:
        return new_request(Trigger(trigger), check=check, ask=ask, push=push, hint=hint)

    run = announced(site, lambda: sync_when_it_may(site, request), check=check)
    contents = None
    if diff:
        from autosync_tasks.plan.diff import contents_of

        contents = partial(contents_of, site, run, ask)
    return show_run(site, run, as_json=json, verbose=verbose, contents=contents)


def _refuse_bad(patterns: Sequence[str]) -> None:
    """Raises UsageError, for all of them at once, if a pattern of --include cannot be used."""
    if not patterns:
        return
    from autosync_tasks.policy.patterns import check_pattern

    wrong = [f"--include={display(pattern)} {problem}" for pattern in patterns if (problem := check_pattern(pattern))]
    if wrong:
        raise UsageError(wrong[0], details=wrong[1:], hint="a pattern is written as in a .gitignore, one to a flag")


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
    context: Context | None, changes: str = "", type: str = "", check: bool = False, json: bool = False
) -> int:
    """
    The workflow's entry: one sync as the agent's workflow asks for it. The scan decides; what is said is only logged.
    """
    if changes and not (changes.isascii() and changes.isdigit()):
        raise UsageError(f"--changes={display(changes)} is no number", hint="leave it out: the scan counts for itself")
    hint = f"{changes or 'some'} changes of type {type or 'unknown'}" if changes or type else ""
    return int(sync.body(context, (), trigger="workflow", check=check, json=json, hint=hint))
