"""The sieve: what is looked for of a rule, and how far (data/sieve.txt). What it passes: features/…/quick_look.feature."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from autosync_tasks.validation.rule_facts import Segment, facts
from autosync_tasks.validation.scanner import _Few
from tests.features.quick_look import texts_in, wrong_in
from tests.support.forks import CHECKOUT
from tests.support.tables import tables

TABLES = tables(Path(__file__).parent / "data/sieve.txt")
FEATURE = CHECKOUT / "features/validation/quick_look.feature"


def _looked_for(segment: Segment) -> str:
    words = "|".join(word.decode() for word in segment.words) or "nothing"
    run = f"{segment.run} of {segment.alphabet}" if segment.run else "no run"
    return f"{words} ({run}, {segment.before} before, {segment.after} behind)"


def test_what_is_looked_for_the_rarest_first() -> None:
    wanted = TABLES["what is looked for, the rarest first"]
    found = [[rule, "; or ".join(" and ".join(map(_looked_for, way)) for way in facts(rule))] for rule, _ in wanted]
    assert found == wanted


def test_what_is_derived_is_the_same_each_time() -> None:
    """It is kept, and `frozenset` has another order in each process."""
    ((one,),) = facts("(?:hh|gg|ff|ee|dd|cc|bb|aa)-[0-9]{9}")
    assert one.expression.startswith("(?:aa\\x2d|bb\\x2d|cc\\x2d|dd\\x2d|ee\\x2d|ff\\x2d|gg\\x2d|hh\\x2d)")


def test_in_doubt_it_may_match_and_what_is_within_the_limits_is_no_doubt() -> None:
    rows = [[rule, texts, ""] for rule, texts in TABLES["in doubt it may match"]]
    rows += [[rule, "", texts] for rule, texts in TABLES["at the limits it still cannot match"]]
    wrong = wrong_in(rows, "{}", b"", b"")
    assert not wrong, "\n".join(wrong)


def _rows(scenario: str) -> list[list[str]]:
    text = FEATURE.read_text("utf-8").partition(f"Scenario: {scenario}\n")[2].partition("Scenario:")[0]
    lines = [line.strip() for line in text.splitlines() if line.strip().startswith("|")]
    cell = {"n": "\n"}
    return [
        [re.sub(r"\\([n|\\])", lambda found: cell.get(found[1], found[1]), part.strip())
         for part in re.split(r"(?<!\\)\|", line[1:-1])]
        for line in lines[1:]
    ]  # fmt: skip


BETWEEN = ("letters and sets", "classes and escapes", "how often", "alternatives and groups", "flags")
WHOLE = "words, runs, and how far they are apart"


@pytest.mark.parametrize("scenario", [*BETWEEN, WHOLE])
def test_the_scanner_finds_what_the_feature_says_that_a_rule_matches(scenario: str) -> None:
    """Of what matches, all but letters outside ASCII, and what is too short or too plain for a secret."""
    form, before, behind = ("{}", b"", b"") if scenario == WHOLE else ("key{}end", b"a key", b"end.")
    found, count, wrong = 0, 0, []
    for rule, matches, cannot in _rows(scenario):
        told = {"name": "told", "id": "told.1", "pattern": form.format(rule), "min_entropy": 0.0, "examples": []}
        engine = _Few("", f"rules:\n- {json.dumps(told)}\n".encode())
        hits = [bool(engine.scan(before + text + behind)) for _, text in texts_in(matches)]
        found, count = found + sum(hits), count + len(hits)
        wrong += [f"{rule}: {one}" for one, text in texts_in(cannot) if engine.scan(before + text + behind)]
    assert not wrong, wrong
    assert found > count * 0.7
