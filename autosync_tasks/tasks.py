"""Every task: parse, call, report, exit code. Nothing is decided here."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from invoke import Collection, Context, task

from autosync_tasks import pipeline
from autosync_tasks.boundary import bounded
from autosync_tasks.errors import UsageError
from autosync_tasks.model import Outcome, Run, Trigger
from autosync_tasks.report import lines, screen
from autosync_tasks.site import Site, open_site
from autosync_tasks.steps.decide import Ask

_CHECK = "take every decision and run every guard, write nothing, say what would happen"
_JSON = "print one JSON document (version 1) instead of words"
_DIFF = "show the contents of the changes; lines with secrets are withheld"


def _task(**options: Any) -> Callable[[Callable[..., int]], Any]:
    """Invoke's `task` inside the error boundary, with long flags only (short ones would change with each flag)."""

    def wrap(body: Callable[..., int]) -> Any:
        return task(auto_shortflags=False, **options)(bounded(body))

    return wrap


def _dry(context: Context, check: bool) -> bool:
    return check or bool(context.config.run.dry)


def _show_run(site: Site, run: Run, *, as_json: bool, quiet: bool = False) -> int:
    if as_json:
        from autosync_tasks.report import as_json as report

        report.show("run", report.of_run(run, site.places.source, site.places.backup))
    elif not quiet:
        screen.show(lines.of_run(run, site.places.source, site.places.backup))
    return run.exit_code


@_task(
    help={
        "trigger": "who asks: manual, workflow, watch or schedule",
        "check": _CHECK,
        "diff": _DIFF,
        "json": _JSON,
        "force": "override enabled, thresholds, limit and backoff, and write every owned path anew; "
        "never overrides validation or a guard",
        "include-low": "copy what is of low priority too (logs, temporary files, caches)",
        "context-only": "only context and documentation",
        "tools-only": "only bin, tool, plugin and command",
        "include": "only what this pattern matches (may be given several times)",
        "adopt": "take over a branch that has another source's id, or files where the source has different ones; "
        "the old versions stay in the history",
        "allow-mass-delete": "go on with exactly the deletions that a block named, by its digest",
    },
    iterable=["include"],
)
def sync(
    context: Context,
    trigger: str = "manual",
    check: bool = False,
    diff: bool = False,
    json: bool = False,
    force: bool = False,
    include_low: bool = False,
    context_only: bool = False,
    tools_only: bool = False,
    include: Iterable[str] = (),
    adopt: bool = False,
    allow_mass_delete: str = "",
) -> int:
    """
    Brings the backup up to date: observe, detect, decide, plan, validate, commit, verify, record.

    With nothing to do it says so and writes nothing. Exit codes: 0 done, nothing to do, or held back by policy;
    1 failed or incomplete; 3 blocked by validation or a guard; 4 a conflict needs a person; 5 with --check:
    changes are pending; 75 another run holds the lock.
    """
    if trigger not in list(Trigger):
        raise UsageError(f"--trigger={trigger} is none of {', '.join(Trigger)}")
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
    progress = screen.Progress()
    request = pipeline.new_request(Trigger(trigger), check=_dry(context, check), ask=ask)
    run = pipeline.sync(site, request, progress)
    progress.clear()
    quiet = request.trigger is not Trigger.MANUAL and run.outcome in _FINE
    return _show_run(site, run, as_json=json, quiet=quiet)


_FINE = frozenset({Outcome.OK, Outcome.CHANGED, Outcome.SKIPPED, Outcome.DEFERRED})
"""Outcomes that an unattended run says nothing about."""


def collection() -> Collection:
    """All tasks, as `inv` and `autosync` offer them."""
    found = Collection()
    for item in (sync,):
        found.add_task(item)
    return found


__all__ = ["Mapping", "collection"]
