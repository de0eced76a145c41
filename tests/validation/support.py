"""Makes subjects and contexts for the tests of validation."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

from autosync_tasks.model import Finding, Kind
from autosync_tasks.validation import validate
from autosync_tasks.validation.findings import Context, Subject
from autosync_tasks.validation.scanner import Engine, Hit
from tests.support import scanner

KEY = bytes(range(32))
HERE = Path(__file__).parent


class NoSecrets:
    """An engine that finds nothing, for tests of the other families."""

    def scan(self, data: bytes) -> list[Hit]:
        return []


def real_engine() -> Engine:
    """The real scanner."""
    return scanner.loaded()


def context(*paths: bytes, **changes: Any) -> Context:
    base = Context(key=KEY, engine_cache="", paths=frozenset(paths), load_engine=lambda cache: NoSecrets())
    return replace(base, **changes)


def real_context(*paths: bytes, **changes: Any) -> Context:
    return context(*paths, load_engine=lambda cache: real_engine(), **changes)


def file(path: bytes, data: bytes | str = b"", mode: int = 0o644, **facts: Any) -> Subject:
    raw = data.encode() if isinstance(data, str) else data
    return Subject(path, Kind.FILE, raw, mode, **facts)


def link(path: bytes, target: bytes) -> Subject:
    return Subject(path, Kind.LINK, target, 0o777)


def codes(found: Iterable[Finding]) -> list[str]:
    return [finding.code for finding in found]


def of(subject: Subject, ctx: Context | None = None) -> list[str]:
    """Codes of what is found in one file."""
    return codes(validate([subject], ctx or context(subject.path)))


def grows_linearly(quarter: Callable[[], object], whole: Callable[[], object]) -> bool:
    """Whether four times the text takes about four times the time. Quadratic work would take sixteen times.

    Both are measured here and now, the least of some, for on a shared machine others' work adds to it. A tenth of a
    second is nothing: a quarter of a text may be refused at once where the whole is read.
    """
    return any(_least(whole) <= 10 * _least(quarter) + 0.1 for _ in range(3))


def _least(work: Callable[[], object]) -> float:
    """Processor time in seconds, the least of three."""
    found = []
    for _ in range(3):
        begin = time.process_time()
        work()
        found.append(time.process_time() - begin)
    return min(found)


def encoded_cases() -> list[dict[str, str]]:
    lines = (HERE / "data" / "secret_cases.b64").read_text().splitlines()
    return [json.loads(base64.b64decode(line)) for line in lines if not line.startswith("#")]
