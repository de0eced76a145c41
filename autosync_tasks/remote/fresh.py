"""The remote's backup, fetched as a new machine would: into a repository of its own, not one object taken from here."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

from autosync_tasks.backup.gateway import Gateway
from autosync_tasks.backup.repository import Repository
from autosync_tasks.errors import BackupError
from autosync_tasks.names import display
from autosync_tasks.remote.heads import connect
from autosync_tasks.remote.transport import Limits, Remote
from autosync_tasks.state.scratch import scratch
from autosync_tasks.state.state import State
from autosync_tasks.workspace.workspace import Site


class NoBranchError(BackupError):
    """The remote was asked, and has no such branch."""


@contextmanager
def fetched(site: Site, run_id: str) -> Iterator[Repository]:
    """`fetch_fresh` into scratch, which is gone afterwards."""
    with scratch(site.state, run_id) as folder:
        yield fetch_fresh(site, os.path.realpath(folder))  # git is another process: it needs the name


def fetch_fresh(site: Site, folder: str) -> Repository:
    """Fetches the branch into a bare repository made in the empty `folder`, as a new machine would.

    Raises RemoteError if the remote cannot be reached, GuardError if its address was not confirmed, BackupError if it
    has no such branch.
    """
    settings, limits = site.settings, Limits()
    own = os.path.join(folder, "backup.git")
    os.mkdir(own, 0o700)
    state = State(os.path.join(folder, "state"), own, own)  # a sync that pushes meanwhile has its own scratch
    address = connect(site, limits, state=state).address
    gateway = Gateway(own)
    gateway.run("init", "--quiet", "--bare", "--template=", f"--initial-branch={settings.backup_branch}")
    gateway.run("config", f"remote.{settings.remote}.url", address.url)
    repository = Repository(own, settings.backup_branch)
    remote = Remote(repository, state, settings.remote, site.environ, limits)
    commit = remote.heads(settings.backup_branch).get(settings.backup_branch)
    if commit is None:
        raise NoBranchError(
            f"the remote {address.shown} has no branch {display(settings.backup_branch)} yet",
            hint="run `inv sync --push` to bring the backup there",
        )
    remote.fetch([commit])
    gateway.run("update-ref", f"refs/heads/{settings.backup_branch}", commit)
    return repository
