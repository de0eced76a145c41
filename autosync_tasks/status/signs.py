"""Signs of how things stand: triggers that stay away, a block that lasts, links that lead out of the tree."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Reversible, Sequence

from autosync_tasks.backup import health
from autosync_tasks.backup.worktree import stands
from autosync_tasks.config.around import Concern, ownership
from autosync_tasks.errors import BackupError
from autosync_tasks.model import Kind, Outcome, Path, Trigger
from autosync_tasks.names import parents
from autosync_tasks.plan.compare import Look
from autosync_tasks.plan.past import Record, moment_of
from autosync_tasks.records import replace
from autosync_tasks.state.shapes import syncs
from autosync_tasks.state.state import State
from autosync_tasks.tree.content import Reader
from autosync_tasks.triggers.installed import Installed, signs
from autosync_tasks.workspace.workspace import Site

AUTOMATIC = tuple(trigger for trigger in Trigger if trigger is not Trigger.MANUAL)


def silent(
    there: Sequence[Installed], seen: Mapping[str, float], now: float, began: float | None = None
) -> tuple[str, ...]:
    """The installed triggers that have not come for two of their periods. began: the time of the oldest record; a
    trigger of which nothing else is known has stayed away since then at least.
    """
    late = []
    for item in there:
        since = began if item.since is None else item.since
        alive, known = signs(replace(item, since=since), seen.get(str(item.trigger)), now)
        if known and not alive:
            late.append(f"{item.how} ({item.place})")
    return tuple(late)


def comes(there: Sequence[Installed], seen: Mapping[str, float], now: float, max_age: float) -> bool:
    """Whether a trigger will come by itself: one is installed and can run, or came lately (a watcher in a terminal,
    a schedule of the user's own).
    """
    return any(not item.fault for item in there) or any(0 <= now - when <= max_age for when in seen.values())


def last_seen(state: State) -> dict[str, float]:
    """When each automatic trigger was last here (seconds since the epoch)."""
    times = {str(trigger): state.seen(trigger) for trigger in AUTOMATIC}
    return {name: when for name, when in times.items() if when is not None}


def blocked_for(records: Reversible[Record], now: float) -> float:
    """For how long the latest runs have all been blocked (seconds)."""
    since = now
    for record in syncs(reversed(records)):
        if record.get("outcome") != Outcome.BLOCKED:
            break
        since = moment_of(record, "started") or now
    return max(0.0, now - since)


def last_sync(records: Reversible[Record]) -> float | None:
    """When a sync last committed something."""
    good = (Outcome.CHANGED, Outcome.INCOMPLETE)
    done = (r for r in syncs(reversed(records)) if r.get("acted") and r.get("outcome") in good)
    return moment_of(next(done, {}), "ended")


def began(records: Iterable[Record]) -> float | None:
    """The time of the oldest record."""
    return moment_of(next(iter(records), {}), "started")


def notes_of(seen: Look, there: Sequence[Installed]) -> tuple[str, ...]:
    """What is out of order though the backup is whole."""
    repository, notes = seen.site.repository, [seen.head.note] if seen.head.note else []
    if seen.ref and not repository.bare and not repository.standing_on_branch():
        notes.append(f"the backup's work tree does not stand on {repository.branch}; it is left alone")
    elif seen.ref and not repository.bare and seen.site.state.last_worktree != seen.ref:
        notes += [_BEHIND] if _behind(seen) else []
    if seen.ref:
        notes += health.oddities(seen.site.state, repository, seen.ref)
    if not seen.site.settings.auto_sync_validate:
        notes.append("auto_sync_validate is false: only secrets and protected names are checked")
    notes += [f"{why}: this program's own rules judge, and find fewer kinds" for why in (seen.site.no_scanner,) if why]
    notes += [f"{item.how} ({item.place}): {item.fault}" for item in there if item.fault]
    notes += [one.what for one in _around(seen.site)]
    return tuple(notes)


_BEHIND = (
    "the backup's work tree could not be brought along: files there are older than the backup; a sync says which it is"
)


def _behind(seen: Look) -> bool:
    """Whether the work tree shows something else than the branch. (Who commits there by hand moves both.)"""
    owned = [path for path, entry in seen.recorded.items() if entry.git_mode]
    try:
        return not stands(seen.site.repository, seen.head.tree, owned, foreign_too=False)
    except BackupError:
        return True


def _around(site: Site) -> tuple[Concern, ...]:
    """What OpenCode reads besides the tree, and what belongs to somebody else though this program must write it."""
    loaded = site.loaded
    folders = (loaded.path, site.places.real_backup, site.state.folder)
    return (*site.outside, *ownership(loaded.home, folders))


def links_out(seen: Look) -> tuple[Path, ...]:
    """Links that point out of the tree: their contents are not in the backup."""
    root, followed = os.fsencode(seen.site.places.real_source), seen.scan.followed
    out = []
    with Reader(seen.root, followed) as reader:
        for path, entry in sorted(seen.observation.manifest.items()):
            if entry.kind is Kind.LINK:
                target = os.path.join(root, os.path.dirname(path), reader.target(path))
                inside = (os.path.normpath(target) + b"/").startswith(root.rstrip(b"/") + b"/")
                if not inside or any(above in followed for above in parents(path)):
                    out.append(path)
    return tuple(out)
