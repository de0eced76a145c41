"""What a commit says of the machine that made it, in trailers of its message (pure).

A new machine reads there what the old one had and the backup could not hold. A message without these trailers (of an
older version, or of a person) says nothing; one that is forged can say anything, so values are checked and few.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence

from autosync_tasks.names import display
from autosync_tasks.records import dataclass, pattern

MOST = 60
"""Names of what is in no backup that a commit lists."""
_MOST_TEXT = 200
_MOST_VALUE = 5000
"""Characters; JSON takes twelve for one of a name, which is 400 long at most (`display`)."""
_PROFILE = pattern(r"[a-z][a-z0-9-]{0,30}\Z")
_TRIGGER = pattern(r"(hook|watch|timer [0-9]{2,7}|cron [0-9A-Za-z@*,/ -]{1,60})\Z")


@dataclass(frozen=True, slots=True)
class Said:
    """host: of the machine. triggers: how syncs were started unattended (`hook`, `watch`, `timer 3600` in seconds,
    `cron 0 * * * *`). absent: names of files that are never copied, as they can be shown. version: of the program.
    profile: of the agent whose tree it is, "" for the usual one.
    """

    host: str = ""
    triggers: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()
    version: str = ""
    profile: str = ""


def trailers(said: Said) -> list[str]:
    """The lines of a message. Names are JSON, so that none is more than one line."""
    lines = [f"Autosync-Host: {display(said.host)}"]
    lines += [f"Autosync-Version: {said.version}"] if said.version else []
    lines += [f"Autosync-Profile: {said.profile}"] if said.profile else []
    lines += [f"Autosync-Trigger-Installed: {one}" for one in said.triggers if _TRIGGER.match(one)]
    return lines + [f"Autosync-Not-Here: {json.dumps(name)}" for name in said.absent[:MOST]]


def read(message: str) -> Said:
    """What a message says. Lines of another form are passed over."""
    found: dict[str, list[str]] = {}
    for line in message.splitlines()[-400:]:
        name, _, value = line.partition(": ")
        if name.startswith("Autosync-") and len(value) <= _MOST_VALUE:
            found.setdefault(name, []).append(value)
    version, profile = (_last(found.get(f"Autosync-{one}", ())) for one in ("Version", "Profile"))
    return Said(
        display(_last(found.get("Autosync-Host", ())), limit=_MOST_TEXT),
        tuple(dict.fromkeys(one for one in found.get("Autosync-Trigger-Installed", ())[:20] if _TRIGGER.match(one))),
        tuple(_names(found.get("Autosync-Not-Here", ()))),
        version if re.fullmatch(r"[0-9a-z.+-]{1,40}", version) else "",
        profile if _PROFILE.match(profile) else "",
    )


def _last(values: Sequence[str]) -> str:
    return values[-1] if values else ""


def _names(values: Iterable[str]) -> Iterable[str]:
    for value in list(values)[:MOST]:
        try:
            name = json.loads(value)
        except (ValueError, RecursionError):  # the latter: of a thousand brackets
            continue
        if isinstance(name, str) and name:
            yield display(name, limit=_MOST_TEXT)
