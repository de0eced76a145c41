"""Each message about a TOML file names the line on which a person finds what it is about."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from autosync_tasks.profiles import SHIPPED
from autosync_tasks.profiles.located import located

TEXT = '''\
# a = 1
first = "x = [ # no comment"   # a comment with ] and "
list = [
  "a]", # "
  [1, {b = '['}],
]
long = """
key = 1
[table]
\\""" """
raw = \'\'\'
other = 2\'\'\'
"a = b" . c = 1
two words.\t'x' = 3
[profiles.claude]
on = "yes"
[[profiles.claude.rules]]
pattern = "a"
[[rules]]
pattern = "x"
[[rules]]
[rules.deep]
key = 1
[[rules]]
pattern = "z"
'''.replace("two words", "two-words")


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize(
    ("said", "line"),
    [
        ('first = "x": is wrong', 2),
        ("list, item 2 = a list of 2: is wrong", 3),
        ("long: is wrong", 7),
        ("raw: is wrong", 11),
        ('"a = b".c: is wrong', 13),
        ("two-words.x = 3: is wrong", 14),
        ("profiles.claude, on: is wrong", 16),
        ("profiles.claude, off: is missing", 15),
        ("profiles.claude, rules, rule 1, pattern = 3: is wrong", 18),
        ("rule 1, pattern: is wrong", 20),
        ("rule 2, pattern: is missing", 21),
        ("rules 2, deep, key: is wrong", 23),
        ("rule 3, pattern: is wrong", 25),
        ("title: is missing", 0),
        ("rule 4: is one too many", 19),
        ("key: is wrong", 0),
        ("other: is wrong", 0),
    ],
)
def test_where_a_key_stands(said: str, line: int, end: str) -> None:
    text = TEXT.replace("\n", end)
    tomllib.loads(text)
    assert located([f"/f: {said}"], "/f", text) == [f"/f, line {line}: {said}" if line else f"/f: {said}"]


def test_what_is_not_of_the_file_stays() -> None:
    assert located(["first: is wrong", "/f, line 3: first"], "/f", TEXT) == ["first: is wrong", "/f, line 3: first"]


def leaves(value: object, above: str = "") -> Iterator[tuple[str, str]]:
    """How each key is spoken of, and its last name."""
    for key, inner in value.items() if isinstance(value, dict) else ():
        yield f"{above}{key}: is wrong", key
        yield from leaves(inner, f"{above}{key}, ")
        for number, item in enumerate(inner if isinstance(inner, list) else (), 1):
            yield from leaves(item, f"{above}{key} {number}, ")


@pytest.mark.parametrize("file", sorted(Path(SHIPPED).glob("*.toml")), ids=lambda file: file.stem)
def test_every_key_of_every_profile(file: Path) -> None:
    text = file.read_text()
    rows, said = text.splitlines(), list(leaves(tomllib.loads(text)))
    found = located([f"/f: {one}" for one, _ in said], "/f", text)
    assert len(found) > 20
    for (_, key), told in zip(said, found, strict=True):
        line = re.match(r"/f, line (\d+): ", told)
        assert line and key in rows[int(line[1]) - 1], told
