"""The backups of several agents on one remote: fetched once, and whose they are."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, nullcontext, suppress

from autosync_tasks.bootstrap.request import Wish
from autosync_tasks.bootstrap.stage import Stage, address_of, fetch, no_trace, offers
from autosync_tasks.config.file import switch
from autosync_tasks.config.load import VARIABLE, load, switched_on
from autosync_tasks.config.places import found
from autosync_tasks.errors import AutosyncError
from autosync_tasks.profiles import USUAL, Source, names
from autosync_tasks.remote.transport import Limits
from autosync_tasks.state.scratch import scratch
from autosync_tasks.state.state import State
from autosync_tasks.workspace.request import Request
from autosync_tasks.workspace.workspace import Site, check_owner, open_site


@contextmanager
def fetched(environ: Mapping[str, str], wish: Wish, request: Request) -> Iterator[tuple[Stage, tuple[str, ...]]]:
    """What is at the address, in scratch, and the profiles of the agents whose backups are there (of the branch that
    was named, where one was), the usual one first; at least one. Raises what `bootstrap` raises."""
    loaded = load(environ)
    check_owner(loaded)
    address = address_of(wish.address, _site(environ))
    state = State(loaded.state_home, "bootstrap", "")
    branches = [wish.branch, *(_own_branches(environ, loaded.config_home) if wish.another else ())]
    try:
        with no_trace(state.home) if request.check else nullcontext(), scratch(state, request.run_id) as held:
            folder = os.path.realpath(held)  # git is another process, which knows it by its name
            stage = fetch(folder, address, branches if wish.branch else (), environ, wish.limits or Limits())
            there = {one.agent for one in offers(stage) if wish.branch in ("", one.branch)} or {USUAL}
            known = [name for name in names(loaded.config_home) if name in there]
            yield stage, (*known, *sorted(there.difference(known)))
    finally:
        with suppress(OSError):
            os.rmdir(state.folder)


def without_usual(environ: Mapping[str, str], *, check: bool = False) -> bool:
    """Switches the usual agent off where it is not on this machine and only others are backed up; whether it did (or,
    with `check`, would)."""
    environ = {name: value for name, value in environ.items() if name != VARIABLE}
    loaded, on = load(environ), switched_on(environ)
    alone = len(on) > 1 and USUAL in on and not loaded.settings.opencode_source
    return bool(
        alone and not found(Source(), environ, loaded.home) and switch(loaded.path, USUAL, False, environ, check=check)
    )


def _site(environ: Mapping[str, str]) -> Site | None:
    try:
        return open_site(environ, new_machine=True)
    except AutosyncError:
        return None  # the bootstrap that needs it will tell


def _own_branches(environ: Mapping[str, str], config_home: str) -> Iterator[str]:
    """Those that agents of this machine go on with already."""
    for name in names(config_home):
        with suppress(AutosyncError):
            loaded = load({**environ, VARIABLE: name})
            if loaded.file.get("source_id"):
                yield loaded.settings.backup_branch
