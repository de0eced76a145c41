"""Differences: the contents of pending changes as text, with every line that holds a secret withheld."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import partial

from autosync_tasks.backup.repository import Repository
from autosync_tasks.model import Change, Kind, Priority, Run
from autosync_tasks.names import display
from autosync_tasks.plan.compare import Look, look
from autosync_tasks.policy.inputs import Ask
from autosync_tasks.tree.content import NotReadableError, Reader
from autosync_tasks.validation import hits
from autosync_tasks.validation.withheld import unified
from autosync_tasks.workspace.validation_context import context
from autosync_tasks.workspace.workspace import Site


def contents_of(site: Site, run: Run, ask: Ask) -> list[str]:
    """The contents of what a sync in check mode would commit; none for a run that was not in check mode.

    Looks at the source once more: what changed since the run looked is shown as it is now.
    """
    if not run.check:
        return []
    with look(site, include_low=ask.include_low) as seen:
        wanted = {path for change in run.changes for path in change.paths}
        return list(differences(seen, [change for change in seen.difference.changes if change.path in wanted]))


def differences(seen: Look, changes: Iterable[Change]) -> Iterator[str]:
    """Lines of a unified diff from backup to source, safe to print."""
    known = context(seen.site, check=True)
    with Reader(seen.root, seen.scan.followed) as reader:
        for change in changes:
            name = display(change.path)
            if change.old_path is not None:
                yield f"=== backup/{display(change.old_path)} is renamed to source/{name}"
            else:
                yield f"--- backup/{name}" if change.old else "--- nothing"
                yield f"+++ source/{name}" if change.new else "+++ nothing"
            if change.old and change.new and change.old.mode != change.new.mode:
                yield f"    mode {change.old.mode:o} becomes {change.new.mode:o}"
            if change.old_path is not None:  # with the contents that it had
                continue
            old, new = _old(seen.site.repository, change), _new(reader, seen, change)
            if old == new:
                continue
            yield from unified(old, new, partial(hits, change.path, context=known))


def wanted(changes: Iterable[Change]) -> list[Change]:
    """The changes that a sync takes when nothing holds it: not what stays out by rule."""
    return [change for change in changes if change.priority in (Priority.HIGH, Priority.MEDIUM) or change.new is None]


def _old(repository: Repository, change: Change) -> bytes:
    return repository.blob(change.old.id) if change.old is not None and change.old.id else b""


def _new(reader: Reader, seen: Look, change: Change) -> bytes:
    if change.new is None or change.new.kind is Kind.FOLDER:
        return b""
    try:
        return reader.read(change.path, seen.scan.records[change.path])[0]
    except NotReadableError as error:
        return f"({error.left_out.detail})".encode()
