"""The verdict and what a person is told, without a machine: each sign alone, and which of two comes first."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest

from autosync_tasks.model import Outcome
from autosync_tasks.records import replace
from autosync_tasks.status.notices import MANY_FAILURES, Now, Told, notices
from autosync_tasks.status.verdict import Level, Signs, Verdict, verdict

HOUR = 3600.0
GOOD = Signs(backed_up=True, enabled=True)
MENDS, TAKES = "`inv recover --check` says what mends it", "`inv sync` takes what is pending"


def judged(**signs: Any) -> Verdict:
    return verdict(replace(GOOD, **signs), 26 * HOUR)


EXPOSED = [
    ({"wrong_source": ("it is empty", "name it")}, "it is empty", "name it"),
    ({"backed_up": False}, "there is no backup yet", "`inv sync` makes the first one"),
    (
        {"damage": "a pack is gone", "newest_whole": False},
        "the backup was damaged when it was last read: a pack is gone",
        MENDS,
    ),
    ({"block": ("a secret", "mend it"), "blocked_for": 27 * HOUR}, "blocked for 27 hours: a secret", "mend it"),
    ({"block": ("a secret", "mend it"), "oldest": 28 * HOUR}, "blocked for 28 hours: a secret", "mend it"),
    (
        {"pending": 1, "oldest": 27 * HOUR},
        "a change has waited for 27 hours",
        f"{TAKES}, `inv doctor` says why nothing did",
    ),
    (
        {"pending": 1, "oldest": 27 * HOUR, "enabled": False},
        "a change has waited for 27 hours",
        f"`inv enable` turns it on; {TAKES}",
    ),
    (
        {"pending": 1, "oldest": 27 * HOUR, "comes": False},
        "a change has waited for 27 hours",
        f"{TAKES}; `inv install-cron`, or another trigger, sees to it from then on",
    ),
    ({"pending": 1, "oldest": 27 * HOUR, "quarantined": 1, "mend": "mend x"}, "a change has waited", "mend x"),
    ({"conflict": 27 * HOUR}, "in conflict with the remote for 27 hours", "`inv recover` shows the ways out"),
    (
        {"silent": ("cron (x)", "y")},
        "cron (x) is installed but has not been seen for two of its periods",
        "`inv doctor` says what keeps it away",
    ),
    ({"unloaded": "the plugin is not loaded"}, "the plugin is not loaded", "`inv doctor` says more"),
]
UNTIDY = [
    (
        {"damage": "a pack is gone"},
        "the newest backup is whole, but something older is damaged: a pack is gone",
        MENDS,
    ),
    ({"block": ("a secret", "mend it"), "blocked_for": 26 * HOUR}, "the next sync is blocked: a secret", "mend it"),
    ({"conflict": 26 * HOUR}, "in conflict with the remote; local commits go on", "`inv recover` shows the ways out"),
    ({"not_pushed": "away"}, "the last push did not succeed: away", "`inv sync --push` tries again now"),
    ({"failures": 1}, "the last sync failed", "`inv sync` tries again now and says what is wrong"),
    ({"failures": 2}, "the last 2 syncs failed", "`inv sync` tries again now and says what is wrong"),
    ({"quarantined": 2, "mend": "mend x"}, "2 changes in quarantine; the rest goes", "mend x"),
    ({"faults": 1, "take": "chmod"}, "one path is left out", "chmod"),
    ({"faults": 2, "take": "chmod"}, "2 paths are left out", "chmod"),
    (
        {"pending": 1, "enabled": False, "comes": False},
        "1 change pending, and auto-sync is disabled",
        f"`inv enable` turns it on; {TAKES}",
    ),
    ({"pending": 3, "comes": False}, "3 changes pending, and no trigger is installed", TAKES),
    ({"links_out": 1}, "1 link out of the tree: its contents lie outside the backup", "`inv set-config FOLLOW_LINKS"),
    ({"links_out": 2}, "2 links out of the tree: their contents lie outside the backup", "`inv set-config FOLLOW"),
    ({"notes": ("one", "two")}, "one", ""),
    ({"enabled": False}, "auto-sync is disabled", "`inv enable` turns it on"),
]


@pytest.mark.parametrize(("signs", "why", "step"), EXPOSED)
def test_what_leaves_the_source_unprotected(signs: dict[str, object], why: str, step: str) -> None:
    found = judged(**signs)
    assert found.level is Level.NOT_PROTECTED
    assert found.why.startswith(why)
    assert found.next_step.startswith(step)


@pytest.mark.parametrize(("signs", "why", "step"), UNTIDY)
def test_what_is_out_of_order_though_the_rest_is_safe(signs: dict[str, object], why: str, step: str) -> None:
    found = judged(**signs)
    assert (found.level, found.why) == (Level.ATTENTION, why)
    assert found.next_step.startswith(step) if step else not found.next_step


@pytest.mark.parametrize("table", [EXPOSED, UNTIDY])
def test_of_two_signs_the_graver_is_told(table: list[tuple[dict[str, object], str, str]]) -> None:
    alone = ("pending", "oldest", "enabled", "comes")  # they mean something else together
    told = [row for row in table if not set(row[0]) & set(alone)]
    for (first, why, _), (second, _, _) in pairwise(told):
        assert judged(**{**second, **first}).why.startswith(why)


def test_what_waits_within_its_time_is_protected() -> None:
    assert judged() == Verdict(Level.PROTECTED, "everything that belongs in the backup is in it")
    waiting = judged(pending=2, oldest=26 * HOUR)
    assert waiting == Verdict(Level.PROTECTED, "2 pending, none for longer than it may wait")
    assert judged(oldest=30 * HOUR).level is Level.PROTECTED  # of nothing that is pending


# ---- what a person is told

FINE = Now(Level.PROTECTED, "all is well", Outcome.CHANGED, "2 changes backed up", 0)
BLOCKED = replace(FINE, level=Level.ATTENTION, why="blocked", outcome=Outcome.BLOCKED, reason="a secret")
FAILED = replace(FINE, level=Level.ATTENTION, why="it failed", outcome=Outcome.FAILED, reason="no space", failures=3)


@pytest.mark.parametrize(
    ("told", "now", "messages", "then"),
    [
        (Told(), FINE, (), Told()),
        (Told(), BLOCKED, ("blocked: a secret",), Told("attention", "a secret")),
        (Told("attention", "a secret"), BLOCKED, (), Told("attention", "a secret")),
        (Told("attention", "another"), BLOCKED, ("blocked: a secret",), Told("attention", "a secret")),
        (Told("attention", "a secret"), FINE, ("protected: all is well",), Told()),
        (Told(), FAILED, ("3 syncs in a row failed: no space",), Told("attention", "", True)),
        (Told("attention", "", True), FAILED, (), Told("attention", "", True)),
        (Told("attention"), replace(FAILED, failures=MANY_FAILURES - 1), (), Told("attention")),
        (Told("attention", "", True), FINE, ("protected: all is well",), Told()),
        (Told("protected"), replace(FAILED, failures=1), ("attention: it failed",), Told("attention")),
    ],
)
def test_a_person_is_told_once_of_each_change(told: Told, now: Now, messages: tuple[str, ...], then: Told) -> None:
    assert notices(told, now) == (messages, then)


@pytest.mark.parametrize(
    ("record", "told"),
    [
        ({}, Told()),
        ({"level": "attention", "block": "x", "failures": True}, Told("attention", "x", True)),
        ({"failures": "yes"}, Told()),
    ],
)
def test_what_was_told_is_read_from_the_state(record: dict[str, object], told: Told) -> None:
    assert Told.of(record) == told
