"""The sieve: in which texts a rule of the scanner's might match, by tables (data/sieve.txt)."""

from __future__ import annotations

import base64
import random
import re
from pathlib import Path

from autosync_tasks.validation.rule_facts import Segment, facts
from autosync_tasks.validation.sieve import Sieve, derived
from tests.features.judged import made_up
from tests.features.tree import unescaped
from tests.support.tables import tables

TABLES = tables(Path(__file__).parent / "data/sieve.txt")


def _texts(cell: str) -> list[tuple[str, bytes]]:
    told = [text for text in re.split(r", (?![^(]*\))", cell) if text]  # a comma within TIMES(…) divides no texts
    return [(text, unescaped(made_up(text.replace("(empty)", ""), random.Random(7)))) for text in told]


def _wrong(rule: str, expression: str, cells: tuple[str, str], around: tuple[bytes, bytes]) -> list[str]:
    """What a table says otherwise. around: stands before and behind each text."""
    sieve = Sieve(derived({"r": expression}))
    wrong = []
    for cell, may in zip(cells, (True, False), strict=True):
        for told, text in _texts(cell):
            if bool(sieve.possible(around[0] + text + around[1])) is not may:
                wrong.append(f"{rule} {'cannot' if may else 'may'} match {told}")
    return wrong


def test_letter_by_letter_between_two_words() -> None:
    wrong = []
    for told, *cells in TABLES["letter by letter, between two words"]:
        rule = unescaped(told).decode()
        wrong += _wrong(told, "key" + rule + "end", (cells[0], cells[1]), (b"a key", b"end."))
    assert not wrong, "\n".join(wrong)


def test_words_runs_and_how_far_they_are_apart() -> None:
    wrong = []
    for rule, may, cannot in TABLES["words, runs, and how far they are apart"]:
        wrong += _wrong(rule, rule, (may, cannot), (b"", b""))
    assert not wrong, "\n".join(wrong)


def _looked_for(segment: Segment) -> str:
    words = "|".join(word.decode() for word in segment.words) or "nothing"
    run = f"{segment.run} of {segment.alphabet}" if segment.run else "no run"
    return f"{words} ({run}, {segment.before} before, {segment.after} behind): {segment.expression}"


def test_what_is_looked_for_the_rarest_first() -> None:
    wanted = TABLES["what is looked for, the rarest first"]
    found = [[rule, "; or ".join(" and ".join(map(_looked_for, way)) for way in facts(rule))] for rule, _ in wanted]
    assert found == wanted


def test_of_a_rule_that_is_not_understood_nothing_is_concluded() -> None:
    rules = [rule for (rule,) in TABLES["of a rule that is not understood nothing is concluded"]]
    assert [rule for rule in rules if Sieve(derived({"r": rule})).possible(b"-") != {"r"}] == []


def test_a_text_that_only_the_scanner_may_judge_and_what_base64_hides() -> None:
    sieve = Sieve(derived({"r": "secret-word"}))
    wanted = TABLES["a text that only the scanner may judge, and what base64 hides"]
    how = {None: "in any case", frozenset(): "not", frozenset({"r"}): "for it"}
    found = []
    for told, _ in wanted:
        text = told
        while "BASE64" in text:
            text = re.sub(r"BASE64\(([^()]*)\)", lambda one: base64.b64encode(one[1].encode()).decode(), text)
        may = sieve.possible(unescaped(made_up(text, random.Random(7))))
        found.append([told, how[None if may is None else frozenset(may)]])
    assert found == wanted


def test_no_table_is_left_out() -> None:
    assert len(TABLES) == 5
