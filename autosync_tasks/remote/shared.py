"""The remote of one agent's backup becomes that of another agent's new one: one remote, a branch for each."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import suppress

from autosync_tasks.config.load import VARIABLE, load, switched_on
from autosync_tasks.errors import AutosyncError
from autosync_tasks.names import display
from autosync_tasks.remote.heads import connect
from autosync_tasks.workspace.workspace import Site, open_site


def offered(environ: Mapping[str, str]) -> tuple[str, str]:
    """Whose remote a new backup of the profile in question gets, and its address as it is shown; ("", "") if none.

    That to which a push of another agent that is switched on has got (`push_url`): an address that no push has
    reached nobody has confirmed. None where they differ, nor for a backup that was pushed once: who took its remote
    away meant it.
    """
    with suppress(AutosyncError):
        settings = load(environ).settings
        found = list(_others(environ, settings.profile.name)) if not settings.push_url else []
        return found[0] if len({address for _, address in found}) == 1 else ("", "")
    return "", ""


def _others(environ: Mapping[str, str], name: str) -> Iterator[tuple[str, str]]:
    for other in switched_on(environ):
        if other != name:
            with suppress(AutosyncError):
                if address := load({**environ, VARIABLE: other}).settings.push_url:
                    yield other, address


def take_over(site: Site) -> list[str]:
    """Gives a backup without a remote the one that `offered` names, if that agent still pushes there; notes of it.

    Nothing is contacted: the push that follows asks whose branch it is, like every push.
    """
    name, branch = site.settings.remote, display(site.settings.backup_branch)
    gateway = site.repository.gateway
    other, address = offered(site.environ)
    if not other or gateway.attempt("config", "--local", "--get-regexp", r"^remote\.")[0] != 1:  # git: 1 is "none"
        return []
    try:
        there = open_site({**site.environ, VARIABLE: other})
        if connect(there, state=site.state).address.shown != address:
            return []
        words = ("remote", "get-url", "--push", there.settings.remote)
        url = os.fsdecode(there.repository.gateway.run(*words)).rstrip("\n")
        gateway.run("config", f"remote.{name}.url", url)
        gateway.run("config", f"remote.{name}.fetch", f"+refs/heads/*:refs/remotes/{name}/*")
    except AutosyncError as error:
        return [f"the remote of {other} was not taken over: {error.message}"]
    return [f"its remote is that of {other} from now on: {display(address)}, branch {branch}"]
