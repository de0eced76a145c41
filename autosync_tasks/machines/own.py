"""This machine's own record, and what is known here of the others without asking the remote."""

from __future__ import annotations

import hashlib
import os
import re

from autosync_tasks import __version__
from autosync_tasks.backup import health
from autosync_tasks.backup.listing import parse_listing
from autosync_tasks.backup.objects import EMPTY_TREE, AbsentError, Store, write_loose
from autosync_tasks.errors import AutosyncError
from autosync_tasks.linux.kernel import machine_id
from autosync_tasks.machines.record import REFS, Record, format_record, parse_record, valid_name
from autosync_tasks.model import Outcome, Trigger
from autosync_tasks.names import display
from autosync_tasks.state import shapes
from autosync_tasks.triggers.installed import in_short
from autosync_tasks.workspace.workspace import Site

DRILLED = "drilled"
"""The file of the state that says when a drill last went well."""

MOST = 200
"""Machines of a remote that are looked at."""


def own_name(site: Site) -> str:
    """The name of this machine's ref: its host's, and a mark of machine, user and tree: no two have the same."""
    machine = machine_id()
    host = os.uname().nodename
    parts = (machine, host, str(os.getuid()), site.places.real_source)
    mark = hashlib.sha256("\0".join(parts).encode("utf-8", "surrogateescape")).hexdigest()[:10]
    return f"{re.sub(r'[^0-9A-Za-z_]+', '-', host).strip('-')[:60] or 'machine'}-{mark}"


def own_record(site: Site, now: float, conflict: str) -> Record:
    """What this machine says now (seconds since the epoch). conflict: with the remote, "" for none."""
    state, settings = site.state, site.settings
    done, last = shapes.last_act(records := state.history()), next(shapes.syncs(reversed(records)), {})
    noted, tree = health.load(state), state.load_tree()
    bad = last.get("outcome") in (Outcome.BLOCKED, Outcome.FAILED, Outcome.INCOMPLETE)
    return Record(
        own_name(site),
        host=display(os.uname().nodename),
        agent=settings.profile.read().title,
        branch=settings.backup_branch,
        version=__version__,
        looked=now,
        synced=shapes.moment(done.get("started")) if done else now,
        verified=noted.read if noted else None,
        drilled=state.moment(DRILLED),
        files=max(len(parse_listing(tree.listing)) - 1, 0) if tree else 0,  # the manifest is none
        conflict=conflict,
        trouble=f"last run {last.get('outcome')}" if bad and not conflict else "",
        max_age=float(settings.max_age),
        triggers=in_short(site.environ, scheduled=state.seen(Trigger.SCHEDULE) is not None),
    )


def commit_record(site: Site, record: Record, parent: str) -> str:
    """Stores the record as a commit of an empty tree after `parent` ("" for none); returns its id. No ref moves.

    Raises AutosyncError if that cannot be written.
    """
    git_dir, host = site.repository.git_dir, record.host or "machine"
    who = f"autosync <autosync@{re.sub(r'[<>]', '', host)}> {int(record.looked or 0)} +0000"
    if not os.path.exists(os.path.join(git_dir, "objects", EMPTY_TREE[:2], EMPTY_TREE[2:])):
        write_loose(git_dir, "tree", b"")
    head = [f"tree {EMPTY_TREE}", *([f"parent {parent}"] if parent else [])]
    text = "\n".join([*head, f"author {who}", f"committer {who}", "", format_record(record)])
    return write_loose(git_dir, "commit", text.encode("utf-8", "replace"))


def known(site: Site) -> list[Record]:
    """Every machine's record as it was when the remote was last asked; starts no connection."""
    found: list[Record] = []
    if not site.repository.exists:
        return found
    names = filter(valid_name, site.repository.refs_below(REFS.rstrip("/")))
    refs = {name: site.repository.ref(REFS + name) for name in names}
    if not refs:
        return found
    with Store(site.repository) as store:
        for name, commit in sorted(refs.items())[:MOST]:
            try:
                kind, data = store.object(commit)
            except AbsentError:
                continue
            message = data.partition(b"\n\n")[2].decode("utf-8", "replace")
            record = parse_record(name, message) if kind == "commit" else None
            found += [record] if record is not None else []
    return found


def others(site: Site) -> list[Record]:
    """The same without this machine; none where nothing can be read."""
    try:
        mine = own_name(site)
        return [one for one in known(site) if one.name != mine]
    except AutosyncError:
        return []
