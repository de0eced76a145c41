"""The backup: what is in it before, what must be in it afterwards."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from pytest_bdd import given, parsers, step, then

from tests.features.pictures import git
from tests.features.settings import put
from tests.features.words import NUMBER, TIME, seconds_of, time_of
from tests.support.machine import Machine

MANIFEST = b".autosync/manifest"


@given(
    parsers.re(
        r'a backup repository with (?:a file|files) of its own "(?P<name>[^"]+)"(?: and "(?P<other>[^"]+)")? '
        r'that says? "(?P<text>[^"]*)"'
    )
)
def with_foreign_file(machine: Machine, name: str, other: str | None, text: str) -> None:
    machine.backup.mkdir(parents=True, exist_ok=True)
    if not (machine.backup / ".git").exists():
        git(machine.backup, "init", "--quiet", "--initial-branch=main")
    for one in filter(None, (name, other)):
        commit_by_hand(machine, one, text)


@step(parsers.re(r'a person commits "(?P<name>[^"]+)" to the backup, saying "(?P<text>[^"]*)"'))
def commit_by_hand(machine: Machine, name: str, text: str) -> None:
    stage_by_hand(machine, name, text)
    git(machine.backup, "commit", "--quiet", "-m", "by hand")


@given(parsers.re(r'a person commits to the backup that "(?P<name>[^"]+)" is a program'))
def commit_mode_by_hand(machine: Machine, name: str) -> None:
    (machine.backup / name).chmod(0o755)
    git(machine.backup, "commit", "--quiet", "--all", "-m", "by hand")


@step(parsers.re(r'a person edits "(?P<name>[^"]+)" in the backup, saying "(?P<text>[^"]*)"'))
def edit_by_hand(machine: Machine, name: str, text: str) -> None:
    path = machine.backup / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text + "\n")


@step(parsers.re(r'a person stages "(?P<name>[^"]+)" in the backup, saying "(?P<text>[^"]*)"'))
def stage_by_hand(machine: Machine, name: str, text: str) -> None:
    edit_by_hand(machine, name, text)
    git(machine.backup, "add", "--force", name)


@given("a backup that is a bare repository")
def bare(machine: Machine) -> None:
    machine.backup.mkdir(parents=True)
    git(machine.backup, "init", "--quiet", "--bare", "--initial-branch=main")


@given("a backup folder with files in it that is no repository")
def no_repository(machine: Machine) -> None:
    machine.backup.mkdir(parents=True)
    (machine.backup / "thesis.txt").write_text("Years of work.\n")


@given("a backup that belongs to another config tree")
def of_another(machine: Machine) -> None:
    other = Machine(machine.root / "other", machine.scanner_cache)
    other.environ["OPENCODE_BACKUP"] = machine.environ["OPENCODE_BACKUP"] = str(machine.root / "shared-backup")
    other.write("context/theirs.md", "Theirs.\n")
    other.must_sync()


@given(parsers.re("the backup lies (?P<where>inside the config tree|around the config tree|where the config tree is)"))
def overlapping(machine: Machine, where: str) -> None:
    places = {
        "inside the config tree": machine.source / "backup",
        "around the config tree": machine.source.parent,
        "where the config tree is": machine.source,
    }
    # Through a link, so that only the real paths say so.
    link = machine.home / "seems-apart"
    target = places[where]
    link.symlink_to(target if target.exists() else target.parent)
    machine.environ["OPENCODE_BACKUP"] = str(link if target.exists() else link / target.name)


@given("a machine whose git settings are hostile")
def hostile_git(machine: Machine) -> None:
    hooks = machine.home / "hooks"
    hooks.mkdir()
    for name in ("pre-commit", "post-commit", "reference-transaction", "post-checkout"):
        (hooks / name).write_text(f"#!/bin/sh\ntouch {machine.home}/hook-ran\nexit 1\n")
        (hooks / name).chmod(0o755)
    (machine.home / ".gitconfig").write_text(
        f"[core]\n\tautocrlf = true\n\thooksPath = {hooks}\n\tsafecrlf = true\n"
        "[commit]\n\tgpgsign = true\n[gpg]\n\tprogram = false\n[user]\n\tuseConfigOnly = true\n"
        "[init]\n\tdefaultBranch = trunk\n"
    )
    for name in ("GIT_DIR", "GIT_INDEX_FILE", "GIT_WORK_TREE"):
        machine.hostile[name] = str(machine.home / "elsewhere")


@given(parsers.re(r"unattended runs that may take (?P<span>\d+ \w+), and a git that never answers"))
def hanging_git(machine: Machine, span: str) -> None:
    put(machine, run_deadline=seconds_of(span))
    machine.hang_git()


@given('"origin/HEAD" in the backup names a branch that is gone')
def dangling(machine: Machine) -> None:
    git(machine.backup, "symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/master")


_REAL = f'exec {shutil.which("git")} "$@"'
_GITS = {
    "lacks a library": "echo 'git: error while loading shared libraries: libz.so.1' >&2; exit 127",
    "fails without a word": "exit 1",
    "does nothing": "exit 0",
    "only says its version": "echo git version 2.40.1",
    "greets before it works": f"echo Hello; {_REAL}",
    "is killed when it reads": f'case "$*" in *show-index*|*cat-file*) kill -9 $$;; esac; {_REAL}',
}


@given(parsers.re(f"a git that (?P<what>{'|'.join(_GITS)})"))
def other_git(machine: Machine, what: str) -> None:
    machine.replace_git(_GITS[what])


@step("the backup is deleted")
def no_backup_any_more(machine: Machine) -> None:
    shutil.rmtree(machine.backup)


@given("a backup on a drive of its own, made at 09:00")
def on_a_drive(machine: Machine) -> None:
    machine.environ["OPENCODE_BACKUP"] = str(machine.root / "drive" / "stick" / "backup")
    machine.make_tree()
    machine.must_sync()


@given(
    parsers.re(
        "the drive is gone, and its (?P<what>empty mount point is left|mount point went with it|mount point above is left)"
    )
)
def drive_gone(machine: Machine, what: str) -> None:
    stick = machine.root / "drive" / "stick"
    stick.rename(machine.root / "drive-in-a-pocket")
    if what == "empty mount point is left":
        machine.backup.mkdir(parents=True)
    elif what == "mount point above is left":
        stick.mkdir()


@step("a person begins an empty repository in the backup's place")
def git_init(machine: Machine) -> None:
    git(machine.backup.parent, "init", "--quiet", str(machine.backup))


@step("the drive is connected again")
def drive_back(machine: Machine) -> None:
    shutil.rmtree(machine.root / "drive" / "stick", ignore_errors=True)
    (machine.root / "drive-in-a-pocket").rename(machine.root / "drive" / "stick")


@then("nothing was written in the drive's place")
def nothing_in_its_place(machine: Machine) -> None:
    assert [path for path in (machine.root / "drive").rglob("*") if path.is_file()] == []


@given("the state folder may not be written to")
def state_closed(machine: Machine, request: pytest.FixtureRequest) -> None:
    folder = Path(machine.site.state.folder)
    folder.chmod(0o500)
    request.addfinalizer(lambda: folder.chmod(0o700))


@step("the state folder is lost")
def no_state(machine: Machine) -> None:
    shutil.rmtree(machine.state)


@step("the backup is damaged")
def damaged(machine: Machine) -> None:
    packs = sorted((machine.backup / ".git" / "objects" / "pack").glob("*.pack"))
    packs[-1].chmod(0o644)
    data = bytearray(packs[-1].read_bytes())
    middle = len(data) // 2
    data[middle : middle + 8] = bytes(byte ^ 0xFF for byte in data[middle : middle + 8])
    packs[-1].write_bytes(data)


@step("the backup loses its objects")
def lost_objects(machine: Machine) -> None:
    for pack in (machine.backup / ".git" / "objects" / "pack").iterdir():
        pack.unlink()


@step(parsers.re(r"someone forges the backup's manifest, adding the line \"(?P<line>[^\"]+)\""))
def forged(machine: Machine, line: str) -> None:
    path = machine.backup / ".autosync" / "manifest"
    header, rest = path.read_bytes().split(b"\n")[:3], path.read_bytes().split(b"\n")[3:-1]
    path.write_bytes(b"\n".join([*header, *sorted([*rest, line.encode()], key=lambda x: x.split(b" ", 2)[2]), b""]))
    git(machine.backup, "add", "--force", ".autosync/manifest")
    git(machine.backup, "commit", "--quiet", "-m", "forged")


@given(parsers.re(rf"{NUMBER} failures? in a row, the last at {TIME}"))
def failures(machine: Machine, number: str, time: str) -> None:
    """Real ones: git finds a file where it keeps its packs."""
    machine.edit("AGENTS.md")
    machine.now = time_of(time)
    packs = machine.backup / ".git" / "objects" / "pack"
    aside = packs.with_name("pack-aside")
    packs.rename(aside)
    packs.write_text("in the way")
    for _ in range(int(number)):
        told = machine.sync()
        told.spoken = True
        assert told.exit_code == 1, told.text
    packs.unlink()
    aside.rename(packs)


# ---- what was in the way


@then("nothing was lost there")
def thesis(machine: Machine) -> None:
    assert (machine.backup / "thesis.txt").read_text() == "Years of work.\n"


@then("no foreign command ran")
def no_hook(machine: Machine) -> None:
    assert not (machine.home / "hook-ran").exists()
    assert not (machine.home / "elsewhere").exists()
