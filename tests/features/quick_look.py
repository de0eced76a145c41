"""The quick look at a text, by the scanner's own rules and by rules of a table."""

from __future__ import annotations

import base64
import random
import re
from functools import cache

from pytest_bdd import then

from autosync_tasks.validation.sieve import Sieve, derived
from benchmarks.token_forms import TOKENS
from tests.features.judged import meant
from tests.support import scanner
from tests.support.forks import CHECKOUT
from tests.support.matches import made

WORDS = ("docs/**/*.md", "autosync_tasks/**/*.py", "*.md")


@cache
def _rules() -> dict[str, str]:
    return {one["id"]: one["detection_regex"] for one in scanner.loaded().details()}


@cache
def _quick_look() -> Sieve:
    """Worked out from the scanner's rules as in a new home."""
    return Sieve(derived(_rules()))


def _passing(texts: dict[str, bytes]) -> list[tuple[str, bytes]]:
    return [(rule, text) for rule, text in texts.items() if rule not in (_quick_look().possible(text) or {rule})]


@cache
def _keys() -> dict[str, bytes]:
    chance = random.Random(11)
    return {rule: made(expression, chance).encode() for rule, expression in _rules().items()}


@then("the quick look stops at what is made up by any of the scanner's rules, for that rule")
def each_rule() -> None:
    keys = _keys()
    assert len(keys) > 600
    assert _passing(keys) == []


@then("so it does where some of it stands in base64")
def in_base64() -> None:
    keys = list(_keys().items())[::12]
    assert _passing({rule: b"data: " + base64.b64encode(b"key " + text) + b"\n" for rule, text in keys}) == []


@then("the quick look stops at each published form of a key, for each rule that finds it")
def published_forms() -> None:
    chance, found = random.Random(12), 0
    for name, draw in TOKENS.items():
        text = f"The key is {draw(chance)}\n".encode()
        hits = {hit.rule for hit in scanner.loaded().scan(text)}
        assert hits <= (_quick_look().possible(text) or hits), name
        found += bool(hits)
    assert found > len(TOKENS) * 0.9


@then("of the pages and the modules of this project nine of ten pass")
def most_pass() -> None:
    files = [path for pattern in WORDS for path in CHECKOUT.glob(pattern)]
    asked = [path for path in files if _quick_look().possible(path.read_bytes()) != set()]
    assert len(asked) * 10 <= len(files), [str(path) for path in asked]


def texts_in(cell: str) -> list[tuple[str, bytes]]:
    """The texts of a cell, as they stand there and as they are meant."""
    told = [text for text in re.split(r", (?![^(]*\))", cell) if text]  # a comma within TIMES(…) divides no texts
    return [(text, meant(text.replace("(empty)", ""))) for text in told]


def wrong_in(rows: list[list[str]], form: str, before: bytes, behind: bytes) -> list[str]:
    """Where the quick look says otherwise than rows of (rule, what it matches, what it cannot match).

    form: the rule, with the row's in it. before, behind: what stands around each text. All rules are asked together.
    """
    sieve = Sieve(derived({f"{number:03}": form.format(rule) for number, (rule, _, _) in enumerate(rows)}))
    wrong = []
    for number, (rule, *cells) in enumerate(rows):
        for cell, may in zip(cells, (True, False), strict=True):
            for told, text in texts_in(cell):
                possible = sieve.possible(before + text + behind)
                if possible is None or (f"{number:03}" in possible) is not may:
                    wrong.append(f"{rule} {'passes' if may else 'is stopped at by'} {told}")
    return wrong


@then('between "key" and "end" a rule matches these, and cannot match those:')
def between_two_words(datatable: list[list[str]]) -> None:
    wrong = wrong_in(datatable[1:], "key{}end", b"a key", b"end.")
    assert not wrong, "\n".join(wrong)


@then("a rule matches in these texts, and cannot match in those:")
def whole_rules(datatable: list[list[str]]) -> None:
    wrong = wrong_in(datatable[1:], "{}", b"", b"")
    assert not wrong, "\n".join(wrong)


@then("a rule with this in it is asked of every text:")
def not_understood(datatable: list[list[str]]) -> None:
    rules = {rule: rule for (rule,) in datatable[1:]}
    assert set(rules) - (Sieve(derived(rules)).possible(b"-") or set()) == set()


@then('for a rule on "secret-word" these texts pass, or the scanner is asked:')
def odd_texts(datatable: list[list[str]]) -> None:
    sieve = Sieve(derived({"r": "secret-word"}))
    how = {None: "asked", frozenset(): "not asked", frozenset({"r"}): "asked for it"}
    found = []
    for told, _ in datatable[1:]:
        text = told
        while "BASE64" in text:
            text = re.sub(r"BASE64\(([^()]*)\)", lambda one: base64.b64encode(one[1].encode()).decode(), text)
        possible = sieve.possible(meant(text))
        found.append([told, how[None if possible is None else frozenset(possible)]])
    assert found == datatable[1:]
