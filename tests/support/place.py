"""A place of its own for one test: home, source, backup, and the program run as a program."""

from __future__ import annotations

import contextlib
import ctypes
import functools
import hashlib
import io
import json
import os
import shutil
import stat
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.support.forks import CHECKOUT, can_fork, server

_CLEAN_GIT = {
    "GIT_CONFIG_GLOBAL": "/dev/null",
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_AUTHOR_NAME": "somebody",
    "GIT_AUTHOR_EMAIL": "somebody@example.org",
    "GIT_COMMITTER_NAME": "somebody",
    "GIT_COMMITTER_EMAIL": "somebody@example.org",
    "LC_ALL": "C",
}


@dataclass(frozen=True)
class Result:
    """What the program did: exit code, output, error output."""

    code: int
    out: bytes
    err: bytes

    @functools.cached_property
    def json(self) -> dict[str, Any]:
        """Its one JSON document."""
        found: dict[str, Any] = json.loads(self.out)
        return found

    @property
    def outcome(self) -> str:
        return str(self.json.get("outcome", self.json.get("error", "")))

    @property
    def words(self) -> str:
        """Everything it said, for assertions on words."""
        return (self.out + self.err).decode("utf-8", "replace")

    def __str__(self) -> str:
        return f"exit code {self.code}\n{self.words}"


@dataclass
class Place:
    """One home with a source and a backup in it. `more` is set in the environment of every run."""

    base: Path
    more: dict[str, str] = field(default_factory=dict)
    umask: int = 0o022

    @classmethod
    def make(cls, base: Path, scanner: Path) -> Place:
        """An empty place below `base`. scanner: the secret scanner's compiled rules, made once for all tests.

        They are copied, not linked: the scanner takes no cache that a link leads to.
        """
        place = cls(base)
        place.home.mkdir(parents=True)
        place.source.mkdir()
        place.state.mkdir(mode=0o700, parents=True)
        shutil.copytree(scanner, place.state / "engine")
        return place

    @property
    def home(self) -> Path:
        return self.base / "home"

    @property
    def source(self) -> Path:
        return self.base / "source"

    @property
    def backup(self) -> Path:
        return self.base / "backup"

    @property
    def state(self) -> Path:
        return self.home / ".local/state/autosync-tasks"

    @property
    def config(self) -> Path:
        return self.home / ".config/autosync-tasks/config.toml"

    @property
    def environ(self) -> dict[str, str]:
        """The environment of the program: nothing but what cron would give, and the two places."""
        return {
            "HOME": str(self.home),
            "PATH": os.environ.get("PATH", os.defpath),
            "PYTHONPATH": str(CHECKOUT),
            "OPENCODE_SOURCE": str(self.source),
            "OPENCODE_BACKUP": str(self.backup),
            **self.more,
        }

    def write(self, name: str | bytes, data: str | bytes, mode: int = 0o644) -> None:
        """Writes one file of the source, with the folders above it."""
        path = os.path.join(os.fsencode(self.source), os.fsencode(name))
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as file:
            file.write(data.encode() if isinstance(data, str) else data)
        os.chmod(path, mode)

    def run(
        self,
        *words: str,
        environ: Mapping[str, str | None] | None = None,
        prefix: Sequence[str] = (),
        weak: bool = False,
        cwd: Path | None = None,
        real: bool = False,
    ) -> Result:
        """Runs `autosync` with these words, in a process of its own.

        environ: more variables (None takes one away). prefix: a command to run it under. weak: even root cannot
        read what the modes forbid. real: the program is started anew (forks.py says when that makes a difference).
        """
        merged = {**self.environ, **(environ or {})}
        env = {name: value for name, value in merged.items() if value is not None}
        if not (real or weak or prefix) and can_fork(program(), env):
            found = server().run([*program(), *words], env, cwd or self.base, umask=self.umask)
            return Result(*found[:3])
        done = subprocess.run(
            [*prefix, *program(), *words],
            env=env,
            cwd=cwd or self.base,
            capture_output=True,
            stdin=subprocess.DEVNULL,
            timeout=300,
            umask=self.umask,
            preexec_fn=_without_override if weak else None,
            check=False,
        )
        return Result(done.returncode, done.stdout, done.stderr)

    def sync(
        self,
        *flags: str,
        environ: Mapping[str, str | None] | None = None,
        weak: bool = False,
        prefix: Sequence[str] = (),
    ) -> Result:
        """`autosync sync --json` with these flags, as a program."""
        return self.run("sync", "--json", *flags, environ=environ, weak=weak, prefix=prefix)

    def inside(self, task: str = "sync", *flags: str) -> Result:
        """`autosync TASK --json` in this process: the same code without the program's start and the scanner's (0.7 s).

        Not for what depends on rights or on how a process is started or ends.
        """
        from autosync_tasks.cli.program import autosync

        kept, path, out, err = dict(os.environ), list(sys.path), io.StringIO(), io.StringIO()
        words, sys.argv = sys.argv, ["autosync", task, "--json", *flags]
        umask = os.umask(self.umask)
        os.environ.clear()
        os.environ.update(self.environ)
        try:
            with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
                autosync(list(sys.argv))
            code = 0
        except SystemExit as end:
            code = int(end.code or 0)
        finally:
            sys.argv = words
            os.umask(umask)
            os.environ.clear()
            os.environ.update(kept)
            sys.path[:] = path
        return Result(code, out.getvalue().encode(), err.getvalue().encode())

    def git(
        self, *words: str, stdin: bytes = b"", accept: Sequence[int] = (0,), repository: Path | None = None
    ) -> bytes:
        """What a person's git says in the backup (or another repository)."""
        env = {"HOME": str(self.home), "PATH": os.environ.get("PATH", os.defpath), **_CLEAN_GIT}
        done = subprocess.run(
            ["git", "-C", str(repository or self.backup), *words],
            env=env,
            input=stdin,
            capture_output=True,
            check=False,
        )
        assert done.returncode in accept, (words, done.returncode, done.stderr)
        return done.stdout

    @property
    def head(self) -> str:
        """The branch's commit, "" if there is none."""
        return self.git("rev-parse", "--verify", "--quiet", "refs/heads/main", accept=(0, 1, 128)).decode().strip()

    def written(self) -> dict[str, tuple[int, int, str]]:
        """Every path of state, config and backup with its mode, mtime (ns) and a digest of its contents."""
        found: dict[str, tuple[int, int, str]] = {}
        for top in (self.home, self.backup):
            for folder, _, files in os.walk(top):
                for path in [folder, *(os.path.join(folder, name) for name in files)]:
                    facts = os.lstat(path)
                    data = Path(path).read_bytes() if stat.S_ISREG(facts.st_mode) else b""
                    found[path] = (facts.st_mode, facts.st_mtime_ns, hashlib.sha256(data).hexdigest())
        return found


def program() -> list[str]:
    """The console program of the interpreter that runs the tests."""
    script = os.path.join(os.path.dirname(sys.executable), "autosync")
    if os.path.exists(script):
        return [script]
    return [sys.executable, "-c", "from autosync_tasks.cli.program import autosync; autosync()"]


_PR_CAPBSET_DROP, _CAP_DAC_OVERRIDE, _CAP_DAC_READ_SEARCH = 24, 1, 2  # prctl(2), capabilities(7)


def _without_override() -> None:
    """Takes from root the right to read what the modes forbid; does nothing for anybody else."""
    if os.geteuid() == 0:
        libc = ctypes.CDLL(None)
        for capability in (_CAP_DAC_OVERRIDE, _CAP_DAC_READ_SEARCH):
            if libc.prctl(_PR_CAPBSET_DROP, capability, 0, 0, 0) != 0:
                os._exit(99)
