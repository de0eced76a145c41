"""Gitignore patterns: what is refused means nothing to git or is misread, and a shadowed rule never wins."""

from __future__ import annotations

import subprocess
import warnings
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from pathspec.patterns.gitignore.spec import GitIgnoreSpecPattern

from autosync_tasks import patterns
from autosync_tasks.protected import ALWAYS

Earlier = list[tuple[str, tuple[str, ...]]]
PROTECTED: Earlier = [(rule.pattern, rule.unless) for rule in ALWAYS]


def matches(pattern: str, path: str) -> bool:
    return GitIgnoreSpecPattern(pattern).match_file(path) is not None


@pytest.mark.parametrize(
    "pattern",
    ["*.md", "/AGENTS.md", "docs/", "context/**/*.md", "**/x", "x/**", "a?c", "[a-z0-9]x", "[!a]b",
     r"\!x", r"\#x", r"a\ ", "a ", " a", "é*", "a b", "[^a]", ".env.*", "**", "*", "a/b/c", "x[-]", "[a-]"],
)  # fmt: skip
def test_good_patterns(pattern: str) -> None:
    assert patterns.problem(pattern) == ""


@pytest.mark.parametrize(
    ("pattern", "says"),
    [
        ("", "is empty"),
        ("  \t", "is empty"),
        ("!x", "starts with !"),
        ("#x", "starts with #"),
        ("/", "only a slash"),
        ("//", "only a slash"),
        ("a//b", "two slashes"),
        ("./a", "has the part '.'"),
        ("a/../b", "has the part '..'"),
        ("a\\", "ends with a backslash"),
        ("[abc", "without its ]"),
        ("a[", "without its ]"),
        ("[]", "without its ]"),
        ("[!]", "without its ]"),
        ("[]]", "only plain ASCII"),
        ("[é]", "only plain ASCII"),
        ("[z-a]", "backwards"),
        ("[[:alpha:]]", "only plain ASCII"),
        ("[a--b]", "only plain ASCII"),
        ("a\nb", "line break"),
        ("a\0b", "NUL"),
        ("\udc80", "UTF-8"),
        ("x" * 1001, "longer than"),
    ],
)
def test_bad_patterns_say_why(pattern: str, says: str) -> None:
    assert says in patterns.problem(pattern)


TEXT = st.text(alphabet="ab.*?[]!-^\\/# &|~c1é", min_size=1, max_size=8)


@settings(max_examples=600, deadline=None)
@given(TEXT)
@example("[a&&b]")
@example("[a||b]")
def test_what_is_accepted_is_understood_by_the_matcher(pattern: str) -> None:
    if patterns.problem(pattern):
        return
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        compiled = GitIgnoreSpecPattern(pattern)
    assert compiled.include is True


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(pattern=TEXT.filter(lambda text: patterns.problem(text) == ""))
def test_a_witness_of_a_pattern_is_matched_by_git_too(pattern: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    names = sorted({w.removesuffix("/") for w in patterns._witnesses(pattern, "q") if not w.endswith("/")})[:40]
    if not names:
        return
    # git itself refuses to be asked about these
    names = [n for n in names if not {".", "..", "", ".git"} & set(n.split("/"))]
    repo = _repository(tmp_path_factory)
    (repo / ".gitignore").write_text(pattern + "\n")
    asked = "\0".join(names)
    done = subprocess.run(
        ["git", "-C", str(repo), "check-ignore", "--no-index", "-z", "--stdin"],
        input=asked, capture_output=True, text=True, check=False,
    )  # fmt: skip
    ignored = set(done.stdout.split("\0")) - {""}
    # A path that ends here is a file for git when it does not exist; folder patterns match what lies below.
    assert ignored == set(names)


def _repository(factory: pytest.TempPathFactory) -> Path:
    repo = factory.getbasetemp() / "patterns-repository"
    if not repo.exists():
        subprocess.run(["git", "init", "-q", str(repo)], check=True)
    return repo


@pytest.mark.parametrize(
    ("pattern", "earlier", "index"),
    [
        ("*.md", ["*.md"], 0),
        ("/README.md", ["*.txt", "*.md"], 1),
        ("docs/a/*.md", ["docs/"], 0),
        ("docs/**", ["/docs/"], 0),
        ("agent/x", ["agent/**"], 0),
        ("?.md", ["*.md"], 0),
        ("/[ab].md", ["a.md", "b.md"], 1),
        ("docs/", ["docs"], 0),
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
        ("**", ["?"], None),
        ("x", [], None),
    ],
)
def test_a_rule_that_can_never_win(pattern: str, earlier: list[str], index: int | None) -> None:
    assert patterns.never_wins(pattern, [(p, ()) for p in earlier]) == index


@pytest.mark.parametrize(
    "pattern",
    [".env", "/.env", "agent/.env", ".env.local", ".env.*.local", "*.key", "keys/*.pem", "auth.json",
     "id_rsa", "id_ed25519.pub", ".git/", ".git/hooks/", ".git/**", "credentials.yaml", "**/account.json"],
)  # fmt: skip
def test_protected_paths_cannot_be_overridden(pattern: str) -> None:
    assert patterns.never_wins(pattern, PROTECTED) is not None


@pytest.mark.parametrize(
    "pattern",
    ["node_modules/", "opencode.db*", ".env*", ".env.*", ".env.example", "*.json", "**", ".git*", "*",
     "credentials.*", "id_*"],
)  # fmt: skip
def test_what_holds_more_than_protected_paths_is_allowed(pattern: str) -> None:
    assert patterns.never_wins(pattern, PROTECTED) is None


GOOD = TEXT.filter(lambda text: patterns.problem(text) == "")
PATHS = st.lists(st.text(alphabet="ab.c1é-", min_size=1, max_size=4), min_size=1, max_size=3).map("/".join)


@settings(max_examples=300, deadline=None)
@given(GOOD, st.lists(GOOD, min_size=1, max_size=3), st.lists(PATHS, max_size=30), st.booleans())
def test_what_is_called_shadowed_never_wins(pattern: str, earlier: list[str], paths: list[str], folders: bool) -> None:
    if patterns.never_wins(pattern, [(p, ()) for p in earlier]) is None:
        return
    for path in paths:
        shown = path + "/" * folders
        if matches(pattern, shown):
            assert any(matches(p, shown) for p in earlier), shown


def test_too_many_possibilities_claim_nothing_and_take_no_time() -> None:
    assert patterns.never_wins("*a" * 12, [("*", ())]) is None
    assert patterns.never_wins("[ -~]", [("*", ())]) is None
    assert patterns.never_wins("\x01", [("*", ())]) is None
