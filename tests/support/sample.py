"""`sample(n)`: of a test's cases a change meets n, the wider sample all the others; `of_file`: of a file's tests.

A test that starts programs for each of its cases is a sweep over them, and so is a file of details that each make a
backup, or a remote, of their own beside the features: a few of them tell a change as much as all would, most of the
time. AUTOSYNC_SEED says which ones, the same in all workers.
"""

from __future__ import annotations

import os
import zlib
from collections import defaultdict
from typing import Any

import pytest

SEED = os.environ.get("AUTOSYNC_SEED", "1")


def some(number: int, *cases: str) -> list[Any]:
    """Parameters of a test that starts a heavy program of others: so many are in the wider sample, the rest in `full`."""
    chosen = sorted(cases, key=lambda case: zlib.crc32(f"{SEED} {case}".encode()))[:number]
    return [pytest.param(case, marks=pytest.mark.sweep if case in chosen else pytest.mark.full) for case in cases]


@pytest.hookimpl(tryfirst=True)  # before pytest takes out what is marked `sweep`
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Marks with `sweep` what was not chosen."""
    cases = defaultdict(list)
    for item in items:
        marker = item.get_closest_marker("sample")
        if marker and not any(item.get_closest_marker(name) for name in ("sweep", "full")):
            of = item.nodeid.partition("::" if marker.kwargs.get("of_file") else "[")[0]
            cases[of, marker.args[0] if marker.args else 1].append(item)
    for (_, number), some in cases.items():
        for item in sorted(some, key=lambda item: zlib.crc32(f"{SEED} {item.nodeid}".encode()))[number:]:
            item.add_marker("sweep")
