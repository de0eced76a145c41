"""Commits: the id that git gives a tree, the manifest in it, what its message says of the machine."""

from __future__ import annotations

import re

import pytest
from pytest_bdd import then

from autosync_tasks.backup.listing import Listing, folders_of, listed, path_listed, refolded, spliced, tree_cache
from autosync_tasks.backup.manifest import ManifestError, belongs, entries, format_manifest, line_of, parse, path_of
from autosync_tasks.backup.said import Said, read, trailers
from autosync_tasks.names import parents
from tests.features.differences import listing_of, tree_of
from tests.features.tree import unescaped

_Rows = list[list[str]]
_HEAD = ("autosync-manifest 1", "source abcdefgh", "content DIGEST")


def _listing(cell: str) -> Listing:
    """`d[0-29]/f=n` is a row of files, each with its number in it."""

    def row(found: re.Match[str]) -> str:
        return ", ".join(f"{found[1]}d{n:02}/f={n}" for n in range(int(found[2]) + 1))

    return listing_of(tree_of(re.sub(r"((?:m/)?)d\[0-(\d+)\]/f=n", row, cell)))


@then("git knows these trees by these ids:")
def by_these_ids(datatable: _Rows) -> None:
    wrong = []
    for was, now, wanted in datatable[1:]:
        before, after = _listing(was), _listing(now)
        texts = [tree_cache("", tree, b"").listing for tree in (before, after)]
        differing = [path for path in {**before, **after} if before.get(path) != after.get(path)]
        lines = [[listed(path, tree[path]) if path in tree else None for tree in (before, after)] for path in differing]
        edits = [(path, old, new) for path, (old, new) in zip(differing, lines, strict=True)]
        text = spliced(texts[0] + b"\0" if before else b"", edits, b"\0", path_listed)
        folders = {b"", *(above for path in differing for above in parents(path))}
        known = folders_of(texts[0]) if before else {}
        ids = [refolded(text[:-1], known, folders)[b""].decode()[:12], folders_of(texts[1])[b""].decode()[:12]]
        if text != texts[1] + b"\0" or ids != [wanted, wanted]:
            wrong.append(f"{was} to {now}: {ids}")
        with pytest.raises(ValueError, match="no such line"):
            spliced(text, [(b"nowhere", listed(b"nowhere", ("100644", "0" * 40)), None)], b"\0", path_listed)
    assert not wrong, "\n".join(wrong)


def _text(lines: str, head: tuple[str, ...] = _HEAD) -> bytes:
    rows = [*head, *filter(None, lines.split(", "))]
    return "".join(f"{row}\n" for row in rows).replace("DIGEST", "0" * 64).encode()


@then("a manifest holds these lines for these trees:")
def holds_lines(datatable: _Rows) -> None:
    for cell, lines in datatable[1:]:
        tree = tree_of(cell)
        text = format_manifest("abcdefgh", tree)
        found = text.split(b"\n")[3:-1]
        assert found == [line.encode() for line in filter(None, lines.split(", "))], (cell, found)
        assert dict(parse(text).paths) == {path: (entry.kind, entry.mode) for path, entry in tree.items()}
        assert [line_of(path, tree[path].kind, tree[path].mode) for path in sorted(tree)] == found
        assert [path_of(line) for line in found] == sorted(tree)


@then("where the branch changed since, the record says:")
def record_says(datatable: _Rows) -> None:
    for lines, cell, wanted in datatable[1:]:
        tree = tree_of(cell)
        standing = entries(parse(_text(lines)), listing_of(tree))
        found = [line_of(path, entry.kind, entry.mode).decode() for path, entry in sorted(standing.items())]
        assert ", ".join(found) == wanted, (lines, cell)
        assert all(entry.id == (tree[path].id if path in tree else "") for path, entry in standing.items())


@then("a manifest of one tree is of another:")
def is_of(datatable: _Rows) -> None:
    for of, other, believed in datatable[1:]:
        recorded = parse(format_manifest("abcdefgh", tree_of(of)))
        assert belongs(recorded, listing_of(tree_of(other))) is (believed == "yes"), (of, other)


def _refusal(text: bytes) -> str:
    try:
        parse(text)
    except ManifestError as error:
        return str(error)
    return ""


@then("these lines are refused:")
def lines_refused(datatable: _Rows) -> None:
    told = [[lines, words, _refusal(_text(lines))] for lines, words in datatable[1:]]
    wrong = [row for row in told if not row[2].startswith(row[1])]
    assert not wrong, wrong


@then("a manifest that begins so is refused:")
def head_refused(datatable: _Rows) -> None:
    told = [[*head, words, _refusal(_text("f 644 a", tuple(head)))] for *head, words in datatable[1:]]
    assert [row[3] for row in told] == [row[4] for row in told]
    whole = _text("f 644 a")
    assert not _refusal(whole)
    assert _refusal(whole[:-1]) == _refusal(whole[:20]) == "it does not begin or end like a manifest"


def _cells(said: Said) -> list[str]:
    return [said.host, said.version, said.profile, ", ".join(said.triggers), ", ".join(said.absent)]


@then("a commit with these lines says:")
def commit_says(datatable: _Rows) -> None:
    rows = [[lines, *map(str.strip, cells)] for lines, *cells in datatable[1:]]
    messages = ["2 changes\n\n" + unescaped(lines).decode().replace(", ", "\n") for lines, *_ in rows]
    assert [[row[0], *_cells(read(message))] for row, message in zip(rows, messages, strict=True)] == rows


@then("a commit says this of its machine, and it is read again:")
def read_again(datatable: _Rows) -> None:
    for cells in datatable[1:]:
        host, version, profile, triggers, absent = cells
        said = Said(
            host, tuple(filter(None, triggers.split(", "))), tuple(filter(None, absent.split(", "))), version, profile
        )
        assert _cells(read("2 changes\n\n" + "\n".join(trailers(said)))) == cells
