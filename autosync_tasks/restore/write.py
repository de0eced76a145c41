"""Restore, the effects: what stands in a target, and carrying out a plan there, file by file."""

from __future__ import annotations

import errno
import os
import stat
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from functools import partial

from autosync_tasks.backup.objects import AbsentError
from autosync_tasks.errors import AutosyncError
from autosync_tasks.model import Entry, Kind, Path
from autosync_tasks.names import display, parents
from autosync_tasks.restore.plan import RestorePlan, Standing
from autosync_tasks.tree.content import content_id, content_id_of
from autosync_tasks.tree.dirfd import Below
from autosync_tasks.tree.observe import Progress
from autosync_tasks.tree.write import CASE, MODES, NO_USE, Writer, lacks, mark_of


def standings(root: int, paths: Iterable[Path], limit: int) -> dict[Path, Standing]:
    """What stands at these paths and at the folders above them (those where something does).

    root: descriptor of the target. limit: bytes of a file that a snapshot may hold.
    """
    wanted = {above for path in paths for above in (path, *parents(path))}
    standing: dict[Path, Standing] = {}
    with Below(root) as below:
        for path in sorted(wanted):
            above = path.rpartition(b"/")[0]
            if above and (above not in standing or standing[above].kind is not Kind.FOLDER):
                continue  # nothing can stand below what is no folder
            facts = below.look(path)
            if facts is not None:
                standing[path] = _standing(below, path, facts, limit)
    return standing


def _standing(below: Below, path: Path, facts: os.stat_result, limit: int) -> Standing:
    mode, mark = facts.st_mode & 0o777, mark_of(facts)
    try:
        if stat.S_ISDIR(facts.st_mode):
            return Standing(Kind.FOLDER, mode, "", mark)
        if stat.S_ISLNK(facts.st_mode):
            return Standing(Kind.LINK, 0o777, content_id(below.target(path)), mark)
        if stat.S_ISREG(facts.st_mode):
            with os.fdopen(below.open_file(path), "rb") as file:
                return Standing(Kind.FILE, mode, content_id_of(file), mark, facts.st_size <= limit)
    except OSError:
        pass  # unreadable: it can be set aside, not stored
    return Standing(None, mode, "", mark, storable=False)


def bytes_of(root: int, saved: Mapping[Path, Standing]) -> Iterable[tuple[Path, bytes]]:
    """The bytes that stand at these paths. Raises AutosyncError if one is not what was seen a moment ago."""
    with Below(root) as below:
        for path, have in sorted(saved.items()):
            contents = below.contents(path)
            if contents is None or content_id(contents[1]) != have.id:
                raise AutosyncError(
                    f"{display(path)} is being written to; nothing was overwritten",
                    hint="close the program that writes it and run it again",
                )
            yield path, contents[1]


def carry_out(
    root: int,
    root_name: str,
    plan: RestorePlan,
    read: Callable[[str], bytes],
    run_id: str,
    progress: Progress | None = None,
) -> dict[Path, str]:
    """Does what the plan says, each file in one step; returns what could not be done and why.

    read: gives checked contents by content id, or raises AbsentError. Raises AutosyncError for a fault of the disk:
    what is in place then is whole.
    """
    faults: dict[Path, str] = {}
    with Writer(root, root_name, run_id) as writer:
        try:
            _clear(writer, plan, faults)
            _write(writer, plan, read, faults, progress)
            writer.finish()
            faults |= {path: _words(error) for path, error in writer.failed.items()}
            _modes(writer, plan, faults)
            writer.finish()
        except OSError as error:
            raise AutosyncError(
                f"the disk stopped the restore: {(error.strerror or str(error)).lower()}",
                hint="every file is whole, the old one or the restored one; free space and run it again",
            ) from None
        finally:
            writer.discard()
    return faults


def _clear(writer: Writer, plan: RestorePlan, faults: dict[Path, str]) -> None:
    """Takes away and moves what an undo takes back, and sets aside what is in the way."""
    for removal in sorted(plan.removals, key=lambda item: item.path, reverse=True):
        _try(faults, removal.path, partial(writer.remove, removal.path, removal.have.mark))
    for aside, path in plan.returns:
        if path not in faults:
            _try(faults, path, partial(writer.move, aside, path))
    for put in plan.puts:
        if put.aside is not None:
            _try(faults, put.path, partial(writer.move, put.path, put.aside))


def _write(
    writer: Writer,
    plan: RestorePlan,
    read: Callable[[str], bytes],
    faults: dict[Path, str],
    progress: Progress | None,
) -> None:
    for done, put in enumerate(plan.puts):
        if progress is not None and done % 64 == 0:
            progress("restoring", done, len(plan.puts))
        if put.path in faults or put.only_mode:
            continue
        if put.want.kind is Kind.FOLDER:
            if put.kind != "mode":
                _try(faults, put.path, partial(writer.make_folder, put.path))
            continue
        mark = put.have.mark if put.have is not None and put.aside is None else None
        try:
            data = read(put.want.id)
        except AbsentError as error:
            faults[put.path] = str(error)
            continue
        _try(faults, put.path, partial(writer.stage, put.path, put.want, data, mark))


def _modes(writer: Writer, plan: RestorePlan, faults: dict[Path, str]) -> None:
    """Folders last and deepest first: one that is closed to writing could not be filled."""
    for put in sorted(plan.puts, key=lambda item: item.path, reverse=True):
        if put.path not in faults and (put.want.kind is Kind.FOLDER or put.only_mode):
            _try(faults, put.path, partial(writer.set_mode, put.path, put.want.mode))


def _try(faults: dict[Path, str], path: Path, act: Callable[[], None]) -> None:
    try:
        act()
    except OSError as error:
        if error.errno in NO_USE:
            raise
        faults[path] = _words(error)


def _words(error: OSError) -> str:
    if error.errno in (errno.ELOOP, errno.ENOTDIR):
        return "a link or a file stands among its folders now; nothing is written through it"
    return (error.strerror or str(error)).lower()


def differing(root: int, wanted: Mapping[Path, Entry], *, modes: bool = True) -> tuple[Path, ...]:
    """Paths that do not stand as they should: bytes, kind or mode (a link has no mode of its own)."""
    standing = standings(root, wanted, 0)
    differ = []
    for path, want in sorted(wanted.items()):
        have = standing.get(path)
        alike = have is not None and (have.kind, have.id) == (want.kind, want.id)
        if have is None or not alike or (modes and want.kind is not Kind.LINK and have.mode != want.mode):
            differ.append(path)
    return tuple(differ)


def read_back(root: int, puts: Mapping[Path, Entry], faults: dict[Path, str]) -> tuple[tuple[Path, ...], str]:
    """Paths that do not stand as they should, and what the file system there does not keep ("" if it keeps all).

    faults: what was told while they were written. Where no mode is kept, a mode is no fault.
    """
    differ = differing(root, {path: want for path, want in puts.items() if path not in faults})
    lacking = lacks(root) if differ or faults else ()
    if MODES in lacking:
        stand = puts.keys() - set(differing(root, puts, modes=False))
        differ = tuple(path for path in differ if path not in stand)
        for path in stand & faults.keys():
            del faults[path]
    if CASE in lacking:
        names = Counter(path.lower() for path in puts)
        clash = [path for path in faults if names[path.lower()] > 1]
        faults.update(dict.fromkeys(clash, "a name that differs from it in case alone stands there"))
    return differ, f"the file system there does not keep {', '.join(lacking)}" if lacking else ""
