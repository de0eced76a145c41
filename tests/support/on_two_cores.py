"""Small trees are dealt with by two processes as well, and who was started is known."""

from __future__ import annotations

import os

import pytest

from autosync_tasks.linux import second


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
