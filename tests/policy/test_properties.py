"""What holds of every decision, whatever is pending, was asked for or happened before."""

from __future__ import annotations

import random
from dataclasses import replace

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from autosync_tasks.config.settings import Settings
from autosync_tasks.model import Change, ChangeKind, Kind, Priority, Trigger, Verb
from autosync_tasks.plan.proposal import GOES, Outlook, Proposal
from autosync_tasks.policy.decide import backoff_retry_at, decide
from autosync_tasks.policy.guards import losses
from autosync_tasks.policy.inputs import Ask, Guarded, Past
from autosync_tasks.status.explain import explain
from tests.policy.make import DAY, NINE, SETTINGS, change, classifier_of, having

NAMES = """
context/a.md context/b.md context/n context/n/x.log context/n/y.md agent/a.md bin/run opencode.json README.md docs/1.md
docs/2.md docs/3.md docs/4.md docs/5.md templates/t a.log tmp/x cache/y misc/one misc/two auth.json
"""
POOL = NAMES.split()
KINDS = [ChangeKind.CREATED, ChangeKind.MODIFIED, ChangeKind.DELETED]

pending = st.dictionaries(st.sampled_from(POOL), st.sampled_from(KINDS), max_size=12).map(
    lambda found: [change(path, kind) for path, kind in sorted(found.items())]
)
flags = st.booleans()
asks = st.builds(
    Ask,
    force=flags,
    include_low=flags,
    context_only=flags,
    tools_only=flags,
    include=st.sampled_from([(), ("context/",), ("*.md",), ("/misc/", "docs/1.md")]),
    adopt=flags,
    allow_mass_delete=st.sampled_from(["", "0" * 12]),
)
AUTOMATIC = st.sampled_from([Trigger.WORKFLOW, Trigger.WATCH, Trigger.SCHEDULE])
triggers = st.sampled_from(Trigger)
ages = st.floats(-2 * DAY, 3 * DAY)
times = st.none() | ages.map(lambda age: NINE - age)
pasts = st.builds(
    Past,
    last_sync_at=times,
    failures=st.integers(0, 12),
    retry_at=times,
    first_seen=st.dictionaries(st.sampled_from([p.encode() for p in POOL]), ages.map(lambda age: NINE - age)),
)
limits = st.builds(
    having,
    auto_sync_enabled=flags,
    min_changes_for_sync=st.integers(1, 6),
    max_sync_frequency=st.sampled_from([0, 60, 300, 7200]),
    medium_threshold=st.integers(0, 5),
)


def facts_of(changes: list[Change], extra: int, other: str, collisions: bool) -> Guarded:
    lost = losses(changes, {})
    owned = sum(one.old is not None for one in changes) + extra
    return Guarded(extra, owned, *lost, other, (b"x",) if collisions else (), first=collisions)


facts = st.tuples(st.integers(0, 30), st.sampled_from(["", "", "", "ab"]), st.sampled_from([False, False, True]))


@given(pending, limits, triggers, pasts, asks, facts)
def test_every_change_is_admitted_or_waiting_and_the_same_input_gives_the_same_answer(
    changes: list[Change], limits: Settings, trigger: Trigger, past: Past, ask: Ask, seen: tuple[int, str, bool]
) -> None:
    known = facts_of(changes, *seen)
    decision = decide(changes, limits, trigger, past, NINE, ask, known)
    placed = [*decision.admitted, *(one.change for one in decision.waiting)]
    assert len(placed) == len(changes) and set(placed) == set(changes)
    assert decision.reason and all(one.waits_for for one in decision.waiting)
    assert decision == decide(changes, limits, trigger, past, NINE, ask, known)
    assert (decision.retry_at is None) or (decision.retry_at > NINE and decision.verb in (Verb.SKIP, Verb.DEFER))
    assert (decision.verb is Verb.DEFER) <= (decision.retry_at is not None)
    assert (decision.verb is Verb.GO) or not decision.admitted
    for one in decision.admitted:
        assert one.priority is not Priority.NEVER or one.kind is ChangeKind.DELETED
        low = one.priority is Priority.LOW and one.kind is not ChangeKind.DELETED
        assert not low or (ask.include_low and trigger is Trigger.MANUAL)


@given(pending, limits, triggers, pasts, asks, facts, st.randoms(use_true_random=False))
def test_the_order_of_the_changes_does_not_matter(
    changes: list[Change],
    limits: Settings,
    trigger: Trigger,
    past: Past,
    ask: Ask,
    seen: tuple[int, str, bool],
    chance: random.Random,
) -> None:
    known = facts_of(changes, *seen)
    mixed = list(changes)
    chance.shuffle(mixed)
    one, other = (decide(order, limits, trigger, past, NINE, ask, known) for order in (changes, mixed))
    assert replace(one, admitted=(), waiting=()) == replace(other, admitted=(), waiting=())
    assert set(one.admitted) == set(other.admitted) and set(one.waiting) == set(other.waiting)


@given(pending, limits, AUTOMATIC, pasts, st.floats(0, 10 * DAY))
def test_what_goes_now_goes_later_too(
    changes: list[Change], limits: Settings, trigger: Trigger, past: Past, later: float
) -> None:
    """Except that a time recorded ahead of the clock is unknown until the clock has passed it."""
    assume(past.last_sync_at is None or past.last_sync_at <= NINE)
    assume(not past.failures or past.retry_at is None or past.retry_at <= NINE)
    assume(all(seen <= NINE for seen in past.first_seen.values()))
    if decide(changes, limits, trigger, past, NINE).verb is Verb.GO:
        assert decide(changes, limits, trigger, past, NINE + later).verb is Verb.GO


@given(pending, limits, AUTOMATIC, pasts)
def test_at_retry_at_it_goes(changes: list[Change], limits: Settings, trigger: Trigger, past: Past) -> None:
    seen = {one.path: min(past.first_seen.get(one.path, NINE), NINE) for one in changes}  # as the pipeline keeps it
    past = replace(past, first_seen=seen)
    decision = decide(changes, limits, trigger, past, NINE)
    if decision.retry_at is not None:
        assume(past.last_sync_at is None or past.last_sync_at <= NINE)  # else the clock passes it on the way
        assume(past.retry_at is None or past.retry_at <= NINE + limits.backoff_cap)
        # A hair later: a sum of floats may fall short of the limit by its last bit.
        assert decide(changes, limits, trigger, past, decision.retry_at + 1e-3).verb is Verb.GO


@given(pending, limits, AUTOMATIC, pasts)
def test_what_starts_a_sync_waits_a_day_at_most_in_a_healthy_world(
    changes: list[Change], limits: Settings, trigger: Trigger, past: Past
) -> None:
    healthy = Past(first_seen={one.path: NINE - limits.medium_max_age for one in changes})
    decision = decide(changes, replace(limits, auto_sync_enabled=True), trigger, healthy, NINE)
    for one in decision.waiting:
        never = one.change.priority in (Priority.LOW, Priority.NEVER)
        rides = not any(c.starts and c.priority in (Priority.HIGH, Priority.MEDIUM) for c in changes)
        assert never or rides


@given(pending, limits, AUTOMATIC, st.floats(0, 10_000))
def test_two_automatic_syncs_are_never_closer_than_the_limit(
    changes: list[Change], limits: Settings, trigger: Trigger, later: float
) -> None:
    decision = decide(changes, limits, trigger, Past(last_sync_at=NINE), NINE + later)
    assert decision.verb is not Verb.GO or later >= limits.max_sync_frequency * (1 - 1e-9)


@given(pending, limits, pasts, asks)
def test_a_person_is_held_by_guards_alone(changes: list[Change], limits: Settings, past: Past, ask: Ask) -> None:
    verb = decide(changes, limits, Trigger.MANUAL, past, NINE, ask, Guarded(source_entries=99)).verb
    anything = decide(changes, SETTINGS, Trigger.MANUAL, Past(), NINE, ask, Guarded(source_entries=99)).admitted
    assert verb is (Verb.GO if anything else Verb.SKIP)


@given(pending, limits, triggers, pasts, asks, facts)
def test_force_never_overrides_a_guard(
    changes: list[Change], limits: Settings, trigger: Trigger, past: Past, ask: Ask, seen: tuple[int, str, bool]
) -> None:
    known = facts_of(changes, *seen)
    by_hand = decide(changes, limits, Trigger.MANUAL, past, NINE, replace(ask, force=False, include_low=False), known)
    forced = decide(changes, limits, trigger, past, NINE, replace(ask, force=True, include_low=False), known)
    assert (forced.verb, forced.digest) == (by_hand.verb, by_hand.digest)


@settings(max_examples=30)
@given(st.integers(1, 60), st.floats(0, 1), st.sampled_from([0, 60, 300, 90_000]))
def test_backoff_never_shrinks_and_never_exceeds_its_cap(failures: int, jitter: float, frequency: int) -> None:
    limits = having(max_sync_frequency=frequency)
    this, following = (backoff_retry_at(n, limits, 0.0, jitter) for n in (failures, failures + 1))
    assert 0 < this <= following <= limits.backoff_cap
    # What was recorded is honoured in full by the gate.
    past = Past(failures=failures, retry_at=NINE + this)
    assert decide([change("context/a.md")], limits, Trigger.WATCH, past, NINE).verb is Verb.DEFER


@given(pending, limits, AUTOMATIC, pasts, facts, st.sampled_from(POOL))
def test_why_never_disagrees_with_the_sync(
    changes: list[Change], limits: Settings, trigger: Trigger, past: Past, seen: tuple[int, str, bool], path: str
) -> None:
    known = facts_of(changes, *seen)
    decision = decide(changes, limits, trigger, past, NINE, facts=known)
    later = decide(changes, limits, trigger, past, NINE, Ask(force=True), known)
    outlook = Outlook(Proposal(decision, decision.reason), Proposal(later, later.reason))
    why = explain(path.encode(), Kind.FILE, classifier_of(limits), outlook, NINE)
    assert why.pending is any(one.path == path.encode() for one in changes)
    if why.change in decision.admitted:
        assert why.gate == GOES
        assert why.next_at == NINE or why.change not in later.admitted
    elif why.change is not None:
        assert any(one.change == why.change and why.gate.startswith(one.waits_for) for one in decision.waiting)
        assert why.next_at in (None, decision.retry_at)
    else:
        assert (why.gate, why.next_at) == ("", None)
