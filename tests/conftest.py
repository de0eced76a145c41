"""What all tests share: the steps of the features, a machine to run them on, the scanner compiled once."""

# ruff: noqa: E402
from __future__ import annotations

import gc
import sys

sys.dont_write_bytecode = False  # what is imported from here on is compiled once, not once for each worker
gc.disable()  # until all is collected

import compileall
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

import autosync_tasks
from autosync_tasks.names import one_run
from autosync_tasks.validation import scanner as engine
from tests.support import beforehand, scanner
from tests.support.machine import Machine

settings.register_profile("any machine", deadline=None, max_examples=40)  # a busy machine is no fault of the code
settings.load_profile("any machine")

pytest_plugins = [
    "tests.support.tally",
    "tests.support.sample",
    "tests.features.quick_steps",
    "tests.features.specguard",
    "tests.features.settings",
    "tests.features.backup",
    "tests.features.outcome",
    "tests.features.tree",
    "tests.features.file",
    "tests.features.backup_contents",
    "tests.features.clock",
    "tests.features.restore",
    "tests.features.damage",
    "tests.features.mending",
    "tests.features.remedies",
    "tests.features.secret",
    "tests.features.run",
    "tests.features.schedule",
    "tests.features.timer",
    "tests.features.validation",
    "tests.features.judged",
    "tests.features.quick_look",
    "tests.features.places_told",
    "tests.features.secrets_told",
    "tests.features.judging",
    "tests.features.acceptance",
    "tests.features.remote",
    "tests.features.hosts",
    "tests.features.remote_told",
    "tests.features.in_the_way",
    "tests.features.heartbeat",
    "tests.features.policy",
    "tests.features.differences",
    "tests.features.commits",
    "tests.features.gate",
    "tests.features.verdict",
    "tests.features.moments",
    "tests.features.patterns",
    "tests.features.outside",
    "tests.features.watcher",
    "tests.features.advice",
    "tests.features.agent",
    "tests.features.agents",
    "tests.features.agents_hooks",
    "tests.features.asking",
    "tests.features.opencode_trees",
    "tests.features.doctor",
    "tests.features.bootstrap",
    "tests.features.bootstrap_remote",
    "tests.features.agents_back",
    "tests.features.missing",
    "tests.features.machines",
    "tests.features.way_back",
]


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Compiles the package once, before processes by the hundred would: some environments keep Python from doing so."""
    if not hasattr(config, "workerinput"):
        compileall.compile_dir(Path(autosync_tasks.__file__).parent, quiet=1)
        if config.getoption("numprocesses", None) and config.args_source is not pytest.Config.ArgsSource.ARGS:
            beforehand.once_for_all()


def pytest_collection_finish() -> None:
    """What was collected stays to the end, and a test leaves little: to look for garbage took a tenth of the time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000)
    gc.enable()


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """One more than there are processors: a test waits for git and the disk a good part of its time.

    Twice as many for the wider sample, which mostly waits for other programs and by the clock.
    """
    cores = len(os.sched_getaffinity(0))
    return 2 * cores if config.getoption("markexpr") == "sweep" else cores + 1


@pytest.fixture(scope="session")
def scanner_cache() -> Path:
    """The folder with the secret scanner's compiled rules."""
    return scanner.compiled()


@pytest.fixture(scope="session")
def one_scanner() -> Iterator[None]:
    """The real scanner, loaded once for this process (0.5 s each time otherwise)."""
    found = scanner.loaded()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(engine, "Kingfisher", lambda _: found)
        scanner.derive_once(patch.setattr)
        yield


@pytest.fixture
def workshop(tmp_path: Path) -> Iterator[Path]:
    """This test's own folder: in memory where there is room, for every sync waits for the disk several times."""
    shared = Path("/dev/shm")
    if not os.access(shared, os.W_OK) or shutil.disk_usage(shared).free < 1_000_000_000:
        yield tmp_path
        return
    with tempfile.TemporaryDirectory(prefix="autosync-", dir=shared, ignore_cleanup_errors=True) as folder:
        yield Path(folder)


@pytest.fixture
def machine(
    workshop: Path, scanner_cache: Path, one_scanner: None, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Machine]:
    """A person's machine below this test's own folder; nothing outside it can be found."""
    made = Machine(workshop, scanner_cache)
    for name in ("XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_DATA_HOME", "AUTOSYNC_CONFIG", "OPENCODE_CONFIG_DIR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(made.home))
    with one_run():  # each run of a person is a process of its own
        yield made
