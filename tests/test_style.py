"""Lint, format and types, so that the one test command of the README is all there is to run."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).parents[1]


@pytest.mark.parametrize("words", ["ruff check", "ruff format --check", "mypy"])
def test_style(words: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", *words.split()], cwd=CHECKOUT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout[-5000:] + done.stderr[-2000:]
