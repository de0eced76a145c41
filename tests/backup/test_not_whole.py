"""Backups of which a part is hidden or lies elsewhere: by git's grafts, in another store, where it was cloned from."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.cli.test_hints_lead_on import step
from tests.support.place import Place, with_three_versions

pytestmark = pytest.mark.sample(1, of_file=True)


@pytest.fixture
def place(workshop: Path, scanner_cache: Path, one_scanner: None) -> Place:
    return with_three_versions(workshop, scanner_cache)


def test_grafts_hide_no_backup(place: Place) -> None:
    (place.backup / ".git/info/grafts").write_text(place.head + "\n")
    assert len(place.inside("restore", "--list").json["backups"]) == 3
    assert place.git("rev-list", "--count", "main").strip() == b"1"  # plain git believes them


def test_a_store_that_borrows_is_told_and_can_be_made_whole(place: Place) -> None:
    other = place.base / "other.git"
    place.git("clone", "-q", "--bare", str(place.backup), str(other), repository=place.base)
    alternates = place.backup / ".git/objects/info/alternates"
    alternates.write_text(f"{other}/objects\n")
    place.git("repack", "-adlq")
    for told in (place.inside("verify"), place.inside("status")):
        assert f"borrows from {other}/objects" in told.words, told
        assert "`git repack -ad`" in told.words
    place.git("repack", "-adq")
    alternates.unlink()
    shutil.rmtree(other)
    place.inside("verify", "--deep")
    assert "borrows" not in place.inside("status").words
    assert place.inside("verify", "--deep").code == 0


def test_a_partial_clone_is_no_whole_backup(place: Place) -> None:
    there = place.bare_remote()
    place.git("config", "uploadpack.allowFilter", "true", repository=there)
    assert place.inside("sync", "--push").code == 0
    shutil.rmtree(place.backup)
    words = ("clone", "-q", "--filter=blob:none", "--no-checkout", f"file://{there}", str(place.backup))
    place.git(*words, repository=place.base)
    failed = place.inside("verify")
    assert failed.code == 1
    assert "it is a partial clone" in failed.words, failed
    place.git("remote", "set-url", "origin", str(there))
    there.rename(place.base / "away")
    unasked = place.inside("recover", "--yes")
    assert unasked.code == 1
    refused = place.inside("recover", "--accept-loss", "--yes")
    assert refused.code == 1, refused
    assert "may have it, and could not be asked" in refused.words
    (place.base / "away").rename(there)
    assert step(place, unasked, "recover", more=("--yes",)).code == 0
    verified = place.inside("verify")
    assert verified.code == 0, verified
    there.rename(place.base / "away")
    assert place.inside("verify", "--deep").code == 0


def test_a_program_that_newer_gits_call_while_they_tidy(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("autosync_tasks.backup.tidy.MOST_PACKS", 0)
    place.git("config", "gc.recentObjectsHook", "/nonexistent")
    place.write("context/a.md", "fourth\n")
    assert place.inside("sync").code == 0
    packs = place.backup / ".git/objects/pack"
    assert len([*packs.glob("*.pack")]) > 3
    place.git("config", "--unset", "gc.recentObjectsHook")
    place.write("context/a.md", "fifth\n")
    assert place.inside("sync").code == 0
    assert len([*packs.glob("*.pack")]) <= 2


def test_an_index_over_several_packs_that_a_person_s_git_trusts(place: Place) -> None:
    """Git's calls here do without it; a person's git would not find what lies in the packs."""
    place.git("-c", "core.multiPackIndex=true", "multi-pack-index", "write")
    assert place.inside("verify", "--deep").code == 0
    place.write("context/b.md", "noted\n")
    place.inside("sync")
    index = place.backup / ".git/objects/pack/multi-pack-index"
    data = bytearray(index.read_bytes())
    data[600:664] = bytes(64)
    index.chmod(0o600)
    index.write_bytes(data)
    place.write("context/a.md", "fourth\n")
    run = place.inside("sync")
    assert (run.code, run.outcome) == (1, "incomplete"), run
    assert "multi-pack-index is damaged" in run.words
    assert step(place, run, "recover --check").code == 5
    assert place.inside("recover", "--yes").code == 0
    assert place.inside("verify").code == 0
