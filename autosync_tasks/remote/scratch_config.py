"""What git is told for a connection: the config of the scratch repository, as text and as forced keys."""

from __future__ import annotations

import os
import shlex
from collections.abc import Mapping

from autosync_tasks.remote.address import Address

BARE = "[core]\n\trepositoryformatversion = 0\n\tbare = true\n"
"""The config of a repository that holds nothing yet."""

FORCED: Mapping[str, str] = {
    "http.lowSpeedLimit": "1000",
    "http.lowSpeedTime": "30",
    "http.followRedirects": "initial",
    "credential.interactive": "false",
    "transfer.fsckObjects": "true",
    **dict.fromkeys((f"fetch.fsck.gitattributes{what}" for what in ("Blob", "Large", "LineLength")), "ignore"),
    "fetch.recurseSubmodules": "false",
    "fetch.writeCommitGraph": "false",
    "fetch.prune": "false",
    "push.followTags": "false",
    "push.gpgSign": "false",
    "push.recurseSubmodules": "no",
    "push.default": "nothing",
    "push.negotiate": "false",
    "user.useConfigOnly": "false",
}
"""Forced over the user's own config. A transfer under 1,000 bytes a second for 30 s has stopped (curl's own measure
of a stall); what the remote sends is checked as git's fsck does before it is stored."""

_IN_A_FOLDER: Mapping[str, str] = {
    "core.hooksPath": "/dev/null",
    "core.fsmonitor": "false",
    "core.alternateRefsCommand": "true",
    "receive.denyCurrentBranch": "refuse",
    "receive.autogc": "false",
    "gc.auto": "0",
    "maintenance.auto": "false",
}
"""Forced over the config of a remote that is a folder. Git's other half runs here then, as this user, in a repository
that may be somebody else's (a stick, a share): its hooks, what lists the refs of an alternate, what a checkout of
updateInstead calls (filters, a monitor, a hook) and what a collection of garbage calls must not run."""

_SSH_OPTIONS = (
    # Never a question, never a wait without end; no background master that would keep our pipes open.
    "-oBatchMode=yes",
    "-oConnectTimeout=15",
    "-oServerAliveInterval=10",
    "-oServerAliveCountMax=3",
    "-oControlMaster=no",
    "-oForwardAgent=no",
)


def of_remote(name: str, address: Address) -> str:
    """The lines of config that name the one remote, and how git's other half is started where that is done here.

    No protocol at all for that half: what is missing in a partial clone would be fetched by a program that its config
    names.
    """
    lines = f'[remote "{name}"]\n\turl = {quoted(address.url)}\n'
    if not address.path:
        return lines
    options = " ".join(f"-c {key}={value}" for key, value in _IN_A_FOLDER.items())
    program = "GIT_ALLOW_PROTOCOL= git " + options
    lines += f"\treceivepack = {quoted(program + ' receive-pack')}\n"
    return lines + f"\tuploadpack = {quoted(program + ' upload-pack')}\n"


def of_user(environ: Mapping[str, str]) -> str:
    """The lines that include the user's own config from where git looks for it (git-config(1), FILES)."""
    home = environ.get("HOME", "")
    base = environ.get("XDG_CONFIG_HOME", "") or (os.path.join(home, ".config") if home else "")
    files = [os.path.join(base, "git", "config")] if base else []
    files += [os.path.join(home, ".gitconfig")] if home else []
    return "".join(f"[include]\n\tpath = {quoted(path)}\n" for path in files)


def quiet_ssh(command: str) -> str:
    """An ssh command that never asks and never hangs; another program than ssh is left as it is."""
    try:
        program = os.path.basename((shlex.split(command) or ["ssh"])[0])
    except ValueError:
        return command
    return " ".join((command, *_SSH_OPTIONS)) if program == "ssh" else command


def quoted(value: str) -> str:
    """A value as git's config files quote it."""
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
