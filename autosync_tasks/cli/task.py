"""What every task is made with: Invoke's `task` inside the error boundary, and the help texts they share.

A task becomes Invoke's when a collection is made: a plain command line is read without it (`Plain.values`), which
halves the start of a sync with nothing to do.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from autosync_tasks.cli.boundary import bounded
from autosync_tasks.config.load import VARIABLE, switched_on
from autosync_tasks.errors import UsageError
from autosync_tasks.profiles import USUAL
from autosync_tasks.report.words import runnable

if TYPE_CHECKING:
    import invoke

    Context = invoke.Context
else:
    Context = None  # a name for annotations: a plain command line loads no Invoke

CHECK = "take every decision and run every guard, write nothing, say what would happen"
JSON = "print one JSON document (version 1) instead of words"
VERBOSE = "every step, and all that is counted otherwise"
MAY_BE_EMPTY = frozenset({"hint", "changes", "type"})
"""Hints: they name no place, time or path, and a hook may have nothing to say."""
DIFF = "show the contents of the changes; lines with secrets are withheld"


PROFILE = "of which agent alone (`profiles` names them)"
EVERY = "of every agent that is switched on"


class Scope(StrEnum):
    """What a task is about where several agents are switched on and none is named.

    EACH: one after the other. ONE: it must be named, or --all. FILE: what holds for all. NONE: of no agent.
    """

    EACH = "each"
    ONE = "one"
    FILE = "file"
    NONE = "none"


class Plain:
    """A task as it is written: a function that returns an exit code, and what Invoke is to know of it."""

    def __init__(self, body: Callable[..., int], options: dict[str, Any]) -> None:
        self.scope: Scope = options.pop("profiles", Scope.EACH)
        self.words: str = options.pop("words", "")  # the list parameter that takes what is no flag
        self.flags: dict[str, Any] = {} if self.scope is Scope.NONE else {"profile": ""}
        if self.scope is Scope.ONE:
            self.flags["all"] = False
        told = {"profile": PROFILE, "all": EVERY}
        options["help"] = {**options.get("help", {}), **{name: told[name] for name in self.flags}}
        self.body, self.options = body, options
        self.name: str = options.get("name") or body.__name__.replace("_", "-")

    def made(self) -> Any:
        """Invoke's task. Only long flags: its short ones change their meaning when a flag is added."""
        import invoke

        made = bounded(_never_empty(self.body, self.flags, self.run, self.words))
        made.__doc__ = runnable(made.__doc__ or "")
        said = {name: runnable(words) for name, words in self.options.get("help", {}).items()}
        options = {**self.options, "help": said}
        if self.words:
            from autosync_tasks.cli.positional import with_words

            options |= with_words(self.words)
        return invoke.task(auto_shortflags=False, **options)(made)

    def run(self, context: Context | None, *args: Any, **kwargs: Any) -> int:
        """The task, of each agent that it is about; its exit code, the worst of several."""
        profile, every = kwargs.pop("profile", ""), kwargs.pop("all", False)
        if self.scope is Scope.NONE:
            return self.body(context, *args, **kwargs)
        if not (profile or every) and VARIABLE not in os.environ and switched_on(os.environ) == (USUAL,):
            return self.body(context, *args, **kwargs)
        from autosync_tasks.cli.each import over

        return over(self, context, args, kwargs, profile=profile, every=every)

    def values(self, words: Sequence[str]) -> dict[str, Any] | None:
        """What the words after a task's name give to its parameters; None if Invoke must read them.

        Read here: flags as they are shown in the help, each at most once (but for lists), `--flag=value` or a switch.
        """
        code, defaults = self.body.__code__, self.body.__defaults__ or ()
        own = code.co_varnames[1 : code.co_argcount]
        usual = dict(zip(own[len(own) - len(defaults) :], defaults, strict=True)) | self.flags
        names = (*own, *self.flags)
        lists = self.options.get("iterable", ())
        given: dict[str, Any] = {name: [] for name in names if name in lists}
        if self.words or given.keys() | usual.keys() != set(names):
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


def _never_empty(
    body: Callable[..., int], flags: Mapping[str, Any], task: Callable[..., int], words: str
) -> Callable[..., int]:
    """Refuses a flag or word that is given and empty: `--to "$DIR"` with DIR unset must not mean the live source.

    flags: those that the task has beside the body's own. task: what is called with all of them. words: the parameter
    that takes what is no flag, and all that stands after `--`: Invoke keeps that apart, joined by spaces, and
    `restore -- FILE` would be all.
    To tell it from one that is not given, Invoke is shown None as the default; the task itself sees "".
    """
    import functools
    import inspect

    signature = inspect.signature(body)
    more = [inspect.Parameter(n, inspect.Parameter.POSITIONAL_OR_KEYWORD, default=v) for n, v in flags.items()]
    signature = signature.replace(parameters=[*signature.parameters.values(), *more])
    texts = [name for name, one in signature.parameters.items() if one.default == ""]

    @functools.wraps(body)
    def run(*args: Any, **kwargs: Any) -> int:
        if rest := sys.argv[sys.argv.index("--") + 1 :] if "--" in sys.argv else []:
            if not words:
                raise UsageError("no flags, and no names, stand after `--` here", hint="put them before it")
            kwargs[words] = [*(kwargs.get(words) or ()), *rest]
        empty = [name for name, value in kwargs.items() if name not in MAY_BE_EMPTY and _is_empty(value)]
        if empty:
            raise UsageError(
                " and ".join(f"--{name.replace('_', '-')}" for name in empty) + ": the value is empty",
                hint="an unset variable in a shell gives an empty value; name it, or leave the flag out",
            )
        kwargs.update((name, "") for name in texts if kwargs.get(name) is None)
        return task(*args, **kwargs)

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
