"""The secret scanner behind a small interface, so that another one can take its place.

Kingfisher's SDK runs in this process and offline; on 1,000 small files it needs 0.04 s where detect-secrets
needs 14. Its start costs 0.5 s of processor time, and 5 to 16 s where its rules are not compiled yet; so a sync of a
few files, or a machine's first, asks the sieve first (`Quick`) and loads rules only where they might match. What
is pushed, verified or validated is judged by the whole scanner (`load`), which judges the sieve too.
"""

from __future__ import annotations

import importlib.util
import os
from collections.abc import Callable
from contextlib import suppress
from contextvars import ContextVar
from functools import lru_cache
from typing import Any, Protocol

from autosync_tasks.records import dataclass
from autosync_tasks.validation.catalogue import OWN_RULES, Catalogue, compiled, installed, note_compiled, own_rules
from autosync_tasks.validation.sieve import LONGEST, Sieve, derived

SCAN_SECONDS = 30.0
"""Longest time for one file; 4 MB take 0.03 s. Beyond it the file counts as not judged."""

SMALL = 64 * 1024
"""Bytes; below it no time limit is set."""

OWN = "autosync."
"""The beginning of the names of our own rules (data/secret_rules.yml)."""


class EngineUnavailableError(Exception):
    """No scanner can be loaded. Its text holds no data of the user."""


class SieveHoleError(Exception):
    """A rule found something in a text that the sieve lets pass. Its text is the rule's name."""


@dataclass(frozen=True, slots=True)
class Hit:
    """One place that a rule of the scanner matched; offsets in bytes.

    sure: confidence medium or high. helper: only one half of a credential (a key's id), not a secret alone.
    """

    rule: str
    start: int
    end: int
    sure: bool
    helper: bool = False


class Engine(Protocol):
    """Finds secrets in bytes."""

    def scan(self, data: bytes) -> list[Hit]:
        """Every hit in UTF-8 or binary data, or none. Raises on a fault, for large files after SCAN_SECONDS."""
        ...


LONGEST_VALUE = 4096
"""Bytes of what one of our own rules found that are judged."""


def _end(rule: str, start: int, end: int) -> int:
    return min(end, start + LONGEST_VALUE) if rule.startswith(OWN) else end


def _place(hit: Hit) -> tuple[int, int, str]:
    return hit.start, hit.end, hit.rule


class Kingfisher:
    """The SDK of `kingfisher-secret-scanner`."""

    def __init__(self, cache: str) -> None:
        from kingfisher_sdk import Rules

        self._use(Rules([OWN_RULES], confidence="low", cache_dir=cache or None, cache=bool(cache)))

    def _use(self, rules: Any) -> None:
        from kingfisher_sdk import DetectionPolicy, Scanner

        self._rules = rules
        # inline_ignores off: an agent could write the comment. markup_context off: it drops what stands in
        # HTML or CSS comments. Confidence low: the low ones warn.
        policy = DetectionPolicy(inline_ignores=False, markup_context=False)
        self._scanner = Scanner(rules, policy=policy, redact=True)

    def details(self) -> list[dict[str, Any]]:
        """Every rule, as the SDK tells it."""
        return [self._rules.detail(one["id"]) for one in self._rules.metadata()]

    def scan(self, data: bytes) -> list[Hit]:
        # The time limit costs 20 us a file, a quarter of the scan of a small one, which cannot take long.
        limit = SCAN_SECONDS if len(data) > SMALL else None
        # No path is passed: with one, the engine skips package-lock.json, node_modules and others by name.
        hits = [
            Hit(
                rule=found.rule_id,
                start=found.location["start_offset"],
                end=_end(found.rule_id, found.location["start_offset"], found.location["end_offset"]),
                sure=found.confidence != "low",
                helper=not found.visible,
            )
            for found in self._scanner.scan(data, timeout=limit)
        ]
        return sorted(hits, key=_place)  # in the same order, however many rules are loaded


class _Few(Kingfisher):
    """The SDK with a few of its rules."""

    def __init__(self, cache: str, definitions: bytes) -> None:
        """cache: where the compiled form of these is kept ("": nowhere). definitions: the rules as YAML."""
        from kingfisher_sdk import Rules

        from autosync_tasks.linux.memory import memory_file, name_of

        # The scanner reads rules from files only; this one is on no disk.
        memory = memory_file("rules.yml")
        try:
            with open(memory, "wb", closefd=False) as file:
                file.write(definitions)
            paths, kept = [name_of(memory)], cache or None
            rules = Rules(paths, builtins=False, confidence="low", cache_dir=kept, cache=bool(kept))
        finally:
            os.close(memory)
        self._use(rules)


def no_wheel() -> str:
    """Why this machine cannot have the scanner, "" if it can: it is published for 64-bit x86 and ARM with glibc (and
    macOS) alone. A machine that could have it and has not is judged by nothing (SEC000), never by less."""
    if importlib.util.find_spec("kingfisher_sdk") is not None:
        return ""
    import platform
    import sys

    machine = platform.machine()
    if machine not in ("x86_64", "aarch64", "arm64") or sys.maxsize <= 2**32:
        return f"there is no secret scanner for {machine or 'this processor'}"
    musl = sys.platform == "linux" and platform.libc_ver()[0] != "glibc"
    return "there is no secret scanner for this C library" if musl else ""


class OwnRules:
    """Our own rules alone, by Python's expressions, where the scanner cannot be had. Weaker: docs/validation.md has how
    much. It knows no provider's rules of the scanner's, and looks into no base64."""

    def __init__(self) -> None:
        import re

        rules = own_rules()
        self._rules = [(one["id"], re.compile(one["pattern"].strip().encode()), one["confidence"]) for one in rules]
        self._sieve = Sieve(derived({one["id"]: one["pattern"] for one in rules}))

    def scan(self, data: bytes) -> list[Hit]:
        """As an engine's."""
        possible = self._sieve.possible(data)
        hits = {
            Hit(name, start, _end(name, start, end), sure != "low")
            for name, expression, sure in self._rules
            if possible is None or name in possible
            for start, end in (found.span(1 if expression.groups else 0) for found in expression.finditer(data))
        }
        return sorted(hits, key=_place)


class Checked:
    """The whole scanner, by which the sieve is judged too: what it finds, the sieve must not let pass."""

    def __init__(self, whole: Engine, catalogue: Catalogue) -> None:
        self._whole, self._catalogue = whole, catalogue

    def scan(self, data: bytes) -> list[Hit]:
        """As an engine's. Raises SieveHoleError."""
        found = self._whole.scan(data)
        if found and (sieve := self._catalogue.sieve) and (possible := sieve.possible(data)) is not None:
            for hit in found:
                if hit.rule not in possible:
                    self._catalogue.distrust(hit.rule)
                    raise SieveHoleError(hit.rule)
        return found


SIEVED = 1024 * 1024
"""Bytes that one run sieves at most: it takes 0.15 to 0.5 s of an idle processor, loading all rules 0.5 to 1."""
SIEVED_FIRST = 8 * SIEVED
"""The same where the rules are not compiled yet."""
FEW, MOST_LOADS = 12, 40
"""Rules that are loaded by themselves at most, and how often: 10 to 100 ms each where they are not compiled yet."""


class Quick:
    """The scanner, loaded when a text comes in which one of its rules might match; with those alone if they are few.

    A rule that cannot match has no part in what the scanner finds, so that the findings are the same places
    (of two rules for one provider's token, either may be named).
    """

    def __init__(self, cache: str) -> None:
        self._cache, self._first = cache, not compiled(cache)
        self._left = SIEVED_FIRST if self._first else SIEVED
        self._catalogue = Catalogue(cache, installed())
        if self._first:
            TELL.get()(READING)
            self._catalogue.foresee()
        self._sieve = self._catalogue.sieve
        self._some: dict[frozenset[str], Engine] = {}
        self._all = None if self._sieve else self._load_all()

    def scan(self, data: bytes) -> list[Hit]:
        """As an engine's; EngineUnavailableError too."""
        if self._all is None and self._sieve is not None:
            self._left -= len(data)
            possible = self._sieve.possible(data, self._left if self._first else LONGEST) if self._left >= 0 else None
            if possible is not None and not possible:
                return []
            if possible is not None and len(possible) <= FEW and (some := self._load_few(frozenset(possible))):
                return some.scan(data)
        self._all = self._all or self._load_all()
        return self._all.scan(data)

    def _load_few(self, rules: frozenset[str]) -> Engine | None:
        if found := next((engine for loaded, engine in self._some.items() if rules <= loaded), None):
            return found
        if len(self._some) >= MOST_LOADS or (known := self._catalogue.few(rules, at_once=self._first)) is None:
            return None
        try:
            if self._first:
                TELL.get()(SOME)
            self._some[rules] = _Few(*known)
        except Exception:  # noqa: BLE001  whatever it is, the whole scanner judges
            return None
        return self._some[rules]

    def _load_all(self) -> Engine:
        whole = load_whole(self._cache)
        with suppress(Exception):  # whatever it is, the whole scanner judges
            self._catalogue.make(whole.details)  # type: ignore[attr-defined]
        return whole


TELL: ContextVar[Callable[[str], None]] = ContextVar("tell", default=lambda _: None)
"""Is told what takes long, the first time in a home."""
_ONCE = ("reading the rules", "compiling some rules", "compiling the rules")
READING, SOME, COMPILING = (f"{what} that find secrets (once)" for what in _ONCE)


def load_whole(cache: str) -> Engine:
    """The whole scanner. Raises EngineUnavailableError, whatever the reason, and says which kind of fault it was."""
    if first := not compiled(cache):
        TELL.get()(COMPILING)
    try:
        found = Kingfisher(cache)
    except Exception as error:
        raise EngineUnavailableError(f"{type(error).__name__} while loading kingfisher_sdk") from error
    if first:
        note_compiled(cache)
    return found


def sieves(cache: str, size: int) -> bool:
    """Whether to judge so many bytes by the sieve and a few rules is less work than to load all rules."""
    return size <= (SIEVED if compiled(cache) else SIEVED_FIRST)


@lru_cache(maxsize=1)
def load(cache: str) -> Engine:
    """The whole scanner, loaded once in a process, its compiled rules kept in the folder `cache` ("": not kept).

    Raises EngineUnavailableError.
    """
    if no_wheel():
        return OwnRules()
    whole, catalogue = load_whole(cache), Catalogue(cache, installed())
    if not cache:
        return whole
    with suppress(Exception):  # the sieve is a matter of speed
        catalogue.make(whole.details)  # type: ignore[attr-defined]
    return Checked(whole, catalogue)


@lru_cache(maxsize=1)
def load_quick(cache: str) -> Engine:
    """What finds the same and loads no more than it must, for the few files of a sync; kept for a process.

    Raises EngineUnavailableError; scanning may raise it too.
    """
    if no_wheel():
        return OwnRules()
    if importlib.util.find_spec("kingfisher_sdk") is None:
        raise EngineUnavailableError("ModuleNotFoundError while loading kingfisher_sdk")
    return Quick(cache)
