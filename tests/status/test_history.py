"""Random histories: whatever happens in whatever order, the policy keeps its promises and tells one story."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.status.history_machine import History


def _run(workshop: Path, scanner_cache: Path, examples: int, steps: int, *, seeded: bool) -> None:
    History.folder, History.scanner = workshop, scanner_cache
    run_state_machine_as_test(
        History,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            derandomize=seeded,
            database=None,
            deadline=None,
            print_blob=False,
            suppress_health_check=list(HealthCheck),
            phases=[Phase.generate] if seeded else [Phase.generate, Phase.shrink],
        ),
    )


@pytest.fixture(autouse=True)
def _alone(workshop: Path, one_scanner: None, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_DATA_HOME", "AUTOSYNC_CONFIG", "OPENCODE_CONFIG_DIR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(workshop))


def test_a_seeded_sample_of_histories(workshop: Path, scanner_cache: Path) -> None:
    """The same few histories each time, within the budget of CI."""
    _run(workshop, scanner_cache, examples=8, steps=12, seeded=True)


@pytest.mark.full
def test_many_histories(workshop: Path, scanner_cache: Path) -> None:
    """New ones each time: about 8 minutes on a busy core."""
    _run(workshop, scanner_cache, examples=100, steps=20, seeded=False)
