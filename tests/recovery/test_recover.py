"""Recovery with real git: each kind of damage is recognised, shown, mended, and costs nothing that was there."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from autosync_tasks.backup.locks import clear_stale_locks, leftovers
from autosync_tasks.errors import BackupError
from autosync_tasks.model import Outcome, Run
from autosync_tasks.recovery.recover import recover
from autosync_tasks.sync.pipeline import sync
from autosync_tasks.workspace.request import new_request
from tests.restore.support import Place, explode, make_place, read_tree, write
from tests.support.rights import as_a_person

pytestmark = pytest.mark.sample(8, of_file=True)


@pytest.fixture
def place(tmp_path: Path, scanner_cache: Path, one_scanner: None) -> Place:
    place = make_place(tmp_path, scanner_cache)
    write(place.source, {"agents/build.md": "---\ndescription: b\n---\nhello\n", "opencode.json": "{}\n"})
    place.sync()
    write(place.source, {"agents/build.md": "---\ndescription: b\n---\nsecond\n", "context/a.md": "a\n"})
    place.sync()
    return place


def mend(place: Place, *, check: bool = False) -> Run:
    return recover(place.site, new_request(check=check))


def mended(place: Place, expected: str) -> Run:
    """Check says what is wrong and writes nothing; the repair does it; a second one finds nothing; sync goes on."""
    before = place.everything()
    said = mend(place, check=True)
    assert said.exit_code == 5
    assert any(expected in detail for detail in said.details), said.details
    assert place.everything() == before
    run = mend(place)
    assert (run.outcome, run.exit_code) == (Outcome.CHANGED, 0), run
    again = mend(place)
    assert (again.outcome, again.exit_code) == (Outcome.OK, 0), again
    place.say("fsck", "--full")
    write(place.source, {"context/after.md": "after\n"})
    place.sync()
    assert place.say("show", "main:context/after.md") == "after"
    return run


def test_nothing_wrong_says_so_and_writes_nothing(place: Place) -> None:
    before = place.everything()
    run = mend(place, check=True)
    assert (run.outcome, run.exit_code) == (Outcome.OK, 0)
    assert place.everything() == before


@pytest.mark.parametrize("part", ["config", "HEAD", "index", "refs/heads/main", "refs", "refs/heads", "objects", "."])
def test_what_this_user_may_not_read_is_not_taken_for_damaged(place: Place, part: str) -> None:
    """`sudo git …` in the backup leaves files of root's there. Moved aside, the settings would take the remotes along."""
    closed = place.backup / ".git" / part
    before, mode = place.everything(), closed.stat().st_mode & 0o777
    closed.chmod(0)
    for check in (True, False):
        with as_a_person(), pytest.raises(BackupError) as told:
            mend(place, check=check)
        assert str(closed) in told.value.message
        assert "chmod" in told.value.hint
    closed.chmod(mode)
    assert place.everything() == before
    assert mend(place, check=True).outcome is Outcome.OK


@pytest.mark.parametrize("damage", ["", "not a commit\n", "0" * 40 + "\n", "deadbeef" * 5 + "\n"])
def test_a_damaged_branch_comes_back_from_the_reflog(place: Place, damage: str) -> None:
    head = place.say("rev-parse", "main")
    (place.backup / ".git/refs/heads/main").write_text(damage)
    mended(place, "is damaged")
    assert place.say("merge-base", "--is-ancestor", head, "main") == ""


@pytest.mark.parametrize("forget", ["nothing", "reflog", "reflog and state"])
def test_a_lost_branch_is_found_again(place: Place, forget: str) -> None:
    head = place.say("rev-parse", "main")
    (place.backup / ".git/refs/heads/main").unlink()
    if "reflog" in forget:
        shutil.rmtree(place.backup / ".git/logs")
    if "state" in forget:
        for state in place.state.iterdir():
            if state.name != "engine":
                shutil.rmtree(state)
    mended(place, "is gone")
    assert place.say("merge-base", "--is-ancestor", head, "main") == ""


def test_a_new_backup_without_a_commit_is_no_fault(tmp_path: Path, scanner_cache: Path) -> None:
    place = make_place(tmp_path, scanner_cache)
    place.backup.mkdir()
    place.say("init", "-q", "--initial-branch=main")
    assert mend(place).outcome is Outcome.OK


def test_a_missing_head_file(place: Place) -> None:
    (place.backup / ".git/HEAD").write_bytes(b"")
    mended(place, "HEAD of the backup is damaged")


def test_a_damaged_index_is_kept_and_built_anew(place: Place) -> None:
    (place.backup / ".git/index").write_bytes(b"DIRC rubbish")
    run = mended(place, "index")
    aside = next((place.backup / ".git/autosync-damaged" / run.id).glob("index"))
    assert aside.read_bytes() == b"DIRC rubbish"
    assert place.say("status", "--short") == ""


def conflict(place: Place) -> None:
    place.say("branch", "other", "main~1")
    place.say("checkout", "-q", "other")
    (place.backup / "agents/build.md").write_text("third\n")
    place.say("commit", "-qam", "third")
    place.say("checkout", "-q", "main")


@pytest.mark.parametrize("name", ["merge", "rebase", "cherry-pick", "bisect"])
def test_an_unfinished_operation_is_ended_and_edits_are_saved(place: Place, name: str) -> None:
    conflict(place)
    head = place.say("rev-parse", "main")
    words = {"bisect": ["start", "main", "main~1"]}.get(name, ["other"])
    with pytest.raises(AssertionError) if name != "bisect" else _nothing():
        place.say(name, *words)
    (place.backup / "opencode.json").write_text("a person's edit\n")
    mended(place, f"a {name} was begun")
    assert place.say("symbolic-ref", "HEAD") == "refs/heads/main"
    assert place.say("merge-base", "--is-ancestor", head, "main") == ""
    assert "a person's edit" in place.say("show", "stash@{0}:opencode.json")


class _nothing:  # noqa: N801
    def __enter__(self) -> None: ...
    def __exit__(self, *_: object) -> None: ...


def test_an_operation_whose_notes_are_damaged_is_ended_too(place: Place) -> None:
    (place.backup / ".git/rebase-merge").mkdir()
    run = mended(place, "a rebase was begun")
    assert (place.backup / ".git/autosync-damaged" / run.id / "rebase-merge").is_dir()


def test_a_commit_on_no_branch_is_kept(place: Place) -> None:
    place.say("checkout", "-q", "--detach")
    (place.backup / "note").write_text("mine\n")
    place.say("add", "note")
    place.say("commit", "-qm", "mine")
    mine = place.say("rev-parse", "HEAD")
    mended(place, "stands on no branch")
    assert mine in place.say("for-each-ref", "--format=%(objectname)", "refs/heads/autosync/kept")
    assert place.say("symbolic-ref", "HEAD") == "refs/heads/main"
    assert place.say("status", "--short") == ""


def test_standing_on_another_branch_with_an_edit(place: Place) -> None:
    conflict(place)
    place.say("checkout", "-q", "other")
    (place.backup / "agents/build.md").write_text("not committed\n")
    mended(place, "stands on other")
    assert place.say("show", "stash@{0}:agents/build.md") == "not committed"


def test_a_lost_object_is_healed_from_the_source(place: Place) -> None:
    blob = place.say("rev-parse", "main:opencode.json")
    explode(place)
    (place.backup / ".git/objects" / blob[:2] / blob[2:]).unlink()
    (place.backup / "opencode.json").unlink()
    mended(place, "put it back from the source")


@pytest.mark.parametrize("memory", ["git's index", "what this program remembers"])
@pytest.mark.parametrize("what", ["main^{tree}", "main:agents", "main:agents/deep/er", "main:.autosync"])
def test_a_lost_folder_of_the_newest_backup_is_made_again(place: Place, what: str, memory: str) -> None:
    """Without its tree no sync could go on."""
    write(place.source, {"agents/deep/er/x.md": "x\n", "agents.md": "beside the folder\n", "agents/deep.md": "y\n"})
    place.sync()
    lost = place.say("rev-parse", what)
    explode(place)
    (place.backup / ".git/objects" / lost[:2] / lost[2:]).unlink()
    if memory == "git's index":
        next(place.state.rglob("tree.cache")).unlink()
    else:
        (place.backup / ".git/index").unlink()
    run = mended(place, f"put it back from {memory}")
    assert any("was made again" in note for note in run.notes)


def test_a_lost_manifest_comes_back_from_memory_and_without_it_syncs_go_on(place: Place) -> None:
    lost = place.say("rev-parse", "main:.autosync/manifest")
    explode(place)
    stored = place.backup / ".git/objects" / lost[:2] / lost[2:]
    stored.unlink()
    (place.backup / ".autosync/manifest").unlink()
    mended(place, "put it back from what this program remembers")
    newest = place.say("rev-parse", "main:.autosync/manifest")
    explode(place)
    (place.backup / ".git/objects" / newest[:2] / newest[2:]).unlink()
    next(place.state.rglob("tree.cache")).unlink()
    write(place.source, {"context/b.md": "b\n"})
    run = sync(place.site, new_request())
    assert (run.outcome, run.exit_code) == (Outcome.INCOMPLETE, 1)
    assert "something older is damaged" in run.reason
    assert place.say("show", "main:context/b.md") == "b", "what is new is backed up all the same"
    assert any("manifest cannot be read" in note for note in run.notes)


def test_a_damaged_object_is_healed_from_the_work_tree(place: Place) -> None:
    blob = place.say("rev-parse", "main:opencode.json")
    explode(place)
    stored = place.backup / ".git/objects" / blob[:2] / blob[2:]
    stored.chmod(0o600)
    stored.write_bytes(b"x" * 20)
    (place.source / "opencode.json").write_text('{"new": 1}\n')
    mended(place, "put it back from the backup's work tree")


def test_a_damaged_pack_keeps_what_is_whole(place: Place) -> None:
    place.say("repack", "-adq")
    pack = next((place.backup / ".git/objects/pack").glob("*.pack"))
    blob = place.say("rev-parse", "main:opencode.json")
    offset = next(
        int(line.split()[4]) for line in place.say("verify-pack", "-v", str(pack)).splitlines() if line.startswith(blob)
    )
    data = bytearray(pack.read_bytes())
    data[offset + 4] ^= 0xFF
    pack.chmod(0o600)
    pack.write_bytes(data)
    mended(place, "is damaged")
    assert place.say("show", "main~2:agents/build.md").endswith("hello")


def test_what_is_lost_for_good_is_said_and_nothing_is_forced(place: Place) -> None:
    blob = place.say("rev-parse", "main~1:agents/build.md")
    explode(place)
    (place.backup / ".git/objects" / blob[:2] / blob[2:]).unlink()
    run = mend(place)
    assert (run.outcome, run.exit_code) == (Outcome.INCOMPLETE, 1)
    assert any("agents/build.md" in detail and "nowhere" in detail for detail in run.details)


def test_leftovers_of_a_killed_run_go(place: Place) -> None:
    place.say("update-ref", "refs/autosync/incoming/abc123", "main")
    git_dir = place.backup / ".git"
    for name in ("index.lock", "refs/heads/main.lock", "shallow.lock", "packed-refs.lock", "objects/pack/tmp_pack_x1"):
        (git_dir / name).write_text("")
    (git_dir / "objects/ab").mkdir(exist_ok=True)
    (git_dir / "objects/ab/tmp_obj_y2").write_text("")
    mended(place, "killed git")
    assert leftovers(place.site.repository) == []
    assert not place.say("for-each-ref", "refs/autosync/incoming")


def test_a_lock_that_a_process_uses_stays(place: Place) -> None:
    lock = place.backup / ".git/index.lock"
    lock.write_text("")
    code = "import sys, time; f = open(sys.argv[1]); print(1, flush=True); time.sleep(60)"
    process = subprocess.Popen([sys.executable, "-c", code, str(lock)], stdout=subprocess.PIPE)
    try:
        assert process.stdout is not None
        process.stdout.readline()
        notes = clear_stale_locks(place.site.repository)
        assert lock.exists()
        assert "in use by" in notes[0]
        run = mend(place)
        assert run.exit_code == 1
        assert lock.exists()
    finally:
        process.kill()
        process.communicate()
    assert clear_stale_locks(place.site.repository)
    assert not lock.exists()


def test_a_git_at_work_in_the_backup_keeps_the_locks(place: Place) -> None:
    lock = place.backup / ".git/HEAD.lock"
    lock.write_text("")
    process = subprocess.Popen(["git", "cat-file", "--batch"], cwd=place.backup, stdin=subprocess.PIPE)
    try:
        assert "in use by" in clear_stale_locks(place.site.repository)[0]
        assert lock.exists()
    finally:
        process.communicate()


def test_a_planted_link_called_lock_is_left_alone(place: Place, tmp_path: Path) -> None:
    victim = tmp_path / "victim"
    victim.mkdir()
    (victim / "precious.lock").write_text("x")
    os.symlink(victim, place.backup / ".git/refs/heads/out")
    os.symlink(victim / "precious.lock", place.backup / ".git/x.lock")
    clear_stale_locks(place.site.repository)
    assert (victim / "precious.lock").exists()


def test_the_restored_tree_is_whole_after_all_that(place: Place, tmp_path: Path) -> None:
    (place.backup / ".git/refs/heads/main").write_bytes(b"")
    (place.backup / ".git/index").write_bytes(b"")
    (place.backup / ".git/HEAD").write_bytes(b"")
    (place.backup / ".git/HEAD.lock").write_bytes(b"")
    assert mend(place).exit_code == 0
    shutil.rmtree(place.source / "agents")
    place.restore()
    assert (place.source / "agents/build.md").read_text().endswith("second\n")
    assert len(read_tree(place.source)) == 5


def test_the_repositorys_own_settings_keep_what_git_can_read(place: Place) -> None:
    place.say("remote", "add", "origin", "https://example.org/backup.git")
    config = place.backup / ".git/config"
    config.write_bytes(config.read_bytes().replace(b"bare = false", b"bare = fal\0e") + b"[bran")
    mended(place, "settings cannot be read")
    assert place.say("remote", "get-url", "origin") == "https://example.org/backup.git"


def test_a_cut_pack_is_taken_apart_before_anything_steps_back(place: Place) -> None:
    head = place.say("rev-parse", "main")
    place.say("repack", "-adq")
    pack = next((place.backup / ".git/objects/pack").glob("*.pack"))
    pack.chmod(0o600)
    pack.write_bytes(pack.read_bytes()[:-10])
    mended(place, "is cut off")
    assert place.say("merge-base", "--is-ancestor", head, "main") == ""


def test_a_damaged_index_of_a_pack_is_made_anew(place: Place) -> None:
    head = place.say("rev-parse", "main")
    index = sorted((place.backup / ".git/objects/pack").glob("*.idx"))[0]
    index.chmod(0o600)
    index.write_bytes(b"")
    mended(place, "damaged index")
    assert place.say("merge-base", "--is-ancestor", head, "main") == ""


def test_other_refs_come_back_from_their_logs_and_packed_refs_lose_no_line(place: Place) -> None:
    place.say("branch", "mine")
    mine = place.say("rev-parse", "mine")
    place.say("pack-refs", "--all")
    packed = place.backup / ".git/packed-refs"
    packed.write_bytes(packed.read_bytes().replace(b"refs/heads/mine", b"refs/he\0ds/mine"))
    mended(place, "is no ref")
    assert place.say("rev-parse", "mine") == mine


def test_a_snapshots_ref_comes_back_from_its_run(place: Place) -> None:
    (place.source / "opencode.json").write_text("edited, in no backup\n")
    place.restore("opencode.json", yes=True)
    ref = next((place.backup / ".git/refs/autosync/snapshots").iterdir())
    was = ref.read_text()
    ref.write_text("rubbish\n")
    mended(place, "names no commit")
    assert ref.read_text() == was


def test_an_index_with_one_flipped_bit_is_told(place: Place) -> None:
    index = place.backup / ".git/index"
    data = bytearray(index.read_bytes())
    data[30] ^= 1
    index.write_bytes(data)
    mended(place, "checksum")


def test_a_branch_that_was_set_back_is_kept(place: Place) -> None:
    head = place.say("rev-parse", "main")
    place.say("reset", "-q", "--hard", "main~1")
    mended(place, "was set back or replaced")
    assert place.say("merge-base", "--is-ancestor", head, f"autosync/kept/{head[:10]}") == ""


def test_a_shallow_clone_lacks_nothing_that_it_should_have(place: Place, tmp_path: Path) -> None:
    whole = tmp_path / "whole"
    place.backup.rename(whole)
    subprocess.run(["git", "clone", "-q", "--depth=1", whole.as_uri(), str(place.backup)], check=True)
    assert mend(place).outcome is Outcome.OK


def test_a_repository_of_the_other_hash_is_refused_in_words(tmp_path: Path, scanner_cache: Path) -> None:
    place = make_place(tmp_path, scanner_cache)
    subprocess.run(["git", "init", "-q", "--object-format=sha256", str(place.backup)], check=True)
    with pytest.raises(BackupError, match="other hash"):
        sync(place.site, new_request())
    with pytest.raises(BackupError, match="other hash"):
        mend(place)
