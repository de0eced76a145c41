"""Undoing: what a snapshot says of the restore that it was made for, and the plan that takes it back (pure).

Beside the files that were overwritten, a snapshot holds `.autosync/restore`:

    autosync-restore 1
    run <id of the run>
    from <commit that was restored>
    + f 644 <content id> agents/build.md      made by the restore: nothing stood there
    a notes.md                                set aside by the restore, under aside_name(path, run)

It may be forged like a manifest, so `parse` refuses what this program would not write, and an undo removes a path
only if exactly that still stands there whose content id is named.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from autosync_tasks.errors import UsageError
from autosync_tasks.model import Entry, Kind, Path
from autosync_tasks.names import display, git_refuses, quote, unquote
from autosync_tasks.records import dataclass, replace
from autosync_tasks.restore.plan import Removal, RestorePlan, Standing, aside_name

PATH = b".autosync/restore"
"""Where it lies in a snapshot's tree."""

_HEADER = b"autosync-restore 1"
_RUN = re.compile(rb"run ([0-9a-f]{6,40})\Z")
_FROM = re.compile(rb"from ([0-9a-f]{40})\Z")
_MADE = re.compile(rb"\+ ([dfl]) ([0-7]{1,3}) ([0-9a-f]{40}|-) (.+)\Z", re.DOTALL)
_SHORTEST = 4
"""Digits of an id, at least: as git has it."""
_LETTER = {Kind.FOLDER: b"d", Kind.FILE: b"f", Kind.LINK: b"l"}
_KIND = {letter: kind for kind, letter in _LETTER.items()}


class UndoError(ValueError):
    """The text is not what this program writes (damaged or forged)."""


@dataclass(frozen=True, slots=True)
class Undo:
    """What to take back. run: of the restore. made: paths it made. aside: paths whose old contents it set aside."""

    run: str
    commit: str
    made: Mapping[Path, Entry]
    aside: tuple[Path, ...] = ()


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A snapshot and the restore that it was made before.

    commit: of the snapshot. when: seconds since the epoch. restored: the commit that was restored; "" if the snapshot
    is damaged or forged. back: whether that restore was taken back, to its end.
    """

    commit: str
    when: float
    restored: str
    back: bool = False


def takes_back(one: Snapshot, snapshots: Sequence[Snapshot]) -> bool:
    """Whether the restore that a snapshot was made before was itself the taking back of another."""
    return any(one.restored == other.commit for other in snapshots)


def to_take_back(snapshots: Sequence[Snapshot], wanted: bool | str) -> Snapshot:
    """The snapshot to restore: that of the newest restore that is not taken back (True), or the one with this id.

    snapshots: the newest first. Raises UsageError if there is none.
    """
    listed = "`inv restore --list` names every snapshot; `--undo ID` goes back to one"
    if isinstance(wanted, str):
        named = [one for one in snapshots if len(wanted) >= _SHORTEST and one.commit.startswith(wanted.lower())]
        if len(named) != 1:
            words = "more than one snapshot begins with" if named else "there is no snapshot"
            raise UsageError(f"{words} {display(wanted)!r}", hint=listed)
        return named[0]
    if not snapshots:
        raise UsageError("there is no restore to take back", hint="a restore into the source makes a snapshot")
    for one in snapshots:
        if not one.back and not takes_back(one, snapshots):
            return one
    raise UsageError("every restore has been taken back already", hint=listed)


def record_of(plan: RestorePlan, run_id: str, commit: str) -> bytes:
    """The text for a restore that is about to be done."""
    lines = [_HEADER, b"run " + run_id.encode(), b"from " + commit.encode()]
    for put in plan.puts:
        if put.have is None:
            want = put.want
            facts = b"%s %o %s" % (_LETTER[want.kind], want.mode, want.id.encode() or b"-")
            lines.append(b"+ " + facts + b" " + quote(put.path))
        elif put.aside is not None:
            lines.append(b"a " + quote(put.path))
    return b"\n".join(lines) + b"\n"


def parse(text: bytes) -> Undo:
    """Reads it. Raises UndoError for anything out of order."""
    lines = text.split(b"\n")
    if len(lines) < 4 or lines[0] != _HEADER or lines[-1] != b"":
        raise UndoError("it does not begin or end like one")
    run, commit = _RUN.match(lines[1]), _FROM.match(lines[2])
    if not run or not commit:
        raise UndoError("it names no run or no commit")
    made: dict[Path, Entry] = {}
    aside: list[Path] = []
    for line in lines[3:-1]:
        match = _MADE.match(line)
        try:
            path = unquote(match.group(4) if match else line.removeprefix(b"a "))
        except ValueError as error:
            raise UndoError(str(error)) from None
        if any(git_refuses(part) for part in path.split(b"/")) or path.split(b"/")[0] == b".autosync":
            raise UndoError("a path that no backup may hold")
        if match:
            content = match.group(3).decode().replace("-", "")
            kind = _KIND[match.group(1)]
            if (kind is Kind.FOLDER) != (not content):
                raise UndoError("a folder with contents, or a file without")
            made[path] = Entry(kind, int(match.group(2), 8), 0, content)
        elif line.startswith(b"a "):
            aside.append(path)
        else:
            raise UndoError("a line of another kind")
    return Undo(run.group(1).decode(), commit.group(1).decode(), made, tuple(aside))


def paths_of(undo: Undo) -> set[Path]:
    """Every path that has to be looked at before `plan_undo`."""
    return {*undo.made, *undo.aside, *(aside_name(path, undo.run) for path in undo.aside)}


def plan_undo(plan: RestorePlan, undo: Undo, standing: Mapping[Path, Standing]) -> tuple[RestorePlan, tuple[str, ...]]:
    """The plan of a restore of the snapshot, with what the undone restore made or set aside taken back.

    Returns it with a note for each path that is left, because it was changed since.
    """
    notes: list[str] = []
    removals: list[Removal] = []
    aside = set(undo.aside)
    for path in sorted({*undo.made, *aside}, reverse=True):
        have = standing.get(path)
        if have is None:
            continue
        if have.kind is None or not have.storable:
            notes.append(f"{display(path)} cannot be saved first; it stays")
        elif path in aside:
            if standing.get(aside_name(path, undo.run)) is not None:
                removals.append(Removal(path, have))
        elif (have.kind, have.id) == (undo.made[path].kind, undo.made[path].id):
            removals.append(Removal(path, have))
        else:
            notes.append(f"{display(path)} was changed since it was restored; it stays")
    returns = []
    for path in undo.aside:
        moved = aside_name(path, undo.run)
        if standing.get(moved) is None:
            notes.append(f"{display(moved)} is gone; {display(path)} stays as it is")
        else:
            returns.append((moved, path))
    return replace(plan, removals=tuple(removals), returns=tuple(returns)), tuple(notes)
