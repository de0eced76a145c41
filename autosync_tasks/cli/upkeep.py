"""Tasks about the program itself: whether anybody would be told, and taking it off this machine again."""

from __future__ import annotations

import os

from autosync_tasks.cli.task import CHECK, JSON, Context, Scope, is_dry, task
from autosync_tasks.config.load import load
from autosync_tasks.humanize import count
from autosync_tasks.model import Outcome
from autosync_tasks.names import display
from autosync_tasks.report.task_result import show
from autosync_tasks.status.notify import each
from autosync_tasks.triggers.result import TaskResult


@task(profiles=Scope.FILE, help={"test": "tell a test message to each of them now", "json": JSON})
def notify(context: Context, test: bool = False, json: bool = False) -> int:
    """Names the commands that are told when a person must act, and the heartbeat. Exit code 1 if a test fails.

    A test sends no heartbeat: that would tell the other side that all is well.
    """
    settings = load(os.environ).settings
    told, failed = [], 0
    for command in each(settings):
        fault = command.run("autosync: a test: this is how you are told") if test else ""
        failed += bool(fault)
        mark = "fail " if fault else "ok   "
        name = display(command.words.split()[0], limit=200)  # what follows it may hold a token
        told.append(f"{mark}{command.setting}: {name}" + (f": {fault}" if fault else ""))
    if settings.heartbeat_url:
        told.append("ok   heartbeat_url: goes after each run that finds all well, once a minute at most")
    if not told:
        hint = "`inv set-config NOTIFY='[\"notify-send autosync\"]'` names one"
        return show(TaskResult("notify", Outcome.OK, "nobody is told: no command is set", next_step=hint), as_json=json)
    number = count(len(told) - bool(settings.heartbeat_url), "command")
    if failed:
        step = "run it by hand with a word behind it, and see what it says"
        reason = f"{failed} of {number} could not be told"
        result = TaskResult("notify", Outcome.FAILED, reason, tuple(told), next_step=step)
    else:
        result = TaskResult("notify", Outcome.OK, f"{number} told" if test else f"{number} set", tuple(told))
    return show(result, as_json=json)


@task(profiles=Scope.NONE, help={"check": CHECK, "json": JSON})
def uninstall(context: Context, check: bool = False, json: bool = False) -> int:
    """Takes off this machine what the program put there: triggers, hooks, completion, state. Says what it leaves.

    The backup, the settings and your config tree stay. What is lost: the history of runs.
    """
    from autosync_tasks.cli.removal import remove_all
    from autosync_tasks.workspace.workspace import check_owner

    loaded = load(os.environ)
    check_owner(loaded)
    return show(remove_all(loaded, os.environ, check=is_dry(context, check)), as_json=json)
