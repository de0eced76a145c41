"""Machines for tests of remotes: each with a home, a source and a backup of its own, and people who push by hand."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from autosync_tasks.model import Run, Trigger
from autosync_tasks.remote.known import PushResult
from autosync_tasks.remote.push import push
from autosync_tasks.remote.transport import Limits
from autosync_tasks.sync import pipeline
from autosync_tasks.workspace.request import new_request
from tests.support.home import PERSON, Home

QUICK = Limits(look=10, transfer=20, overall=40, tries=2, pause=0.05)
NOW = 1_790_000_000.0


def git(folder: Path, *arguments: str, check: bool = True, **environment: str) -> str:
    """Git as a person runs it by hand."""
    env = {**os.environ, **PERSON, **environment}
    done = subprocess.run(
        ["git", *arguments], cwd=folder, env=env, capture_output=True, text=True, check=False, timeout=60
    )
    if check and done.returncode != 0:
        raise AssertionError(f"git {' '.join(arguments)}: {done.stderr}")
    return done.stdout.strip()


def bare(folder: Path) -> Path:
    """An empty remote."""
    folder.mkdir(parents=True)
    git(folder, "init", "--quiet", "--bare", "--initial-branch=main")
    return folder


class Machine(Home):
    """A machine with a remote. `settings` are variables of the environment of all that is called."""

    def __init__(self, root: Path, remote: str, branch: str = "main", **settings: str) -> None:
        super().__init__(root)
        self.named = {"BACKUP_BRANCH": branch, **settings}
        self.branch, self.remote, self.now = branch, remote, NOW
        self.home.mkdir(parents=True)
        self.source.mkdir()
        (self.home / ".gitconfig").write_text("[user]\n\tname = someone\n")

    @property
    def environ(self) -> dict[str, str]:
        return {**super().environ, **self.named}

    def sync(self) -> Run:
        """A sync by hand, without the push."""
        run = pipeline.sync(self.site, new_request())
        if self.remote and not git(self.backup, "remote"):
            git(self.backup, "remote", "add", "origin", self.remote)
        return run

    def push(self, limits: Limits = QUICK, trigger: Trigger = Trigger.MANUAL) -> PushResult:
        site = self.site
        with site.state.lock():
            return push(site, now=self.now, trigger=trigger, limits=limits)

    def round(self) -> PushResult:
        self.sync()
        return self.push()

    def holds(self, commit: str = "") -> dict[str, str]:
        """Path to text of a commit of the backup."""
        return contents(self.backup, commit or f"refs/heads/{self.branch}")


def contents(repository: Path, commit: str) -> dict[str, str]:
    """Path to text of everything in a commit, less our own record."""
    names = git(repository, "ls-tree", "-r", "-z", "--name-only", commit).split("\0")
    return {
        name: git(repository, "show", f"{commit}:{name}") for name in names if name and not name.startswith(".auto")
    }


class Person:
    """Somebody with a clone of the remote."""

    def __init__(self, folder: Path, remote: str, branch: str = "main") -> None:
        self.folder, self.branch = folder, branch
        subprocess.run(["git", "clone", "-q", remote, str(folder)], check=True, capture_output=True, timeout=60)
        git(folder, "checkout", "-q", "-B", branch, f"origin/{branch}", check=False)

    def pull(self) -> None:
        git(self.folder, "fetch", "-q", "origin")
        git(self.folder, "reset", "-q", "--hard", f"origin/{self.branch}")

    def edit(self, path: str, text: str | None, message: str = "an edit") -> None:
        """Changes (or removes) one file on the remote, on top of what is there."""
        self.pull()
        self.change(path, text, message)
        git(self.folder, "push", "-q", "origin", f"HEAD:{self.branch}")

    def change(self, path: str, text: str | None, message: str = "an edit") -> None:
        target = self.folder / path
        if text is None:
            target.unlink()
        else:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text)
        git(self.folder, "add", "-A")
        git(self.folder, "commit", "-q", "-m", message)
