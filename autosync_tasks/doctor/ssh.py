"""The way to an ssh remote, as ssh itself would take it with nobody there: which key, which known host."""

from __future__ import annotations

import os
import re
import shlex
from collections.abc import Iterator, Mapping, Sequence

from autosync_tasks.doctor.machine import SshWay
from autosync_tasks.triggers import files

_URL = re.compile(r"ssh://(?:(?P<user>[^@/]*)@)?(?P<host>\[[^]]+\]|[^/:]+)(?::(?P<port>[0-9]+))?(?:/|$)")
_SCP = re.compile(r"(?:(?P<user>[^@/]*)@)?(?P<host>[^/:@]+):(?!//)")


def way(url: str, command: str, environ: Mapping[str, str]) -> SshWay | None:
    """The facts of a push to this address; None if it does not go through ssh.

    command: the user's own `core.sshCommand` ("" if there is none), which pushes use too. Nothing is connected to:
    `ssh -G` prints what ssh makes of its configuration (ssh(1)), `ssh-keygen` looks into keys and known hosts.
    """
    match = _URL.match(url) or _SCP.match(url)
    if not match or match["host"].startswith("-"):
        return None
    parts = match.groupdict()
    host = match["host"].strip("[]")
    try:
        words = shlex.split(command) or ["ssh"]
    except ValueError:
        words = ["ssh"]
    for flag, value in (("-p", parts.get("port")), ("-l", parts.get("user"))):
        words += [flag, value] if value else []
    ran = files.run([*words, "-G", host], environ)
    lines = (ran.out.decode("utf-8", "surrogateescape") if ran and ran.code == 0 else "").splitlines()
    settings = [(name, value) for name, _, value in (line.partition(" ") for line in lines) if value]
    keys = [value for name, value in settings if name == "identityfile"]
    agentless = any(_opens(key, environ) for key in _there(keys, environ))
    return SshWay(host, agentless, _known(settings, host, environ))


def _there(paths: Sequence[str], environ: Mapping[str, str]) -> Iterator[str]:
    """Those of the files that are there."""
    for name in paths:
        path = re.sub(r"^~(?=/)", lambda _: environ.get("HOME", "~"), name)
        if os.path.isfile(path):
            yield path


def _opens(key: str, environ: Mapping[str, str]) -> bool:
    """Whether a key file has no passphrase. It is asked for with an empty one, so nothing waits for a person."""
    ran = files.run(["ssh-keygen", "-y", "-P", "", "-f", key], environ)
    return bool(ran and ran.code == 0)


def _known(settings: Sequence[tuple[str, str]], host: str, environ: Mapping[str, str]) -> bool:
    """Whether ssh would accept the host without asking. Other ports have entries of their own (sshd(8))."""
    first = dict(reversed(settings))
    if first.get("stricthostkeychecking") in ("accept-new", "false", "no", "off"):
        return True
    name = first.get("hostkeyalias") or first.get("hostname") or host
    if first.get("port", "22") != "22" and "hostkeyalias" not in first:
        name = f"[{name}]:{first['port']}"
    for setting in ("userknownhostsfile", "globalknownhostsfile"):
        for path in _there(first.get(setting, "").split(" "), environ):
            ran = files.run(["ssh-keygen", "-F", name, "-f", path], environ)
            if ran and ran.code == 0:
                return True
    return False
