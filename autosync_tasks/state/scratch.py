"""Scratch folders inside the state folder: gone when they have been used, and swept up if a kill left one.

So is half a file that was to be put in the place of another, when a kill or a failing disk left that.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from autosync_tasks.files import FOLDER, HALF, lock, remove_tree, writer_lives
from autosync_tasks.linux.memory import name_of
from autosync_tasks.state.state import State, cannot

_PREFIX = "scratch-"


@contextmanager
def scratch(state: State, run_id: str) -> Iterator[str]:
    """A fresh private folder in the state folder, locked while it is used, removed afterwards.

    What is given is its name by an open descriptor, where this system has those: it stays this folder, whatever is put
    in its place.
    """
    state.prepare()
    sweep(state)
    with state.within(_PREFIX + run_id) as (above, name):
        try:
            os.mkdir(name, 0o700, dir_fd=above)
        except OSError as error:
            raise cannot(state.path(name), "be made", error) from None
        handle = os.open(name, FOLDER, dir_fd=above)
        try:
            lock(handle)
            held = name_of(handle)
            yield held if os.path.isdir(held) else state.path(name)
        finally:
            remove_tree(name, at=above)
            os.close(handle)


def sweep(state: State) -> None:
    """Removes scratch folders that no run holds any more and half files that nobody writes."""
    with suppress(FileNotFoundError), state.within("") as (folder, _):
        for name in os.listdir(folder):
            if name.startswith(HALF):
                lives = writer_lives(name)
                if not (lives if lives is not None else not state.locked):
                    with suppress(OSError):
                        os.unlink(name, dir_fd=folder)
            elif name.startswith(_PREFIX):
                _remove_unheld(folder, name)


def _remove_unheld(above: int, name: str) -> None:
    try:
        handle = os.open(name, FOLDER, dir_fd=above)
    except OSError:
        return
    try:
        if lock(handle):
            remove_tree(name, at=above)
    finally:
        os.close(handle)
