"""Whether OpenCode loads the plugin that is installed: pure, from the word it leaves and the signs that OpenCode ran.

An installed plugin has no period: it comes when a turn ends. A version of OpenCode that refuses it, or reads another
config folder, tells nobody. So the plugin leaves word whenever it is loaded, and that is compared with OpenCode's log.
"""

from __future__ import annotations

from collections.abc import Sequence

from autosync_tasks.humanize import age
from autosync_tasks.records import dataclass

STARTING = 180.0
"""Seconds that OpenCode may take from opening a project until its plugins are loaded: without a way to its package
registry it was measured at 70."""

UNHEARD = 3600.0
"""Seconds by which the database may be newer than the word. In version 2 the word is made anew at each look."""

RUNS_IN_VAIN, AWAY = 3, 86400.0
"""From so many runs without the plugin, or so many seconds on, it is no accident any more."""


@dataclass(frozen=True, slots=True)
class Word:
    """What the plugin left when it was last loaded, or last looked. at: seconds since the epoch. api: 1 or 2, the form
    in which OpenCode loaded it. opencode: its version ("" if not known). fault: what kept its last sync from being
    started ("" if nothing did).
    """

    at: float
    api: int = 0
    opencode: str = ""
    fault: str = ""


@dataclass(frozen=True, slots=True)
class Use:
    """Signs that OpenCode was used. starts: when each of its runs last opened a project, in seconds since the epoch, as
    its log says. touched: when its database last changed (None: there is none).
    """

    starts: Sequence[float] = ()
    touched: float | None = None


@dataclass(frozen=True, slots=True)
class Missing:
    """Why the installed plugin counts as not loaded. lasting: it is no accident any more."""

    why: str
    lasting: bool


def missing(installed_at: float, word: Word | None, use: Use, now: float) -> Missing | None:
    """None: there is no sign that OpenCode ran without the plugin. installed_at: when its file was written; all times
    are in seconds since the epoch, and one in the future says nothing.
    """
    if word is not None and not 0 < word.at <= now:
        word = None
    since = max(installed_at, word.at if word else 0.0)
    event = "it was last loaded" if word and word.at >= installed_at else "it was installed"
    starts = [when for when in use.starts if since < when <= now - STARTING]
    if starts:
        times = "once" if len(starts) == 1 else f"{len(starts)} times"
        why = f"OpenCode ran {times} since {event} {age(now - since)} ago, and the plugin was not loaded"
        return Missing(why, len(starts) >= RUNS_IN_VAIN or now - min(starts) > AWAY)
    touched = use.touched or 0.0
    # Version 1 makes no word anew while it runs, and its log names its runs: the database alone proves nothing.
    of_one = word is not None and word.api == 1
    if use.starts or of_one or not since + UNHEARD < touched <= now:
        return None
    why = f"OpenCode was used {age(now - touched)} ago, after {event}, and the plugin was not loaded"
    return Missing(why, touched - since > AWAY)
