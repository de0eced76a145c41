"""Where what starts a sync unattended leaves its files: a commit need not load what reads them where none is."""

from __future__ import annotations

import os
from collections.abc import Mapping

from autosync_tasks.config.load import xdg_folder
from autosync_tasks.triggers.units import TIMER, WATCH


def places(environ: Mapping[str, str]) -> tuple[str, ...]:
    """OpenCode's plugin and the units (a test compares them with `hook` and `systemd`)."""
    home = xdg_folder("config", environ)
    units = (os.path.join(home, "systemd/user", name) for name in (TIMER, WATCH))
    return (os.path.join(home, "opencode/plugins/autosync.js"), *units)
