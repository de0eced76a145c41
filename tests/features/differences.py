"""Differences: a tree and a backup as a table writes them, and what comes of the two.

A cell holds `path=contents` (`*` behind it: executable), `path→target` for a link, `path/` for a folder.
"""

from __future__ import annotations

import hashlib
import re
from functools import cache, partial

from pytest_bdd import then

from autosync_tasks.config.settings import Settings
from autosync_tasks.model import Change, ChangeKind, Entry, Finding, Kind, Left, LeftOut, Path, Plan, Trigger
from autosync_tasks.plan.delta import plan, without
from autosync_tasks.plan.detect import Difference, detect
from autosync_tasks.plan.quarantine import in_quarantine, offending, way_in, way_on
from autosync_tasks.policy.classify import Classifier
from autosync_tasks.policy.inputs import Ask
from autosync_tasks.policy.select import select
from autosync_tasks.validation.families import RULES
from autosync_tasks.validation.withheld import unified
from tests.features.judged import meant

_SIGNS = {
    ChangeKind.CREATED: "+",
    ChangeKind.MODIFIED: "~",
    ChangeKind.MODE: "x",
    ChangeKind.TYPE: "T",
    ChangeKind.DELETED: "-",
}
Tree = dict[Path, Entry]
_Rows = list[list[str]]


@cache
def _classifier() -> Classifier:
    return Classifier(Settings(sync_triggers=("/context/", "/docs/")))


def tree_of(cell: str) -> Tree:
    found: Tree = {}
    for one in filter(None, cell.split(", ")):
        path, sign, text = re.split("(=|→|/$)", one.rstrip("*"), maxsplit=1)
        contents = text.encode()
        name = hashlib.sha1(b"blob %d\0%s" % (len(contents), contents), usedforsecurity=False).hexdigest()
        kind = {"=": Kind.FILE, "→": Kind.LINK, "/": Kind.FOLDER}[sign]
        mode = {Kind.FILE: 0o644, Kind.LINK: 0o777, Kind.FOLDER: 0o700}[kind] | (0o111 if one.endswith("*") else 0)
        found[path.encode()] = Entry(kind, mode, len(text), "" if kind is Kind.FOLDER else name)
    return found


def listing_of(tree: Tree) -> dict[Path, tuple[str, str]]:
    return {path: (entry.git_mode, entry.id) for path, entry in tree.items() if entry.git_mode}


def _difference(tree: str, backup: str, besides: str = "", theirs: str = "") -> Difference:
    why, _, path = besides.partition(": ")
    left = [LeftOut(path.removeprefix(".").encode(), Left(why))] if path else []
    recorded, low = tree_of(backup), besides == "with low priority"
    branch = listing_of({**tree_of(theirs), **recorded})
    rule_for, starts = _classifier().rule_for, _classifier().starts
    return detect(tree_of(tree), recorded, branch, left, rule_for, starts, include_low=low)


def _spelled(change: Change) -> str:
    if change.old_path is not None:
        return f"{change.old_path.decode()} > {change.path.decode()}"
    return f"{_SIGNS[change.kind]} {change.path.decode()}"


def _words(changes: tuple[Change, ...]) -> str:
    return ", ".join(map(_spelled, changes))


def _names(paths: object) -> str:
    assert isinstance(paths, frozenset | set | tuple | dict)
    return ", ".join(path.decode() for path in sorted(paths))


@then("these are the changes:")
def are_the_changes(datatable: _Rows) -> None:
    rows = datatable[1:]
    assert [[*row[:3], _words(_difference(*row[:3]).changes)] for row in rows] == rows


@then("these are the changes, and what they are:")
def what_they_are(datatable: _Rows) -> None:
    found = []
    for tree, backup, *_ in datatable[1:]:
        [change] = _difference(tree, backup).changes
        found.append([tree, backup, _spelled(change), change.category, "yes" if change.starts else "no"])
    assert found == datatable[1:]


@then("of what others keep this is in the way:")
def in_the_way(datatable: _Rows) -> None:
    rows = datatable[1:]
    found = [[tree, theirs, _names(_difference(tree, "", theirs=theirs).collisions)] for tree, theirs, _ in rows]
    assert found == rows


@then("a sync of all of it does this:")
def does_this(datatable: _Rows) -> None:
    found = []
    for tree, backup, theirs, *_ in datatable[1:]:
        changes = [one for one in _difference(tree, backup, theirs=theirs).changes if one.priority != "low"]
        branch = listing_of({**tree_of(theirs), **tree_of(backup)})
        made = plan(changes, tree_of(tree), tree_of(backup), branch, "1" * 40, "source")
        found.append([tree, backup, theirs, _names(made.puts), _names(made.deletes), _names(dict(made.after))])
    assert found == datatable[1:]


@then("of this part goes:")
def part_goes(datatable: _Rows) -> None:
    found = []
    for tree, backup, part, _ in datatable[1:]:
        taken = select(_difference(tree, backup).changes, Trigger.MANUAL, Ask(include=(part,))).taken
        found.append([tree, backup, part, _words(taken)])
    assert found == datatable[1:]


@then("where this cannot be read again the rest goes:")
def the_rest_goes(datatable: _Rows) -> None:
    found = []
    for tree, backup, path, _ in datatable[1:]:
        changes = _difference(tree, backup).changes
        made = plan(changes, tree_of(tree), tree_of(backup), listing_of(tree_of(backup)), "1" * 40, "source")
        found.append([tree, backup, path, _words(without(made, frozenset({path.encode()})))])
    assert found == datatable[1:]


def _findings(cell: str) -> list[Finding]:
    """`CODE in path`, and `as` its fingerprint where it has one."""
    found = []
    for one in cell.split(", "):
        code, path, name = re.findall(r"^(\w+) in (.+?)(?: as (\w+))?$", one, re.DOTALL)[0]
        found.append(Finding(code, RULES[code].severity, path.encode(), "a fault", fingerprint=name))
    return found


@then("of these findings a person is told:")
def way_on_from(datatable: _Rows) -> None:
    rows = datatable[1:]
    found = [[cell, rest, way_on(_findings(cell), rest=rest == "off")] for cell, rest, _ in rows]
    assert found == rows


@then("of what is left out a person is told:")
def way_in_of(datatable: _Rows) -> None:
    rows = datatable[1:]
    left = [(cell, *cell.split(": ")) for cell, _ in rows]
    assert [
        [cell, way_in(LeftOut(b"" if path == "." else path.encode(), Left(why)))] for cell, why, path in left
    ] == rows


@then("of these changes quarantine keeps:")
def quarantine_keeps(datatable: _Rows) -> None:
    found = []
    for cell, findings, _ in datatable[1:]:
        changes = tuple(_change(one) for one in cell.split(", "))
        made = Plan("", {}, frozenset(), b"", "", changes, {})
        bad = offending(made, _findings(findings))
        blocked = any(one.blocks for one in _findings(findings))
        waits = in_quarantine(changes, without(made, frozenset(bad)), bad)
        told = "; ".join(f"{one.change.path.decode()}: {one.waits_for}" for one in waits)
        found.append([cell, findings, told or ("all of them" if blocked else "nothing")])
    assert found == datatable[1:]


def _change(text: str) -> Change:
    """A new file, or one of another name; `note` stands for a file that became a folder."""
    old, _, path = text.rpartition(" > ")
    rule = _classifier().rule_for(path.encode(), Kind.FILE)
    [new] = tree_of(f"{path}=1").values()
    if old:
        return Change(path.encode(), ChangeKind.RENAMED, rule, new, new, old.encode())
    if path == "note":
        return Change(path.encode(), ChangeKind.TYPE, rule, tree_of("note/")[b"note"], new)
    return Change(path.encode(), ChangeKind.CREATED, rule, new)


def _the_same(lines: set[int], _: bytes) -> set[int]:
    return lines


@then("of a file that was this and is that, with such lines withheld, this is shown:")
def diff_shown(datatable: list[list[str]]) -> None:
    """The same lines of both are withheld."""
    found = []
    for was, then_is, withheld, _ in datatable[1:]:
        lines = {int(one) for one in withheld.split(", ") if one}
        told = list(unified(meant(was), meant(then_is), partial(_the_same, lines)))
        assert not any("\n" in line for line in told)
        shown = "\n".join(told)
        found.append((was, then_is, withheld, shown))
    assert found == [(was, then_is, lines, meant(shown).decode()) for was, then_is, lines, shown in datatable[1:]]
