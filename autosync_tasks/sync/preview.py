"""The contents of what a sync in check mode would commit."""

from __future__ import annotations

from autosync_tasks.model import Run
from autosync_tasks.plan.compare import look
from autosync_tasks.policy.inputs import Ask
from autosync_tasks.workspace.workspace import Site


def contents_of(site: Site, run: Run, ask: Ask) -> list[str]:
    """Lines of a unified diff of the run's changes; none for a run that was not in check mode.

    Looks at the source once more: what changed since the run looked is shown as it is now.
    """
    if not run.check:
        return []
    from autosync_tasks.plan.diff import differences

    with look(site, include_low=ask.include_low) as seen:
        wanted = {path for change in run.changes for path in change.paths}
        return list(differences(seen, [change for change in seen.difference.changes if change.path in wanted]))
