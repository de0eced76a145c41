"""Which triggers are installed, how often each should come, and whether its file is what we would write now."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence

from autosync_tasks.config.load import VARIABLE
from autosync_tasks.errors import AutosyncError, UsageError
from autosync_tasks.humanize import span
from autosync_tasks.model import Trigger
from autosync_tasks.profiles import USUAL
from autosync_tasks.records import dataclass, replace
from autosync_tasks.triggers import cron, crontab, files, hook, opencode, schedule, systemd, units
from autosync_tasks.triggers.hook_text import REVIEW
from autosync_tasks.triggers.loading import missing
from autosync_tasks.triggers.quiet import SCAN_EVERY


@dataclass(frozen=True, slots=True)
class Installed:
    """One way in which the sync is started unattended.

    how: "cron", "timer", "watch" or "hook". rhythm: when it comes, in words. period: seconds between two visits at
    most (None: it comes when something happens). place: the file. fault: what is wrong with it ("" if nothing is).
    since: when it was installed (seconds since the epoch; None: not known, as of a line that somebody wrote into the
    crontab by hand). remedy: what mends the fault, where installing it again does not. gone: the fault is that it
    has not come for long.
    """

    trigger: Trigger
    how: str
    period: float | None
    place: str
    fault: str = ""
    since: float | None = None
    remedy: str = ""
    gone: bool = False
    rhythm: str = ""


def signs(item: Installed, seen: float | None, now: float) -> tuple[bool, bool]:
    """(is there a sign of life that is recent enough, is anything known at all). seen: when it last came.

    A trigger may stay away for two of its periods; one that never came counts from its
    installation. A time in the future is unknown, and no sign of life.
    """
    known = [when for when in (seen, item.since) if when is not None]
    return item.period is None or any(0 <= now - when <= 2 * item.period for when in known), bool(known)


def unloaded(found: Sequence[Installed]) -> str:
    """Why nothing comes any more although plugins are installed ("" if something does): OpenCode does not load the only
    trigger there is.
    """
    if not all(item.how == "hook" for item in found):
        return ""
    return next((f"{item.how} ({item.place}): {item.fault}" for item in found if item.gone), "")


def installed(environ: Mapping[str, str], now: float, folder: str = ".") -> tuple[Installed, ...]:
    """All that are there. now: seconds since the epoch; folder: where a project's plugin is looked for.

    Starts `crontab -l`, writes nothing.
    """
    return (*_cron(environ), *_units(environ), *_hooks(environ, now, folder))


def in_short(environ: Mapping[str, str], *, scheduled: bool) -> tuple[str, ...]:
    """What is installed, as another machine could install it again: `hook`, `watch`, `timer 3600`, `cron 0 * * * *`.

    scheduled: a schedule came lately; only then is the crontab asked, which costs a process.
    """
    if environ.get(VARIABLE, USUAL) != USUAL:
        plugin = ["hook"] if _agents_own(environ) else []
        return (*plugin, *(one for one in in_short({**environ, VARIABLE: USUAL}, scheduled=scheduled) if one != "hook"))
    try:
        plugin = ["hook"] if hook.is_own(files.read(hook.path_for("global", environ, ".")) or b"") else []
    except AutosyncError:
        plugin = []
    there = [item.how if item.how == "watch" else f"timer {item.period or 3600:.0f}" for item in _units(environ)]
    lines = _commands(environ).commands if scheduled and not any(one != "watch" for one in there) else ()
    texts = [line.decode("utf-8", "backslashreplace").strip() for line in lines]
    found = [f"cron {' '.join(_when(text))}" for text in texts if not text.startswith("#")]
    return (*plugin, *there, *found)


def _commands(environ: Mapping[str, str]) -> cron.Crontab:
    try:
        held = crontab.read(environ)
    except AutosyncError:
        held = b""  # the doctor asks for itself and tells
    return cron.take_apart(held or b"")


def _when(text: str) -> list[str]:
    return text.split()[:1] if text.startswith("@") else text.split()[:5]


def _cron(environ: Mapping[str, str]) -> list[Installed]:
    found = _commands(environ)
    result = []
    for line in found.commands:
        text = line.decode("utf-8", "backslashreplace").strip()
        fault, period, rhythm = "; ".join(found.faults), None, ""
        if text.startswith("#"):
            fault = "the line in the crontab is a comment: it never runs"
        else:
            try:
                checked = schedule.check_schedule(" ".join(_when(text)))
                period, rhythm = float(checked.longest), checked.rhythm
            except UsageError as error:
                fault = error.details[0] if error.details else error.message
        since = crontab.changed_at(environ)
        result.append(Installed(Trigger.SCHEDULE, "cron", period, "crontab", fault, since, rhythm=rhythm))
    return result


def _units(environ: Mapping[str, str]) -> list[Installed]:
    result = []
    for how, name, wants, trigger in (
        ("timer", units.TIMER, "timers.target.wants", Trigger.SCHEDULE),
        ("watch", units.WATCH, "default.target.wants", Trigger.WATCH),
    ):
        path = os.path.join(systemd.folder(environ), name)
        text = files.read(path) or b""
        if text.startswith(units.MARK.encode()):
            match = re.search(rb"^X-AutosyncPeriod=([0-9]+)$", text, re.MULTILINE)
            period = float(match[1]) if match else (SCAN_EVERY if how == "watch" else None)
            enabled = os.path.lexists(os.path.join(systemd.folder(environ), wants, name))
            fault = "" if enabled else "the unit is there but not enabled: it never runs"
            rhythm = f"every {span(period)}" if period is not None else "regularly"
            if how == "watch":
                rhythm = f"when something changes, and {rhythm}"
            result.append(Installed(trigger, how, period, path, fault, os.lstat(path).st_mtime, rhythm=rhythm))
    return result


def _hooks(environ: Mapping[str, str], now: float, folder: str) -> list[Installed]:
    if environ.get(VARIABLE, USUAL) != USUAL:
        return _agents_own(environ)
    result = []
    for scope in hook.SCOPES:
        path = hook.path_for(scope, environ, folder)
        try:
            state = hook.state_of(path, environ)
        except AutosyncError as error:
            state = error.message.removeprefix(f"{path} ")
        if state is None:
            continue
        item = Installed(Trigger.WORKFLOW, "hook", None, path, state, rhythm="after each turn of OpenCode")
        result.append(_loaded(item, environ, now) if scope == "global" and not state else item)
    return result


def _agents_own(environ: Mapping[str, str]) -> list[Installed]:
    """Our hooks in the settings of another agent."""
    from autosync_tasks.triggers.agent_hook import of_profile, state_of

    try:
        found = of_profile(environ)
        state = state_of(environ, *found) if found else None
    except AutosyncError as error:
        found, state = None, error.message
    if state is None:
        return []
    place, name = (os.path.join(found[1], found[0].file), found[0].agent) if found else ("the profile", "the agent")
    remedy = REVIEW if "reviewed" in state else "take that setting out" if "runs no hooks" in state else ""
    return [Installed(Trigger.WORKFLOW, "hook", None, place, state, remedy=remedy, rhythm=f"after each turn of {name}")]


_LOOK = "start OpenCode anew; if that does not help, its log or `opencode plugin list` says why it was not loaded"


def _loaded(item: Installed, environ: Mapping[str, str], now: float) -> Installed:
    """The same, with a fault if OpenCode runs without it, or if it could not start its last sync."""
    since = os.stat(item.place).st_mtime
    word = opencode.read_word(hook.word_path(hook.state_folder(environ)))
    if lacking := missing(since, word, opencode.read_use(environ), now):
        return replace(item, fault=lacking.why, remedy=_LOOK, gone=lacking.lasting)
    return replace(item, fault=word.fault) if word and word.at > since else item
