"""What every task is made with: Invoke's `task` inside the error boundary, and the help texts they share.

A task becomes Invoke's when a collection is made: a plain command line is read without it (`Plain.values`), which
halves the start of a sync with nothing to do.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from autosync_tasks.cli.boundary import bounded
from autosync_tasks.errors import UsageError

if TYPE_CHECKING:
    import invoke

    Context = invoke.Context
else:
    Context = None  # a name for annotations: a plain command line loads no Invoke

CHECK = "take every decision and run every guard, write nothing, say what would happen"
JSON = "print one JSON document (version 1) instead of words"
MAY_BE_EMPTY = frozenset({"hint", "changes", "type"})
"""Hints: they name no place, time or path, and a hook may have nothing to say."""
DIFF = "show the contents of the changes; lines with secrets are withheld"


class Plain:
    """A task as it is written: a function that returns an exit code, and what Invoke is to know of it."""

    def __init__(self, body: Callable[..., int], options: dict[str, Any]) -> None:
        self.body, self._options = body, options
        self.name: str = options.get("name") or body.__name__.replace("_", "-")

    def made(self) -> Any:
        """Invoke's task. Only long flags: its short ones change their meaning when a flag is added."""
        import invoke

        return invoke.task(auto_shortflags=False, **self._options)(bounded(_never_empty(self.body)))

    def values(self, words: Sequence[str]) -> dict[str, Any] | None:
        """What the words after a task's name give to its parameters; None if Invoke must read them.

        Read here: flags as they are shown in the help, each at most once (but for lists), `--flag=value` or a switch.
        """
        code, defaults = self.body.__code__, self.body.__defaults__ or ()
        names = code.co_varnames[1 : code.co_argcount]
        usual = dict(zip(names[len(names) - len(defaults) :], defaults, strict=True))
        lists = self._options.get("iterable", ())
        given: dict[str, Any] = {name: [] for name in names if name in lists}
        if "klass" in self._options or given.keys() | usual.keys() != set(names):
            return None
        for word in words:
            flag, equals, value = word.partition("=")
            name = flag[2:].replace("-", "_")
            if flag != "--" + name.replace("_", "-") or name not in names or (name in given and name not in lists):
                return None
            if not equals and usual.get(name) is False:
                given[name] = True
            elif not value.strip() or value.startswith("-"):
                return None
            elif name in lists:
                given[name].append(value)
            elif isinstance(usual.get(name), str):
                given[name] = value
            else:
                return None
        return usual | given


def task(**options: Any) -> Callable[[Callable[..., int]], Plain]:
    """Makes a task of a function that returns an exit code."""
    return lambda body: Plain(body, options)


def _never_empty(body: Callable[..., int]) -> Callable[..., int]:
    """Refuses a flag or word that is given and empty: `--to "$DIR"` with DIR unset must not mean the live source.

    To tell it from one that is not given, Invoke is shown None as the default; the task itself sees "".
    """
    import functools
    import inspect

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


def is_dry(context: Context | None, check: bool) -> bool:
    """Whether nothing may be written: `--check`, or `inv --dry` (which by itself only affects `c.run`).

    context: None for a plain command line, which has no `--dry`.
    """
    return check or (context is not None and bool(context.config.run.dry))
