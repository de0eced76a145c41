"""The doctor: machines with something wrong, made with real files, keys, crontabs and file systems."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from pytest_bdd import given, parsers, step, then, when

from autosync_tasks.triggers import hook
from tests.features.outcome import heard
from tests.features.settings import put
from tests.features.timer import folder, with_systemd
from tests.support.machine import BIN, Machine

HOST = "backup.example.org"
PRIVATE = ("unshare", "--mount", "--pid", "--fork", "--mount-proc")

CHECKS = {
    "git": r"git(?: for cron)?",
    "a sync": r"a sync by cron",
    "the config tree": r"source for cron",
    "the disk": r"disk of the backup",
    "access": r"access to the state by others",
    "the ssh key": r"ssh key",
    "the host key": r"host key",
    "the cron daemon": r"cron daemon",
    "the schedule": r"timer",
    "the triggers": r"triggers",
    "the plugin": r"hook",
    "the clock": r"clock",
    "the backup": r"backup",
    "the settings": r"settings",
    "what lies outside": r"outside the tree",
}
REMEDIES = {
    "installing it again": "run install-cron again",
    "naming another folder": "set opencode_backup",
    "a newer git": "git 2.38 or newer",
    "recording the setting": "set-config OPENCODE_SOURCE",
    "making room": "make room",
    "its permissions": "chmod 700",
    "a key for the backup alone": "for the backup alone",
    "accepting it once": "accept it",
    "moving it away": "move it away",
    "starting cron": "enable --now cron",
    "looking into its log": "journalctl --user -u autosync",
}


def install(machine: Machine, *task: str) -> None:
    told = machine.command("autosync", *task)
    assert told.exit_code == 0, told.stderr


def in_order(machine: Machine) -> None:
    install(machine, "install-hook")


def git_of_shell_only(machine: Machine) -> None:
    """The schedule was installed when git lay in a folder that is gone now."""
    crontab = machine.fake_crontab()
    install(machine, "install-cron")
    text = crontab.read_text()
    crontab.write_text(re.sub(r"PATH=\S+", f"PATH={machine.home}/gone", text))
    assert crontab.read_text() != text
    daemon = machine.home / "cron"
    private(machine, f'cp "$(command -v sleep)" {daemon}; {{ {daemon} 60 & }}')  # it counts by its name


def no_repository(machine: Machine) -> None:
    in_order(machine)
    shutil.rmtree(machine.backup / ".git")


def damaged_acceptances(machine: Machine) -> None:
    """A sync as cron would run it is held back by the limit of one in five minutes, and tells nothing of it."""
    in_order(machine)
    (machine.config / "acceptances.json").write_text("{")
    (machine.config / "acceptances.json").chmod(0o600)


def old_git(machine: Machine) -> None:
    in_order(machine)
    programs = machine.home / "old"
    programs.mkdir()
    (programs / "git").write_text(
        f'#!/bin/sh\n[ "$1" = --version ] && exec echo git version 2.30.2\nexec {shutil.which("git")} "$@"\n'
    )
    (programs / "git").chmod(0o755)
    machine.environ["PATH"] = f"{programs}:{machine.environ['PATH']}"


def two_trees(machine: Machine) -> None:
    in_order(machine)
    other = machine.home / "other"
    other.mkdir()
    (other / "AGENTS.md").write_text("Others.\n")
    machine.environ["OPENCODE_SOURCE"] = str(other)


def full_disk(machine: Machine) -> None:
    """A file system of its own, of 40 MB; see `looks`."""
    in_order(machine)
    small = machine.home / "small"
    small.mkdir()
    put(machine, opencode_backup=str(small / "backup"))
    private(machine, f"mount -t tmpfs -o size=40m tmpfs {small}")


def private(machine: Machine, script: str) -> None:
    """The doctor is to look in namespaces of its own, after this script. No other program's process is seen there."""
    words = [*PRIVATE] if os.geteuid() == 0 else [PRIVATE[0], "--user", "--map-root-user", *PRIVATE[1:]]
    tried = subprocess.run([*words, "mount", "-t", "tmpfs", "tmpfs", "/run"], capture_output=True, check=False)
    if tried.returncode:
        pytest.skip(f"no private namespaces here: {tried.stderr.decode().strip()}")
    machine.inside = [*words, "sh", "-c", f'{script} && "$@"', "sh"]


def open_state(machine: Machine) -> None:
    in_order(machine)
    Path(machine.site.state.folder).chmod(0o755)


def pushes(machine: Machine, passphrase: str, known: str) -> None:
    """A push to an ssh remote, with a key of this machine alone. Nothing is connected to."""
    if not shutil.which("ssh-keygen"):
        pytest.skip("there is no ssh here")
    in_order(machine)
    key, hosts = machine.home / "key", machine.home / "known"
    make = ["ssh-keygen", "-q", "-t", "ed25519", "-f", str(key), "-N", passphrase]
    subprocess.run(make, check=True, capture_output=True)
    hosts.write_text(f"{known} {key.with_suffix('.pub').read_text()}")
    (machine.home / "ssh_config").write_text(
        f"IdentityFile {key}\nUserKnownHostsFile {hosts}\nGlobalKnownHostsFile /dev/null\n"
    )
    (machine.home / ".gitconfig").write_text(f'[core]\n\tsshCommand = "ssh -F {machine.home}/ssh_config"\n')
    words = ["git", "-C", str(machine.backup), "remote", "add", "origin", f"git@{HOST}:backup.git"]
    subprocess.run(words, check=True, capture_output=True, env=machine.environ)
    put(machine, auto_sync_push=True)


def no_daemon(machine: Machine) -> None:
    machine.fake_crontab()
    install(machine, "install-cron")
    private(machine, "true")


def timer(machine: Machine, installed: float, seen: float | None) -> None:
    """Installed, and seen, so many seconds ago. (A unit's own age is when it was installed.)"""
    with_systemd(machine)
    install(machine, "install-timer")
    wants = folder(machine) / "timers.target.wants"
    wants.mkdir()
    (wants / "autosync.timer").symlink_to("../autosync.timer")  # as `systemctl enable` does
    now = time.time()
    for unit in folder(machine).glob("autosync.*"):
        os.utime(unit, (now - installed, now - installed))
    if seen is not None:
        came(machine, now - seen)


def came(machine: Machine, when: float) -> None:
    sign = Path(machine.site.state.folder) / "seen"
    sign.mkdir(exist_ok=True)
    (sign / "schedule").write_text(f"{when}\n")


def old_plugin(machine: Machine) -> None:
    hook.install(machine.environ, command=("/opt/old/autosync", "sync", "--trigger=workflow"))


def ahead(machine: Machine) -> None:
    in_order(machine)
    came(machine, time.time() + 7200)


def nothing_yet(machine: Machine) -> None:
    in_order(machine)
    shutil.rmtree(machine.backup)


def file_elsewhere(machine: Machine) -> None:
    in_order(machine)
    other = machine.home / "work.json"
    other.write_text("{}\n")
    machine.environ["OPENCODE_CONFIG"] = str(other)


def shared_skills(machine: Machine) -> None:
    in_order(machine)
    skill = machine.home / ".agents/skills/changelog/SKILL.md"
    skill.parent.mkdir(parents=True)
    skill.write_text("---\nname: changelog\ndescription: Keeps a changelog\n---\n")


def on_weekdays(machine: Machine) -> None:
    machine.fake_crontab()
    install(machine, "install-cron", "--schedule=30 9 * * mon-fri")
    daemon = machine.home / "cron"
    private(machine, f'cp "$(command -v sleep)" {daemon}; {{ {daemon} 60 & }}')


MACHINES: dict[str, Callable[[Machine], object]] = {
    "everything is in order": in_order,
    "the schedule would not find git": git_of_shell_only,
    "the backup is no repository any more": no_repository,
    "the list of what was accepted is damaged": damaged_acceptances,
    "git is older than the program needs": old_git,
    "the schedule would back up another tree than the shell": two_trees,
    "the disk of the backup is nearly full": full_disk,
    "others can enter the state folder": open_state,
    "a push needs a passphrase that nobody types": lambda machine: pushes(machine, "secret", HOST),
    "the host key of the remote is not known": lambda machine: pushes(machine, "", "another.example.org"),
    "the crontab runs the sync but no cron daemon runs": no_daemon,
    "the schedule has not come for two of its periods": lambda machine: timer(machine, 86_400, 7300),
    "the schedule was installed a moment ago": lambda machine: timer(machine, 60, None),
    "no trigger is installed": Machine.fake_crontab,
    "the plugin is of an older version": old_plugin,
    "a record lies in the future": ahead,
    "nothing is backed up yet": nothing_yet,
    "OpenCode reads a file elsewhere too": file_elsewhere,
    "agents share skills in one folder": shared_skills,
    "the schedule comes at half past nine on weekdays": on_weekdays,
}


@given(parsers.re("a machine where (?P<what>" + "|".join(map(re.escape, MACHINES)) + ")"))
def machine_where(machine: Machine, what: str) -> None:
    machine.fake_crontab()
    MACHINES[what](machine)


@when("the person accepts their folder")
def accepted(machine: Machine) -> None:
    machine.prepare_scanner()
    told = machine.program(["autosync", "doctor", "--verbose"])
    (remedy,) = re.findall(r"outside the tree: .*\n      next: (autosync set-config .*)", told.text)
    words = remedy.replace("autosync", f"{BIN}/autosync", 1)
    done = subprocess.run(["sh", "-c", words], env=machine.environ, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@when("the doctor looks")
def looks(machine: Machine) -> None:
    machine.prepare_scanner()
    before, words = machine.pictured(), ["autosync", "doctor", "--verbose"]
    told = machine.program_in(machine.inside, words) if machine.inside else machine.program(words)
    told.before, told.after = before, machine.pictured()


@step("no check fails")
def none_fails(machine: Machine) -> None:
    told = heard(machine)
    assert told.exit_code == 0, told.text
    assert re.search(r"^ok: \d+ checks: 0 failed", told.text, re.MULTILINE), told.text
    assert not re.search(r"^fail ", told.text, re.MULTILINE)


@then(parsers.re("the check of (?P<subject>.+) fails, and its remedy is (?P<remedy>.+)"))
def fails(machine: Machine, subject: str, remedy: str) -> None:
    told = heard(machine)
    assert told.exit_code == 1, told.text
    faults = re.findall(r"^fail  ([^:]+): .+\n      next: (.+)$", told.text, re.MULTILINE)
    assert faults, told.text
    assert all(re.fullmatch(CHECKS[subject], name) for name, _ in faults), faults  # and nothing else fails
    assert REMEDIES[remedy] in faults[0][1]


@then(parsers.re("a warning is shown about (?P<subject>.+)"))
def warns(machine: Machine, subject: str) -> None:
    assert re.search(rf"^warn  {CHECKS[subject]}: .+\n      next: \S", machine.last.text, re.MULTILINE), (
        machine.last.text
    )


@then(parsers.re("no warning is shown about (?P<subject>.+)"))
def no_warning(machine: Machine, subject: str) -> None:
    assert not re.search(rf"^warn  {CHECKS[subject]}:", machine.last.text, re.MULTILINE), machine.last.text


@then("nothing is said to be well with the schedule")
def schedule_is_not_well(machine: Machine) -> None:
    assert heard(machine).exit_code == 1
    assert not re.search(r"^ok    cron", machine.last.text, re.MULTILINE), machine.last.text
