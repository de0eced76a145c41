"""The gate on two cores: a copy of this process judges what is to be stored too, part by part, as each of them is free.

As strong as one: both have the same program, rules, settings and look at the tree; each file is judged whole, by one of
them, from a reading that has the observed content id; and the copy's parts count only if all of them came back, else
they are judged here. The copy writes nothing but its answer, and the bytes that it judged into memory that both have,
as a pack: they need not be read and compressed once more to be stored, if the gate lets them go.
"""

from __future__ import annotations

import os
import pickle
from bisect import bisect
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from itertools import accumulate, chain, pairwise

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


PARTS = 64
"""At most: what one of the two waits for the other at the end is a part of the work like this."""


def parts(puts: Puts) -> list[Puts]:
    """These paths in parts of about the same work: the bytes, an empty file counting as much as 2 KB."""
    work = list(accumulate(entry.size + 2048 for _, entry in puts))
    ends = [bisect(work, work[-1] * number // PARTS) for number in range(1, PARTS + 1)] if work else []
    return [puts[begin:end] for begin, end in pairwise([0, *ends]) if begin < end]


MOST_KEPT = 128_000_000
"""Bytes of files that are kept as packs at most, in a half to a quarter of that much memory for texts."""


def packs(size: int) -> tuple[Pack | None, Pack | None]:
    """A pack in memory for each half of so many bytes; None where they are not to be kept, or cannot be."""
    with suppress(AttributeError, OSError):  # no Linux, or no room
        if 0 < size <= min(MOST_KEPT, available() // 4):
            first, last = (Pack(os.fdopen(memory_file("autosync-pack"), "w+b")) for _ in range(2))
            return first, last
    return None, None


def turns(stack: ExitStack, number: int) -> Iterator[int]:
    """Each number below this (256 at most) once, to whoever asks first of this process and copies that begin later."""
    take, give = os.pipe()
    stack.callback(os.close, take)
    os.write(give, bytes(range(number)))
    os.close(give)
    return (turn[0] for turn in iter(lambda: os.read(take, 1), b""))


class Shared:
    """What two processes judge."""

    def __init__(self, seen: Look, puts: Puts, lost: Lost, subjects: Subjects, kept: Sequence[Pack | None]) -> None:
        """lost: gets what cannot be read twice the same. subjects: makes what is judged of paths and their bytes.
        kept: two packs, or None, for what each judged."""
        self._seen, self._lost, self._subjects, self._kept = seen, lost, subjects, kept
        self._parts = parts(puts)
        first = {entry.id: path for path, entry in reversed(puts)}  # of several paths with the same contents
        self._ids = {path: content for content, path in first.items()}
        self._taken: set[int] = set()
        self._turns: Iterator[int] = iter(())

    def here(self) -> Files:
        """The files that this process gets; to be asked for once `beside` has begun."""
        return self._files(self._mine(), self._lost, self._kept[0])

    def _mine(self) -> Iterator[int]:
        for number in self._turns:
            self._taken.add(number)
            yield number

    def _files(self, numbers: Iterable[int], lost: Lost, pack: Pack | None) -> Files:
        """The files of these parts, each in the pack before it is given on: what several have alike is in one pack."""
        root, scan = self._seen.root, self._seen.scan
        files = chain.from_iterable(read_again(root, scan, self._parts[number], lost) for number in numbers)
        return files if pack is None else pack.keeping(files, self._ids)

    @contextmanager
    def beside(self, known: Context) -> Iterator[Callable[[], Apart]]:
        """Has a second process judge as well, if there may be one; gives what waits for its findings."""
        pack = self._kept[1]

        def judged(numbers: Iterable[int]) -> tuple[Apart, Lost]:
            lost: Lost = {}
            return judged_apart(self._subjects(self._files(numbers, lost, pack)), known), lost

        def told() -> bytes:
            found, lost = judged(self._turns)
            return _told(found, lost, pack.ids if pack and pack.whole else None)

        def end() -> Apart:
            answer = wait()
            if answer is None:
                if pack:
                    pack.clear()
                found, lost = judged(number for number in range(len(self._parts)) if number not in self._taken)
            else:
                found, lost, ids = _loaded(answer)
                if pack and ids is not None:
                    pack.filled(ids)
            both = sorted((lost | self._lost).items())
            self._lost.clear()
            self._lost.update(both)
            return found

        with suppress(Exception):  # loaded once for both; where it cannot be, each file's finding says so
            known.load_engine(known.engine_cache)
        with ExitStack() as stack:
            self._turns = turns(stack, len(self._parts))
            wait = second.beside(stack, told, len(self._parts) > 1, self._seen.progress)
            yield end


def _told(found: Apart, lost: Lost, packed: set[str] | None) -> bytes:
    """An answer, of plain values: our data classes are not pickled."""
    plain = [
        [[getattr(one, name) for name in one.__match_args__] for one in some] for some in (found[1], lost.values())
    ]
    return pickle.dumps((found[0], *plain, packed))


def _loaded(answer: bytes) -> tuple[Apart, Lost, set[str] | None]:
    paths, findings, lost, packed = pickle.loads(answer)  # noqa: S301  our own words, from our own process
    return (paths, [Finding(*one) for one in findings]), {one[0]: LeftOut(*one) for one in lost}, packed
