"""Tasks about the policy: why a path goes or waits, the settings, the history, on and off."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Mapping
from typing import Any

from autosync_tasks.cli.task import CHECK, JSON, Context, Scope, is_dry, task
from autosync_tasks.config.load import load
from autosync_tasks.errors import UsageError
from autosync_tasks.report import as_json as report
from autosync_tasks.report import policy as words
from autosync_tasks.report import screen
from autosync_tasks.status.history import filtered, totals
from autosync_tasks.status.why import why_path
from autosync_tasks.workspace.workspace import open_site


@task(
    profiles=Scope.ONE,
    help={"path": "a path in the source, relative to it or absolute", "json": JSON},
    positional=["path"],
)
def why(context: Context, path: str, json: bool = False) -> int:
    """Explains one path: its rule and where that was set, category, priority, owned or not, what it waits for.

    Writes nothing.
    """
    site = open_site(os.environ)
    answer = why_path(site, path, time.time())
    if json:
        report.show("why", words.why_as_json(answer))
    else:
        screen.show(words.of_why(answer, time.time()))
    return 0


@task(profiles=Scope.FILE, help={"check": CHECK})
def enable(context: Context, check: bool = False) -> int:
    """Lets automatic triggers sync again (a sync by hand always may)."""
    return _set({"auto_sync_enabled": True}, check=is_dry(context, check))


@task(profiles=Scope.FILE, help={"check": CHECK})
def disable(context: Context, check: bool = False) -> int:
    """Keeps automatic triggers from syncing until `enable`. `inv sync` still works; `status` says that it is off."""
    return _set({"auto_sync_enabled": False}, check=is_dry(context, check))


@task(profiles=Scope.FILE, name="show-config", help={"json": JSON})
def show_config(context: Context, json: bool = False) -> int:
    """Shows every setting, its value, and where that comes from: default, config file or environment."""
    loaded = load(os.environ)
    if json:
        report.show("config", words.config_as_json(loaded))
    else:
        screen.show(words.of_config(loaded))
    return 0


@task(
    profiles=Scope.FILE,
    name="set-config",
    words="setting",
    help={
        "setting": "KEY=VALUE, in small or capital letters (may be given several times, or as plain words)",
        "check": CHECK,
        "json": JSON,
    },
)
def set_config(context: Context, setting: Iterable[str], check: bool = False, json: bool = False) -> int:
    """Changes settings in the config file: all or none, comments and order kept. `inv set-config A=1 B=2`."""
    changes: dict[str, object] = {}
    for pair in setting:
        key, sign, value = pair.partition("=")
        if not sign or not key.strip():
            raise UsageError(f"{pair!r} is not of the form KEY=VALUE", hint="write it like MAX_SYNC_FREQUENCY=600")
        changes[key.strip()] = value
    if not changes:
        raise UsageError("no setting is named", hint="write it like `set-config MAX_SYNC_FREQUENCY=600`")
    return _set(changes, check=is_dry(context, check), as_json=json)


def _set(changes: Mapping[str, object], *, check: bool, as_json: bool = False) -> int:
    from autosync_tasks.config.file import preview, set_values

    loaded = load(os.environ)
    changed = preview(loaded.path, changes, os.environ) if check else set_values(loaded.path, changes, os.environ)
    overridden = {key.lower(): loaded.origins[key.lower()] for key in changes}
    code = 5 if check and changed else 0
    if as_json:
        outcome, names = ("changed", ", ".join(name for name, _, _ in changed)) if changed else ("ok", "as they were")
        report.show("task", {"task": "set-config", "outcome": outcome, "reason": names, "exit_code": code})
    else:
        screen.show(words.of_settings_changed(loaded.path, changed, overridden, check=check))
    return code


@task(
    help={
        "trigger": "only runs of this trigger: manual, workflow, watch or schedule",
        "since": "only runs since then: 2026-03-01, 2026-03-01T12:00, or an age like 90m, 12h, 7d",
        "failed": "only runs that failed, were blocked or were incomplete",
        "stats": "totals instead of the runs",
        "json": JSON,
    }
)
def history(
    context: Context, trigger: str = "", since: str = "", failed: bool = False, stats: bool = False, json: bool = False
) -> int:
    """Lists the runs that did something or ended in a new way, newest last."""
    site = open_site(os.environ)
    records: list[dict[str, Any]] = filtered(site.state.history(), trigger, since, failed, time.time())
    if stats:
        counted = totals(records)
        if json:
            report.show("totals", counted)
        else:
            screen.show(words.of_totals(counted, time.time()))
    elif json:
        report.show("history", {"runs": records})
    else:
        screen.show(words.of_history(records))
    return 0
