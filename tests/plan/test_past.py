"""The history: a restore or a recovery is told in it, and no sync takes it for one of its own."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autosync_tasks.model import Outcome, Trigger
from autosync_tasks.plan.past import failures_in_a_row, moment_of, remember_act
from autosync_tasks.state import shapes
from autosync_tasks.state.shapes import History, record, syncs
from autosync_tasks.sync.record import Recorder
from autosync_tasks.workspace.request import Request
from tests.support.machine import Machine


@pytest.fixture
def kept(machine: Machine) -> Machine:
    machine.make_tree()
    machine.must_sync()
    return machine


def test_a_restore_starts_no_limit(kept: Machine) -> None:
    kept.now += 3600
    kept.path("README.md").unlink()
    assert kept.command("autosync", "restore", "--yes").exit_code == 0
    assert [record.get("task", "sync") for record in kept.site.state.history()] == ["sync", "restore"]
    kept.edit("AGENTS.md")
    assert kept.sync(Trigger.SCHEDULE).outcome == Outcome.CHANGED


def test_it_ends_no_failures(kept: Machine) -> None:
    site = kept.site
    state = site.state
    Recorder(site, Trigger.SCHEDULE, kept.now, check=False).failed("f", "the disk is full")
    remember_act(state, "recover", Request(now=kept.now, run_id="r").run(Outcome.CHANGED, "1 repair done"))
    assert failures_in_a_row(state.history()) == 1
    assert [*state.history()][-1]["task"] == "recover"
    assert [*syncs(state.history())] == [*state.history()][:-1]


@pytest.mark.parametrize("outcome", [Outcome.OK, Outcome.BLOCKED, Outcome.FAILED, Outcome.SKIPPED])
def test_what_changed_nothing_is_not_told(kept: Machine, outcome: Outcome) -> None:
    state = kept.site.state
    before = [*state.history()]
    remember_act(state, "restore", Request(now=kept.now).run(outcome, "no"))
    remember_act(state, "restore", Request(now=kept.now, check=True).run(Outcome.CHANGED, "would"))
    assert [*state.history()] == before


@pytest.mark.parametrize("when", [None, "yesterday", math.nan, math.inf, [1.0]])
def test_a_time_may_be_anything(when: object) -> None:
    assert moment_of({"started": when}, "started") is None


LINES = st.lists(
    st.sampled_from([b'{"trigger":"manual","started":%d,"outcome":"ok"}' % number for number in range(3)])
    | st.sampled_from([b"", b"{}", b"[", b"\xff", b'{"trigger":"manual","started":"late","outcome":"ok"}']),
)


@given(lines=LINES, end=st.sampled_from([b"", b"\n"]))
def test_the_history_backwards_is_the_history(lines: list[bytes], end: bytes) -> None:
    history = History(b"\n".join(lines) + end)
    assert [*history] == [found for found in map(record, lines) if found]
    assert [*reversed(history)] == [*history][::-1]


def test_of_a_long_history_a_sync_reads_the_end_alone(kept: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    """5,000 syncs later one changed file took twice the time: each sync read every record, twice."""
    path = Path(kept.site.state.path("history.jsonl"))
    path.write_bytes(path.read_bytes() * 500)
    read: list[bytes] = []

    def reading(line: bytes) -> dict[str, Any] | None:
        read.append(line)
        return record(line)

    monkeypatch.setattr(shapes, "record", reading)
    kept.now += 3600
    kept.edit("AGENTS.md")
    assert kept.sync(Trigger.SCHEDULE).outcome == Outcome.CHANGED
    assert 0 < len(read) <= 12
