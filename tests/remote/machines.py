"""Machines for tests of remotes: each with a home, a source and a backup of its own, and people who push by hand."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from autosync_tasks.model import Run, Trigger
from autosync_tasks.remote.push import PushResult, push
from autosync_tasks.remote.transport import Limits
from autosync_tasks.sync import pipeline
from autosync_tasks.workspace.request import new_request
from autosync_tasks.workspace.workspace import Site, open_site

QUICK = Limits(look=10, transfer=20, overall=40, tries=2, pause=0.05)
NOW = 1_790_000_000.0

_PERSON = {
    "GIT_AUTHOR_NAME": "A person",
    "GIT_AUTHOR_EMAIL": "person@example.org",
    "GIT_COMMITTER_NAME": "A person",
    "GIT_COMMITTER_EMAIL": "person@example.org",
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": "/dev/null",
}


def git(folder: Path, *arguments: str, check: bool = True, **environment: str) -> str:
    """Git as a person runs it by hand."""
    env = {**os.environ, **_PERSON, **environment}
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


class Machine:
    """One machine with one config tree. Every call opens the site anew, as a run of the program does."""

    def __init__(self, root: Path, remote: str, branch: str = "main", **settings: str) -> None:
        self.root, self.source, self.backup = root, root / "opencode", root / "backup"
        self.source.mkdir(parents=True)
        self.environ = {
            "HOME": str(root),
            "XDG_CONFIG_HOME": str(root / ".config"),
            "XDG_STATE_HOME": str(root / ".state"),
            "XDG_DATA_HOME": str(root / ".data"),
            "OPENCODE_SOURCE": str(self.source),
            "OPENCODE_BACKUP": str(self.backup),
            "BACKUP_BRANCH": branch,
            "PATH": os.environ["PATH"],
            **settings,
        }
        self.branch, self.remote, self.now = branch, remote, NOW
        (root / ".gitconfig").write_text("[user]\n\tname = someone\n")

    def write(self, path: str, text: str) -> None:
        target = self.source / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text)

    @property
    def site(self) -> Site:
        return open_site(self.environ)

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

    def head(self) -> str:
        return git(self.backup, "rev-parse", f"refs/heads/{self.branch}")

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
