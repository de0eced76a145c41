"""What `why` says of one path."""

from __future__ import annotations

import pytest

from autosync_tasks.config.settings import Settings
from autosync_tasks.model import Change, ChangeKind, Kind, Priority, Rule, Trigger
from autosync_tasks.plan.proposal import GOES, Outlook, Proposal
from autosync_tasks.policy.classify import Classifier
from autosync_tasks.policy.decide import decide
from autosync_tasks.policy.inputs import Ask, Past
from autosync_tasks.status.explain import Why, explain
from tests.policy.make import DAY, NINE, SETTINGS, at, change, changes, having


def why(path: str, *pending: str, settings: Settings = SETTINGS, past: Past | None = None, now: float = NINE) -> Why:
    seen = outlook(changes(*pending), settings, past or Past(), now)
    return explain(path.encode(), Kind.FILE, Classifier(settings), seen, now)


def outlook(changed: list[Change], settings: Settings, past: Past, now: float) -> Outlook:
    asked = (Ask(), Ask(force=True))
    decisions = [decide(changed, settings, Trigger.SCHEDULE, past, now, ask) for ask in asked]
    return Outlook(*(Proposal(decision, decision.reason) for decision in decisions))


def test_it_names_the_rule_and_where_it_was_set() -> None:
    mine = Rule("notes/", "notes", Priority.HIGH, "config.toml, rule 1")
    found = why("notes/a.md", settings=having(rules=(mine,)))
    assert (found.rule, found.rule.category, found.priority, found.rule.origin) == (
        mine,
        "notes",
        "high",
        "config.toml, rule 1",
    )
    assert why("a.log").rule.origin == "sync_exclusions"
    assert why("context/a.md").rule.origin == "built in"


def test_a_path_that_is_not_pending_waits_for_nothing() -> None:
    found = why("context/a.md", "context/b.md")
    assert (found.pending, found.gate, found.next_at, found.starts) == (False, "", None, True)


def test_what_the_next_sync_takes_goes_now() -> None:
    found = why("misc/x", "misc/x", "context/a.md")
    assert (found.pending, found.gate, found.next_at, found.starts) == (True, GOES, NINE, False)


def test_a_change_within_the_limit_knows_when_it_goes() -> None:
    found = why("context/a.md", "context/a.md", past=Past(last_sync_at=NINE), now=at("09:04"))
    assert (found.gate, found.next_at) == ("the limit of one sync in 5 minutes", at("09:05"))


def test_a_medium_change_knows_when_it_is_old_enough() -> None:
    found = why("README.md", "README.md")
    assert "more than 3 pending changes" in found.gate and found.next_at == NINE + DAY


@pytest.mark.parametrize(
    ("path", "gate"),
    [("a.log", "--include-low"), ("auth.json", "never goes into the backup"), ("misc/x", "the next sync")],
)
def test_what_never_goes_by_itself_has_no_time(path: str, gate: str) -> None:
    found = why(path, path, "docs/a.md" if path != "misc/x" else path)
    assert gate in found.gate and found.next_at is None


def test_the_old_name_of_a_rename_is_pending_too() -> None:
    moved = change("context/b.md", ChangeKind.RENAMED, old_path="context/a.md")
    found = explain(
        b"context/a.md",
        Kind.FILE,
        Classifier(SETTINGS),
        outlook([moved], SETTINGS, Past(), NINE),
        NINE,
    )
    assert found.change is moved and found.next_at == NINE
