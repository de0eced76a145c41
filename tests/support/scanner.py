"""The real secret scanner for all tests of a session: its rules compiled once (5 s), loaded once (0.5 s)."""

from __future__ import annotations

import fcntl
import functools
import hashlib
import json
import types
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
        if not catalogue.compiled(str(CACHE)):
            catalogue.note_compiled(str(CACHE))
        found.details = functools.cache(found.details)  # type: ignore[method-assign]  # 0.2 s for each new home
        Catalogue(str(CACHE), installed()).make(found.details)
        return found


def compiled() -> Path:
    """The folder with the compiled rules, to be copied to where a program looks for them."""
    loaded()
    return CACHE


def derive_once(put: Callable[[Any, str, Any], None] = setattr) -> None:
    """What a new home derives of the rules that are not compiled there is worked out once for this process (0.5 s).

    So are the few rules that a text needs loaded once (50 ms), and what is kept of all is put into words once.
    """
    # as it is now, not where it is defined: this may be the second time
    derived: Callable[[Mapping[str, str]], Any] = vars(catalogue)["derived"]
    few, made, loaded = scanner._Few, dict[int, Any](), dict[bytes, Any]()
    listed = functools.cache(lambda library, proven, read=built_in.built_in: read(library))
    texts: list[tuple[Any, str]] = []

    def once(rules: Mapping[str, str]) -> Any:
        key = hash(tuple(sorted(rules.items())))
        return made[key] if key in made else made.setdefault(key, _kept(rules) or derived(rules))

    def few_once(cache: str, definitions: bytes) -> Any:
        return loaded[definitions] if definitions in loaded else loaded.setdefault(definitions, few(cache, definitions))

    def dumps(value: Any, **form: Any) -> str:
        found = next((text for known, text in texts if known == value), None)
        if found is None:
            found = json.dumps(value, **form)
            texts[:] = [(value, found), *texts[:5]]
        return found

    put(catalogue, "derived", once)
    put(catalogue, "json", types.SimpleNamespace(dumps=dumps, loads=json.loads))
    put(scanner, "_Few", few_once)
    put(built_in, "built_in", lambda library: listed(library, built_in.PROVEN))
    put(catalogue, "own_rules", functools.cache(catalogue.own_rules))


def _kept(rules: Mapping[str, str]) -> Mapping[str, Any] | None:
    """What was derived of these very rules when the scanner was compiled."""
    found = Catalogue(str(CACHE), installed())._sieve or {"of": ""}
    about = hashlib.sha256(json.dumps(sorted(rules.items())).encode()).hexdigest()
    return {name: part for name, part in found.items() if name not in ("of", "told")} if found["of"] == about else None
