"""The gate: hands the exact bytes of a plan to validation, with what the rules need to know."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, nullcontext, suppress
from functools import partial
from itertools import chain, islice

from autosync_tasks.humanize import count, volume
from autosync_tasks.linux import second
from autosync_tasks.model import Cache, Entry, Finding, Kind, LeftOut, Path, Priority
from autosync_tasks.names import suspicious
from autosync_tasks.plan.compare import Look
from autosync_tasks.records import dataclass
from autosync_tasks.tree.observe import Lost, Progress, ids_of, known_ids, observe, read_again, read_once
from autosync_tasks.tree.walk import unpack
from autosync_tasks.validation import Apart, in_order, of_left_out, validate
from autosync_tasks.validation.catalogue import compiled
from autosync_tasks.validation.findings import Context, Subject
from autosync_tasks.validation.scanner import (
    COMPILING,
    TELL,
    EngineUnavailableError,
    load,
    load_whole,
    no_wheel,
    sieves,
)
from autosync_tasks.workspace.validation_context import context, engine_of, withhold_names
from autosync_tasks.workspace.workspace import Site


def _of(seen: Look) -> Collection[Path]:
    return seen.scan.records.keys() | {left.path for left in seen.scan.left_out}


JUDGING = "judging what would go"
FOR_TWO = 4_000_000
"""Bytes that are judged on two cores, from 0.1 s of work on: a fork costs 5 to 10 ms."""
FOR_TWO_SIEVED = 200_000
"""The same where they go through the sieve: 0.8 ms a file of 5 KB."""


def judge(
    site: Site,
    seen: Look,
    files: Iterable[tuple[Path, bytes]],
    *,
    check: bool = False,
    by_hand: bool = False,
    quick: int | None = None,
    elsewhere: Callable[[Context], AbstractContextManager[Callable[[], Apart]]] | None = None,
    needed: Callable[[], Collection[Path]] = tuple,
) -> tuple[Finding, ...]:
    """Every finding in these paths of the walk, given with their bytes; keeps none of them.

    check, by_hand, quick: see `validation_context.context`. elsewhere: has more paths judged.
    needed: see `validate`.
    """
    waiting = iter(files)
    some = [] if elsewhere else [*islice(waiting, 1)]
    if not (some or elsewhere or needed()):
        return ()  # nothing to judge: no key is made and no scanner loaded
    if not check:
        site.state.prepare()
    tell = seen.progress or _silent

    def told() -> Iterable[tuple[Path, bytes]]:
        for done, one in enumerate(chain(some, waiting)):
            if done % 16 == 0:
                tell(f"{JUDGING} ({count(done, 'file')})" if done else JUDGING, 0, 0)
            yield one

    known = context(site, _of(seen), check=check, by_hand=by_hand, quick=quick)
    before = TELL.set(lambda words: tell(words, 0, 0))
    try:
        with elsewhere(known) if elsewhere else nullcontext() as beside:
            return tuple(validate(_subjects(seen, told()), known, beside, needed))
    finally:
        TELL.reset(before)


def _subjects(seen: Look, files: Iterable[tuple[Path, bytes]]) -> Iterator[Subject]:
    uid, records = os.geteuid(), seen.scan.records
    for path, data in files:
        facts = unpack(records[path])
        yield Subject(path, facts.kind, data, stat.S_IMODE(facts.mode), facts.uid != uid)


def judge_puts(
    seen: Look, puts: Mapping[Path, Entry], folders: Iterable[Path], lost: Lost, *, check: bool, by_hand: bool
) -> tuple[Finding, ...]:
    """Judges the bytes of every put, and the names of new folders: they go into the manifest.

    lost: gets what cannot be read twice the same. Where that is much, a second process judges as well.
    """
    size, here = sum(entry.size for entry in puts.values()), sorted(puts.items())
    elsewhere: Callable[[Context], AbstractContextManager[Callable[[], Apart]]] | None = None
    files: Iterable[tuple[Path, bytes]] = read_again(seen.root, seen.scan, here, lost)
    if size >= FOR_TWO or (size >= FOR_TWO_SIEVED and _quickly(seen.site, size)):
        from autosync_tasks.plan.shared import Shared, packs

        kept = packs(0 if check or size < FOR_TWO else size)
        seen.packs = [pack for pack in kept if pack]
        shared = Shared(seen, here, lost, partial(_subjects, seen), kept)
        elsewhere, files = shared.beside, shared.here()

    def needed() -> Collection[Path]:
        return puts.keys() - lost.keys()

    files = chain(files, ((path, b"") for path in folders))
    how = partial(judge, check=check, by_hand=by_hand, quick=size)
    return how(seen.site, seen, files, elsewhere=elsewhere, needed=needed)


def _quickly(site: Site, size: int) -> bool:
    """Whether so much goes through the sieve, and what its findings need is compiled."""
    cache = engine_of(site)
    return not no_wheel() and compiled(cache) and sieves(cache, size)


def load_ahead(seen: Look) -> None:
    """Where so much is to be judged that the whole scanner is needed: loads it while another process reads the tree.

    Not by a thread: the two would wait for the interpreter in turns, and both take twice as long.
    """
    cache, scan = engine_of(seen.site), seen.scan
    size = sum(unpack(record).size for record in scan.records.values())
    if not compiled(cache) or sieves(cache, size) or no_wheel():
        return

    def ids() -> bytes:
        here = observe(seen.root, scan, {})
        return ids_of(scan, {path: entry for path, entry in here.manifest.items() if path not in here.unsettled})

    (seen.progress or _silent)(f"reading {volume(size)}", 0, 0)
    with ExitStack() as stack:
        wait = second.beside(stack, ids, show=seen.progress)
        with suppress(EngineUnavailableError):  # whoever needs it is told
            load(cache)
        if read := wait():
            seen.read = known_ids(Cache("", "", seen.blob, read))


def compile_rules(site: Site, tell: Progress) -> None:
    """Compiles the scanner's rules where that was not done yet, so that no unattended run has to."""
    cache = engine_of(site)
    if not (no_wheel() or compiled(cache)):
        site.state.prepare()
        tell(COMPILING, 0, 0)
        with suppress(EngineUnavailableError):  # the next run says so
            load_whole(cache)


def _silent(what: str, done: int, total: int) -> None:
    """For whom nothing is told."""


@dataclass(frozen=True, slots=True)
class Judged:
    """What was found in the source: findings, how many files and links were judged, what is left out."""

    findings: tuple[Finding, ...]
    files: int
    left_out: tuple[LeftOut, ...]


def judge_tree(site: Site, seen: Look, *, only_changed: bool) -> Judged:
    """Judges the source, or only what a sync would take, with a warning for each path that is left out.

    What is of low priority or protected is never backed up by itself, and is not judged.
    """
    rule_for = seen.classifier.rule_for
    kinds: Iterable[tuple[Path, Kind]]
    if only_changed:
        kinds = [(change.path, change.new.kind) for change in seen.difference.changes if change.new is not None]
    else:
        kinds = [(path, unpack(record).kind) for path, record in seen.scan.records.items()]
    wanted = [(path, kind) for path, kind in kinds if rule_for(path, kind).priority in (Priority.HIGH, Priority.MEDIUM)]
    files = [path for path, kind in wanted if kind is not Kind.FOLDER]
    folders = [(path, b"") for path, kind in wanted if kind is Kind.FOLDER]  # their names go along
    lost: Lost = {}
    findings = judge(site, seen, chain(read_once(seen.root, seen.scan, files, lost), folders), by_hand=True)
    left_out = (*(seen.left_out if only_changed else seen.scan.left_out), *lost.values())
    if suspects := [left.path for left in left_out if suspicious(left.path)]:
        withhold_names(site, suspects)  # what is left out was not judged, and is listed by name
    told = of_left_out(left_out, context(site, check=True)) if left_out else []
    return Judged(tuple(in_order([*findings, *told])), len(files) - len(lost), left_out)
