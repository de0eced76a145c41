"""Where the source and the backup are, so that `inv sync` needs no settings at all."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass

from autosync_tasks.errors import SourceError, UsageError
from autosync_tasks.names import display


@dataclass(frozen=True, slots=True)
class Places:
    """Absolute folders as they were named, and their real paths (links resolved)."""

    source: str
    backup: str
    real_source: str
    real_backup: str


def locate(source: str, backup: str, environ: Mapping[str, str], home: str, data_home: str) -> Places:
    """Finds the two places.

    source, backup: the settings ("" if not set). home: the user's home folder. data_home: this program's XDG
    data folder. Order for the source: the setting (OPENCODE_SOURCE), OPENCODE_CONFIG_DIR, whichever of
    `~/.opencode` and OpenCode's XDG config folder has content. Raises SourceError or UsageError.
    """
    found = _absolute(source or environ.get("OPENCODE_CONFIG_DIR", ""), home, "opencode_source") or _search(
        environ, home
    )
    target = _absolute(backup, home, "opencode_backup") or os.path.join(data_home, "backup")
    places = Places(found, target, os.path.realpath(found), os.path.realpath(target))
    _keep_apart(places)
    return places


def _absolute(path: str, home: str, setting: str) -> str:
    if not path:
        return ""
    if path == "~" or path.startswith("~/"):
        path = home + path[1:]
    if not os.path.isabs(path):
        raise UsageError(
            f"{setting} = {display(path)!r} is a relative path; cron and a shell would read it differently",
            hint="write the whole path, from / or ~ on",
        )
    return os.path.normpath(path)


def _search(environ: Mapping[str, str], home: str) -> str:
    config_home = environ.get("XDG_CONFIG_HOME", "")
    if not os.path.isabs(config_home):
        config_home = os.path.join(home, ".config")
    candidates = [os.path.join(home, ".opencode"), os.path.join(config_home, "opencode")]
    found = [path for path in candidates if _has_content(path)]
    if len(found) == 1:
        return found[0]
    if found:
        raise UsageError(
            f"both {display(found[0])} and {display(found[1])} have content: which one is your config tree?",
            hint=f"say it once: inv set-config OPENCODE_SOURCE={display(found[1])}",
        )
    raise SourceError(
        f"no config tree found: neither {display(candidates[0])} nor {display(candidates[1])} has content",
        hint="set OPENCODE_SOURCE to your OpenCode config folder, or see it work with `inv demo`",
    )


def _has_content(path: str) -> bool:
    try:
        with os.scandir(path) as entries:
            return any(True for _ in entries)
    except OSError:
        return False


def is_within(path: str, folder: str) -> bool:
    """Whether a real path is the folder or lies in it."""
    return (path + "/").startswith(folder.rstrip("/") + "/")


def _keep_apart(places: Places) -> None:
    source, backup = places.real_source, places.real_backup
    if source == backup:
        problem = "are the same folder"
    elif is_within(source, backup):
        problem = "cannot be used: the source lies inside the backup"
    elif is_within(backup, source):
        problem = "cannot be used: the backup lies inside the source"
    else:
        return
    raise UsageError(
        f"source {display(places.source)} and backup {display(places.backup)} {problem}",
        hint="set opencode_source and opencode_backup to two folders apart from each other",
    )
