"""A machine on which the program is run as a program: exit code and one JSON document."""

from __future__ import annotations

import contextlib
import functools
import io
import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.support.forks import CHECKOUT, can_fork, server
from tests.support.home import Home
from tests.support.rights import without_override


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


class Place(Home):
    """A machine on which the program is run, and says JSON. `more` is set in the environment of every run."""

    def __init__(self, base: Path, more: dict[str, str] | None = None, umask: int = 0o022) -> None:
        super().__init__(base)
        self.more, self.umask = more or {}, umask

    @classmethod
    def make(cls, base: Path, scanner: Path) -> Place:
        """An empty one below `base`. scanner: the secret scanner's compiled rules, made once for all tests."""
        place = cls(base)
        place.home.mkdir(parents=True)
        place.source.mkdir()
        place.prepare_scanner(scanner)
        return place

    @property
    def config(self) -> Path:
        return self.settings / "config.toml"

    @property
    def environ(self) -> dict[str, str]:
        """Nothing but what cron would give, and the two places."""
        return {**super().environ, "PYTHONPATH": str(CHECKOUT), **self.more}

    def write(self, name: str | bytes, data: str | bytes, mode: int = 0o644) -> None:
        """Writes one file of the source, with the folders above it."""
        super().write(name, data)
        os.chmod(os.path.join(os.fsencode(self.source), os.fsencode(name)), mode)

    def run(
        self,
        *words: str,
        environ: Mapping[str, str | None] | None = None,
        prefix: Sequence[str] = (),
        weak: bool = False,
        cwd: Path | None = None,
        real: bool = False,
        seconds: float = 300,
    ) -> Result:
        """Runs `autosync` with these words, in a process of its own.

        environ: more variables (None takes one away). prefix: a command to run it under. weak: even root cannot
        read what the modes forbid. real: the program is started anew (forks.py says when that makes a difference).
        seconds: after which it is a fault that it still runs.
        """
        merged = {**self.environ, **(environ or {})}
        env = {name: value for name, value in merged.items() if value is not None}
        if not (real or prefix) and can_fork(program(), env):
            found = server().run(
                [*program(), *words], env, cwd or self.base, umask=self.umask, weak=weak, seconds=seconds
            )
            return Result(*found[:3])
        done = subprocess.run(
            [*prefix, *program(), *words],
            env=env,
            cwd=cwd or self.base,
            capture_output=True,
            stdin=subprocess.DEVNULL,
            timeout=seconds,
            umask=self.umask,
            preexec_fn=without_override if weak else None,
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


def program() -> list[str]:
    """The console program of the interpreter that runs the tests."""
    script = os.path.join(os.path.dirname(sys.executable), "autosync")
    if os.path.exists(script):
        return [script]
    return [sys.executable, "-c", "from autosync_tasks.cli.program import autosync; autosync()"]


def with_three_versions(folder: Path, scanner: Path) -> Place:
    """A place with three backups of one file, `context/a.md`."""
    place = Place.make(folder, scanner)
    place.more["MAX_SYNC_FREQUENCY"] = "0"
    for text in ("first\n", "second\n", "third\n"):
        place.write("context/a.md", text)
        assert place.inside("sync").code == 0
    return place
