"""The one machine that all tests are built on: a home folder, a config tree, a backup, and what a person does there.

Nothing of the real machine can be found from it. What is run on it is added by each kind of test: steps of features keep
what a run told (`machine.py`), whole programs give JSON (`place.py`), others call a room's own function
(`tests/restore/support.py`, `tests/remote/machines.py`).
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from autosync_tasks.validation.catalogue import compiled as is_compiled
from autosync_tasks.workspace.workspace import Site, open_site
from tests.features.pictures import Picture, picture

PERSON = {
    "GIT_AUTHOR_NAME": "A person",
    "GIT_AUTHOR_EMAIL": "person@example.org",
    "GIT_COMMITTER_NAME": "A person",
    "GIT_COMMITTER_EMAIL": "person@example.org",
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": "/dev/null",
    "GIT_OPTIONAL_LOCKS": "0",
    "LC_ALL": "C",
}
"""What git reads of a person who uses it by hand."""


class Home:
    """Where things lie below one folder, and what the environment says. Nothing is made before it is asked for."""

    def __init__(self, base: Path, source: Path | None = None) -> None:
        self.base, self.home = base, base / "home"
        self.source = source or base / "source"
        self.branch = "main"

    @property
    def environ(self) -> Mapping[str, str]:
        """The environment of every run: home, PATH and the two places."""
        return {
            "HOME": str(self.home),
            "PATH": os.environ.get("PATH", os.defpath),
            "OPENCODE_SOURCE": str(self.source),
            "OPENCODE_BACKUP": str(self.base / "backup"),
        }

    @property
    def backup(self) -> Path:
        return Path(self.environ.get("OPENCODE_BACKUP") or self.home / ".local/share/autosync-tasks/backup")

    @property
    def state(self) -> Path:
        return self.home / ".local/state/autosync-tasks"

    @property
    def settings(self) -> Path:
        """The folder of the config file."""
        return self.home / ".config/autosync-tasks"

    @property
    def site(self) -> Site:
        """Opened anew each time, as a run of the program does."""
        return open_site(self.environ)

    def prepare_scanner(self, compiled: Path) -> None:
        """Puts the compiled rules of the secret scanner where a program looks for them (making them takes 5 s).

        They are copied, not linked: the scanner takes no cache that a link leads to.
        """
        target = self.state / "engine"
        if not is_compiled(str(target)):  # a sync in this process may have kept a sieve there
            self.state.mkdir(parents=True, exist_ok=True, mode=0o700)
            self.state.chmod(0o700)
            shutil.copytree(compiled, target, dirs_exist_ok=True)
            target.chmod(0o700)

    def write(self, name: str | bytes, data: str | bytes) -> None:
        """Writes one file of the config tree, with the folders above it."""
        path = os.path.join(os.fsencode(self.source), os.fsencode(name))
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as file:
            file.write(data.encode() if isinstance(data, str) else data)

    def git(
        self, *words: str, stdin: bytes = b"", accept: Sequence[int] = (0,), repository: Path | None = None
    ) -> bytes:
        """What a person's git says in the backup (or another repository)."""
        env = {"HOME": str(self.home), "PATH": os.environ.get("PATH", os.defpath), **PERSON}
        command = ["git", "-C", str(repository or self.backup), *words]
        done = subprocess.run(command, env=env, input=stdin, capture_output=True, check=False, timeout=120)
        assert done.returncode in accept, (words, done.returncode, done.stderr)
        return done.stdout

    def bare_remote(self) -> Path:
        """An empty repository on the same disk, as the backup's remote `origin`."""
        made = self.base / "remote.git"
        made.mkdir()
        self.git("init", "-q", "--bare", "--initial-branch=main", repository=made)
        self.git("remote", "add", "origin", str(made))
        return made

    @property
    def head(self) -> str:
        """The branch's commit, "" if there is none."""
        return (
            self.git("rev-parse", "--verify", "--quiet", f"refs/heads/{self.branch}", accept=(0, 1, 128))
            .decode()
            .strip()
        )

    def written(self) -> Picture:
        """All that the program may ever write: the home, and the backup. The scanner's rules aside."""
        engine = os.fsencode(self.state / "engine")
        seen = picture(self.home, self.backup)
        return {path: what for path, what in seen.items() if not path.startswith(engine)}
