"""Says what would fail when nobody looks: checks as pure functions of the facts that `facts` gathers."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from autosync_tasks.backup.repository import OLDEST_GIT
from autosync_tasks.humanize import age, span
from autosync_tasks.model import Outcome, Trigger
from autosync_tasks.triggers.installed import Installed, signs
from autosync_tasks.triggers.result import TaskResult

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


@dataclass(frozen=True, slots=True)
class Space:
    """Free room on one file system. name: what lies there; path: where. inodes: None where they do not count."""

    name: str
    path: str
    free: int
    inodes: int | None


@dataclass(frozen=True, slots=True)
class Access:
    """Whether a folder can be used. wanted: "read" or "write"; fault: why not ("" if it can)."""

    name: str
    path: str
    fault: str = ""
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class Ssh:
    """The way to a remote by ssh. agentless: a key that needs no agent; known: the host key is known."""

    host: str
    agentless: bool
    known: bool


@dataclass(frozen=True, slots=True)
class Trial:
    """What a sync would do there: its exit code in check mode, its reason and what to do next."""

    code: int
    reason: str
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class Facts:
    """All that the checks look at. Times are seconds since the epoch; see `facts.gather`.

    here, cron: what `probe` finds in this environment and in the one that cron gives. recorded: the newest time
    that any record carries. only_here: settings that come from this shell's variables alone. trial: a sync as cron
    would run it, in check mode (None: there was no use in trying).
    """

    now: float
    version: str
    program: str
    here: Mapping[str, object]
    cron: Mapping[str, object]
    spaces: Sequence[Space] = ()
    accesses: Sequence[Access] = ()
    identity: str = ""
    ssh: Ssh | None = None
    recorded: float = 0.0
    folders: int = 0
    watches: int | None = None
    instances: int | None = None
    installed: Sequence[Installed] = ()
    seen: Mapping[Trigger, float] = field(default_factory=dict)
    crontab_fault: str = ""
    cron_runs: bool | None = None
    linger: bool | None = None
    only_here: Sequence[str] = ()
    trial: Trial | None = None


def check_all(facts: Facts) -> tuple[Check, ...]:
    """Every check, in a fixed order."""
    parts = (versions, trees, trial, environment, identity, ssh, room, access, clock, watching, triggers)
    return tuple(check for part in parts for check in part(facts))


def versions(facts: Facts) -> Iterator[Check]:
    """The program itself, Python and git."""
    if facts.program:
        python = facts.here.get("python")
        yield Check("program", Level.OK, f"autosync-tasks {facts.version}, Python {python}: {facts.program}")
    else:
        yield Check(
            "program", Level.FAIL, "there is no `autosync` program beside this Python", "install the project (pip)"
        )
    for where, found in (("git", facts.here), ("git for cron", facts.cron)):
        text = str(found.get("git", ""))
        number = tuple(int(n) for n in re.findall(r"[0-9]+", text)[:2])
        if not text:
            again = found is not facts.here and facts.here.get("git")
            remedy = "git is found from this shell, so run install-cron again" if again else "install git"
            yield Check(where, Level.FAIL, "git is not found", remedy)
        elif number < OLDEST_GIT:
            yield Check(where, Level.FAIL, f"git {text} is too old", "install git 2.38 or newer")
        else:
            yield Check(where, Level.OK, f"git {text}")


def trees(facts: Facts) -> Iterator[Check]:
    """The same source and backup for cron as for this shell."""
    error = str(facts.here.get("error", ""))
    if error:
        yield Check("settings", Level.FAIL, error, "mend the config file or the variables, see `autosync show-config`")
        return
    yield Check("settings", Level.OK, f"{facts.here.get('source')} → {facts.here.get('backup')}")
    for name in ("error", "source", "backup"):
        mine, its = facts.here.get(name), facts.cron.get(name)
        if mine != its:
            what = f"an unattended run sees {its or 'none'}, this shell {mine or 'none'}"
            remedy = f"autosync set-config OPENCODE_{name.upper()}=…" if name != "error" else "record the settings"
            yield Check(f"{name} for cron", Level.FAIL, what, remedy)
    for setting in facts.only_here:
        yield Check(
            "variable",
            Level.WARN,
            f"{setting} is set in this shell alone; unattended runs do not see it",
            f"autosync set-config {setting}=…",
        )


def trial(facts: Facts) -> Iterator[Check]:
    """A sync as cron would run it. Held back by policy, and held up by another run, is no fault."""
    if facts.trial is not None:
        good = facts.trial.code in (0, 5, 75)
        remedy = "" if good else facts.trial.remedy or "autosync sync --trigger=schedule, and do what it says"
        yield Check("a sync by cron", Level.OK if good else Level.FAIL, facts.trial.reason, remedy)


def environment(facts: Facts) -> Iterator[Check]:
    """The locale of unattended runs."""
    encoding = str(facts.cron.get("encoding", "")).lower().replace("-", "")
    level = Level.OK if encoding == "utf8" else Level.WARN
    yield Check(
        "locale for cron",
        level,
        f"messages are written in {encoding or 'an unknown encoding'}",
        "" if level is Level.OK else "make the locale C.UTF-8 (Debian: package libc-bin) and run install-cron again",
    )


def identity(facts: Facts) -> Iterator[Check]:
    """Who the commits are by. A missing identity is no fault: the program has its own."""
    yield Check("identity", Level.OK, facts.identity or "git has none; commits carry the program's own")


def ssh(facts: Facts) -> Iterator[Check]:
    """Whether a push would get through with no agent and nobody to ask."""
    if facts.ssh is None:
        return
    host = facts.ssh.host
    if not facts.cron.get("ssh"):
        yield Check("ssh", Level.FAIL, "ssh is not found", "install the OpenSSH client")
    if facts.ssh.agentless or facts.cron.get("agent"):
        yield Check("ssh key", Level.OK, f"a key for {host} can be used with nobody there")
    else:
        yield Check(
            "ssh key",
            Level.FAIL,
            f"unattended runs have no ssh agent, and no key for {host} without a passphrase was found",
            "make a deploy key without a passphrase for the backup alone, and name it in ~/.ssh/config",
        )
    if facts.ssh.known:
        yield Check("host key", Level.OK, f"the key of {host} is known")
    else:
        yield Check(
            "host key", Level.FAIL, f"the key of {host} is not known", f"ssh {host}: look at the key, accept it"
        )


def room(facts: Facts) -> Iterator[Check]:
    """Disk and inodes."""
    for space in facts.spaces:
        level = Level.OK if space.free > LITTLE_SPACE else Level.WARN
        level = level if space.free > TOO_LITTLE_SPACE else Level.FAIL
        remedy = "" if level is Level.OK else f"make room on the file system of {space.path}"
        yield Check(f"disk of {space.name}", level, f"{space.free / 1e9:.1f} GB free", remedy)
        if space.inodes is not None:
            level = Level.OK if space.inodes > FEW_INODES else Level.WARN
            level = level if space.inodes > TOO_FEW_INODES else Level.FAIL
            remedy = "" if level is Level.OK else f"remove small files on the file system of {space.path}"
            yield Check(f"inodes of {space.name}", level, f"{space.inodes:,} free", remedy)


def access(facts: Facts) -> Iterator[Check]:
    """Permissions."""
    for found in facts.accesses:
        level = Level.FAIL if found.fault else Level.OK
        yield Check(f"access to {found.name}", level, found.fault or found.path, found.remedy if found.fault else "")


def clock(facts: Facts) -> Iterator[Check]:
    """A clock that is far off makes limits and ages meaningless."""
    remedy = "set the clock (timedatectl set-ntp true)"
    if facts.now < YEAR_2025:
        yield Check("clock", Level.FAIL, "the clock stands before 2025", remedy)
    elif facts.recorded > facts.now + SKEW:
        ahead = facts.recorded - facts.now
        yield Check("clock", Level.WARN, f"a record is {ahead / 3600:.1f} h ahead of the clock", remedy)
    else:
        yield Check("clock", Level.OK, "no record lies ahead of it")


def watching(facts: Facts) -> Iterator[Check]:
    """The kernel's limits for the watcher; a warning only, unless it is installed."""
    bad = Level.FAIL if any(found.how == "watch" for found in facts.installed) else Level.WARN
    if facts.watches is not None:
        short = facts.watches < facts.folders * 2 + 100  # editors and OpenCode watch too
        yield Check(
            "inotify watches",
            bad if short else Level.OK,
            f"fs.inotify.max_user_watches is {facts.watches}, the tree has {facts.folders} folders",
            "as root: sysctl fs.inotify.max_user_watches=524288" if short else "",
        )
    if facts.instances is not None:
        few = facts.instances < 16
        yield Check(
            "inotify instances",
            bad if few else Level.OK,
            f"fs.inotify.max_user_instances is {facts.instances}",
            "as root: sysctl fs.inotify.max_user_instances=1024" if few else "",
        )


_LOGS = {
    "cron": "look whether cron runs it: its mail to you, its log (`journalctl -u cron`), and `autosync history`",
    "timer": "look at its log: `journalctl --user -u autosync`",
    "watch": "look at its log: `journalctl --user -u autosync-watch`",
}
_REINSTALL = {"cron": "install-cron", "timer": "install-timer", "watch": "watch --install", "hook": "install-hook"}


def triggers(facts: Facts) -> Iterator[Check]:
    """Which triggers are installed, whether they are as they should be, and whether they have come."""
    if facts.crontab_fault:
        yield Check("crontab", Level.WARN, facts.crontab_fault, "mend what it says, or use install-timer")
    if not facts.installed:
        yield Check("triggers", Level.WARN, "none is installed: nothing syncs by itself", "autosync install-hook")
    for found in facts.installed:
        if found.fault:
            remedy = found.remedy or f"autosync {_REINSTALL[found.how]}"
            level = Level.FAIL if found.gone else Level.WARN
            yield Check(found.how, level, f"{found.place}: {found.fault}", remedy)
        else:
            yield _came(found, facts)
    if any(found.how == "cron" for found in facts.installed) and facts.cron_runs is False:
        yield Check("cron daemon", Level.FAIL, "no cron daemon runs", "systemctl enable --now cron (as root)")
    if any(found.how in ("timer", "watch") for found in facts.installed) and facts.linger is False:
        yield Check("linger", Level.WARN, "it runs only while you are logged in", "loginctl enable-linger")


def _came(found: Installed, facts: Facts) -> Check:
    seen = facts.seen.get(found.trigger)
    ago = "has not come yet" if seen is None else f"came {age(max(facts.now - seen, 0))} ago"
    if found.period is None:
        return Check(found.how, Level.OK, f"{found.place}: {ago}")
    alive, known = signs(found, seen, facts.now)
    if alive:
        return Check(found.how, Level.OK, f"{found.place}: {ago}")
    level = Level.FAIL if known else Level.WARN
    what = f"{found.place}: {ago}, though it should at least once in {span(found.period)}"
    return Check(found.how, level, what, _LOGS[found.how])


def result(checks: Sequence[Check]) -> TaskResult:
    """The doctor's answer: failed if a check failed."""
    failed, warned = (sum(c.level is level for c in checks) for level in (Level.FAIL, Level.WARN))
    data = [{"name": c.name, "level": str(c.level), "what": c.what, "remedy": c.remedy} for c in checks]
    reason = f"{len(checks)} checks: {failed} failed, {warned} to look at"
    lines = [part for c in checks for part in (f"{c.level:<5} {c.name}: {c.what}", f"      next: {c.remedy}")]
    lines = [text for text in lines if text.strip() != "next:"]
    outcome = Outcome.FAILED if failed else Outcome.OK
    return TaskResult("doctor", outcome, reason, details=tuple(lines), data={"checks": data})
