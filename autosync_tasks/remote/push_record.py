"""What pushes leave in the state folder: failures in a row, the conflict that stands, which blobs were judged.

A cache, like all of the state: without it the next push tries at once, finds the conflict anew and judges again.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields

from autosync_tasks import __version__
from autosync_tasks.model import Finding, Outcome, Path
from autosync_tasks.state.state import State

_NAME = "push.json"
_MOST_JUDGED = 20_000
"""Marks of 16 digits, 0.4 MB; beyond it the oldest are forgotten and judged again."""


@dataclass(frozen=True, slots=True)
class PushResult:
    """How a push ended. Nothing in it holds a credential.

    outcome: changed (the remote has something new), ok (it had everything), skipped (there is nothing to push),
    deferred (backoff), blocked (exit 3: secrets, address, another source; exit 4: a conflict), failed (exit 1; 2 for
    a setting). remote_head: the branch's commit there, read back ("" if unknown). head: the local branch afterwards,
    another commit than before if foreign changes were taken in. parked: the branch there that holds a conflict.
    retry_at: seconds since the epoch, when an automatic push may try again. failures: in a row, this one included.
    """

    outcome: Outcome
    reason: str
    exit_code: int = 0
    remote_head: str = ""
    parked: str = ""
    retry_at: float | None = None
    notes: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()
    next_step: str = ""
    head: str = ""
    failures: int = 0


@dataclass(frozen=True, slots=True)
class PushRecord:
    """Times are seconds since the epoch.

    failures: in a row. retry_at: when an automatic trigger may try again. reason: of the last outcome that was no
    success. parked: the branch there that holds a conflict. since: when that conflict (or failure) was first met.
    judged: marks of (path, blob) that passed the secret rules and are not on the remote yet.
    """

    failures: int = 0
    retry_at: float | None = None
    reason: str = ""
    conflict: str = ""
    parked: str = ""
    since: float | None = None
    judged: tuple[str, ...] = ()

    def holds(self, now: float, longest: float) -> bool:
        """Whether an automatic push must wait. A time further off than the longest wait came of a wrong clock."""
        return self.failures > 0 and self.retry_at is not None and now < self.retry_at <= now + longest


def mark(path: Path, content: str) -> str:
    """A short name for one blob under one path."""
    return hashlib.sha256(content.encode() + b"\0" + path).hexdigest()[:16]


def load(state: State) -> PushRecord:
    """The record; an empty one if there is none that is whole and of this version."""
    try:
        loaded = json.loads(state.read(_NAME) or b"{}")
        if loaded.pop("version") != __version__:
            return PushRecord()
        names = {f.name for f in fields(PushRecord)}
        if set(loaded) != names or not isinstance(loaded["failures"], int):
            return PushRecord()
        loaded["judged"] = tuple(map(str, loaded["judged"]))
        return PushRecord(**loaded)
    except (ValueError, TypeError, KeyError, AttributeError):
        return PushRecord()


def save(state: State, old: PushRecord, new: PushRecord) -> None:
    """Writes the record if it differs."""
    if old != new:
        kept = {**asdict(new), "judged": list(new.judged)[-_MOST_JUDGED:], "version": __version__}
        state.write(_NAME, json.dumps(kept).encode())


def with_judged(known: Iterable[str], new: Iterable[str]) -> tuple[str, ...]:
    """Both, each once, the newer ones last."""
    return tuple(dict.fromkeys((*known, *new)))
