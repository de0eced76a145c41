"""Damage anywhere is told, healed or harmless: never silent, and never a traceback."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from tests.faults.damage import Round, kept, played, prepare, spared

ROUNDS = 2_000
SAMPLE = 3


def swept(workshop: Path, scanner_cache: Path, seeds: range) -> list[Round]:
    place = prepare(workshop, scanner_cache)
    before, spare = kept(place), spared(place)
    return [played(place, spare, before, seed) for seed in seeds]


def judged(rounds: list[Round]) -> None:
    counts = Counter(one.outcome for one in rounds)
    print(f"{len(rounds)} rounds of damage: {dict(sorted(counts.items()))}")  # noqa: T201  for -rP
    assert [words for one in rounds for words in one.tracebacks] == []
    assert [(one.what, one.harm, one.lie) for one in rounds if one.outcome == "silent"] == []


def test_a_seeded_sample_of_damage(workshop: Path, scanner_cache: Path, one_scanner: None) -> None:
    judged(swept(workshop, scanner_cache, range(SAMPLE)))


@pytest.mark.full
@pytest.mark.parametrize("part", range(10))
def test_damage_to_any_file(workshop: Path, scanner_cache: Path, one_scanner: None, part: int) -> None:
    size = ROUNDS // 10
    judged(swept(workshop, scanner_cache, range(1_000 + part * size, 1_000 + (part + 1) * size)))
