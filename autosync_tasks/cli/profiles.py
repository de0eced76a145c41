"""The task `profiles`: which agents are on this machine, which are backed up, and the switch."""

from __future__ import annotations

import os
from collections.abc import Mapping

from autosync_tasks.backup.repository import Repository
from autosync_tasks.cli.task import CHECK, JSON, Context, Scope, is_dry, task
from autosync_tasks.config.file import switch
from autosync_tasks.config.load import VARIABLE, load, switched_on
from autosync_tasks.config.places import found
from autosync_tasks.errors import BackupError, ConfigError, UsageError
from autosync_tasks.names import display
from autosync_tasks.profiles import USUAL, Source, hidden, names
from autosync_tasks.remote.shared import offered
from autosync_tasks.report import as_json as report
from autosync_tasks.report import lines, screen
from autosync_tasks.report.agents import of_profiles


@task(
    profiles=Scope.NONE,
    help={
        "on": "back up this agent too: its own branch, state and history",
        "off": "do not back up this agent any more; its backup and its settings stay",
        "check": CHECK,
        "json": JSON,
    },
)
def profiles(context: Context, on: str = "", off: str = "", check: bool = False, json: bool = False) -> int:
    """Lists the agents on this machine, says which are backed up, and switches one on or off.

    Without --on and --off it writes nothing. docs/agents.md says how a profile of another agent is written.
    """
    environ = {name: value for name, value in os.environ.items() if name != VARIABLE}
    loaded = load(environ)
    dry, told = is_dry(context, check), []
    if on and on == off:
        raise UsageError("--on and --off name the same agent", hint="give only one of them")
    if off and not {*switched_on(environ), *([on] if on else [])} - {off}:
        Source(off, loaded.config_home).read()
        raise UsageError(
            f"{display(off)} is the only agent that is switched on",
            hint=f"`autosync disable` stops its syncs; `autosync profiles --on=NAME --off={off}` takes another",
        )
    changed = False
    for name, state in ((on, True), (off, False)):
        if name:
            Source(name, loaded.config_home).read()
            told_of = switch(loaded.path, name, state, environ, check=dry)
            changed |= told_of
            told.append(f"{display(name)} is {'' if told_of else 'already '}switched {'on' if state else 'off'}")
    if on:
        told += _remote_of({**environ, VARIABLE: on})
    alone = on and on != USUAL and not loaded.settings.opencode_source and not found(Source(), environ, loaded.home)
    if alone and USUAL in switched_on(environ) and switch(loaded.path, USUAL, False, environ, check=dry):
        told.append(f"{USUAL} is switched off: it is not on this machine")
    rows = [_row(name, loaded.config_home, loaded.home, switched_on(environ)) for name in names(loaded.config_home)]
    code = 5 if dry and changed else 0
    if json:
        keys = ("profile", "title", "state", "folder")
        report.show("agents", {"agents": [dict(zip(keys, row, strict=True)) for row in rows], "exit_code": code})
        return code
    if told:
        screen.show(lines.plain([*(("would be: " if dry else "") + one for one in told)]))
    ways = [(*row[:3], _WAYS.get(row[2], "{0[3]}").format(row)) for row in rows]
    screen.show(of_profiles(ways))
    for name, path in hidden(loaded.config_home):
        screen.show(lines.plain([f"{display(path)} is not read: {name} is built in"]))
    return code


def _remote_of(environ: Mapping[str, str]) -> list[str]:
    """What becomes of the remote: the backup of the agent that was switched on takes over that of another's."""
    other, address = offered(environ)
    settings = load(environ).settings
    if not other or not settings.auto_sync_push:
        return []
    never = f"`autosync set-config --profile={settings.profile.name} AUTO_SYNC_PUSH=false` keeps it here"
    place = f"{display(address)}, branch {display(settings.backup_branch)}"
    return [f"unless it has a remote, its backup goes to that of {other} too: {place}; {never}"]


_WAYS = {"not backed up": "autosync profiles --on={0[0]}", "switched on, no sync yet": "autosync sync"}
"""State to the command that changes it; else the folder is told."""


def _row(name: str, config_home: str, home: str, on: tuple[str, ...]) -> tuple[str, str, str, str]:
    """Name, title, state, and the folder of its tree."""
    source = Source(name, config_home)
    try:
        title = source.read().title
        loaded = load({**os.environ, VARIABLE: name})
        folder = loaded.settings.opencode_source or found(source, os.environ, home)
        held = Repository(loaded.backup, loaded.settings.backup_branch)
        there = bool(held.exists and held.ref())
    except (ConfigError, BackupError) as error:
        return name, "", "wrong", error.details[0] if error.details else error.message
    if name in on:
        state = "switched on, not here" if not folder else "backed up" if there else "switched on, no sync yet"
    else:
        state = "not backed up" if folder else "not here"
    return name, title, state, display(folder)
