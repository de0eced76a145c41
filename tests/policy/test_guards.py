"""What counts as lost, and what a digest names."""

from __future__ import annotations

import hashlib
import random
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autosync_tasks.model import Change, ChangeKind, Entry, Kind, Verb
from autosync_tasks.policy.decide import _nothing
from autosync_tasks.policy.guards import identity_guard, loss_digest, loss_guard, losses
from autosync_tasks.policy.inputs import Ask, Guarded
from tests.policy.make import change, entry, having


def deleted(path: str) -> Change:
    return change(path, ChangeKind.DELETED)


def contents(one: Change) -> Entry:
    assert one.old is not None
    return one.old


def test_a_deleted_file_is_gone_and_a_moved_one_is_not() -> None:
    a, b = deleted("context/b.md"), deleted("context/a.md")
    assert losses([a, b], {}).gone == (b"context/a.md", b"context/b.md")
    assert losses([a, b], {b"elsewhere": contents(a)}).gone == (b"context/a.md",)


def test_what_became_protected_does_not_count() -> None:
    assert losses([deleted("auth.json")], {}) == ((), ())


def test_folders_renames_and_new_files_are_no_loss() -> None:
    folder = replace(deleted("context/x"), old=Entry(Kind.FOLDER, 0o755, 0, ""))
    moved = change("context/b.md", ChangeKind.RENAMED, old_path="context/a.md")
    assert losses([folder, moved, change("context/c.md", ChangeKind.CREATED)], {}) == ((), ())


def test_a_file_that_became_a_folder_is_gone_and_one_that_became_a_link_is_not() -> None:
    to_folder = replace(change("a", ChangeKind.TYPE), new=Entry(Kind.FOLDER, 0o755, 0, ""))
    to_link = replace(change("b", ChangeKind.TYPE), new=entry("target", Kind.LINK))
    assert losses([to_folder, to_link], {}).gone == (b"a",)


def test_a_file_that_lost_all_its_bytes_is_truncated_unless_they_are_elsewhere() -> None:
    emptied = replace(change("context/a.md"), new=entry(""))
    filled = replace(change("context/b.md"), old=entry(""))
    assert losses([emptied, filled], {}) == ((), (b"context/a.md",))
    assert losses([replace(emptied, path=b"z.md"), emptied], {}).truncated == (b"context/a.md", b"z.md")
    assert losses([emptied], {b"copy": contents(emptied)}) == ((), ())
    assert losses([change("context/c.md")], {}) == ((), ())


def test_only_what_this_sync_takes_counts_and_is_listed_by_name() -> None:
    all_ = tuple(b"context/%02d.md" % n for n in range(30))
    facts = Guarded(source_entries=30, owned=30, truncated=(*all_, b"docs/left.md"))
    held = loss_guard([change(path.decode()) for path in all_], facts, Ask(), having())
    assert held is not None
    assert held.details == tuple(f"emptied: {path.decode()}" for path in all_)


def test_an_empty_source_has_lost_nothing_where_nothing_is_held() -> None:
    """Its last empty folder may go."""
    folder = replace(deleted("context/x"), old=Entry(Kind.FOLDER, 0o755, 0, ""))
    held = [loss_guard([folder], Guarded(source_entries=0, owned=owned), Ask(), having()) for owned in (0, 1)]
    assert [one is not None for one in held] == [False, True]


@pytest.mark.parametrize(("first", "since"), [(True, "already holds"), (False, "got")])
def test_what_is_in_the_way_was_there_at_first_or_came_later(first: bool, since: str) -> None:
    held = identity_guard(Guarded(first=first, collisions=(b"docs/b.md", b"AGENTS.md")), Ask())
    assert held is not None
    assert held.reason == f"the backup's branch {since} 2 other files at paths of the source"


def test_of_another_sources_branch_is_told_what_of_it_would_be_replaced() -> None:
    held = identity_guard(Guarded(other_source="ana-desk", collisions=(b"AGENTS.md", b"docs/b.md")), Ask())
    assert held is not None and "another source (ana-desk)" in held.reason
    assert held.details == ("differs in the backup: AGENTS.md", "differs in the backup: docs/b.md")


def test_to_take_over_what_is_nobody_elses_is_nothing_to_do() -> None:
    gate = _nothing(Guarded(source_entries=1, owned=1))
    assert not isinstance(gate, str)
    assert gate.verb is Verb.SKIP


paths = st.lists(st.binary(min_size=1, max_size=8).filter(lambda raw: b"\0" not in raw), unique=True, max_size=8)


@given(gone=paths, emptied=paths, more=st.randoms(use_true_random=False))
def test_a_digest_does_not_depend_on_order(gone: list[bytes], emptied: list[bytes], more: random.Random) -> None:
    mixed = list(gone)
    more.shuffle(mixed)
    assert loss_digest(gone, emptied) == loss_digest(mixed, reversed(emptied))


@given(one=st.tuples(paths, paths), other=st.tuples(paths, paths))
def test_different_losses_have_different_digests(
    one: tuple[list[bytes], list[bytes]], other: tuple[list[bytes], list[bytes]]
) -> None:
    same = [set(part) for part in one] == [set(part) for part in other]
    assert (loss_digest(*one) == loss_digest(*other)) is same


def test_a_digest_is_the_same_with_every_version() -> None:
    """A person has it from a message of before the upgrade."""
    text = b"emptied a/b\0emptied c\0gone d\0gone emptied\0"
    assert loss_digest([b"emptied", b"d"], [b"c", b"a/b"]) == hashlib.sha256(text).hexdigest()[:12]
    assert loss_digest([], []) == hashlib.sha256(b"").hexdigest()[:12]
