"""Ends a conflict with the remote the way a person chose. History is only added to, on either choice.

Both ways make one commit whose parents are the remote's head and the branch: everything that either side ever had
stays in the history, the parked branch becomes part of it, and the next push is an ordinary one.
The caller holds the lock.
"""

from __future__ import annotations

import secrets as random
from collections.abc import Mapping

from autosync_tasks.backup.commit import Author
from autosync_tasks.backup.listing import Listing
from autosync_tasks.backup.manifest import entries, format_manifest
from autosync_tasks.errors import ConflictError
from autosync_tasks.model import Entry, Kind, Path
from autosync_tasks.names import display, parents
from autosync_tasks.policy.classify import always_protected
from autosync_tasks.records import dataclass
from autosync_tasks.remote.heads import connect, survey, trees_of
from autosync_tasks.remote.integrate import follow
from autosync_tasks.remote.known import agreed_ref, host
from autosync_tasks.remote.relation import Action, Heads, Trees, is_owned
from autosync_tasks.remote.replay import commit_tree, move
from autosync_tasks.remote.transport import Limits
from autosync_tasks.workspace.workspace import Site


@dataclass(frozen=True, slots=True)
class Taking:
    """A choice, ready to be carried out; nothing has moved yet.

    commit: the new commit (in the store, on no branch). local, remote: its parents. writes, deletes: what the source
    must get first, for the remote's version (empty for the source's own): path to entry as `commit` has it.
    reason: what the conflict is about. notes: for a person.
    """

    commit: str
    local: str
    remote: str
    reason: str
    writes: Mapping[Path, Entry]
    deletes: frozenset[Path]
    run_id: str
    notes: tuple[str, ...] = ()


def take_source(site: Site, *, now: float, limits: Limits | None = None) -> Taking:
    """This machine's version of every owned path on top of the remote's commits; `finish` makes it the branch.

    now: seconds since the epoch. Foreign files are the remote's. Raises ConflictError if there is no conflict,
    RemoteError if the remote cannot be reached, ConfigError for a wrong setting.
    """
    heads, trees, reason = _conflict(site, limits)
    mine = {path: entry for path, entry in trees.local.items() if is_owned(path, trees.owned)}
    folders = {parent for path in mine for parent in parents(path)}
    tree = dict(mine)
    dropped = []
    for path, entry in trees.remote.items():
        if is_owned(path, trees.owned):
            continue
        if path in folders or any(parent in mine for parent in parents(path)):
            dropped.append(path)
            continue
        tree[path] = entry
    message = f"sync: this machine's version taken over the remote's\n\n{reason}\n\nAutosync-Host: {display(host())}\n"
    run_id = random.token_hex(6)
    commit = _commit(site, heads, tree, message, now, run_id)
    notes = [f"{display(path)} of the remote stood in the way and stays in the history only" for path in dropped]
    return Taking(commit, heads.local, heads.remote, reason, {}, frozenset(), run_id, tuple(notes))


def take_remote(site: Site, *, now: float, limits: Limits | None = None) -> Taking:
    """The remote's version of every path. The source must follow first: snapshot it, write `writes` (bytes from
    `commit`), remove `deletes`, then call `finish`. Killed in between, the next run finds the conflict again.

    What the remote added inside a folder of the source counts as the source's; what it added elsewhere is foreign.
    Raises as `take_source`.
    """
    heads, trees, reason = _conflict(site, limits)
    local = site.repository.head(heads.local).recorded
    before = entries(local, trees.local) if local else {}
    after = _after(trees, before)
    text = format_manifest(trees.own_id, after)
    message = f"sync: the remote's version taken over this machine's\n\n{reason}\n\nAutosync-Host: {display(host())}\n"
    run_id = random.token_hex(6)
    commit = _commit(site, heads, trees.remote, message, now, run_id, text)
    writes = {path: entry for path, entry in after.items() if before.get(path) != entry}
    deletes = frozenset(path for path in before if path not in after)
    return Taking(commit, heads.local, heads.remote, reason, writes, deletes, run_id)


def finish(site: Site, taking: Taking) -> list[str]:
    """Makes the choice the branch's newest commit and brings the work tree along; returns notes for a person.

    Raises BranchMovedError if the branch moved since; nothing is changed then. Push afterwards.
    """
    repository = site.repository
    tree = repository.listing(taking.commit)
    move(repository, taking.local, taking.commit, tree, f"autosync: {taking.reason}", taking.run_id)
    # A person decided about the remote as it is now: its old commits are not missed any more.
    repository.gateway.run("update-ref", "--no-deref", agreed_ref(site), taking.remote)
    owned = {*taking.writes, *taking.deletes}
    return [*taking.notes, *follow(site, taking.local, taking.commit, taking.run_id, owned)]


def _conflict(site: Site, limits: Limits | None) -> tuple[Heads, Trees, str]:
    """Looks at the remote anew. Raises ConflictError if there is nothing to choose."""
    seen = survey(site, connect(site, limits))
    if seen.relation.action is not Action.PARK:
        raise ConflictError(
            f"there is no conflict with {display(site.settings.remote)} to end: {seen.relation.reason}",
            hint=seen.relation.next_step or "run `inv sync --push`",
        )
    return seen.heads, trees_of(site, seen.heads), seen.relation.reason


def _after(trees: Trees, before: Mapping[Path, Entry]) -> dict[Path, Entry]:
    """What the source holds once the remote's version is restored into it."""
    folders = {path for path, entry in before.items() if entry.kind is Kind.FOLDER}
    after: dict[Path, Entry] = {}
    for path, (git_mode, content) in trees.remote.items():
        known = before.get(path)
        adopted = path not in trees.base and path not in trees.local and path.rpartition(b"/")[0] in folders
        if not (path in trees.owned or adopted) or is_owned(path) or always_protected(path):
            continue
        if known is not None and known.git_mode == git_mode:
            after[path] = Entry(known.kind, known.mode, 0, content)
        elif git_mode == "120000":
            after[path] = Entry(Kind.LINK, 0o777, 0, content)
        elif git_mode in ("100644", "100755"):
            after[path] = Entry(Kind.FILE, int(git_mode[-3:], 8), 0, content)
    for path in folders:
        if path not in trees.remote and not any(parent in trees.remote for parent in parents(path)):
            after[path] = before[path]
    return after


def _commit(
    site: Site, heads: Heads, tree: Listing, message: str, now: float, run_id: str, manifest: bytes = b""
) -> str:
    author = Author("autosync", f"autosync@{display(host())}", now)
    parents_ = (heads.remote, heads.local) if heads.remote != heads.local else (heads.local,)
    return commit_tree(site.repository, tree, parents_, message.encode(), author, run_id, manifest)
