"""The plugin in the stand-in for OpenCode 2: one background server, several projects, events lost and doubled."""

from __future__ import annotations

import json
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest

from tests.opencode.standin import HERE, Scene

pytestmark = pytest.mark.sample(10, of_file=True)

ONE, TWO = "/p/one", "/p/two"
OPEN, TURN = ["open", ONE], ["turn", "ses_0", "succeeded", ONE]


@pytest.fixture
def scene(workshop: Path) -> Scene:
    made = Scene(workshop)
    made.install()
    return made


def clean(report: dict[str, Any]) -> None:
    assert report["problems"] == [], report
    assert all(one["state"] in ("unloaded", "orphan") for one in report["instances"]), report


@pytest.mark.parametrize(
    ("steps", "syncs"),
    [
        pytest.param([OPEN, TURN], 1, id="a turn"),
        pytest.param([OPEN, ["turn", "s", "failed", ONE]], 1, id="a turn that failed"),
        pytest.param([OPEN, ["turn", "s", "interrupted", ONE]], 1, id="a turn that the person broke off"),
        pytest.param(
            [OPEN, ["emit", "session.execution.interrupted", {"sessionID": "s", "reason": "shutdown"}]],
            0,
            id="a shutdown is no end",
        ),
        pytest.param([OPEN, ["open", TWO], TURN], 1, id="two projects, one turn"),
        pytest.param(
            [OPEN, ["open", TWO], TURN, ["syncs", 1], ["turn", "t", "succeeded", TWO]],
            2,
            id="two projects, a turn in each",
        ),
        pytest.param(
            [OPEN, ["reload", 0, True], ["reload", 1, True], TURN], 1, id="old instances that a reload forgot"
        ),
        pytest.param([OPEN, ["reload", 0, False], TURN], 1, id="a reload"),
        pytest.param([OPEN, ["break"], ["syncs", 1], TURN], 2, id="the stream broke: one in case, one for the turn"),
        pytest.param([OPEN], 0, id="nothing"),
    ],
)
def test_each_finished_turn_has_one_sync(scene: Scene, steps: list[Any], syncs: int) -> None:
    clean(scene.play(*steps, ["syncs", syncs]))
    assert (scene.syncs("begin"), scene.syncs()) == (syncs, syncs)


def test_every_event_twice_and_those_of_version_1_beside_them_make_no_second_sync(scene: Scene) -> None:
    clean(scene.play(OPEN, ["open", TWO], TURN, ["syncs", 1], legacyIdle=True, duplicate=1))
    assert scene.syncs("begin") == 1


def test_a_turn_that_ends_while_a_sync_runs_gets_one_of_its_own(scene: Scene) -> None:
    scene.install(scene.stub(seconds=0.5))
    clean(scene.play(OPEN, TURN, ["began", 1], *[TURN] * 5, ["syncs", 2], ["wait", 700]))
    assert scene.syncs("begin") == 2


def test_a_lost_event_is_made_up_for_by_the_next_look(scene: Scene) -> None:
    scene.look = 0.5
    scene.install()
    clean(scene.play(OPEN, ["turn", "s", "succeeded", ONE], ["syncs", 1], drop=1))
    assert 1 <= scene.syncs() <= 3  # one a look, no more


@pytest.mark.parametrize("project", [OPEN, ["open", TWO]], ids=["one", "other"])
def test_the_server_is_stopped_in_the_middle_of_a_turn(scene: Scene, project: list[str]) -> None:
    scene.install(scene.stub(seconds=1))
    report = scene.play(OPEN, project, ["emit", "session.execution.started", {"sessionID": "s"}], ["wait", 50])
    wait_for(scene, 1)
    assert scene.syncs("begin") == 1
    assert all(one.get("cleanupMs", 0) < 500 for one in report["instances"]), report


def wait_for(scene: Scene, syncs: int) -> None:
    ends = time.monotonic() + 20
    while scene.syncs() < syncs:
        assert time.monotonic() < ends
        time.sleep(0.05)


def test_a_sync_outlives_the_server_and_cleanup_does_not_wait_for_it(scene: Scene) -> None:
    scene.install(scene.stub(seconds=1.5))
    report = scene.play(OPEN, TURN, ["began", 1])
    clean(report)
    assert scene.syncs() == 0
    assert report["instances"][0]["cleanupMs"] < 500
    wait_for(scene, 1)


def test_a_sync_outlives_a_server_that_is_killed(scene: Scene) -> None:
    scene.install(scene.stub(seconds=1))
    scene.play(OPEN, TURN, ["began", 1], ["die"], dies=True)
    assert "die" in scene.log.read_text()
    wait_for(scene, 1)


@pytest.mark.parametrize(
    "fault",
    [
        "no program",
        "no state folder",
        "no tools",
        "no commands",
        "no events",
        "no session",
        "a session that hangs",
        "another context",
    ],
)
def test_what_goes_wrong_in_the_plugin_stays_in_it(scene: Scene, fault: str) -> None:
    options: dict[str, Any] = {}
    if fault == "no program":
        scene.install([str(scene.root / "gone"), "sync"])
    elif fault == "no state folder":
        scene.state.parent.write_text("a file where the folder should be")
    elif fault in ("no session", "a session that hangs"):
        scene.install(scene.stub(code=3, answer='{"outcome": "blocked", "reason": "a secret"}'))
        options["synthetic"] = "throws" if fault == "no session" else "hangs"
    elif fault == "another context":
        text = scene.plugin.read_text()
        scene.plugin.write_text(
            text.replace("ctx.location.directory", "ctx.place").replace("ctx.app.version", "ctx.name")
        )
        assert scene.plugin.read_text() != text
        options["unknown"] = "record"
    else:
        options["faults"] = [
            {"no tools": "tool.transform", "no commands": "command.transform", "no events": "event.subscribe"}[fault]
        ]
    clean(
        scene.play(OPEN, TURN, ["wait", 600], ["command", "status"] if fault == "no tools" else ["wait", 0], **options)
    )


def test_the_word_says_which_opencode_loaded_it_and_what_went_wrong(scene: Scene) -> None:
    scene.play(OPEN)
    word = json.loads(Path(f"{scene.state}-loaded.json").read_text())
    assert (word["api"], word["opencode"], word["fault"]) == (2, "2.0.32", "")
    assert abs(word["at"] - time.time()) < 60
    scene.install(["/nowhere/autosync", "sync"])
    scene.play(OPEN, TURN, ["wait", 300])
    assert "/nowhere/autosync" in json.loads(Path(f"{scene.state}-loaded.json").read_text())["fault"]


def test_what_a_person_must_act_upon_is_told_once_in_the_session(scene: Scene) -> None:
    scene.install(scene.stub(code=3, answer='{"outcome": "blocked", "reason": "1 file holds a secret"}'))
    report = scene.play(OPEN, TURN, ["syncs", 1], TURN, ["syncs", 2])
    clean(report)
    (said,) = report["said"]
    assert said["sessionID"] == "ses_0"
    assert said["resume"] is False
    assert said["description"] == "The backup is blocked: 1 file holds a secret"


def test_what_went_well_is_not_told(scene: Scene) -> None:
    scene.install(scene.stub(answer='{"outcome": "changed", "reason": "1 change backed up"}'))
    assert scene.play(OPEN, TURN, ["syncs", 1])["said"] == []


def test_the_environment_of_another_client_does_not_name_the_tree(scene: Scene) -> None:
    stub = scene.root / "shows"
    stub.write_text(f"#!/bin/sh\nenv > {scene.root}/env\necho end >> {scene.log}\n")
    stub.chmod(0o755)
    scene.install([str(stub), "sync"], {"AUTOSYNC_CONFIG": "/recorded.toml"})
    scene.play(OPEN, TURN, ["syncs", 1])
    env = (scene.root / "env").read_text().splitlines()
    assert not [line for line in env if line.startswith("OPENCODE_SOURCE=")]
    assert "AUTOSYNC_CONFIG=/recorded.toml" in env
    assert f"HOME={scene.root}" in env


def test_outputs_that_a_killed_server_left_are_swept(scene: Scene) -> None:
    scene.state.mkdir(parents=True)
    old, new, other = (scene.state / name for name in ("hook-1-1.json", "hook-2-2.json", "mine.json"))
    for path in (old, new, other):
        path.touch()
    for path in (old, other):
        subprocess.run(["touch", "-d", "2 hours ago", str(path)], check=True)
    scene.play(OPEN)
    assert sorted(path.name for path in scene.state.iterdir()) == ["hook-2-2.json", "mine.json"]


def test_a_command_file_of_the_person_keeps_its_name(scene: Scene) -> None:
    assert "command:backup" in scene.play(OPEN)["instances"][0]["added"]
    folder = scene.root / "project" / ".opencode" / "command"
    folder.mkdir(parents=True)
    (folder / "backup.md").write_text("Mine.\n")
    assert scene.play(["open", str(scene.root / "project")])["instances"][0]["added"] == ["tool:config_backup"]


def test_the_stand_in_refuses_a_plugin_of_version_1_as_version_2_does(scene: Scene) -> None:
    """The test of the test."""
    text = scene.plugin.read_text()
    scene.plugin.write_text(text.replace("export default ", "const unused = "))
    assert scene.plugin.read_text() != text
    ended = subprocess.run(
        ["node", str(HERE / "v2host.mjs"), str(scene.plugin)], capture_output=True, text=True, check=False
    )
    assert ended.returncode == 2
    assert "must export a default definition" in ended.stdout


def rounds(scene: Scene, seed: int) -> None:
    scene.look = 1.0
    scene.install(scene.stub(seconds=0.1))
    steps: list[list[object]] = [[*OPEN], ["open", TWO], ["random", 12], ["wait", 1500]]
    report = scene.play(*steps, seed=seed, drop=0.2, duplicate=0.3, legacyIdle=seed % 2 == 1)
    clean(report)
    assert scene.starts()[-1] >= report["turns"][-1], (seed, report)
    assert scene.syncs("begin") <= 12 + 3, seed  # a turn and a look may each have one


def test_events_lost_and_doubled_at_random(scene: Scene) -> None:
    rounds(scene, 7)


@pytest.mark.full
@pytest.mark.parametrize("seed", range(40))
def test_events_lost_and_doubled_at_random_many_times(scene: Scene, seed: int) -> None:
    rounds(scene, seed)
