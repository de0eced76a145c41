"""Shows a run, in words or as JSON."""

from __future__ import annotations

from autosync_tasks.model import Run
from autosync_tasks.report import lines, screen
from autosync_tasks.workspace.workspace import Site


def show_run(site: Site, run: Run, *, as_json: bool, quiet: bool = False) -> int:
    """Shows a run and returns its exit code. quiet: say nothing in words (JSON always comes)."""
    if as_json:
        from autosync_tasks.report import as_json as report

        report.show("run", report.of_run(run, site.places.source, site.places.backup))
    elif not quiet:
        screen.show(lines.of_run(run, site.places.source, site.places.backup))
    return run.exit_code
