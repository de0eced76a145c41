"""Gathers the facts that `doctor` judges. Reads only; every child process has a time limit."""

from __future__ import annotations

import json
import os
import re
import shlex
import stat
import sys
from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any

from autosync_tasks import __version__
from autosync_tasks.backup.said import Said
from autosync_tasks.config.around import Concern, name_of, ownership
from autosync_tasks.config.load import VARIABLE, home_folder
from autosync_tasks.doctor import ssh
from autosync_tasks.doctor.machine import Access, Machine, Missing, Space, SshWay, Trial
from autosync_tasks.doctor.missing import missing, missing_here
from autosync_tasks.errors import AutosyncError
from autosync_tasks.linux import processes
from autosync_tasks.linux.kernel import sysctl
from autosync_tasks.model import Trigger
from autosync_tasks.names import typed
from autosync_tasks.triggers import cron, crontab, files, systemd
from autosync_tasks.triggers.command import environment, passwd_home, program
from autosync_tasks.triggers.installed import installed
from autosync_tasks.workspace.workspace import open_site

_MOST_FOLDERS = 1_000_000


def gather(environ: Mapping[str, str], now: float, folder: str = ".") -> Machine:
    """Looks at everything. now: seconds since the epoch; folder: where a project's plugin is looked for."""
    here = _probe(dict(environ))
    unattended = _probe(cron_environment(environ))
    found = _program()
    state, source, backup = (str(here.get(name) or "") for name in ("state", "source", "backup"))
    seen, home = dict(_seen(state)), home_folder(environ)
    return Machine(
        now=now,
        version=__version__,
        program=found,
        here=here,
        cron=unattended,
        trial=_trial(found, cron_environment(environ)) if found and not unattended.get("error") else None,
        spaces=[_space(name, path) for name, path in (("the backup", backup), ("the state", state)) if path],
        accesses=list(_accesses(source, backup, state)),
        identity=_identity(environ),
        ssh=_ssh(environ, backup, str(here.get("remote") or "")) if here.get("push") else None,
        recorded=max([*seen.values(), _last_commit(environ, backup)], default=0.0),
        folders=_folders(source),
        watches=_sysctl("max_user_watches"),
        instances=_sysctl("max_user_instances"),
        installed=installed(environ, now, folder),
        seen=seen,
        crontab_fault=_crontab_fault(environ),
        cron_runs=_cron_runs(),
        linger=systemd.linger(environ),
        only_here=list(_only_here(environ)),
        owners=ownership(home, [path for path in (str(here.get("config") or ""), backup, state) if path]),
        missing=_missing(environ, source, str(here.get("commit") or "")),
        outside=tuple(Concern(*words) for words in here.get("outside") or ()),
    )


def _missing(environ: Mapping[str, str], source: str, commit: str) -> tuple[Missing, ...]:
    if not os.path.isdir(source):
        return ()
    try:
        return missing_here(open_site(environ), commit)
    except AutosyncError:
        return missing(source, environ, Said())


def cron_environment(environ: Mapping[str, str]) -> dict[str, str]:
    """What our command gets from cron: cron's own variables (crontab(5)), then what our line in the crontab sets.

    Where no line is installed: what install-cron would write now.
    """
    own = {"HOME": passwd_home(), "LOGNAME": name_of(os.getuid()), "PATH": "/usr/bin:/bin", "SHELL": "/bin/sh"}
    if name := environ.get(VARIABLE):
        own[VARIABLE] = name  # cron's run comes to this agent too
    try:
        lines = cron.take_apart(crontab.read(environ) or b"").commands
    except AutosyncError:
        lines = ()
    for line in lines:
        text = line.decode("utf-8", "surrogateescape").replace("\\%", "%")
        try:
            words = shlex.split(text)
        except ValueError:
            continue
        pairs = [word.partition("=") for word in words if re.match(r"[A-Z_]+=", word)]
        return own | {name: value for name, _, value in pairs}
    try:
        return own | environment(environ)
    except AutosyncError:
        return own


def _probe(environ: dict[str, str]) -> dict[str, Any]:
    """`probe` as seen in an environment, in a child process; its fault as "error"."""
    from autosync_tasks import __file__ as package

    # Where the package is not installed but lies in a checkout, the child must find it too.
    search = {"PYTHONPATH": os.path.dirname(os.path.dirname(os.path.abspath(package)))}
    words = ["/usr/bin/env", "-i", *(f"{k}={v}" for k, v in {**environ, **search}.items())]
    ran = files.run([*words, sys.executable, "-P", "-m", "autosync_tasks.doctor.probe"], environ, timeout=60)
    if ran is None or ran.code:
        return {"error": f"the program does not start there: {ran.said if ran else 'no env'}"}
    found: dict[str, Any] = json.loads(ran.out)
    return found


def _trial(program: str, environ: dict[str, str]) -> Trial:
    """A sync in check mode there: it takes every decision, runs every guard and writes nothing."""
    words = ["/usr/bin/env", "-i", *(f"{k}={v}" for k, v in environ.items()), program]
    ran = files.run([*words, "sync", "--trigger=schedule", "--check", "--json"], environ, timeout=600)
    try:
        said = json.loads(ran.out if ran else b"")
    except ValueError:
        said = {}
    reason, remedy = (str(said.get(a) or said.get(b) or "") for a, b in (("reason", "error"), ("next_step", "hint")))
    return Trial(ran.code if ran else 1, reason or (ran.said if ran else "there is no env program"), remedy)


def _program() -> str:
    try:
        return program()
    except AutosyncError:
        return ""


def _existing(path: str) -> str:
    """The nearest folder above that is there."""
    while path and not os.path.isdir(path) and path != "/":
        path = os.path.dirname(path)
    return path or "/"


def _space(name: str, path: str) -> Space:
    facts = os.statvfs(_existing(path))
    # btrfs and others that make inodes as needed report none at all
    inodes = facts.f_favail if facts.f_files else None
    return Space(name, path, facts.f_bavail * facts.f_frsize, inodes)


def _accesses(source: str, backup: str, state: str) -> Iterator[Access]:
    if source:
        ok = os.access(source, os.R_OK | os.X_OK)
        yield Access("the source", source, "" if ok else f"{source} cannot be read", "mend its permissions")
    for name, path in (("the backup", backup), ("the state", state)):
        if path:
            there = _existing(path)
            if os.statvfs(there).f_flag & os.ST_RDONLY:
                fault, remedy = f"{there} is mounted read-only", "mount it for writing, or set another place"
            else:
                ok = os.access(there, os.W_OK | os.X_OK)
                fault, remedy = "" if ok else f"{there} cannot be written", "mend its permissions"
            yield Access(name, path, fault, remedy)
    if state and os.path.isdir(state):
        facts = os.lstat(state)  # whose it is, is told elsewhere
        private = facts.st_uid != os.getuid() or not stat.S_IMODE(facts.st_mode) & 0o077
        fault = "" if private else f"{state} can be entered by others"
        yield Access("the state by others", "only you can enter it", fault, f"chmod 700 {typed(state)}")


def _git(environ: Mapping[str, str], *words: str) -> str:
    clean = {name: value for name, value in environ.items() if not name.startswith("GIT_")}
    ran = files.run(["git", *words], clean)
    return ran.out.decode("utf-8", "replace").strip() if ran and ran.code == 0 else ""


def _identity(environ: Mapping[str, str]) -> str:
    name, mail = (_git(environ, "config", "--global", f"user.{key}") for key in ("name", "email"))
    return f"{name} <{mail}>" if name and mail else ""


def _last_commit(environ: Mapping[str, str], backup: str) -> float:
    # Not `git log`: a poisoned backup can make it run a program (log.showSignature, gpg.program).
    words = ("for-each-ref", "--count=1", "--sort=-committerdate", "--format=%(committerdate:unix)")
    text = _git(environ, "-C", backup, *words) if os.path.isdir(backup) else ""
    return float(text) if text.isdigit() else 0.0


def _ssh(environ: Mapping[str, str], backup: str, remote: str) -> SshWay | None:
    """The facts of an ssh remote (None: it is not one)."""
    url = _git(environ, "-C", backup, "remote", "get-url", "--push", remote)
    return ssh.way(url, _git(environ, "config", "--global", "core.sshCommand"), environ)


def _seen(state: str) -> Iterator[tuple[Trigger, float]]:
    for trigger in Trigger:
        try:
            yield trigger, float(files.read(os.path.join(state, "seen", trigger)) or b"")
        except (ValueError, AutosyncError):
            continue


def _folders(source: str) -> int:
    """How many folders the watcher would watch: those whose names are not protected."""
    from autosync_tasks.config.settings import Settings
    from autosync_tasks.policy.classify import protected_matcher
    from autosync_tasks.tree.dirfd import Below, each_folder

    protected, count = protected_matcher(Settings()), 0
    if not os.path.isdir(source):
        return 0
    with Below(source) as below:
        for _, _, names, _ in each_folder(below):
            names[:] = [name for name in names if not protected(name, True)]
            count += 1
            if count >= _MOST_FOLDERS:
                break
    return count


def _sysctl(name: str) -> int | None:
    text = sysctl(f"fs.inotify.{name}")
    return int(text) if text.isdigit() else None


def _crontab_fault(environ: Mapping[str, str]) -> str:
    try:
        crontab.read(environ)
    except AutosyncError as error:
        return error.message
    return ""


def _cron_runs() -> bool | None:
    """Whether a cron daemon runs; None where the processes of others cannot be seen (mount option hidepid)."""
    if os.path.exists("/run/systemd/generator/cron.target.wants"):
        return True  # systemd-cron: systemd itself does the work
    try:
        numbers = processes.numbers()
    except OSError:
        return None
    if "1" not in numbers:
        return None
    names = set()
    for number in numbers:
        with suppress(OSError):
            names.add(processes.name(number))
    return bool(names & {b"cron", b"crond", b"fcron"})


def _only_here(environ: Mapping[str, str]) -> Iterator[str]:
    from autosync_tasks.config.load import load

    try:
        loaded = load(environ)
    except AutosyncError:
        return
    for name, origin in sorted(loaded.origins.items()):
        if origin.startswith("environment variable"):
            yield name.upper()
