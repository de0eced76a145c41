"""Random histories of edits, syncs, kills, people in the backup and on the remote, restores: nothing synced is lost."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.survival_machine import Survival


def _run(workshop: Path, scanner_cache: Path, examples: int, steps: int, *, seeded: bool) -> None:
    Survival.folder, Survival.scanner = workshop, scanner_cache
    run_state_machine_as_test(
        Survival,
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


def test_a_seeded_sample_of_survivals(workshop: Path, scanner_cache: Path, one_scanner: None) -> None:
    """The same few each time, within the budget of CI."""
    _run(workshop, scanner_cache, examples=6, steps=12, seeded=True)


@pytest.mark.full
def test_a_thousand_survivals(workshop: Path, scanner_cache: Path, one_scanner: None) -> None:
    """New ones each time, in about an hour; AUTOSYNC_SEQUENCES sets another number."""
    number = int(os.environ.get("AUTOSYNC_SEQUENCES", "1000"))
    _run(workshop, scanner_cache, examples=number, steps=12, seeded=False)
