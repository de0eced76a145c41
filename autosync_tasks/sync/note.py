"""The note of a run that leaves nothing to do: by it the next one is answered without a look at anything but bytes."""

from __future__ import annotations

import os

from autosync_tasks.backup import health
from autosync_tasks.backup.trust import check_format, check_inside
from autosync_tasks.config.load import VARIABLE
from autosync_tasks.config.settings import TABLE
from autosync_tasks.files import HALF, NEW, bytes_in
from autosync_tasks.model import Left
from autosync_tasks.names import WAITS, display
from autosync_tasks.plan.compare import Look
from autosync_tasks.state.folder import within
from autosync_tasks.sync.still import FILE, around, opened, sealed
from autosync_tasks.workspace.workspace import Site, open_site

_BY_NAME = frozenset({Left.PROTECTED, Left.NESTED_GIT, Left.NAME, Left.RESERVED})
"""Why a path is left out for its name and type alone."""
_ASKED = ("HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME", "AUTOSYNC_CONFIG", VARIABLE, WAITS)
_VARIABLES = " ".join([*_ASKED, *(setting.variable for setting in TABLE.values())])
"""What a sync with nothing to do asks of the environment."""


def note(site: Site, seen: Look) -> None:
    """Writes the note, where all is usual: one agent, nothing outside the tree, nothing to push or to tell.

    Call it under the lock, at the end of a run after which nothing is left to do. `around` is read first,
    then what it must mean is asked for: a change in between is found here, or makes the note one that fits nothing.
    """
    state, repository, environ = site.state, site.repository, site.environ
    folder = os.path.basename(state.folder)
    if not environ.get("HOME", "").startswith("/") or not environ.get("AUTOSYNC_CONFIG", "/").startswith("/"):
        return
    names = [_VARIABLES, site.loaded.path, site.settings.profile.path, site.places.source, site.places.backup]
    names += [state.home, folder, repository.git_dir, repository.branch]
    if (text := around(names, environ)) is None or state.kept is None:
        return
    fresh = open_site(environ)  # the first sync writes places into the file
    (cache, scan_is, begin), settings, health_is = state.kept, fresh.settings, health.load(state)
    parts = opened(text)
    usual = (
        parts[0].decode("utf-8", "replace") == fresh.loaded.text
        and "profiles" not in fresh.loaded.text
        and not settings.profile.unusual
        and (fresh.places, fresh.state.folder) == (site.places, state.folder)
        and bool(settings.opencode_source and settings.opencode_backup)
        and not (settings.auto_sync_push or settings.notify_command or settings.notify or settings.heartbeat_url)
        and fresh.following is None
    )
    check_inside(repository.git_dir)
    check_format(repository.git_dir)
    head = repository.ref()
    whole = (
        cache.idle is not None
        and not cache.unsettled
        and not seen.scan.followed
        and cache.scan == seen.blob
        and (cache.head, cache.settings) == (head, fresh.shape(fresh.source_id))
        and (repository.bare or state.worktree() == head)
        and health_is is not None
        and not health_is.faults
        and (health_is.head, health_is.files) == (head, health.stored_files(repository))
        and all(left.why in _BY_NAME and left.path in seen.scan.kinds for left in seen.left_out)
    )
    if not usual or not whole or cache.idle is None or health_is is None:
        return
    size = sum(map(len, seen.scan.records)) + 41 * len(seen.scan.records)
    left = b"\0".join(b"%d %s" % (seen.scan.kinds[left.path], left.path) for left in seen.left_out)
    every = settings.deep_verify_every
    read = max(health_is.since, health_is.read or 0.0)
    until = read + every if every else float("inf")
    said = (cache.idle["reason"], display(site.places.source))
    fields = ("\0".join(names), text, scan_is, f"{begin} {size}", left, str(until), *said)
    data = sealed(*(one if isinstance(one, bytes) else os.fsencode(one) for one in fields))
    if bytes_in(os.path.join(state.home, FILE), len(data) + 1) == data:
        return
    # the half lies in this pair's folder, where its lock keeps others out and a killed run's is swept up
    with state.within(HALF + FILE) as (pair, half), within(state.home, (), FILE) as (home, bare):
        with open(os.open(half, NEW, 0o600, dir_fd=pair), "wb") as file:
            file.write(data)
        os.replace(half, bare, src_dir_fd=pair, dst_dir_fd=home)
