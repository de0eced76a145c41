"""Puts the backup in its place: objects, the remote's address, and last the branch, each durable before the next."""

from __future__ import annotations

from autosync_tasks.backup.locks import clear_stale_locks
from autosync_tasks.backup.repository import Repository
from autosync_tasks.bootstrap.offers import Offer
from autosync_tasks.bootstrap.stage import Stage, bring
from autosync_tasks.errors import BackupError, GuardError
from autosync_tasks.linux.disk import make_durable
from autosync_tasks.model import Outcome, Step
from autosync_tasks.names import display, typed
from autosync_tasks.records import replace
from autosync_tasks.remote.address import Address, AddressError, parse
from autosync_tasks.remote.known import agreed_ref
from autosync_tasks.workspace.workspace import Site


def place(target: Site, stage: Stage, chosen: Offer, heads: tuple[str, str], address: Address | None) -> Step:
    """Makes the backup what was chosen. Call it under the lock.

    target: the site as it will be. heads: where its branch stands ("" if it is not there), and where it is to stand.
    address: of the remote that it goes on with, None for none. Raises GuardError where another remote has its name,
    BackupError if the branch was moved meanwhile.
    """
    repository, remote, (here, commit) = target.repository, target.settings.remote, heads
    target.state.begin()
    if not repository.exists:
        repository.create()
    clear_stale_locks(repository)  # a bootstrap that was stopped may have left one
    if address is not None:
        _name_remote(repository, remote, address)
    if here == commit:
        return Step("backup", Outcome.OK, f"{display(repository.folder)} holds it already")
    bring(stage, repository, [chosen.branch])
    make_durable(repository.git_dir)
    run = repository.gateway.run
    if address is not None:
        settings = replace(target.settings, backup_branch=chosen.branch)
        there = replace(target, loaded=replace(target.loaded, settings=settings))
        for ref in (agreed_ref(there), f"refs/remotes/{remote}/{chosen.branch}"):
            run("update-ref", "--no-deref", ref, chosen.commit)
    run("update-ref", "--no-deref", f"refs/heads/{repository.branch}", commit, here or "0" * 40)
    make_durable(repository.git_dir)
    if repository.ref() != commit:
        raise BackupError(
            f"the branch {display(repository.branch)} does not stand where it was put", hint="run it again"
        )
    return Step("backup", Outcome.CHANGED, f"{display(repository.folder)} is at {commit[:7]}")


def _name_remote(repository: Repository, remote: str, address: Address) -> None:
    gateway = repository.gateway
    code, output, _ = gateway.attempt("config", "--get", f"remote.{remote}.url")
    held = output.decode("utf-8", "surrogateescape").strip() if code == 0 else ""
    try:
        known = bool(held) and parse(held).shown == address.shown
    except AddressError:
        known = False
    if held and not known:
        raise GuardError(
            f"the backup {display(repository.folder)} has a remote {display(remote)} at another address",
            hint=f"if this one is right: git -C {typed(repository.folder)} remote remove {typed(remote)}",
        )
    if not held:
        gateway.run("config", f"remote.{remote}.url", address.url)
        gateway.run("config", f"remote.{remote}.fetch", f"+refs/heads/*:refs/remotes/{remote}/*")
