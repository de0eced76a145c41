"""Files judged by themselves: what fails, how many are asked at once, which rules are on, what is shown."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from contextvars import Context as Outside
from functools import partial

import pytest
from pytest_bdd import then

from autosync_tasks.errors import UsageError
from autosync_tasks.model import Finding
from autosync_tasks.names import Redaction, redaction
from autosync_tasks.validation import hits, judged_apart, run, secret_findings, secret_names, validate
from autosync_tasks.validation.families import explain
from autosync_tasks.validation.findings import Context, Raw, Subject
from autosync_tasks.validation.rule import Family
from autosync_tasks.validation.scanner import Engine, EngineUnavailableError, Hit, SieveHoleError
from tests.features.judged import meant
from tests.features.tree import unescaped
from tests.features.words import rows_of
from tests.validation.support import context, file, real_context

_SCANS: dict[str, Exception] = {
    "went away": EngineUnavailableError("it went away"),
    "takes too long": TimeoutError("of hunter2"),
    "has a fault": ValueError("of hunter2"),
    "finds what was passed": SieveHoleError("acme.1"),
    "has a fault with names": ValueError("of hunter2"),
}
_LOADS: dict[str, Exception] = {
    "is not installed": EngineUnavailableError("no such library"),
    "cannot be loaded": MemoryError("of hunter2"),
}


class _Failing:
    def __init__(self, how: str) -> None:
        self._how = how

    def scan(self, data: bytes) -> list[Hit]:
        if self._how in _SCANS and (data != b"hunter2" or not self._how.endswith("names")):
            raise _SCANS[self._how]
        return []


def _scanner_that(how: str) -> Callable[[str], Engine]:
    def load(_: str) -> Engine:
        if how in _LOADS:
            raise _LOADS[how]
        return _Failing(how)

    return load


def _words(found: Sequence[Finding], *, paths: bool = False) -> str:
    lines = [f"{one.path.decode() + ' ' if paths else ''}{one.code} {one.message}" for one in found]
    return "; ".join(lines) or "nothing"


def _fails(subjects: Sequence[Subject], **besides: object) -> list[Finding]:
    """What is told; whoever accepts all of it is told the same, and nothing of the contents is in it."""
    paths = [one.path for one in subjects]
    found = validate(subjects, context(*paths, **besides))
    firm = [one for one in found if one.code.startswith(("INT", "SEC"))]
    again = validate(subjects, context(*paths, **besides, accepted={one.fingerprint for one in firm}))
    assert again == found and all(one.blocks for one in firm)
    assert "hunter2" not in repr(found)
    return found


@then('with such a scanner this is told of "a.md" and of names, and no fingerprint lets it pass:')
def scanner_fails(datatable: list[list[str]]) -> None:
    """Of an empty file there is nothing to be asked."""
    subjects = [file(b"a.md", b"hunter2"), file(b"b.md", b"")]
    found = []
    for how, _ in datatable[1:]:
        said = _fails(subjects, load_engine=_scanner_that(how))
        assert {one.path for one in said} <= {b"a.md"}
        found.append([how, _words(said)])
    assert found == datatable[1:]


def _rules_failing(where: str, patch: pytest.MonkeyPatch) -> list[Finding]:
    def failing(subject: Subject, _: Context) -> Iterator[Raw]:
        yield Raw("STR003", "before the fault")
        raise ValueError(f"of {subject.data!r}")

    def sound(subject: Subject, _: Context) -> Iterator[Raw]:
        if subject.path == b"b.md":
            yield Raw("STR003", "It is odd.")

    def of_tree(*_: object) -> Iterator[tuple[bytes, Raw]]:
        raise ValueError("of hunter2")

    def of_bash(_: Sequence[bytes]) -> list[str]:
        raise ValueError("of hunter2")

    odd = Family("odd things", (), failing if "each file" in where else None, of_tree if "names" in where else None)
    bash = of_bash if "bash" in where else (lambda scripts: [""] * len(scripts))
    patch.setattr(run, "FAMILIES", (odd, Family("sound things", (), sound)))
    subjects = [file(b"a.sh", b"hunter2"), file(b"b.md", b"hunter2")]
    return _fails(subjects, check_shell=bash, auto_sync_validate="validation off" not in where)


@then('where a rule has a fault this is told of "a.sh" and "b.md", and no fingerprint lets it pass:')
def rule_fails(datatable: list[list[str]], monkeypatch: pytest.MonkeyPatch) -> None:
    found = [[where, _words(_rules_failing(where, monkeypatch), paths=True)] for where, _ in datatable[1:]]
    assert found == datatable[1:]


@then("a finding has a fingerprint of its own for each of these:")
def told_apart(datatable: list[list[str]], monkeypatch: pytest.MonkeyPatch) -> None:
    marks = []
    for (how,) in datatable[1:]:
        scanner = how in _SCANS or how in _LOADS
        said = (
            _fails([file(b"a.sh", b"hunter2")], load_engine=_scanner_that(how))
            if scanner
            else _rules_failing(how, monkeypatch)
        )
        marks.append(next(one.fingerprint for one in said if one.path == b"a.sh"))
    assert len(set(marks)) == len(marks)


@then("of files that had to be judged this is told:")
def lost_on_the_way(datatable: list[list[str]]) -> None:
    found = []
    for needed, were, others, _ in datatable[1:]:
        names = [[one.encode() for one in re.split(", ", cell) if one] for cell in (needed, were, others)]
        subjects, apart = ([file(name, b"x") for name in some] for some in names[1:])
        seen = context(*names[1], *names[2])
        said = validate(subjects, seen, partial(judged_apart, apart, seen), names[0].copy)
        found.append([needed, were, others, _words(said, paths=True)])
    assert found == datatable[1:]


@then("of so many keys that stand twice in a file so many are told, and the space in its name besides:")
def at_most(datatable: list[list[str]]) -> None:
    found = []
    for twice, _ in datatable[1:]:
        text = ", ".join(['"a": 1'] * (int(twice) + 1))
        said = [
            one.code for one in validate([file(b"a.json", f"{{{text}}}"), file(b"b c.json", f"{{{text}}}")], context())
        ]
        assert said.count("STR003") == 1
        assert said.count("JSN003") % 2 == 0
        found.append([twice, str(said.count("JSN003") // 2)])
    assert found == datatable[1:]


@then("bash is asked of so many scripts of such a size in these turns, and what it says is told of the right one:")
def in_turns(datatable: list[list[str]]) -> None:
    found = []
    for count, size, _ in datatable[1:]:
        turns: list[int] = []

        def check(scripts: Sequence[bytes], turns: list[int] = turns) -> list[str]:
            turns.append(len(scripts))
            return [f"x: line {int(text[11:15])}: y" for text in scripts]

        subjects = [file(b"lib/%d" % n, (b"#!/bin/sh\n#%04d" % n).ljust(int(size))) for n in range(1, int(count) + 1)]
        said = validate([*subjects, file(b"lib/words", b"words")], context(check_shell=check))
        assert sorted((one.line, one.path) for one in said) == [(n, b"lib/%d" % n) for n in range(1, int(count) + 1)]
        found.append([count, size, ", ".join(map(str, turns))])
    assert found == datatable[1:]


@then("of a faulty script, a protected file, a key and what may be one these rules tell:")
def switched(datatable: list[list[str]]) -> None:
    """Where validation is off bash is not asked either."""
    subjects = [
        file(b"bin/a b", b"#!/bin/sh\r\n<<<<<<< a\n=======\n>>>>>>> b\n", 0o644),
        file(b".env", b"A=1"),
        file(b"context/a.md", meant("The key is TOKEN(GitHub).")),
        file(b"context/b.md", meant("token = DRAWN32")),
    ]
    found = []
    for only, without, validation, _ in datatable[1:]:
        asked: list[int] = []

        def check(scripts: Sequence[bytes], asked: list[int] = asked) -> list[str]:
            asked.append(len(scripts))
            return [""] * len(scripts)

        switches = {"validate_select": tuple(only.split()), "validate_ignore": tuple(without.split())}
        seen = real_context(**switches, auto_sync_validate=validation == "on", check_shell=check)
        said = validate(subjects, seen)
        assert asked == ([1] if validation == "on" else [])
        found.append([only, without, validation, ", ".join(sorted({one.code for one in said}))])
    assert found == datatable[1:]


@then("this is explained:")
def explained(datatable: list[list[str]]) -> None:
    wrong = []
    for code, told in datatable[1:]:
        try:
            said = explain(meant(code).decode())
        except UsageError as error:
            said = f"{error}; {error.hint}"
        if meant(told).decode() not in said:
            wrong.append(f"{code}: {said}")
    assert not wrong, "\n".join(wrong)


def _finding(row: dict[str, str], text: bytes) -> Finding:
    subject = file(row["file"].encode(), text)
    seen = real_context(subject.path, environ=())
    (found,) = (one for one in validate([subject], seen) if one.code == row["finding"])
    assert found.hint, "what to do"
    return found


@then("with this finding such a line of the file is shown:")
def line_shown(datatable: list[list[str]]) -> None:
    found = [(row["holds"], _finding(row, meant(row["holds"])).excerpt) for row in rows_of(datatable)]
    assert found == [(row["holds"], meant(row["its line is"]).decode()) for row in rows_of(datatable)]


@then("the words of this finding are:")
def words_shown(datatable: list[list[str]]) -> None:
    """THESECRET: the made-up one of the row, wherever it stands; ESCAPED: as some writers of JSON put it down."""
    found = []
    for row in rows_of(datatable):
        secret, text = meant(row["the secret"]), meant(row["holds"])
        text = text.replace(b"THESECRET", secret).replace(b"ESCAPED", secret.replace(b"/", rb"\/"))
        found.append({**row, "words": _finding(row, text).message})
    assert found == [*rows_of(datatable)]


def _hidden(text: bytes, seen: Context) -> str:
    return ", ".join(map(str, sorted(hits(b"a.md", text, seen))))


@then("of this text these lines are hidden:")
def hidden_lines(datatable: list[list[str]]) -> None:
    """And whoever judges the text for a push is told of the first of them."""
    found = [[holds, _hidden(meant(holds), real_context())] for holds, _ in datatable[1:]]
    assert found == datatable[1:]
    for holds, hidden in found:
        lines = [one.line for one in secret_findings(b"a.md", meant(holds), real_context())]
        assert lines[:1] == [int(one) for one in hidden.split(", ")[:1] if one]


@then("with a scanner that went away of this text these lines are hidden:")
def all_hidden(datatable: list[list[str]]) -> None:
    away = context(load_engine=_scanner_that("went away"))
    found = [[holds, _hidden(meant(holds), away)] for holds, _ in datatable[1:]]
    assert found == datatable[1:]


@then("with a scanner that went away no line of a file is shown")
def no_line_shown() -> None:
    subject = file(b"a.json", b'{"a": 1,\n"a": 2}')
    for how, line in (("is sound", '"a": 2}'), ("went away", "")):
        found = validate([subject], context(subject.path, load_engine=_scanner_that(how)))
        assert [one.excerpt for one in found if one.code == "JSN003"] == [line]


@then("of these names such parts are shown nowhere:")
def names_hidden(datatable: list[list[str]]) -> None:
    """Asked beforehand, and wherever names are told once they were judged."""
    token, found = meant("TOKEN(GitHub)"), []
    for names, how, accepted, _ in datatable[1:]:
        paths = [unescaped(name).replace(b"TOKEN(GitHub)", token) for name in names.split(", ")]
        sound = how == "is sound"
        seen = real_context(*paths) if sound else context(*paths, load_engine=_scanner_that(how))
        subjects = [file(path, b"x") for path in paths]
        marks = {one.fingerprint for one in Outside().run(validate, subjects, seen)} if accepted == "yes" else set()
        seen = real_context(*paths, accepted=marks) if sound else seen

        def judged(subjects: list[Subject] = subjects, seen: Context = seen) -> tuple[list[Finding], Redaction]:
            return validate(subjects, seen), redaction()

        said, shown = Outside().run(judged)
        later = shown.clean(b" ".join(paths))
        withheld = secret_names(paths, seen)
        assert set(withheld) <= {token}
        if sound:
            assert (token in later) is (accepted == "yes")
            told = b" ".join(one.path + one.message.encode() for one in said if one.status == "new")
            assert token[:8] not in shown.clean(told)
        found.append([names, how, accepted, "the token" if withheld else ""])
    assert found == datatable[1:]
