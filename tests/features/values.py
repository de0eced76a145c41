"""Values: what one looks like, what a name says of it, and what a hit of the scanner's is worth where it stands."""

from __future__ import annotations

import random
import re

from pytest_bdd import then

from autosync_tasks.validation import secret_values, stand_ins
from autosync_tasks.validation.scanner import OWN, Hit
from autosync_tasks.validation.secret_candidates import judge_hit
from autosync_tasks.validation.secret_keys import Place
from tests.features.judged import made_up

_Rows = list[list[str]]
_LOOKS = {
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


def looks(text: str) -> str:
    value = made_up(text, random.Random(5)).encode()
    return ", ".join(word for word, look in _LOOKS.items() if look(value))


@then("these values look like this, and like nothing else:")
def look_like_this(datatable: _Rows) -> None:
    assert [[text, looks(text)] for text, _ in datatable[1:]] == datatable[1:]


@then("a name says this of its value:")
def says_this(datatable: _Rows) -> None:
    found = [[name, secret_values.named(name.encode()) or "no secret"] for name, _ in datatable[1:]]
    assert found == datatable[1:]


def worth(rule: str, text: str, path: str) -> str:
    """What is told of the value between « and »."""
    before, value, after = (part.encode() for part in re.split("[«»]", made_up(text, random.Random(5))))
    start, end = len(before), len(before) + len(value)
    name = rule.replace("own ", OWN).removesuffix(" unsure")
    place = Place(path.encode(), before + value + after, start, end)
    return judge_hit(place, Hit(name, start, end, not rule.endswith(" unsure")))[0] or "nothing"


@then("a hit of the scanner's is worth this where it stands:")
def is_worth_this(datatable: _Rows) -> None:
    head, *rows = datatable
    found = []
    for row in rows:
        cells = dict(zip(head, row, strict=True))
        found.append([*row[:-1], worth(cells["rule"], cells["text"], cells.get("file") or "notes/a.md")])
    wrong = [f"{got} instead of {row[-1]}" for got, row in zip(found, rows, strict=True) if got != row]
    assert not wrong, "\n".join(wrong)
