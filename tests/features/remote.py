"""The remote: where syncs push to, what others do there, what must be there afterwards."""

from __future__ import annotations

import shutil
from pathlib import Path

from pytest_bdd import given, parsers, step, then

from autosync_tasks.recovery.take_side import take
from autosync_tasks.remote.conflict import finish, take_source
from autosync_tasks.workspace.request import Request
from tests.features.backup import commit_by_hand
from tests.features.backup_contents import equals
from tests.features.mending import mends, not_mended
from tests.features.outcome import OUTCOMES, heard, is_so
from tests.features.pictures import commits, files_in, git
from tests.features.run import changes_and_asks
from tests.features.settings import put
from tests.features.words import TIME
from tests.support.machine import Machine
from tests.support.rights import as_a_person

QUOTED = '"(?P<name>[^"]+)"'
SAYING = 'saying "(?P<text>[^"]*)"'


def there(machine: Machine) -> Path:
    return machine.root / "remote.git"


def elsewhere(machine: Machine) -> Path:
    return machine.root / "elsewhere.git"


def empty(folder: Path) -> None:
    folder.mkdir(parents=True)
    git(folder, "init", "--quiet", "--bare", "--initial-branch=main")


def renew(machine: Machine) -> None:
    """The remote is a new, empty repository at the same address, that this machine never saw."""
    there(machine).rename(machine.root / "old-remote.git")
    empty(there(machine))
    git(machine.backup, "update-ref", "-d", "refs/autosync/remote/origin/main")


def by_others(machine: Machine, name: str, text: str | None) -> None:
    """A commit on the remote by somebody with a clone of it."""
    clone = machine.root / "others"
    if not clone.exists():
        clone.mkdir()
        git(clone, "init", "--quiet", "--initial-branch=main")
        git(clone, "remote", "add", "origin", str(there(machine)))
    if git(clone, "ls-remote", "origin", "refs/heads/main"):
        git(clone, "fetch", "--quiet", "origin")
        git(clone, "reset", "--quiet", "--hard", "origin/main")
    path = clone / name
    if text is None:
        path.unlink()
    else:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text + "\n")
    git(clone, "add", "--all", "--force")
    git(clone, "commit", "--quiet", "-m", "by others")
    push_others(machine)


def push_others(machine: Machine, *options: str) -> None:
    git(machine.root / "others", "push", "--quiet", *options, "origin", "HEAD:main")
    (machine.root / "as-left").write_text(commits(there(machine))[0])


@given(parsers.re(f"a remote that every sync pushes to(?:, the last one at {TIME})?"))
def pushes(machine: Machine, time: str | None = None) -> None:
    empty(there(machine))
    git(machine.backup, "remote", "add", "origin", str(there(machine)))
    put(machine, auto_sync_push=True)
    machine.must_sync()
    assert commits(there(machine)) == commits(machine.backup)
    if time:
        changes_and_asks(machine, "a context file", "changes", "a person", time, "done", None)
    (machine.root / "as-left").write_text(commits(there(machine))[0])


@step("the remote is away")
def away(machine: Machine) -> None:
    there(machine).rename(machine.root / "away")


@step("the remote is back")
def back(machine: Machine) -> None:
    (machine.root / "away").rename(there(machine))


@given(parsers.re(f"a sync at {TIME} while the remote was away"))
def did_not_reach(machine: Machine, time: str) -> None:
    away(machine)
    changes_and_asks(machine, "a context file", "changes", "a person", time, "incomplete", None)
    back(machine)


@given("a person mended what could be mended while the remote was away")
def mended_in_part(machine: Machine) -> None:
    away(machine)
    mends(machine)
    not_mended(machine)
    back(machine)


@then("the branch is where the remote is")
def as_remote(machine: Machine) -> None:
    assert git(machine.backup, "rev-parse", "main") == git(there(machine), "rev-parse", "main")


@given("the remote refuses a push")
def refuses(machine: Machine) -> None:
    git(there(machine), "config", "receive.hideRefs", "refs/heads")


@given("the remote has a program that runs at every push")
def hooked(machine: Machine) -> None:
    for name in ("pre-receive", "update", "post-receive", "reference-transaction"):
        hook = there(machine) / "hooks" / name
        hook.parent.mkdir(exist_ok=True)
        hook.write_text(f"#!/bin/sh\ntouch '{machine.root}/ran-there'\n")
        hook.chmod(0o755)


@then("that program never ran")
def never_ran(machine: Machine) -> None:
    assert not (machine.root / "ran-there").exists()


@given(parsers.re(f"someone else puts {QUOTED} on the remote, {SAYING}"))
def put_there(machine: Machine, name: str, text: str) -> None:
    by_others(machine, name, text)


@given(parsers.re(f"someone else (?P<does>rewrote|removed) {QUOTED} on the remote"))
def changed_there(machine: Machine, does: str, name: str) -> None:
    by_others(machine, name, "Written by others" if does == "rewrote" else None)


@given(parsers.re(f"a sync at {TIME} that found {QUOTED} rewritten on the remote"))
def found_rewritten(machine: Machine, time: str, name: str) -> None:
    changed_there(machine, "rewrote", name)
    changes_and_asks(machine, "a context file", "changes", "a person", time, None, "4")


@step("someone else takes the last commit off the remote")
def taken_off(machine: Machine) -> None:
    by_others(machine, "mistake.txt", "A mistake")
    git(machine.root / "others", "reset", "--quiet", "--hard", "HEAD~2")
    push_others(machine, "--force")


@step("the others take that back")
def take_back(machine: Machine) -> None:
    git(machine.root / "others", "revert", "--no-edit", "HEAD")
    push_others(machine)


@given(parsers.re(f"the remote is a new one with a {QUOTED} in it"))
def new_one(machine: Machine, name: str) -> None:
    renew(machine)
    by_others(machine, name, "Free")


@given("the remote holds the backup of another config tree")
def of_another(machine: Machine) -> None:
    renew(machine)
    other = Machine(machine.root / "other", machine.scanner_cache)
    other.make_tree()
    other.must_sync()
    git(other.backup, "push", "--quiet", str(there(machine)), "main")
    (machine.root / "as-left").write_text(commits(there(machine))[0])


@given("the backup's remote is changed to another place")
def another_place(machine: Machine) -> None:
    empty(elsewhere(machine))
    git(machine.backup, "remote", "set-url", "origin", str(elsewhere(machine)))


@given("the backup's remote is removed")
def removed(machine: Machine) -> None:
    git(machine.backup, "remote", "remove", "origin")


@given("a person commits a secret to the backup")
def secret_by_hand(machine: Machine) -> None:
    commit_by_hand(machine, "notes-of-mine.txt", f"token = {machine.secret}")


@given("the history of the backup holds a secret that is in no file any more")
def secret_in_history(machine: Machine) -> None:
    secret_by_hand(machine)
    git(machine.backup, "rm", "--quiet", "notes-of-mine.txt")
    git(machine.backup, "commit", "--quiet", "-m", "gone again")


@step("a person forgets acceptances whose finding is gone")
def prune(machine: Machine) -> None:
    machine.command("autosync", "accept", "--prune").spoken = True


@step("a person chooses the version of this machine")
def choose_source(machine: Machine) -> None:
    with as_a_person():
        site = machine.site
        with site.state.lock():
            finish(site, take_source(site, now=machine.now))


@step("a person chooses the version of the others")
def choose_theirs(machine: Machine) -> None:
    with as_a_person():
        run = take(machine.site, "remote", Request(now=machine.now, run_id="aaaaaaaaaaaa"))
    assert run.exit_code == 0, run


@given(parsers.re(f"another machine with a copy of this home has pushed {QUOTED}"))
def copied(machine: Machine, name: str) -> None:
    """Its backup goes on from the same history, with the same source id."""
    other = Machine(machine.root / "copy", machine.scanner_cache)
    other.home.rmdir()
    shutil.copytree(machine.home, other.home, symlinks=True)
    config = other.config / "config.toml"
    config.write_text(config.read_text().replace(str(machine.home), str(other.home)))
    other.write(name, "Theirs\n")
    other.must_sync()
    (machine.root / "as-left").write_text(commits(there(machine))[0])


@then("the remote has everything on this machine's branch, and is otherwise as the others left it")
def on_own_branch(machine: Machine) -> None:
    branch = machine.site.settings.backup_branch
    assert branch != "main"
    heads = [git(place, "rev-parse", f"refs/heads/{branch}") for place in (there(machine), machine.backup)]
    assert heads[0] == heads[1]
    as_left(machine)


@step("a person looks what could be recovered")
def look_for_faults(machine: Machine) -> None:
    machine.command("autosync", "recover", "--check")


@then("the remote has everything")
def has_everything(machine: Machine) -> None:
    assert commits(there(machine)) == commits(machine.backup)


@then(parsers.re("the sync is (?P<outcome>" + "|".join(OUTCOMES) + "), and the remote has everything"))
def ended_and_has_everything(machine: Machine, outcome: str) -> None:
    is_so(machine, outcome)
    has_everything(machine)


@then(parsers.re(f"the remote holds {QUOTED}, {SAYING}"))
def holds(machine: Machine, name: str, text: str) -> None:
    assert files_in(there(machine))[name.encode()][1] == text.encode() + b"\n"


@then("the remote is as the others left it")
def as_left(machine: Machine) -> None:
    assert commits(there(machine))[0] == (machine.root / "as-left").read_text()


@then("the other place is still empty")
def still_empty(machine: Machine) -> None:
    assert git(elsewhere(machine), "for-each-ref") == b""


@then("the remote keeps this machine's backup aside, once, and is otherwise as the others left it")
def kept_aside(machine: Machine) -> None:
    aside = git(there(machine), "for-each-ref", "--format=%(objectname)", "refs/heads/autosync").decode().split()
    assert aside == commits(machine.backup)[:1]
    as_left(machine)


@then("what the others wrote can still be found in the history")
def still_found(machine: Machine) -> None:
    theirs = (machine.root / "as-left").read_text()
    assert theirs in commits(there(machine))


@then("the backup equals the config tree, and the remote has everything")
def equal_on_both_sides(machine: Machine) -> None:
    equals(machine)
    has_everything(machine)


@then("the backup equals the config tree, but the push waits")
def push_waits(machine: Machine) -> None:
    equals(machine)
    run = heard(machine).run
    assert run is not None
    assert [step.outcome for step in run.steps if step.name == "push"] == ["deferred"]
    assert commits(machine.backup)
