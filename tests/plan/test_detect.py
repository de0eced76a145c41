"""What differs, and what of it cannot go alone: details of `plan/detect.py` and `plan/delta.py`."""

from __future__ import annotations

import hashlib
from dataclasses import replace

import pytest

from autosync_tasks.backup.manifest import PATH
from autosync_tasks.model import Change, ChangeKind, Entry, Finding, Kind, Left, LeftOut, Plan, Severity
from autosync_tasks.names import OUTSIDE
from autosync_tasks.plan.delta import plan, without
from autosync_tasks.plan.detect import Difference, detect
from autosync_tasks.plan.quarantine import named, offending, way_in, way_on
from tests.policy.make import change, classifier_of, entry, having

QUARANTINE = "`inv set-config QUARANTINE=true` to back up the rest meanwhile"
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


@pytest.mark.parametrize("low", [False, True])
def test_what_is_low_stays_as_it_is_recorded_unless_it_is_asked_for(low: bool) -> None:
    classifier = classifier_of(having())
    recorded = {b"a.log": entry("a"), b"b.log": entry("b")}
    found = detect({b"b.log": entry("c")}, recorded, {}, (), classifier.rule_for, classifier.starts, include_low=low)
    kinds = {b"a.log": ChangeKind.DELETED, b"b.log": ChangeKind.MODIFIED}
    assert {one.path: one.kind for one in found.changes} == (kinds if low else {})


def test_of_a_folder_that_came_or_went_with_something_in_it_that_alone_is_told() -> None:
    tree = {b"docs": FOLDER, b"docs/a": FOLDER, b"docs/a/b.md": entry("b"), b"empty": FOLDER}
    for observed, recorded, kind in ((tree, {}, ChangeKind.CREATED), ({}, tree, ChangeKind.DELETED)):
        changes = difference(observed, recorded).changes
        assert [(one.path, one.kind) for one in changes] == [(b"docs/a/b.md", kind), (b"empty", kind)]


def test_of_a_change_only_what_differs_is_put_and_nothing_deleted() -> None:
    recorded = {b"a.md": entry("a"), b"b.md": entry("b"), b"c": entry("c")}
    observed = {**recorded, b"a.md": entry("new"), b"c": entry("c")._replace(mode=0o755)}
    tree = {path: (one.git_mode, one.id) for path, one in recorded.items()}
    found = difference(observed, recorded)
    made = plan(found.changes, observed, recorded, tree, base="1" * 40, source_id="s", text=lambda *_: b"")
    assert (set(made.puts), made.deletes) == ({b"a.md", b"c"}, frozenset())


def test_what_others_have_in_the_way_of_what_is_taken_over_goes_and_nothing_else() -> None:
    """The history keeps it. What lies beside it, even in the same folder, is theirs still."""
    observed = {b"agent": FOLDER, b"agent/a.md": entry("a"), b"docs": FOLDER, b"docs/b.md": entry("b"), b"n": entry()}
    tree = dict.fromkeys(
        (b"agent", b"n/x/theirs.md", b"docs/b.md", b"docs/theirs.md", b"N", PATH), ("100644", "1" * 40)
    )
    made = plan(difference(observed, {}).changes, observed, {}, tree, "1" * 40, "s", lambda *_: b"")
    assert (set(made.puts), made.deletes) == (
        {b"agent/a.md", b"docs/b.md", b"n"},
        frozenset({b"agent", b"n/x/theirs.md"}),
    )


def test_what_others_have_in_the_way_is_told_in_order() -> None:
    """Theirs with other contents, and below what is a file here; not what is the same, nor what lies beside."""
    observed = {b"n%02d" % number: entry("ours") for number in range(12)}
    tree = {path + below: ("100644", "1" * 40) for path in observed for below in (b"", b"/x")}
    tree |= {b"beside": ("100644", "1" * 40), b"same": ("100644", entry("same").id)}
    classifier = classifier_of(having())
    there = {**observed, b"same": entry("same")}
    found = detect(there, {}, tree, (), classifier.rule_for, classifier.starts, include_low=False)
    assert list(found.collisions) == [b"n%02d%s" % (number, below) for number in range(12) for below in (b"", b"/x")]


def test_with_a_folder_that_went_only_what_was_ours_in_it_is_deleted() -> None:
    recorded = {b"docs": FOLDER, b"docs/b.md": entry("b")}
    tree = dict.fromkeys((b"docs/b.md", b"docs/theirs.md"), ("100644", entry("b").id))
    made = plan(difference({}, recorded).changes, {}, recorded, tree, "1" * 40, "s", lambda *_: b"")
    assert made.deletes == {b"docs/b.md"}


def test_a_folder_is_recorded_as_long_as_something_in_it_is() -> None:
    """As the source has it, if it comes with a file; what is neither there nor holds anything is recorded no more."""
    private = FOLDER._replace(mode=0o700)
    a, b = b"docs/x/a.md", b"docs/x/b.md"
    recorded = {b"docs": FOLDER, b"docs/x": FOLDER, a: entry("a"), b: entry("b"), b"was-empty": FOLDER}
    observed = {b"new": private, b"new/y": private, b"new/y/c.md": entry("c"), b"not-asked": FOLDER}
    gone = [one for one in difference(observed, recorded).changes if one.path in (a, b)]
    come = [one for one in difference(observed, recorded).changes if one.path == b"new/y/c.md"]

    def after(*changes: Change) -> dict[bytes, Entry]:
        return dict(plan(changes, observed, recorded, {}, "1" * 40, "s", lambda *_: b"").after)

    assert after(*gone, *come) == {b"new": private, b"new/y": private, b"new/y/c.md": entry("c")}
    assert after(gone[0]) == {b"docs": FOLDER, b"docs/x": FOLDER, b: entry("b")}


def test_a_digest_names_one_plan_in_whatever_order_it_was_made() -> None:
    one, two = {b"a": entry("a"), b"b": entry("b")}, {b"a": entry("b"), b"b": entry("a")}
    there = dict.fromkeys((b"c", b"d"), ("100644", "1" * 40))
    gone = dict.fromkeys(there, entry("gone"))

    def digest(observed: dict[bytes, Entry], recorded: dict[bytes, Entry], base: str = "1", text: bytes = b"") -> str:
        changes = difference(observed, recorded).changes
        return plan(changes, observed, recorded, there, base, "s", lambda *_: text).digest

    assert digest(one, gone) == digest(dict(reversed(one.items())), dict(reversed(gone.items())))
    backwards = reversed(difference(one, gone).changes)
    assert digest(one, gone) == plan(backwards, one, gone, there, "1", "s", lambda *_: b"").digest
    others = [(one, gone), (two, gone), (one, {}), ({}, gone), (one, {b"c": entry("gone")})]
    assert len({digest(*other) for other in others} | {digest(one, gone, "2"), digest(one, gone, text=b"x")}) == 7


def test_a_digest_says_all_that_a_plan_is_and_the_same_with_every_version() -> None:
    observed, recorded = (
        {b"a": entry("a")._replace(mode=0o755)},
        dict.fromkeys((b"d", b"c", b"b/y", b"b/x", b"e", b"f"), entry("gone")),
    )
    there = dict.fromkeys(recorded, ("100644", "1" * 40))
    made = plan(difference(observed, recorded).changes, observed, recorded, there, "2" * 40, "s", lambda *_: b"text")
    said = b"%s\0+100755 %s a\0-b/x\0-b/y\0-c\0-d\0-e\0-f\0text" % (b"2" * 40, entry("a").id.encode())
    assert made.digest == hashlib.sha256(said).hexdigest()


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


def test_of_many_alike_that_moved_each_time_the_same_are_paired() -> None:
    """In the order of their names, or two looks at one tree would tell two stories."""
    recorded = {b"context/old%02d.md" % number: entry("same") for number in range(30)}
    found = difference({b"docs/new%02d.md" % number: entry("same") for number in range(30)}, recorded)
    assert [one.old_path for one in found.changes] == sorted(recorded)


@pytest.mark.parametrize(("gone", "come"), [("agent/a.md", "docs/a.md"), ("docs/a.md", "agent/a.md")])
def test_a_file_that_moves_into_what_starts_a_sync_or_out_of_it_starts_one(gone: str, come: str) -> None:
    classifier = classifier_of(having(sync_triggers=("/agent/",)))
    there, here = {gone.encode(): entry("a")}, {come.encode(): entry("a")}
    found = detect(here, there, {}, (), classifier.rule_for, classifier.starts, include_low=False)
    assert [(one.kind, one.starts) for one in found.changes] == [(ChangeKind.RENAMED, True)]


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


def test_what_takes_the_place_of_a_file_that_cannot_move_stays_with_it() -> None:
    """`note` became `old`, which could not be read again; in the folder that is called `note` now lies a new file."""
    moved, below = change("old", ChangeKind.RENAMED, old_path="note"), change("note/today.md", ChangeKind.CREATED)
    plan = Plan("", {}, frozenset(), b"", "", (below, moved), {})
    assert without(plan, frozenset({b"old"})) == ()


def test_the_mode_of_a_folder_goes_though_a_file_in_it_cannot_be_read() -> None:
    private = replace(change("notes", ChangeKind.MODE), old=FOLDER, new=FOLDER._replace(mode=0o700))
    plan = Plan("", {}, frozenset(), b"", "", (private, change("notes/a.md")), {})
    assert without(plan, frozenset({b"notes/a.md"})) == (private,)


def replace_kind(one: Change, kind: ChangeKind) -> Change:
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


def test_the_way_on_names_the_first_file_and_counts_the_others() -> None:
    one, two, three = (Finding("SEC001", Severity.ERROR, path, "a secret") for path in (b"a.md", b"b.md", b"c.md"))
    ways = [way_on(found, rest=False) for found in ([one], [one, one], [one, two], [one, two, three])]
    assert way_on([one], rest=True) == f"mend a.md, or {QUARANTINE}"
    assert ways == ["mend a.md", "mend a.md", "mend a.md and 1 other file", "mend a.md and 2 other files"]


def test_a_finding_is_named_by_rule_place_and_line() -> None:
    found = Finding("SEC001", Severity.ERROR, b"a.md", "a secret")
    assert [named(found), named(replace(found, line=3))] == ["SEC001 in a.md", "SEC001 in a.md, line 3"]


def test_where_the_whole_tree_is_left_out_the_way_in_says_so() -> None:
    ways = [way_in(LeftOut(path, Left.UNREADABLE)).partition(": ")[0] for path in (b"", b"a.md")]
    assert ways == ["the folder itself", "a.md"]


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


def test_a_link_to_what_the_file_said_is_another_kind_of_the_same_mode_and_contents() -> None:
    was = entry("a.md")._replace(mode=0o777)
    assert [one.kind for one in difference({b"x": was._replace(kind=Kind.LINK)}, {b"x": was}).changes] == [
        ChangeKind.TYPE
    ]


def test_of_empty_folders_in_one_another_each_is_told() -> None:
    tree = {b"a": FOLDER, b"a/b": FOLDER}
    for observed, recorded in ((tree, {}), ({}, tree)):
        assert [one.path for one in difference(observed, recorded).changes] == [b"a", b"a/b"]
