"""A stash entry of what a person edited in the backup's work tree, so that nothing of it is overwritten unsaved."""

from __future__ import annotations

import os

from autosync_tasks.backup.index import git_mode, index_entries, set_entries
from autosync_tasks.backup.repository import Repository
from autosync_tasks.backup.stream import blob, stream
from autosync_tasks.linux.disk import make_durable
from autosync_tasks.model import Path
from autosync_tasks.tree.content import content_id
from autosync_tasks.tree.dirfd import Below


def save_edits(repository: Repository, base: str, edited: list[Path], run_id: str) -> str:
    """Saves the edited owned paths, staged and unstaged, as a stash entry on the disk; returns its commit id.

    A stash entry is a commit of the work tree's state with two parents: the branch and the index's state.
    """
    scratch = os.path.join(repository.git_dir, f"autosync-stash-{run_id}.index")
    environment = {"GIT_INDEX_FILE": scratch}
    gateway = repository.gateway
    try:
        gateway.run("read-tree", base, environment=environment)
        index = index_entries(repository)
        staged = [(path, *index[path]) for path in edited if path in index]
        set_entries(repository, staged, environment)
        index_tree = gateway.run("write-tree", environment=environment).decode().strip()
        set_entries(repository, _stored(repository, edited), environment)
        work_tree = gateway.run("write-tree", environment=environment).decode().strip()
    finally:
        if os.path.exists(scratch):
            os.unlink(scratch)
    label = f"autosync run {run_id}: edits found in the backup's own work tree"
    identity = {
        f"GIT_{who}_{what}": value
        for who in ("AUTHOR", "COMMITTER")
        for what, value in (("NAME", "autosync"), ("EMAIL", "autosync@localhost"))
    }
    staged_commit = gateway.run("commit-tree", index_tree, "-p", base, "-m", f"index of {label}", environment=identity)
    saved = gateway.run(
        *("commit-tree", work_tree, "-p", base, "-p", staged_commit.decode().strip(), "-m", label),
        environment=identity,
    )
    commit = saved.decode().strip()
    gateway.run("stash", "store", "--message", label, commit, environment=identity)
    make_durable(repository.git_dir)  # what was edited is overwritten next
    return commit


def _stored(repository: Repository, edited: list[Path]) -> list[tuple[Path, str, str]]:
    """Puts what stands at these paths into the store; (path, git mode, content id) of each file and link there.

    Read by descriptors: git would read through a folder that was swapped for a link, and store what lies elsewhere.
    """
    entries = []
    with Below(repository.folder) as below, stream(repository) as talk:
        for path in sorted(edited):
            contents = below.contents(path)
            if contents is not None:
                mode, data = contents
                talk.say(*blob(data))
                entries.append((path, git_mode(mode), content_id(data)))
    return entries
