"""What a value looks like, what its name says of it, and what a hit of the scanner's is worth where it stands.

The tables (data/values.txt) hold what was decided, one case a row; `tests/features/judged.py` says what its words in capitals
stand for.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from autosync_tasks.validation import secret_keys, secret_values, stand_ins
from autosync_tasks.validation.scanner import OWN, Hit
from autosync_tasks.validation.secret_candidates import judge_hit
from autosync_tasks.validation.secret_keys import Place
from tests.features.judged import made_up
from tests.support.tables import tables

TABLES = tables(Path(__file__).parent / "data/values.txt")
LOOKS: dict[str, Callable[[bytes], object]] = {
    "random": secret_values.is_random,
    "mixed": secret_values.is_mixed,
    "one word": secret_values.is_one_word,
    "the half of a pair": secret_values.is_aws_secret,
    "a UUID": secret_values.is_uuid,
    "a provider's": secret_values.is_vendor,
    "user and password": secret_values.basic_credentials,
    "a key in base64": secret_values.private_key_in_base64,
    "a template": stand_ins.is_template,
    "a placeholder": stand_ins.placeholder,
    "a stand-in": stand_ins.stands_in,
    "spelled": stand_ins.spelled,
    "words": stand_ins.words,
    "weak": stand_ins.weak_password,
}
HITS = [
    "a token that a rule knows by its form",
    "keys, and the halves of a pair",
    "a value under a name",
    "a value in a header, an address or a command",
    "in the agents' own settings",
]


def looks(text: str) -> str:
    value = made_up(text, random.Random(5)).encode()
    return ", ".join(word for word, look in LOOKS.items() if look(value))


def test_what_each_looks_like() -> None:
    wanted = TABLES["what each looks like"]
    assert [[text, looks(text)] for text, _ in wanted] == wanted


def test_what_its_name_says() -> None:
    wanted = TABLES["what its name says"]
    assert [[name, secret_values.named(name.encode()) or "no secret"] for name, _ in wanted] == wanted


def spread(signs: str, counts: list[int]) -> bytes:
    """Each sign so often, far from its like."""
    places = sorted((number / count, at) for at, count in enumerate(counts) for number in range(count))
    return "".join(signs[at] for _, at in places).encode()


def test_exactly_the_least_entropy_is_enough() -> None:
    login = spread("aB3dE6gH9j", [25, 16, 10, 10, 5, 5, 4, 2, 2, 1])
    assert secret_values.entropy(login) == 2.8
    assert secret_values.is_mixed(login)
    key = spread("sk-aBcDeFgHiJlMnOpQrTuVwXyZbCdEfGhIjLm", [1] * 13 + [4, 8] + [5] * 22 + [25])
    assert secret_values.entropy(key) == 4.8
    assert secret_keys.key_of_a_provider(Place(b"a.md", key, 0, len(key)))[0] == "SEC001"


def worth(rule: str, text: str, path: str) -> str:
    """What is told of the value between « and »."""
    before, value, after = (part.encode() for part in re.split("[«»]", made_up(text, random.Random(5))))
    start, end = len(before), len(before) + len(value)
    name = rule.replace("own ", OWN).removesuffix(" unsure")
    place = Place(path.encode(), before + value + after, start, end)
    return judge_hit(place, Hit(name, start, end, not rule.endswith(" unsure")))[0] or "nothing"


@pytest.mark.parametrize("heading", HITS)
def test_what_a_hit_is_worth(heading: str) -> None:
    """Each row: the rule, in some tables the file, the text, what is told."""
    wanted = TABLES[heading]
    assert [[*row[:-1], worth(row[0], row[-2], row[1] if len(row) > 3 else "notes/a.md")] for row in wanted] == wanted


def test_no_table_is_left_out() -> None:
    assert [*TABLES] == ["what each looks like", "what its name says", *HITS]
