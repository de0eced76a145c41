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

SIGNS = [bytes([code]) for code in b"aAbBzZ09_-]^.# \n/@`{\x7f"]
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
    "a": "", "A": "", "\x7f": "", "ab": "", "a ": "", "#a": "", "a#": "", "a|b": "", "(a|bb)0": "", "(?:ab)?0?": "", "a*b": "", "a+": "", "a{2}": "", "a{1,2}": "",
    "a{2,}": "", "a??b": "", "a*?b": "", "a{1,2}?b": "", "ab|": "", "(|a)b": "", "": "", "a|b|0": "",
    "[ab]": "", "[a-z]": "", "[^]": None, "[A-Z]": "", "[0-9_]": "", "[]a]": "", r"[\]a]": "", "[a-]": "", "[-a]": "",
    r"[\x30-\x39]": "", r"[.#^]": "", "[a-a]": "", r"[\n-\n]": "", r"[\-a]": "",
    "(?i)a": "", "(?i)[a-b]": "", "(?i)[A-B]_": "", "(?i:a)b": "", "a(?i)b": "a[bB]", "((?i)a)b": "[aA]b",
    "(?i)a(?-i)B": "[aA]B", "(?i-x)a": "[aA]", "(?-i)a": "a", "(?x) a(?-x) ": "a ",
    r"\x41": "A", r"\n": "", r"\.": "", r"\-\]": "", r"\\a": "", r"(?i)\x61": "[aA]",
    "(?x) a b": "ab", "(?x) a + ": "a+", "(?x) ( a | b ) 0": "(a|b)0",
    "(?x) a\n{2}": "a{2}", "(?x) \\# a": "#a", "(?x: a )b": "ab",
    "(?P<n>a)b": "", "(?<n>a)b": "ab", "(?<Xn>a)b": "ab", "^a$": "a", r"\Aab\z": "ab", r"\ba\B": "a", "(?s)a": "a",
    "[[:alpha:]]": "[A-Za-z]", "[[:digit:]_]": "[0-9_]", "[[:alnum:]]": "[A-Za-z0-9]", "[[:xdigit:]]": "[0-9a-fA-F]",
    "[[:space:]]": r"[ \n]", "[[:upper:]]": "[A-Z]", "[[:lower:][:digit:]]": "[a-z0-9]", "[[:word:]]": r"[a-zA-Z0-9_]",
}  # fmt: skip
del EXACT["[^]"]


@pytest.mark.parametrize("scanners", EXACT)
def test_a_tree_stands_for_what_its_expression_matches(scanners: str) -> None:
    wanted = {text.lower() for text in matched(EXACT[scanners] or scanners, TEXTS)}
    assert matched(expression(read(scanners)), LOW) == wanted


WIDER = {
    ".": r"(?s:.)", r"\w": r"\w", r"\s": r"\s", r"\d": r"\d", r"[\d_]": r"[\d_]", r"[^\x7f]": r"[^\x7f]", r"\D": r"\D", r"\W": r"\W", r"\S": r"\S", "[^a]": "[^a]", "[^a-z0]": "[^a-z0]", "[^0A]": "[^0A]",
    r"[^\d]": r"\D", r"[^\w]": r"\W", r"[\w-]": r"[\w-]", r"[^\]]": r"[^\]]", "(?i)[^a]": "(?s:.)", r"[^\s_]": r"[^\s_]", r"[\xff]": r"\xff",
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
     "(?q)a", "(?X)a", "\x80", "(?P=n)a>", "(?P<n", "a++", "a{2}{3}", "(?x)a#b", r"a\Z", r"\<a", "[+--]", "(?", r"\x4", "[[:alpha"],
)  # fmt: skip
def test_of_what_it_does_not_know_it_concludes_nothing(odd: str) -> None:
    with pytest.raises(UnknownSyntaxError):
        read(odd)


def test_a_set_in_lower_case() -> None:
    assert shown(lower(ALL)) == r"[\x00-\x40\x5b-\xff]"
    assert shown(0b1011 << 97) == "[a-bd-d]"
    assert shown(1 << 46) == r"[\x2e-\x2e]"


def test_only_a_few_words_are_put_together() -> None:
    ((together,),), ((apart,),) = map(
        facts, ("(?:aa|bb|cc|dd)(?:ee|ff|gg|hh|ii|jj)", "(?:aa|bb|cc|dd|ee)(?:ff|gg|hh|ii|jj)")
    )
    assert (len(together.words), len(apart.words)) == (MOST, 5)
    ((union,),) = facts("(?:[abc]x[abc]|[abc]y[abc]|[abc]z[de])")
    assert len(union.words) == MOST
    five = "(?:[a-z]{9}|[0-9]{9}|-[a-z]{8}|_[a-z]{8}|=[a-z]{8})"
    assert [len(facts(five * count)) for count in (1, 2, 3)] == [5, 5, 5]
    assert len(facts(five.replace(")", "|:[a-z]{8})") + five.replace("|=[a-z]{8}", ""))) == MOST


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
