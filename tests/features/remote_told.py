"""Remotes without one: what an address means, what git's words mean, what two branches mean to each other."""

from __future__ import annotations

import re
from pathlib import Path

from pytest_bdd import parsers, step, then

from autosync_tasks.remote.address import AddressError, parse, redact
from autosync_tasks.remote.faults import Fault, RemoteError, another_hash, fault, moved, rejection, too_much, too_slow
from autosync_tasks.remote.relation import (
    Heads,
    Relation,
    Trees,
    by_heads,
    by_trees,
    is_owned,
    parked_branch,
    suggested,
)
from tests.features.judged import meant
from tests.support.machine import Machine

_FULL = (
    "a folder is named by its full path, from / on (a relative one means another place elsewhere), a host by https:// or "
    "git@HOST:"
)
_UNKNOWN = "it is no address that git knows (https://…, user@host:path, or a full path)"


def _cell(text: str) -> str:
    return meant(text).decode()


@then("a remote of these addresses is reached and told so:")
def reached(datatable: list[list[str]]) -> None:
    """Columns: address, by, is told as, folder, secret."""
    wrong = []
    for cells in datatable[1:]:
        url, scheme, shown, folder, secret = map(_cell, cells)
        found = parse(url)
        told = (found.url, found.scheme, found.shown, found.path, sorted(found.secrets))
        if told != (url, scheme, shown, folder, sorted(secret.split())):
            wrong.append(f"{url}: {told}")
        if any(word in repr(found) for word in secret.split()):
            wrong.append(f"{url}: {found!r}")
    assert not wrong, "\n".join(wrong)


@then("a remote of these addresses is refused with these words:")
def refused(datatable: list[list[str]]) -> None:
    wrong = []
    for cells in datatable[1:]:
        url, because = map(_cell, cells)
        try:
            told = f"nothing: {parse(url)}"
        except AddressError as error:
            told = str(error)
        if told != {"FULL PATH": _FULL, "UNKNOWN": _UNKNOWN}.get(because, because):
            wrong.append(f"{url}: {told}")
    assert not wrong, "\n".join(wrong)


@then("of what is said of these remotes this is told:")
def redacted(datatable: list[list[str]]) -> None:
    found = [[url, said, redact(said, parse(url) if url else None)] for url, said, _ in datatable[1:]]
    assert found == datatable[1:]


@step(parsers.re('"(?P<word>[^"]+)" was told to nobody and is in no file of this program\'s'))
def nowhere(machine: Machine, word: str) -> None:
    """git's own config of the backup is the user's, who put the address there."""
    machine.last.spoken = True
    files = [path for folder in (machine.state, machine.config) for path in Path(folder).rglob("*") if path.is_file()]
    assert files
    texts = {str(path): path.read_bytes().decode("utf-8", "replace") for path in files}
    texts |= {f"{number}: {told.what}": told.text + told.stderr for number, told in enumerate(machine.told)}
    assert [name for name, text in texts.items() if word in text] == []


@then("machines of these names have branches of their own of these:")
def branches(datatable: list[list[str]]) -> None:
    rows = [[_cell(cell) for cell in row] for row in datatable[1:]]
    assert [[host, suggested("main", host), parked_branch(host, "main")] for host, *_ in rows] == rows


def _told(found: Fault) -> list[str]:
    """What it is, whether it is tried again, the way on, as its error says it."""
    error = RemoteError(found, parse("https://ana:kitten@a.net/x"))
    assert (error.message, error.hint, error.fault) == (f"https://a.net/x: {found.said}", found.next_step, found)
    return [str(found.kind), "yes" if found.passing else "no", error.hint]


def _fits(told: list[str], wanted: list[str]) -> bool:
    """The last cell of `wanted` is a part of what helps."""
    return told[:-1] == wanted[:-1] and wanted[-1] in told[-1]


@then("where git says this, it means:")
def means(datatable: list[list[str]]) -> None:
    """Columns: git says, it is, again, what helps."""
    wrong = []
    for said, *wanted in datatable[1:]:
        if not _fits(told := _told(fault(_cell(said))), wanted):
            wrong.append(f"{said}: {told}")
    assert not wrong, "\n".join(wrong)


@then("of what git says this is told:")
def is_told(datatable: list[list[str]]) -> None:
    rows = [[_cell(cell) for cell in row] for row in datatable[1:]]
    assert [[said, fault(said).said] for said, _ in rows] == rows


@then("where git says this, the way on has these words:")
def way_on(datatable: list[list[str]]) -> None:
    rows = [[_cell(cell) for cell in row] for row in datatable[1:]]
    assert [(said, step) for said, words in rows if words not in (step := fault(said).next_step)] == []


@then("where a push ends so, it means:")
def push_means(datatable: list[list[str]]) -> None:
    """Columns: of the branch (the line's sign and words), besides, it is, again, what helps, is told."""
    wrong = []
    for branch, besides, *cells in datatable[1:]:
        kind, again, helps, said = map(_cell, cells)
        sign, _, words = _cell(branch).partition(" ")
        line = "\t".join([sign, "HEAD:refs/heads/main", words] if words else [sign])
        found = rejection(f"To /mnt/x\n{line}\nDone\n", _cell(besides))
        if found is None:
            ok, told = kind == "nothing", ["nothing"]
        else:
            told = [found.said, *_told(found)]
            ok = _fits(told, [said, kind, again, helps])
        if not ok:
            wrong.append(f"{branch}, {besides}: {told}")
    assert not wrong, "\n".join(wrong)


@then("these are told of a remote:")
def without_words(datatable: list[list[str]]) -> None:
    """Columns: what, it is, again, is told, what helps."""
    wrong = []
    for what, kind, again, said, helps in datatable[1:]:
        match what.split():
            case ["no", "answer", "in", seconds, "seconds"]:
                found = too_slow(float(seconds))
            case ["more", "than", size, "bytes"]:
                found = too_much(int(size))
            case ["another", "hash"]:
                found = another_hash()
            case _:
                found = moved("the branch moved")
        if not _fits(told := [found.said, *_told(found)], [said, kind, again, helps]):
            wrong.append(f"{what}: {told}")
    assert not wrong, "\n".join(wrong)


_TREE = dict[bytes, tuple[str, str]]
_OWN_ID = "own-id-12"
_OWNED = frozenset({b"AGENTS.md", b"context/a.md"})
_PARTED, _APART = Heads("c", "d", "b"), Heads("c", "d")


def _holds(cell: str) -> _TREE:
    """`a, b=2`: files and their contents."""
    named = (one.partition("=") for one in filter(None, cell.split(", ")))
    return {name.encode(): ("100644", (text or "1") * 40) for name, _, text in named}


def _related(heads: Heads, base: _TREE, here: _TREE, there: _TREE, whose: str = _OWN_ID) -> Relation:
    return by_trees(heads, Trees(base, here, there, _OWNED, _OWN_ID, whose), "main", "desk")


@then("where the newest commits are these, this is done:")
def by_newest(datatable: list[list[str]]) -> None:
    """`look`: what both hold must be compared."""
    wrong = []
    for here, there, common, known, kept, action, because in datatable[1:]:
        found = by_heads(Heads(here, there, common, known, known_kept=kept != "no"))
        told = ("look", "", "") if found is None else (found.action, found.reason, found.next_step)
        if told[:2] != (action, because) or ("--take source" in told[2]) != (action == "park"):
            wrong.append(f"{here}, {there}, {common}, {known}, {kept}: {told}")
    assert not wrong, "\n".join(wrong)


@then("where both sides hold this, of which AGENTS.md and context/a.md are the config tree's:")
def both_hold(datatable: list[list[str]]) -> None:
    """Columns: in common, here (`the same`: nothing new is here), there, is done, because, taken in."""
    wrong = []
    for cells in datatable[1:]:
        common, here, there, action, because, taken = map(_cell, cells)
        heads = Heads("b", "d", "b") if here == "the same" else _PARTED
        base, others = _holds(common), _holds(there)
        found = _related(heads, base, base if here == "the same" else _holds(here), others)
        brought = ", ".join(path.decode() for path in sorted(found.taken or ()))
        if (found.action, found.reason, brought) != (action, because, taken):
            wrong.append(f"{common}, {here}, {there}: {found.action}, {found.reason}, {brought}")
        for path, entry in (found.taken or {}).items():
            assert entry == others.get(path) and not is_owned(path, _OWNED)
    assert not wrong, "\n".join(wrong)


@then("where the sides have nothing in common:")
def nothing_in_common(datatable: list[list[str]]) -> None:
    wrong = []
    for here, there, whose, action, because in datatable[1:]:
        source = {"this source's": _OWN_ID, "another's": "another-1", "nobody's": ""}[whose]
        found = _related(_APART, {}, _holds(here), _holds(there), source)
        if (found.action, found.reason) != (action, because):
            wrong.append(f"{here}, {there}, {whose}: {found.action}, {found.reason}")
    assert not wrong, "\n".join(wrong)


_STOPS = {
    "another source": (_PARTED, "x", "another-1"),
    "no backup": (_APART, "x", ""),
    "its record": (_PARTED, ".autosync/manifest", _OWN_ID),
    "a conflict": (_PARTED, "AGENTS.md=2", _OWN_ID),
}


@then("where it stops, the way on is:")
def way_on_from(datatable: list[list[str]]) -> None:
    wrong = []
    for because, wanted in datatable[1:]:
        words = re.fullmatch("(.+), at the branch (.+), on (.+)", because)
        assert words, because
        why, branch, host = words.groups()
        heads, there, whose = _STOPS[why]
        trees = Trees({}, _holds("AGENTS.md"), _holds(there), _OWNED, _OWN_ID, whose)
        if (told := by_trees(heads, trees, branch, host).next_step) != wanted:
            wrong.append(f"{because}: {told}")
    assert not wrong, "\n".join(wrong)
