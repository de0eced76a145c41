"""What is known of the remote without asking it: for the pipeline, for status and for recover. Writes nothing."""

from __future__ import annotations

import os
from dataclasses import dataclass

from autosync_tasks.backup.manifest import Recorded
from autosync_tasks.errors import AutosyncError, BackupError
from autosync_tasks.model import Kind, Path
from autosync_tasks.remote.push_record import load
from autosync_tasks.remote.relation import Heads, Trees, parked_branch
from autosync_tasks.workspace.workspace import Site


@dataclass(frozen=True, slots=True)
class RemoteFacts:
    """The remote as this machine knows it. Times are seconds since the epoch.

    wanted: `auto_sync_push`. address: where pushes go, without credentials ("" before the first). head: the branch.
    remote_head: the remote's head when both last agreed ("" if never). ahead: commits that are not there yet.
    conflict: what it is about ("" if none). parked: the branch there that holds it. reason: why the last push was no
    success. since: since when that is so. failures, retry_at: of pushes in a row.
    """

    wanted: bool
    remote: str
    branch: str
    address: str
    head: str
    remote_head: str
    ahead: int
    conflict: str = ""
    parked: str = ""
    reason: str = ""
    since: float | None = None
    failures: int = 0
    retry_at: float | None = None


def diagnose_remote(site: Site) -> RemoteFacts:
    """The facts. One git process if the branch is ahead, none otherwise; no connection."""
    settings, record = site.settings, load(site.state)
    head = site.repository.ref() if site.repository.exists else ""
    agreed = _agreed(site) if head else ""
    return RemoteFacts(
        wanted=settings.auto_sync_push,
        remote=settings.remote,
        branch=settings.backup_branch,
        address=settings.push_url,
        head=head,
        remote_head=agreed,
        ahead=_count(site, head, agreed) if head != agreed else 0,
        conflict=record.conflict,
        parked=record.parked if record.conflict else "",
        reason=record.reason,
        since=record.since,
        failures=record.failures,
        retry_at=record.retry_at,
    )


def agreed_ref(site: Site) -> str:
    """The ref that keeps the remote's head as it was when branch and remote last agreed."""
    return f"refs/autosync/remote/{site.settings.remote}/{site.settings.backup_branch}"


def ahead(site: Site) -> bool:
    """Whether the branch has something that the remote did not have at the last look. No process, no connection."""
    repository = site.repository
    if not repository.exists or not (local := repository.ref()):
        return False
    return _agreed(site) != local


def _agreed(site: Site) -> str:
    try:
        return site.repository.ref(agreed_ref(site))
    except AutosyncError:
        return ""  # damaged: it is only a memory, the next push writes it anew


def _count(site: Site, head: str, agreed: str) -> int:
    stops = [f"^{agreed}"] if agreed else []
    try:
        return int(site.repository.gateway.run("rev-list", "--count", head, *stops))
    except BackupError:
        return int(site.repository.gateway.run("rev-list", "--count", head))


def host() -> str:
    """This machine's name, as commits and parked branches carry it."""
    return os.uname().nodename


def parked_at(site: Site) -> str:
    """The one branch of the remote to which a conflicting branch of this machine goes."""
    return parked_branch(host(), site.settings.backup_branch)


def trees_of(site: Site, heads: Heads) -> Trees:
    """The trees of the three commits, what is owned in them, and whose they are."""
    repository = site.repository
    base, local, remote = (repository.head(commit) for commit in (heads.base, heads.local, heads.remote))
    owned = _files(base.recorded) | _files(local.recorded)
    own_id = local.recorded.source_id if local.recorded else site.settings.source_id
    return Trees(
        base.tree, local.tree, remote.tree, owned, own_id, remote.recorded.source_id if remote.recorded else ""
    )


def _files(recorded: Recorded | None) -> frozenset[Path]:
    if recorded is None:
        return frozenset()
    return frozenset(path for path, (kind, _) in recorded.paths.items() if kind is not Kind.FOLDER)
