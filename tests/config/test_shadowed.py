"""A rule is called shadowed only if it never wins, and it is called so whenever that is plain to see."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autosync_tasks.config import shadowed
from autosync_tasks.config.shadowed import never_win
from autosync_tasks.policy.matching import Matcher
from autosync_tasks.policy.patterns import check_pattern
from autosync_tasks.policy.rules import ALWAYS_PROTECTED

Earlier = list[tuple[str, tuple[str, ...]]]
PROTECTED: Earlier = [(rule.pattern, rule.unless) for rule in ALWAYS_PROTECTED]


def never_wins(pattern: str, earlier: Earlier) -> int | None:
    return never_win([*earlier, (pattern, ())], start=len(earlier)).get(len(earlier))


def matches(pattern: str, path: str, is_folder: bool) -> bool:
    return Matcher([(pattern, ())]).first(path.encode(), is_folder) is not None


TEXT = st.text(alphabet="ab.*?[]!-^\\/# 1é", min_size=1, max_size=8)
GOOD = TEXT.filter(lambda text: check_pattern(text) == "")
PATHS = st.lists(st.text(alphabet="ab.c1é-", min_size=1, max_size=4), min_size=1, max_size=3).map("/".join)


@settings(max_examples=150, deadline=None)
@given(GOOD)
def test_a_pattern_matches_its_own_witnesses(pattern: str) -> None:
    matcher = Matcher([(pattern, ())])
    for witness in list(shadowed._witnesses(pattern))[:200]:
        assert matcher.first(witness.removesuffix("/").encode(), witness.endswith("/")) == 0, witness


@pytest.mark.parametrize(
    ("pattern", "earlier", "index"),
    [
        ("*.md", ["*.md"], 0),
        ("/README.md", ["*.txt", "*.md"], 1),
        ("docs/a/*.md", ["docs/"], 0),
        ("docs/**", ["/docs/"], 0),
        ("agent/x", ["agent/**"], 0),
        ("?.md", ["*.md"], 0),
        ("[!a]b", ["x", "[!a]b"], 1),
        ("docs/", ["docs"], 0),
        (r"\?.md", ["*.md"], 0),
        ("**/a", ["a"], 0),
        ("x*", ["**"], 0),
        # these can win
        ("*.md", ["/README.md"], None),
        ("docs", ["docs/"], None),
        ("docs/", ["docs/*"], None),
        ("a*", ["a?*"], None),
        ("a*", ["a", "a?"], None),
        ("[a-c].md", ["a.md", "b.md"], None),
        ("a", ["/a"], None),
        ("a/**", ["a/*/b"], None),
        ("*", ["?"], None),
        ("*", ["[!x]*"], None),
        ("*", ["?", "??", "???", "?????*"], None),
        ("a", ["/a", "*/a", "*/*/a", "**/b"], None),
        ("[!a-~]", ["?b"], None),
        ("?", ["[ -~]"], None),
        (r"a\\?", [r"a\\\?"], None),
        # several rules hide it only together, or brackets do: nothing is claimed
        ("/[ab].md", ["a.md", "b.md"], None),
        ("a[12]", ["a*"], None),
        ("**", ["?"], None),
        ("a", ["*/**/a"], None),
        ("x", [], None),
    ],
)
def test_a_rule_that_can_never_win(pattern: str, earlier: list[str], index: int | None) -> None:
    assert never_wins(pattern, [(p, ()) for p in earlier]) == index


@pytest.mark.parametrize(
    "pattern",
    [".env", "/.env", "agent/.env", ".env.local", ".env.*.local", "*.key", "keys/*.pem", "auth.json",
     "id_rsa", "id_ed25519.pub", ".git/", ".git/hooks/", ".git/**", "credentials.yaml", "**/account.json"],
)  # fmt: skip
def test_protected_paths_cannot_be_overridden(pattern: str) -> None:
    assert never_wins(pattern, PROTECTED) is not None


@pytest.mark.parametrize(
    "pattern",
    ["node_modules/", "opencode.db*", ".env*", ".env.*", ".env.example", "*.json", "**", ".git*", "*",
     "credentials.*", "id_*"],
)  # fmt: skip
def test_what_holds_more_than_protected_paths_is_allowed(pattern: str) -> None:
    assert never_wins(pattern, PROTECTED) is None


@settings(max_examples=150, deadline=None)
@given(GOOD, st.lists(GOOD, min_size=1, max_size=3), st.lists(PATHS, max_size=30), st.booleans())
def test_what_is_called_shadowed_never_wins(pattern: str, earlier: list[str], paths: list[str], folders: bool) -> None:
    if never_wins(pattern, [(p, ()) for p in earlier]) is None:
        return
    for path in paths:
        if matches(pattern, path, folders):
            assert any(matches(p, path, folders) for p in earlier), path


def test_what_an_earlier_rule_spares_matters_only_to_a_rule_that_matches_it() -> None:
    earlier = [(".env.*", (".env.example",)), ("*.example", ())]
    assert never_win([*earlier, (".env.local", ())]) == {2: 0}
    assert never_win([*earlier[:1], (".env.*", ())]) == {}


def test_each_rule_is_judged_by_all_before_it() -> None:
    patterns = ["docs/", "*.md", "docs/a/", "README.md", "[!a]b", "x", "[!a]b", "/[xy]"]
    assert never_win([(pattern, ()) for pattern in patterns]) == {2: 0, 3: 1, 6: 4}
    assert never_win([(pattern, ()) for pattern in patterns], start=3) == {3: 1, 6: 4}
    assert never_win([]) == {}


def test_many_rules_take_little_time() -> None:
    rules = [(f"p{n}*/**/*.x{n}", ()) for n in range(200)]
    before = time.process_time()
    assert never_win([*PROTECTED, *rules], start=len(PROTECTED)) == {}
    assert time.process_time() - before < 2  # 0.1 s on an idle machine


def test_too_many_possibilities_claim_nothing_and_take_no_time() -> None:
    assert never_wins("*a" * 12, [("*", ())]) is None
    assert never_wins("[ -~]", [("*", ())]) is None
