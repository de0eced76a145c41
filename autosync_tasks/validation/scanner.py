"""The secret scanner behind a small interface, so that another one can take its place.

Kingfisher's SDK runs in this process and offline; on 1,000 small files it needs 0.04 s where detect-secrets
needs 14. Its start costs 0.5 s of processor time (5 s the first time, when it compiles its rules into
the cache),
so it is loaded only when there is something to scan.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Protocol

from autosync_tasks.records import dataclass

SCAN_SECONDS = 30.0
"""Longest time for one file; 4 MB take 0.03 s. Beyond it the file counts as not judged."""

SMALL = 64 * 1024
"""Bytes; below it no time limit is set."""

OWN = "autosync."
"""The beginning of the names of our own rules (data/secret_rules.yml)."""


class EngineUnavailableError(Exception):
    """No scanner can be loaded. Its text holds no data of the user."""


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
        """Every hit in UTF-8 or binary data. Raises on a fault or after SCAN_SECONDS (large files);
        never returns half."""
        ...


class Kingfisher:
    """The SDK of `kingfisher-secret-scanner`."""

    def __init__(self, cache: str) -> None:
        from importlib.resources import as_file, files

        from kingfisher_sdk import DetectionPolicy, Rules, Scanner

        # inline_ignores off: an agent could write the comment. markup_context off: it drops what stands in
        # HTML or CSS comments. Confidence low: the low ones warn.
        policy = DetectionPolicy(inline_ignores=False, markup_context=False)
        with as_file(files("autosync_tasks.validation.data").joinpath("secret_rules.yml")) as own:
            rules = Rules([str(own)], confidence="low", cache_dir=cache or None, cache=bool(cache))
        self._scanner = Scanner(rules, policy=policy, redact=True)

    def scan(self, data: bytes) -> list[Hit]:
        # The time limit costs 20 us a file, a quarter of the scan of a small one, which cannot take long.
        limit = SCAN_SECONDS if len(data) > SMALL else None
        # No path is passed: with one, the engine skips package-lock.json, node_modules and others by name.
        return [
            Hit(
                rule=found.rule_id,
                start=found.location["start_offset"],
                end=found.location["end_offset"],
                sure=found.confidence != "low",
                helper=not found.visible,
            )
            for found in self._scanner.scan(data, timeout=limit)
        ]


@lru_cache(maxsize=1)
def load(cache: str) -> Engine:
    """The scanner, loaded once in a process, its compiled rules kept in the folder `cache` ("": not kept).

    Raises EngineUnavailableError, whatever the reason, and says which kind of fault it was.
    """
    try:
        return Kingfisher(cache)
    except Exception as error:
        raise EngineUnavailableError(f"{type(error).__name__} while loading kingfisher_sdk") from error
