"""A bootstrap by another user of the system, under another home: as that user's own processes, not as root's."""

from __future__ import annotations

import json
import os
import shlex
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.features.pictures import commits
from tests.remote.servers import http_server, served
from tests.support import independent
from tests.support.forks import CHECKOUT
from tests.support.machine import Machine

pytestmark = [
    pytest.mark.sweep,
    pytest.mark.skipif(
        os.geteuid() != 0 or not shutil.which("setpriv"), reason="only root can be another user, by setpriv"
    ),
]
NOBODY = 65534
_AS = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"]


class Theirs:
    """The home of that user, and what is run there."""

    def __init__(self, folder: Path, scanner_cache: Path) -> None:
        self.machine = Machine(folder, scanner_cache)
        self.machine.prepare_scanner()
        subprocess.run(["chown", "-R", f"{NOBODY}:{NOBODY}", folder], check=True)
        search = f"{CHECKOUT}:{sysconfig.get_path('purelib')}"
        self.environ = ["env", "-i", f"HOME={self.machine.home}", "PATH=/usr/bin:/bin", f"PYTHONPATH={search}"]
        pythons = (sys.executable, "/usr/bin/python3")  # ours may lie in a folder of root's
        self.python = next((one for one in pythons if self._run(one, "--version").returncode == 0), "")
        if not self.python:
            pytest.skip("that user can run no Python with this program")

    def _run(self, python: str, *words: str) -> subprocess.CompletedProcess[bytes]:
        command = [*_AS, *self.environ, python, "-m", "autosync_tasks", *words]
        return subprocess.run(command, cwd="/", capture_output=True, timeout=240, check=False)

    def says(self, *words: str) -> tuple[int, dict[str, Any]]:
        done = self._run(self.python, *words, "--json")
        assert b"Traceback" not in done.stderr, done
        found: dict[str, Any] = json.loads(done.stdout)
        return done.returncode, found


@pytest.fixture
def remote(machine: Machine, workshop: Path) -> Path:
    """That of a machine of root's, with a tree in which there is one of each kind of thing."""
    workshop.chmod(0o755)
    machine.make_tree()
    machine.path("context/alias.md").symlink_to("stack.md")
    machine.path("empty").mkdir(mode=0o700)
    machine.write("bin/tool.sh", "#!/bin/sh\n")
    machine.path("bin/tool.sh").chmod(0o750)
    machine.must_sync()
    return served(machine, workshop)


@pytest.fixture
def theirs(workshop: Path, scanner_cache: Path, remote: Path) -> Iterator[Theirs]:
    made = Theirs(workshop / "theirs", scanner_cache)
    yield made
    strange = [path for path in made.machine.root.rglob("*") if path.lstat().st_uid != NOBODY]
    assert strange == []


def test_the_tree_stands_in_their_home_and_their_syncs_go_on(machine: Machine, theirs: Theirs, remote: Path) -> None:
    new = theirs.machine
    with http_server(remote.parent) as server:
        url = f"http://127.0.0.1:{server.server_port}/remote.git"
        code, said = theirs.says("bootstrap", url)
        assert code == 0, said
        assert independent.source(new.source) == independent.source(machine.source)
        assert str(machine.home) not in (new.settings / "config.toml").read_text()
        code, said = theirs.says("status")
        assert (code, said["verdict"]) == (0, "protected"), said
        new.path("AGENTS.md").write_text("# Theirs\n")
        code, said = theirs.says("sync")
        assert (code, said["outcome"]) == (0, "changed"), said
        code, said = theirs.says("bootstrap", url)
        assert (code, said["outcome"]) == (0, "ok"), said
    assert commits(remote)[1:] == commits(machine.backup)


def test_a_repository_of_another_user_is_named_with_the_way_and_the_way_leads_there(
    machine: Machine, theirs: Theirs, remote: Path
) -> None:
    code, said = theirs.says("bootstrap", str(remote), "--no-triggers")
    assert code == 1 and "dubious ownership" in said["error"], said
    assert not theirs.machine.source.exists()
    way = said["hint"].partition("if you trust it: ")[2]
    environ = [*theirs.environ, "GIT_CONFIG_NOSYSTEM=1"]
    subprocess.run([*_AS, *environ, *shlex.split(way)], cwd="/", check=True, capture_output=True, timeout=20)
    code, said = theirs.says("bootstrap", str(remote), "--no-triggers")
    assert independent.source(theirs.machine.source) == independent.source(machine.source)
    assert (code, said["exit_code"]) == (0, 0), said
