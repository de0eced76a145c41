"""What differs, and what of it cannot go alone: details of `plan/detect.py` and `plan/delta.py`."""

from __future__ import annotations

from dataclasses import replace

import pytest

from autosync_tasks.model import ChangeKind, Entry, Finding, Kind, Left, LeftOut, Plan, Severity
from autosync_tasks.names import OUTSIDE
from autosync_tasks.plan.delta import plan, without
from autosync_tasks.plan.detect import Difference, detect
from autosync_tasks.plan.quarantine import offending, way_on
from tests.policy.make import change, classifier_of, entry, having

FOLDER = Entry(Kind.FOLDER, 0o755, 0, "")


def difference(observed: dict[bytes, Entry], recorded: dict[bytes, Entry], *left: LeftOut) -> Difference:
    classifier = classifier_of(having())
    return detect(observed, recorded, {}, left, classifier.rule_for, classifier.starts, include_low=False)


@pytest.mark.parametrize("why", [Left.UNREADABLE, Left.TOO_LARGE, Left.PROTECTED, Left.NESTED_GIT])
@pytest.mark.parametrize("left", [b"context/sub", b"context/sub/a.md", b""])
def test_what_is_left_out_stays_unless_it_may_not_be_there_at_all(why: Left, left: bytes) -> None:
    """What is elsewhere goes as ever."""
    recorded = {b"context/sub/a.md": entry("a"), b"docs/b.md": entry("b")}
    found = difference({}, recorded, LeftOut(left, why))
    stays = {b"": set(recorded)}.get(left, {b"context/sub/a.md"}) if why in (Left.UNREADABLE, Left.TOO_LARGE) else set()
    assert {one.path for one in found.changes if one.kind is ChangeKind.DELETED} == set(recorded) - stays


def test_of_a_change_only_what_differs_is_put_and_nothing_deleted() -> None:
    recorded = {b"a.md": entry("a"), b"b.md": entry("b"), b"c": entry("c")}
    observed = {**recorded, b"a.md": entry("new"), b"c": entry("c")._replace(mode=0o755)}
    tree = {path: (one.git_mode, one.id) for path, one in recorded.items()}
    found = difference(observed, recorded)
    made = plan(found.changes, observed, recorded, tree, base="1" * 40, source_id="s", text=lambda *_: b"")
    assert (set(made.puts), made.deletes) == ({b"a.md", b"c"}, frozenset())


def test_half_of_a_swap_of_a_file_and_a_folder_is_refused() -> None:
    recorded, observed = {b"a": entry("a")}, {b"a/b.md": entry("b"), b"a": FOLDER}
    with pytest.raises(ValueError, match="would lie below the file a"):
        plan([change("a/b.md", ChangeKind.CREATED)], observed, recorded, {}, "1" * 40, "s", lambda *_: b"")


def test_one_file_that_went_is_the_origin_of_one_alone() -> None:
    """The other one with its contents is a new file."""
    recorded = {b"context/a.md": entry("same")}
    found = difference({b"docs/a.md": entry("same"), b"docs/b.md": entry("same")}, recorded)
    assert [(one.path, one.kind, one.old_path) for one in found.changes] == [
        (b"docs/a.md", ChangeKind.RENAMED, b"context/a.md"),
        (b"docs/b.md", ChangeKind.CREATED, None),
    ]


def test_of_two_with_the_same_contents_the_one_that_kept_its_name_has_moved() -> None:
    recorded = {b"context/draft.md": entry("same"), b"context/final.md": entry("same")}
    found = difference({b"docs/final.md": entry("same")}, recorded)
    assert [(one.path, one.kind, one.old_path) for one in found.changes] == [
        (b"context/draft.md", ChangeKind.DELETED, None),
        (b"docs/final.md", ChangeKind.RENAMED, b"context/final.md"),
    ]


@pytest.mark.parametrize(
    ("unavailable", "kept"), [(b"note", []), (b"note/today.md", []), (b"other.md", [b"note", b"note/today.md"])]
)
def test_no_half_of_a_swap_goes(unavailable: bytes, kept: list[bytes]) -> None:
    """A file became a folder with a file in it, or the other way round; one of the two could not be read again."""
    above = change("note", ChangeKind.DELETED)
    below, other = change("note/today.md", ChangeKind.CREATED), change("other.md")
    for file, inner in (
        (above, below),
        (replace_kind(above, ChangeKind.CREATED), replace_kind(below, ChangeKind.DELETED)),
    ):
        plan = Plan("", {}, frozenset(), b"", "", (file, inner, other), {})
        assert [one.path for one in without(plan, frozenset({unavailable})) if one is not other] == kept


def test_another_that_cannot_be_read_hides_no_half_of_a_swap() -> None:
    file, inner, other = (
        change("note", ChangeKind.CREATED),
        change("note/today.md", ChangeKind.DELETED),
        change("other.md"),
    )
    plan = Plan("", {}, frozenset(), b"", "", (file, inner, other), {})
    assert without(plan, frozenset({b"note/today.md", b"other.md"})) == ()


def replace_kind(one, kind: ChangeKind):  # type: ignore[no-untyped-def]
    old, new = (None, one.new or entry()) if kind is ChangeKind.CREATED else (one.old or entry(), None)
    return replace(one, kind=kind, old=old, new=new)


@pytest.mark.parametrize(
    ("code", "alone", "way"), [("JSN001", True, "accept"), ("INT001", False, ""), ("INT002", False, "")]
)
def test_what_nobody_can_accept_is_not_offered_and_holds_everything(code: str, alone: bool, way: str) -> None:
    finding = Finding(code, Severity.ERROR, b"a.json", "it cannot be read", fingerprint="abcd1234")
    assert ("inv accept" in way_on([finding], rest=False)) is bool(way)
    plan = Plan("", {b"a.json": entry()}, frozenset(), b"", "", (change("a.json"),), {})
    assert offending(plan, [finding]) == ({b"a.json": code} if alone else {})


def test_beside_a_fault_in_what_is_not_planned_nothing_goes() -> None:
    faults = [
        Finding("SEC001", Severity.ERROR, path, "a secret", fingerprint="abcd1234") for path in (b"a.json", b"b.json")
    ]
    plan = Plan("", {b"a.json": entry()}, frozenset(), b"", "", (change("a.json"),), {})
    assert offending(plan, faults) == {} and offending(plan, faults[:1]) == {b"a.json": "SEC001"}


def test_a_fault_in_what_goes_away_holds_that_alone() -> None:
    fault = Finding("SEC001", Severity.ERROR, b"a.json", "a secret", fingerprint="abcd1234")
    plan = Plan("", {}, frozenset({b"a.json"}), b"", "", (change("a.json", ChangeKind.DELETED),), {})
    assert offending(plan, [fault]) == {b"a.json": "SEC001"}


def test_what_comes_from_outside_is_mended_there() -> None:
    faults = [Finding("SEC001", Severity.ERROR, OUTSIDE + name, "a secret") for name in (b"/notes", b"/notes/a.md")]
    assert ["inv why" in way_on([one], rest=False) for one in faults] == [True, False]


def test_what_others_have_in_a_folder_is_in_nobodys_way() -> None:
    classifier = classifier_of(having())
    tree = {b"context/theirs.md": ("100644", "1" * 40)}
    for stands, expected in ((FOLDER, ()), (entry("a"), (b"context/theirs.md",))):
        found = detect({b"context": stands}, {}, tree, (), classifier.rule_for, classifier.starts, include_low=False)
        assert found.collisions == expected
