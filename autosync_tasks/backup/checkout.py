"""Writes index and files of the backup's work tree, by descriptors: nothing is written through a link."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterable, Mapping
from contextlib import ExitStack
from functools import partial

from autosync_tasks.backup.index import set_entries
from autosync_tasks.backup.listing import Listing
from autosync_tasks.backup.objects import AbsentError, Store
from autosync_tasks.backup.repository import Repository
from autosync_tasks.errors import BackupError
from autosync_tasks.linux import kernel, second
from autosync_tasks.model import Entry, Kind, Path
from autosync_tasks.names import display, parents
from autosync_tasks.tree.dirfd import Below
from autosync_tasks.tree.write import NO_USE, InTheWayError, Writer, mark_of

AtHand = Mapping[str, bytes]
Seen = Mapping[Path, bytes | None]
"""Marks of what stood at paths; None: nothing."""
LONGEST = 4095
"""Bytes of a path that a system call takes on Linux (PATH_MAX less the NUL). No other tool could open a longer one."""


def write_index(repository: Repository, puts: Listing, gone: set[Path], index: Listing) -> None:
    """The index with these paths as a commit has them, and without those that are gone."""
    entries = [(path, "0", "0" * 40) for path in sorted(gone) if path in index]
    entries += [(path, *entry) for path, entry in sorted(puts.items()) if index.get(path) != entry]
    if entries:
        set_entries(repository, entries, None)


def write_files(
    repository: Repository,
    puts: Listing,
    gone: set[Path],
    run_id: str,
    at_hand: AtHand | None = None,
    seen: Seen | None = None,
) -> None:
    """The files of these paths as a commit has them; gone ones removed, with folders that this leaves empty.

    at_hand: bytes by their content id, as it was computed of them; what is not there is read from the store. seen:
    marks of all that is gone or stands there otherwise, from before it was found to be free; None: nothing stands
    anywhere. What changed or came since is left alone, and is a fault then.

    By descriptors: git opens files by their whole paths, and writes through a folder that was swapped for a link since
    it looked. A path where something foreign stands in the way is left alone.
    """
    late = [path for path in sorted(puts) if len(path) <= LONGEST and puts[path][0] != _SUBMODULE]
    write = partial(_write, repository, puts, run_id, at_hand or {}, seen)
    if seen is None:
        _write_new(write, late)
        return
    with Below(repository.folder) as below:
        edited = [path for path in sorted(gone) if not _removed(below, path, seen.get(path))]
        above: set[Path] = set()
        late = [path for path in late if path in seen and clear_way(below, path, above)]
    if late:
        write(late)
    if edited:
        raise InTheWayError(f"{display(edited[0])} was changed meanwhile; it was left alone")


_SUBMODULE = "160000"


FOR_TWO = 1000
"""Files that two processes write: 10,000 take 0.4 s."""


def _write_new(write: Callable[[list[Path]], None], paths: list[Path]) -> None:
    """Writes files where nothing stands, on two cores if there are many. A fault of one half stops no other."""
    half = len(paths) // 2

    def fault(some: list[Path]) -> bytes:
        try:
            write(some)
        except (BackupError, OSError) as error:
            return str(error).encode("utf-8", "replace") or b"it failed"
        return b""

    with ExitStack() as stack:
        wait = second.beside(stack, lambda: fault(paths[half:]), len(paths) >= FOR_TWO)
        first, last = fault(paths[:half]), wait()
        if last is None:  # there was none, or it was ended
            last = fault(paths[half:])
    if first or last:
        raise BackupError((first or last).decode())


def _write(
    repository: Repository,
    puts: Listing,
    run_id: str,
    at_hand: AtHand,
    seen: Seen | None,
    paths: Iterable[Path],
) -> None:
    """seen: None puts each straight into its place, which must be free; what a kill leaves half-written is known."""
    root = os.open(repository.folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    umask = kernel.umask()
    made: set[Path] = set()
    try:
        with Store(repository) as store, Writer(root, repository.folder, run_id, durable=False) as writer:
            try:
                for path in paths:
                    mode, content = puts[path]
                    above = path[: max(path.rfind(b"/"), 0)]
                    for parent in reversed(parents(path)) if above not in made else ():
                        if parent not in made:
                            writer.make_folder(parent, 0o777 & ~umask)
                            made.add(parent)
                    kind = Kind.LINK if mode == "120000" else Kind.FILE
                    bits = (0o777 if mode == "100755" else 0o666) & ~umask
                    try:
                        data = at_hand[content]
                    except KeyError:
                        data = store.read(content)
                    try:
                        if seen is None:
                            writer.plant(path, data, None if kind is Kind.LINK else bits)
                        else:
                            writer.stage(path, Entry(kind, bits, 0, content), data, seen[path])
                    except OSError as error:
                        if error.errno in NO_USE:
                            raise
                        writer.failed[path] = error  # a link on FAT: the others go
                writer.finish()
            finally:
                writer.discard()
            for path, fault in writer.failed.items():
                more = f" and {len(writer.failed) - 1} more" if writer.failed.keys() - {path} else ""
                raise BackupError(f"{display(path)}{more}: {(fault.strerror or str(fault)).lower()}")
    except AbsentError as error:
        raise BackupError(str(error)) from None
    finally:
        os.close(root)


def _removed(below: Below, path: Path, mark: bytes | None) -> bool:
    """Removes a file or link of the work tree, and the folders above that this leaves empty; a folder there stays.
    False, with nothing removed, if it is not what the mark says."""
    here = below.look(path)
    if here is not None and stat.S_ISDIR(here.st_mode):
        return True
    if here is not None and mark_of(here) != mark:
        return False
    below.unlink(path)
    for parent in parents(path):
        if not below.rmdir(parent):
            break
    return True


def clear_way(below: Below, path: Path, fine: set[Path]) -> bool:
    """Whether nothing foreign is in the way: a link or file among its parents, or a folder at its place.

    fine: parents that were looked at already and are folders or nothing; grows.
    """
    here = below.look(path)
    if here is not None and stat.S_ISDIR(here.st_mode):
        return False
    for parent in parents(path):
        if parent not in fine:
            facts = below.look(parent)
            if facts is not None and not stat.S_ISDIR(facts.st_mode):
                return False
            fine.add(parent)
    return True
