"""Bootstrap: the remote that is left, the machine that is brought up from it, and what must stand there."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary

from pytest_bdd import given, parsers, step, then

from autosync_tasks.bootstrap.bootstrap import bootstrap
from autosync_tasks.bootstrap.request import Wish
from autosync_tasks.model import Outcome, Run, Trigger
from autosync_tasks.remote.transport import Limits
from autosync_tasks.report import lines
from autosync_tasks.workspace.request import Request
from tests.features.outcome import heard, says
from tests.features.pictures import Picture, changed, commits, git, picture
from tests.features.remote import QUOTED, SAYING, there
from tests.features.restore import ask_restore, tell_of
from tests.support import independent
from tests.support.machine import BIN, Machine, Told, plain
from tests.support.user_systemd import stand_in

_NEW: WeakKeyDictionary[Machine, Machine] = WeakKeyDictionary()
_LOST: WeakKeyDictionary[Machine, dict[bytes, independent.Thing]] = WeakKeyDictionary()
_BEFORE: WeakKeyDictionary[Machine, Picture] = WeakKeyDictionary()
QUICK = Limits(look=20, transfer=30, overall=60, tries=1, size=50_000_000)


def new(machine: Machine, home: str = "home") -> Machine:
    """The machine that is brought up."""
    if machine not in _NEW:
        made = _NEW[machine] = Machine(machine.root / "new", machine.scanner_cache)
        if home != "home":
            made.home.rename(made.root / home)
            made.home = made.root / home
            made.source = made.home / ".config/opencode"
            made.environ["HOME"] = str(made.home)
        made.prepare_scanner()
        made.fake_crontab()
        made.now = machine.now
    return _NEW[machine]


def address(machine: Machine) -> Path:
    bundle = machine.root / "stick.bundle"
    return bundle if bundle.exists() else there(machine)


def _bring(machine: Machine, *, check: bool = False, limits: Limits = QUICK, **wish: Any) -> Told:
    made = new(machine)
    made.now += 60
    before = _BEFORE[machine] = picture(made.home)
    asked = replace(Wish(str(address(machine)), limits=limits), **wish)
    request = Request(check=check, now=made.now, run_id=f"{len(made.told):012x}")

    def go() -> Run:
        return bootstrap(made.environ, asked, request)

    told = tell_of(
        made, "bootstrap", go, lambda run: plain(lines.of_restore(run, str(made.source), "the remote", verbose=True))
    )
    told.before, told.after = before, picture(made.home)
    machine.told.append(told)
    return told


@given("the old machine is lost")
def old_is_lost(machine: Machine) -> None:
    """Only what the remote holds is used from here on; the tree is kept to compare with."""
    _LOST[machine] = independent.source(machine.source)


def sync_old(machine: Machine) -> None:
    machine.must_sync()
    _LOST[machine] = independent.source(machine.source)


@step("a new machine is brought up from the remote")
def brought(machine: Machine) -> None:
    _bring(machine)


@step("a new machine is brought up from the remote, come what may")
def brought_anyway(machine: Machine) -> None:
    _bring(machine, yes=True).spoken = True


@step("a second machine is brought up from the remote")
def second(machine: Machine) -> None:
    _bring(machine, another=True)


@step(parsers.re(f"a new machine is brought up from the branch {QUOTED} of the remote"))
def of_branch(machine: Machine, name: str) -> None:
    _bring(machine, branch=name)


@step(parsers.re(f"a second machine is brought up from the branch {QUOTED} of the remote"))
def second_of_branch(machine: Machine, name: str) -> None:
    _bring(machine, branch=name, another=True)


@step("a new machine without triggers is brought up from the remote")
def without_triggers(machine: Machine) -> None:
    _bring(machine, triggers=False)


@step(parsers.re(f"a new machine whose home is called {QUOTED} is brought up from the remote"))
def other_home(machine: Machine, name: str) -> None:
    new(machine, name)
    _bring(machine)


@step("a person asks what bringing up a new machine would do")
def look_first(machine: Machine) -> None:
    _bring(machine, check=True)


@step("the restore there is taken back")
def taken_back(machine: Machine) -> None:
    ask_restore(new(machine), undo=True)


@step(parsers.re(f"{QUOTED} is edited there and synced"))
def edited_there(machine: Machine, name: str) -> None:
    machine.last.spoken = True
    new(machine).edit(name)
    new(machine).must_sync()


# ---- what must be so


@then("the bootstrap is done")
def is_done(machine: Machine) -> None:
    told = heard(machine)
    assert (told.outcome, told.exit_code) == (Outcome.CHANGED, 0), told.text


@then("there is nothing left to bring up")
def nothing_left(machine: Machine) -> None:
    machine.told[-2].spoken = True
    told = heard(machine)
    assert (told.outcome, told.exit_code) == (Outcome.OK, 0), told.text


@then("the bootstrap would be done")
def would_be(machine: Machine) -> None:
    told = heard(machine)
    assert (told.outcome, told.exit_code) == (Outcome.CHANGED, 5), told.text


@then(parsers.re("the bootstrap (?:is (?P<how>blocked|refused)|fails)"))
def is_blocked(machine: Machine, how: str | None) -> None:
    told = heard(machine)
    assert told.error is not None, told.text
    assert told.exit_code == 3 if how == "blocked" else told.exit_code in (1, 3), told.text
    assert told.error.hint or how == "refused", told.text


@then("the new machine has the lost tree, byte for byte")
def same_tree(machine: Machine) -> None:
    assert independent.source(new(machine).source) == _LOST[machine]


@then("the bootstrap is done, and the new machine has the lost tree, byte for byte")
def done_and_same_tree(machine: Machine) -> None:
    is_done(machine)
    same_tree(machine)


@then("the new machine has no config tree")
def no_tree(machine: Machine) -> None:
    assert not new(machine).source.exists()


@then("the next sync there has nothing to do")
def idle(machine: Machine) -> None:
    told = new(machine).sync()
    assert (told.outcome, told.exit_code) == (Outcome.OK, 0), told.text
    assert "nothing to do" in told.text
    told.spoken = True


@then("nothing was written there")
def nothing_written(machine: Machine) -> None:
    """Scratch comes and goes: only the times of the folders around it tell."""
    before, after = (
        {path: (mode, what) for path, (mode, _, what) in seen.items()}
        for seen in (_BEFORE[machine], picture(new(machine).home))
    )
    assert before == after


@then("nothing outside its places was written there")
def places_only(machine: Machine) -> None:
    made = new(machine)
    ours = (made.source, made.backup, made.state, made.settings)
    folders = {str(parent) for place in ours for parent in place.parents}
    strays = [
        path
        for path in changed(_BEFORE[machine], picture(made.home))
        if path not in folders and not any((path + "/").startswith(f"{place}/") for place in ours)
    ]
    assert strays == []
    assert not (machine.root / "outside").exists() or list((machine.root / "outside").iterdir()) == []


@then(parsers.re(f"the new machine has {QUOTED}, {SAYING}"))
def has_file(machine: Machine, name: str, text: str) -> None:
    assert (new(machine).source / name).read_text().rstrip("\n") == text


@then("nothing in the settings there names the old home")
def no_old_home(machine: Machine) -> None:
    assert str(machine.home) not in (new(machine).settings / "config.toml").read_text()


@then("the remote's branch main has the edit after the old machine's commits")
def goes_on(machine: Machine) -> None:
    found = commits(there(machine))
    assert found[0] == new(machine).head
    assert commits(machine.backup) == found[1:]


@then("the remote has a branch for each machine, and main is as it was")
def two_branches(machine: Machine) -> None:
    heads = git(there(machine), "for-each-ref", "--format=%(refname)", "refs/heads").decode().split()
    assert len(heads) == 2, heads
    assert commits(there(machine)) == commits(machine.backup)
    mine = new(machine).site.settings
    assert f"refs/heads/{mine.backup_branch}" in heads
    assert mine.source_id != machine.site.settings.source_id
    assert git(there(machine), "rev-parse", mine.backup_branch) == git(new(machine).backup, "rev-parse", "HEAD")


@then(parsers.re('the bootstrap is (?P<how>done|incomplete|blocked), and it says "(?P<words>[^"]*)"'))
def ended_and_says(machine: Machine, how: str, words: str) -> None:
    match how:
        case "done":
            is_done(machine)
        case "blocked":
            is_blocked(machine, how)
        case "incomplete":
            told = heard(machine)
            assert (told.outcome, told.exit_code) == (Outcome.INCOMPLETE, 1), told.text
    says(machine, words)


@then("OpenCode there has the plugin of this machine")
def plugin_there(machine: Machine) -> None:
    plugin = (new(machine).source / "plugins/autosync.js").read_text()
    assert str(new(machine).state) in plugin
    assert str(machine.state) not in plugin


@then(parsers.re("systemd there starts (?P<what>.+)"))
def unit_there(machine: Machine, what: str) -> None:
    made, unit = new(machine), _UNITS[what][1]
    kept = Path(made.environ["FAKE_STATE"])
    assert {file.name for file in kept.iterdir()} == {f"enabled-{unit}", f"active-{unit}"}
    text = (made.home / ".config/systemd/user" / unit).read_text()
    assert ("OnCalendar=*-*-* 00/2:00:00\n" in text) == unit.endswith(".timer")
    assert str(machine.home) not in text


@then("nothing starts a sync there")
def no_trigger(machine: Machine) -> None:
    made = new(machine)
    assert not (made.source / "plugins/autosync.js").exists()
    assert not (made.home / "spool/person").exists()
    assert not (made.home / ".config/systemd").exists()


@then("the crontab there runs the sync every 15 minutes")
def schedule_there(machine: Machine) -> None:
    table = new(machine).home / "spool" / "person"
    assert "*/15 * * * * " in table.read_text()


@then("the secret is in no word that was said")
def unsaid(machine: Machine) -> None:
    assert machine.secret not in machine.last.text


# ---- what the old machine had


@given("the old machine had the plugin")
def had_plugin(machine: Machine) -> None:
    told = machine.program(["autosync", "install-hook"])
    assert told.exit_code == 0, told.text
    told.spoken = True
    sync_old(machine)


@given("the old machine had a schedule of every 15 minutes")
def had_schedule(machine: Machine) -> None:
    machine.crontab = machine.fake_crontab()
    told = machine.program(["autosync", "install-cron", "--every=15m"])
    assert told.exit_code == 0, told.text
    told.spoken = True
    machine.edit("AGENTS.md")
    machine.sync(Trigger.SCHEDULE).spoken = True
    machine.edit("context/stack.md")
    sync_old(machine)


_UNITS = {
    "a timer for every 2 hours": ("install-timer --every=2h", "autosync.timer"),
    "the watcher": ("watch --install", "autosync-watch.service"),
}


@given(parsers.re(f"the old machine had (?P<what>{'|'.join(_UNITS)})"))
def had_unit(machine: Machine, what: str) -> None:
    machine.environ |= stand_in(machine.home, machine.environ["PATH"])
    told = machine.program(["autosync", *_UNITS[what][0].split()])
    assert told.exit_code == 0, told.stderr
    told.spoken = True
    machine.edit("AGENTS.md")
    sync_old(machine)


# ---- what the new machine has before


@given("the new machine has systemd")
def has_systemd(machine: Machine) -> None:
    made = new(machine)
    made.environ |= stand_in(made.home, made.environ["PATH"])


@given("the new machine has no systemd")
def has_none(machine: Machine) -> None:
    """Whatever this machine has: of its programs only git."""
    programs = new(machine).home / "programs"
    programs.mkdir()
    (programs / "git").symlink_to(shutil.which("git") or "git")
    new(machine).environ["PATH"] = f"{programs}:{BIN}"


@given("the new machine has OpenCode's own first files")
def stubs(machine: Machine) -> None:
    made = new(machine)
    made.write("opencode.json", '{\n  "$schema": "https://opencode.ai/config.json"\n}')


@given(parsers.re(f"the new machine has {QUOTED}, {SAYING}"))
def has_before(machine: Machine, name: str, text: str) -> None:
    new(machine).write(name, text)


@given("the new machine has a backup of its own")
def own_backup(machine: Machine) -> None:
    made = new(machine)
    made.make_tree()
    made.must_sync()
