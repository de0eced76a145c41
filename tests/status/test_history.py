"""Random histories: whatever happens in whatever order, the policy keeps its promises and tells one story."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.status.history_machine import PolicyHistory
from tests.support.histories import play


@pytest.fixture(autouse=True)
def _alone(workshop: Path, one_scanner: None, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_DATA_HOME", "AUTOSYNC_CONFIG", "OPENCODE_CONFIG_DIR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(workshop))


@pytest.mark.parametrize("examples", [2, pytest.param(5, marks=pytest.mark.sweep)])
def test_a_seeded_sample_of_histories(workshop: Path, scanner_cache: Path, examples: int) -> None:
    """The same few histories each time, within the budget of CI."""
    play(PolicyHistory, workshop, scanner_cache, examples=examples, steps=12, seeded=True)


@pytest.mark.full
def test_many_histories(workshop: Path, scanner_cache: Path) -> None:
    """New ones each time: about 8 minutes on a busy core."""
    play(PolicyHistory, workshop, scanner_cache, examples=100, steps=20, seeded=False)
