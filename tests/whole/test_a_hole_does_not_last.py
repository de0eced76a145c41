"""What the sieve would let pass, the whole scanner finds: before a push, in the weekly look, and in `verify --deep`."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from autosync_tasks.backup import health
from autosync_tasks.validation.sieve import Sieve
from benchmarks.token_forms import TOKENS
from tests.support.place import Place


@pytest.fixture
def holed(workshop: Path, scanner_cache: Path, one_scanner: None, monkeypatch: pytest.MonkeyPatch) -> Place:
    """A backup that holds a token, for the sieve said that no rule might match."""
    monkeypatch.setattr(Sieve, "possible", lambda *_: set())
    place = Place.make(workshop, scanner_cache)
    place.write("context/a.md", f"token: {TOKENS['npm'](random.Random(7))}\n")
    assert place.inside().outcome == "changed"
    return place


def said(place: Place, *words: str) -> tuple[int, bool]:
    """The exit code, and whether it names the rule."""
    run = place.inside(*words)
    return run.code, "INT002" in run.words or "the rule " in run.words


def test_a_push_finds_it_and_ends_the_sieve(holed: Place) -> None:
    holed.bare_remote()
    assert said(holed, "sync", "--push") == (3, True)
    assert list(holed.state.rglob("autosync-distrusted-*"))


def test_the_weekly_look_finds_it(holed: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "reason_to_read", lambda *_: "it was not read for long")
    assert said(holed, "sync", "--trigger=schedule") == (1, True)


def test_verify_deep_finds_it(holed: Place) -> None:
    assert said(holed, "verify", "--deep") == (1, True)
