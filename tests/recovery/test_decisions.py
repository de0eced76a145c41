"""From what is wrong with a backup to what mends it, without one: a table, and what waits for what."""

from __future__ import annotations

from typing import Any

import pytest

from autosync_tasks.names import kept_branch
from autosync_tasks.recovery.plan import BadRef, Damaged, Diagnosis, Fix, repairs

A, B, C = "a" * 40, "b" * 40, "c" * 40
BLOB = Damaged(A, "blob", b"agents/x.md", C)
TREE = Damaged(B, "tree", b"", C, "refs/autosync/snapshots/1")


def seen(**facts: Any) -> Diagnosis:
    return Diagnosis(branch="main", **facts)


def test_nothing_is_wrong() -> None:
    assert repairs(seen()) == repairs(seen(ref="none")) == ()


FORGET, LISTED = "forget them: the next sync makes them anew", "3 files behind (a, b, c)"
BACK = "save edits of backed up files as a stash entry and stand on main again"


@pytest.mark.parametrize(
    ("facts", "fix", "problem", "remedy", "subject"),
    [
        ({"config": "bad line"}, Fix.CONFIG, "own settings cannot be read (bad line)", "move it aside", ""),
        (
            {"head": "damaged"},
            Fix.HEAD,
            "HEAD of the backup is damaged: it names nothing",
            "let it name main again",
            "",
        ),
        ({"head": "elsewhere", "head_name": "x"}, Fix.HEAD, "stands on x, not on main", BACK, ""),
        ({"head": "detached", "head_commit": A}, Fix.HEAD, "(detached at aaaaaaa)", BACK, ""),
        (
            {"head": "detached", "head_commit": A, "head_kept": False},
            Fix.HEAD,
            "(detached at aaaaaaa)",
            f"keep that commit as the branch {kept_branch(A)}, {BACK}",
            A,
        ),
        ({"locks": ("a", "b", "c")}, Fix.LOCKS, LISTED, "clear them away: no process uses them", ""),
        ({"locks": ("a", "b", "c", "d", "e")}, Fix.LOCKS, "5 files behind (a, b, c and 2 more)", "clear them", ""),
        ({"locks": ("a",), "in_use": "git (12)"}, Fix.NOTHING, "1 file behind (a)", "left alone: git (12) may be", ""),
        ({"derived": ("x",)}, Fix.DERIVED, "to be quicker are damaged (x)", "git makes them anew", ""),
        ({"stops": ("x",)}, Fix.DERIVED, "does not work with what stands there (x)", "move it aside", ""),
        ({"packs": {"p": ""}}, Fix.PACKS, "p is damaged", "take what is whole out of it", "p"),
        ({"packs": {"p": "is empty"}}, Fix.PACKS, "p is empty", "take what is whole out of it", "p"),
        (
            {"damaged": (BLOB,), "heals": {A: "the source:x"}},
            Fix.OBJECTS,
            "the blob aaaaaaaaaa of agents/x.md is missing or damaged (in ccccccc)",
            "put it back from the source:x",
            A,
        ),
        ({"damaged": (BLOB,), "remote": "origin"}, Fix.FETCH, "missing or damaged", "from the remote origin", A),
        ({"damaged": (BLOB,)}, Fix.LOST, "missing or damaged", "its bytes are nowhere on this machine", A),
        ({"damaged": (BLOB,), "unasked": "away"}, Fix.LOST, "missing", "could not be asked (away)", A),
        (
            {"damaged": (TREE,)},
            Fix.LOST,
            "the tree bbbbbbbbbb is missing or damaged (in ccccccc, which refs/autosync/snapshots/1 names)",
            "it cannot be put together again here",
            B,
        ),
        (
            {"ref": "lost", "candidate": A, "candidate_from": "the history"},
            Fix.REF,
            "the branch main is gone",
            "set it to aaaaaaa, the newest whole backup (the history)",
            A,
        ),
        ({"ref": "damaged", "candidate": A}, Fix.REF, "main is damaged: it names no commit", "set it to aaaaaaa", A),
        ({"ref": "lost"}, Fix.NOTHING, "main is gone", "no whole commit of it is known here", ""),
        (
            {"ref": "lost", "candidate": A, "back": True, "unasked": "away"},
            Fix.NOTHING,
            "main is gone",
            "a newer one than aaaaaaa and could not be asked (away): run it again",
            "",
        ),
        ({"ref": "lost", "candidate": A, "back": True}, Fix.REF, "main is gone", "set it to aaaaaaa", A),
        ({"ref": "lost", "candidate": A, "unasked": "away"}, Fix.REF, "main is gone", "set it to aaaaaaa", A),
        (
            {"ref": "lost", "candidate": A, "back": True, "remote": "origin"},
            Fix.FETCH,
            "the newest commit that the branch main is known to have named is not here",
            "fetch what the remote origin has of it",
            "",
        ),
        ({"ref": "damaged", "remote": "origin"}, Fix.FETCH, "is not here", "what the remote origin has of it", ""),
        ({"ref": "lost", "candidate": A, "remote": "origin"}, Fix.REF, "main is gone", "set it to aaaaaaa", A),
        ({"departed": A}, Fix.DEPARTED, "the backup aaaaaaa left its history", kept_branch(A), A),
        ({"incoming": ("r",)}, Fix.INCOMING, "1 commit of a killed run never reached the branch", FORGET, ""),
        ({"index": "it is empty"}, Fix.INDEX, "it is empty", "build it anew from the commit", ""),
        ({"operations": ("am",)}, Fix.OPERATION, "a series of patches was begun in the backup", "--abort", "am"),
    ],
)
def test_each_fault_has_its_remedy(facts: dict[str, object], fix: Fix, problem: str, remedy: str, subject: str) -> None:
    (found,) = repairs(seen(**facts))
    assert (found.fix, found.subject) == (fix, subject)
    assert problem in found.problem
    assert remedy in found.remedy


@pytest.mark.parametrize(
    ("ref", "remedy"),
    [
        (BadRef("refs/heads/x", "names nothing", A), "set it to aaaaaaa, the last that is known of it"),
        (BadRef("refs/heads/x", "names nothing"), "move it aside: no commit that it named is there any more"),
        (BadRef("refs/heads/x", "is no ref", A), "move it aside, and keep the commit that it names"),
        (BadRef("refs/autosync/remote/origin/main", "is empty"), "move it aside: the next push finds out anew"),
        (BadRef("packed-refs", "is damaged: 'x' is no ref"), "keep the lines that are refs, and move it aside"),
    ],
)
def test_a_ref_that_is_damaged_is_set_or_moved_aside(ref: BadRef, remedy: str) -> None:
    (found,) = repairs(seen(refs=(ref,)))
    assert (found.fix, found.problem, found.subject) == (Fix.REFS, f"{ref.name} {ref.why}", ref.name)
    assert found.subjects == (ref.last,)
    assert found.remedy.startswith(remedy)


def test_what_the_repairs_need_is_handed_on() -> None:
    given = seen(locks=("a", "b"), incoming=("r", "s"), refs=())
    assert [one.subjects for one in repairs(given)] == [("a", "b"), ("r", "s")]
    assert [one.subjects for one in repairs(seen(derived=("x",), stops=("y",)))] == [("x",), ("y",)]


def kinds(**facts: object) -> list[Fix]:
    return [one.fix for one in repairs(seen(**facts))]


REST = {"departed": A, "incoming": ("r",), "index": "i", "refs": (BadRef("refs/x", "is gone"),)}


def test_what_lies_below_is_mended_before_what_rests_on_it() -> None:
    every = kinds(ref="lost", candidate=A, head="elsewhere", locks=("l",), damaged=(BLOB,), **REST)
    assert every == [
        *(Fix.LOCKS, Fix.LOST, Fix.REF, Fix.REFS, Fix.DEPARTED, Fix.INCOMING, Fix.INDEX, Fix.HEAD),
    ]
    for first in ({"packs": {"p": ""}}, {"derived": ("d",)}, {"damaged": (BLOB,), "heals": {A: "x"}}):
        assert kinds(ref="lost", candidate=A, locks=("l",), **first, **REST) == [Fix.LOCKS, *kinds(**first)]
    assert kinds(damaged=(BLOB,), remote="origin", **REST) == [Fix.FETCH]
    assert kinds(config="bad", head="damaged", **REST) == [Fix.CONFIG]
    assert kinds(head="damaged", **REST) == [Fix.HEAD]


def test_what_may_lie_in_a_damaged_pack_is_not_called_lost() -> None:
    assert kinds(packs={"p": ""}, damaged=(BLOB,)) == [Fix.PACKS]
    assert kinds(packs={"p": ""}, damaged=(BLOB,), remote="origin") == [Fix.PACKS]
    assert kinds(packs={"p": ""}, damaged=(BLOB,), heals={A: "x"}) == [Fix.PACKS, Fix.OBJECTS]
    assert kinds(packs={"p": ""}, ref="lost", remote="origin") == [Fix.PACKS]


def test_a_branch_that_stands_asks_no_remote() -> None:
    assert kinds(ref="good", remote="origin") == kinds(ref="none", remote="origin") == []


def test_an_unfinished_operation_ends_before_head_is_set() -> None:
    assert kinds(operations=("merge", "bisect"), head="elsewhere") == [Fix.OPERATION, Fix.OPERATION]
    found = repairs(seen(operations=("merge", "rebase", "cherry-pick", "revert", "bisect")))
    assert [one.problem.removesuffix(" was begun in the backup and not finished") for one in found] == [
        *("a merge", "a rebase", "a cherry-pick", "a revert", "a bisect"),
    ]
