"""Shows a run, in words or as JSON, or not at all."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable

from autosync_tasks.model import Outcome, Run, Trigger
from autosync_tasks.report import lines, screen
from autosync_tasks.workspace.workspace import Site

_NO_NEWS = frozenset({Outcome.OK, Outcome.CHANGED, Outcome.SKIPPED, Outcome.DEFERRED})
"""Outcomes that an unattended run says nothing about: cron would send each word by mail."""


def show_run(
    site: Site, run: Run, *, as_json: bool, verbose: bool = False, contents: Callable[[], Iterable[str]] | None = None
) -> int:
    """Shows a run and returns its exit code. An unattended one that needs nobody says nothing in words.

    contents: makes the lines of a diff, shown before the run; asked for only where words are shown.
    """
    if as_json:
        from autosync_tasks.report import as_json as report

        report.show("run", report.of_run(run, site.places.source, site.places.backup))
    elif run.trigger is Trigger.MANUAL or run.outcome not in _NO_NEWS:
        if contents is not None:
            screen.show(lines.coloured(contents()))
        told = lines.of_run(run, site.places.source, site.places.backup, verbose=verbose)
        if run.outcome in _NO_NEWS:
            screen.show(told)
            return run.exit_code
        from autosync_tasks.report import log

        urgency = log.URGENCY[run.outcome]
        screen.show(told, urgency=urgency)
        if run.trigger is Trigger.SCHEDULE:
            log.to_syslog(f"{run.outcome}: {run.reason}", urgency, sys.stdout)
    return run.exit_code
