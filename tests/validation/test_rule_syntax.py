"""The reader of the scanner's expressions: its trees stand for the texts that the expression matches, in lower case.

The judge is Python's own `re`, on every text of up to three signs of an alphabet with an edge for each kind.
"""

from __future__ import annotations

import base64
import re
from itertools import product

import pytest

from autosync_tasks.validation.rule_facts import MOST, facts, shown
from autosync_tasks.validation.rule_syntax import (
    ALL,
    Byte,
    Choice,
    Node,
    Row,
    Times,
    UnknownSyntaxError,
    lower,
    read,
)
from autosync_tasks.validation.sieve import Sieve, decoded, derived

SIGNS = [bytes([code]) for code in b"aAbBzZ09_-]^.# \n/@`{"]
SHORT = [b"".join(signs) for size in range(3) for signs in product(SIGNS, repeat=size)]
LONGER = [b"".join(signs) for signs in product([b"a", b"A", b"b", b"0", b"]", b"#", b"\n"], repeat=3)]
TEXTS = [*SHORT, *LONGER, b"aaaa", b"aaab", b"abab"]


def expression(node: Node) -> str:
    """The tree as an expression of Python's."""
    match node:
        case Byte(mask):
            return shown(mask)
        case Row(parts):
            return "".join(map(expression, parts))
        case Choice(parts):
            return f"(?:{'|'.join(map(expression, parts))})"
        case Times(part, least, most):
            return f"(?:{expression(part)}){{{least},{'' if most is None else most}}}"


def matched(pattern: str, texts: list[bytes]) -> set[bytes]:
    compiled = re.compile(pattern.encode())
    return {text for text in texts if compiled.fullmatch(text)}


LOW = [text for text in TEXTS if text == text.lower()]
EXACT = {
    # as the scanner has it: as Python has it, where that is another form
    "a": "", "A": "", "ab": "", "a ": "", "#a": "", "a#": "", "a|b": "", "(a|bb)0": "", "(?:ab)?0?": "", "a*b": "", "a+": "", "a{2}": "", "a{1,2}": "",
    "a{2,}": "", "a??b": "", "a*?b": "", "a{1,2}?b": "", "a++": "a+", "ab|": "", "(|a)b": "", "": "", "a|b|0": "",
    "[ab]": "", "[a-z]": "", "[^]": None, "[A-Z]": "", "[0-9_]": "", "[]a]": "", r"[\]a]": "", "[a-]": "", "[-a]": "",
    r"[\x30-\x39]": "", r"[.#^]": "", "[a-a]": "", r"[\n-\n]": "", r"[\-a]": "",
    "(?i)a": "", "(?i)[a-b]": "", "(?i)[A-B]_": "", "(?i:a)b": "", "a(?i)b": "a[bB]", "((?i)a)b": "[aA]b",
    "(?i)a(?-i)B": "[aA]B", "(?i-x)a": "[aA]", "(?-i)a": "a", "(?x) a(?-x) ": "a ",
    r"\x41": "A", r"\n": "", r"\.": "", r"\-\]": "", r"\\a": "", r"(?i)\x61": "[aA]",
    "(?x) a b": "ab", "(?x) a # b\n b": "ab", "(?x)a#b": "a", "(?x) a + ": "a+", "(?x) ( a | b ) 0": "(a|b)0",
    "(?x) a\n{2}": "a{2}", "(?x) \\# a": "#a", "(?x: a )b": "ab",
    "(?P<n>a)b": "", "(?<n>a)b": "ab", "(?<Xn>a)b": "ab", "^a$": "a", r"\Aab\z": "ab", r"\ba\B": "a", r"a\Z": "a", "(?s)a": "a",
    "[[:alpha:]]": "[A-Za-z]", "[[:digit:]_]": "[0-9_]", "[[:alnum:]]": "[A-Za-z0-9]", "[[:xdigit:]]": "[0-9a-fA-F]",
    "[[:space:]]": r"[ \n]", "[[:upper:]]": "[A-Z]", "[[:lower:][:digit:]]": "[a-z0-9]", "[[:word:]]": r"[a-zA-Z0-9_]",
}  # fmt: skip
del EXACT["[^]"]


@pytest.mark.parametrize("scanners", EXACT)
def test_a_tree_stands_for_what_its_expression_matches(scanners: str) -> None:
    wanted = {text.lower() for text in matched(EXACT[scanners] or scanners, TEXTS)}
    assert matched(expression(read(scanners)), LOW) == wanted


WIDER = {
    ".": r"(?s:.)", r"\w": r"\w", r"\s": r"\s", r"\d": r"\d", r"[\d_]": r"[\d_]", r"[^\x7f]": r"[^\x7f]", r"\D": r"\D", r"\W": r"\W", r"\S": r"\S", "[^a]": "[^a]", "[^a-z0]": "[^a-z0]",
    r"[^\d]": r"\D", r"[^\w]": r"\W", r"[\w-]": r"[\w-]", r"[^\]]": r"[^\]]", "(?i)[^a]": "(?i:[^a])", r"[^\s_]": r"[^\s_]", r"[\xff]": r"\xff",
    "[^[:alpha:]]": "[^A-Za-z]", r"\xe9": r"\xe9", r"[a-\xff]": r"[a-\xff]", r"[^\W]": r"\w", r"[^\S]": r"\s",
}  # fmt: skip
"""What may be a letter outside ASCII stands for one to four bytes."""


@pytest.mark.parametrize("scanners", WIDER)
def test_what_may_be_outside_ascii_stands_for_up_to_four_bytes(scanners: str) -> None:
    node = read(scanners)
    assert isinstance(node, Row)
    (times,) = node.parts
    assert isinstance(times, Times)
    assert (times.least, times.most) == (1, 4)
    every = [bytes([code]) for code in range(128)]
    wanted = {text.lower() for text in matched(WIDER[scanners], every)}
    assert matched(expression(times.part), [one for one in every if one == one.lower()]) == wanted
    assert matched(expression(times.part), [b"\x80", b"\xff"]) == {b"\x80", b"\xff"}


@pytest.mark.parametrize(
    "odd",
    ["(?=a)a", "(?!a)a", "(?<=a)b", "(?<=a>b)c", "(?<!a)b", r"\k", r"\1", r"\p{L}", "[a&&b]", "[a--b]", "[a~~b]", "[a[b]]", "(a", "a)",
     "[a", "a{", "a{x}", "*a", "+a", "?a", "{2}a", "é", "(?x)[a b]", "(?x)[a#]", r"[a-\d]", r"[^a-\xff]", r"\b{start}", "[[:odd:]]",
     "(?q)a", "(?P<n", "(?", r"\x4", "[[:alpha"],
)  # fmt: skip
def test_of_what_it_does_not_know_it_concludes_nothing(odd: str) -> None:
    with pytest.raises(UnknownSyntaxError):
        read(odd)


def test_a_set_in_lower_case() -> None:
    assert shown(lower(ALL)) == "[^A-Z]"
    assert shown(ALL) == "(?s:.)"
    assert shown(0b1011 << 97) == "[a-bd]"
    assert shown(1 << 46) == r"[\x2e]"


SEGMENTS: dict[str, list[list[tuple[str, int, tuple[bytes, ...], int, int, str]]]] = {
    # alphabet and length of the longest run, words, bytes before and after them, expression
    'sk-[a-z0-9]{20}': [[('alnum', 20, (b'sk-',), 0, 23, 'sk\\x2d[0-9a-z]{20}')]],
    '(?i)KEY\\s{0,3}=\\s*[0-9a-f]{32}': [[('alnum', 3, (b'key',), 0, 16, 'key[^\\x00-\\x08\\x0e-\\x1f\\x21-\\x7f]{0,12}\\x3d')]],
    'ab.{400,}cd[0-9]{12}': [[('digit', 12, (b'cd',), 300, 14, '[^A-Z]{300}cd[0-9]{12}'), ('hex', 2, (b'ab',), 0, 302, 'ab[^A-Z]{300}')]],
    '(?:aa|bb|cc|dd|ee)(?:ff|gg|hh|ii|jj)': [[('alnum', 4, (b'aa', b'bb', b'cc', b'dd', b'ee'), 0, 4, '(?:aa|bb|cc|dd|ee)(?:ff|gg|hh|ii|jj)')]],
    '[0-9]{10}[a-f]{10}': [[('hex', 20, (), 0, 0, '[0-9]{10}[a-f]{10}')]],
    '(?:alpha|beta)[0-9]{2,5}|gamma-[a-z]{4}': [[('alnum', 6, (b'alpha', b'beta'), 0, 7, '(?:alpha|beta)[0-9]{2}')], [('word', 10, (b'gamma-',), 0, 10, 'gamma\\x2d[a-z]{4}')]],
    'x?abc[ab]?d{2,3}': [[('hex', 5, (b'abc',), 0, 7, 'abc[a-b]{0,1}(?:ddd|dd)')]],
    '[^\\s]{5,400}zz9[0-9]{30,}': [[('digit', 30, (b'zz9',), 5, 33, '[^\\x09-\\x0d\\x20A-Z]{5}zz9[0-9]{30}')]],
    'a(?:bcd|bc|bce)?e-[A-Z]{16}': [[('alnum', 16, (b'abcde-', b'abce-', b'abcee-', b'ae-'), 0, 22, '(?:abcde\\x2d|abcee\\x2d|abce\\x2d|ae\\x2d)[a-z]{16}')]],
    '(?:[0-9]{8}|[a-f]{9}|key[0-9]{3})': [[('digit', 8, (), 0, 0, '[0-9]{8}')], [('hex', 9, (), 0, 0, '[a-f]{9}')], [('digit', 3, (b'key',), 0, 6, 'key[0-9]{3}')]],
}  # fmt: skip


@pytest.mark.parametrize("scanners", SEGMENTS)
def test_what_a_match_cannot_be_without(scanners: str) -> None:
    assert [[tuple(segment) for segment in way] for way in facts(scanners)] == SEGMENTS[scanners]


def test_only_a_few_words_are_put_together() -> None:
    ((together,),), ((apart,),) = map(
        facts, ("(?:aa|bb|cc|dd)(?:ee|ff|gg|hh|ii|jj)", "(?:aa|bb|cc|dd|ee)(?:ff|gg|hh|ii|jj)")
    )
    assert (len(together.words), len(apart.words)) == (MOST, 5)
    ((union,),) = facts("(?:[abc]x[abc]|[abc]y[abc]|[abc]z[de])")
    assert len(union.words) == MOST
    five = "(?:[a-z]{9}|[0-9]{9}|-[a-z]{8}|_[a-z]{8}|=[a-z]{8})"
    assert [len(facts(five * count)) for count in (1, 2, 3)] == [5, 5, 5]


@pytest.mark.parametrize(
    ("scanners", "text", "may"),
    [
        ("abc.{400,}xyz[0-9]{12}", b"abc", False),
        ("abc.{400,}xyz[0-9]{12}", b"xyz123456789012", False),
        ("abc.{400,}xyz[0-9]{12}", b"abc" + b" " * 400 + b"xyz123456789012", True),
        ("abc.{400,}xyz[0-9]{12}", b"abc" + b" " * 400 + b"zyx123456789012", False),
        ("[0-9]{10}[a-f]{10}", b"1" * 20, False),
        ("[0-9]{10}[a-f]{10}", b"x" + b"1" * 10 + b"A" * 10, True),
        ("[0-9]{10}[a-f]{10}", b"1" * 10 + b"a" * 9, False),
        ("sk-[a-z0-9]{20}", b"sk-" + b"a" * 19, False),
        ("sk-[a-z0-9]{20}", b"the sk- is sk-" + b"A" * 20, True),
        ("sk-[a-z0-9]{20}", b"sk- " * 300, True),  # at so many places nobody looks
        ("sk-[a-z0-9]{20}", b"sk- " * 100, False),
        ("(?:[0-9]{12}@|[a-f])key", b"9key", False),  # each branch by itself
        ("(?:ab)?[0-9]{9}", b"words " * 60, False),
        ("(?:[a-z]{5}|[0-9]{6}|)key", b"-key", True),
        ("abc.{0,400}xyz", b"xyz abc", True),  # over a long gap nobody looks
        ("x[0-9]{5}key", b"x1234key", False),
        ("x[0-9]{5}key", b"a key, x12345KEY", True),
        ("x[0-9]{5}key", b"x12345" + b"a" * 20 + b"key", False),
    ],
)
def test_what_might_match(scanners: str, text: bytes, may: bool) -> None:
    long = text + b" " + b"0" * 40 if b"sk- " in text else text
    assert Sieve(derived({"r": scanners})).possible(long) == ({"r"} if may else set())


def test_what_only_the_scanner_may_judge() -> None:
    sieve = Sieve(derived({"r": "abcdef"}))
    for text in (b"\0", b"\xff\xfea", b"\xfe\xffa", b"k" + b" " * 256 * 1024):
        assert sieve.possible(text) is None
    assert sieve.possible(b" " * 256 * 1024) == set()


def test_what_base64_stands_for() -> None:
    hidden = b"the word is here"
    once = base64.b64encode(hidden)
    assert hidden in list(decoded(once))
    assert hidden in list(decoded(b"x " + base64.b64encode(once) + b"\n"))
    assert any(hidden in one for one in decoded(b"a" + base64.urlsafe_b64encode(b"\xff\xfb" + hidden)))
    assert hidden not in list(decoded(base64.b64encode(once), layers=1))
    assert list(decoded(b"A" * 15)) == []
    for _ in range(3):
        once = base64.b64encode(once)
    assert hidden not in list(decoded(once)), "so deep nobody looks"
