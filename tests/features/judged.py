"""Files by the table, and what validation tells of each.

Words in capitals stand for what is made up while the test runs, so that no feature holds what looks like a secret:
`DRAWN32` (letters and digits), `LETTERS20`, `SMALL20`, `LOWER20`, `HEX40`, `DIGITS9`, `UPPER16`, `A_UUID`; `SAME36` (one sign again and
again), `ALPHABET36`, `TOKEN(Slack bot)` (a published form), `BASE64(ana:DRAWN12)`, `TIMES(3, ab)`, `PEM(RSA)`
and `PEMEND(RSA)` (the first and the last line of a key), `KEYLINES`.
"""

from __future__ import annotations

import base64
import random
import re
import string
from collections.abc import Callable, Iterator

import pytest
from pytest_bdd import given, parsers, step

from autosync_tasks.config.load import VARIABLE
from autosync_tasks.validation import scanner
from benchmarks import token_forms
from tests.features.settings import put
from tests.features.tree import unescaped
from tests.features.words import rows_of
from tests.support.machine import Machine

_LOWER = string.ascii_lowercase
_ALPHABETS = {
    "DRAWN": string.ascii_letters + string.digits,
    "LETTERS": string.ascii_letters,
    "SMALL": _LOWER + string.digits,
    "LOWER": _LOWER,
    "HEX": "0123456789abcdef",
    "DIGITS": "123456789",
    "UPPER": string.ascii_uppercase + "234567",
}
_HEADER = "-----{} {} PRIVATE " + "KEY-----"
_DRAWN = re.compile(rf"({'|'.join(_ALPHABETS)})(\d+)")


def made_up(text: str, chance: random.Random) -> str:
    """The text with all that stands for something made up."""
    calls: list[tuple[str, Callable[[re.Match[str]], str]]] = [
        (r"TOKEN\(([^)]+)\)", lambda found: token_forms.TOKENS[found[1]](chance)),
        (r"A_UUID", lambda _: token_forms.uuid(chance)),
        (r"PEM(END)?\((\w+)\)", lambda found: _HEADER.format(found[1] or "BEGIN", found[2])),
        (r"KEYLINES", lambda _: token_forms.key_lines(chance)),
        (r"SAME(\d+)", lambda found: "x" * int(found[1])),
        (r"ALPHABET(\d+)", lambda found: ((_LOWER + "1234567890") * 3)[: int(found[1])]),
        (_DRAWN.pattern, lambda found: token_forms.text(chance, int(found[2]), _ALPHABETS[found[1]])),
        (r"TIMES\((\d+), ([^)]*)\)", lambda found: found[2] * int(found[1])),
        (r"BASE64\(([^)]*)\)", lambda found: base64.b64encode(found[1].encode()).decode()),
    ]
    text = (
        text.replace("\\r", "\r").replace("\\t", "\t").replace("BOM", "\ufeff").replace("BIDI", "\u202e")
    )  # a table itself knows none of them
    for pattern, made in calls:
        text = re.sub(pattern, made, text)
    return text


def chance() -> random.Random:
    """The same in each cell of a table: what is made up there is the same too."""
    return random.Random(5)


def meant(cell: str) -> bytes:
    """What a cell stands for: with what is made up, and its backslashes read."""
    return unescaped(made_up(cell, chance()))


@given(parsers.re(r"the home of (?P<agent>[a-z]+)"))
def home_of(machine: Machine, agent: str) -> None:
    """The config tree is another agent's."""
    machine.environ[VARIABLE] = agent
    machine.source = machine.home / f".{agent}"
    machine.write({"claude": "CLAUDE.md", "codex": "AGENTS.md", "gemini": "GEMINI.md"}[agent], "# House rules\n")


@given("a machine for which there is no scanner")
def no_scanner(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(scanner, "no_wheel", lambda: "there is no secret scanner for armv7l")
    scanner.load.cache_clear()
    scanner.load_quick.cache_clear()
    yield
    scanner.load.cache_clear()
    scanner.load_quick.cache_clear()


@given(parsers.re('only the rules "(?P<on>[^"]+)" are on, without "(?P<off>[^"]+)"'))
def chosen(machine: Machine, on: str, off: str) -> None:
    put(machine, validate_select=tuple(on.split()), validate_ignore=tuple(off.split()))


@pytest.fixture
def judged() -> dict[str, str]:
    """Path to what a table says is told of it."""
    return {}


@step("these files appear:")
def appear(machine: Machine, judged: dict[str, str], datatable: list[list[str]]) -> None:
    """Columns: file (left out: a note of its own), mode, written in, holds (`→ target`: a link), told."""
    for number, row in enumerate(rows_of(datatable), start=1):
        path = row.get("file") or f"context/note-{number}.md"
        text, path = made_up(row["holds"], random.Random(1000 + number)), made_up(path, random.Random(1000 + number))
        machine.write(path, text.encode(row.get("written in", "utf-8")))
        if text.startswith("→ "):
            machine.path(path).unlink()
            machine.path(path).symlink_to(text[2:].replace("~", str(machine.home)))
        if row.get("mode"):
            machine.path(path).chmod(int(row["mode"], 8))
        judged[path] = row["told"]


@step("of each is told what the table says")
def told_of_each(machine: Machine, judged: dict[str, str]) -> None:
    """`CODE`, or `CODE in line N`; several with commas; or nothing."""
    machine.last.spoken = True
    run = machine.last.run
    assert run is not None, machine.last.text
    found: dict[str, list[tuple[str, int]]] = {path: [] for path in judged}
    for one in run.findings:
        found.setdefault(one.path.decode("utf-8", "replace"), []).append((one.code, one.line))
    wrong = {}
    for path, told in judged.items():
        wanted = sorted(re.split(", ?", told)) if told != "nothing" else []
        lined = any(" in line " in one for one in wanted)
        seen = sorted(f"{code} in line {line}" if lined and line else code for code, line in found[path])
        if seen != wanted:
            wrong[path] = f"{', '.join(seen) or 'nothing'}, not {told}"
    assert not wrong, "\n".join(f"{path}: {said}" for path, said in wrong.items())
