"""What is known of the remote without asking it: the last pushes' record, and the remote's head as it was then.

For the pipeline, for status and for recover. The record is a cache, like all of the state: without it the next push
tries at once, finds a conflict anew and judges again.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Iterable, Mapping

from autosync_tasks import __version__
from autosync_tasks.errors import AutosyncError, BackupError
from autosync_tasks.model import Finding, Outcome, Path
from autosync_tasks.records import asdict, dataclass
from autosync_tasks.remote.relation import parked_branch
from autosync_tasks.state import shapes
from autosync_tasks.state.state import State
from autosync_tasks.workspace.workspace import Site

_RECORD = "push.json"
_MOST_JUDGED = 20_000
"""Marks of 16 digits, 0.4 MB; beyond it the oldest are forgotten and judged again."""


@dataclass(frozen=True, slots=True)
class PushResult:
    """How a push ended. Nothing in it holds a credential.

    outcome: changed (the remote has something new), ok (it had everything), skipped (there is nothing to push),
    deferred (backoff), blocked (exit 3: secrets, address, another source; exit 4: a conflict), failed (exit 1; 2 for
    a setting). parked: the branch there that holds a conflict. retry_at: seconds since the epoch, when an automatic
    push may try again. failures: in a row, this one included.
    """

    outcome: Outcome
    reason: str
    exit_code: int = 0
    parked: str = ""
    retry_at: float | None = None
    notes: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()
    next_step: str = ""
    failures: int = 0


@dataclass(frozen=True, slots=True)
class PushRecord:
    """Times are seconds since the epoch.

    failures: in a row. retry_at: when an automatic trigger may try again. reason: of the last outcome that was no
    success. parked: the branch there that holds a conflict. since: when that conflict (or failure) was first met.
    judged: marks of (path, blob) that passed the secret rules and are not on the remote yet. pushed_at: when the remote
    last had everything. about: the remote and the branch (`origin/main`).
    """

    failures: int = 0
    retry_at: float | None = None
    reason: str = ""
    conflict: str = ""
    parked: str = ""
    since: float | None = None
    judged: tuple[str, ...] = ()
    pushed_at: float | None = None
    about: str = ""

    def holds(self, now: float, longest: float) -> bool:
        """Whether an automatic push must wait. A time further off than the longest wait came of a wrong clock."""
        return self.failures > 0 and self.retry_at is not None and now < self.retry_at <= now + longest


_SHAPE: Mapping[str, Callable[[object], bool]] = {
    "failures": shapes.number,
    "retry_at": shapes.time,
    "reason": shapes.text,
    "conflict": shapes.text,
    "parked": shapes.text,
    "since": shapes.time,
    "judged": shapes.texts,
    "pushed_at": shapes.time,
    "about": shapes.text,
}
"""What each field of the record is made of; a file with anything else in it says nothing."""


def mark(path: Path, content: str) -> str:
    """A short name for one blob under one path."""
    return hashlib.sha256(content.encode() + b"\0" + path).hexdigest()[:16]


def about(site: Site) -> str:
    """What a record is about: the remote and the branch of the settings."""
    return f"{site.settings.remote}/{site.settings.backup_branch}"


def load(site: Site) -> PushRecord:
    """The record; an empty one if there is none that is whole, of this version, and about this remote and branch."""
    loaded = shapes.json_object(site.state.read(_RECORD))
    if loaded.pop("version", "") != __version__ or loaded.keys() != _SHAPE.keys():
        return PushRecord()
    if not all(sound(loaded[name]) for name, sound in _SHAPE.items()) or loaded["about"] != about(site):
        return PushRecord()
    return PushRecord(**{**loaded, "judged": tuple(loaded["judged"])})


def save(state: State, old: PushRecord, new: PushRecord) -> None:
    """Writes the record if it differs."""
    if old != new:
        kept = {**asdict(new), "judged": list(new.judged)[-_MOST_JUDGED:], "version": __version__}
        state.write(_RECORD, json.dumps(kept).encode())


def with_judged(known: Iterable[str], new: Iterable[str]) -> tuple[str, ...]:
    """Both, each once, the newer ones last."""
    return tuple(dict.fromkeys((*known, *new)))


@dataclass(frozen=True, slots=True)
class KnownRemote:
    """The remote as this machine knows it. Times are seconds since the epoch.

    wanted: `auto_sync_push`. address: where pushes go, without credentials ("" before the first). ahead: commits that
    are not there yet. conflict: what it is about ("" if none). reason: why the last push was no success. since: since
    when that is so. pushed_at: when the remote last had everything.
    """

    wanted: bool
    remote: str
    address: str
    ahead: int
    conflict: str = ""
    reason: str = ""
    since: float | None = None
    pushed_at: float | None = None


def known_remote(site: Site) -> KnownRemote:
    """What this machine knows. One git process if the branch is ahead, none otherwise; no connection."""
    settings, record = site.settings, load(site)
    head = site.repository.ref() if site.repository.exists else ""
    last = agreed(site) if head else ""
    return KnownRemote(
        wanted=settings.auto_sync_push,
        remote=settings.remote,
        address=settings.push_url,
        ahead=_count(site, head, last) if head != last else 0,
        conflict=record.conflict,
        reason=record.reason,
        since=record.since,
        pushed_at=record.pushed_at,
    )


def agreed_ref(site: Site) -> str:
    """The ref that keeps the remote's head as it was when branch and remote last agreed."""
    return f"refs/autosync/remote/{site.settings.remote}/{site.settings.backup_branch}"


def ahead(site: Site) -> bool:
    """Whether the branch has something that the remote did not have at the last look. No process, no connection."""
    repository = site.repository
    if not repository.exists or not (local := repository.ref()):
        return False
    return agreed(site) != local


ANNOUNCED, EVERY = "announced", 6 * 3600.0
"""The file of the state that says when this machine last wrote its record; seconds after which it does so again,
though there is nothing to push."""


def roll_due(site: Site, now: float) -> bool:
    """Whether it is time to say on the remote that this machine still looks. No process, no connection."""
    last = site.state.moment(ANNOUNCED)
    return last is None or not 0 <= now - last < EVERY


def agreed(site: Site) -> str:
    """The remote's head when both last agreed; "" if that never was, or is not known any more."""
    try:
        return site.repository.ref(agreed_ref(site))
    except AutosyncError:
        return ""  # damaged: it is only a memory, the next push writes it anew


def _count(site: Site, head: str, last: str) -> int:
    stops = [f"^{last}"] if last else []
    try:
        return int(site.repository.gateway.run("rev-list", "--count", head, *stops))
    except BackupError:
        return int(site.repository.gateway.run("rev-list", "--count", head))


def host() -> str:
    """This machine's name, as commits and parked branches carry it."""
    return os.uname().nodename


def host_of(site: Site) -> str:
    """The same with the agent's name, where it is not the usual one: no two agents are to be offered one branch."""
    return "-".join(filter(None, (host(), site.settings.profile.unusual)))


def parked_at(site: Site) -> str:
    """The one branch of the remote to which a conflicting branch of this machine goes."""
    return parked_branch(host(), site.settings.backup_branch)
