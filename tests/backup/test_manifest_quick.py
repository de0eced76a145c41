"""What is known by its form alone is known right: the quick ways and the careful ones say the same of any manifest."""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from autosync_tasks.backup import manifest
from autosync_tasks.backup.listing import parse_listing
from autosync_tasks.model import Entry, Kind
from autosync_tasks.names import all_plain, quote

_NAMES = st.one_of(
    st.sampled_from(
        ["a", "b c", "git", "Git~1", ".git", ".autosync", "x.md", 'q"', "ä", "back\\slash", "end ", " x", "-"]
    ),
    st.text(alphabet='aGg.~\\ "\n/é', min_size=1, max_size=4),
)
_PATHS = st.lists(_NAMES, min_size=1, max_size=3).map(lambda names: "/".join(names).encode())
_LINES = st.tuples(st.sampled_from("dfl"), st.sampled_from(["644", "755", "7", "8", "0777"]), _PATHS)


@settings(max_examples=120, deadline=None)
@given(lines=st.lists(_LINES, max_size=6), order=st.booleans())
@example(lines=[("f", "644", b"a/b")], order=True)
@example(lines=[("f", "644", b"a"), ("f", "644", b"a/b")], order=True)
@example(lines=[("d", "755", b"a"), ("f", "644", b"a/b"), ("l", "777", b"a/c d")], order=True)
@example(lines=[("d", "755", b"a"), ("d", "755", b"a")], order=True)
def test_a_plain_manifest_says_what_a_careful_reading_says(lines: list[tuple[str, str, bytes]], order: bool) -> None:
    lines = sorted(lines, key=lambda line: line[2]) if order else lines
    texts = [f"{kind} {mode} ".encode() + quote(path) for kind, mode, path in lines]
    quick = manifest._plain_paths(texts)
    if quick is not None:
        assert quick == manifest._each([b"", b"", b"", *texts, b""])  # and it raises nothing


@given(lines=st.lists(_PATHS, max_size=5))
@example(lines=[b"a", b"b "])
@example(lines=[b"a\nb"])
def test_what_is_all_plain_needs_no_quotes(lines: list[bytes]) -> None:
    assert all_plain(lines) == all(quote(line) == line for line in lines)


def test_most_manifests_take_the_quick_way_and_come_back_as_they_were() -> None:
    tree = {b"a": Entry(Kind.FOLDER, 0o755, 0, ""), b"a/b c.md": Entry(Kind.FILE, 0o644, 3, "1" * 40)}
    tree[b"a/l"] = Entry(Kind.LINK, 0o777, 1, "2" * 40)
    text = manifest.format_manifest("abcdefgh", tree)
    assert manifest._plain_paths(text.split(b"\n")[3:-1]) is not None
    assert dict(manifest.parse(text).paths) == {path: entry[:2] for path, entry in tree.items()}


def test_a_link_in_whose_place_a_program_stands_is_one_no_more() -> None:
    """Somebody changed the branch: what is recorded is what stands there, so that it shows as a change."""
    paths = {
        b"link": (Kind.LINK, 0o777),
        b"text": (Kind.LINK, 0o777),
        b"file": (Kind.FILE, 0o600),
        b"odd": (Kind.FILE, 0o645),
        b"own": (Kind.FILE, 0o600),
    }
    recorded = manifest.Recorded("abcdefgh", "", paths)
    tree = {
        b"link": ("100755", "1" * 40),
        b"text": ("100644", "1" * 40),
        b"file": ("100755", "2" * 40),
        b"odd": ("100755", "2" * 40),
        b"own": ("100644", "2" * 40),
    }
    standing = manifest.entries(recorded, tree)
    assert standing == {
        b"link": Entry(Kind.FILE, 0o755, 0, "1" * 40),
        b"text": Entry(Kind.FILE, 0o644, 0, "1" * 40),
        b"file": Entry(Kind.FILE, 0o755, 0, "2" * 40),
        b"odd": Entry(Kind.FILE, 0o755, 0, "2" * 40),
        b"own": Entry(Kind.FILE, 0o600, 0, "2" * 40),
    }


@pytest.mark.parametrize(
    ("lines", "says"),
    [
        ((b"f 644 .autosyn/x", b"f 644 .autosync"), "line 5: a path that is the backup's own"),  # begins like a folder
        ((b"d 755 a", b"f 644 a/.git"), "line 5: a name that no tree may hold"),
        ((b'f 644 "a',), "line 4: "),
        ((b"f 644 b", b"f 644 a"), "line 5: the paths are not sorted"),
        ((b"f 644 a", b"l 777 a"), "line 5: the paths are not sorted"),
        ((b"f 644 a", b"f 644 c", b"f 644 b"), "line 6: the paths are not sorted"),
        ((b"f 644 /a",), "line 4: a path that is the backup's own, or absolute"),
    ],
)
def test_a_forged_line_is_named(lines: tuple[bytes, ...], says: str) -> None:
    text = manifest.format_manifest("a" * 16, {}) + b"".join(b"%s\n" % line for line in lines)
    with pytest.raises(manifest.ManifestError, match=says):
        manifest.parse(text)


def test_a_tree_without_a_file_has_an_empty_listing() -> None:
    assert parse_listing(b"") == {}


def test_an_empty_folder_in_whose_place_a_file_stands_is_one_no_more() -> None:
    """The file is of whoever put it there; a file that is gone is not recorded either."""
    folder = (Kind.FOLDER, 0o755)
    paths = {b"empty": folder, b"gone": (Kind.FILE, 0o644), b"theirs": folder}
    standing = manifest.entries(manifest.Recorded("abcdefgh", "", paths), {b"theirs": ("100644", "1" * 40)})
    assert standing == {b"empty": Entry(Kind.FOLDER, 0o755, 0, "")}


@pytest.mark.parametrize("line", [b"", b"autosync manifest 2", b"# a page of somebody's"])
def test_what_does_not_begin_like_a_manifest_is_none(line: bytes) -> None:
    text = manifest.format_manifest("a" * 16, {})
    manifest.parse(text)
    with pytest.raises(manifest.ManifestError, match="does not begin or end like a manifest"):
        manifest.parse(line + text[text.index(b"\n") :])


@pytest.mark.parametrize("source", [b"source abcdefg\xff", b"source \xc3\xa9", b"source "])
def test_a_second_line_that_names_no_source_is_named(source: bytes) -> None:
    text = manifest.format_manifest("a" * 16, {}).split(b"\n")
    with pytest.raises(manifest.ManifestError, match="line 2: not a source id"):
        manifest.parse(b"\n".join([text[0], source, *text[2:]]))


@pytest.mark.parametrize("digest", [b"content zz", b"content \xff", b"content " + b"0" * 63, b"contents " + b"0" * 64])
def test_a_third_line_that_is_no_digest_is_named(digest: bytes) -> None:
    text = manifest.format_manifest("a" * 16, {}).split(b"\n")
    with pytest.raises(manifest.ManifestError, match="line 3: not a digest"):
        manifest.parse(b"\n".join([*text[:2], digest, *text[3:]]))


@pytest.mark.parametrize(
    "output",
    [b"100644 blob 12 a\0", b"100644 blob " + b"1" * 40 + b"\ta\0x", b"x\0", b"x", b"\0", b"100644 blob 1\t\0"],
)
def test_what_is_no_listing_is_refused(output: bytes) -> None:
    with pytest.raises(ValueError, match="no listing of a tree"):
        parse_listing(output)


def test_a_listing_is_read_with_an_end_or_without() -> None:
    lines = [b"100644 blob %s\ta b" % (b"1" * 40), b"120000 blob %s\tc\td\ne" % (b"2" * 40)]
    for text in (b"\0".join(lines), b"\0".join([*lines, b""])):
        assert parse_listing(text) == {b"a b": ("100644", "1" * 40), b"c\td\ne": ("120000", "2" * 40)}


def test_what_stands_there_as_another_kind_is_recorded_as_it_stands() -> None:
    """And a repository in a file's place is no file."""
    one, modes = "1" * 40, {b"a": "100755", b"b": "100644", b"c": "120000", b"d": "160000", b"e": "100644"}
    paths = {path: (Kind.FILE, 0o640 if path != b"b" else 0o750) for path in modes}
    paths[b"e"] = (Kind.LINK, 0o777)
    tree = {path: (mode, one) for path, mode in modes.items()}
    standing = manifest.entries(manifest.Recorded("abcdefgh", "", paths), tree)
    file = Kind.FILE
    assert standing == {
        b"a": Entry(file, 0o755, 0, one),
        b"b": Entry(file, 0o644, 0, one),
        b"c": Entry(Kind.LINK, 0o777, 0, one),
        b"e": Entry(file, 0o644, 0, one),
    }


def test_a_manifest_belongs_to_the_tree_that_it_describes_and_to_no_other() -> None:
    one, other = "1" * 40, "2" * 40
    paths = {b"a": (Kind.FILE, 0o755), b"b": (Kind.LINK, 0o777), b"c": (Kind.FOLDER, 0o755), b"d": (Kind.FILE, 0o644)}

    def belongs(*modes: str, content: str = one, record: str = one) -> bool:
        described = [(path, mode, record) for path, mode in zip((b"a", b"b", b"d"), modes, strict=True) if mode]
        tree = {path: (mode, content) for path, mode, _ in described} | {b"theirs": ("100644", other)}
        return manifest.belongs(manifest.Recorded("abcdefgh", manifest.digest(described), paths), tree)

    assert belongs("100755", "120000", "100644")
    assert not belongs("100644", "120000", "100644") and not belongs("100755", "100644", "100644")
    assert not belongs("100755", "120000", "100755") and not belongs("100755", "120000", "")
    assert not belongs("100755", "120000", "100644", content=other)
