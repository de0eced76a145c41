"""The sieve lets nothing pass in which the scanner finds something, and a few rules find what all of them find.

Texts made from each rule's own expression, with changes; the examples of the rules; labelled cases; published forms of
tokens; base64 of base64; UTF-16; random bytes; the real trees.
"""

from __future__ import annotations

import base64
import os
import random
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from autosync_tasks.validation import built_in, catalogue
from autosync_tasks.validation import scanner as engines
from autosync_tasks.validation.catalogue import Catalogue, _library, compiled, installed, note_compiled, own_rules
from autosync_tasks.validation.rule_facts import facts
from autosync_tasks.validation.rule_syntax import UnknownSyntaxError
from autosync_tasks.validation.scanner import (
    COMPILING,
    TELL,
    Checked,
    Engine,
    Hit,
    Quick,
    SieveHoleError,
    _Few,
    load_whole,
)
from autosync_tasks.validation.secret_regions import regions
from autosync_tasks.validation.sieve import Sieve, derived
from benchmarks.token_forms import PLACES, TOKENS
from tests.support import scanner
from tests.support.matches import made
from tests.support.trees import LARGE, TREES, unpack
from tests.validation.support import encoded_cases

SEED = int(os.environ.get("AUTOSYNC_SEED", "7"))
BEFORE = ("", "key: ", '"', "the words (", "export A=", "-", "x", "é")
AFTER = ("", "\n", '"', ")", " and more", ",", ";", "é")


@cache
def details() -> list[dict[str, Any]]:
    return scanner.loaded().details()


@cache
def sieve() -> Sieve:
    scanner.loaded()
    found = Catalogue(str(scanner.CACHE), installed()).sieve
    assert found is not None
    return found


def passes(text: bytes) -> list[str]:
    """The rules that find something in a text that the sieve lets pass."""
    possible = sieve().possible(text)
    return [] if possible is None else [hit.rule for hit in scanner.loaded().scan(text) if hit.rule not in possible]


def changed(text: str, chance: random.Random) -> Iterator[str]:
    """The text in other company, and with a letter changed, left out or doubled."""
    for _ in range(2):
        yield chance.choice(BEFORE) + text + chance.choice(AFTER)
    at = chance.randrange(len(text) or 1)
    yield text[:at] + chance.choice("aZ0_-.é\n ") + text[at + 1 :]
    yield text[:at] + text[at + 1 :]
    yield text[:at] + text[at : at + 1] * 2 + text[at + 1 :]


def check_rules(rules: list[dict[str, Any]], times: int) -> None:
    chance, found = random.Random(SEED), 0
    for rule in rules:
        texts = [made(rule["detection_regex"], chance) for _ in range(times)]
        for text in texts:
            possible = sieve().possible(text.encode())
            assert possible is None or rule["id"] in possible, (rule["id"], text)
        for text in [*texts, *rule["examples"], *rule["negative_examples"]]:
            for one in (text, *changed(text, chance)):
                assert passes(one.encode()) == [], (rule["id"], one)
                found += bool(scanner.loaded().scan(one.encode()))
    assert found > len(rules) // 4, "the texts say something"


def test_no_rule_is_left_out() -> None:
    """For a rule that the sieve cannot know, it says of every text that the rule might match."""
    assert len(details()) > 500
    known = derived({one["id"]: one["detection_regex"] for one in details()})
    few = {one["id"]: one["detection_regex"] for one in details()[:40]}
    assert derived(few) == derived(dict(reversed(few.items()))), "whatever their order"
    unknown = derived({"odd": r"(?<=a)b\p{Greek}", "any": "[a-z]+", "plain": "sk-[a-z]{20}"})
    assert known["always"] == []
    assert unknown["always"] == ["any", "odd"]
    assert Sieve(unknown).possible(b"") == {"any", "odd"}
    assert Sieve(unknown).possible(b"x SK-" + b"a" * 20) == {"any", "odd", "plain"}
    for odd in (r"(?=a)aaaa", r"aaaa\k", "aaaa[^\\xff]", "aaaa[a&&b]", "(aaaa", "aaaa)", "aaaa{", "éaaaa"):
        with pytest.raises(UnknownSyntaxError):
            facts(odd)


def test_texts_made_from_some_rules_pass_the_sieve() -> None:
    check_rules(random.Random(SEED).sample(details(), 60), 1)


@pytest.mark.sweep
@pytest.mark.parametrize("part", range(4))
def test_texts_made_from_every_rule_pass_the_sieve(part: int) -> None:
    check_rules(details()[part::4], 1)


@pytest.mark.full
@pytest.mark.parametrize("part", range(16))
def test_many_texts_made_from_every_rule_pass_the_sieve(part: int) -> None:
    check_rules(details()[part::16], 60)


def test_published_forms_of_tokens_and_labelled_cases_pass_the_sieve() -> None:
    chance = random.Random(SEED)
    for number, draw in enumerate(TOKENS.values()):
        for _, shape in list(PLACES.values())[number % 5 :: 5]:
            assert passes(shape(draw(chance)).encode()) == []
    assert [passes(case["text"].encode()) for case in encoded_cases() if passes(case["text"].encode())] == []


def test_what_is_hidden_in_base64_passes_the_sieve_too() -> None:
    chance, found = random.Random(SEED), 0
    for draw in list(TOKENS.values())[::9]:
        text = b"a word and " + draw(chance).encode() + b" at the end"
        for layers in (1, 2, 3):
            text = base64.b64encode(chance.choice((b"", b"x", b"xy")) + text)
            for one in (text, b"p-" + text, text.rstrip(b"="), text.translate(bytes.maketrans(b"+/", b"-_"))):
                for around in (one, b'{"data": "' + one + b'"}', "é".encode() + one + b"_x"):
                    assert passes(around) == [], (layers, around)
                    found += bool(scanner.loaded().scan(around))
    assert found > 8


def test_other_encodings_and_bytes_at_random_pass_the_sieve() -> None:
    chance = random.Random(SEED)
    tokens = [draw(chance) for draw in TOKENS.values()]
    for token in tokens[::6]:
        for name in ("utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-8-sig"):
            assert passes(f"key = {token}\n".encode(name)) == []
        noise = chance.randbytes(300)
        assert passes(noise + token.encode() + noise) == []
        assert passes(noise.replace(b"\0", b"") + b" " + token.encode() + b" " + noise.replace(b"\0", b"")) == []
        for letter, odd in (("s", "\u017f"), ("k", "\u212a"), ("S", "\u017f"), ("K", "\u212a")):
            assert passes(f"token: {token.replace(letter, odd)}".encode()) == []


_EACH = [pytest.param(name, marks=pytest.mark.full if name == LARGE else pytest.mark.sweep) for name in TREES]


@pytest.mark.parametrize("name", _EACH)
def test_every_real_tree_passes_the_sieve(name: str, tmp_path: Path) -> None:
    check_tree(name, tmp_path)


def check_tree(name: str, folder: Path) -> None:
    unpack(name, folder)
    files = [path for path in folder.rglob("*") if path.is_file() and not path.is_symlink()]
    files = files if name == LARGE else files[:250]
    empty = 0
    for path in files:
        data = path.read_bytes()
        assert passes(data) == [], path
        empty += sieve().possible(data) == set()
    assert empty > len(files) * 0.6, "most files need no scanner"


def placed(hits: list[Hit]) -> set[tuple[int, int, bool]]:
    """Where something is, and how sure. Of two rules for one provider's token the scanner names one or the other."""
    return {(hit.start, hit.end, hit.sure) for hit in hits}


def told(text: bytes, engine: Engine) -> list[tuple[str, int, int]]:
    return [(region.code, region.start, region.end) for region in regions(b"a.md", text, engine)]


def kept_in(folder: Path) -> Catalogue:
    """A catalogue whose few rules are kept in another folder."""
    scanner.loaded()
    made = Catalogue(str(folder), installed())
    made.__dict__["_definitions"] = Catalogue(str(scanner.CACHE), installed())._definitions
    return made


def check_few(texts: list[bytes], folder: Path) -> None:
    there = kept_in(folder)
    several = 0
    for text in texts:
        if possible := sieve().possible(text):
            several += len(possible) > 1
            there.few(possible)
            found = there.few(possible)
            assert found is not None
            few, all_rules = _Few(*found), scanner.loaded()
            assert placed(few.scan(text)) == placed(all_rules.scan(text)), text
            assert told(text, few) == told(text, all_rules), text
    assert several


def tokens_in_places(count: int) -> list[bytes]:
    chance = random.Random(SEED)
    return [f"token: {draw(chance)}\n".encode() for draw in chance.sample(list(TOKENS.values()), count)]


@pytest.mark.sweep
def test_a_few_rules_find_what_all_find(tmp_path: Path) -> None:
    check_few(tokens_in_places(12), tmp_path)


@pytest.mark.full
def test_a_few_rules_find_what_all_find_in_every_form(tmp_path: Path) -> None:
    check_few(tokens_in_places(len(TOKENS)), tmp_path)


def foreseen(folder: str = "") -> Catalogue:
    """What is known of the rules before they are compiled."""
    made = Catalogue(folder, installed())
    made.foresee()
    return made


def test_the_library_holds_the_rules_that_the_scanner_says_it_has(monkeypatch: pytest.MonkeyPatch) -> None:
    """Else nothing is concluded from it. A new version's list is named in `PROVEN` once this has been seen of it."""
    found = [*built_in.built_in(_library()), *built_in.told(own_rules())]
    said = {one["id"]: (one["detection_regex"], [n["rule_id"] for n in one["depends_on_rule"]]) for one in details()}
    assert {one.id: (one.expression, one.needs) for one in found} == said
    assert foreseen()._sieve == {**dict(Catalogue(str(scanner.CACHE), installed())._sieve or {}), "told": False}
    monkeypatch.setattr(built_in, "PROVEN", frozenset())
    assert foreseen().sieve is None


@pytest.mark.parametrize("source", ["the scanner", "its library"])
def test_each_rule_is_defined_anew_as_it_was(source: str, tmp_path: Path) -> None:
    """All that decides where a rule matches; the rest is about asking its provider."""
    there = kept_in(tmp_path) if source == "the scanner" else foreseen(str(tmp_path))
    check_defined(there, random.Random(SEED).sample(details(), 12))


@pytest.mark.full
def test_every_rule_of_the_library_is_defined_as_the_scanner_says(tmp_path: Path) -> None:
    there = foreseen(str(tmp_path))
    for at in range(0, len(details()), 60):
        check_defined(there, details()[at : at + 60])


def check_defined(there: Catalogue, chosen: list[dict[str, Any]]) -> None:
    wanted = {one["id"] for one in chosen}
    there.few(wanted)
    found = there.few(wanted)
    assert found is not None
    again = {one["id"]: one for one in _Few(*found).details()}
    aside = {"examples", "negative_examples", "references", "validation", "revocation", "tls_mode"}
    for one in chosen:
        assert {k: v for k, v in again[one["id"]].items() if k not in aside} == {
            k: v for k, v in one.items() if k not in aside
        }


def test_what_the_scanner_says_takes_the_place_of_what_was_foreseen(tmp_path: Path) -> None:
    first = foreseen(str(tmp_path))
    assert first.sieve is not None
    Catalogue(str(tmp_path), installed()).make(lambda: details()[:5])
    said = Catalogue(str(tmp_path), installed())
    assert said._sieve is not None
    assert said._sieve["told"] is True
    assert said._definitions.keys() == {one["id"] for one in details()[:5]}


def test_after_an_upgrade_the_rules_are_compiled_anew_with_a_word(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was compiled for other rules is not what this version needs; of four such, two are left."""
    told: list[str] = []
    monkeypatch.setattr(engines, "Kingfisher", lambda cache: Path(cache, f"{len(told)}.vscdb").touch())
    monkeypatch.setattr(catalogue, "OWN_RULES", own := str(tmp_path / "rules.yml"))
    engine = tmp_path / "engine"
    engine.mkdir()
    for rules in range(4):
        Path(own).write_text(str(rules))
        assert not compiled(str(engine))
        told_of = TELL.set(told.append)
        load_whole(str(engine))
        load_whole(str(engine))
        TELL.reset(told_of)
        assert compiled(str(engine))
        assert told == [COMPILING] * (rules + 1), "once for each"
    kept = sorted(path.name for path in engine.iterdir())
    assert [name for name in kept if name.endswith(".vscdb")] == ["3.vscdb", "4.vscdb"]
    assert len(kept) == 3, "and one marker"


def test_where_nothing_lies_compiled_nothing_is_noted(tmp_path: Path) -> None:
    for folder in ("", str(tmp_path), str(tmp_path / "missing")):
        note_compiled(folder)
        assert not compiled(folder)


def test_where_nothing_is_compiled_few_rules_are_loaded_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engines, "Kingfisher", None)
    for folder in ("", str(tmp_path)):
        quick = Quick(folder)
        assert quick.scan(b"plain words " * 30_000) == []
        text = next(text for text in tokens_in_places(len(TOKENS)) if text.startswith(b"token: npm_"))
        assert placed(quick.scan(text)) == placed(scanner.loaded().scan(text))
    assert list(tmp_path.glob("*.vscdb")) == []


class Finds:
    """An engine that finds one thing in everything."""

    def scan(self, data: bytes) -> list[Hit]:
        return [Hit("some.rule", 0, 1, sure=True)]


def test_a_hole_is_an_error_that_names_the_rule_and_ends_the_sieve(tmp_path: Path) -> None:
    catalogue = Catalogue(str(tmp_path), installed())
    catalogue.make(lambda: details()[:5])
    assert catalogue.sieve is not None
    with pytest.raises(SieveHoleError, match=r"some\.rule"):
        Checked(Finds(), catalogue).scan(b"plain words")
    again = Catalogue(str(tmp_path), installed())
    assert again.sieve is None
    assert Checked(Finds(), again).scan(b"plain words") == Finds().scan(b"")


@pytest.mark.parametrize("harm", ["cut", "swapped", "open", "link", "another version"])
def test_what_is_not_whole_or_not_ours_is_not_used(harm: str, tmp_path: Path) -> None:
    catalogue = Catalogue(str(tmp_path), installed())
    catalogue.make(lambda: details()[:5])
    path = next(tmp_path.glob("autosync-sieve-*"))
    data = path.read_bytes()
    if harm == "cut":
        path.write_bytes(data[:-9])
    elif harm == "swapped":
        path.write_bytes(data.replace(b'"always":[]', b'"always":{}'))
    elif harm == "open":
        path.chmod(0o666)
    elif harm == "link":
        path.rename(tmp_path / "elsewhere")
        path.symlink_to(tmp_path / "elsewhere")
    key = installed() if harm != "another version" else "0" * 32
    assert Catalogue(str(tmp_path), key).sieve is None


def test_what_a_killed_run_was_writing_there_is_cleared_away(tmp_path: Path) -> None:
    names = [f".new-autosync-rules-{'0' * 32}.{pid}.0123abcd" for pid in (os.getpid(), 2**22 + 7)]
    for name in names:
        (tmp_path / name).touch()
    Catalogue(str(tmp_path), installed()).make(lambda: details()[:5])
    assert [name for name in names if (tmp_path / name).exists()] == names[:1]


def test_no_more_words_are_looked_for_than_must_be() -> None:
    """Each is a search through the text: 757 of them where words that begin with another are looked for as well."""
    seen: dict[bytes, int] = {}
    for _, ways in Sieve(derived({one["id"]: one["detection_regex"] for one in details()}))._groups:
        for way in ways:
            assert not way.stands_in(b"plain words", seen)
    assert len(seen) <= 710


def test_a_text_without_any_possible_rule_loads_no_scanner(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Catalogue(str(tmp_path), installed()).make(details)
    (tmp_path / "all.vscdb").touch()
    note_compiled(str(tmp_path))
    loaded: list[str] = []

    def load(cache: str) -> Finds:
        loaded.append(cache)
        return Finds()

    monkeypatch.setattr(engines, "Kingfisher", load)
    quick = Quick(str(tmp_path))
    assert (quick.scan(b"plain words"), loaded) == ([], [])
    text = tokens_in_places(1)[0]
    assert quick.scan(text) == Finds().scan(b"")
    assert loaded == [str(tmp_path)], "the first time the whole scanner judges"
    assert Quick(str(tmp_path)).scan(text) == scanner.loaded().scan(text)
    assert len(loaded) == 1, "from then on the few rules alone"
    assert Quick(str(tmp_path)).scan(b"words " * 100_000) == Finds().scan(b"")
    assert len(loaded) == 2, "much text is for the scanner"
