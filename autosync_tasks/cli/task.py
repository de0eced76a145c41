"""What every task is made with: Invoke's `task` inside the error boundary, and the help texts they share."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from typing import Any

import invoke

from autosync_tasks.cli.boundary import bounded
from autosync_tasks.errors import UsageError

CHECK = "take every decision and run every guard, write nothing, say what would happen"
JSON = "print one JSON document (version 1) instead of words"
MAY_BE_EMPTY = frozenset({"hint", "changes", "type"})
"""Hints: they name no place, time or path, and a hook may have nothing to say."""
DIFF = "show the contents of the changes; lines with secrets are withheld"


def task(**options: Any) -> Callable[[Callable[..., int]], Any]:
    """Makes a task of a function that returns an exit code.

    Only long flags: Invoke's short ones change their meaning when a flag is added.
    """

    def wrap(body: Callable[..., int]) -> Any:
        return invoke.task(auto_shortflags=False, **options)(bounded(_never_empty(body)))

    return wrap


def _never_empty(body: Callable[..., int]) -> Callable[..., int]:
    """Refuses a flag or word that is given and empty: `--to "$DIR"` with DIR unset must not mean the live source.

    To tell it from one that is not given, Invoke is shown None as the default; the task itself sees "".
    """
    signature = inspect.signature(body)
    texts = [name for name, one in signature.parameters.items() if one.default == ""]

    @functools.wraps(body)
    def run(*args: Any, **kwargs: Any) -> int:
        empty = [name for name, value in kwargs.items() if name not in MAY_BE_EMPTY and _is_empty(value)]
        if empty:
            raise UsageError(
                " and ".join(f"--{name.replace('_', '-')}" for name in empty) + ": the value is empty",
                hint="an unset variable in a shell gives an empty value; name it, or leave the flag out",
            )
        kwargs.update((name, "") for name in texts if kwargs.get(name) is None)
        return body(*args, **kwargs)

    shown = [one.replace(default=None) if one.default == "" else one for one in signature.parameters.values()]
    run.__signature__ = signature.replace(parameters=shown)  # type: ignore[attr-defined]
    return run


def _is_empty(value: object) -> bool:
    """Whether a flag's value, or one of several, has nothing in it but spaces."""
    if isinstance(value, str):
        return not value.strip()
    return isinstance(value, list) and any(map(_is_empty, value))


def is_dry(context: invoke.Context, check: bool) -> bool:
    """Whether nothing may be written: `--check`, or `inv --dry` (which by itself only affects `c.run`)."""
    return check or bool(context.config.run.dry)
