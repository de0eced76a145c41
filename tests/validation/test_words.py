"""What a finding says and where, to the letter; and that what nobody expects in a file fails no rule."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from autosync_tasks.errors import UsageError
from autosync_tasks.model import Finding, Left, LeftOut, Severity
from autosync_tasks.validation import hits, jsonc, of_left_out, schema, validate
from autosync_tasks.validation.families import explain
from autosync_tasks.validation.findings import Lines, Subject, printable
from autosync_tasks.validation.names_and_modes import collisions
from autosync_tasks.validation.run import MOST
from autosync_tasks.validation.scanner import EngineUnavailableError, Hit
from autosync_tasks.validation.scripts import is_shell, of_shell
from autosync_tasks.validation.secret_regions import Region
from autosync_tasks.validation.withheld import Withheld
from autosync_tasks.validation.yaml_front import _unknown_tag, cut_front, top_level
from tests.validation.support import NoSecrets, codes, context, file, link, of
from tests.validation.test_agents import AGENT, CLAUDE, RULES, Says

LONG = "x" * 200


def found(*subjects: Subject, **facts: Any) -> list[Finding]:
    paths = [one.path for one in subjects]
    return validate(subjects, context(*paths, **facts))


def the(code: str, *subjects: Subject, **facts: Any) -> Finding:
    return next(one for one in found(*subjects, **facts) if one.code == code)


CUT = [
    ("JSN003", 60, [file(b"a.json", f'{{"{LONG}": 1, "{LONG}": 2}}')]),
    ("JSN005", 80, [file(b"opencode.json", f'{{"model": "{{file:{LONG}}}"}}')]),
    ("MDF007", 40, [file(b"agent/a.md", f"---\n{LONG}: 1\n{LONG}: 2\n---\n")]),
    ("FS003", 80, [file(b"\x01" + LONG.encode())]),
    ("FS008", 80, [file(LONG.encode()), file(LONG.upper().encode())]),
]


def test_of_a_long_name_only_so_much_is_said() -> None:
    for code, most, subjects in CUT:
        told = re.findall("[\ufffdx]+…", the(code, *subjects).message.lower())
        assert [len(one) for one in told] == [most], code


def test_of_others_with_the_name_the_first_is_said_and_only_so_much() -> None:
    folder = "agent/" + "x" * 90 + "/"
    names = [f"{folder}a.md".encode(), f"{folder.replace('agent', 'agents')}a.md".encode()]
    same = the("MDF006", *(file(name, "---\ndescription: d\n---\n") for name in names))
    assert len(same.message.split()[0]) == 80
    three = dict(collisions([b"Aa"], [b"aA", b"AA", b"Aa"]))
    assert three[b"Aa"].message.endswith(" AA.")
    assert [path for path, _ in collisions([b"A.md"], [b"a.md"])] == [b"A.md"]
    assert [path for path, _ in collisions([b"A", b"c"], [b"A", b"a", b"c"])] == [b"A"]
    assert [path for path, _ in collisions([b"c", b"A"], [b"c", b"a"])] == [b"A"]
    assert [len(list(collisions([b"a"], paths))) for paths in ([b"A", b"a"], [b"a", b"A"], [b"a", b"Ab"])] == [1, 1, 0]
    many = [b"%d" % n for n in range(80)]
    assert [path for path, _ in collisions([*many, b"A"], [*many, b"A", b"a"])] == [b"A"]


def test_places() -> None:
    lines = Lines("ab\ncdé x\n\nz".encode())
    assert [lines.position(at) for at in (0, 1, 3, 8, 11)] == [(1, 1), (1, 2), (2, 1), (2, 5), (4, 1)]
    assert [lines.text(number) for number in range(6)] == [b"", b"ab", "cdé x".encode(), b"", b"z", b""]
    assert printable(("\U0001f600" * 10).encode(), 10) == "\U0001f600" * 10
    assert printable(("\U0001f600" * 11).encode(), 10) == "\U0001f600" * 9 + "…"
    assert [printable(text, 3) for text in ("abc", "abcd", b"abc", b"abcd")] == ["abc", "ab…", "abc", "ab…"]
    assert printable("a\tb\u2028\u2029\x00\ud800\u200bZl", 20) == "a b\ufffd\ufffd\ufffd\ufffd\ufffdZl"
    assert [Lines(text).text(1) for text in (b"", b"ab", b"\nab", b"ab\n")] == [b"", b"ab", b"", b"ab"]
    long = Lines(b"x" * 5000 + b"\n" + b"y" * 5000)
    assert [(len(long.text(n)), long.position(n * 5000 - 1)) for n in (1, 2)] == [(4096, (1, 4097)), (4096, (2, 4097))]
    assert Lines(b"x" * 4096).position(4095) == (1, 4096)
    many = Lines(b"\n" * 30)
    assert [many.line(at) for at in range(30)] == list(range(1, 31)), "counted first, then looked up"
    assert [many.line(at) for at in range(30)] == list(range(1, 31)), "looked up, the first line too"
    for before, line in (("", 1), ("\n", 2)):
        assert jsonc.duplicates(before + '{"a": 1, "a": 2}') == [("a", line, 10)]
    assert the("MDF003", file(b"agent/a.md", "hi")).line == 1
    assert the("MDF003", file(b"agent/a.md", "---\nmode: all\n---\n")).line == 1
    assert {one.line for one in found(file(b"skill/a/SKILL.md", "hi")) if one.code == "MDF004"} == {1}
    for odd in (b"# coding: no-such\n", b"#" * 1100 + b"\0\n"):
        unknown = the("EXE002", file(b"bin/a.py", odd, 0o755))
        assert (unknown.line, unknown.column) == (0, 0), odd[:20]


def test_a_text_is_not_gone_through_for_each_of_many_places() -> None:
    counted = []

    class Text(bytes):
        def count(self, *words: Any) -> int:
            counted.append(words)
            return super().count(*words)

    lines = Lines(Text(b"\n" * 30))
    assert [lines.line(at) for at in range(30)] == list(range(1, 31))
    assert len(counted) < 15


def test_a_finding_is_named_by_sixteen_digits_and_new() -> None:
    one = the("JSN002", file(b"a.json", "{"))
    assert (len(one.fingerprint), one.status) == (16, "new")
    (left,) = of_left_out([LeftOut(b"docs/a", Left.SPECIAL)], context())
    assert left.fingerprint == "20f0911d7539fecb", "HMAC-SHA-256 over FS010, the path and `special`"
    assert the("FS008", file(b"a"), file(b"A")).excerpt == ""
    for code, name in (("JSN007", b"package.json"), ("JSN001", b"opencode.json")):
        one = the(code, file(name, "[]"))
        assert (one.line, one.column) == (1, 1)


def test_what_is_shown_of_a_file_holds_no_secret() -> None:
    hidden = Withheld(b"one\ntwo\n", [Region("SEC001", "", 4, 7, b"two!")])
    assert [hidden.excerpt(line) for line in range(4)] == ["", "one", "", ""]
    told = Finding("SEC001", Severity.ERROR, b"a", "plain", "say two!", 0, 0, "", "new", "")
    assert "two!" not in hidden.clean(told).hint
    assert hidden.clean(told).message == "plain"
    cut = [hidden.clean(replace(told, message=words)).message for words in ("a two!…", "two…", "a two!x…", "[two!…]…")]
    assert cut == ["a [withheld]…", "two…", "a [withheld]x…", "[[withheld]…]…"]
    long = Withheld(b"secret", [Region("SEC001", "", 0, 6, b"secret")])
    cut = [long.clean(replace(told, message=f"a {'secret'[:length]}…b")).message for length in range(7)]
    assert cut == ["a …b", "a s…b", "a se…b", "a sec…b", *["a [withheld]…b"] * 3], "of four letters on"
    lines = Withheld(
        b"one\ntwo\nthree\nfour\n", [Region("SEC002", "", 4, 13, b"two\nthree"), Region("SEC001", "", 3, 3, b"one")]
    )
    assert [lines.excerpt(line) for line in range(1, 6)] == ["", "", "", "four", ""]
    last = Withheld(b"one\ntwo\n", [Region("SEC001", "", 0, 5, b"one\nt")])
    assert [last.excerpt(line) for line in (1, 2)] == ["", ""], "also where its last letter stands alone"
    short = Withheld(b"a", [Region("SEC001", "", 0, 1, b"sec")])
    assert short.clean(replace(told, message="a section")).message == "a section"


def test_no_diff_shows_a_line_with_the_last_letter_of_a_secret() -> None:
    class One:
        def scan(self, data: bytes) -> list[Hit]:
            return [Hit("x.y", 2, 44, sure=True)]

    text = b"x\n" + b"kP7vQ2mX9s" * 4 + b"\nw and\nmore\n"
    assert hits(b"a.md", text, context(load_engine=lambda cache: One())) == {2, 3}


def test_a_code_that_is_far_from_any_is_told_with_the_nearest() -> None:
    with pytest.raises(UsageError, match="no rule has the code"):
        explain("%%%")
    assert "\n\nIt blocks the sync.\n\n" in explain("JSN001")
    assert "It blocks the sync. It cannot be accepted." in explain("INT001")


def test_bash_may_complain_of_no_line() -> None:
    assert [
        one.line for complaint in ("", "bash: line 3: syntax error", "bash: killed") for one in of_shell(complaint)
    ] == [3, 0]


def test_of_one_kind_two_hundred_are_told() -> None:
    many = "".join(f'{{"a{n}": 1, "a{n}": 2}},' for n in range(MOST + 50))
    assert codes(found(file(b"a.json", f"[{many}]"))).count("JSN003") == MOST
    agents = ", ".join(f'"a{n}": {{"color": "teal"}}' for n in range(30))
    assert codes(found(file(b"opencode.json", f'{{"agent": {{{agents}}}}}'))) == ["JSN009"] * 20


def test_the_scanner_is_loaded_once_and_bash_asked_only_of_scripts() -> None:
    loads, asked = list[str](), list[Sequence[bytes]]()
    files = [file(b"a.md", "x"), file(b"b.md", "y")]

    def load(cache: str) -> NoSecrets:
        loads.append(cache)
        return NoSecrets()

    def missing(cache: str) -> NoSecrets:
        loads.append(cache)
        raise EngineUnavailableError("none")

    def check(scripts: Sequence[bytes]) -> list[str]:
        asked.append(scripts)
        return []

    assert found(*files, load_engine=load, check_shell=check) == []
    assert (len(loads), asked) == (1, [])
    assert set(codes(found(*files, load_engine=missing))) == {"SEC000"}
    assert len(loads) == 2
    assert found(load_engine=missing) == [], "where there is no name, none was left out"


def test_a_scanner_that_fails_halfway_blocks() -> None:
    class Fails:
        def scan(self, data: bytes) -> list[Hit]:
            raise EngineUnavailableError("it is gone")

    assert set(codes(found(file(b"a.md", "x"), load_engine=lambda cache: Fails()))) == {"SEC000"}


HOOKS = Says("hooks", ("/settings.json",), known=("~/.claude",))
MARKS = "<<<<<<< a\n=======\n>>>>>>> b\n"


ODD = [
    (file(b"\xff.json"), (), ["FS009", "JSN002"]),
    (file(b"settings.json"), (Says("json", ("/settings.json",), takes=("empty",), stops=True),), []),
    (file(b"settings.json"), (CLAUDE,), ["AGT001", "JSN002"]),
    (file(b"opencode.json", b'{"model": "{env:\xff}"}'), (), ["JSN006"]),
    (file(b"settings.json", '{"hooks": {"Stop": 5}}'), (HOOKS,), []),
    (file(b"settings.json", '{"hooks": {"Stop": [{"hooks": [{"command": 5}]}]}}'), (HOOKS,), []),
    (file(b"agents/a.md", "---\ndescription: d\n---\n"), (AGENT,), ["AGT003"]),
    (file(b"rules/a.rules", "a = 1\0"), (RULES,), ["AGT001"]),
    (file(b"rules/a.rules", "-" * 100_000 + "1"), (RULES,), ["AGT001"]),
    (file(b"agent/a.md", "---\ndescription: d\ntemperature: 1:30.5\n---\n"), (), []),
    (file(b"agent/a.md", b"---\ndescription: \x01\n---\n"), (), ["MDF001"]),
    (file(b"bin/words", "if ("), (), []),
    (file(b"bin/run", "#!/bin/sh\n", 0o645), (), []),
    (file(b"bin/i.py", f"import {'a.' * 250}a\n"), (), []),
    (file(b"bin/tool", "#!/bin/sh\n", 0o755), (), []),
    (file(b"agent/a.md", "---\n? [a]\n: b\ndescription: d\n---\n"), (), []),
    (file(b"bin/x", "words", 0o602), (), ["FS005"]),
    (file(b"bin/late.py", b"#!/usr/bin/python3\n#" + b"#" * 1100 + b"\0\n", 0o755), (), ["EXE002"]),
    (link(b"context/a", b"b"), (), []),
    (link(b"bin/a.md", b"b"), (), []),
    (link(b"a.json", MARKS.encode()), (), ["FS007"]),
    (file(b"a.json", MARKS), (), ["JSN002", "MRG001"]),
]


def test_what_is_told_of_odd_files() -> None:
    beside = [b"b", b"context/b", b"bin/b"]
    for subject, checks, wanted in ODD:
        told = codes(validate([subject], context(subject.path, *beside, checks=checks, environ={})))
        assert sorted(told) == wanted, (subject.path, subject.data[:40])


def test_two_variables_that_are_not_set_are_two_to_accept() -> None:
    config = file(b"opencode.json", '{"model": "{env:NOBODY_SETS_ONE}", "username": "{env:NOBODY_SETS_TWO}"}')
    marks = [one.fingerprint for one in found(config, environ={}) if one.code == "JSN006"]
    assert len(marks) == len(set(marks)) == 2


def test_two_faults_of_an_agents_file_are_two_to_accept() -> None:
    two = validate(
        [file(b"settings.json", "\ufeff[] // x")], context(checks=(Says("json", ("/settings.json",), stops=True),))
    )
    marks = [one.fingerprint for one in two if one.code == "AGT001"]
    assert len(marks) == len(set(marks)) == 3
    closed = Says("json", ("/settings.json",), known=("a[]", "b[]"), required=("e", "f"))
    told = validate([file(b"settings.json", '{"a": 1, "b": 1, "c": 1, "d": 1}')], context(checks=(closed,)))
    assert codes(told) == [*["AGT003"] * 2, *["AGT004"] * 4]
    assert ({one.line for one in told}, len({one.fingerprint for one in told})) == ({1}, 6)
    misfit = Says(
        "json", ("/settings.json",), stops=True, schema={"type": "object", "properties": {"a": {"type": "string"}}}
    )
    (one,) = (
        one for one in validate([file(b"settings.json", '{"a": 1}')], context(checks=(misfit,))) if one.code == "AGT001"
    )
    assert (one.line, one.column) == (0, 0)


def test_a_link_to_this_very_folder_leads_out_where_the_tree_is_elsewhere() -> None:
    assert "FS006" in of(link(b"l", os.getcwdb() + b"/x"))


def test_a_front_matter_is_cut_as_its_reader_does() -> None:
    assert cut_front(b"----\na: 1\n---\n") == (None, 0)
    assert cut_front(b"hi") == (None, 0)
    assert cut_front(b"---\n---\nbody") == (b"", 2)
    assert cut_front(b"---\n\n---\nbody") == (b"\n", 2)
    assert cut_front(b"---\na: 1\n---") == (b"a: 1\n", 2)
    deep = b"".join(b" " * n + b"a:\n" for n in range(100))
    assert top_level(deep, 2)[0][0] == "a"
    level = b"".join(b"X" * n + b": 1\n" for n in range(1, 150))
    assert len(top_level(level, 2)) == 149, "only blanks are an indentation"


def test_what_aliases_share_is_looked_at_once() -> None:
    looked = []

    class Node:
        id, tag = "sequence", "tag:yaml.org,2002:seq"

        def __init__(self, *within: Node) -> None:
            self._within = within

        @property
        def value(self) -> list[Node]:
            looked.append(self)
            return [*self._within]

    node = Node()
    for _ in range(12):
        node = Node(node, node)
    assert _unknown_tag(node) is None
    assert len(looked) < 40, "not 4,096 times"


def test_small_questions() -> None:
    assert not schema.is_version_2([])
    assert [one.keyword for n in (6, 7) for one in schema.misfits(n, {"maximum": 6})] == ["maximum"]
    (unknown,) = schema.misfits(dict.fromkeys("abcdef"), {"additionalProperties": False})
    assert unknown.what.endswith(" a, b, c, d, e")
    assert is_shell(file(b"a.sh", "x")) and not is_shell(file(b"a.sh", "\0x"))
    assert jsonc.loads("[" + "9" * 99 + "," + "9" * 100 + "]") == [10**99 - 1, 1e100]
    assert jsonc.loads("[-" + "9" * 99 + "]") == [1 - 10**99], "a hundred signs, and no hundred digits"
    assert jsonc.loads('{"a": ""} //') == {"a": ""}
    assert jsonc.loads("[" + "9" * 5000 + "]") == [float("inf")]
    with pytest.raises(jsonc.JsoncError, match="value"):
        jsonc.loads('{"a": /}')


@pytest.mark.parametrize("fault", [ValueError, RecursionError, AttributeError])
def test_what_ends_the_yaml_library_itself_is_told(fault: type[Exception], monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise fault("with a text of its own")

    monkeypatch.setattr("yaml.compose", broken)
    told = the("MDF001", file(b"agent/a.md", "---\ndescription: d\n---\n"))
    assert (told.message, told.line) == ("The front matter is not YAML: it cannot be read.", 2)
