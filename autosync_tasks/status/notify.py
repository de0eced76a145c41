"""Notify: runs the user's commands for what `status.notices` says, once; and lets a heartbeat go where all is well."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import TYPE_CHECKING

from autosync_tasks.config.load import VARIABLE, switched_on
from autosync_tasks.config.settings import Settings
from autosync_tasks.errors import AutosyncError, LockedError
from autosync_tasks.model import Outcome, Run
from autosync_tasks.names import display
from autosync_tasks.records import asdict, replace
from autosync_tasks.state.shapes import json_object
from autosync_tasks.workspace.workspace import Site, open_site

if TYPE_CHECKING:
    from autosync_tasks.status.notices import Told
    from autosync_tasks.status.status import Status

_SECONDS = 20.0
"""Longest time for a command."""

LOOKED = frozenset({Outcome.OK, Outcome.CHANGED, Outcome.SKIPPED, Outcome.DEFERRED})
"""Outcomes of a run that looked, and was not kept from what it wanted by a fault."""


def announced(site: Site, sync: Callable[[], Run], *, check: bool) -> Run:
    """What `sync` returns, after telling about it; that the command could not be run becomes a note of the run.

    check: nothing may be done, so nothing is told. Raises what `sync` raises; only a held lock is not told.
    """
    try:
        run = sync()
    except LockedError:
        raise
    except AutosyncError as error:
        if not check:
            tell(site, Outcome.FAILED, error.message, time.time())
        raise
    if fault := after(site, run):
        return replace(run, notes=(*run.notes, fault))
    return run


def tell(site: Site, outcome: Outcome, reason: str, now: float) -> str:
    """Tells what has changed since the last time; returns "" or which commands could not be run, and why.

    The message is a command's last argument. It is made of the program's own words and safe names: no contents of
    a file, so no secret. Does nothing where no command is set.
    """
    return _tell(site, outcome, reason, _status(site, now)) if any(each(site.settings)) else ""


def after(site: Site, run: Run) -> str:
    """Tells about a run that has ended (see `tell`; nothing for one with nothing to do that follows another), and lets
    the heartbeat go if `status` says "protected"."""
    from_idle = run.outcome is Outcome.OK and _is_quiet(site) if any(each(site.settings)) else True
    beats = bool(site.settings.heartbeat_url) and run.outcome in LOOKED
    if run.check or (from_idle and not beats):
        return ""
    standing = _status(site, run.ended)
    faults = [] if from_idle else [_tell(site, run.outcome, run.reason, standing)]
    if beats and standing.verdict.level == "protected":
        from autosync_tasks.status.heartbeat import beat

        faults.append(beat(site, run.ended, lambda: _all_protected(site, run.ended)))
    return "; ".join(filter(None, faults))


def _all_protected(site: Site, now: float) -> bool:
    """Whether every agent that is switched on and has the same heartbeat is protected: it speaks for all of them."""
    for name in switched_on(site.environ):
        if name == site.settings.profile.name:
            continue
        try:
            other = open_site({**site.environ, VARIABLE: name})
            same = other.settings.heartbeat_url == site.settings.heartbeat_url
            if same and _status(other, now).verdict.level != "protected":
                return False
        except AutosyncError:
            return False
    return True


def _is_quiet(site: Site) -> bool:
    from autosync_tasks.status.notices import Told

    return _told(site) == Told()


def _status(site: Site, now: float) -> Status:
    from autosync_tasks.status.status import status

    return status(site, now)


def _tell(site: Site, outcome: Outcome, reason: str, standing: Status) -> str:
    from autosync_tasks.plan.past import failures_in_a_row  # few have a command
    from autosync_tasks.status.notices import Now, notices

    told, verdict = _told(site), standing.verdict
    messages, then = notices(
        told, Now(verdict.level, verdict.why, outcome, reason, failures_in_a_row(site.state.history()))
    )
    if then != told:
        with suppress(AutosyncError):  # told once more is better than not at all
            site.state.write("told.json", json.dumps(asdict(then)).encode())
    # where several agents are switched on, each run is told which it is about
    who = f"autosync, {site.settings.profile.read().title}" if site.environ.get(VARIABLE) else "autosync"
    faults = [
        f"{command.setting} failed: {fault}"
        for message in messages
        for command in each(site.settings)
        if (fault := command.run(f"{who}: {display(message)}"))
    ]
    return "; ".join(dict.fromkeys(faults))


class Command:
    """One command and the setting that names it."""

    def __init__(self, setting: str, words: str) -> None:
        self.setting, self.words = setting, words

    def run(self, message: str) -> str:
        """Runs it with a message as its last argument; "" or why it could not be told. What it prints is not kept."""
        import shlex
        import subprocess

        try:
            subprocess.run(
                [*shlex.split(self.words), message],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                timeout=_SECONDS,
                check=True,
            )
        except subprocess.TimeoutExpired:
            return f"it did not end within {_SECONDS:.0f} s"
        except subprocess.CalledProcessError as error:
            return f"it ended with {error.returncode}"  # not its words: a token may stand among them
        except OSError as error:
            return display((error.strerror or str(error)).lower())
        except ValueError:
            return "it has a quote without its other half"
        return ""


def each(settings: Settings) -> Iterator[Command]:
    """The commands, each with the setting it stands in."""
    if settings.notify_command:
        yield Command("notify_command", settings.notify_command)
    for number, words in enumerate(settings.notify, 1):
        yield Command(f"notify, item {number}" if len(settings.notify) > 1 else "notify", words)


def _told(site: Site) -> Told:
    from autosync_tasks.status.notices import Told

    return Told.of(json_object(site.state.read("told.json")))
