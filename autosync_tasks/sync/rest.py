"""The rest of a look that met a difference, by another process: this one loads what a sync needs meanwhile.

As strong as to look here: it begins after that look and ends before the walk that takes it, sees each folder as that
would, once, and what is read of a file must fit what was seen. It holds no lock, and writes nothing but its answer.
"""

from __future__ import annotations

import marshal
import os
from collections.abc import Callable
from contextlib import ExitStack, suppress

from autosync_tasks.linux.second import beside
from autosync_tasks.tree.facts import Listed, kind_of, listed

_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_IS_FOLDER = 0o040000


def begin(source: str, todo: list[bytes], known: bytes) -> Callable[[], dict[bytes, Listed]]:
    """Begins to look at folders of a source (its real path), the last first, and at all that is known to be in them.

    known: what is remembered of them, in order of the walk. Returns what gives the folders seen, by path and a slash;
    the others, and all if there may be no second process, are for the walk to look at.
    """
    stack = ExitStack()
    wait = beside(stack, lambda: marshal.dumps(_seen(source, todo, known)))

    def seen() -> dict[bytes, Listed]:
        with stack:
            answer = wait()
        return marshal.loads(answer) if answer else {}  # noqa: S302  our own words, from our own process

    return seen


def _seen(source: str, todo: list[bytes], known: bytes) -> dict[bytes, Listed]:
    """What is in these folders, and in those below them of which anything is known: none that is new and large."""
    found: dict[bytes, Listed] = {}
    root, place = os.open(source, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC), 0
    while todo:
        path = todo.pop()
        prefix = path + b"/"
        if (at := known.find(prefix, place)) < 0:
            continue
        place = at
        with suppress(OSError):  # the walk meets it too, and tells it
            fd = os.open(path, _FOLDER, dir_fd=root)
            try:
                found[prefix] = names, records = listed(fd)
            finally:
                os.close(fd)
            pairs = zip(reversed(records), reversed(names), strict=True)
            todo += [prefix + name for record, name in pairs if kind_of(record) == _IS_FOLDER]
    os.close(root)
    return found
