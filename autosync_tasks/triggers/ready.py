"""Whether the settings are recorded, so that an unattended run means the same trees as the person who installs."""

from __future__ import annotations

import shlex
from collections.abc import Mapping

from autosync_tasks.config.load import Loaded, load
from autosync_tasks.errors import UsageError

PLACES = ("opencode_source", "opencode_backup")


def need_recorded(environ: Mapping[str, str]) -> Loaded:
    """The settings. Raises UsageError, with the line to type, while source or backup come from variables alone.

    A variable that says what the config file says too is no obstacle.
    """
    loaded = load(environ)
    bare = {name: value for name, value in environ.items() if name.lower() not in PLACES}
    recorded = load(bare)
    missing = [
        name
        for name in PLACES
        if loaded.origins[name].startswith("environment")
        and getattr(recorded.settings, name) != getattr(loaded.settings, name)
    ]
    if missing:
        words = [f"{name.upper()}={shlex.quote(getattr(loaded.settings, name))}" for name in missing]
        raise UsageError(
            f"{' and '.join(name.upper() for name in missing)} come from the environment of this shell alone; "
            "an unattended run would not see them",
            hint="record them first, then run this again",
            details=[f"autosync set-config {word}" for word in words],
        )
    return loaded
