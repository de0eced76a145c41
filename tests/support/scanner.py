"""The real secret scanner for all tests of a session: its rules compiled once (5 s), loaded once (0.5 s)."""

from __future__ import annotations

import fcntl
import functools
from pathlib import Path

from autosync_tasks.validation import scanner
from autosync_tasks.validation.catalogue import Catalogue, installed

CACHE = Path(__file__).parents[2] / ".pytest_cache" / "scanner"
"""Kept between sessions; a rule that changes gets another file there."""

Kingfisher = scanner.Kingfisher
"""The class itself: fixtures put something else in its place."""


@functools.cache
def loaded() -> scanner.Kingfisher:
    """The scanner. One process makes the rules, others that come meanwhile wait for it."""
    CACHE.mkdir(parents=True, exist_ok=True)
    with (CACHE.parent / "scanner.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        found = Kingfisher(str(CACHE))
        found.details = functools.cache(found.details)  # type: ignore[method-assign]  # 0.2 s for each new home
        Catalogue(str(CACHE), installed()).make(found.details)
        return found


def compiled() -> Path:
    """The folder with the compiled rules, to be copied to where a program looks for them."""
    loaded()
    return CACHE
