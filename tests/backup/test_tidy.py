"""The store after many commits: small packs become one, and rarely all of it is gone through; nothing is lost."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from autosync_tasks.backup.gateway import Gateway, TooSlowError
from autosync_tasks.model import Run
from autosync_tasks.verify import unattended
from autosync_tasks.workspace.request import Request
from autosync_tasks.workspace.workspace import Site
from tests.support.place import Place, with_three_versions


@pytest.fixture
def place(workshop: Path, scanner_cache: Path, one_scanner: None) -> Place:
    return with_three_versions(workshop, scanner_cache)


@pytest.fixture
def asked(place: Place, monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, ...]]:
    """What git was told to do to its store."""
    monkeypatch.setattr("autosync_tasks.backup.tidy.MOST_PACKS", 4)
    commands: list[tuple[str, ...]] = []
    run: Callable[..., bytes] = Gateway.run

    def noted(self: Gateway, *arguments: str, **more: object) -> bytes:
        if arguments[0] in ("repack", "maintenance"):
            commands.append(arguments)
        return run(self, *arguments, **more)

    monkeypatch.setattr(Gateway, "run", noted)
    return commands


@pytest.fixture
def readings(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Why the whole store was read."""
    reasons, reading = list[str](), unattended.with_reading

    def noted(site: Site, request: Request, run: Run, head: str, why: str) -> Run:
        reasons.append(why)
        return reading(site, request, run, head, why)

    monkeypatch.setattr(unattended, "with_reading", noted)
    return reasons


def _small_beside_large(place: Place) -> Path:
    """Four packs, of which one has most of all; the next commit makes a fifth. Returns the large one."""
    for number in range(50):
        place.write(f"context/{number // 25}/a-note-with-a-long-name-{number}.md", f"{number}\n")
    _versions(place, 4)
    place.git("repack", "-adq")
    (large,) = _packs(place)
    _versions(place, 5, 6, 7)
    return large


def _packs(place: Place) -> list[Path]:
    return sorted((place.backup / ".git/objects/pack").glob("*.pack"), key=lambda path: path.stat().st_size)


def _versions(place: Place, *numbers: int) -> None:
    for number in numbers:
        place.write("context/a.md", f"version {number}\n")
        assert place.inside().outcome == "changed"


def test_small_packs_become_one_and_the_large_one_stays_as_it_is(
    place: Place, asked: list[tuple[str, ...]], readings: list[str]
) -> None:
    large = _small_beside_large(place)
    assert (asked, len(_packs(place))) == ([], 4)
    readings.clear()
    _versions(place, 8)
    assert [command[0] for command in asked] == ["repack"]
    small, left = _packs(place)
    assert left == large
    kept = place.git("verify-pack", "-v", str(small)).splitlines()
    manifests = place.git("log", "-4", "--format=%H:.autosync/manifest").split()
    ids = place.git("rev-parse", *(name.decode() for name in manifests)).split()
    differences = [line for line in kept if line[:40] in ids and len(line.split()) == 7]
    assert len(differences) == 3, "each manifest but one is kept as what differs from another"
    assert readings == [], "what went into the new pack was read there"
    _versions(place, 9)
    assert readings == []
    place.git("fsck", "--full", "--strict")
    assert len(place.inside("restore", "--list").json["backups"]) == 9


def test_a_new_pack_that_does_not_read_well_is_a_reason_to_read_the_store(
    place: Place, asked: list[tuple[str, ...]], readings: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    _small_beside_large(place)
    readings.clear()
    attempt: Callable[..., tuple[int, bytes, bytes]] = Gateway.attempt

    def damaged(self: Gateway, *arguments: str, **more: object) -> tuple[int, bytes, bytes]:
        return (1, b"", b"") if arguments[0] == "verify-pack" else attempt(self, *arguments, **more)

    monkeypatch.setattr(Gateway, "attempt", damaged)
    _versions(place, 8)
    assert [command[0] for command in asked] == ["repack"]
    assert readings[0].endswith("is gone")


def test_all_is_gone_through_when_the_small_ones_are_half_of_it(place: Place, asked: list[tuple[str, ...]]) -> None:
    _versions(place, 4, 5)
    assert [command[0] for command in asked] == ["maintenance"]
    assert len(_packs(place)) == 1
    assert place.inside("verify", "--deep").code == 0


def test_what_takes_too_long_is_told_and_tried_again_later(
    place: Place, asked: list[tuple[str, ...]], monkeypatch: pytest.MonkeyPatch
) -> None:
    def slow(self: Gateway, *arguments: str, **more: object) -> bytes:
        if arguments[0] == "maintenance":
            raise TooSlowError("too slow")
        return b""

    _versions(place, 4)
    place.write("context/a.md", "version 5\n")
    with monkeypatch.context() as slowly:
        slowly.setattr(Gateway, "run", slow)
        run = place.inside()
    assert (run.code, run.outcome) == (0, "changed")
    assert "not done tidying its store of 5 packs" in run.words
    _versions(place, 6)
    assert asked == []
