"""Says what would fail when nobody looks: checks as pure functions of a machine, as `facts` gathers it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from enum import StrEnum

from autosync_tasks.backup.repository import OLDEST_GIT
from autosync_tasks.doctor.machine import Machine
from autosync_tasks.humanize import age
from autosync_tasks.model import Outcome
from autosync_tasks.records import dataclass, replace
from autosync_tasks.triggers.installed import Installed, signs
from autosync_tasks.triggers.result import TaskResult
from autosync_tasks.validation.scanner import no_wheel

INSTALL_GIT = (
    "install git 2.38 or newer (Debian, Ubuntu: apt install git; Fedora: dnf install git; Arch: pacman -S git)"
)
LITTLE_SPACE, TOO_LITTLE_SPACE = 500_000_000, 50_000_000
FEW_INODES, TOO_FEW_INODES = 5_000, 200
YEAR_2025 = 1_735_689_600.0
SKEW = 300.0
"""Seconds by which a recorded time may lie ahead before the clock counts as wrong."""


class Level(StrEnum):
    """How bad it is."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


@dataclass(frozen=True, slots=True)
class Check:
    """One line of the doctor. what: what was found; remedy: what to do ("" if nothing)."""

    name: str
    level: Level
    what: str
    remedy: str = ""


def _check(name: str, fault: str, well: str, remedy: str, bad: Level = Level.FAIL) -> Check:
    """A check that found a fault, or "" for none."""
    return Check(name, bad, fault, remedy) if fault else Check(name, Level.OK, well)


def check_all(machine: Machine) -> tuple[Check, ...]:
    """Every check, in a fixed order."""
    parts = (
        *(versions, trees, backup, around, lacking, trial, environment, identity),
        *(ssh, room, access, clock, watching, triggers),
    )
    return tuple(check for part in parts for check in part(machine))


def versions(machine: Machine) -> Iterator[Check]:
    """The program itself, Python and git."""
    well = f"autosync-tasks {machine.version}, Python {machine.here.get('python')}: {machine.program}"
    fault = "" if machine.program else "there is no `autosync` program beside this Python"
    yield _check("program", fault, well, "install the project (pip)")
    if why := no_wheel():
        yield Check("secret scanner", Level.WARN, f"{why}: our own rules judge, and find fewer kinds")
    for where, programs in (("git", machine.here), ("git for cron", machine.cron)):
        text = str(programs.get("git", ""))
        number = tuple(int(n) for n in re.findall(r"[0-9]+", text)[:2])
        if not text:
            again = programs is not machine.here and machine.here.get("git")
            remedy = "git is found from this shell, so run install-cron again" if again else INSTALL_GIT
            yield Check(where, Level.FAIL, "git is not found, or does not work", remedy)
        else:
            fault = f"git {text} is too old" if number < OLDEST_GIT else ""
            yield _check(where, fault, f"git {text}", "install git 2.38 or newer")


def trees(machine: Machine) -> Iterator[Check]:
    """The same source and backup for cron as for this shell."""
    error = str(machine.here.get("error", ""))
    if error:
        remedy = str(machine.here.get("hint") or "mend the config file or the variables, see `autosync show-config`")
        yield Check("settings", Level.FAIL, error, remedy)
        return
    yield Check("settings", Level.OK, f"{machine.here.get('source')} → {machine.here.get('backup')}")
    wrong = machine.here.get("wrong")
    if isinstance(wrong, list | tuple) and wrong[0]:
        yield Check("config tree", Level.FAIL, str(wrong[0]), str(wrong[1]))
    for name in ("error", "source", "backup"):
        mine, its = machine.here.get(name), machine.cron.get(name)
        if mine != its:
            what = f"an unattended run sees {its or 'none'}, this shell {mine or 'none'}"
            remedy = f"autosync set-config OPENCODE_{name.upper()}=…" if name != "error" else "record the settings"
            yield Check(f"{name} for cron", Level.FAIL, what, remedy)
    for setting in machine.only_here:
        what = f"{setting} is set in this shell alone; unattended runs do not see it"
        yield Check("variable", Level.WARN, what, f"autosync set-config {setting}=…")


def backup(machine: Machine) -> Iterator[Check]:
    """Whether there is anything to fall back on. (One that cannot be read shows in the trial.)"""
    if machine.here.get("commit") == "":
        yield Check("backup", Level.WARN, "there is no backup yet: nothing of the tree is safe", "autosync sync")


def around(machine: Machine) -> Iterator[Check]:
    """What OpenCode reads besides the tree, and what belongs to somebody else."""
    for name, concerns in (("outside the tree", machine.outside), ("owner", machine.owners)):
        for concern in concerns:
            yield Check(name, Level.WARN, concern.what, concern.remedy)


def lacking(machine: Machine) -> Iterator[Check]:
    """What the tree needs and this machine lacks."""
    for one in machine.missing:
        by = f" ({one.wanted_by})" if one.wanted_by else ""
        yield Check(f"missing {one.kind}", Level.WARN, f"{one.name}{by} is not here", one.remedy)


def trial(machine: Machine) -> Iterator[Check]:
    """A sync as cron would run it. Held back by policy, and held up by another run, is no fault."""
    if machine.trial is not None:
        said = machine.trial.reason
        remedy = machine.trial.remedy or "autosync sync --trigger=schedule, and do what it says"
        yield _check("a sync by cron", "" if machine.trial.code in (0, 5, 75) else said, said, remedy)


def environment(machine: Machine) -> Iterator[Check]:
    """The locale of unattended runs."""
    encoding = str(machine.cron.get("encoding", "")).lower().replace("-", "")
    what = f"messages are written in {encoding or 'an unknown encoding'}"
    remedy = "make the locale C.UTF-8 (Debian: package libc-bin) and run install-cron again"
    yield _check("locale for cron", "" if encoding == "utf8" else what, what, remedy, Level.WARN)


def identity(machine: Machine) -> Iterator[Check]:
    """Who the commits are by. A missing identity is no fault: the program has its own."""
    yield Check("identity", Level.OK, machine.identity or "git has none; commits carry the program's own")


def ssh(machine: Machine) -> Iterator[Check]:
    """Whether a push would get through with no agent and nobody to ask."""
    if machine.ssh is None:
        return
    host = machine.ssh.host
    if not machine.cron.get("ssh"):
        yield Check("ssh", Level.FAIL, "ssh is not found", "install the OpenSSH client")
    usable = machine.ssh.agentless or machine.cron.get("agent")
    fault = f"unattended runs have no ssh agent, and no key for {host} without a passphrase was found"
    remedy = "make a deploy key without a passphrase for the backup alone, and name it in ~/.ssh/config"
    yield _check("ssh key", "" if usable else fault, f"a key for {host} can be used with nobody there", remedy)
    fault = "" if machine.ssh.known else f"the key of {host} is not known"
    yield _check("host key", fault, f"the key of {host} is known", f"ssh {host}: look at the key, accept it")


def room(machine: Machine) -> Iterator[Check]:
    """Disk and inodes."""
    for space in machine.spaces:
        where = f"on the file system of {space.path}"
        words = f"{space.free / 1e9:.1f} GB free"
        yield _of_room(f"disk of {space.name}", space.free, LITTLE_SPACE, TOO_LITTLE_SPACE, words, f"make room {where}")
        if space.inodes is not None:
            words, remedy = f"{space.inodes:,} free", f"remove small files {where}"
            yield _of_room(f"inodes of {space.name}", space.inodes, FEW_INODES, TOO_FEW_INODES, words, remedy)


def _of_room(name: str, free: int, few: int, too_few: int, words: str, remedy: str) -> Check:
    return _check(name, words if free <= few else "", words, remedy, Level.FAIL if free <= too_few else Level.WARN)


def access(machine: Machine) -> Iterator[Check]:
    """Permissions."""
    for one in machine.accesses:
        yield _check(f"access to {one.name}", one.fault, one.path, one.remedy)


def clock(machine: Machine) -> Iterator[Check]:
    """A clock that is far off makes limits and ages meaningless."""
    remedy = "set the clock (timedatectl set-ntp true)"
    if machine.now < YEAR_2025:
        yield Check("clock", Level.FAIL, "the clock stands before 2025", remedy)
    elif machine.recorded > machine.now + SKEW:
        ahead = machine.recorded - machine.now
        yield Check("clock", Level.WARN, f"a record is {ahead / 3600:.1f} h ahead of the clock", remedy)
    else:
        yield Check("clock", Level.OK, "no record lies ahead of it")


def watching(machine: Machine) -> Iterator[Check]:
    """The kernel's limits for the watcher; a warning only, unless it is installed."""
    bad = Level.FAIL if any(item.how == "watch" for item in machine.installed) else Level.WARN
    least = machine.folders * 2 + 100  # editors and OpenCode watch too
    for name, found, wanted, enough, more in (
        ("watches", machine.watches, least, 524288, f", the tree has {machine.folders} folders"),
        ("instances", machine.instances, 16, 1024, ""),
    ):
        if found is not None:
            what, remedy = f"fs.inotify.max_user_{name} is {found}{more}", f"fs.inotify.max_user_{name}={enough}"
            yield _check(f"inotify {name}", what if found < wanted else "", what, f"as root: sysctl {remedy}", bad)


_LOGS = {
    "cron": "look whether cron runs it: its mail to you, its log (`journalctl -u cron`), and `autosync history`",
    "timer": "look at its log: `journalctl --user -u autosync`",
    "watch": "look at its log: `journalctl --user -u autosync-watch`",
}
_REINSTALL = {"cron": "install-cron", "timer": "install-timer", "watch": "watch --install", "hook": "install-hook"}


def triggers(machine: Machine) -> Iterator[Check]:
    """Which triggers are installed, whether they are as they should be, and whether they have come."""
    if machine.crontab_fault:
        yield Check("crontab", Level.WARN, machine.crontab_fault, "mend what it says, or use install-timer")
    if not machine.installed:
        yield Check("triggers", Level.WARN, "none is installed: nothing syncs by itself", "autosync install-hook")
    for item in machine.installed:
        if item.fault:
            remedy = item.remedy or f"autosync {_REINSTALL[item.how]}"
            level = Level.FAIL if item.gone else Level.WARN
            yield Check(item.how, level, f"{item.place}: {item.fault}", remedy)
        elif item.how == "cron" and machine.cron_runs is False and not _seen_lately(item, machine):
            what = f"the crontab asks for it {item.rhythm}, but no cron daemon runs: it never comes"
            yield Check("cron daemon", Level.FAIL, what, "systemctl enable --now cron (as root)")
        else:
            yield _came(item, machine)
    if any(item.how in ("timer", "watch") for item in machine.installed) and machine.linger is False:
        yield Check("linger", Level.WARN, "it runs only while you are logged in", "loginctl enable-linger")


def _came(item: Installed, machine: Machine) -> Check:
    seen = machine.seen.get(item.trigger)
    ago = "has not come yet" if seen is None else f"came {age(max(machine.now - seen, 0))} ago"
    alive, known = signs(item, seen, machine.now)
    if alive:
        unseen = item.how == "cron" and machine.cron_runs is None
        rest = "; whether a cron daemon runs cannot be seen here" if unseen and seen is None else ""
        return Check(item.how, Level.OK, f"{item.place}: comes {item.rhythm}, {ago}{rest}")
    level = Level.FAIL if known else Level.WARN
    what = f"{item.place}: {ago}, though it should come {item.rhythm}"
    return Check(item.how, level, what, _LOGS[item.how])


def _seen_lately(item: Installed, machine: Machine) -> bool:
    """Whether it has come itself: then something runs it, whatever the list of processes says."""
    return signs(replace(item, since=None), machine.seen.get(item.trigger), machine.now)[0]


def result(checks: Sequence[Check]) -> TaskResult:
    """The doctor's answer: failed if a check failed."""
    failed, warned = (sum(c.level is level for c in checks) for level in (Level.FAIL, Level.WARN))
    data = [{"name": c.name, "level": str(c.level), "what": c.what, "remedy": c.remedy} for c in checks]
    reason = f"{len(checks)} checks: {failed} failed, {warned} to look at"
    lines = [part for c in checks for part in (f"{c.level:<5} {c.name}: {c.what}", f"      next: {c.remedy}")]
    lines = [text for text in lines if text.strip() != "next:"]
    outcome = Outcome.FAILED if failed else Outcome.OK
    return TaskResult("doctor", outcome, reason, details=tuple(lines), data={"checks": data})
