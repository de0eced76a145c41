"""Lint, format and types, so that the one test command of the README is all there is to run."""

from __future__ import annotations

import importlib
import subprocess
import sys
import tomllib

import pytest

from tests.support.forks import CHECKOUT


@pytest.mark.parametrize("words", ["ruff check", "ruff format --check", "mypy"])
def test_style(words: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", *words.split()], cwd=CHECKOUT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout[-5000:] + done.stderr[-2000:]


def test_every_python_file_is_among_those_whose_types_are_checked_strictly(monkeypatch: pytest.MonkeyPatch) -> None:
    """A test that calls a step with too few words was found by nobody while only the package was checked."""
    main = importlib.import_module("mypy.main")  # so, lest mypy check itself as well (0.9 s)
    by_module = importlib.import_module("mypy.options").PER_MODULE_OPTIONS
    monkeypatch.chdir(CHECKOUT)
    listed = subprocess.run(["git", "ls-files", "-z", "*.py", "*.pyi"], capture_output=True, check=True).stdout.decode()
    files = {name for name in listed.split("\0") if name}
    checked, strict = main.process_options([])
    assert files - {str(one.path) for one in checked} == set()
    assert tomllib.loads((CHECKOUT / "pyproject.toml").read_text())["tool"]["mypy"]["strict"] is True
    for one in checked:
        own = strict.clone_for_module(one.module)
        assert [name for name in by_module if getattr(own, name) != getattr(strict, name)] == [], one.path
    assert [name for name in files if "\n# mypy:" in "\n" + (CHECKOUT / name).read_text()] == []
