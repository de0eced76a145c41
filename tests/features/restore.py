"""Restoring, mending and drilling: who asks for it, what is damaged before, what must stand there afterwards."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from datetime import UTC
from pathlib import Path

from pytest_bdd import given, parsers, step, then, when

from autosync_tasks.errors import AutosyncError
from autosync_tasks.model import Change, Outcome, Run
from autosync_tasks.recovery.recover import recover
from autosync_tasks.report import lines
from autosync_tasks.restore.request import Agree, Wish
from autosync_tasks.restore.restore import backups, restore
from autosync_tasks.verify.drill import drill, fetch_for
from autosync_tasks.workspace.request import Request
from autosync_tasks.workspace.workspace import open_site
from tests.features.outcome import heard
from tests.features.person import as_a_person
from tests.features.pictures import changed, files_of, git
from tests.features.words import TIME, WHAT, path_of, time_of
from tests.support.machine import EXIT_CODE, Machine, Told, plain

_FILE = "context/stack.md"


def _tell(machine: Machine, what: str, go: Callable[[], Run], shown: Callable[[Run], str]) -> Told:
    before = machine.written()
    try:
        with as_a_person():
            run = go()
        told = Told(what, run.outcome, run.exit_code, shown(run), run)
    except AutosyncError as error:
        told = Told(what, "refused", error.exit_code, plain(lines.of_error(error)), error=error)
    told.before, told.after = before, machine.written()
    machine.told.append(told)
    return told


def _restore(
    machine: Machine,
    *paths: str,
    at: str = "",
    to: str = "",
    check: bool = False,
    undo: bool = False,
    yes: bool = False,
    cwd: str = "",
    outside: bool = False,
    agree: Agree | None = None,
) -> Told:
    run_id = f"{len(machine.told):012x}"
    machine.now += 1
    to = to or ("/" if outside else "")
    wish = Wish(tuple(map(os.fsencode, paths)), at, to, check, undo, machine.now, run_id, UTC, yes, cwd, outside)

    def go() -> Run:
        return restore(open_site(machine.environ, new_machine=True), wish, agree=agree)[0]

    return _tell(machine, "restore", go, lambda run: plain(lines.of_restore(run, "", "")))


@step("a person restores everything")
def restores_all(machine: Machine) -> None:
    _restore(machine, agree=lambda over: True)


@step("a script restores everything")
def script_restores(machine: Machine) -> None:
    _restore(machine)


@step("a script restores everything, come what may")
def script_insists(machine: Machine) -> None:
    _restore(machine, yes=True)


@step("a person is asked about restoring everything and says no")
def says_no(machine: Machine) -> None:
    asked: list[Sequence[Change]] = []

    def agree(over: Sequence[Change]) -> bool:
        asked.append(over)
        return False

    _restore(machine, agree=agree)
    assert [[change.path for change in over] for over in asked] == [[b"AGENTS.md"]]


@step(parsers.re(f'a person in the folder {WHAT} restores (?P<name>"[^"]+")'))
def restores_from_inside(machine: Machine, what: str, name: str) -> None:
    _restore(machine, path_of(name), cwd=str(machine.path(path_of(what))))


@step(parsers.re(f"a person lists the backups of {WHAT}"))
def lists_backups(machine: Machine, what: str) -> None:
    wish = Wish((os.fsencode(path_of(what)),), now=machine.now, zone=UTC)
    text = plain(lines.of_backups(backups(machine.site, wish)))
    machine.told.append(Told("restore --list", "", 0, text))


@then(parsers.re(r"(?P<number>\d+) backups are named"))
def backups_named(machine: Machine, number: str) -> None:
    assert len(heard(machine).text.splitlines()) == int(number)


@then("the restore is not agreed to")
def not_agreed(machine: Machine) -> None:
    told = heard(machine)
    assert (told.outcome, told.exit_code) == (Outcome.SKIPPED, 1), told.text


@step("the config tree is lost, and no setting says where it was")
def lost_with_settings(machine: Machine) -> None:
    shutil.rmtree(machine.source)
    shutil.rmtree(machine.config)
    shutil.rmtree(machine.state)
    assert not {"OPENCODE_SOURCE", "OPENCODE_BACKUP", "AUTOSYNC_CONFIG"} & machine.environ.keys()


@step("the backup is a clone that has only the remote's branch")
def cloned(machine: Machine) -> None:
    away = machine.home / "away.git"
    machine.backup.rename(away)
    machine.backup.mkdir()
    git(machine.backup, "init", "--quiet", "--initial-branch=master")
    git(machine.backup, "remote", "add", "origin", str(away))
    git(machine.backup, "fetch", "--quiet", "origin")


@step("a person restores what lies outside the tree")
def restores_outside(machine: Machine) -> None:
    _restore(machine, outside=True)


@step("a person restores everything into another folder")
def restores_elsewhere(machine: Machine) -> None:
    _restore(machine, to=str(_other(machine)))


@step(parsers.re(f"a person restores {WHAT}"))
def restores_one(machine: Machine, what: str) -> None:
    _restore(machine, path_of(what))


@step(parsers.re(f"a person restores {WHAT} as it was at {TIME}"))
def restores_old(machine: Machine, what: str, time: str) -> None:
    assert time_of(time)
    _restore(machine, path_of(what), at=f"2026-01-05 {time}")


@step("a person asks what restoring everything would do")
def checks_restore(machine: Machine) -> None:
    _restore(machine, check=True)


@step("a person takes the restore back")
def undoes(machine: Machine) -> None:
    _restore(machine, undo=True)


def _request(machine: Machine, *, check: bool = False) -> Request:
    return Request(check=check, now=machine.now, run_id=f"{len(machine.told):012x}")


def _words(run: Run) -> str:
    return plain(lines.of_run(run, "", ""))


@when("a person mends the backup")
def mends(machine: Machine) -> None:
    _tell(machine, "recover", lambda: recover(machine.site, _request(machine)), _words)


@when("a person asks what is wrong with the backup")
def asks_what_is_wrong(machine: Machine) -> None:
    _tell(machine, "recover", lambda: recover(machine.site, _request(machine, check=True)), _words)


@when("a person drills the backup")
def drills(machine: Machine) -> None:
    site = machine.site
    _tell(machine, "drill", lambda: drill(site, _request(machine), fetch_for(site)), _words)


# ---- the config tree, and a folder elsewhere


@step("the config tree is lost")
def lost(machine: Machine) -> None:
    shutil.rmtree(machine.source)
    machine.environ["OPENCODE_SOURCE"] = str(machine.source)


@step(parsers.re(f"{WHAT} says the secret"))
def says_secret(machine: Machine, what: str) -> None:
    machine.write(path_of(what), f"The token is {machine.secret}\n")


@step(parsers.re(f"{WHAT} leads to a folder elsewhere"))
def leads_elsewhere(machine: Machine, what: str) -> None:
    elsewhere = machine.home / "elsewhere-folder"
    machine.path(path_of(what)).rename(elsewhere)
    (elsewhere / "stack.md").write_text("Another project's.\n")
    machine.path(path_of(what)).symlink_to(elsewhere)


@then("the folder elsewhere is as it was")
def elsewhere_untouched(machine: Machine) -> None:
    assert files_of(machine.home / "elsewhere-folder") == {b"stack.md": ("100644", b"Another project's.\n")}


def _other(machine: Machine) -> Path:
    return machine.home / "restored"


@given(parsers.re('the other folder has "(?P<name>[^"]+)", saying "(?P<text>[^"]*)"'))
def other_has(machine: Machine, name: str, text: str) -> None:
    _other(machine).mkdir()
    (_other(machine) / name).write_text(text)


@then(parsers.re('the other folder has only "(?P<name>[^"]+)", saying "(?P<text>[^"]*)"'))
def other_still_has(machine: Machine, name: str, text: str) -> None:
    assert files_of(_other(machine)) == {name.encode(): ("100644", text.encode())}


@then("the other folder equals the config tree")
def other_equals(machine: Machine) -> None:
    assert files_of(_other(machine)) == files_of(machine.source)


@then(parsers.re(f"the config tree has {WHAT}"))
def tree_has(machine: Machine, what: str) -> None:
    assert machine.path(path_of(what)).is_file()


@then(parsers.re(f"the config tree has no {WHAT}"))
def tree_has_not(machine: Machine, what: str) -> None:
    assert not os.path.lexists(machine.path(path_of(what)))


@then(parsers.re(f'the config tree has {WHAT}, saying "(?P<text>[^"]*)"'))
def tree_says(machine: Machine, what: str, text: str) -> None:
    assert machine.path(path_of(what)).read_text().strip() == text.replace("\\n", "\n")


@then(parsers.re(f"the config tree has {WHAT} with mode (?P<mode>[0-7]{{3}})"))
def tree_mode(machine: Machine, what: str, mode: str) -> None:
    assert machine.path(path_of(what)).stat().st_mode & 0o7777 == int(mode, 8)


@then(parsers.re(f'the config tree has {WHAT} as a link to "(?P<target>[^"]+)"'))
def tree_link(machine: Machine, what: str, target: str) -> None:
    assert os.readlink(machine.path(path_of(what))) == target


@then(parsers.re(f"the config tree has the empty folder {WHAT}"))
def tree_folder(machine: Machine, what: str) -> None:
    assert os.listdir(machine.path(path_of(what))) == []


# ---- how it ended


@step(parsers.re("the restore is (?P<outcome>done|blocked|incomplete|refused)"))
def restore_is(machine: Machine, outcome: str) -> None:
    told = heard(machine)
    if outcome == "refused":
        assert (told.outcome, told.exit_code) == ("refused", 2), told.text
        return
    wanted = {"done": Outcome.CHANGED, "blocked": Outcome.BLOCKED, "incomplete": Outcome.INCOMPLETE}[outcome]
    assert (told.outcome, told.exit_code) == (wanted, EXIT_CODE[wanted]), told.text


@then("the restore would be done")
def restore_would(machine: Machine) -> None:
    told = heard(machine)
    assert (told.outcome, told.exit_code) == (Outcome.CHANGED, 5), told.text


@then("there is nothing to restore")
def nothing_to_restore(machine: Machine) -> None:
    told = heard(machine)
    assert (told.outcome, told.exit_code) == (Outcome.OK, 0), told.text


@then("the backup is mended")
def is_mended(machine: Machine) -> None:
    told = heard(machine)
    assert (told.outcome, told.exit_code) == (Outcome.CHANGED, 0), told.text


@then("nothing is wrong")
def nothing_wrong(machine: Machine) -> None:
    told = heard(machine)
    assert (told.outcome, told.exit_code) == (Outcome.OK, 0), told.text


@then("nothing is wrong with the backup any more")
def nothing_wrong_any_more(machine: Machine) -> None:
    asks_what_is_wrong(machine)
    nothing_wrong(machine)
    git(machine.backup, "fsck", "--full")


@then("there is something to mend")
def something_wrong(machine: Machine) -> None:
    told = heard(machine)
    assert (told.outcome, told.exit_code) == (Outcome.CHANGED, 5), told.text


@then("not everything could be mended")
def not_mended(machine: Machine) -> None:
    told = heard(machine)
    assert (told.outcome, told.exit_code) == (Outcome.INCOMPLETE, 1), told.text


@then("the next sync backs up a change")
def next_sync(machine: Machine) -> None:
    machine.edit(_FILE)
    machine.must_sync()
    assert git(machine.backup, "show", f"{machine.branch}:{_FILE}") == machine.path(_FILE).read_bytes()


@then(parsers.re("the drill is (?P<outcome>passed|failed)"))
def drill_is(machine: Machine, outcome: str) -> None:
    told = heard(machine)
    wanted = Outcome.OK if outcome == "passed" else Outcome.FAILED
    assert (told.outcome, told.exit_code) == (wanted, EXIT_CODE[wanted]), told.text


@then("no scratch is left")
def no_scratch(machine: Machine) -> None:
    """Only the time of the state folder itself may differ: the scratch folder was in it."""
    told = machine.last
    differ = [path for path in changed(told.before, told.after) if Path(path).parent != machine.state]
    assert not differ


@then(parsers.re('the edit "(?P<text>[^"]+)" of "(?P<name>[^"]+)" can be found again'))
def edit_found(machine: Machine, text: str, name: str) -> None:
    assert git(machine.backup, "show", f"stash@{{0}}:{name}").decode().strip() == text


# ---- what is wrong with a backup


@given(parsers.re(r"a second backup at (?P<time>\d\d:\d\d)"))
def second(machine: Machine, time: str) -> None:
    machine.now = time_of(time)
    machine.edit(_FILE)
    machine.must_sync()


@given(parsers.re("the backup has an unfinished (?P<name>merge|rebase|cherry-pick)"))
def unfinished(machine: Machine, name: str) -> None:
    _other_branch(machine)
    try:
        git(machine.backup, name, "other")
    except (AssertionError, subprocess.CalledProcessError):
        return
    raise AssertionError("there was no conflict")


def _other_branch(machine: Machine) -> None:
    git(machine.backup, "checkout", "--quiet", "-b", "other", "main~1")
    (machine.backup / _FILE).write_text("Something else.\n")
    git(machine.backup, "commit", "--quiet", "--all", "-m", "something else")
    git(machine.backup, "checkout", "--quiet", "main")


@given("the backup has an unfinished bisect")
def bisect(machine: Machine) -> None:
    git(machine.backup, "bisect", "start", "main", "main~1")


@given(parsers.re("the backup has (?:no branch that it stands on|a commit on no branch)"))
def detached(machine: Machine) -> None:
    git(machine.backup, "checkout", "--quiet", "--detach")
    git(machine.backup, "commit", "--quiet", "--allow-empty", "-m", "on no branch")


@given("the backup has a branch that names nothing")
def emptied_branch(machine: Machine) -> None:
    (machine.backup / ".git/refs/heads/main").write_bytes(b"")


@given("the backup has a branch that is gone")
def no_branch(machine: Machine) -> None:
    (machine.backup / ".git/refs/heads/main").unlink()


@given("the backup has a damaged index")
def damaged_index(machine: Machine) -> None:
    (machine.backup / ".git/index").write_bytes(b"DIRC\0\0")


@given("the backup has a HEAD that names nothing")
def damaged_head(machine: Machine) -> None:
    (machine.backup / ".git/HEAD").write_bytes(b"")


@given("the backup has locks that a killed git left")
def stale_locks(machine: Machine) -> None:
    for name in ("index.lock", "refs/heads/main.lock", "objects/pack/tmp_pack_Ab12"):
        (machine.backup / ".git" / name).write_bytes(b"")


@given("the backup has a lock that a program holds")
def held_lock(machine: Machine, request) -> None:  # type: ignore[no-untyped-def]
    code = "import sys, time; f = open(sys.argv[1], 'w'); print('held', flush=True); time.sleep(60)"
    path = str(machine.backup / ".git/index.lock")
    process = subprocess.Popen([sys.executable, "-c", code, path], stdout=subprocess.PIPE)
    assert process.stdout is not None
    process.stdout.readline()
    request.addfinalizer(process.communicate)
    request.addfinalizer(process.kill)


@then("the lock is still there")
def lock_stays(machine: Machine) -> None:
    assert (machine.backup / ".git/index.lock").exists()


@given("the backup has lost the contents of a file")
def lost_contents(machine: Machine) -> None:
    _loose(machine, f"main:{_FILE}").unlink()


@given("the backup has damaged contents of a file")
def damaged_contents(machine: Machine) -> None:
    stored = _loose(machine, f"main:{_FILE}")
    stored.chmod(0o600)
    stored.write_bytes(b"not what was written")


@given("the backup has lost an old version of a file")
def lost_version(machine: Machine) -> None:
    _loose(machine, f"main~1:{_FILE}").unlink()


def _loose(machine: Machine, name: str) -> Path:
    """The file of one object, once every object is a file of its own."""
    content = git(machine.backup, "rev-parse", name).decode().strip()
    store = machine.backup / ".git/objects"
    moved = machine.backup / ".git/moved"
    (store / "pack").rename(moved)
    (store / "pack").mkdir()
    for pack in moved.glob("*.pack"):
        with pack.open("rb") as file:
            subprocess.run(["git", "-C", machine.backup, "unpack-objects", "-q"], stdin=file, check=True)
    shutil.rmtree(moved)
    return store / content[:2] / content[2:]


@then("that commit is on a branch of its own")
def kept(machine: Machine) -> None:
    assert b"on no branch" in git(machine.backup, "log", "--format=%s", "--branches=autosync/kept/*")


@then(parsers.re('it says either "(?P<one>[^"]+)" or "(?P<other>[^"]+)"'))
def says_either(machine: Machine, one: str, other: str) -> None:
    assert one in machine.last.text or other in machine.last.text, machine.last.text
