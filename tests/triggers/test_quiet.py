"""When the watcher syncs: pure, over any sequence of events."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autosync_tasks.config.load import load
from autosync_tasks.errors import AutosyncError
from autosync_tasks.triggers.pace import PaceOfSettings
from autosync_tasks.triggers.quiet import SCAN_EVERY, Pace, Quiet
from autosync_tasks.triggers.watch import retry_after

FAR = 1e9


def test_it_waits_for_quiet() -> None:
    state = Quiet(2, 30, FAR).heard(10).heard(11.5)
    assert not state.due(13.4)
    assert state.due(13.5)


def test_but_not_longer_than_the_longest() -> None:
    state = Quiet(2, 30, FAR)
    for second in range(100, 131):
        state = state.heard(second)
    assert not state.due(129.9)
    assert state.due(130)


def test_the_tree_is_looked_at_a_moment_before_where_it_has_been_quiet() -> None:
    state = Quiet(2, 30, FAR).heard(10)
    assert (state.look_at(0.2), state.due_at()) == (11.8, 12)
    short = Quiet(0.5, 30, FAR).heard(10)
    assert short.look_at(0.2) == short.due_at() == 10.5, "a burst would be looked at again and again"
    for second in range(100, 131):
        state = state.heard(second)
    assert state.look_at(0.2) == state.due_at(), "it never was quiet"
    assert Quiet(2, 30, 50.0).look_at(0.2) == 50, "nothing was heard"


def test_what_comes_during_a_sync_leads_to_another() -> None:
    state = Quiet(2, 30, FAR).heard(10).began(12).heard(12.3).ended(13, None)
    assert state.due_at() == 14.3


def test_a_deferred_sync_is_asked_again() -> None:
    state = Quiet(2, 30, FAR).heard(10).began(12).ended(13, 250)
    assert state.due_at() == 263
    assert state.heard(20).due_at() == 22  # what comes meanwhile may be let through, so it is asked too
    assert state.heard(20).began(22).ended(22.5, 240).due_at() == 262.5


def test_a_scan_without_a_reason_every_hour() -> None:
    state = Quiet(2, 30, 0.0)
    assert state.due(0)
    assert state.began(0).ended(1, None).due_at() == SCAN_EVERY


def test_nothing_is_left_to_do_when_nothing_was_heard() -> None:
    state = Quiet(2, 30, FAR).heard(1).began(3).ended(4, None)
    assert not state.due(SCAN_EVERY)


EVENTS = st.lists(st.floats(0.01, 40), min_size=1, max_size=60)


@given(EVENTS, st.floats(0, 20), st.lists(st.sampled_from([None, None, 1.0, 90.0]), min_size=1, max_size=9))
def test_the_last_change_of_any_burst_is_never_lost(
    gaps: list[float], takes: float, answers: list[float | None]
) -> None:
    """A sync begins after the last event, within quiet + what a running sync takes; deferred ones are asked again."""
    state, now, running_until, began, asked = Quiet(2, 30, FAR), 0.0, None, [], 0
    events = []
    for gap in gaps:
        now += gap
        events.append(now)
    last = now
    clock, pending = 0.0, list(events)
    unanswered = False
    while clock < last + 40 + 6 * (90 + takes):  # long enough for each of the six answers that ask to wait
        while pending and pending[0] <= clock:
            state = state.heard(pending.pop(0))
        if running_until is not None and clock >= running_until:
            retry = answers[asked % len(answers)] if asked < 6 else None
            asked += 1
            unanswered = retry is not None
            state, running_until = state.ended(clock, retry), None
        if running_until is None and state.due(clock):
            state, running_until = state.began(clock), clock + takes
            began.append(clock)
        clock += 0.25
    assert began[-1] >= last
    first_after = next(at for at in began if at >= last)
    assert first_after <= last + 2 + takes + 0.5
    assert not unanswered
    first_event_waits = [at - events[0] for at in began if at >= events[0]]
    assert first_event_waits[0] <= 30.5 + takes


@pytest.mark.parametrize(
    ("code", "answer", "wait"),
    [
        (0, {"outcome": "ok"}, None),
        (0, {"outcome": "changed"}, None),
        (0, {"outcome": "deferred", "retry_at": 1100.0}, 100.2),
        (0, {"outcome": "deferred", "retry_at": 900.0}, 0.2),
        (0, {"outcome": "deferred"}, 300.0),
        (0, {}, None),
        (75, {}, 5.0),
        (1, {"outcome": "failed"}, 300.0),
        (1, {"outcome": "failed", "retry_at": 1000.0 + 86400}, 3600.0),
        (3, {"outcome": "blocked"}, None),
        (4, {}, None),
        (-9, {}, 300.0),
    ],
)
def test_when_a_sync_is_asked_again(code: int, answer: dict[str, object], wait: float | None) -> None:
    found = retry_after(code, answer, 1000.0, 300.0)
    assert found == pytest.approx(wait) if wait is not None else found is None


def test_what_does_not_go_well_is_asked_for_ever_more_seldom() -> None:
    """Without a limit a file that is too large led to a sync every second, for ever."""
    waits: list[float | None] = [None]
    for _ in range(9):
        waits.append(retry_after(1, {"outcome": "incomplete"}, 1000.0, 0.0, waits[-1]))
    assert waits[1:] == [60, 120, 240, 480, 960, 1920, 3600, 3600, 3600]


def test_the_pace_follows_the_config_file(tmp_path: Path) -> None:
    file, tree = tmp_path / "config.toml", tmp_path / "tree"
    environ = {"HOME": str(tmp_path), "AUTOSYNC_CONFIG": str(file)}
    pace = PaceOfSettings(load(environ), str(tree), environ)
    assert pace() == Pace()
    file.write_text("watch_quiet = 7\nmax_sync_frequency = 60\n")
    assert (pace().quiet, pace().usual_retry) == (7.0, 60.0)
    file.write_text("watch_quiet = \n")
    assert pace().quiet == 7.0, "half written: as it was"
    file.write_text(f"opencode_source = '{tree}'\nwatch_quiet = 8\n")
    assert pace().quiet == 8.0
    file.write_text("opencode_source = '/elsewhere'\n")
    with pytest.raises(AutosyncError, match="another tree is watched"):
        pace()
    assert Quiet(2, 30, 100, first=1.0, last=1.0).at_pace(Pace(quiet=9, longest=10)).due_at() == 10.0
