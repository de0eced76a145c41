"""More hints whose step is taken as it was told: other machines, proofs, triggers, losses, conflicts."""

from __future__ import annotations

import base64
import os
import shutil
import time
from pathlib import Path

import pytest

from autosync_tasks.triggers import hook
from autosync_tasks.verify import unattended
from tests.cli.test_hints_lead_on import place, step, synced
from tests.support.machine import TOKEN
from tests.support.place import Place

pytestmark = pytest.mark.sample(4, of_file=True)

__all__ = ["place"]


def pushed(place: Place) -> Path:
    """A place with a backup, all of it on a remote."""
    synced(place)
    there = place.bare_remote()
    assert place.inside("sync", "--push").code == 0
    return there


def another(place: Place, scanner_cache: Path) -> Place:
    """A second machine that has nothing yet."""
    other = Place.make(place.base / "other", scanner_cache)
    other.source.rmdir()
    return other


def clone(place: Place, there: Path) -> Path:
    """A person's clone of the remote."""
    folder = place.base / "clone"
    place.git("clone", "-q", str(there), str(folder), repository=place.base)
    return folder


def with_crontab(place: Place) -> Place:
    """A crontab of this machine alone."""
    (place.home / "bin").mkdir()
    script, kept = place.home / "bin/crontab", place.home / "kept"
    script.write_text(f'#!/bin/sh\ncase "$1" in -l) cat "{kept}";; -) cat > "{kept}";; *) cp "$1" "{kept}";; esac\n')
    script.chmod(0o755)
    kept.write_text("")
    place.more["PATH"] = f"{script.parent}:{place.environ['PATH']}"
    return place


def test_a_machine_that_has_nothing(place: Place, scanner_cache: Path) -> None:
    there, other = pushed(place), another(place, scanner_cache)
    flags = ("--another-machine", "--yes", "--json")
    assert step(other, other.inside("restore", "--yes"), "bootstrap", value=str(there), more=flags).code == 0
    assert (other.source / "context/a.md").read_text() == "first\n"
    assert other.inside("sync", "--push").code == 0
    listed = step(other, other.run("status"), "machines", more=("--json",))
    assert listed.code == 0
    assert len(listed.json["machines"]) == 2
    config = other.home / ".config/autosync-tasks/config.toml"
    config.write_text(config.read_text() + "[profiles.opencode]\non = false\n[profiles.agents]\n")
    again = other.run(
        "bootstrap", str(there), *flags, "--profile=opencode"
    )  # what stands here stays as a person left it
    assert step(other, again, "profiles --on").code == 0
    assert "on = true" in config.read_text()


def test_a_home_without_a_tree(place: Place) -> None:
    told = place.run("sync", environ={"OPENCODE_SOURCE": None})
    refused = step(place, told, "demo", more=("--folder", str(place.base)))  # what it does: features/cli/demo.feature
    assert (refused.code, "is already there" in refused.words) == (2, True), refused


def test_what_a_diff_does_not_show(place: Place) -> None:
    synced(place)
    place.write("context/old.log", "old\n")
    listed = step(place, place.run("diff"), "detect")
    assert listed.code == 0
    assert "context/old.log" in listed.words


def test_what_was_accepted(place: Place) -> None:
    synced(place)
    place.write("context/key.md", f"token: {base64.b64decode(TOKEN).decode()}\n")
    assert step(place, place.inside("sync"), "accept --reason", value="made up", more=("--yes",)).code == 0
    assert "made up" in step(place, place.run("status"), "accept --list").words


def test_a_store_that_takes_long_to_read(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    synced(place)
    monkeypatch.setattr(unattended, "BUDGET", 0.000001)
    pack = next((place.backup / ".git/objects/pack").glob("*.pack"))
    pack.touch()
    place.write("context/a.md", "second\n")
    assert step(place, place.inside("sync"), "verify --deep").code == 0


def test_no_trigger(place: Place) -> None:
    synced(with_crontab(place))
    assert step(place, place.run("status"), "install-cron").code == 0
    assert "no trigger" not in place.run("status").words


def test_a_plugin_that_opencode_does_not_load(place: Place) -> None:
    synced(place)
    assert place.run("install-hook").code == 0
    long_ago = time.time() - 10 * 86400
    os.utime(place.home / ".config/opencode/plugins/autosync.js", (long_ago, long_ago))
    used = place.home / ".local/share/opencode/opencode.db"
    used.parent.mkdir(parents=True)
    used.touch()
    told = place.inside("status")
    assert told.code == 1
    doctor = step(place, told, "doctor")
    assert "the plugin was not loaded" in doctor.words, doctor


@pytest.mark.parametrize("harm", ["logs", "shallow", "objects/info/alternates", "packed-refs"])
def test_a_file_with_which_git_does_not_work(place: Place, harm: str) -> None:
    synced(place)
    there = place.backup / ".git" / harm
    if there.is_dir():
        shutil.rmtree(there)
    there.parent.mkdir(exist_ok=True)
    there.write_text("/nowhere/objects\n")
    place.write("context/a.md", "second\n")
    run = place.inside("sync")
    if harm == "objects/info/alternates":  # this sync gets along
        verified = place.inside("verify")
    else:
        assert run.code == 1
        verified = step(place, run, "verify", more=("--json",))
    assert verified.code == 1, verified
    looked = step(place, verified, "recover --check", more=("--json",))
    assert looked.code == 5
    assert step(place, looked, "recover", more=("--yes",)).code == 0
    assert place.inside("sync").code == 0
    assert place.inside("verify").code == 0
    assert place.inside("status").json["verdict"] == "protected"


def test_the_plugin_of_another_machine(place: Place) -> None:
    tree = place.home / ".config/opencode"
    place.more["OPENCODE_SOURCE"] = str(tree)
    (tree / "plugins").mkdir(parents=True)
    (tree / "AGENTS.md").write_text("# Rules\n")
    (tree / "plugins/autosync.js").write_text(hook.plugin_text(("/other/autosync", "sync"), {}, "/other/hook"))
    synced(place)
    (tree / "plugins/autosync.js").unlink()
    assert step(place, place.inside("restore", "--yes"), "install-hook").code == 0
    assert "/other/" not in (tree / "plugins/autosync.js").read_text()


def test_a_version_that_nobody_has(place: Place) -> None:
    synced(place)
    first = place.git("rev-parse", "main:context/a.md").decode().strip()
    for text in ("second\n", "third\n"):
        place.write("context/a.md", text)
        synced(place)
    packs = place.backup / ".git/objects/pack"
    moved = place.base / "moved"
    packs.rename(moved)
    packs.mkdir()
    for pack in moved.glob("*.pack"):
        place.git("unpack-objects", "-q", stdin=pack.read_bytes())
    (place.backup / ".git/objects" / first[:2] / first[2:]).unlink()
    there = place.bare_remote()
    place.write("context/a.md", "fourth\n")
    told = step(place, place.inside("sync", "--push"), "recover --check", more=("--json",))
    assert told.code in (1, 5)
    assert step(place, place.inside("recover"), "recover --accept-loss", more=("--yes",)).code == 0
    assert step(place, place.inside("sync", "--push"), "recover --forget", more=("--yes",)).code == 0
    assert place.inside("sync", "--push").code == 0
    assert place.git("show", "main:context/a.md", repository=there) == b"fourth\n"


def test_somebody_else_s_version_on_the_remote(place: Place) -> None:
    there = pushed(place)
    folder = clone(place, there)
    (folder / "context/a.md").write_text("theirs\n")
    place.git("commit", "-qam", "theirs", repository=folder)
    place.git("push", "-q", repository=folder)
    place.write("context/a.md", "ours\n")
    run = place.inside("sync", "--push")
    assert run.code == 4
    assert step(place, run, "recover --take", more=("--yes",)).code == 0
    assert place.inside("sync", "--push").code == 0
    assert place.git("show", "main:context/a.md", repository=there) == b"ours\n"


def test_a_backup_on_another_branch(place: Place) -> None:
    synced(place)
    shutil.rmtree(place.settings)
    shutil.rmtree(place.state)
    shutil.rmtree(place.source)
    place.git("branch", "-m", "main", "laptop")
    assert step(place, place.inside("restore", "--yes"), "set-config BACKUP_BRANCH").code == 0
    assert place.inside("restore", "--yes").code == 0
    assert (place.source / "context/a.md").read_text() == "first\n"


def test_nobody_is_told(place: Place) -> None:
    assert step(place, place.inside("notify"), "set-config NOTIFY").code == 0
    assert place.inside("notify").json["reason"] == "1 command set"


def test_a_plugin_of_a_project_stays_behind(place: Place) -> None:
    synced(place)
    project = place.base / "project"
    project.mkdir()
    assert place.run("install-hook", "--scope=project", cwd=project).code == 0
    told = place.inside("uninstall")
    assert told.code == 0
    assert list(project.rglob("autosync.js"))
    assert step(place, told, "uninstall-hook --scope", cwd=project).code == 0
    assert not list(project.rglob("autosync.js"))
