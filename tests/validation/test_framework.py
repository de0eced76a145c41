"""The framework: registry, crashes, switches, excerpts, and what real trees contain."""

from __future__ import annotations

import dataclasses
import hmac
import os
import re
import subprocess
import sys
import types
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from autosync_tasks.errors import UsageError
from autosync_tasks.model import Kind, Severity
from autosync_tasks.validation import families, run, validate
from autosync_tasks.validation.bash import check_shell
from autosync_tasks.validation.families import RULES, explain
from autosync_tasks.validation.findings import Context, Lines, Raw, Subject, fingerprint
from autosync_tasks.validation.rule import Family
from autosync_tasks.validation.scanner import EngineUnavailableError, Hit
from autosync_tasks.validation.withheld import unified
from tests.support.trees import unpack
from tests.validation.support import (
    codes,
    context,
    file,
    link,
    of,
    real_context,
    real_engine,
)


def test_every_rule_explains_itself() -> None:
    for code, rule in RULES.items():
        assert re.fullmatch(r"[A-Z]{2,3}[0-9]{3}", code)
        text = explain(code.lower())
        assert rule.title in text
        assert rule.explanation in text
        assert rule.hint in text
        assert ("It blocks the sync" in text) is (rule.severity is Severity.ERROR)


def test_an_unknown_code_names_the_nearest() -> None:
    with pytest.raises(UsageError, match="no rule has the code SEC01") as raised:
        explain("SEC01")
    assert "did you mean SEC101" in raised.value.hint


def test_the_published_table_is_the_registry() -> None:
    from tools.rules_table import PAGE, page

    assert PAGE.read_text("utf-8") == page(), "run `python tools/rules_table.py`"


def test_a_rules_text_stands_beside_its_check() -> None:
    """So that a new rule is a paragraph and a check in one file. Its code stands twice there: in the text, and where it is said."""
    for module in vars(families).values():
        if isinstance(module, types.ModuleType) and hasattr(module, "FAMILY"):
            source = Path(str(module.__file__)).read_text()
            strays = [rule.code for rule in module.FAMILY.rules if source.count(rule.code) < 2]
            assert set(strays) <= SAID_ELSEWHERE, module


SAID_ELSEWHERE = {"SEC000", "SEC001", "SEC002", "SEC003", "SEC005", "SEC007", "SEC101", "SEC102", "SEC103"}
"""The scanner's absence or slowness is said by the run, which loads it; the kinds of secrets by secret_regions.py, which finds them."""


def crash(subject: Subject, ctx: Context) -> Iterator[Raw]:
    yield Raw("STR003", "before the fault")
    raise ValueError(f"secret text {subject.data!r}")


def test_a_rule_that_crashes_blocks_and_does_not_show_why(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "FAMILIES", (Family("the odd rule", (), crash),))
    found = validate([file(b"a.md", b"hunter2")], context())
    assert [(f.code, f.path, f.blocks) for f in found] == [("INT001", b"a.md", True)]
    assert "the odd rule" in found[0].message
    assert "ValueError" in found[0].message
    assert "hunter2" not in repr(found)
    again = validate([file(b"a.md", b"hunter2")], context(accepted={found[0].fingerprint}))
    assert again[0].blocks


class Broken:
    def scan(self, data: bytes) -> list[object]:
        raise RuntimeError("at hunter2")


def test_an_engine_that_crashes_blocks() -> None:
    found = validate([file(b"a.md", b"hunter2")], context(load_engine=lambda cache: Broken()))
    assert set(codes(found)) == {"INT001"}
    assert "hunter2" not in repr(found)


def crash_of_tree(seen: object, paths: object) -> Iterator[tuple[bytes, Raw]]:
    yield from ()
    raise ValueError("of the tree")


def test_a_rule_of_the_whole_tree_that_crashes_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "FAMILIES", (Family("the odd rule", (), None, crash_of_tree),))
    found = validate([file(b"a.md", b"x")], context())
    assert [(f.code, f.path, f.blocks) for f in found] == [("INT001", b"a.md", True)]
    assert validate([file(b"a.md", b"x")], context(auto_sync_validate=False)) == [], "a rule that is off asks nothing"


def test_a_shell_that_crashes_blocks() -> None:
    def broken(_: Sequence[bytes]) -> list[str]:
        raise ValueError("hunter2")

    found = validate([file(b"a.sh", b"true\n")], context(check_shell=broken))
    assert [(f.code, f.path, f.blocks) for f in found] == [("INT001", b"a.sh", True)]
    assert "hunter2" not in repr(found)


class Gone:
    def scan(self, data: bytes) -> list[Hit]:
        raise EngineUnavailableError("it went away")


def test_a_scanner_that_goes_away_in_the_middle_blocks() -> None:
    found = validate([file(b"a.md", b"x")], context(load_engine=lambda cache: Gone()))
    assert [(f.code, f.blocks) for f in found] == [("SEC000", True)] * 2
    assert all("it went away" in f.message for f in found)


def test_without_a_scanner_for_names_the_first_file_is_told() -> None:
    def gone(_: str) -> Gone:
        raise EngineUnavailableError("it is not here")

    found = validate([file(b"a.md", b"x")], context(load_engine=gone))
    assert {(f.code, f.path) for f in found} == {("SEC000", b"a.md")}
    assert any("No name was judged" in f.message for f in found)


def test_where_no_name_was_judged_the_first_of_all_is_told_whoever_judged_it() -> None:
    def gone(_: str) -> Gone:
        raise EngineUnavailableError("it is not here")

    seen = context(load_engine=gone)
    found = validate([file(b"b.md", b"x")], seen, lambda: ([b"a.md"], []))
    assert [(f.path, f.message[:8]) for f in found] == [(b"a.md", "No name "), (b"b.md", "The file")]


def test_of_one_code_200_are_told_and_of_another_all_the_same() -> None:
    text = "{" + ", ".join('"a": 1' for _ in range(250)) + ', "b": {"c": 1, "c": 2}}'
    found = codes(validate([file(b"x.json", text), file(b"y z.json", text)], context()))
    assert (found.count("JSN003"), found.count("STR003")) == (400, 1)


BAD = file(b"bin/a b", "#!/bin/sh\r\n" + "<<<<<<< a\n=======\n>>>>>>> b\n", 0o644)


@pytest.mark.parametrize(
    ("select", "ignore", "expected"),
    [
        ((), (), {"EXE003", "EXE005", "MRG001", "STR003"}),
        (("EXE",), (), {"EXE003", "EXE005"}),
        (("EXE", "STR003"), ("EXE005",), {"EXE003", "STR003"}),
        ((), ("EXE", "MRG"), {"STR003"}),
    ],
)
def test_rules_are_switched(select: tuple[str, ...], ignore: tuple[str, ...], expected: set[str]) -> None:
    ctx = context(validate_select=select, validate_ignore=ignore)
    assert set(codes(validate([BAD], ctx))) == expected


def test_no_switch_turns_off_what_protects() -> None:
    token = b"gh" + b"p_" + b"".join(b"%d%c" % (n % 7, 97 + n * 11 % 26) for n in range(18))
    files = [file(b".env", b"X"), file(b"a.md", b"t: " + token), BAD]
    for changes in (
        {"auto_sync_validate": False},
        {"validate_ignore": ("SEC", "MRG", "EXE", "STR")},
        {"validate_select": ("FS",)},
    ):
        found = validate(files, real_context(**changes))
        assert set(codes(found)) == {"SEC004", "SEC001"}, changes
        assert len([one for one in found if one.blocks]) == 2


def test_an_excerpt_shows_the_line_and_cannot_steer_a_terminal() -> None:
    text = '{\n  "a": 1,\n  "a": "\u202e\u200b\x7f%s"\n}' % ("long " * 60)
    found = validate([file(b"x.json", text)], context())
    assert codes(found) == ["JSN003"]
    assert found[0].line == 3
    assert found[0].excerpt.startswith('  "a": "\ufffd\ufffd\ufffdlong')
    assert len(found[0].excerpt) <= 120


def test_the_fingerprint_of_a_fault_belongs_to_its_path_and_not_to_its_line() -> None:
    def mark(path: bytes, before: str) -> str:
        found = validate([file(path, before + '{"a": 1, "a": 2}')], context())
        return next(f.fingerprint for f in found if f.code == "JSN003")

    assert mark(b"x.json", "") == mark(b"x.json", "\n\n // c\n ")
    assert mark(b"x.json", "") != mark(b"y.json", "")


def test_lines_agree_with_splitting() -> None:
    data = b"one\n\ntwo three\n" * 30
    lines = Lines(data)
    for offset in range(len(data)):
        before = data[:offset].split(b"\n")
        assert lines.position(offset) == (len(before), len(before[-1]) + 1)
    assert lines.text(3) == b"two three"
    assert lines.text(999) == b""


def test_subjects_are_a_stream() -> None:
    alive: list[int] = []

    class Bytes(bytes):
        def __del__(self) -> None:
            alive.pop()

    def stream() -> Iterator[Subject]:
        for n in range(50):
            alive.append(n)
            assert len(alive) <= 3
            data = Bytes(b"x" * 10)
            yield Subject(b"%d.md" % n, Kind.FILE, data)
            del data

    assert validate(stream(), context()) == []


def test_an_import_brings_in_no_heavy_library() -> None:
    heavy = "jsonschema yaml kingfisher_sdk subprocess invoke git rich"
    code = f"import sys, autosync_tasks.validation; print([m for m in {heavy.split()} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


class Counting:
    """The real scanner, which says how many bytes it was given each time."""

    def __init__(self) -> None:
        self.given: list[int] = []

    def scan(self, data: bytes) -> list[Hit]:
        self.given.append(len(data))
        return real_engine().scan(data)


def test_each_file_is_scanned_once_and_all_names_together() -> None:
    """What it costs in seconds is measured by benchmarks/validate.py."""
    engine = Counting()
    subjects = [file(b"bin/tool-%d" % n, b"#!/bin/sh\necho %d\n" % n, 0o755) for n in range(50)]
    others = [b"docs/%d/note-%d.md" % (n // 100, n) for n in range(10_000)]
    asked: list[int] = []

    def bash(scripts: Sequence[bytes]) -> list[str]:
        asked.append(len(scripts))
        return [""] * len(scripts)

    ctx = context(*others, load_engine=lambda cache: engine, check_shell=bash)
    assert validate(subjects, ctx) == []
    assert len(engine.given) == 51 or len(engine.given) == 52, "names may be looked at twice: as they are, and spaced"
    assert asked == [50]
    engine.given.clear()
    assert validate([file(b"docs/0/note-0.md", "# A note\n\nwith text\n" * 200)], ctx) == []
    assert len(engine.given) <= 3, "of the other paths nothing is scanned"
    assert sum(engine.given) < 10_000


def tree(name: str, folder: Path) -> tuple[list[Subject], frozenset[bytes]]:
    """The real tree as the walk would give it: files and links, and every path."""
    unpack(name, folder)
    subjects, paths = [], set()
    for root, folders, files in os.walk(folder):
        for entry in (*folders, *files):
            full = os.path.join(root, entry)
            path = os.fsencode(os.path.relpath(full, folder))
            paths.add(path)
            if os.path.islink(full):
                target = os.fsencode(os.readlink(full))
                subjects.append(Subject(path, Kind.LINK, target, 0o777))
            elif os.path.isfile(full):
                data = Path(full).read_bytes()
                mode = os.stat(full).st_mode & 0o777
                subjects.append(Subject(path, Kind.FILE, data, mode))
    return subjects, frozenset(paths)


@pytest.mark.sample
@pytest.mark.parametrize("name", ["openagents", "thoreinstein", "darellchua2"])
def test_no_real_tree_is_blocked(name: str, tmp_path: Path) -> None:
    subjects, paths = tree(name, tmp_path)
    ctx = dataclasses.replace(real_context(), paths=paths, check_shell=check_shell)
    assert [(f.code, f.path, f.line) for f in validate(subjects, ctx) if f.blocks] == []


def test_a_place_below_an_empty_first_line() -> None:
    assert Lines(b"\nab\n").position(2) == (2, 2)


def test_a_code_that_is_like_no_other_gets_the_nearest_all_the_same() -> None:
    with pytest.raises(UsageError) as told:
        explain("?")
    assert "did you mean" in told.value.hint


def test_quotes_and_commas_around_a_token_do_not_end_an_acceptance_but_a_letter_does() -> None:
    def of_token(token: bytes) -> str:
        return fingerprint(b"key", Raw("SEC001", "x", token=token), b"a.md")

    assert len({of_token(token) for token in (b"abc", b'"abc",', b"'abc'; ", b"`abc`\r\n")}) == 1
    assert len({of_token(token) for token in (b"abc", b"abcX", b"Xabc")}) == 3


def test_a_secret_has_the_same_fingerprint_wherever_it_is_and_in_every_version() -> None:
    """HMAC-SHA-256 over code, no place and token, each after its length in eight bytes."""
    told = b"\0\0\0\0\0\0\0\x06SEC001" + bytes(8) + b"\0\0\0\0\0\0\0\x03abc"
    mark = hmac.new(b"key", told, "sha256").hexdigest()[:16]
    raw = Raw("SEC001", "x", token=b"abc", shared=True)
    assert {fingerprint(b"key", raw, path) for path in (b"a.md", b"b.md")} == {mark}


def test_what_was_no_text_is_not_shown() -> None:
    for old, new in ((b"a\0b", b"ab"), (b"abc", b"\0a")):
        assert list(unified(old, new, lambda _: set())) == ["    contents differ: 3 bytes become 2"]


def test_that_a_line_does_not_end_is_a_line_of_its_own() -> None:
    said = list(unified(b"", b"One", lambda _: set()))
    assert said == ["@@ -0,0 +1 @@", "+One", "\\ No newline at end of file"]


def test_a_program_that_is_no_text_is_no_script() -> None:
    assert of(file(b"bin/x", b"a\0b", 0o755)) == []
    assert of(file(b"bin/x", b"a b", 0o755)) == ["EXE004"]


def test_a_link_among_context_files_is_no_program() -> None:
    assert "STR001" in of(file(b"context/a.md", b"x", 0o755))
    assert "STR001" not in of(link(b"context/a.md", b"b.md"))


def test_front_matter_of_a_document_is_its_own() -> None:
    assert of(file(b"docs/a.md", "---\na: [\n---\n")) == []
    assert of(file(b"command/a.md", "---\na: [\n---\n")) != []
