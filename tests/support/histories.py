"""Plays random histories of a state machine of hypothesis, on a machine of the test's own."""

from __future__ import annotations

import os
from pathlib import Path

from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import RuleBasedStateMachine, run_state_machine_as_test


class History(RuleBasedStateMachine):
    """One history in a folder of its own, `root`. `folder` and `scanner` are set by `play`."""

    folder: Path
    scanner: Path
    _made = 0

    def __init__(self) -> None:
        super().__init__()
        History._made += 1
        self.root = self.folder / f"history{os.getpid()}-{History._made}"


def play(
    histories: type[History], workshop: Path, scanner_cache: Path, examples: int, steps: int, *, seeded: bool
) -> None:
    """seeded: the same few each time; else others each time, and the first that fails is made small."""
    histories.folder, histories.scanner = workshop, scanner_cache
    run_state_machine_as_test(
        histories,
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
