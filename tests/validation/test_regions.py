"""Where secrets stand in a file: which texts are scanned, which of two hits is told, and where it begins and ends."""

from __future__ import annotations

import random
import string
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autosync_tasks.model import Kind
from autosync_tasks.validation import secret_regions
from autosync_tasks.validation.findings import Lines, Subject
from autosync_tasks.validation.scanner import OWN, Hit
from autosync_tasks.validation.secret_regions import LONGEST_NAME, LONGEST_PROSE, Region, as_utf8, regions
from autosync_tasks.validation.secrets import in_names, protected_name, secret_faults
from benchmarks.token_forms import TOKENS
from tests.features.judged import made_up
from tests.validation.support import real_engine

PATH = b"notes/a.md"
DRAWN = "".join(random.Random(8).choices(string.ascii_letters + string.digits, k=4096))


class Fixed:
    """An engine that tells what it was given, and keeps what it was asked."""

    def __init__(self, *hits: Hit) -> None:
        self.hits, self.asked = [*hits], list[bytes]()

    def scan(self, data: bytes) -> list[Hit]:
        self.asked.append(data)
        return [hit for hit in self.hits if hit.end <= len(data)]


def scanned(data: bytes | str, *, names: bool = False) -> list[bytes]:
    engine = Fixed()
    regions(PATH, data.encode() if isinstance(data, str) else data, engine, names=names)
    return engine.asked


def units(zeros: int, others: int, *, big: bool) -> bytes:
    """Code units of two bytes, so many of them with a zero for the higher byte."""
    made = [(0, 97)] * zeros + [(1, 97)] * others
    return b"".join(bytes(one if big else one[::-1]) for one in made)


# ---- which text it is


@pytest.mark.parametrize("big", [False, True])
def test_two_bytes_to_a_letter_are_known_by_nine_zeros_of_ten(big: bool) -> None:
    for zeros, others, is_utf16 in (
        (9, 1, True),
        (10, 0, True),
        (1, 0, True),
        (5, 5, False),
        (82, 18, False),
        (89, 11, False),
    ):
        data = units(zeros, others, big=big)
        assert (as_utf8(data) != data) is is_utf16, (zeros, others)
    assert as_utf8(b"") == b""
    assert as_utf8(b"a") == b"a"


def test_the_first_half_kilobyte_says_it() -> None:
    head = units(231, 25, big=True)  # nine of ten among 256 of them, not among 257
    assert as_utf8(head + b"\1\0\1") == (head + b"\1\0\1").decode("utf-16-be", "replace").encode()
    assert as_utf8(units(230, 26, big=True)) == units(230, 26, big=True)
    assert b"a" * 200 in as_utf8(units(256, 3000, big=False))


@pytest.mark.parametrize("name", ["utf-32-le", "utf-32-be"])
def test_four_bytes_to_a_letter_are_known_by_every_one_of_them(name: str) -> None:
    """Where one group is no letter, as any four of ASCII, nothing is: a program's words are looked at as they are."""
    for text in ("a", "漢字 😀", "a" * 128 + "漢" * 900):
        data = text.encode(name)
        assert as_utf8(data).decode() == text
        assert as_utf8(data + b"\0\0\0").decode() == text
        assert as_utf8(data + b"abcd") == data + b"abcd"
        assert as_utf8(data[:3]) == data[:3]


@pytest.mark.parametrize("big", [False, True])
def test_what_is_mostly_zeros_is_no_text(big: bool) -> None:
    for nulls, is_utf16 in ((51, True), (52, False), (256, False)):
        data = units(256 - nulls, 0, big=big) + b"\0\0" * nulls + b"abcd" * 9
        assert (as_utf8(data) != data) is is_utf16, nulls
    six_of_ten = units(4, 0, big=big) + b"\0\0"
    assert as_utf8(six_of_ten) == b"aaaa\0"


@pytest.mark.parametrize(("mark", "name"), [
    (b"\xff\xfe\0\0", "utf-32-le"), (b"\0\0\xfe\xff", "utf-32-be"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"),
])  # fmt: skip
def test_a_mark_says_it_whatever_follows(mark: bytes, name: str) -> None:
    text = "漢字 and ü " * 40
    assert as_utf8(mark + text.encode(name)).decode() == text
    torn = as_utf8(mark + text.encode(name)[:-1]).decode()
    assert torn.startswith(text[:-2])
    assert torn.endswith("\ufffd")
    assert as_utf8(b"a" + text.encode(name) + mark) == b"a" + text.encode(name) + mark


# ---- which texts are scanned


def test_most_texts_are_scanned_once() -> None:
    for text in (
        "",
        "A note, of some words.\n",
        "a-long-word-without-a-number, and more words",
        "two words\\n\\t and 100 % of them \x1b[0m so, \x1b[1mit is",
        "a/b " + "x" * LONGEST_NAME,
        "a/b/" + "x" * (LONGEST_NAME - 3),
        "one/word\nanother/word",
        "one-word-alone_of_no_sign",
        "one-word-alone_of_no_sign\n",
    ):
        assert scanned(text) == [text.encode()], text


@pytest.mark.parametrize(("text", "again"), [
    ("a/b", "a b"),
    ("a/b\n", "a b\n"),
    ("a/b/" + "x" * (LONGEST_NAME - 4), "a b " + "x" * (LONGEST_NAME - 4)),
    ("é.b-c_d", "é b-c_d"),
    ("abcdefgh12345678, x", "abcdefgh12345678  x"),
    ("y abcdefgh12345678,x", "y abcdefgh12345678 x"),
    (" 1abcdefghabcdefgh,x abcdefgh12345678,x", " 1abcdefghabcdefgh x abcdefgh12345678 x"),
    (" 7" + "a" * 47 + ", x", " 7" + "a" * 47 + "  x"),
    ("a \\nabcdefgh", "a   abcdefgh"),
    ("a \\\\nabcdefgh %3Dabcdefgh", "a    abcdefgh    abcdefgh"),
    ("a \x1b[31mabcdefgh \\u0022abcdefgh", "a      abcdefgh       abcdefgh"),
])  # fmt: skip
def test_what_stands_beside_a_word_makes_way_and_all_keeps_its_place(text: str, again: str) -> None:
    assert scanned(text) == [text.encode(), again.encode()]


def test_first_the_sign_at_a_words_end_makes_way_then_each() -> None:
    word = "abcdefgh12345678"
    text = f"{word}.a {word}, {word}) {word}.a {word}."
    ends = text.replace(", ", "  ").replace(")", " ")[:-1] + " "
    assert scanned(text) == [one.encode() for one in (text, ends, ends.replace(".", " "))]


@pytest.mark.parametrize("text", [" abcdefgh1234567, x", " 7" + "a" * 48 + ", x", "a \\nabcdefg", "a %3Xabcdefgh"])
def test_a_shorter_word_or_one_without_a_number_near_its_end_is_left(text: str) -> None:
    assert scanned(text) == [text.encode()]


def test_names_are_looked_at_both_ways_however_many_they_are() -> None:
    assert scanned("a b/c\nd e/f" + "x" * LONGEST_NAME, names=True)[1].startswith(b"a b c\nd e fxx")
    assert len(scanned("a b/c\nd e/f", names=True)) == 2


def test_prose_has_a_length() -> None:
    end = " abcdefgh12345678, x"
    assert len(scanned("a " * ((LONGEST_PROSE - len(end)) // 2) + end)) == 2
    assert len(scanned("a " * ((LONGEST_PROSE - len(end)) // 2) + " " + end)) == 1


def test_an_unsure_hit_counts_only_in_the_text_as_it_is() -> None:
    data = b"abcdefgh12345678, x " + DRAWN[:40].encode()
    for sure, told in ((True, ["SEC001"]), (False, ["SEC102"])):
        assert [one.code for one in regions(PATH, data, Fixed(Hit("any.rule", 20, 60, sure)))] == told

    class Second(Fixed):
        def scan(self, data: bytes) -> list[Hit]:
            return super().scan(data) if b"," not in data else []

    assert [one.code for one in regions(PATH, data, Second(Hit("any.rule", 20, 60, True)))] == ["SEC001"]
    assert regions(PATH, data, Second(Hit("any.rule", 20, 60, False))) == []


# ---- slashes that are escaped


def test_escaped_slashes_shift_no_place() -> None:
    text = f'{{"u": "\\/a\\/b\\\\/{DRAWN[:40]}\\/c", "v": "{DRAWN[40:80]}"}} x'
    plain = text.replace("\\\\/", "/").replace("\\/", "/").encode()
    spans = [(plain.index(part.encode()), part.encode()) for part in (DRAWN[:40], DRAWN[40:80])]

    class Plain(Fixed):
        def scan(self, data: bytes) -> list[Hit]:
            return super().scan(data) if b"\\" not in data else []

    engine = Plain(*(Hit("any.rule", start, start + len(value), True) for start, value in spans))
    found = regions(PATH, text.encode(), engine)
    assert [(one.start, one.end, one.value) for one in found] == [
        (text.index(value.decode()), text.index(value.decode()) + 40, value) for _, value in spans
    ]
    for more in (1, 2):
        whole = Plain(Hit("any.rule", plain.index(b"/a"), plain.index(b"/c") + more, True))
        (one,) = regions(PATH, text.encode(), whole)
        assert one.value == text[text.index("/a") : text.index("/c") + more].encode()


def test_very_many_backslashes_are_nothing_special() -> None:
    assert regions(PATH, b"\\" * 200_000 + b"/" + b"\\" * 200_000, Fixed()) == []


# ---- which of two is told

SPANS = st.lists(
    st.tuples(st.integers(0, 60), st.integers(6, 12), st.sampled_from(["a.sure", "a.unsure", OWN + "prefixed"])),
    max_size=8,
)


@given(SPANS)
def test_of_two_that_overlap_the_weightier_is_told_and_what_only_touches_stays(
    spans: list[tuple[int, int, str]],
) -> None:
    data = DRAWN[:80].encode()
    hits = [Hit(rule, start, start + size, rule == "a.sure") for start, size, rule in spans]
    judged = sorted(
        ("SEC001" if hit.sure else "SEC102" if hit.rule == "a.unsure" else "", hit.start, hit.end) for hit in hits
    )
    wanted: list[tuple[str, int, int]] = []
    for code, start, end in judged:
        if code and all(end <= one[1] or one[2] <= start for one in wanted):
            wanted.append((code, start, end))
    found = regions(PATH, data + b" ", Fixed(*hits))
    assert sorted((one.code, one.start, one.end) for one in found) == wanted
    assert all(one.value == data[one.start : one.end] for one in found)
    assert all(one.end <= two.start for one, two in pairwise(found))


def test_what_touches_a_surer_one_on_either_side_is_told() -> None:
    hits = [Hit("a.rule", 0, 10, False), Hit("a.rule", 10, 20, True), Hit("a.rule", 20, 30, False)]
    assert [(one.code, one.start) for one in regions(PATH, DRAWN[:40].encode(), Fixed(*hits))] == [
        ("SEC102", 0),
        ("SEC001", 10),
        ("SEC102", 20),
    ]


def test_a_helper_of_a_rule_is_no_secret_and_a_rule_is_told_by_its_last_name() -> None:
    assert regions(PATH, DRAWN[:40].encode(), Fixed(Hit("a.client-id", 0, 20, True, helper=True))) == []
    (one,) = regions(PATH, DRAWN[:40].encode(), Fixed(Hit("veles.secrets/client-key", 0, 20, True)))
    assert one.what == "client key"


def test_of_each_pair_of_rules_the_weightier_is_told() -> None:
    order = ["SEC002", "SEC001", "SEC003", "SEC005", "SEC103", "SEC102", "SEC101"]
    assert sorted(secret_regions._ORDER, key=lambda code: secret_regions._ORDER[code]) == order


# ---- what is told


def test_what_is_told_of_each() -> None:
    lines = Lines(b"a\nbc KEY\n")
    told = list(
        secret_faults([Region("SEC005", "a thing", 5, 8, b"KEY"), Region("SEC101", "a thing", 5, 8, b"KEY")], lines)
    )
    assert [(one.code, one.message, one.line, one.column, one.token, one.shared) for one in told] == [
        ("SEC005", "The line holds a secret: a thing.", 2, 4, b"KEY", True),
        ("SEC101", "The line may hold a secret: a thing.", 2, 4, b"KEY", True),
    ]


def test_a_protected_name_is_told_of_files_and_links_not_of_folders() -> None:
    for kind, path, told in (
        (Kind.FILE, b".env", ["SEC004"]), (Kind.LINK, b".env", ["SEC004"]), (Kind.FOLDER, b".env", []), (Kind.FILE, b"a", [])
    ):  # fmt: skip
        assert [raw.code for raw in protected_name(Subject(path, kind, b"", 0o644))] == told


def test_a_secret_in_a_name_is_told_of_that_name_alone() -> None:
    one, two = (TOKENS[form](random.Random(1)).encode() for form in ("Slack bot", "Groq"))
    names = [b"a.md", b"notes/" + one + b".md", b"b of two\nlines.md", b"c\n" + two, b"d.md"]
    told = [(path, raw.code, raw.token, raw.shared) for path, raw in in_names(names, real_engine())]
    assert told == [(names[1], "SEC006", one, True), (names[3], "SEC006", two, True)]
    assert list(in_names([], real_engine())) == []


@pytest.mark.parametrize("size", [64, 65])
def test_a_key_in_a_name_does_not_reach_into_the_next(size: int) -> None:
    name = b"notes/" + made_up(f"BASE64(PEM(RSA) DRAWN64 DRAWN{size})", random.Random(1)).encode()
    ((path, raw),) = in_names([name, b"abcdefghijklmnopqrst/abcdefgh", b"b.md"], real_engine())
    assert (path, raw.token) == (name, name.removeprefix(b"notes/").rstrip(b"="))
    assert raw.message == "The name holds a secret: private key."


def test_a_suspicion_in_a_name_is_none() -> None:
    assert list(in_names([b"notes/token=" + DRAWN[:32].encode()], real_engine())) == []


@pytest.mark.parametrize("form", ["JWT", "Discord webhook", "Discord bot"])
@pytest.mark.parametrize("escape", ["\\n", "%3D", "\x1b[31m", "\\u0022"])
def test_behind_an_escape_a_token_may_hold_the_signs_that_end_others(form: str, escape: str) -> None:
    token = TOKENS[form](random.Random(1))
    found = regions(PATH, f'{{"a": "words{escape}{token}, and more"}}'.encode(), real_engine())
    assert any(region.code == "SEC001" and region.value in token.encode() for region in found)
