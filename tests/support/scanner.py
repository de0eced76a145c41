"""The real secret scanner for all tests of a session: its rules compiled once (5 s), loaded once (0.5 s)."""

from __future__ import annotations

import fcntl
import functools
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from autosync_tasks.validation import built_in, catalogue, scanner
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


def derive_once(put: Callable[[Any, str, Any], None] = setattr) -> None:
    """What a new home derives of the rules that are not compiled there is worked out once for this process (0.5 s)."""
    derived, made = catalogue.derived, dict[int, Any]()
    listed = functools.cache(lambda library, proven, read=built_in.built_in: read(library))

    def once(rules: Mapping[str, str]) -> Any:
        key = hash(tuple(sorted(rules.items())))
        return made[key] if key in made else made.setdefault(key, derived(rules))

    put(catalogue, "derived", once)
    put(built_in, "built_in", lambda library: listed(library, built_in.PROVEN))
    put(catalogue, "own_rules", functools.cache(catalogue.own_rules))
