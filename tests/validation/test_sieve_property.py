"""The sieve lets nothing pass that an expression matches, for expressions at random as the scanner's rules are written."""

from __future__ import annotations

import random

from hypothesis import given, settings
from hypothesis import strategies as st

from autosync_tasks.validation.sieve import Sieve, derived
from tests.support.matches import made

LEAVES = st.sampled_from([
    "a", "Z", "key", "SK-", "_", "=", " ", "#", r"\.", r"\x41", "[a-z]", "[A-F0-9]", "[^0]", r"\d", r"\w", r"\s", r"[\w-]",
    "[0-9]{12}", "[a-z0-9]{20}", "[a-f0-9]{5,8}", "(?:secret|token)", "(?:)", ".{0,400}", "[a-z]{2,900}",
])  # fmt: skip
TIMES = st.sampled_from(["?", "*", "+", "{1}", "{2}", "{0,3}", "{1,4}", "{3,}", "*?"])


def larger(parts: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.one_of(
        st.lists(parts, min_size=1, max_size=4).map("".join),
        st.lists(st.one_of(parts, st.just("")), min_size=2, max_size=6).map(lambda some: f"(?:{'|'.join(some)})"),
        st.builds("(?:{}){}".format, parts, TIMES),
        parts.map("(?i:{})".format),
    )


@settings(max_examples=200, deadline=None)
@given(st.recursive(LEAVES, larger, max_leaves=12), st.integers(0, 99), st.sampled_from(["", "x ", "key = ", "0" * 40]))
def test_what_an_expression_matches_is_never_ruled_out(expression: str, seed: int, beside: str) -> None:
    for one in (expression, f"key(?:{expression})[0-9]{{12}}"):
        text = made(one, random.Random(seed))
        possible = Sieve(derived({"r": one})).possible((beside + text + " " + beside).encode())
        assert possible is None or "r" in possible, (one, text)
