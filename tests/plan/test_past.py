"""The history: a restore or a recovery is told in it, and no sync takes it for one of its own."""

from __future__ import annotations

import math

import pytest

from autosync_tasks.model import Outcome, Trigger
from autosync_tasks.plan.past import failures_in_a_row, moment_of, remember_act, syncs
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
    assert [record["task"] for record in state.history() if record not in syncs(state.history())] == ["recover"]


@pytest.mark.parametrize("outcome", [Outcome.OK, Outcome.BLOCKED, Outcome.FAILED, Outcome.SKIPPED])
def test_what_changed_nothing_is_not_told(kept: Machine, outcome: Outcome) -> None:
    state = kept.site.state
    before = state.history()
    remember_act(state, "restore", Request(now=kept.now).run(outcome, "no"))
    remember_act(state, "restore", Request(now=kept.now, check=True).run(Outcome.CHANGED, "would"))
    assert state.history() == before


@pytest.mark.parametrize("when", [None, "yesterday", math.nan, math.inf, [1.0]])
def test_a_time_may_be_anything(when: object) -> None:
    assert moment_of({"started": when}, "started") is None
