"""The sieve: in which texts a rule of the scanner's might match."""

from __future__ import annotations

import base64
import random
import re

from pytest_bdd import parsers, then

from autosync_tasks.validation.rule_facts import Segment, facts
from autosync_tasks.validation.sieve import Sieve, derived
from tests.features.judged import made_up
from tests.features.tree import unescaped

_Rows = list[list[str]]


def _texts(cell: str) -> list[tuple[str, bytes]]:
    parts = [part for part in cell.split(", ") if part]
    whole = ", ".join(parts).replace("TIMES(", "TIMES\0").split(", ")
    texts: list[str] = []
    for part in whole:  # a comma within TIMES(…) divides no texts
        if texts and "TIMES\0" in texts[-1] and ")" not in texts[-1].rpartition("TIMES\0")[2]:
            texts[-1] += ", " + part
        else:
            texts.append(part)
    told = [text.replace("TIMES\0", "TIMES(") for text in texts if text]
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


@then(parsers.re('between "(?P<first>[a-z]+)" and "(?P<last>[a-z]+)" a rule may match this and cannot match that:'))
def between(first: str, last: str, datatable: _Rows) -> None:
    wrong = []
    for told, *cells in datatable[1:]:
        rule = unescaped(told).decode()
        wrong += _wrong(told, first + rule + last, (cells[0], cells[1]), (b"a " + first.encode(), last.encode() + b"."))
    assert not wrong, "\n".join(wrong)


@then("a rule may match in this text and cannot match in that:")
def in_this_text(datatable: _Rows) -> None:
    wrong = []
    for rule, may, cannot in datatable[1:]:
        wrong += _wrong(rule, rule, (may, cannot), (b"", b""))
    assert not wrong, "\n".join(wrong)


def _looked_for(segment: Segment) -> str:
    words = "|".join(word.decode() for word in segment.words) or "nothing"
    run = f"{segment.run} of {segment.alphabet}" if segment.run else "no run"
    return f"{words} ({run}, {segment.before} before, {segment.after} behind): {segment.expression}"


@then("of these rules this is looked for:")
def is_looked_for(datatable: _Rows) -> None:
    found = []
    for rule, _ in datatable[1:]:
        found.append([rule, "; or ".join(" and ".join(map(_looked_for, way)) for way in facts(rule))])
    assert found == datatable[1:]


@then("a rule with this in it is asked of every text:")
def asked_of_every(datatable: _Rows) -> None:
    wrong = [rule for (rule,) in datatable[1:] if Sieve(derived({"r": rule})).possible(b"-") != {"r"}]
    assert not wrong, wrong


@then(parsers.re('the scanner is asked about these texts, or not, for a rule on "(?P<word>[a-z-]+)":'))
def is_asked(word: str, datatable: _Rows) -> None:
    sieve = Sieve(derived({"r": word}))
    how = {None: "in any case", frozenset(): "not", frozenset({"r"}): "for it"}
    found = []
    for told, _ in datatable[1:]:
        text = told
        while "BASE64" in text:
            text = re.sub(r"BASE64\(([^()]*)\)", lambda one: base64.b64encode(one[1].encode()).decode(), text)
        may = sieve.possible(unescaped(made_up(text, random.Random(7))))
        found.append([told, how[None if may is None else frozenset(may)]])
    assert found == datatable[1:]
