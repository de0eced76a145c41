"""Notify: runs the user's `notify_command` for what `steps.notices` says, once."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import TYPE_CHECKING

from autosync_tasks.errors import AutosyncError
from autosync_tasks.model import Outcome, Run
from autosync_tasks.names import display
from autosync_tasks.records import asdict
from autosync_tasks.state.shapes import json_object
from autosync_tasks.workspace.workspace import Site

if TYPE_CHECKING:
    from autosync_tasks.status.notices import Told

_SECONDS = 20.0
"""Longest time for the command."""


def tell(site: Site, outcome: Outcome, reason: str, now: float) -> str:
    """Tells what has changed since the last time; returns "" or why the command could not be run.

    The message is the command's last argument. It is made of the program's own words and safe names: no contents of
    a file, so no secret. Does nothing without a `notify_command`.
    """
    command = site.settings.notify_command
    if not command:
        return ""
    from autosync_tasks.plan.past import failures_in_a_row  # few have a notify_command
    from autosync_tasks.status.notices import Now, notices
    from autosync_tasks.status.status import status

    told = _told(site)
    told_status = status(site, now)
    standing = Now(
        told_status.verdict.level, told_status.verdict.why, outcome, reason, failures_in_a_row(site.state.history())
    )
    messages, then = notices(told, standing)
    if then != told:
        with suppress(AutosyncError):  # told once more is better than not at all
            site.state.write("told.json", json.dumps(asdict(then)).encode())
    for message in messages:
        if fault := _run(command, f"autosync: {display(message)}"):
            return fault
    return ""


def after(site: Site, run: Run) -> str:
    """Tells about a run that has ended (see `tell`); nothing for one with nothing to do that follows another."""
    if run.check or not site.settings.notify_command:
        return ""
    from autosync_tasks.status.notices import Told

    if run.outcome is Outcome.OK and _told(site) == Told():
        return ""
    return tell(site, run.outcome, run.reason, run.ended)


def _told(site: Site) -> Told:
    from autosync_tasks.status.notices import Told

    return Told.of(json_object(site.state.read("told.json")))


def _run(command: str, message: str) -> str:
    import shlex
    import subprocess

    try:
        words = shlex.split(command)
        subprocess.run(
            [*words, message],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=_SECONDS,
            check=True,
        )
    except (OSError, ValueError, subprocess.SubprocessError) as error:
        return f"notify_command failed: {display(str(error)[:200])}"
    return ""
