"""The gate on two cores: a copy of this process judges the first half of what is to be stored.

As strong as one: both have the same program, rules, settings and look at the tree; each file is judged whole, by one of
them, from a reading that has the observed content id; and the copy's half counts only if all of it came back, else it
is judged here. The copy writes nothing but its answer, and the bytes that it judged into memory that both have: as a
pack, so that they need not be read and compressed once more to be stored, if the gate lets them go.
"""

from __future__ import annotations

import os
import pickle
from bisect import bisect
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from itertools import accumulate

from autosync_tasks.backup.packs import Pack
from autosync_tasks.linux import second
from autosync_tasks.linux.memory import available, memory_file
from autosync_tasks.model import Entry, Finding, LeftOut, Path
from autosync_tasks.plan.compare import Look
from autosync_tasks.tree.observe import Lost, read_again
from autosync_tasks.validation import Apart, judged_apart
from autosync_tasks.validation.findings import Context, Subject

Puts = Sequence[tuple[Path, Entry]]
Files = Iterable[tuple[Path, bytes]]
Subjects = Callable[[Files], Iterable[Subject]]


def cut(puts: Puts) -> int:
    """How many of these paths are half of the work: half of the bytes, an empty file counting as much as 2 KB."""
    work = list(accumulate(entry.size + 2048 for _, entry in puts))
    return bisect(work, work[-1] // 2) if work else 0


MOST_KEPT = 128_000_000
"""Bytes of files that are kept as packs at most, in a half to a quarter of that much memory for texts."""


def packs(size: int) -> tuple[Pack | None, Pack | None]:
    """A pack in memory for each half of so many bytes; None where they are not to be kept, or cannot be."""
    with suppress(AttributeError, OSError):  # no Linux, or no room
        if 0 < size <= min(MOST_KEPT, available() // 4):
            first, last = (Pack(os.fdopen(memory_file("autosync-pack"), "w+b")) for _ in range(2))
            return first, last
    return None, None


def kept(files: Files, puts: Puts, pack: Pack | None, before: Puts = ()) -> Files:
    """These files, each in the pack before it is given on. before: paths whose contents the other pack has."""
    had = {entry.id for _, entry in before}
    ids = {path: entry.id for path, entry in puts if entry.id not in had}
    return files if pack is None else pack.keeping(files, ids)


@contextmanager
def judged_beside(
    seen: Look, puts: Puts, lost: Lost, subjects: Subjects, pack: Pack | None, known: Context
) -> Iterator[Callable[[], Apart]]:
    """Has these paths judged in a second process, if there may be one; gives what waits for its findings.

    lost: gets what cannot be read twice the same. subjects: makes what is judged of paths and their bytes. pack: for
    what was judged.
    """

    def judged() -> tuple[Apart, Lost]:
        mine: Lost = {}
        files = kept(read_again(seen.root, seen.scan, puts, mine), puts, pack)
        return judged_apart(subjects(files), known), mine

    def told() -> bytes:
        found, mine = judged()
        return _told(found, mine, pack.ids if pack and pack.whole else set())

    def end() -> Apart:
        answer = wait()
        if answer is None:
            if pack:
                pack.clear()
            found, mine = judged()
        else:
            found, mine, ids = _loaded(answer)
            if pack and ids:
                pack.filled(ids)
        later = dict(lost)
        lost.clear()
        lost.update(mine | later)  # in order of path
        return found

    with suppress(Exception):  # loaded once for both; where it cannot be, each file's finding says so
        known.load_engine(known.engine_cache)
    with ExitStack() as stack:
        wait = second.beside(stack, told, bool(puts), seen.progress)
        yield end


def _told(found: Apart, lost: Lost, packed: set[str]) -> bytes:
    """An answer, of plain values: our data classes are not pickled."""
    plain = [
        [[getattr(one, name) for name in one.__match_args__] for one in some] for some in (found[1], lost.values())
    ]
    return pickle.dumps((found[0], *plain, packed))


def _loaded(answer: bytes) -> tuple[Apart, Lost, set[str]]:
    paths, findings, lost, packed = pickle.loads(answer)  # noqa: S301  our own words, from our own process
    return (paths, [Finding(*one) for one in findings]), {one[0]: LeftOut(*one) for one in lost}, packed
