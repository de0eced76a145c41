"""The rarest hints, each taken as it was told: a proof on another machine, a time, a rewrite of what was pushed."""

from __future__ import annotations

import base64
import dataclasses
import os
from pathlib import Path

import pytest

from autosync_tasks.config.settings import TABLE
from autosync_tasks.sync.pipeline import sync
from autosync_tasks.tree import content, facts, observe, walk
from autosync_tasks.tree.facts import STAT
from autosync_tasks.verify import drill
from autosync_tasks.workspace.request import new_request
from tests.cli.test_hints_lead_further import another, pushed
from tests.cli.test_hints_lead_on import place, step, synced
from tests.support.machine import TOKEN
from tests.support.place import Place, Result

pytestmark = pytest.mark.sample(1, of_file=True)

__all__ = ["place"]


def test_a_command_to_be_told_with_is_tried(place: Place) -> None:
    synced(place)
    told = place.home / "told"
    script = place.home / "tell"
    script.write_text(f'#!/bin/sh\necho "$@" >> "{told}"\n')
    script.chmod(0o755)
    assert place.inside("set-config", f'NOTIFY=["{script}"]').code == 0
    help_ = Result(0, TABLE["notify"].help.encode(), b"")
    assert step(place, help_, "notify --test").code == 0
    assert "a test" in told.read_text()


def test_a_time_of_the_help(place: Place) -> None:
    place.write("agents/build.md", "old\n")
    place.write("notes/a.md", "old\n")
    request = new_request()
    assert sync(place.site, dataclasses.replace(request, now=request.now - 4 * 86400)).exit_code == 0
    place.write("agents/build.md", "new\n")
    place.write("notes/a.md", "new\n")
    synced(place)
    assert step(place, place.run("restore", "--help"), "restore --at", more=("--yes",)).code == 0
    assert (place.source / "agents/build.md").read_text() == (place.source / "notes/a.md").read_text() == "old\n"


def test_several_settings_at_once(place: Place) -> None:
    example = place.run("set-config", "--help")
    named = Result(0, example.out.replace(b"A=1", b"MAX_AGE=7200").replace(b"B=2", b"QUARANTINE=true"), b"")
    assert step(place, named, "set-config MAX_AGE QUARANTINE").code == 0
    assert {"max_age = 7200", "quarantine = true"} <= {*place.config.read_text().splitlines()}


def test_a_disk_whose_times_do_not_tell_what_changes(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    def pack(one: os.stat_result) -> bytes:
        """As some drivers of FAT do: a write changes no time."""
        return STAT.pack(one.st_size, 10**18 + 1, 10**18 + 1, one.st_ino, one.st_mode, one.st_uid)

    for room in (walk, content, observe):
        monkeypatch.setattr(room, "pack", pack)
    monkeypatch.setattr(facts, "_pack", lambda size, _, __, *rest: STAT.pack(size, 10**18 + 1, 10**18 + 1, *rest))
    synced(place)
    place.write("context/a.md", "other\n")  # as long as it was
    assert place.inside("sync").json["outcome"] == "ok"
    told = place.inside("verify")
    assert told.code == 1
    assert "inv recover" not in told.json["next_step"]
    with monkeypatch.context() as here:
        here.setattr(place, "run", lambda *words, **_: place.inside(*words))  # the driver is in this process
        assert step(place, told, "sync --force").code == 0
    assert place.git("show", "main:context/a.md") == b"other\n"
    assert place.inside("verify").code == 0


def test_a_disk_on_which_a_bootstrap_does_not_come_out_whole(
    place: Place, scanner_cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    there, other = pushed(place), another(place, scanner_cache)
    place.more["AUTO_SYNC_PUSH"] = "true"
    with monkeypatch.context() as patch:
        patch.setattr(drill, "carry_out", lambda *_: {b"context/a.md": "no space left on device"})
        told = other.inside("bootstrap", str(there), "--another-machine", "--yes")
    assert told.code == 3
    assert "state folder" in told.words and "context/a.md: no space left on device" in told.words, told
    assert not other.source.exists() and not other.backup.exists()
    proof = step(place, told, "verify --drill", more=("--json",))
    assert proof.code == 0, proof
    assert "from the remote origin" in proof.words
    (there / "refs/heads/main").write_text("0" * 40 + "\n")
    assert step(place, told, "verify --drill", more=("--json",)).code == 1


def test_what_was_pushed_is_taken_out_of_the_history(place: Place) -> None:
    there = pushed(place)
    place.write("context/key.md", f"token: {base64.b64decode(TOKEN).decode()}\n")
    blocked = place.inside("sync")
    assert step(place, blocked, "accept --reason", value="made up", more=("--yes",)).code == 0
    assert place.inside("sync", "--push").code == 0
    (place.source / "context/key.md").unlink()
    assert place.inside("sync", "--push").code == 0
    mark = next(finding["fingerprint"] for finding in blocked.json["findings"])
    refused = place.inside("recover", "--forget", mark, "--yes")
    assert refused.code == 3
    made = step(place, refused, "recover --forget --pushed", more=("--yes", "--json"))
    assert made.code == 0
    early = step(place, made, "sync --push", more=("--json",))  # the branch there was not deleted yet
    assert early.code == 3, early
    assert "still holds what was taken out" in early.words
    assert step(place, made, "recover --forget").code == 3
    place.git("update-ref", "-d", "refs/heads/main", repository=there)
    assert step(place, early, "sync --push").code == 0
    assert base64.b64decode(TOKEN) not in place.git("log", "-p", "main", repository=there)
    assert step(place, made, "recover --forget", more=("--yes",)).code == 0
    assert base64.b64decode(TOKEN) not in place.git("log", "-p", "--all")


def test_a_config_outside_the_tree_that_is_gone(place: Place) -> None:
    outside = place.home / "extra.json"
    outside.write_text("{}\n")
    assert place.inside("set-config", f"FOLLOW_CONFIG={outside}").code == 0
    synced(place)
    outside.unlink()
    place.more["OPENCODE_CONFIG"] = str(outside)
    assert step(place, place.inside("doctor"), "restore --outside", more=("--yes",)).code == 0
    assert outside.read_text() == "{}\n"
