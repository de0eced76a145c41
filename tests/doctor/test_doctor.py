"""The doctor: each fault is named with its remedy (pure), and the gatherer sees what cron would see."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from autosync_tasks.config.around import Concern
from autosync_tasks.doctor import facts as gatherer
from autosync_tasks.doctor import ssh
from autosync_tasks.doctor.checks import LITTLE_SPACE, TOO_LITTLE_SPACE, Check, Level, check_all, result
from autosync_tasks.doctor.machine import Access, Machine, Space, SshWay, Trial
from autosync_tasks.model import Trigger
from autosync_tasks.triggers import hook
from autosync_tasks.triggers.installed import Installed, installed

NOW = 1_800_000_000.0
SEEN: dict[str, Any] = {
    "git": "2.39.5",
    "ssh": "/usr/bin/ssh",
    "encoding": "UTF-8",
    "python": "3.11.7",
    "source": "/s",
    "backup": "/b",
    "error": "",
    "agent": False,
}
CRON = Installed(Trigger.SCHEDULE, "cron", 3600.0, "crontab", since=NOW - 86_400, rhythm="every 1 hour")
GOOD = Machine(
    now=NOW,
    version="1",
    program="/v/bin/autosync",
    here=SEEN,
    cron=SEEN,
    spaces=(Space("the backup", "/b", 10**11, 10**6),),
    accesses=(Access("the source", "/s"),),
    ssh=SshWay("host", agentless=True, known=True),
    recorded=NOW - 60,
    folders=100,
    watches=65536,
    instances=128,
    installed=(CRON,),
    seen={Trigger.SCHEDULE: NOW - 1000},
    cron_runs=True,
    linger=True,
)


def bad(facts: Machine) -> list[Check]:
    return [check for check in check_all(facts) if check.level is not Level.OK]


def test_a_healthy_machine_has_no_fault() -> None:
    assert bad(GOOD) == []
    assert result(check_all(GOOD)).exit_code == 0


def test_a_schedule_that_was_installed_a_moment_ago_has_not_come_and_that_is_no_fault() -> None:
    fresh = replace(GOOD, seen={}, installed=(replace(CRON, since=NOW - 7000),))
    assert bad(fresh) == []
    assert [check.what for check in check_all(fresh) if check.name == "cron"] == [
        "crontab: comes every 1 hour, has not come yet"
    ]


def test_no_daemon_is_no_ok_and_what_came_lately_has_one() -> None:
    none = replace(GOOD, cron_runs=False, seen={}, installed=(replace(CRON, since=NOW - 60),))
    assert [check.level for check in check_all(none) if "cron" in check.name][-1] is Level.FAIL
    assert not [check for check in check_all(none) if check.name == "cron"]
    assert bad(replace(GOOD, cron_runs=False)) == [], "it came 1,000 seconds ago: something runs it"
    unseen = check_all(replace(none, cron_runs=None))
    assert "cannot be seen" in next(check.what for check in unseen if check.name == "cron")


@pytest.mark.parametrize("code", [0, 5, 75])
def test_a_sync_that_is_held_back_is_no_fault(code: int) -> None:
    assert bad(replace(GOOD, trial=Trial(code, "deferred"))) == []


def cron_with(**more: object) -> dict[str, Any]:
    return {"cron": {**SEEN, **more}}


WATCH = Installed(Trigger.WATCH, "watch", 3600.0, "/u/autosync-watch.service")
CASES: list[tuple[dict[str, Any], str, Level, str]] = [
    ({"program": ""}, "program", Level.FAIL, "install"),
    (cron_with(git=""), "git for cron", Level.FAIL, "install-cron again"),
    ({"here": {**SEEN, "git": ""}}, "git", Level.FAIL, "install git"),
    ({"trial": Trial(3, "blocked: a secret", "accept it")}, "a sync by cron", Level.FAIL, "accept it"),
    ({"trial": Trial(1, "it said nothing")}, "a sync by cron", Level.FAIL, "--trigger=schedule"),
    (cron_with(git="2.37.9"), "git for cron", Level.FAIL, "2.38"),
    ({"here": {**SEEN, "git": "2.4"}}, "git", Level.FAIL, "2.38"),
    (cron_with(source="/other"), "source for cron", Level.FAIL, "set-config OPENCODE_SOURCE"),
    (cron_with(backup=""), "backup for cron", Level.FAIL, "set-config OPENCODE_BACKUP"),
    (cron_with(error="no tree"), "error for cron", Level.FAIL, "record"),
    ({"here": {**SEEN, "error": "a setting is wrong"}}, "settings", Level.FAIL, "config file"),
    (cron_with(encoding="ANSI_X3.4-1968"), "locale for cron", Level.WARN, "C.UTF-8"),
    ({"ssh": SshWay("host", agentless=False, known=True)}, "ssh key", Level.FAIL, "deploy key"),
    ({"ssh": SshWay("host", agentless=True, known=False)}, "host key", Level.FAIL, "ssh host"),
    (cron_with(ssh=""), "ssh", Level.FAIL, "OpenSSH"),
    ({"spaces": (Space("the backup", "/b", LITTLE_SPACE, None),)}, "disk of the backup", Level.WARN, "room"),
    ({"spaces": (Space("the backup", "/b", TOO_LITTLE_SPACE, None),)}, "disk of the backup", Level.FAIL, "room"),
    ({"spaces": (Space("the backup", "/b", 10**11, 100),)}, "inodes of the backup", Level.FAIL, "small files"),
    (
        {"accesses": (Access("the state", "/x", "too open", "chmod 700 /x"),)},
        "access to the state",
        Level.FAIL,
        "chmod",
    ),
    ({"now": 86400.0}, "clock", Level.FAIL, "set the clock"),
    ({"recorded": NOW + 7200}, "clock", Level.WARN, "set the clock"),
    ({"watches": 200}, "inotify watches", Level.WARN, "max_user_watches"),
    ({"watches": 200, "installed": (WATCH,), "seen": {Trigger.WATCH: NOW}}, "inotify watches", Level.FAIL, "sysctl"),
    ({"instances": 8}, "inotify instances", Level.WARN, "max_user_instances"),
    ({"installed": ()}, "triggers", Level.WARN, "install-hook"),
    ({"installed": (replace(CRON, fault="is a comment"),)}, "cron", Level.WARN, "install-cron"),
    ({"installed": (Installed(Trigger.WORKFLOW, "hook", None, "/p", "old"),)}, "hook", Level.WARN, "install-hook"),
    ({"seen": {}}, "cron", Level.FAIL, "whether cron runs it"),
    ({"seen": {}, "installed": (replace(CRON, since=None),)}, "cron", Level.WARN, "whether cron runs it"),
    ({"seen": {Trigger.SCHEDULE: NOW - 7300}}, "cron", Level.FAIL, "whether cron runs it"),
    ({"seen": {}, "installed": (replace(CRON, how="timer", since=0),)}, "timer", Level.FAIL, "--user -u autosync"),
    ({"cron_runs": False, "seen": {}}, "cron daemon", Level.FAIL, "enable --now cron"),
    ({"here": {**SEEN, "commit": ""}}, "backup", Level.WARN, "autosync sync"),
    ({"owners": [Concern("/c belongs to root", "sudo chown")]}, "owner", Level.WARN, "sudo chown"),
    ({"outside": [Concern("OPENCODE_CONFIG names /x", "move it")]}, "outside the tree", Level.WARN, "move it"),
    ({"linger": False, "installed": (replace(CRON, how="timer"),)}, "linger", Level.WARN, "enable-linger"),
    ({"crontab_fault": "cannot be read"}, "crontab", Level.WARN, "install-timer"),
    ({"here": SEEN | {"wrong": ["it holds a program", "name it"]}}, "config tree", Level.FAIL, "name it"),
    ({"only_here": ("AUTO_SYNC_PUSH",)}, "variable", Level.WARN, "set-config AUTO_SYNC_PUSH"),
]


@pytest.mark.parametrize(("change", "name", "level", "remedy"), CASES, ids=[f"{c[1]}-{i}" for i, c in enumerate(CASES)])
def test_each_fault_is_named_with_its_remedy(change: dict[str, Any], name: str, level: Level, remedy: str) -> None:
    found = bad(replace(GOOD, **change))
    assert [(check.name, check.level) for check in found][:1] == [(name, level)]
    assert remedy in found[0].remedy
    assert result(found).exit_code == (1 if level is Level.FAIL else 0)


def prepared(home: Path, scanner_cache: Path) -> None:
    """The scanner's rules as an earlier run compiled them: the trial writes nothing, and would compile them anew."""
    state = home / ".local/state/autosync-tasks"
    state.mkdir(parents=True, mode=0o700)
    shutil.copytree(scanner_cache, state / "engine")


def test_the_gatherer_sees_what_cron_would_see(tmp_path: Path, scanner_cache: Path) -> None:
    """A git that only this shell finds, and a source that only this shell's variable names."""
    home, programs = tmp_path / "home", tmp_path / "bin"
    prepared(home, scanner_cache)
    (home / ".config" / "opencode").mkdir(parents=True)
    (home / ".config" / "opencode" / "AGENTS.md").write_text("x")
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "AGENTS.md").write_text("y")
    for name in ("context", "node_modules/a/b"):
        (tmp_path / "other" / name).mkdir(parents=True)
    programs.mkdir()
    (programs / "git").write_text("#!/bin/sh\necho git version 9.9.9\n")
    (programs / "crontab").write_text("#!/bin/sh\necho 'no crontab for you' >&2; exit 1\n")
    for program in programs.iterdir():
        program.chmod(0o755)
    environ = {
        "HOME": str(home),
        "PATH": f"{programs}:{Path(sys.executable).parent}:{os.environ['PATH']}",
        "OPENCODE_SOURCE": str(tmp_path / "other"),
    }
    facts = gatherer.gather(environ, NOW, str(tmp_path))
    assert facts.here["git"] == "9.9.9"
    assert facts.here["source"] == str(tmp_path / "other")
    assert facts.cron["source"] == str(home / ".config" / "opencode")
    assert facts.only_here == ["OPENCODE_SOURCE"]
    assert facts.installed == ()
    assert facts.folders == 2  # what is in node_modules is not watched
    assert "source for cron" in [check.name for check in bad(facts)]
    hook.install(environ, command=["/old/autosync", "sync"])
    again = installed(environ, NOW, str(tmp_path))
    assert [(found.how, bool(found.fault)) for found in again] == [("hook", True)]


def test_looking_writes_nothing(tmp_path: Path, scanner_cache: Path) -> None:
    prepared(tmp_path, scanner_cache)
    (tmp_path / ".config" / "opencode").mkdir(parents=True)
    (tmp_path / ".config" / "opencode" / "AGENTS.md").write_text("x")
    (tmp_path / "crontab").write_text("#!/bin/sh\necho 'no crontab for you' >&2; exit 1\n")
    (tmp_path / "crontab").chmod(0o755)
    before = sorted(str(path) for path in tmp_path.rglob("*"))
    gatherer.gather({"HOME": str(tmp_path), "PATH": f"{tmp_path}:{os.environ['PATH']}"}, NOW, str(tmp_path))
    assert sorted(str(path) for path in tmp_path.rglob("*")) == before


@pytest.mark.parametrize(
    ("url", "entry", "known"),
    [
        ("ssh://git@example.org/b.git", "example.org", True),
        ("git@example.org:b.git", "example.org", True),
        ("ssh://git@example.org:2222/b.git", "[example.org]:2222", True),
        ("ssh://git@example.org:2222/b.git", "example.org", False),
        ("git@other.org:b.git", "example.org", False),
        ("git@mine:b.git", "real.example.org", True),  # an alias of ~/.ssh/config
    ],
)
@pytest.mark.parametrize("passphrase", ["", "secret"])
def test_the_way_to_an_ssh_remote(tmp_path: Path, url: str, entry: str, known: bool, passphrase: str) -> None:
    """Nothing is connected to: it is asked what ssh itself makes of its configuration, keys and known hosts."""
    if not shutil.which("ssh-keygen"):
        pytest.skip("there is no ssh here")
    key, hosts, config = tmp_path / "a key", tmp_path / "known", tmp_path / "config"
    make = ["ssh-keygen", "-q", "-t", "ed25519", "-f", str(key), "-N", passphrase]
    subprocess.run(make, check=True, capture_output=True)
    public = key.with_suffix(".pub").read_text().split()
    hosts.write_text(f"{entry} {public[0]} {public[1]}\n")
    config.write_text(
        f'Host mine\n  HostName real.example.org\nHost *\n  IdentityFile "{key}"\n'
        f"  UserKnownHostsFile {hosts}\n  GlobalKnownHostsFile /dev/null\n"
    )
    found = ssh.way(url, f"ssh -F {config}", {"HOME": str(tmp_path), "PATH": os.environ["PATH"]})
    assert found is not None
    assert (found.agentless, found.known) == (not passphrase, known)


def test_other_remotes_have_no_ssh_facts() -> None:
    for url in ("https://example.org/b.git", "/srv/b.git", "file:///srv/b.git", "ssh://-oProxyCommand=x/b", ""):
        assert ssh.way(url, "", {"PATH": os.environ["PATH"]}) is None
