"""Tasks that take any number of words: `inv restore agents/build.md notes/`. Invoke itself has only required ones."""

from __future__ import annotations

import sys
from collections.abc import Collection
from typing import Any

from invoke import Task
from invoke.parser import Argument

_WORD = "word-"


class _WithWords(Task):  # type: ignore[type-arg]
    """A task whose words go to its list parameter `into`, together with what the flag of that name was given.

    Invoke's parser wants each positional argument, so exactly as many are declared as the command line has words
    for this task: all that follows its name and is neither a flag nor the value of one.
    """

    into = ""

    def get_arguments(self, ignore_unknown_help: bool | None = None) -> list[Argument]:
        arguments = super().get_arguments(ignore_unknown_help)
        with_value = {name for a in arguments if a.takes_value for name in map(_flag, a.names)}
        number = len(words_of(sys.argv[1:], self.name, with_value))
        return [Argument(name=f"{_WORD}{n}", positional=True) for n in range(number)] + arguments

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        words = [kwargs.pop(name) for name in list(kwargs) if name.startswith((_WORD, "word_"))]
        if words:
            kwargs[self.into] = [*words, *kwargs.get(self.into, ())]
        return super().__call__(*args, **kwargs)


def with_words(into: str) -> dict[str, Any]:
    """What Invoke is told of a task whose words go to this list parameter."""
    return {"klass": type("WithWords", (_WithWords,), {"into": into}), "iterable": [into]}


def words_of(argv: list[str], task: str, with_value: Collection[str]) -> list[str]:
    """The words after a task's name. with_value: its flags that take the next word as their value."""
    if task not in argv:
        return []
    words, rest = [], iter(argv[argv.index(task) + 1 :])
    for word in rest:
        if word == "--":
            break
        if word in with_value:
            next(rest, None)
        elif not word.startswith("-") or word == "-":
            words.append(word)
    return words


def _flag(name: str) -> str:
    return ("--" if len(name) > 1 else "-") + name
