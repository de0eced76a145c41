"""What people reported of tools like this one, tried with this one. Each test names the project whose report it is."""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path

import pytest

from tests.support.place import Place, with_three_versions

pytestmark = pytest.mark.sample(3, of_file=True)


@pytest.fixture
def place(workshop: Path, scanner_cache: Path, one_scanner: None) -> Place:
    return with_three_versions(workshop, scanner_cache)


def loosen(place: Place) -> Path:
    """Makes every object a file of its own; returns the file of the second version."""
    store, moved = place.backup / ".git/objects", place.backup / ".git/moved"
    name = place.git("rev-parse", "main~1:context/a.md").decode().strip()
    (store / "pack").rename(moved)
    (store / "pack").mkdir()
    for pack in moved.glob("*.pack"):
        place.git("unpack-objects", "-q", stdin=pack.read_bytes())
    shutil.rmtree(moved)
    return store / name[:2] / name[2:]


def test_an_object_that_a_crash_left_empty_is_told(place: Place) -> None:
    """Klipper-Backup 126: later backups fail, and nobody is told."""
    stored = loosen(place)
    stored.chmod(0o600)
    stored.write_bytes(b"")
    place.write("context/a.md", "fourth\n")
    run = place.inside("sync")
    assert (run.code, run.outcome) == (1, "incomplete"), run
    assert place.git("show", "main:context/a.md") == b"fourth\n"


def test_a_history_with_a_loss_can_be_pushed_again(place: Place) -> None:
    """obsidian-git 474: commits go on, and no push ever succeeds again. The way of each hint is gone."""
    loosen(place).unlink()
    there = place.bare_remote()
    place.write("context/a.md", "fourth\n")
    run = place.inside("sync", "--push")
    assert run.code == 1 and "recover" in run.json["next_step"], run
    run = place.inside("recover")
    assert "--accept-loss" in run.json["next_step"], run
    assert place.inside("recover", "--accept-loss", "--yes").code == 0
    place.write("context/a.md", "fifth\n")
    run = place.inside("sync", "--push")
    named = re.search("recover --forget ([0-9a-f]{40})", run.json["next_step"])
    assert named, run
    assert place.inside("recover", "--forget", named[1], "--yes").code == 0
    run = place.inside("sync", "--push")
    assert run.code == 0, run
    assert place.git("rev-parse", "main", repository=there) == place.git("rev-parse", "main")
    assert place.git("show", "main:context/a.md", repository=there) == b"fifth\n"
    assert place.git("show", "main~4:context/a.md", repository=there) == b"first\n"


def test_signing_that_cannot_work_stops_nothing(place: Place) -> None:
    """chezmoi 4941: a signing key that is not there, and no commit is made, without a word."""
    signs = "[user]\nsigningkey = 0123\n[commit]\ngpgsign = true\n[tag]\ngpgsign = true\n[push]\ngpgsign = true\n"
    (place.home / ".gitconfig").write_text(f"{signs}[gpg]\nprogram = /nonexistent\n")
    there = place.bare_remote()
    place.write("context/a.md", "fourth\n")
    assert place.inside("sync", "--push").code == 0
    assert place.git("show", "main:context/a.md", repository=there) == b"fourth\n"


def test_git_settings_that_cannot_be_read_are_named(place: Place) -> None:
    """chezmoi 4941 and 1344: what git says of the person's own settings is the fault, not a remote that is missing."""
    place.bare_remote()
    (place.home / ".gitconfig").write_text("[user\nname = x\n")
    place.write("context/a.md", "fourth\n")
    run = place.inside("sync", "--push")
    assert run.code == 1 and ".gitconfig" in run.json["reason"] and "no remote" not in run.words, run
    (place.home / ".gitconfig").unlink()
    assert place.inside("sync", "--push").code == 0


def test_a_copy_that_a_cloud_service_made_of_a_branch(place: Place) -> None:
    """desktop 8673: a repository in a synchronised folder; its copies of refs are no names for git."""
    git_dir = place.backup / ".git"
    other = place.git("commit-tree", "-m", "on another machine", "main^{tree}").decode().strip()
    (git_dir / "refs/heads/main (conflicted copy 2026-01-01)").write_text(f"{other}\n")
    (git_dir / "HEAD (conflicted copy)").write_text("ref: refs/heads/main\n")
    shutil.copy(git_dir / "index", git_dir / "index (1)")
    assert place.inside("verify").code == 1
    assert place.inside("recover").code == 0
    assert place.inside("verify", "--deep").code == 0
    assert other in place.git("for-each-ref", "--format=%(objectname)").decode()


def test_a_name_composed_and_decomposed(place: Place) -> None:
    """datalad 7128, obsidian-git: two names that look the same are two files."""
    for name in ("context/\u00e9.md", "context/e\u0301.md"):
        place.write(name.encode(), f"{name!a}\n")
    assert place.inside("sync").code == 0
    shutil.rmtree(place.source / "context")
    assert place.inside("restore", "context").code == 0
    assert len([name for name in os.listdir(place.source / "context") if name != "a.md"]) == 2


def test_a_person_s_own_maintenance(place: Place) -> None:
    """git's scheduled maintenance, and `gc` by hand: packs come and go, and that is no damage."""
    for task in ("commit-graph", "loose-objects", "incremental-repack", "pack-refs", "gc"):
        place.git("maintenance", "run", f"--task={task}")
        place.write("context/a.md", task)
        assert place.inside("sync").code == 0, task
    place.git("gc", "--aggressive", "--prune=now", "-q")
    assert place.inside("verify", "--deep").code == 0
    assert place.inside("sync").code == 0


def test_a_sparse_checkout_and_a_replaced_object_in_the_backup(place: Place) -> None:
    """agent-fork 31: what git shows by `sparse-checkout` and `replace` is not what is backed up."""
    place.write("AGENTS.md", "# Rules\n")
    assert place.inside("sync").code == 0
    place.git("sparse-checkout", "set", "context")
    evil = place.git("hash-object", "-w", "--stdin", stdin=b"evil\n").decode().strip()
    place.git("replace", place.git("rev-parse", "main:context/a.md").decode().strip(), evil)
    place.write("AGENTS.md", "# Other rules\n")
    run = place.inside("sync")
    assert run.code == 0 and place.git("stash", "list") == b"", run
    (place.source / "context/a.md").unlink()
    assert place.inside("restore", "context/a.md").code == 0
    assert (place.source / "context/a.md").read_text() == "third\n"


@pytest.mark.parametrize("zone", ["UTC+25", "Foo/Bar", ":/nonexistent", ""])
def test_a_time_zone_that_is_none(place: Place, zone: str) -> None:
    """TZ as a container or a cron sets it."""
    run = place.run("restore", "--list", "--json", environ={"TZ": zone}, real=True)
    assert run.code == 0 and len(run.json["backups"]) == 3, run


def test_a_home_with_every_sign_a_path_may_hold(workshop: Path, scanner_cache: Path, one_scanner: None) -> None:
    """git-for-windows 216 and others: signs of the shell, of git's lists of paths, of URLs."""
    place = Place.make(workshop / "a b:c%dé\"$(x)`'#;&~", scanner_cache)
    place.write("context/a.md", "first\n")
    assert place.inside("sync").code == 0
    there = place.bare_remote()
    place.more["AUTO_SYNC_PUSH"] = "true"
    place.write("context/a.md", "second\n")
    assert place.inside("sync", "--force").code == 0
    assert place.git("show", "main:context/a.md", repository=there) == b"second\n"
    assert place.inside("verify", "--drill").code == 0


def test_a_backup_on_a_disk_that_takes_no_heed_of_case(place: Place) -> None:
    """What `git init` notes on FAT, exFAT and macOS's disks made git store two files as one, and every sync fail."""
    place.git("config", "core.ignorecase", "true")
    place.write("context/A.md", "another\n")
    place.write("Context/b.md", "another\n")
    run = place.inside("sync")
    assert run.code == 0, run
    held = {name: place.git("show", f"main:{name}") for name in ("context/a.md", "context/A.md", "Context/b.md")}
    assert held == {"context/a.md": b"third\n", "context/A.md": b"another\n", "Context/b.md": b"another\n"}


@pytest.mark.parametrize("what", ["main~1^{tree}", "main~1"])
def test_a_lost_folder_or_commit_is_told_with_the_way_to_a_new_history(place: Place, what: str) -> None:
    """Git sends no history with such a gap; only a new one goes, beside the old."""
    name = place.git("rev-parse", what).decode().strip()
    loosen(place)
    (place.backup / ".git/objects" / name[:2] / name[2:]).unlink()
    assert place.inside("recover", "--accept-loss", "--yes").code == 0
    there = place.bare_remote()
    place.write("context/a.md", "fourth\n")
    run = place.inside("sync", "--push")
    assert run.code == 1, run
    assert f"mv {place.backup} {place.backup}.old" in (run.json.get("next_step") or run.json["hint"]), run
    place.backup.rename(f"{place.backup}.old")
    assert place.inside("sync").code == 0
    place.git("remote", "add", "origin", str(there))
    assert place.inside("sync", "--push").code == 0
    assert place.git("show", "main:context/a.md", repository=there) == b"fourth\n"
    assert place.inside("status").json["verdict"] == "protected"
