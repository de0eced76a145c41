"""What this machine says of itself in a commit, for the day on which another one must take its place."""

from __future__ import annotations

import os

from autosync_tasks import __version__
from autosync_tasks.backup.said import MOST, Said
from autosync_tasks.model import Left, Trigger
from autosync_tasks.names import display, suspicious
from autosync_tasks.plan.compare import Look
from autosync_tasks.triggers.traces import places
from autosync_tasks.workspace.workspace import Site

_MADE_ANEW = frozenset({b"node_modules", b".git"})
"""Names of what any machine makes for itself; so are OpenCode's databases."""


def said_here(site: Site, seen: Look) -> Said:
    """Triggers, and names of files that are in no backup (of names that may be secrets, none)."""
    left = (item.path for item in seen.left_out if item.why is Left.PROTECTED)
    names = [path for path in sorted(left) if not _passes(path)]
    triggers: tuple[str, ...] = ()
    scheduled = site.state.seen(Trigger.SCHEDULE) is not None
    if scheduled or site.settings.profile.unusual or any(map(os.path.lexists, places(site.environ))):
        from autosync_tasks.triggers.installed import in_short

        triggers = in_short(site.environ, scheduled=scheduled)
    absent = tuple(map(display, names[:MOST]))
    return Said(os.uname().nodename, triggers, absent, __version__, site.settings.profile.unusual)


def _passes(path: bytes) -> bool:
    name = path.rstrip(b"/").rpartition(b"/")[2]
    return name in _MADE_ANEW or name.startswith(b"opencode.db") or bool(suspicious(path))
