"""Bad input: for each a clear message, the right exit code, and nothing lost."""

from __future__ import annotations

import os
import shutil
import stat
from dataclasses import replace
from pathlib import Path

import pytest

from autosync_tasks.plan.compare import look
from autosync_tasks.workspace.workspace import open_site
from tests.support import independent
from tests.support.place import Place, Result

pytestmark = pytest.mark.sample(14, of_file=True)


@pytest.fixture
def place(workshop: Path, scanner_cache: Path, one_scanner: None) -> Place:
    return Place.make(workshop, scanner_cache)


def filled(place: Place, files: int = 3) -> str:
    """A tree that has been backed up; returns the branch's commit."""
    place.write("AGENTS.md", "# Rules\n")
    for number in range(files):
        place.write(f"agent/a{number}.md", f"agent {number}\n")
    assert place.inside().code == 0
    return place.head


def refused(run: Result, code: int, *words: str) -> None:
    """It ended with this code, said each of these words, and what to do next."""
    assert run.code == code, run
    missing = [word for word in words if word not in run.words]
    assert not missing, (missing, run)
    said = run.json.get("hint") or run.json.get("next_step")
    assert said or run.json.get("details"), run


# ---- the source


def test_no_source(place: Place) -> None:
    head = filled(place)
    place.source.rename(place.base / "elsewhere")
    refused(place.inside(), 1, "no config tree", str(place.source))
    assert place.head == head
    status = place.inside("status")
    assert (status.code, status.json["verdict"]) == (1, "not protected")


def test_no_source_anywhere_and_two_sources(place: Place) -> None:
    bare = {"OPENCODE_SOURCE": None, "OPENCODE_BACKUP": None}
    refused(place.sync(environ=bare), 1, "no config tree", "inv demo")
    for folder in (".opencode", ".config/opencode"):
        (place.home / folder).mkdir(parents=True)
        (place.home / folder / "AGENTS.md").write_text("x\n")
    refused(place.sync(environ=bare), 2, ".opencode", ".config/opencode", "OPENCODE_SOURCE")
    assert not (place.home / ".local/share").exists()


def test_an_empty_source_at_first(place: Place) -> None:
    """Nothing to protect is no success to be told as one: it is named."""
    run = place.inside()
    assert "empty" in run.words, run
    assert not place.backup.exists()
    status = place.inside("status")
    assert (status.code, status.json["verdict"]) == (1, "not protected"), status


def test_an_empty_source_after_a_backup_is_held_until_a_person_says_so(place: Place) -> None:
    head = filled(place, files=2)
    shutil.rmtree(place.source)
    place.source.mkdir()
    for flags in ((), ("--force",), ("--allow-mass-delete=0123456789ab",)):
        run = place.inside("sync", *flags)
        refused(run, 3, "empty", "--allow-mass-delete=")
        assert (run.outcome, place.head) == ("blocked", head)
    digest = run.words.partition("`inv sync --allow-mass-delete=")[2][:12]
    assert len(digest) == 12, run
    run = place.inside("sync", f"--allow-mass-delete={digest}")
    assert (run.code, run.outcome) == (0, "changed"), run
    assert set(independent.tree(place.backup)) == {b".autosync/manifest"}
    assert place.git("show", f"{head}:AGENTS.md") == b"# Rules\n"


def test_half_of_the_source_gone(place: Place) -> None:
    head = filled(place, files=20)
    for number in range(15):
        os.unlink(place.source / f"agent/a{number}.md")
    run = place.inside()
    refused(run, 3, "15 of the 21 files", "--allow-mass-delete=")
    assert [f"gone: agent/a{number}.md" in run.json["details"] for number in range(15)] == [True] * 15
    os.rename(place.source / "agent", place.source / "agents")
    assert place.head == head


def test_a_whole_tree_moved_below_another_folder_is_no_loss(place: Place) -> None:
    filled(place, files=20)
    os.rename(place.source / "agent", place.source / "agents")
    run = place.inside()
    assert (run.code, run.outcome) == (0, "changed"), run
    assert independent.differences(place.source, place.backup) == []


def test_a_source_that_is_a_file(place: Place) -> None:
    place.source.rmdir()
    place.source.write_text("not a folder\n")
    refused(place.inside(), 1, "not a folder", str(place.source))
    assert not place.backup.exists()


@pytest.mark.parametrize(
    ("source", "backup", "words"),
    [
        ("backup/source", "backup", "the source lies inside the backup"),
        ("source", "source/backup", "the backup lies inside the source"),
        ("source", "source", "the same folder"),
        ("link/source", "backup", "the source lies inside the backup"),
        ("source", "link-to-source/backup", "the backup lies inside the source"),
        ("source", "link-to-source", "the same folder"),
    ],
)
def test_source_and_backup_inside_each_other(place: Place, source: str, backup: str, words: str) -> None:
    """Told by real paths, through links."""
    (place.backup / "source").mkdir(parents=True)
    (place.base / "link").symlink_to("backup")
    (place.base / "link-to-source").symlink_to("source")
    place.write("AGENTS.md", "x\n")
    (place.backup / "source/AGENTS.md").write_text("x\n")
    before = independent.source(place.base, ignore=[b"home"])
    named = {"OPENCODE_SOURCE": str(place.base / source), "OPENCODE_BACKUP": str(place.base / backup)}
    place.more = named
    refused(place.inside(), 2, words)
    assert independent.source(place.base, ignore=[b"home"]) == before


# ---- the backup


def test_a_backup_folder_with_files_and_no_repository(place: Place) -> None:
    place.write("AGENTS.md", "x\n")
    place.backup.mkdir()
    (place.backup / "holiday.jpg").write_bytes(b"\xff\xd8")
    refused(place.inside(), 1, str(place.backup), "repository")
    assert [path.name for path in place.backup.iterdir()] == ["holiday.jpg"]


@pytest.mark.parametrize("what", ["file", "fifo", "git-file", "empty-git"])
def test_a_backup_that_is_something_else(place: Place, what: str) -> None:
    place.write("AGENTS.md", "x\n")
    if what == "file":
        place.backup.write_text("a file\n")
    elif what == "fifo":
        os.mkfifo(place.backup)
    else:
        place.backup.mkdir()
        if what == "git-file":
            (place.backup / ".git").write_text("gitdir: /somewhere/else\n")
        else:
            (place.backup / ".git").mkdir()
            (place.backup / "kept.txt").write_text("kept\n")
    before = independent.source(place.base, ignore=[b"home"])
    refused(place.inside(), 1, str(place.backup))
    assert independent.source(place.base, ignore=[b"home"]) == before


def test_a_backup_with_another_sources_id(place: Place) -> None:
    head = filled(place)
    other = Place(place.base / "other", more={"OPENCODE_BACKUP": str(place.backup)})
    for folder in (other.home, other.source):
        folder.mkdir(parents=True)
    shutil.copytree(place.state / "engine", other.state / "engine")
    other.write("AGENTS.md", "# Of another machine\n")
    other.write("only-here.md", "x\n")
    run = other.inside()
    refused(run, 3, "another source", "--adopt")
    assert (run.outcome, place.head) == ("blocked", head)
    assert other.inside("sync", "--force").code == 3, "--force overrides no guard"
    run = other.inside("sync", "--adopt")
    # What the other source had is now gone from this one: the guard of losses does not care for so few.
    assert (run.code, run.outcome) == (0, "changed"), run
    assert independent.differences(other.source, place.backup) == []
    assert place.git("show", f"{head}:AGENTS.md") == b"# Rules\n"
    assert place.git("merge-base", "--is-ancestor", head, "main") == b""
    run = place.inside()
    refused(run, 3, "another source")


def _foreign_backup(place: Place, **files: str) -> str:
    place.git("init", "-q", "-b", "main", str(place.backup), repository=place.base)
    for name, text in files.items():
        path = place.backup / name.replace("_", "/")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    place.git("add", ".")
    place.git("commit", "-qm", "by hand")
    return place.head


def test_collisions_at_adoption_are_all_listed(place: Place) -> None:
    head = _foreign_backup(
        place, README="of the host's page\n", agent_a="old a\n", agent_b="old b\n", same="same\n", dir="x\n"
    )
    place.write("agent/a", "new a\n")
    place.write("agent/b", "new b\n")
    place.write("same", "same\n")
    place.write("dir/below", "a file stands where this folder goes\n")
    place.write("mine", "mine\n")
    run = place.inside()
    refused(run, 3, "--adopt")
    listed = " ".join(run.json["details"])
    assert [name in listed for name in ("agent/a", "agent/b", "dir")] == [True] * 3, run
    assert "same" not in listed
    assert "README" not in listed
    assert (place.head, run.outcome) == (head, "blocked")
    assert place.git("status", "--porcelain") == b""

    run = place.inside("sync", "--adopt")
    assert (run.code, run.outcome) == (0, "changed"), run
    assert independent.differences(place.source, place.backup, foreign=[b"README"]) == []
    assert place.git("show", f"{head}:agent/a") == b"old a\n"
    assert place.git("log", "--format=%H", "main").decode().split()[-1] == head
    assert (place.backup / "README").read_text() == "of the host's page\n"
    assert (place.backup / "agent/a").read_text() == "new a\n"
    assert place.git("status", "--porcelain") == b""


def test_foreign_files_stay_for_ever(place: Place) -> None:
    _foreign_backup(place, README="page\n", docs_guide="guide\n")
    filled(place)
    os.unlink(place.source / "agent/a0.md")
    place.write("docs/mine.md", "mine\n")
    assert place.inside().outcome == "changed"
    os.unlink(place.source / "docs/mine.md")
    os.rmdir(place.source / "docs")
    assert place.inside().outcome == "changed"
    assert independent.differences(place.source, place.backup, foreign=[b"README", b"docs/guide"]) == []
    assert (place.backup / "docs/guide").read_text() == "guide\n"
    assert place.git("status", "--porcelain") == b""


def test_a_foreign_file_that_appears_later_at_a_path_of_the_source(place: Place) -> None:
    filled(place)
    (place.backup / "new.md").write_text("by hand\n")
    place.git("add", "new.md")
    place.git("commit", "-qm", "by hand")
    head = place.head
    place.write("new.md", "by the agent\n")
    refused(place.inside(), 3, "new.md", "--adopt")
    assert place.head == head


# ---- what cannot be read


def test_an_unreadable_file_is_named_and_is_no_deletion(place: Place) -> None:
    filled(place)
    place.write("agent/a0.md", "changed\n", 0o000)
    place.write("agent/locked-new.md", "new\n", 0o000)
    place.write("agent/a1.md", "changed too\n")
    run = place.sync(weak=True)
    assert (run.code, run.outcome) == (1, "incomplete"), run
    assert {left["path"]: left["why"] for left in run.json["left_out"]} == {
        "agent/a0.md": "unreadable", "agent/locked-new.md": "unreadable",
    }  # fmt: skip
    assert "permission denied" in run.words
    assert place.git("show", "main:agent/a0.md") == b"agent 0\n"
    assert place.git("show", "main:agent/a1.md") == b"changed too\n"
    head = place.head
    again = place.sync(weak=True)
    assert (again.code, again.outcome, place.head) == (1, "incomplete", head), again
    status = place.run("status", "--json", weak=True)
    assert status.json["verdict"] == "attention", status
    for name in ("a0", "locked-new"):
        (place.source / f"agent/{name}.md").chmod(0o644)
    run = place.sync(weak=True)
    assert (run.code, run.outcome) == (0, "changed"), run
    assert independent.differences(place.source, place.backup) == []


@pytest.mark.parametrize("mode", [0o000, 0o400, 0o100])
def test_an_unreadable_folder_speaks_for_all_below_it(place: Place, mode: int) -> None:
    """No rights; names without rights to enter; rights to enter without names."""
    place.write("context/deep/er/x.md", "x\n")
    filled(place)
    head = place.head
    place.write("agent/a1.md", "changed\n")
    (place.source / "context").chmod(mode)
    try:
        run = place.sync(weak=True)
        assert (run.code, run.outcome) == (1, "incomplete"), run
        assert all(left["path"].startswith("context") for left in run.json["left_out"])
        assert run.json["left_out"]
        assert place.git("show", "main:context/deep/er/x.md") == b"x\n"
        assert place.git("show", "main:agent/a1.md") == b"changed\n"
        assert place.head != head
    finally:
        (place.source / "context").chmod(0o755)
    run = place.sync(weak=True)
    assert run.code == 0, run
    assert independent.differences(place.source, place.backup) == []


def test_an_unreadable_folder_does_not_count_as_a_mass_deletion(place: Place) -> None:
    filled(place, files=30)
    (place.source / "agent").chmod(0o000)
    try:
        run = place.sync(weak=True)
        assert (run.code, run.outcome) == (1, "incomplete"), run
        assert len(independent.tree(place.backup)) == 32
    finally:
        (place.source / "agent").chmod(0o755)


def test_an_unreadable_source(place: Place) -> None:
    head = filled(place)
    place.source.chmod(0o000)
    try:
        run = place.sync(weak=True)
    finally:
        place.source.chmod(0o755)
    refused(run, 1, str(place.source), "ermission denied")
    assert place.head == head


# ---- settings


def test_a_broken_config_file_tells_every_error_at_once(place: Place) -> None:
    head = filled(place)
    recorded = place.config.read_text()
    broken = (
        recorded + 'auto_sync_push = "maybe"\nmin_changes_for_sync = 0\nno_such_setting = 1\nbackup_branch = "a..b"\n'
    )
    place.config.write_text(broken)
    place.write("AGENTS.md", "# New\n")
    run = place.sync(environ={"MAX_SYNC_FREQUENCY": "often"})
    refused(
        run, 2, "auto_sync_push", "min_changes_for_sync", "no_such_setting", "backup_branch", "MAX_SYNC_FREQUENCY",
        "config.toml",
    )  # fmt: skip
    assert place.head == head
    assert place.config.read_text() == broken
    place.config.write_text("this is = = not TOML")
    refused(place.inside(), 2, "config.toml", "line 1", "TOML")
    place.config.write_text(recorded)
    assert place.inside().outcome == "changed"


# ---- a backup that somebody has been at


def _commit_manifest(place: Place, text: bytes) -> str:
    """A commit on the branch that puts this text in the manifest's place, as an attacker would."""
    (place.backup / ".autosync/manifest").write_bytes(text)
    place.git("add", ".autosync/manifest")
    place.git("commit", "-qm", "forged")
    return place.head


@pytest.mark.parametrize(
    "line",
    [
        b"f 644 ../x", b"f 4755 agent/a0.md", b"f 644 /etc/passwd", b"f 644 agent/../../x", b"f 644 .git/config",
        b"f 644 .autosync/manifest", b"f 644 a//b", b"l 777 .git", b'f 644 "agent/\\056\\056/x"', b"f 1777 agent/a0.md",
    ],
)  # fmt: skip
def test_a_forged_manifest_line_is_refused(place: Place, line: bytes) -> None:
    filled(place)
    bystander = place.base / "x"
    bystander.write_text("not yours\n")
    good = place.git("show", "main:.autosync/manifest")
    head, rest = good.split(b"\n")[:3], good.split(b"\n")[3:-1]
    _commit_manifest(place, b"\n".join([*head, *sorted([*rest, line], key=lambda text: text.split(b" ", 2)[2]), b""]))
    place.write("agent/a0.md", "new\n")
    before = bystander.stat()
    run = place.inside()
    assert (run.code, run.outcome) == (0, "changed"), run
    assert independent.differences(place.source, place.backup) == []
    assert independent.manifest(place.backup).keys() == independent.source(place.source).keys()
    assert bystander.stat() == before
    assert stat.S_IMODE((place.backup / "agent/a0.md").stat().st_mode) & 0o7000 == 0


def test_a_manifest_that_claims_a_foreign_file(place: Place) -> None:
    """The README of the host's page is claimed as owned, so that the next sync would delete it."""
    _foreign_backup(place, README="page\n")
    filled(place)
    good = place.git("show", "main:.autosync/manifest").split(b"\n")
    lines = sorted([*good[3:-1], b"f 644 README"], key=lambda line: line.split(b" ", 2)[2])
    _commit_manifest(place, b"\n".join([*good[:3], *lines, b""]))
    place.write("agent/a0.md", "new\n")
    run = place.inside()
    assert run.code == 0, run
    assert independent.differences(place.source, place.backup, foreign=[b"README"]) == []
    assert (place.backup / "README").read_text() == "page\n"


def test_a_manifest_that_is_gone(place: Place) -> None:
    """Ownership comes from the last own commit; nothing becomes a collision, nothing is deleted."""
    filled(place)
    place.git("rm", "-q", ".autosync/manifest")
    place.git("commit", "-qm", "tidied up")
    os.unlink(place.source / "agent/a0.md")
    run = place.inside()
    assert run.code == 0, run
    assert independent.differences(place.source, place.backup) == []


@pytest.mark.parametrize("text", ["", "\0" * 41, "0123\n", "ref: refs/heads/other\n", "f" * 40 + "\n"])
def test_a_damaged_ref(place: Place, text: str) -> None:
    """As a power cut, or a person, may leave it: named, nothing is overwritten."""
    filled(place)
    ref = place.backup / ".git/refs/heads/main"
    good = ref.read_text()
    ref.write_text(text)
    place.write("agent/a0.md", "new\n")
    refused(place.inside(), 1, "main")
    assert ref.read_text() == text
    assert place.inside("status").json["verdict"] == "not protected"
    ref.write_text(good)
    assert place.inside().outcome == "changed"
    assert independent.differences(place.source, place.backup) == []


@pytest.mark.parametrize("how", ["detached", "other branch"])
def test_a_work_tree_that_stands_elsewhere_is_left_alone(place: Place, how: str) -> None:
    head = filled(place)
    place.git(*(("checkout", "-q", "--detach") if how == "detached" else ("checkout", "-qb", "experiment")))
    (place.backup / "agent/a0.md").write_text("an experiment\n")
    place.write("agent/a0.md", "new\n")
    run = place.inside()
    assert (run.code, run.outcome) == (0, "changed"), run
    assert "left alone" in " ".join(run.json["notes"])
    assert independent.differences(place.source, place.backup) == []
    assert (place.backup / "agent/a0.md").read_text() == "an experiment\n"
    assert place.git("rev-parse", "HEAD").decode().strip() == head
    status = place.inside("status")
    assert (status.code, status.json["verdict"]) == (0, "attention")
    again = place.inside()
    assert (again.code, again.outcome) == (0, "ok"), again
    place.git("checkout", "-q", "-f", "main")
    place.write("agent/a1.md", "newer\n")
    assert place.inside().outcome == "changed"
    assert place.git("status", "--porcelain") == b""


def test_edits_in_the_backups_own_work_tree_are_saved(place: Place) -> None:
    """Edits of owned files end in `git stash list`; foreign files stay, staged or not."""
    place.write("context/deep/x.md", "x\n")
    filled(place)
    (place.backup / "agent/a0.md").write_text("edited here\n")
    (place.backup / "agent/a1.md").write_text("staged here\n")
    place.git("add", "agent/a1.md")
    (place.backup / "agent/a1.md").write_text("and edited again\n")
    (place.backup / "context/deep/x.md").unlink()
    (place.backup / "foreign-staged.md").write_text("staged\n")
    place.git("add", "foreign-staged.md")
    (place.backup / "foreign.md").write_text("not staged\n")
    place.write("agent/a0.md", "new\n")
    place.write("agent/a2.md", "new\n")
    run = place.inside()
    assert (run.code, run.outcome) == (0, "changed"), run
    assert "git stash list" in " ".join(run.json["notes"]), run
    assert independent.differences(place.source, place.backup) == []
    entries = place.git("stash", "list").decode().splitlines()
    assert len(entries) == 1
    assert run.json["id"] in entries[0]
    assert place.git("show", "stash@{0}:agent/a0.md") == b"edited here\n"
    assert place.git("show", "stash@{0}:agent/a1.md") == b"and edited again\n"
    assert place.git("show", "stash@{0}^2:agent/a1.md") == b"staged here\n"
    assert (place.backup / "agent/a0.md").read_text() == "new\n"
    assert (place.backup / "context/deep/x.md").read_text() == "x\n"
    assert place.git("status", "--porcelain").decode().splitlines() == ["A  foreign-staged.md", "?? foreign.md"]
    written = place.written()
    assert place.inside().outcome == "ok"
    assert place.written() == written


def test_a_file_of_a_person_where_a_new_path_goes(place: Place) -> None:
    """Not tracked, not ours, and in the way: saved before the new file takes its place."""
    filled(place)
    (place.backup / "agent/new.md").write_text("my notes\n")
    place.write("agent/new.md", "the agent's\n")
    run = place.inside()
    assert (run.code, run.outcome) == (0, "changed"), run
    assert place.git("show", "main:agent/new.md") == b"the agent's\n"
    assert place.git("show", "stash@{0}:agent/new.md") == b"my notes\n"


@pytest.mark.parametrize("lock", ["index.lock", "refs/heads/main.lock", "packed-refs.lock", "config.lock"])
def test_a_lock_that_a_killed_git_left(place: Place, lock: str) -> None:
    """Nothing of git's own locks is ours to remove at once; the run says so or goes on, and loses nothing."""
    head = filled(place)
    place.write("agent/a0.md", "new\n")
    path = place.backup / ".git" / lock
    path.write_text("")
    run = place.inside()
    if run.code == 0:
        assert independent.differences(place.source, place.backup) == []
    else:
        refused(run, 1, ".lock")
        assert place.head == head
    path.unlink(missing_ok=True)
    assert place.inside().code == 0
    assert independent.differences(place.source, place.backup) == []
    assert place.git("status", "--porcelain") == b""


def test_a_lost_config_file_is_mended_by_one_adoption(place: Place) -> None:
    """Nothing differs but who the backup says its source is; after the adoption everything is as before."""
    filled(place)
    place.config.unlink()
    refused(place.inside(), 3, "another source", "--adopt")
    run = place.inside("sync", "--adopt")
    assert (run.code, run.outcome) == (0, "changed"), run
    assert independent.differences(place.source, place.backup) == []
    written = place.written()
    run = place.inside()
    assert (run.code, run.outcome, place.written() == written) == (0, "ok", True), run


def test_an_empty_folder_where_the_backup_has_a_foreign_file(place: Place) -> None:
    head = _foreign_backup(place, notes="a file\n", deep_down_x="x\n")
    (place.source / "notes").mkdir()
    place.write("deep", "a file where the backup has a folder\n")
    refused(place.inside(), 3, "notes", "deep/down/x", "--adopt")
    run = place.inside("sync", "--adopt")
    assert (run.code, run.outcome) == (0, "changed"), run
    assert independent.differences(place.source, place.backup) == []
    assert place.git("show", f"{head}:deep/down/x") == b"x\n"
    assert place.inside().outcome == "ok"
    assert place.git("status", "--porcelain") == b""


def test_no_git(place: Place) -> None:
    head = filled(place)
    (place.base / "empty").mkdir()
    place.write("AGENTS.md", "# New\n")
    run = place.sync(environ={"PATH": str(place.base / "empty")})
    refused(run, 1, "no git", "install git")
    assert place.head == head


def test_a_forced_sync_believes_no_memory(place: Place) -> None:
    """The scan cache says that a file is as it was, though its bytes are others: only reading all of them tells."""
    filled(place)
    path = place.source / "agent/a1.md"
    path.write_bytes(b"agent X\n")
    with look(open_site(place.environ)) as seen:
        cache, idle = seen.site.state.load_cache(), seen.idle
        assert cache is not None
        assert idle is None
        seen.site.state.save_cache(replace(cache, scan=seen.blob, unsettled=()))
    assert place.inside().outcome == "ok", "the memory does not lie: this proves nothing"
    forced = place.inside("sync", "--force")
    assert (forced.code, forced.outcome) == (0, "changed"), forced
    assert independent.differences(place.source, place.backup) == []
    again = place.inside("sync", "--force")
    assert (again.code, again.outcome) == (0, "ok"), again


def test_a_place_that_cannot_hold_a_backup_is_not_noted(place: Place) -> None:
    """One run with a wrong OPENCODE_BACKUP must not decide where all later runs go."""
    place.write("AGENTS.md", "# Rules\n")
    place.more["OPENCODE_BACKUP"] = "/proc/nowhere/backup"
    refused(place.inside(), 1, "/proc/nowhere/backup", "cannot be made")
    assert not place.config.exists()
    del place.more["OPENCODE_BACKUP"]
    assert place.inside().code == 0
    assert str(place.backup) in place.config.read_text()
