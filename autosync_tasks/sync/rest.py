"""The rest of a look that met a difference, by another process: this one loads what a sync needs meanwhile.

As strong as to look here: it begins after that look and ends before the walk that takes it, sees each folder as that
would, once, and what is read of a file must fit what was seen. It holds no lock, and writes nothing but its answer.
"""

from __future__ import annotations

import marshal
from collections.abc import Callable
from contextlib import ExitStack

from autosync_tasks.linux.second import beside
from autosync_tasks.tree.facts import Listed, looked


def begin(source: str, todo: list[bytes], known: bytes) -> Callable[[], dict[bytes, Listed]]:
    """Begins to look at folders of a source (its real path), the last first, and at all that is known to be in them.

    known: what is remembered of them, in order of the walk. Returns what gives the folders seen, by path and a slash;
    the others (one that is new may be large), and all if there may be no second process, are for the walk to look at.
    """
    stack, place = ExitStack(), 0

    def unknown(path: bytes) -> bool:
        nonlocal place
        at = known.find(path + b"/", place)
        place = max(at, place)
        return at < 0

    wait = beside(stack, lambda: marshal.dumps(looked(source, todo, unknown)))

    def seen() -> dict[bytes, Listed]:
        with stack:
            answer = wait()
        return marshal.loads(answer) if answer else {}  # noqa: S302  our own words, from our own process

    return seen
