"""A person's machine in a folder of its own: a home, a config tree, a backup, a clock; and what runs told.

The steps drive the real pipeline here, on real files and with real git. Only the clock is given.
"""

from __future__ import annotations

import base64
import io
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable, Sequence
from contextlib import redirect_stderr, redirect_stdout
from contextvars import Context
from dataclasses import dataclass, field
from pathlib import Path

from autosync_tasks.errors import AutosyncError
from autosync_tasks.model import Outcome, Run, Trigger
from autosync_tasks.policy.inputs import Ask
from autosync_tasks.report import lines
from autosync_tasks.report.status import of_status
from autosync_tasks.report.words import Line
from autosync_tasks.status.status import Status, status
from autosync_tasks.sync import pipeline
from autosync_tasks.verify import verify as verifying
from autosync_tasks.workspace.request import Request
from autosync_tasks.workspace.workspace import Site
from tests.features.pictures import Picture, changed, picture
from tests.support.forks import CHECKOUT, can_fork, server
from tests.support.rights import as_a_person
from tests.support.stand_ins import StandIns

MIDNIGHT = 1_767_571_200.0
"""00:00 UTC of the day on which all scenarios begin (2026-01-05, a Monday), in seconds since the epoch."""

TOKEN = "c2dwX2FiY2RlZjEyMzQ1Njc4OTAxMjM0NTY3ODkwYWJjZGVmMTIzNDU2Nzg="
"""A token from a secret scanner's own tests; encoded, so that no scanner takes this file for a leak."""

BIN = Path(sys.executable).parent

STANDARD_TREE = {
    "opencode.json": '{\n  "model": "anthropic/claude-sonnet-4-5"\n}\n',
    "AGENTS.md": "# House rules\n\nSmall commits.\n",
    "README.md": "# My configuration\n",
    "agent/reviewer.md": "---\ndescription: Reads a change once more\nmode: subagent\n---\nBe kind.\n",
    "context/stack.md": "# Stack\n\nPython 3.12, pytest.\n",
    "bin/check": "#!/bin/sh\nexec pytest -q\n",
}


@dataclass
class Told:
    """How one run ended, as a person sees it. spoken: whether a Then said so."""

    what: str
    outcome: str
    exit_code: int
    text: str
    run: Run | None = None
    error: AutosyncError | None = None
    stderr: str = ""
    before: Picture = field(default_factory=dict)
    after: Picture = field(default_factory=dict)
    spoken: bool = False


class Machine(StandIns):
    """One person's machine. Every run is kept in `told`; the newest is `last`."""

    environ: dict[str, str] = {}  # noqa: RUF012  each has its own; this takes the place of the property

    def __init__(self, root: Path, scanner_cache: Path) -> None:
        super().__init__(root, root / "home/.config/opencode")
        self.root = root
        self.home.mkdir(parents=True)
        self.environ = {"HOME": str(self.home), "PATH": f"{BIN}:{os.environ['PATH']}", "LOGNAME": "person"}
        self.now = MIDNIGHT + 9 * 3600
        self.told: list[Told] = []
        self.status: Status | None = None
        self.folder = root
        self.scanner_cache = scanner_cache
        self.secret = base64.b64decode(TOKEN).decode()
        self.fingerprint = ""
        self.crontab, self.crontab_before = self.home / "spool" / "person", ""
        self.fault = ("", "", "")
        self.inside: list[str] = []
        """The words of a program inside which others are run, such as `unshare`."""
        self.hostile: dict[str, str] = {}
        """What a hostile caller leaves in the environment of the process itself."""
        self._numbers = 0

    # ---- places

    @property
    def config(self) -> Path:
        return self.settings

    def written(self) -> Picture:
        """Everything that the program may ever write: state, config, backup. The scanner's rules aside."""
        engine = os.fsencode(self.state / "engine")
        seen = picture(self.state, self.config, self.backup)
        return {path: what for path, what in seen.items() if not path.startswith(engine)}

    def pictured(self) -> Picture:
        """The whole home folder."""
        return picture(self.home)

    @property
    def last(self) -> Told:
        assert self.told, "nothing has run yet"
        return self.told[-1]

    def expanded(self, place: str) -> str:
        """A path as the shell would read it: `~` is the home folder."""
        return str(self.home) + place[1:] if place == "~" or place.startswith("~/") else place

    # ---- the config tree

    def path(self, name: str) -> Path:
        return self.source / name

    def edit(self, name: str) -> None:
        """Gives a file contents that no file had before; it stays what it is (JSON, front matter)."""
        self._numbers += 1
        path = self.path(name)
        if name.endswith(".json"):
            self.write(name, f'{{\n  "theme": "night-{self._numbers}"\n}}\n')
        else:
            old = path.read_bytes() if path.exists() else b""
            self.write(name, old + f"Line {self._numbers}.\n".encode())

    def start_anew(self) -> None:
        """Forgets tree, backup, settings and state."""
        for folder in (self.source, self.backup, self.config, self.state):
            shutil.rmtree(folder, ignore_errors=True)

    def make_tree(self) -> None:
        for name, text in STANDARD_TREE.items():
            self.write(name, text)
        self.path("bin/check").chmod(0o755)

    # ---- runs in this process

    def sync(self, trigger: Trigger = Trigger.MANUAL, *, check: bool = False, ask: Ask | None = None) -> Told:
        """One passage through the pipeline, at the machine's time."""

        def go() -> tuple[Run, Site]:
            site = self.site
            request = Request(trigger, check, ask or Ask(), self.now, f"run{len(self.told):09}")
            return pipeline.sync(site, request), site

        told = self._tell("sync", go)
        if check:
            assert not changed(told.before, told.after), f"check mode wrote: {changed(told.before, told.after)}"
        return told

    def verify(self, *, deep: bool = False) -> Told:
        def go() -> tuple[Run, Site]:
            site = self.site
            return verifying.verify(site, Request(check=True, now=self.now), deep=deep), site

        return self._tell("verify", go)

    def look_status(self) -> Told:
        """`status`; its text is what a person sees."""
        before = self.written()
        with as_a_person():
            site = self.site
            self.status = found = status(site, self.now)
        shown = of_status(found, site.places.source, site.places.backup, self.now, short=False)
        told = Told("status", found.verdict.level, found.exit_code, plain(shown), before=before, after=self.written())
        self.told.append(told)
        return told

    def _tell(self, what: str, go: Callable[[], tuple[Run, Site]]) -> Told:
        before, tree = self.written(), picture(self.source)
        try:
            with as_a_person():
                run, site = go()
            text = plain(lines.of_run(run, site.places.source, site.places.backup, verbose=True))
            told = Told(what, run.outcome, run.exit_code, text, run)
        except AutosyncError as error:
            told = Told(what, "refused", error.exit_code, plain(lines.of_error(error)), error=error)
        told.before, told.after = before, self.written()
        self.told.append(told)
        assert not changed(tree, picture(self.source)), "the run wrote to the config tree"
        return told

    def must_sync(self, trigger: Trigger = Trigger.MANUAL) -> None:
        """A sync that only prepares what a scenario is about."""
        told = self.sync(trigger)
        told.spoken = True
        assert told.exit_code == 0, told.text

    # ---- the program itself

    def prepare_scanner(self, compiled: Path | None = None) -> None:
        super().prepare_scanner(compiled or self.scanner_cache)

    def program(
        self,
        argv: Sequence[str],
        *,
        environ: dict[str, str] | None = None,
        prepared: bool = True,
        real: bool = False,
    ) -> Told:
        """Runs a program of this project as a person would, in a process and an environment of its own.

        real: it is started anew (forks.py says when that makes a difference).
        """
        if prepared:
            self.prepare_scanner()
        environ = self.environ if environ is None else environ
        words = [str(BIN / argv[0]), *argv[1:]]
        if real or not can_fork(words, environ):
            return self.program_in([], argv, environ=environ)
        before = self.written()
        folder = CHECKOUT if argv[0] == "inv" else self.folder
        code, out, err, _ = server().run(words, environ, folder)
        return self._said(argv, code, out, err, before)

    def program_in(self, outer: Sequence[str], argv: Sequence[str], *, environ: dict[str, str] | None = None) -> Told:
        """The same inside another one that runs it, such as `unshare`."""
        before = self.written()
        done = subprocess.run(
            [*outer, str(BIN / argv[0]), *argv[1:]],
            cwd=CHECKOUT if argv[0] == "inv" else self.folder,
            env=self.environ if environ is None else environ,
            capture_output=True,
            stdin=subprocess.DEVNULL,
            timeout=120,
            check=False,
        )
        return self._said(argv, done.returncode, done.stdout, done.stderr, before)

    def _said(self, argv: Sequence[str], code: int, out: bytes, err: bytes, before: Picture) -> Told:
        told = Told(
            what=" ".join(argv),
            outcome="",
            exit_code=code,
            text=out.decode("utf-8", "surrogateescape"),
            stderr=err.decode("utf-8", "surrogateescape"),
            before=before,
            after=self.written(),
        )
        self.told.append(told)
        return told

    def command(self, *argv: str) -> Told:
        """The same in this process, which is quicker: `autosync` or `sync-config` with its arguments."""
        from autosync_tasks.cli import program

        before = picture(self.home)
        out, err = io.StringIO(), io.StringIO()
        environ, here, path, words, code = dict(os.environ), Path.cwd(), list(sys.path), sys.argv, 0
        os.environ.clear()
        os.environ.update(self.environ)
        os.chdir(self.folder)
        try:
            sys.argv = list(argv)
            with as_a_person(), redirect_stdout(out), redirect_stderr(err):
                run = {"autosync": program.autosync, "sync-config": program.sync_config}[argv[0]]
                Context().run(run, list(argv))  # a new process knows of no secret yet
        except SystemExit as ended:
            code = ended.code if isinstance(ended.code, int) else 1
        finally:
            sys.argv = words
            os.chdir(here)
            os.environ.clear()
            os.environ.update(environ)
            sys.path[:] = path
        told = Told(" ".join(argv), "", code, out.getvalue(), stderr=err.getvalue())
        told.before, told.after = before, picture(self.home)
        self.told.append(told)
        return told


def plain(shown: Iterable[Line]) -> str:
    """Lines as they stand on a screen without colour."""
    return "\n".join("".join(part.text for part in line) for line in shown)


EXIT_CODE = {
    Outcome.OK: 0,
    Outcome.CHANGED: 0,
    Outcome.SKIPPED: 0,
    Outcome.DEFERRED: 0,
    Outcome.BLOCKED: 3,
    Outcome.INCOMPLETE: 1,
    Outcome.FAILED: 1,
}
"""docs/exit-codes.md."""
