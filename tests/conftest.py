"""What all tests share: the steps of the features, a machine to run them on, the scanner compiled once."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from autosync_tasks.steps.validate import engine

from .steps.machine import Machine

pytest_plugins = [
    "tests.specguard",
    "tests.steps.backup",
    "tests.steps.clock",
    "tests.steps.outcome",
    "tests.steps.run",
    "tests.steps.settings",
    "tests.steps.tree",
]


@pytest.fixture(scope="session")
def scanner_cache(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Path:
    """The secret scanner's compiled rules (5 s to make): kept in pytest's own cache between sessions."""
    folder = Path(request.config.cache.mkdir("scanner")) if request.config.cache else tmp_path_factory.mktemp("scanner")
    engine.Kingfisher(str(folder))
    return folder


@pytest.fixture(scope="session")
def one_scanner(scanner_cache: Path) -> Iterator[None]:
    """The real scanner, loaded once for this process (0.5 s each time otherwise)."""
    scanner = engine.Kingfisher(str(scanner_cache))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(engine, "Kingfisher", lambda _: scanner)
        yield


@pytest.fixture
def machine(
    tmp_path: Path, scanner_cache: Path, one_scanner: None, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Machine]:
    """A person's machine below this test's own folder; nothing outside it can be found."""
    made = Machine(tmp_path, scanner_cache)
    for name in ("XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_DATA_HOME", "AUTOSYNC_CONFIG", "OPENCODE_CONFIG_DIR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(made.home))
    yield made
    shutil.rmtree(tmp_path, ignore_errors=True)  # long paths, pipes, unreadable folders: nothing of it is kept
