"""Patterns match what git matches: every answer is compared with `git check-ignore` itself."""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path as FilePath

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from autosync_tasks.names import parents
from autosync_tasks.policy import matching
from autosync_tasks.policy.matching import Matcher
from autosync_tasks.policy.patterns import check_pattern

_ENV = {"PATH": os.environ["PATH"], "HOME": "/nonexistent", "GIT_CONFIG_NOSYSTEM": "1"}


class Ignorer:
    """A git repository without files of its own that answers which paths a pattern matches."""

    def __init__(self, folder: FilePath) -> None:
        self.folder = folder
        self._git("init", "-q")

    def _git(self, *arguments: str, sent: bytes = b"") -> bytes:
        done = subprocess.run(
            ["git", "-C", str(self.folder), *arguments],
            input=sent,
            capture_output=True,
            env=_ENV,
            check=False,
        )
        assert done.returncode in (0, 1) and not done.stderr, done.stderr
        return done.stdout

    def matched(self, lines: list[str], paths: set[tuple[bytes, bool]]) -> set[tuple[bytes, bool]]:
        """Those of the paths (and whether each is a folder) that .git/info/exclude with these lines matches."""
        exclude = self.folder / ".git" / "info" / "exclude"
        exclude.write_bytes(b"".join(line.encode() + b"\n" for line in lines))
        with tempfile.TemporaryDirectory(dir=self.folder.parent) as tree:
            for path, is_folder in paths:
                full = os.path.join(os.fsencode(tree), path)
                if is_folder:
                    os.makedirs(full, exist_ok=True)
                else:
                    os.makedirs(os.path.dirname(full), exist_ok=True)
                    open(full, "wb").close()
            sent = b"".join(b"./" + path + b"\0" for path, _ in paths)  # a bare `:` would be pathspec magic
            done = self._git(
                f"--git-dir={self.folder}/.git", f"--work-tree={tree}", "-C", tree,
                "check-ignore", "--no-index", "-z", "--stdin", sent=sent,
            )  # fmt: skip
        found = set(done.split(b"\0"))
        return {one for one in paths if b"./" + one[0] in found}


@pytest.fixture(scope="module")
def git(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ignorer]:
    folder = tmp_path_factory.mktemp("ignorer") / "repo"
    folder.mkdir()
    yield Ignorer(folder)


def tree_of(paths: list[bytes], folders: list[bytes]) -> set[tuple[bytes, bool]]:
    """Paths that can exist together: what has something below it, and each of `folders`, is a folder."""
    known: dict[bytes, bool] = dict.fromkeys(folders, True)
    for path in [*paths, *folders]:
        known.setdefault(path, False)
        known.update(dict.fromkeys(parents(path), True))
    return set(known.items())


NAMES = [
    b"a",
    b"b",
    b"ab",
    b"a.b",
    b".a",
    b"a\nb",
    b"\n",
    b"a ",
    b" a",
    b"\xff",
    "é".encode(),
    b"-",
    b"]",
    b"[",
    b"\\",
]
NAMES += [b"!a", b"#a", b"*", b"?", b"\t", b"A", b"0", b"^", b"a\n"]
names = st.one_of(st.sampled_from(NAMES), st.binary(min_size=1, max_size=3)).filter(
    lambda name: b"/" not in name and b"\0" not in name and name not in (b".", b"..") and name.lower() != b".git"
)
paths = st.lists(names, min_size=1, max_size=4).map(b"/".join)
PIECES = r"""a b ab .a * * ? / / ** **/ /** **/a . - ! # é ^ && ~ \* \a \ [ ] [ab] [!a] [^b] [a-c] []a] [a-] [!]] [c-a]
[\]a] [[:alpha:]] [[a] [--a] [a-c-e] [!-a] [a\-c]"""
pieces = st.sampled_from([*PIECES.split(), " ", "\\ "])
patterns = st.lists(pieces, min_size=1, max_size=6).map("".join)
good = patterns.filter(lambda pattern: not check_pattern(pattern))


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(pattern=good, files=st.lists(paths, min_size=1, max_size=12), folders=st.lists(paths, max_size=4))
@example(pattern="*.md", files=[b"a\nb/c.md", b"x.md\n"], folders=[])
@example(pattern="a/**/b", files=[b"a/x\ny/b", b"a/b", b"a/b/c"], folders=[])
@example(pattern="a/**/b/**/c", files=[b"a/b/c", b"a/b/x/c", b"a/x/b/y/c", b"a/x/c"], folders=[])
@example(pattern="[a-c-e]x", files=[b"ax", b"dx", b"-x", b"ex"], folders=[])
@example(pattern="a/", files=[b"b/a"], folders=[b"a", b"x/a"])
@example(pattern="*/", files=[b"x", b"y/z"], folders=[b"a"])
@example(pattern="**/", files=[b"x", b"y/z"], folders=[b"a"])
@example(pattern="a/**", files=[b"a/x/y"], folders=[b"a"])
@example(pattern="a/b", files=[b"a/b", b"x/a/b"], folders=[])
@example(pattern="*.x", files=[b".x", b"a.x", b".x.y", b"x"], folders=[])
@example(pattern="[!0]", files=[b"0", b"\x01", b"\x10", b"1", b"\xff"], folders=[])
@example(pattern="[a0~]", files=[b"a", b"0", b"X", b"x"], folders=[])
def test_one_pattern_matches_what_git_matches(
    git: Ignorer, pattern: str, files: list[bytes], folders: list[bytes]
) -> None:
    tree = tree_of(files, folders)
    matcher = Matcher([(pattern, ())])
    ours = {one for one in tree if matcher.first(*one) is not None}
    assert ours == git.matched([pattern], tree)


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    pattern=good,
    undo=st.lists(good, min_size=1, max_size=2),
    files=st.lists(paths, min_size=1, max_size=12),
    folders=st.lists(paths, max_size=4),
)
@example(
    pattern=".env.*",
    undo=[".env.example"],
    files=[b".env.x/.env.example", b".env.example/.env.x"],
    folders=[],
)
@example(pattern="*.md", undo=["x/a.md"], files=[b"x/a.md", b"a.md", b"y/x/a.md"], folders=[])
@example(pattern="*.md", undo=["x/a.md", "b.md"], files=[b"c/b.md", b"b.md", b"x/a.md", b"c/a.md"], folders=[])
@example(pattern="**", undo=["x/a.md"], files=[b"x/a.md", b"a.md", b"y/x/a.md"], folders=[])
def test_what_undoes_a_pattern_does_it_as_gits_exclamation_mark(
    git: Ignorer, pattern: str, undo: list[str], files: list[bytes], folders: list[bytes]
) -> None:
    tree = tree_of(files, folders)
    matcher = Matcher([(pattern, undo)])
    ours = {one for one in tree if matcher.first(*one) is not None}
    assert ours == git.matched([pattern, *("!" + one for one in undo)], tree)


@settings(max_examples=20, deadline=None)
@given(several=st.lists(good, min_size=2, max_size=8), files=st.lists(paths, min_size=1, max_size=8))
def test_many_patterns_at_once_say_what_each_says_alone(several: list[str], files: list[bytes]) -> None:
    together = Matcher((pattern, ()) for pattern in several)
    alone = [Matcher([(pattern, ())]) for pattern in several]
    for path, is_folder in tree_of(files, []):
        first = next((n for n, one in enumerate(alone) if one.first(path, is_folder) is not None), None)
        assert together.first(path, is_folder) == first


@settings(max_examples=75, deadline=None)
@given(several=st.lists(good, min_size=1, max_size=8), files=st.lists(paths, min_size=1, max_size=8))
@example(several=["[ab]*c", "x?y", "\\*z"], files=[b"bc", b"x1y", b"*z"])
@example(several=["a/", "*.x/", "[bc]/"], files=[b"a", b"1.x", b"b"])
@example(several=["[ab]", "[c]*d"], files=[b"a", b"cd"])
@example(several=["*/", "?"], files=[b"a", b"bc"])
def test_few_names_and_many_and_the_quick_check_say_the_same(several: list[str], files: list[bytes]) -> None:
    judged = [(path, is_folder) for path in files for is_folder in (False, True)]
    with pytest.MonkeyPatch.context() as patch:
        said = []
        for few, many in ((10**6, 10**6), (0, 10**6), (0, 0)):  # one at a time, all as one, what they need first
            patch.setattr(matching, "_FEW", few)
            patch.setattr(matching, "_MANY", many)
            said.append([Matcher((text, ()) for text in several).first(*one) for one in judged])
    bare = Matcher((text, ()) for text in several if "/" not in text.removesuffix("/"))
    names = [(path.rpartition(b"/")[2], is_folder) for path, is_folder in judged]
    quick = bare.name_test()
    assert said[0] == said[1] == said[2]
    assert not (quick.none_of(b"/".join(name for name, _ in names)) and any(quick(*one) for one in names))
    assert [quick(*one) for one in names] == [bare.first(*one) is not None for one in names]


@given(pattern=st.one_of(patterns, st.text(max_size=12)))
def test_any_text_is_either_refused_in_words_or_compiles(pattern: str) -> None:
    problem = check_pattern(pattern)
    if not problem:
        Matcher([(pattern, ())]).first(b"a/b", False)
    else:
        assert len(problem) > 5 and problem.isprintable()


@pytest.mark.parametrize(
    ("pattern", "says"),
    [
        ("", "is empty"),
        ("   ", "is empty"),
        ("#x", "comment"),
        ("!x", "stands alone"),
        ("a\nb", "control character"),
        ("a\t", "control character"),
        ("a\x7f", "control character"),
        ("a ", "ends with a space"),
        ("a\\\\ ", "ends with a space"),
        ("/", "empty part"),
        ("a//b", "empty part"),
        ("./a", "empty part"),
        ("a/../b", "empty part"),
        ("a**b", "stand alone"),
        ("a/**b", "stand alone"),
        ("a\\", "backslash"),
        ("a\\/b", "backslash"),
        ("[a", "never closed"),
        ("[a/b]", "never closed"),
        ("[[:alpha:]]", "more in brackets than letters and ranges"),
        ("[[a]", "more in brackets than letters and ranges"),
        ("[]a]", "more in brackets than letters and ranges"),
        (r"[\]a]", "more in brackets than letters and ranges"),
        ("[z-a]", "runs backwards"),
        ("[é]", "compares bytes"),
        ("\ud800", "not valid text"),
    ],
)
def test_a_bad_pattern_is_refused_in_words(pattern: str, says: str) -> None:
    assert says in check_pattern(pattern)


@pytest.mark.parametrize(
    "pattern", ["a", "/a", "a/", "**", "**/a", "a/**", "*.md", "a\\ ", "a\\\\\\ ", "\\!a", "\\#a", " a", "{a}"]
)
def test_a_good_pattern_is_accepted(pattern: str) -> None:
    assert check_pattern(pattern) == ""


def test_a_pattern_with_many_stars_takes_no_time_on_a_hostile_name() -> None:
    hostile = [("*a" * 40 + "b", ()), ("**/" + "*a*/" * 20 + "b", ()), ("a/**/" * 12 + "b", ())]
    matcher = Matcher(hostile)
    assert matcher.first(b"a" * 255, False) is None
    assert matcher.first(b"/".join([b"a" * 60] * 60), False) is None


def test_a_very_deep_path_is_judged() -> None:
    assert Matcher([("x/", ())]).first(b"x/" + b"a/" * 2000 + b"b", False) == 0


def test_what_undoes_a_name_is_about_what_it_is_about() -> None:
    """`x/` in a rule's exceptions means folders, and no file of that name."""
    items = [("x*", ("xy/", "x.*")), ("*.md", ("b.md", "*.c.md/")), ("n", ("n/",))]
    protected, matcher = Matcher(items).name_test(), Matcher(items[:1])
    for name, file, folder in (
        (b"b.md", False, False),
        (b"a.md", True, True),
        (b"a.c.md", True, False),
        (b"n", True, False),
    ):
        assert (protected(name, False), protected(name, True)) == (file, folder)
    for name, file, folder in ((b"xy", True, False), (b"xz", True, True), (b"x.a", False, False), (b"y", False, False)):
        assert (protected(name, False), protected(name, True)) == (file, folder)
        assert (matcher.first(name, False) == 0, matcher.first(b"a/" + name, True) == 0) == (file, folder)


def test_what_undoes_a_path_may_be_a_name_at_any_depth() -> None:
    matcher = Matcher([("/a/**", ("*.md", "/a/keep/*"))])
    for path, taken in ((b"a/x", 0), (b"a/x.md", None), (b"a/keep/x", 0), (b"b/x", None), (b"a/b/x.txt", 0)):
        assert matcher.first(path, False) == taken, path
    assert Matcher([("/a/*", ("/a/keep",))]).first(b"a/keep/x", False) is None
