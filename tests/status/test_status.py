"""What `status` tells beside the verdict's own rules: triggers that stay away, acceptances, pushes, validation."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from autosync_tasks.model import Trigger
from autosync_tasks.plan.proposal import GOES
from autosync_tasks.remote import known
from autosync_tasks.remote.known import PushRecord
from autosync_tasks.report import as_json
from autosync_tasks.status.signs import silent
from autosync_tasks.status.status import Status
from autosync_tasks.status.verdict import Level
from autosync_tasks.status.why import why_path
from autosync_tasks.triggers.installed import Installed
from autosync_tasks.workspace.validation_context import acceptances
from tests.features.settings import put
from tests.support.machine import Machine

HOUR = 3600.0
CRON = Installed(Trigger.SCHEDULE, "cron", HOUR, "crontab")
HOURLY = "# BEGIN autosync-tasks\n0 * * * * /opt/bin/autosync sync --trigger=schedule\n# END autosync-tasks\n"


@pytest.fixture
def kept(machine: Machine) -> Machine:
    """A machine whose tree is backed up, at a time after the files were made."""
    machine.make_tree()
    machine.must_sync()
    return machine


def looked(machine: Machine) -> Status:
    told = machine.look_status()
    told.spoken = True
    assert machine.status is not None
    return machine.status


def as_document(machine: Machine, found: Status) -> dict[str, Any]:
    loaded = json.loads(json.dumps(as_json.of_status(found, "source", "backup", machine.now)))
    assert isinstance(loaded, dict)
    return loaded


@pytest.mark.parametrize(
    ("seen", "since", "period", "late"),
    [
        (-1 * HOUR, None, HOUR, False),
        (-2 * HOUR, None, HOUR, False),
        (-2 * HOUR - 1, None, HOUR, True),
        (-90 * 24 * HOUR, -HOUR, HOUR, False),  # installed anew an hour ago
        (None, -HOUR, HOUR, False),
        (None, -3 * HOUR, HOUR, True),
        (None, None, HOUR, False),  # nobody knows since when it is there
        (HOUR, None, HOUR, True),  # a sign from the future is none
        (-90 * 24 * HOUR, None, None, False),  # it comes when something happens
    ],
)
def test_a_trigger_may_stay_away_for_two_of_its_periods(
    seen: float | None, since: float | None, period: float | None, late: bool
) -> None:
    now = 1e9
    times = {} if seen is None else {"schedule": now + seen}
    found = replace(CRON, period=period, since=None if since is None else now + since)
    assert silent([found], times, now) == (("cron (crontab)",) if late else ())


def test_what_is_not_known_to_be_installed_counts_from_the_oldest_record() -> None:
    assert silent([CRON], {}, 1e9, began=1e9 - HOUR) == ()
    assert silent([CRON], {}, 1e9, began=1e9 - 3 * HOUR) == ("cron (crontab)",)
    assert silent([replace(CRON, since=1e9 - HOUR)], {}, 1e9, began=1e9 - 3 * HOUR) == ()


def test_the_sign_of_another_trigger_does_not_count() -> None:
    assert silent([replace(CRON, since=0.0)], {"workflow": 1e9}, 1e9) == ("cron (crontab)",)


def test_a_schedule_that_came_and_stays_away_is_not_protected(kept: Machine) -> None:
    kept.fake_crontab(HOURLY)
    kept.sync(Trigger.SCHEDULE)
    kept.now += 2 * HOUR
    assert looked(kept).verdict.level is Level.PROTECTED
    kept.now += 60
    found = looked(kept)
    assert found.exit_code == 1
    assert found.verdict.why == "cron (crontab) is installed but has not been seen for two of its periods"
    assert "installed  cron, every 1 hour: crontab" in kept.last.text
    assert as_document(kept, found)["triggers_installed"] == [
        {"how": "cron", "trigger": "schedule", "period": HOUR, "rhythm": "every 1 hour", "place": "crontab"}
    ]


def test_a_timer_that_never_came_counts_from_its_installation(kept: Machine) -> None:
    folder = kept.home / ".config/systemd/user"
    (folder / "timers.target.wants").mkdir(parents=True)
    unit = folder / "autosync.timer"
    unit.write_text("# Written by autosync-tasks (install-timer)\n[Timer]\nX-AutosyncPeriod=3600\n")
    (folder / "timers.target.wants/autosync.timer").symlink_to(unit)
    os.utime(unit, (kept.now, kept.now))
    assert looked(kept).verdict.level is Level.PROTECTED
    kept.now += 2 * HOUR + 1
    assert looked(kept).verdict.level is Level.NOT_PROTECTED


def test_a_line_that_never_runs_is_attention(kept: Machine) -> None:
    kept.fake_crontab(HOURLY.replace("0 * *", "# 0 * *"))
    found = looked(kept)
    assert found.verdict.level is Level.ATTENTION
    assert "comment" in found.verdict.why


def test_the_number_of_acceptances(kept: Machine) -> None:
    assert (looked(kept).accepted, "accepted" in kept.last.text) == (0, False)
    acceptances(kept.site).add("0123456789abcdef", "an example", at=kept.now)
    found = looked(kept)
    assert found.accepted == as_document(kept, found)["accepted"] == 1
    assert "accepted   1 finding" in kept.last.text


def test_a_push_that_failed_and_a_conflict(kept: Machine) -> None:
    state = kept.site.state
    failed = PushRecord(failures=1, reason="the remote is away", since=kept.now, about="origin/main")
    known.save(state, PushRecord(), failed)
    found = looked(kept)
    assert found.not_pushed == as_document(kept, found)["not_pushed"] == "the remote is away"
    assert "the remote is away" in kept.last.text
    both = PushRecord(reason="both changed", conflict="both changed", since=kept.now, about="origin/main")
    known.save(state, failed, both)
    assert looked(kept).verdict.level is Level.ATTENTION
    kept.now += 27 * HOUR
    found = looked(kept)
    assert (found.verdict.level, found.verdict.why) == (
        Level.NOT_PROTECTED,
        "in conflict with the remote for 27 hours",
    )


def test_a_secret_that_no_run_has_met_yet(kept: Machine) -> None:
    """Status and why look as far as the next sync would."""
    kept.write("context/token.md", f"sourcegraph_token = {kept.secret}\n")
    kept.now += HOUR
    found = looked(kept)
    reason = "validation: 1 finding must be mended first"
    assert (found.verdict.level, found.verdict.why) == (
        Level.ATTENTION,
        f"the next sync is blocked: {reason} (SEC001 in context/token.md, line 1)",
    )
    named = "SEC001, line 1: The line holds a secret: sourcegraph access token."
    assert [item.waits_for for item in found.pending] == [named]
    assert why_path(kept.site, "context/token.md", kept.now).why.gate == named
    put(kept, quarantine=True)
    kept.edit("AGENTS.md")
    held = {item.change.path: item.waits_for for item in looked(kept).pending}
    assert held[b"AGENTS.md"] == GOES
    assert held[b"context/token.md"].startswith("in quarantine (")


FIELDS = Path(__file__).parents[2] / "docs/json.md"


def rows() -> list[str]:
    """The table of the status document, a line each."""
    text = FIELDS.read_text().partition("## Status")[2].partition("\n## ")[0]
    return [line for line in text.splitlines() if line.startswith("| `")]


def test_every_field_of_the_document_is_described(kept: Machine) -> None:
    cells = [line.split("|")[1] for line in rows()]
    named = {name for cell in cells for name in cell.split("`")[1::2]}
    assert named == set(as_document(kept, looked(kept)))


def test_every_field_of_the_documents_lists_is_described(kept: Machine) -> None:
    kept.path("AGENTS.md").rename(kept.path("context/rules.md"))
    kept.path("context/outside").symlink_to("/etc/hostname")
    os.mkfifo(kept.path("context/odd"))
    kept.fake_crontab(HOURLY)
    kept.now += HOUR
    document = as_document(kept, looked(kept))
    for name in ("pending", "left_out", "links_out", "triggers_installed"):
        row = next(line for line in rows() if line.startswith(f"| `{name}` "))
        described = set(row.split("`")[3::2])
        fields = {key for item in document[name] for key in item}
        fields |= {key for item in document[name] for key in item.get("rule", ())}
        assert document[name], name
        assert fields <= described, (name, fields - described)
    assert any("old_path" in item for item in document["pending"])


def test_a_block_does_not_make_a_change_young_again(kept: Machine) -> None:
    """A deletion has no time of its own on the disk: what first saw it must outlive a blocked run."""
    kept.edit("docs/one.md")
    kept.edit("context/stack.md")
    kept.now += HOUR
    kept.must_sync()
    good = kept.path("context/stack.md").read_bytes()
    kept.path("docs/one.md").unlink()
    kept.write("context/stack.md", f"sourcegraph_token = {kept.secret}\n")
    kept.now += HOUR
    told = kept.sync(Trigger.SCHEDULE)
    assert told.exit_code == 3
    kept.write("context/stack.md", good)
    kept.now += 12 * HOUR
    assert kept.sync(Trigger.SCHEDULE).outcome == "skipped"
    kept.now += 12 * HOUR
    assert kept.sync(Trigger.SCHEDULE).outcome == "changed", "24 hours after it was first seen"


def test_cron_that_never_came_counts_from_its_installation(kept: Machine) -> None:
    kept.fake_crontab()
    assert kept.command("autosync", "install-cron").exit_code == 0
    for hours, level in ((1, Level.PROTECTED), (3, Level.NOT_PROTECTED)):
        kept.now = time.time() + hours * HOUR
        assert looked(kept).verdict.level is level
    shutil.rmtree(kept.state)
    kept.edit("AGENTS.md")
    kept.must_sync()
    assert looked(kept).verdict.level is Level.PROTECTED  # the records begin anew
    kept.now += 3 * HOUR
    assert looked(kept).verdict.level is Level.NOT_PROTECTED


def test_a_record_is_never_of_a_later_time_than_the_run(machine: Machine) -> None:
    """Rounded up by half a millisecond, the last sync would lie in the future, and count as unknown."""
    machine.make_tree()
    machine.now = 1_795_654_907.6069
    machine.must_sync()
    record = [*machine.site.state.history()][-1]
    assert machine.now - 0.001 <= record["started"] <= machine.now


def test_a_file_of_the_work_tree_that_cannot_be_written(kept: Machine) -> None:
    path = kept.backup / "context/stack.md"
    if subprocess.run(["chattr", "+i", path], capture_output=True, check=False).returncode:
        pytest.skip("no file can be made immutable here (root, on ext4, XFS, btrfs or tmpfs)")
    try:
        kept.edit("context/stack.md")
        kept.must_sync()
        found = looked(kept)
        assert found.verdict.level is Level.ATTENTION
        assert "work tree could not be brought along" in found.verdict.why
    finally:
        subprocess.run(["chattr", "-i", path], check=True)
    kept.sync().spoken = True
    assert looked(kept).verdict.level is not Level.ATTENTION or "work tree" not in looked(kept).verdict.why
