"""Small trees are dealt with by two processes as well, and who was started is known."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from autosync_tasks.linux import second


def alternating(stack: object, number: int) -> Iterator[int]:
    """In place of `shared.turns`: who asks for it gets every other number, and a copy the others, whoever is quicker."""
    here = os.getpid()
    return (turn for turn in range(number) if (os.getpid() == here) is bool(turn % 2))


def counted_forks(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """A second process may be had, however many cores there are; the numbers of those that are started from now on."""
    monkeypatch.setattr(second, "possible", lambda: True)
    started, fork = list[int](), os.fork

    def counted() -> int:
        pid = fork()
        started.extend([pid] if pid else [])
        return pid

    monkeypatch.setattr(os, "fork", counted)
    return started
