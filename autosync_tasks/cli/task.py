"""What every task is made with: Invoke's `task` inside the error boundary, and the help texts they share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import invoke

from autosync_tasks.cli.boundary import bounded

CHECK = "take every decision and run every guard, write nothing, say what would happen"
JSON = "print one JSON document (version 1) instead of words"
DIFF = "show the contents of the changes; lines with secrets are withheld"


def task(**options: Any) -> Callable[[Callable[..., int]], Any]:
    """Makes a task of a function that returns an exit code.

    Only long flags: Invoke's short ones change their meaning when a flag is added.
    """

    def wrap(body: Callable[..., int]) -> Any:
        return invoke.task(auto_shortflags=False, **options)(bounded(body))

    return wrap


def is_dry(context: invoke.Context, check: bool) -> bool:
    """Whether nothing may be written: `--check`, or `inv --dry` (which by itself only affects `c.run`)."""
    return check or bool(context.config.run.dry)
