"""The gate, row by row of docs/policy.md, for each trigger and at each boundary."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from autosync_tasks.config.settings import Settings
from autosync_tasks.model import Change, ChangeKind, Decision, Entry, Kind, Priority, Rule, Trigger, Verb
from autosync_tasks.policy.decide import NOTHING, backoff_retry_at, decide
from autosync_tasks.policy.inputs import Ask, Guarded, Past
from tests.policy.make import DAY, HOUR, NINE, SETTINGS, at, change, changes, having

AUTOMATIC = [Trigger.WORKFLOW, Trigger.WATCH, Trigger.SCHEDULE]
HIGH, MEDIUM, LOW, OUTSIDE = "context/a.md", "README.md", "a.log", "misc/x.txt"


def verdict(
    pending: list[Change],
    trigger: Trigger = Trigger.WATCH,
    settings: Settings = SETTINGS,
    past: Past | None = None,
    now: float = NINE,
    ask: Ask | None = None,
    facts: Guarded | None = None,
) -> Decision:
    """Decides, and checks what must hold of every decision."""
    decision = decide(pending, settings, trigger, past or Past(), now, ask or Ask(), facts or Guarded())
    waiting = [one.change for one in decision.waiting]
    assert sorted(map(repr, [*decision.admitted, *waiting])) == sorted(map(repr, pending)), "lost or doubled"
    assert decision.reason
    assert all(one.waits_for for one in decision.waiting)
    assert not decision.admitted or decision.verb is Verb.GO
    return decision


def waits(decision: Decision, path: str) -> str:
    [found] = [one.waits_for for one in decision.waiting if one.change.path == path.encode()]
    return found


def paths(decision: Decision) -> list[str]:
    return [one.path.decode() for one in decision.admitted]


# enabled


@pytest.mark.parametrize("trigger", AUTOMATIC)
def test_disabled_holds_every_automatic_trigger(trigger: Trigger) -> None:
    decision = verdict(changes(HIGH), trigger, having(auto_sync_enabled=False))
    assert (decision.verb, decision.reason, decision.retry_at) == (Verb.SKIP, "auto-sync is disabled", None)
    assert "enabled" in waits(decision, HIGH)


def test_disabled_does_not_hold_a_person() -> None:
    assert verdict(changes(HIGH), Trigger.MANUAL, having(auto_sync_enabled=False)).verb is Verb.GO


@pytest.mark.parametrize("trigger", AUTOMATIC)
def test_force_overrides_disabled(trigger: Trigger) -> None:
    assert verdict(changes(HIGH), trigger, having(auto_sync_enabled=False), ask=Ask(force=True)).verb is Verb.GO


# nothing to do


@pytest.mark.parametrize("trigger", Trigger)
@pytest.mark.parametrize("pending", [[], [LOW], [LOW, "tmp/x"]])
def test_nothing_admissible_is_nothing_to_do(trigger: Trigger, pending: list[str]) -> None:
    decision = verdict(changes(*pending), trigger, past=Past(last_sync_at=NINE - 1))
    assert (decision.verb, decision.reason) == (Verb.SKIP, NOTHING)
    assert len(decision.waiting) == len(pending)


# how many


@pytest.mark.parametrize("trigger", AUTOMATIC)
@pytest.mark.parametrize(("number", "verb"), [(1, Verb.SKIP), (2, Verb.SKIP), (3, Verb.GO), (4, Verb.GO)])
def test_min_changes_for_sync(trigger: Trigger, number: int, verb: Verb) -> None:
    pending = changes(*(f"context/{n}.md" for n in range(number)))
    decision = verdict(pending, trigger, having(min_changes_for_sync=3))
    assert decision.verb is verb
    if verb is Verb.SKIP:
        assert waits(decision, "context/0.md") == "3 pending changes, or 24 hours of waiting"
        assert decision.retry_at == NINE + DAY


def test_min_changes_counts_neither_what_starts_nothing_nor_what_is_low() -> None:
    decision = verdict(changes(HIGH, OUTSIDE, LOW), settings=having(min_changes_for_sync=2))
    assert decision.verb is Verb.SKIP
    assert "`sync_triggers`" in waits(decision, OUTSIDE)
    assert "--include-low" in waits(decision, LOW)


def test_min_changes_does_not_hold_a_person() -> None:
    assert verdict(changes(HIGH), Trigger.MANUAL, having(min_changes_for_sync=9)).verb is Verb.GO


@pytest.mark.parametrize(("age", "verb"), [(DAY - 1, Verb.SKIP), (DAY, Verb.GO), (DAY + 1, Verb.GO)])
def test_no_change_waits_for_others_for_ever(age: float, verb: Verb) -> None:
    past = Past(first_seen={HIGH.encode(): NINE - age})
    assert verdict(changes(HIGH), settings=having(min_changes_for_sync=9), past=past).verb is verb


# priorities


@pytest.mark.parametrize("trigger", AUTOMATIC)
@pytest.mark.parametrize(("number", "verb"), [(1, Verb.SKIP), (3, Verb.SKIP), (4, Verb.GO), (5, Verb.GO)])
def test_medium_goes_when_more_than_three_are_pending(trigger: Trigger, number: int, verb: Verb) -> None:
    decision = verdict(changes(*(f"docs/{n}.md" for n in range(number))), trigger)
    assert decision.verb is verb
    if verb is Verb.SKIP:
        assert decision.retry_at == NINE + DAY


@pytest.mark.parametrize("trigger", AUTOMATIC)
@pytest.mark.parametrize(("age", "verb"), [(0, Verb.SKIP), (DAY - 1, Verb.SKIP), (DAY, Verb.GO), (2 * DAY, Verb.GO)])
def test_medium_goes_when_the_oldest_has_waited_a_day(trigger: Trigger, age: float, verb: Verb) -> None:
    past = Past(first_seen={MEDIUM.encode(): NINE - age})
    decision = verdict(changes(MEDIUM, "docs/new.md"), trigger, past=past)
    assert decision.verb is verb
    assert len(decision.admitted) == (2 if verb is Verb.GO else 0)
    assert decision.retry_at == (None if verb is Verb.GO else NINE - age + DAY)


@pytest.mark.parametrize("trigger", Trigger)
def test_a_sync_that_goes_takes_every_high_and_medium_change(trigger: Trigger) -> None:
    decision = verdict(changes(HIGH, MEDIUM, OUTSIDE, LOW), trigger)
    assert (decision.verb, paths(decision)) == (Verb.GO, [HIGH, MEDIUM, OUTSIDE])


@pytest.mark.parametrize("trigger", AUTOMATIC)
def test_a_change_outside_the_triggers_starts_nothing_at_any_age(trigger: Trigger) -> None:
    past = Past(first_seen={OUTSIDE.encode(): NINE - 30 * DAY})
    decision = verdict(changes(OUTSIDE), trigger, past=past)
    assert (decision.verb, decision.retry_at) == (Verb.SKIP, None)
    assert "`sync_triggers`" in waits(decision, OUTSIDE)


def test_a_person_starts_a_sync_of_what_lies_outside_the_triggers() -> None:
    assert paths(verdict(changes(OUTSIDE), Trigger.MANUAL)) == [OUTSIDE]


@pytest.mark.parametrize("trigger", Trigger)
def test_low_goes_by_hand_alone(trigger: Trigger) -> None:
    decision = verdict(changes(HIGH, LOW), trigger, ask=Ask(include_low=True))
    assert (LOW in paths(decision)) is (trigger is Trigger.MANUAL)


@pytest.mark.parametrize("trigger", Trigger)
def test_an_owned_path_that_became_protected_leaves_with_the_next_sync(trigger: Trigger) -> None:
    leaving = change("auth.json", ChangeKind.DELETED)
    decision = verdict([leaving, *changes(HIGH)], trigger)
    assert paths(decision) == ["auth.json", HIGH]
    assert verdict([change("auth.json", ChangeKind.CREATED)], trigger).verb is Verb.SKIP


# the limit


@pytest.mark.parametrize("trigger", AUTOMATIC)
@pytest.mark.parametrize(
    ("clock", "verb"),
    [("09:00", Verb.DEFER), ("09:04", Verb.DEFER), ("09:05", Verb.GO), ("09:06", Verb.GO)],
)
def test_one_sync_in_five_minutes(trigger: Trigger, clock: str, verb: Verb) -> None:
    decision = verdict(changes(HIGH, MEDIUM), trigger, past=Past(last_sync_at=NINE), now=at(clock))
    assert decision.verb is verb
    assert decision.retry_at == (at("09:05") if verb is Verb.DEFER else None)
    if verb is Verb.DEFER:
        assert decision.reason == waits(decision, MEDIUM) == "the limit of one sync in 5 minutes"


def test_the_limit_does_not_hold_a_person() -> None:
    assert verdict(changes(HIGH), Trigger.MANUAL, past=Past(last_sync_at=NINE)).verb is Verb.GO


@pytest.mark.parametrize("trigger", AUTOMATIC)
def test_force_overrides_limit_backoff_and_thresholds(trigger: Trigger) -> None:
    past = Past(last_sync_at=NINE, failures=2, retry_at=NINE + 60)
    decision = verdict(changes(MEDIUM), trigger, having(min_changes_for_sync=9), past, ask=Ask(force=True))
    assert (decision.verb, decision.reason) == (Verb.GO, "forced")


@pytest.mark.parametrize("trigger", AUTOMATIC)
def test_a_last_sync_in_the_future_is_no_reason_to_wait(trigger: Trigger) -> None:
    assert verdict(changes(HIGH), trigger, past=Past(last_sync_at=NINE + 1)).verb is Verb.GO


def test_what_is_below_the_thresholds_is_skipped_and_not_deferred_by_the_limit() -> None:
    decision = verdict(changes(MEDIUM), past=Past(last_sync_at=NINE), now=at("09:01"))
    assert (decision.verb, decision.retry_at) == (Verb.SKIP, at("09:01") + DAY)


def test_the_earliest_time_honours_the_limit_too() -> None:
    past = Past(last_sync_at=NINE, first_seen={MEDIUM.encode(): NINE - DAY + 60})
    assert verdict(changes(MEDIUM), past=past, now=NINE).retry_at == at("09:05")


# failures


@pytest.mark.parametrize(
    ("failures", "jitter", "minutes"),
    [
        (1, 0.0, 5),
        (2, 0.0, 10),
        (3, 0.0, 20),
        (4, 0.0, 40),
        (7, 0.0, 320),
        (8, 0.0, 360),  # the cap of 6 hours
        (90, 0.0, 360),
        (1, 0.5, 5.25),
        (2, 1.0, 11),
        (90, 1.0, 360),
    ],
)
def test_backoff_doubles_up_to_its_cap_with_a_tenth_of_spread(failures: int, jitter: float, minutes: float) -> None:
    assert backoff_retry_at(failures, SETTINGS, NINE, jitter) == pytest.approx(NINE + minutes * 60)


def test_backoff_takes_its_base_and_cap_from_the_settings() -> None:
    assert backoff_retry_at(2, having(max_sync_frequency=600), 0.0, 0.0) == 1200
    assert backoff_retry_at(9, having(backoff_cap=HOUR), 0.0, 0.0) == HOUR
    assert backoff_retry_at(1, having(max_sync_frequency=0), 0.0, 0.0) == 60


@pytest.mark.parametrize("trigger", Trigger)
@pytest.mark.parametrize(("clock", "held"), [("09:19", True), ("09:20", False), ("09:21", False)])
def test_after_failures_automatic_triggers_wait_until_the_recorded_time(
    trigger: Trigger, clock: str, held: bool
) -> None:
    past = Past(failures=3, retry_at=at("09:20"))
    decision = verdict(changes(HIGH), trigger, past=past, now=at(clock))
    held = held and trigger is not Trigger.MANUAL
    assert decision.verb is (Verb.DEFER if held else Verb.GO)
    if held:
        assert (decision.retry_at, decision.reason) == (at("09:20"), "the wait after 3 failures in a row")


def test_a_success_clears_the_backoff() -> None:
    assert verdict(changes(HIGH), past=Past(failures=0, retry_at=NINE + 60)).verb is Verb.GO


def test_a_backoff_longer_than_the_cap_was_written_by_a_clock_that_ran_ahead() -> None:
    assert verdict(changes(HIGH), past=Past(failures=1, retry_at=NINE + 6 * HOUR)).verb is Verb.DEFER
    assert verdict(changes(HIGH), past=Past(failures=1, retry_at=NINE + 6 * HOUR + 1)).verb is Verb.GO


def test_limit_and_backoff_hold_until_the_later_of_both() -> None:
    past = Past(last_sync_at=NINE, failures=1, retry_at=at("09:03"))
    assert verdict(changes(HIGH), past=past, now=at("09:01")).retry_at == at("09:05")
    assert verdict(changes(HIGH), past=replace(past, retry_at=at("09:09")), now=at("09:01")).retry_at == at("09:09")


def test_a_first_seen_time_in_the_future_is_no_reason_to_wait() -> None:
    assert verdict(changes(MEDIUM), past=Past(first_seen={MEDIUM.encode(): NINE + 1})).verb is Verb.GO


# narrowed


@pytest.mark.parametrize(
    ("ask", "taken"),
    [
        (Ask(context_only=True), ["context/a.md", "README.md", "docs/x.md"]),
        (Ask(tools_only=True), ["bin/x", "plugins/p.ts", "command/c.md"]),
        (
            Ask(context_only=True, tools_only=True),
            ["context/a.md", "README.md", "docs/x.md", "bin/x", "plugins/p.ts", "command/c.md"],
        ),
        (Ask(include=("agent/",)), ["agent/a.md"]),
        (Ask(include=("*.ts", "/bin/")), ["bin/x", "plugins/p.ts"]),
        (Ask(context_only=True, include=("docs/",)), ["docs/x.md"]),
    ],
)
def test_a_narrowed_sync_takes_only_what_was_asked_for(ask: Ask, taken: list[str]) -> None:
    pending = changes(
        "context/a.md", "README.md", "docs/x.md", "bin/x", "plugins/p.ts", "command/c.md", "skills/s/SKILL.md",
        "modes/m.md", "agent/a.md", "opencode.json",
    )  # fmt: skip
    decision = verdict(pending, Trigger.MANUAL, ask=ask)
    assert paths(decision) == taken
    assert "the next sync without --" in decision.waiting[0].waits_for


def test_a_users_rule_can_make_a_tool() -> None:
    rule = Rule("lib/", "tools", Priority.HIGH, "config.toml")
    assert paths(verdict([change("lib/x", rule=rule)], Trigger.MANUAL, ask=Ask(tools_only=True))) == ["lib/x"]


@pytest.mark.parametrize(
    ("folder", "origin", "taken"),
    [
        ("skills", "built in", False),
        ("skills", "profile claude", False),
        ("skills", "config.toml", True),
        ("commands", "profile claude", True),
    ],
)
def test_a_skill_is_a_tool_only_by_a_rule_of_the_users_own(folder: str, origin: str, taken: bool) -> None:
    one = change(f"{folder}/x", rule=Rule(f"/{folder}/", "tools", Priority.HIGH, origin))
    assert bool(paths(verdict([one], Trigger.MANUAL, ask=Ask(tools_only=True)))) is taken


@pytest.mark.parametrize(("kind", "taken"), [(Kind.FOLDER, True), (Kind.FILE, False)])
def test_a_folders_pattern_includes_no_file_of_that_name(kind: Kind, taken: bool) -> None:
    made = replace(change("context", ChangeKind.CREATED), new=Entry(kind, 0o755, 0, ""))
    gone = replace(change("context", ChangeKind.DELETED), old=Entry(kind, 0o755, 0, ""))
    for one in (made, gone):
        assert bool(paths(verdict([one], Trigger.MANUAL, ask=Ask(include=("context/",))))) is taken


def test_thresholds_count_only_what_was_asked_for() -> None:
    documents = [f"docs/{n}.md" for n in range(3)]
    decision = verdict(changes("bin/x", *documents), Trigger.WORKFLOW, ask=Ask(context_only=True))
    assert (decision.verb, decision.admitted) == (Verb.SKIP, ())


@pytest.mark.parametrize("pattern", ["docs/", "context/"])
def test_a_rename_never_goes_in_halves(pattern: str) -> None:
    moved = change("docs/a.md", ChangeKind.RENAMED, old_path="context/a.md")
    assert verdict([moved], Trigger.MANUAL, ask=Ask(include=(pattern,))).admitted == (moved,)


def swap(file: str, below: str, *, into_folder: bool) -> list[Change]:
    """A file that made place for a folder with a file in it, or the other way round."""
    gone, come = ChangeKind.DELETED, ChangeKind.CREATED
    return [change(file, gone if into_folder else come), change(below, come if into_folder else gone)]


@pytest.mark.parametrize("into_folder", [True, False])
@pytest.mark.parametrize("include", ["/notes/part/x.md", "/notes"])
def test_a_file_for_folder_swap_never_goes_in_halves(into_folder: bool, include: str) -> None:
    pending = [*swap("notes", "notes/part/x.md", into_folder=into_folder), *changes("notes2", HIGH)]
    decision = verdict(pending, Trigger.MANUAL, ask=Ask(include=(include,)))
    assert paths(decision) == ["notes", "notes/part/x.md"]


def test_a_low_path_in_the_way_goes_but_none_is_copied() -> None:
    file = change("context/n", ChangeKind.CREATED)
    in_the_way = change("context/n/x.log", ChangeKind.DELETED)
    assert paths(verdict([file, in_the_way])) == ["context/n", "context/n/x.log"]
    gone, copied = change("context/n", ChangeKind.DELETED), change("context/n/x.log", ChangeKind.CREATED)
    assert paths(verdict([gone, copied])) == ["context/n"]


def test_a_chain_of_renames_goes_as_a_whole() -> None:
    chain = [
        change("docs/b.md", ChangeKind.RENAMED, old_path="context/a.md"),
        change("bin/c", ChangeKind.RENAMED, old_path="docs/b.md"),
    ]
    assert verdict(chain, Trigger.MANUAL, ask=Ask(include=("/context/",))).admitted == tuple(chain)


def test_a_folder_that_only_changed_its_mode_binds_nothing_below_it() -> None:
    folder = Entry(Kind.FOLDER, 0o700, 0, "")
    mode = Change(b"docs", ChangeKind.MODE, change("docs/x").rule, folder, folder._replace(mode=0o755))
    decision = verdict([mode, *changes("docs/a.md", "docs/b.md")], Trigger.MANUAL, ask=Ask(include=("/docs/a.md",)))
    assert paths(decision) == ["docs/a.md"]


# guards


def losing(number: int, owned: int, **more: Any) -> tuple[list[Change], Guarded]:
    """So many of the owned files are gone from the source."""
    pending = [change(f"context/{n:03}.md", ChangeKind.DELETED) for n in range(number)]
    facts = Guarded(source_entries=owned - number, owned=owned, gone=tuple(one.path for one in pending))
    return pending, replace(facts, **more)


@pytest.mark.parametrize("trigger", Trigger)
@pytest.mark.parametrize("force", [False, True])
@pytest.mark.parametrize(
    ("number", "owned", "blocked"),
    [(10, 12, False), (11, 22, False), (11, 21, True), (50, 100, False), (51, 100, True), (100, 101, True)],
)
def test_a_mass_deletion_needs_its_digest(
    trigger: Trigger, force: bool, number: int, owned: int, blocked: bool
) -> None:
    pending, facts = losing(number, owned)
    decision = verdict(pending, trigger, facts=facts, ask=Ask(force=force))
    assert decision.verb is (Verb.BLOCK if blocked else Verb.GO)
    if blocked:
        assert decision.reason == f"{number} of the {owned} files in the backup are gone from the source"
        assert len(decision.digest) == 12 and decision.digest in decision.next_step
        assert len(decision.details) == number and decision.details[0] == "gone: context/000.md"
        allowed = verdict(pending, trigger, facts=facts, ask=Ask(allow_mass_delete=decision.digest))
        assert (allowed.verb, len(allowed.admitted)) == (Verb.GO, number)


def test_a_digest_is_good_for_one_set_of_deletions() -> None:
    pending, facts = losing(60, 100)
    digest = verdict(pending, facts=facts).digest
    more, more_facts = losing(61, 100)
    decision = verdict(more, facts=more_facts, ask=Ask(allow_mass_delete=digest))
    assert decision.verb is Verb.BLOCK and decision.digest != digest
    assert f"({digest}) is another set of deletions" in decision.reason


def test_share_and_count_of_a_mass_deletion_can_be_set() -> None:
    pending, facts = losing(11, 100)
    assert verdict(pending, settings=having(mass_delete_share=10), facts=facts).verb is Verb.BLOCK
    pending, facts = losing(5, 6)
    assert verdict(pending, settings=having(mass_delete_count=4), facts=facts).verb is Verb.BLOCK


@pytest.mark.parametrize("trigger", Trigger)
def test_an_empty_source_is_never_taken_for_a_wish(trigger: Trigger) -> None:
    pending, facts = losing(1, 1)
    decision = verdict(pending, trigger, facts=facts, ask=Ask(force=True))
    assert (decision.verb, decision.reason) == (Verb.BLOCK, "the source is empty, but the backup holds 1 file of it")
    assert verdict(pending, trigger, facts=facts, ask=Ask(allow_mass_delete=decision.digest)).verb is Verb.GO


@pytest.mark.parametrize("trigger", Trigger)
@pytest.mark.parametrize(("number", "verb"), [(10, Verb.GO), (11, Verb.BLOCK)])
def test_many_files_emptied_at_once_need_a_digest(trigger: Trigger, number: int, verb: Verb) -> None:
    pending = changes(*(f"context/{n}.md" for n in range(number)))
    facts = Guarded(source_entries=1000, owned=1000, truncated=tuple(one.path for one in pending))
    decision = verdict(pending, trigger, facts=facts)
    assert decision.verb is verb
    if verb is Verb.BLOCK:
        assert decision.reason == "11 files were emptied at once"
        assert "emptied: context/0.md" in decision.details


def test_a_narrowed_sync_is_held_only_for_what_it_would_delete() -> None:
    pending, facts = losing(60, 100)
    pending += changes("docs/a.md")
    assert paths(verdict(pending, Trigger.MANUAL, facts=facts, ask=Ask(include=("docs/",)))) == ["docs/a.md"]


def test_files_emptied_elsewhere_hold_no_narrowed_sync() -> None:
    emptied = tuple(f"context/{number}.md".encode() for number in range(11))
    facts = Guarded(source_entries=1000, owned=1000, truncated=emptied)
    assert verdict(changes("docs/a.md"), Trigger.MANUAL, facts=facts).verb is Verb.GO


def test_a_guard_holds_only_what_would_go_now() -> None:
    pending, facts = losing(60, 100)
    assert verdict(pending, past=Past(last_sync_at=NINE), facts=facts).verb is Verb.DEFER
    assert verdict(pending, settings=having(auto_sync_enabled=False), facts=facts).verb is Verb.SKIP


@pytest.mark.parametrize("trigger", Trigger)
@pytest.mark.parametrize("force", [False, True])
@pytest.mark.parametrize("pending", [[], [HIGH]])
def test_another_sources_branch_is_not_touched_without_a_word(
    trigger: Trigger, force: bool, pending: list[str]
) -> None:
    facts = Guarded(other_source="ab12")
    decision = verdict(changes(*pending), trigger, facts=facts, ask=Ask(force=force))
    assert (decision.verb, decision.retry_at) == (Verb.BLOCK, None)
    assert "ab12" in decision.reason and "--adopt" in decision.next_step
    adopted = verdict(changes(*pending), trigger, facts=facts, ask=Ask(adopt=True))
    assert (adopted.verb, paths(adopted)) == (Verb.GO, pending)


@pytest.mark.parametrize("trigger", Trigger)
def test_foreign_files_in_the_way_are_all_named(trigger: Trigger) -> None:
    found = tuple(b"context/%03d.md" % n for n in range(60))
    facts = Guarded(collisions=found, first=True)
    decision = verdict(changes(HIGH), trigger, facts=facts)
    assert decision.verb is Verb.BLOCK and "already holds 60 other files" in decision.reason
    assert len(decision.details) == 60
    assert verdict(changes(HIGH), trigger, facts=facts, ask=Ask(adopt=True)).verb is Verb.GO


def test_a_disabled_auto_sync_is_skipped_even_before_another_sources_branch() -> None:
    decision = verdict(changes(HIGH), settings=having(auto_sync_enabled=False), facts=Guarded(other_source="ab12"))
    assert decision.verb is Verb.SKIP


def test_adopting_does_not_allow_a_mass_deletion() -> None:
    pending, facts = losing(60, 100, other_source="ab12")
    assert verdict(pending, facts=facts, ask=Ask(adopt=True)).verb is Verb.BLOCK


# words


def test_the_same_state_has_the_same_words_a_minute_later() -> None:
    past = Past(last_sync_at=NINE)
    early, late = (verdict(changes(HIGH), past=past, now=at(clock)) for clock in ("09:01", "09:02"))
    assert (early.reason, early.waiting) == (late.reason, late.waiting)


@pytest.mark.parametrize(
    ("pending", "reason"),
    [
        ([HIGH], "1 change of high priority"),
        ([HIGH, MEDIUM], "1 change of high priority"),
        (["docs/1", "docs/2", "docs/3", "docs/4"], "4 changes of medium priority"),
    ],
)
def test_a_sync_that_goes_says_why(pending: list[str], reason: str) -> None:
    assert verdict(changes(*pending)).reason == reason


def test_what_is_held_says_how_a_person_can_override_it() -> None:
    assert "by hand" in verdict(changes(HIGH), past=Past(last_sync_at=NINE)).next_step
    assert verdict([]).next_step == ""
