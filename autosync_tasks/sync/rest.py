"""The rest of a look that met a difference, by another process: this one loads what a sync needs meanwhile.

As strong as to look here: it begins after that look, ends before the walk that takes it does, sees each folder as that
would, once, and what is read of a file must fit what was seen. It holds no lock, and writes nothing but its answer.
"""

from __future__ import annotations

import marshal
from collections.abc import Callable
from contextlib import ExitStack

from autosync_tasks.linux.second import beside
from autosync_tasks.tree.facts import Listed, looked

_LOADING = 550_000
"""Bytes of remembered paths that are looked at while this process loads (6,600 of 83); the two share the others."""


def begin(source: str, todo: list[bytes], known: bytes) -> Callable[[], dict[bytes, Listed]]:
    """Begins to look at folders of a source (its real path), the last first, and at all that is known to be in them.

    known: what is remembered of them, in order of the walk. Returns what gives the folders seen, by path and a slash;
    the others (one that is new may be large), and all if there may be no second process, are for the walk to look at.
    So is the last part of many: it is looked at here once all is loaded.
    """
    stack, place, most = ExitStack(), 0, (len(known) + _LOADING) // 2

    def left(path: bytes) -> bool:
        nonlocal place
        at = known.find(path + b"/", place, most)
        place = max(at, place)
        return at < 0

    wait = beside(stack, lambda: marshal.dumps(looked(source, todo, left)))

    def seen() -> dict[bytes, Listed]:
        from autosync_tasks.plan import judge as _judge  # noqa: F401  to wait costs time: what a change needs is loaded
        from autosync_tasks.sync import run as _run  # noqa: F401

        with stack:
            answer = wait()
        return marshal.loads(answer) if answer else {}  # noqa: S302  our own words, from our own process

    return seen
