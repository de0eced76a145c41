"""Asks the remote for its heads and judges them: the one place that does, for pushes and for the end of a conflict."""

from __future__ import annotations

import os

from autosync_tasks.backup.manifest import Recorded
from autosync_tasks.backup.repository import Repository
from autosync_tasks.config.places import is_within
from autosync_tasks.errors import ConfigError, GuardError
from autosync_tasks.model import Kind, Path
from autosync_tasks.names import display, typed
from autosync_tasks.records import dataclass, replace
from autosync_tasks.remote.known import agreed, host_of, parked_at
from autosync_tasks.remote.outgoing import behind, common, held
from autosync_tasks.remote.relation import Action, Heads, Relation, Trees, by_heads, by_trees
from autosync_tasks.remote.transport import Limits, Remote
from autosync_tasks.state.state import State
from autosync_tasks.workspace.workspace import Site

FORGOTTEN = "refs/autosync/forgotten"
"""Below it the history as it was before something was taken out of it, one ref for each time. Never pushed."""


@dataclass(frozen=True, slots=True)
class Survey:
    """What the remote has and what that means. parked: the head of this machine's parked branch there ("" if none).

    others: heads of its other branches that are in the store here, where the branch itself is not there.
    """

    heads: Heads
    relation: Relation
    parked: str
    others: tuple[str, ...] = ()


def connect(site: Site, limits: Limits | None = None, jitter: float = 0.0, state: State | None = None) -> Remote:
    """The remote of the settings, at the address that a person confirmed; nothing is contacted yet.

    state: where its scratch repository lies, if not in the site's own state. Raises ConfigError for an address that
    cannot be meant, GuardError if it is not the one that pushes went to so far (`push_url`).
    """
    settings = site.settings
    remote = Remote(site.repository, state or site.state, settings.remote, site.environ, limits or Limits(), jitter)
    address = remote.address
    real = os.path.realpath(address.path) if address.path else ""
    if real and (is_within(real, site.places.real_source) or real == site.repository.folder):
        raise ConfigError(
            f"the remote {settings.remote} lies inside the source or is the backup itself",
            hint="name another place with `git remote set-url`",
        )
    if settings.push_url and settings.push_url != address.shown:
        raise GuardError(
            f"pushes would go to {display(address.shown)} and no longer to {display(settings.push_url)}",
            hint=f"if that is right: inv set-config PUSH_URL={typed(address.shown)}; else look at "
            f"{display(os.path.join(site.repository.git_dir, 'config'))} and your own git config",
        )
    return remote


def survey(site: Site, remote: Remote) -> Survey:
    """Looks at the remote now; fetches what is not here yet (no ref moves). Raises RemoteError, BackupError."""
    branch, aside = site.settings.backup_branch, parked_at(site)
    there = remote.heads(branch, aside)
    heads = _heads(site, remote, there.get(branch, ""))
    relation = (
        _taken_out(site, heads) or by_heads(heads) or by_trees(heads, trees_of(site, heads), branch, host_of(site))
    )
    others = () if heads.remote else held(site.repository, remote.branches()[0].values())
    if others and (here := behind(site.repository, heads.local, others)):
        relation = replace(relation, reason=f"{relation.reason}; the remote holds {here:,} of its commits already")
    return Survey(heads, relation, there.get(aside, ""), others)


def still_there(repository: Repository, local: str, theirs: str) -> bool:
    """Whether a remote's head has commits of a history from which something was taken out here."""
    kept = [f"{FORGOTTEN}/{name}" for name in repository.refs_below(FORGOTTEN)] if theirs else []
    shared = (common(repository, old, theirs) for ref in kept if (old := repository.ref(ref)))
    return any(commit and not repository.contains(local, commit) for commit in shared)


def _taken_out(site: Site, heads: Heads) -> Relation | None:
    """Taking such a history in would bring back what was taken out."""
    if not still_there(site.repository, heads.local, heads.remote):
        return None
    branch = display(site.settings.backup_branch)
    return Relation(
        Action.STOP,
        f"the remote's branch {branch} still holds what was taken out of the history here",
        next_step=f"delete the branch {branch} there by hand, then: inv sync --push",
    )


def _heads(site: Site, remote: Remote, theirs: str) -> Heads:
    repository = site.repository
    local, known = repository.ref(), agreed(site)
    known = known if known and repository.has(known) else ""
    if not theirs:
        return Heads(local, "", known=known)
    if theirs not in (local, known) and not repository.has(theirs):
        remote.fetch([theirs], list(filter(None, (local, known))))
    kept = not known or repository.contains(theirs, known)
    return Heads(local, theirs, common(repository, local, theirs), known, kept)


def trees_of(site: Site, heads: Heads) -> Trees:
    """The trees of the three commits, what is owned in them, and whose they are."""
    repository = site.repository
    base, local, remote = (repository.head(commit) for commit in (heads.base, heads.local, heads.remote))
    owned = _files(base.recorded) | _files(local.recorded)
    own_id = local.recorded.source_id if local.recorded else site.source_id
    return Trees(
        base.tree, local.tree, remote.tree, owned, own_id, remote.recorded.source_id if remote.recorded else ""
    )


def _files(recorded: Recorded | None) -> frozenset[Path]:
    if recorded is None:
        return frozenset()
    return frozenset(path for path, (kind, _) in recorded.paths.items() if kind is not Kind.FOLDER)
