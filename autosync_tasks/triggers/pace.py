"""The watcher's settings while it runs: read anew whenever the config file has changed."""

from __future__ import annotations

import os
from collections.abc import Mapping

from autosync_tasks.config.load import Loaded, load, switched_on
from autosync_tasks.config.settings import Settings
from autosync_tasks.errors import AutosyncError, ConfigError
from autosync_tasks.names import display
from autosync_tasks.triggers.quiet import Pace


class PaceOfSettings:
    """Gives the pace as the settings are now; costs one look at the file's time."""

    def __init__(self, loaded: Loaded, source: str, environ: Mapping[str, str]) -> None:
        """loaded: the settings at the start. source: the real path of the tree that is watched."""
        self._path, self._source, self._environ = loaded.path, source, environ
        self._stamp = _look(self._path)
        self._pace = _pace(loaded.settings)

    def __call__(self) -> Pace:
        """The pace. Raises AutosyncError if another tree is meant now: this one's watcher is of no use then."""
        stamp = _look(self._path)
        if stamp != self._stamp:
            self._stamp = stamp
            try:
                settings = load(self._environ).settings
            except ConfigError:
                return self._pace  # half written, or wrong: the next sync says so
            meant = settings.opencode_source
            if meant and os.path.realpath(meant) != self._source:
                raise AutosyncError(
                    f"opencode_source is {display(meant)} now, and another tree is watched",
                    hint="start the watcher again",
                )
            self._pace = _pace(settings)
        return self._pace


class Meant:
    """Gives the profiles that are switched on; costs one look at the config file's time."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._path, self._environ = load(environ).path, environ
        self._stamp, self._on = _look(self._path), switched_on(environ)

    def __call__(self) -> tuple[str, ...]:
        """Their names."""
        if (stamp := _look(self._path)) != self._stamp:
            self._stamp, self._on = stamp, switched_on(self._environ)
        return self._on


def _look(path: str) -> tuple[int, int, int] | None:
    try:
        facts = os.stat(path)
    except OSError:
        return None
    return facts.st_mtime_ns, facts.st_size, facts.st_ino


def _pace(settings: Settings) -> Pace:
    return Pace(float(settings.watch_quiet), float(settings.watch_max_wait), float(settings.max_sync_frequency))
