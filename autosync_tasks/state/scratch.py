"""Scratch folders inside the state folder: gone when they have been used, and swept up if a kill left one."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

from autosync_tasks.files import lock, remove_tree
from autosync_tasks.state.state import State

_PREFIX = "scratch-"
_FLAGS = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC


@contextmanager
def scratch(state: State, run_id: str) -> Iterator[str]:
    """A fresh private folder in the state folder, locked while it is used, removed afterwards."""
    state.prepare()
    sweep(state)
    folder = state.path(_PREFIX + run_id)
    os.mkdir(folder, 0o700)
    handle = os.open(folder, _FLAGS)
    try:
        lock(handle)
        yield folder
    finally:
        remove_tree(folder)
        os.close(handle)


def sweep(state: State) -> None:
    """Removes scratch folders that no run holds any more."""
    for name in os.listdir(state.folder):
        if not name.startswith(_PREFIX):
            continue
        try:
            handle = os.open(state.path(name), _FLAGS)
        except OSError:
            continue
        try:
            if lock(handle):
                remove_tree(state.path(name))
        finally:
            os.close(handle)
