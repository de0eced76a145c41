"""Brings parts of bigger files back into them: every other byte of such a file stays as the agent wrote it."""

from __future__ import annotations

import json
import os
from contextlib import nullcontext

from autosync_tasks.backup.manifest import entries
from autosync_tasks.backup.objects import AbsentError, Store
from autosync_tasks.errors import AutosyncError, BackupError, UsageError
from autosync_tasks.model import Outcome, Run, Step
from autosync_tasks.names import display
from autosync_tasks.records import replace
from autosync_tasks.restore.paths import chosen
from autosync_tasks.restore.request import Wish, commit_at, name_of_commit
from autosync_tasks.tree.derived import Part
from autosync_tasks.triggers.files import read, rewrite, write
from autosync_tasks.triggers.splice import SpliceError, assigned, value_of
from autosync_tasks.workspace.request import Request
from autosync_tasks.workspace.workspace import Site


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
    return (mark + text).encode("utf-8", "backslashreplace")  # half of a character as JSON writes it


def bring_back(part: Part, recorded: bytes, run_id: str, *, check: bool) -> str:
    """Writes the part into its file; what it says of it, "" where it stands there already.

    The file as it was is kept beside it, for it may hold secrets and goes into no snapshot.
    """
    names = ", ".join(part.keys)
    if check:
        held = read(part.file)
        same = merged(part, held, recorded) == held
        return "" if same else f"{names} would be put back into {display(part.file)}"
    aside = f"{os.path.realpath(part.file)}.autosync-{run_id}"

    def make(before: bytes | None) -> bytes:
        new = merged(part, before, recorded)
        if before is not None and new != before:
            write(aside, before, mode=0o600)
        return new

    before, after = rewrite(part.file, make)
    if before == after:
        return ""
    kept = f"; the file as it was is {display(aside)}" if before is not None else ""
    return f"{names} is put back into {display(part.file)}{kept}"


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
    told, of = tuple(filter(None, said)), name_of_commit(site, commit, wish.zone)
    request = Request(check=wish.check, now=wish.now, run_id=wish.run_id)
    outcome = Outcome.CHANGED if told else Outcome.OK
    reason = f"from {of}: {told[0]}" if told else f"what lies outside stands as in {of} already"
    steps = [Step("write", outcome, reason)]
    run = request.run(outcome, reason, steps, exit_code=5 if told and wish.check else 0)
    return replace(run, commit=commit, notes=told[1:])
