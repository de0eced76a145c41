"""What a machine says of itself beside its branch: one small record in a ref of its own (pure).

It comes from a remote, where anybody may have written it: values of another form count as unknown, and names are shown
safely.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any

from autosync_tasks.humanize import age, count
from autosync_tasks.names import display
from autosync_tasks.records import asdict, dataclass
from autosync_tasks.state import shapes

REFS = "refs/autosync/machines/"
_NAME = re.compile(r"[0-9A-Za-z_][0-9A-Za-z_-]{0,80}\Z")
DAY = 86_400.0


@dataclass(frozen=True, slots=True)
class Record:
    """Times are seconds since the epoch, None: never or unknown.

    name: of its ref. looked: when it last looked at its tree. files: in its backup. conflict: what it is about ("" if
    none; its branch is parked then). trouble: how its last run ended, if not well. max_age: seconds after which it
    counts as silent. triggers: as in a commit.
    """

    name: str
    host: str = ""
    agent: str = ""
    branch: str = ""
    version: str = ""
    looked: float | None = None
    synced: float | None = None
    verified: float | None = None
    drilled: float | None = None
    files: int = 0
    conflict: str = ""
    trouble: str = ""
    max_age: float = 26 * 3600.0
    triggers: tuple[str, ...] = ()

    def silent(self, now: float) -> bool:
        """Whether it has not looked for longer than its age allows. A time in the future is no sign of life."""
        return self.looked is None or not -300.0 <= now - self.looked <= self.max_age

    def verdict(self, now: float) -> str:
        """One word or two for a person."""
        if self.silent(now):
            return "silent"
        return "conflict" if self.conflict else "attention" if self.trouble else "ok"

    def words(self, now: float) -> str:
        """One line for a person."""
        who = ", ".join(filter(None, (self.host or self.name, self.agent, f"branch {self.branch or 'unknown'}")))
        parts = [who, count(self.files, "file")]
        parts += [f"{what} {_ago(when, now)}" for what, when in (("looked", self.looked), ("synced", self.synced))]
        parts += [f"{what} {_ago(w, now)}" for what, w in (("verified", self.verified), ("drilled", self.drilled)) if w]
        parts += [f"conflict, parked: {self.conflict}"] if self.conflict else []
        parts += [self.trouble] if self.trouble else []
        return "; ".join(parts)


def _ago(when: float | None, now: float) -> str:
    return "never" if when is None else f"{age(max(0.0, now - when))} ago"


def others_in_short(others: Sequence[Record], now: float) -> str:
    """One line about the other machines; "" if there are none."""
    if not others:
        return ""
    odd = [f"{one.host or one.name} {one.verdict(now)}" for one in others if one.verdict(now) != "ok"]
    return f"{count(len(others), 'other machine')} on this remote" + (
        f": {', '.join(odd[:5])}" if odd else ", all well"
    )


def format_record(record: Record) -> str:
    """The message of the record's commit."""
    body = asdict(record)
    return f"machine {record.name}\n\n{json.dumps(body, sort_keys=True)}\n"


def parse_record(name: str, message: str) -> Record | None:
    """A record as a remote holds it; None if it is none. name: of the ref, which counts, whatever it says itself."""
    try:
        said = json.loads(message.partition("\n\n")[2])
    except (ValueError, RecursionError):
        return None
    if not isinstance(said, dict) or not valid_name(name):
        return None
    files, most, triggers = said.get("files"), shapes.moment(said.get("max_age")), said.get("triggers")
    return Record(
        name,
        host=_text(said.get("host")),
        agent=_text(said.get("agent")),
        branch=_text(said.get("branch")),
        version=_text(said.get("version")),
        looked=shapes.moment(said.get("looked")),
        synced=shapes.moment(said.get("synced")),
        verified=shapes.moment(said.get("verified")),
        drilled=shapes.moment(said.get("drilled")),
        files=files if type(files) is int and 0 <= files < 10**9 else 0,
        conflict=_text(said.get("conflict")),
        trouble=_text(said.get("trouble")),
        max_age=most if most is not None and 60 <= most <= 400 * DAY else 26 * 3600.0,
        triggers=tuple(map(_text, triggers[:20])) if isinstance(triggers, list) else (),
    )


def valid_name(name: str) -> bool:
    """Whether a record's ref may be called so."""
    return bool(_NAME.match(name))


def _text(value: Any) -> str:
    return display(value, limit=200) if isinstance(value, str) else ""
