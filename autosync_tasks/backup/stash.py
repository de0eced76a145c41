"""A stash entry of what a person edited in the backup's work tree, so that nothing of it is overwritten unsaved."""

from __future__ import annotations

import os

from autosync_tasks.backup.index import index_entries, joined, set_entries, standing
from autosync_tasks.backup.repository import Repository
from autosync_tasks.files import make_durable
from autosync_tasks.model import Path
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
        with Below(repository.folder) as below:
            there = [path for path in edited if standing(below, path) is not None]
        gateway.run(
            "update-index",
            "-z",
            "--add",
            "--replace",
            "--stdin",
            stdin=joined(there),
            environment=environment,
        )
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
