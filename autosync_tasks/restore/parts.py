"""Brings parts of bigger files back into them: every other byte of such a file stays as the agent wrote it."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from contextlib import nullcontext

from autosync_tasks.backup.manifest import entries
from autosync_tasks.backup.objects import AbsentError, Store
from autosync_tasks.errors import AutosyncError, BackupError, UsageError
from autosync_tasks.files import bytes_in, write_whole
from autosync_tasks.model import Outcome, Run, Step
from autosync_tasks.names import display
from autosync_tasks.records import replace
from autosync_tasks.restore.paths import chosen
from autosync_tasks.restore.request import Wish, commit_at, local_zone, name_of_commit
from autosync_tasks.tree.derived import Part
from autosync_tasks.triggers.files import read
from autosync_tasks.triggers.splice import SpliceError, assigned, value_of
from autosync_tasks.workspace.request import Request
from autosync_tasks.workspace.workspace import Site

_TRIES = 5


def merged(part: Part, held: bytes | None, recorded: bytes) -> bytes:
    """The file's bytes with what was recorded under the part's keys. held: as it is (None: there is none).

    Raises AutosyncError where it cannot be read.
    """
    try:
        values = json.loads(recorded)
        text = (held or b"{\n}\n").decode()
        mark = "\ufeff" if text.startswith("\ufeff") else ""
        text = text.removeprefix("\ufeff")
        value_of(text, comments=False)
        for key in part.keys:
            if key in values:
                text = assigned(text, key, values[key])
    except (ValueError, SpliceError) as error:
        why = str(error) if isinstance(error, SpliceError) else "it is not UTF-8"
        raise AutosyncError(
            f"{display(part.file)} cannot be edited: {why}", hint="mend it, then run this again; nothing was changed"
        ) from None
    return (mark + text).encode()


def bring_back(part: Part, recorded: bytes, run_id: str, *, check: bool) -> str:
    """Writes the part into its file; what it says of it, "" where it stands there already.

    The file as it was is kept beside it, for it may hold secrets and goes into no snapshot.
    """
    for _ in range(_TRIES):
        held = read(part.file)
        new = merged(part, held, recorded)
        names = ", ".join(part.keys)
        if new == held:
            return ""
        if check:
            return f"{names} would be put back into {display(part.file)}"
        real = os.path.realpath(part.file)
        aside = f"{real}.autosync-{run_id}"
        try:
            if held is not None:
                write_whole(aside, held, mode=0o600)
            if write_whole(real, new, mode=0o600, like_old=True, unless=_moved(real, held)):
                kept = f"; the file as it was is {display(aside)}" if held is not None else ""
                return f"{names} is put back into {display(part.file)}{kept}"
        except OSError as error:
            raise AutosyncError(
                f"{display(part.file)} cannot be written: {error.strerror}", hint="mend the folder's permissions"
            ) from None
    raise AutosyncError(
        f"{display(part.file)} is written at the same time", hint="leave the agent, then run this again"
    )


def _moved(real: str, held: bytes | None) -> Callable[[], bool]:
    return lambda: bytes_in(real) != (held or b"")


def restore_parts(site: Site, wish: Wish) -> Run:
    """Brings back every part that the wish is about. Raises AutosyncError."""
    commit = commit_at(site, wish.at, wish.now, wish.zone)
    head = site.repository.head(commit)
    if head.recorded is None:
        raise BackupError(f"the commit {commit[:7]} holds no backup of a source", hint="choose another one with --at")
    selected = chosen(site, wish, entries(head.recorded, head.tree), commit)
    parts = {path: part for path, entry in selected.items() if entry.id and (part := site.parts.get(os.fsdecode(path)))}
    if not parts:
        raise UsageError("none of it lies outside the tree", hint="leave out --outside")
    with Store(site.repository) as stored:
        try:
            given = {path: stored.read(selected[path].id) for path in parts}
        except AbsentError as error:
            raise BackupError(str(error), hint="`autosync recover --check` looks for it") from None
    with nullcontext() if wish.check else site.state.lock():
        said = [bring_back(parts[path], given[path], wish.run_id, check=wish.check) for path in sorted(parts)]
    told, of = tuple(filter(None, said)), name_of_commit(site, commit, wish.zone or local_zone(wish.now))
    request = Request(check=wish.check, now=wish.now, run_id=wish.run_id)
    outcome = Outcome.CHANGED if told else Outcome.OK
    reason = f"from {of}: {told[0]}" if told else f"what lies outside stands as in {of} already"
    steps = [Step("write", outcome, reason)]
    run = request.run(outcome, reason, steps, exit_code=5 if told and wish.check else 0)
    return replace(run, commit=commit, notes=told[1:])
