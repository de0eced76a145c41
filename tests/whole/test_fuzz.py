"""Whatever one types, sets, damages or puts into the tree: it ends in time, in words, with a code of the table.

Each case is a run (or a few) of the program as a process. By default a seeded sample; `-m sweep` and `-m full` play
more, AUTOSYNC_SEED others.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from math import ceil
from pathlib import Path

import pytest

from autosync_tasks.config.settings import TABLE
from autosync_tasks.errors import EXIT_CODES
from tests.support.forks import ForkServer
from tests.support.machine import BIN, Machine
from tests.support.nonsense import Nonsense
from tests.support.user_systemd import stand_in

SECONDS = 10
SEED = os.environ.get("AUTOSYNC_SEED", "1")
KEYS = [*TABLE]
SIZES = [
    pytest.param(0.25, id="a few"),
    pytest.param(2, id="more", marks=pytest.mark.sweep),
    pytest.param(400, id="many", marks=pytest.mark.full),
]


@pytest.fixture(scope="module")
def forks(tmp_path_factory: pytest.TempPathFactory, scanner_cache: Path) -> Iterator[ForkServer]:
    """What these runs leave running (a waiter) is ended with them."""
    made = ForkServer(scanner_cache, tmp_path_factory.mktemp("forks"), reap=True)
    yield made
    made.close()


class Bench:
    """A machine that is backed up, to be set back after each case."""

    def __init__(self, machine: Machine, forks: ForkServer) -> None:
        self.machine, self._forks = machine, forks
        machine.make_tree()
        machine.fake_crontab()
        machine.environ |= stand_in(machine.home, machine.environ["PATH"])
        machine.must_sync()
        machine.prepare_scanner()
        self._kept = machine.root / "kept"
        shutil.copytree(machine.home, self._kept, symlinks=True)

    def again(self) -> None:
        """Back to the beginning."""
        for folder, folders, _ in os.walk(self.machine.home):
            for name in folders:
                if not os.path.islink(path := os.path.join(folder, name)):
                    os.chmod(path, 0o700)
        shutil.rmtree(self.machine.home)
        shutil.copytree(self._kept, self.machine.home, symlinks=True)

    def run(self, *words: str, case: object = "", **variables: str) -> int:
        """One run, judged; its exit code."""
        if not os.path.lexists(self.machine.state):  # `uninstall` took it: compiling the rules anew takes 5 s
            self.machine.prepare_scanner()
        environ = self.machine.environ | variables
        where = f"autosync {words!r} {variables} {case}"
        code, out, err, took = self._forks.run(
            [str(BIN / "autosync"), *words], environ, self.machine.folder, seconds=3 * SECONDS, patience=0
        )
        said = f"{where}\nexit code {code} after {took:.1f} s\n{(out + err)[-3000:].decode('utf-8', 'replace')}"
        assert b"Traceback" not in out + err, said
        assert code in EXIT_CODES, said
        assert code != 130, said
        assert took < SECONDS * (3 if "doctor" in words else 1), said  # the doctor runs three programs
        assert code in (0, 5) or (out + err).strip(), f"nothing was said: {said}"
        return code


@pytest.fixture
def bench(machine: Machine, forks: ForkServer) -> Bench:
    return Bench(machine, forks)


@pytest.mark.parametrize("size", SIZES)
def test_command_lines(bench: Bench, size: float) -> None:
    nonsense, codes = Nonsense(f"{SEED} words"), set()
    for number in range(ceil(60 * size)):
        if number % 20 == 0:
            bench.again()
        codes.add(bench.run(*nonsense.words()))
    assert codes >= {0, 2}, "these command lines are all of one kind"


@pytest.mark.parametrize("size", SIZES)
def test_settings(bench: Bench, size: float) -> None:
    nonsense, codes = Nonsense(f"{SEED} settings"), set()
    for number in range(ceil(20 * size)):
        bench.again()
        config, variables = bench.machine.config / "config.toml", {}
        if number % 3:
            config.write_bytes(nonsense.config(KEYS))
        else:
            variables = nonsense.variables(KEYS)
        for words in (["show-config"], ["status"], ["sync", "--check"]):
            codes.add(bench.run(*words, case=config.read_bytes(), **variables))
    assert codes >= {0, 2}, "these settings are all of one kind"


@pytest.mark.parametrize("size", SIZES)
def test_state_files(bench: Bench, size: float) -> None:
    nonsense = Nonsense(f"{SEED} state")
    for _ in range(ceil(6 * size)):
        bench.again()
        bench.machine.edit("AGENTS.md")
        state = bench.machine.state
        files = [path for path in sorted(state.rglob("*")) if path.is_file() and "engine" not in path.parts]
        case = [nonsense.spoil(file) for file in nonsense.random.sample(files, k=min(2, len(files)))]
        for words in (["status"], ["history"], ["sync"], ["verify"]):
            code = bench.run(*words, case=case)
        assert code == 0, f"the state is a cache, but with {case} the backup cannot be proven after a sync"


@pytest.mark.parametrize("size", SIZES)
def test_trees(bench: Bench, size: float) -> None:
    nonsense = Nonsense(f"{SEED} tree")
    for _ in range(ceil(4 * size)):
        bench.again()
        case = nonsense.tree(bench.machine.source)
        for words in (["validate"], ["sync"], ["diff"], ["why", "agent"], ["restore", "--check"]):
            bench.run(*words, case=case)
