"""Where the source and the backup are, so that `inv sync` needs no settings at all."""

from __future__ import annotations

import os
from collections.abc import Mapping

from autosync_tasks.errors import SourceError, UsageError
from autosync_tasks.files import names_in
from autosync_tasks.names import display
from autosync_tasks.records import dataclass


@dataclass(frozen=True, slots=True)
class Places:
    """Absolute folders as they were named, and their real paths (links resolved)."""

    source: str
    backup: str
    real_source: str
    real_backup: str


def locate(
    source: str, backup: str, environ: Mapping[str, str], home: str, data_home: str, *, new_machine: bool = False
) -> Places:
    """Finds the two places.

    source, backup: the settings ("" if not set). home: the user's home folder. data_home: this program's XDG
    data folder. Order for the source: the setting (OPENCODE_SOURCE), OPENCODE_CONFIG_DIR, whichever of
    `~/.opencode` and OpenCode's XDG config folder has content. new_machine: where none has, it is the latter, as
    OpenCode itself would make it (a restore brings it back). Raises SourceError or UsageError.
    """
    named = _absolute(source, home, "opencode_source") or _opencodes_own(environ, home)
    target = _absolute(backup, home, "opencode_backup") or os.path.join(data_home, "backup")
    source_folder = named or _search(environ, home, target, new_machine=new_machine)
    places = Places(source_folder, target, os.path.realpath(source_folder), os.path.realpath(target))
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


def _opencodes_own(environ: Mapping[str, str], home: str) -> str:
    """The folder that OpenCode itself is told to use ("" if it is told none)."""
    named = environ.get("OPENCODE_CONFIG_DIR")
    if named == "":
        raise UsageError(
            "environment variable OPENCODE_CONFIG_DIR is empty, and no opencode_source is recorded",
            hint="unset it, or let it name the config tree",
        )
    return _absolute(named or "", home, "OPENCODE_CONFIG_DIR")


def _search(environ: Mapping[str, str], home: str, backup: str, *, new_machine: bool) -> str:
    candidates = _candidates(environ, home)
    trees = [path for path in candidates if set(names_in(path)) - _NO_CONTENT and not _program_alone(path)]
    if len(trees) == 1:
        return trees[0]
    if trees:
        raise UsageError(
            f"both {display(trees[0])} and {display(trees[1])} have content: which one is your config tree?",
            hint=f"say it once: inv set-config OPENCODE_SOURCE={display(trees[1])}",
        )
    if new_machine:
        return candidates[1]
    only = next((f"; {display(path)} {_PROGRAM}" for path in candidates if _program_alone(path)), "")
    raise SourceError(
        f"no config tree found: neither {display(candidates[0])} nor {display(candidates[1])} has content{only}",
        hint=f"{_way_back(backup)}; or set OPENCODE_SOURCE to your OpenCode config folder, or see it work with "
        "`inv demo`",
    )


def _way_back(backup: str) -> str:
    """What brings a tree that is gone: the backup that is here, or one that is elsewhere."""
    if names_in(backup):
        return f"was it lost? `inv restore` brings it back from {display(backup)}"
    return "was it lost with its machine? `inv bootstrap ADDRESS` brings it back from a remote"


def _candidates(environ: Mapping[str, str], home: str) -> list[str]:
    """Where OpenCode's config tree can lie without a setting."""
    config_home = environ.get("XDG_CONFIG_HOME", "")
    if not os.path.isabs(config_home):
        config_home = os.path.join(home, ".config")
    return [os.path.join(home, ".opencode"), os.path.join(config_home, "opencode")]


def wrong_tree(source: str, environ: Mapping[str, str], home: str) -> tuple[str, str]:
    """Why a source cannot be the config tree, and what to do; ("", "") if it can.

    It is none if OpenCode's installer alone put something there, nor, of the two places, the one that holds nothing
    of OpenCode's while the other one does.
    """
    others = [path for path in _candidates(environ, home) if os.path.realpath(path) != os.path.realpath(source)]
    tree = next((path for path in others if _OPENCODE_READS & set(names_in(path))), "")
    way = f"`inv set-config OPENCODE_SOURCE={display(tree)}` names the other place" if tree else ""
    if _program_alone(source):
        return f"{display(source)} {_PROGRAM}", way or "name the config tree: `inv set-config OPENCODE_SOURCE=FOLDER`"
    if tree and len(others) == 1 and (names := names_in(source)) and _OPENCODE_READS.isdisjoint(names):
        return f"{display(source)} holds nothing that OpenCode reads, and {display(tree)} is in no backup", way
    return "", ""


_PROGRAM = "holds only OpenCode's own program"
_NO_CONTENT = frozenset({".DS_Store"})
_OPENCODE_READS = frozenset(
    name
    for names in (
        ("opencode.json", "opencode.jsonc", "config.json", "tui.json", "tui.jsonc", "cli.json", "AGENTS.md", "context"),
        ("agent", "agents", "command", "commands", "mode", "modes", "plugin", "plugins", "skill", "skills"),
        ("tool", "tools", "theme", "themes"),
    )
    for name in names
)
"""Names in a config tree that OpenCode reads, and `context`, which its users keep there."""


def _program_alone(folder: str) -> bool:
    """Whether OpenCode's install script alone put something there: `bin/opencode`."""
    if set(names_in(folder)) - _NO_CONTENT != {"bin"}:
        return False
    programs = names_in(os.path.join(folder, "bin"))
    return bool(programs) and all(name.startswith("opencode") for name in programs)


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
