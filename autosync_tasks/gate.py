"""The gate: hands the exact bytes of a plan to validation, with what the rules need to know."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Sequence
from itertools import chain

from autosync_tasks.look import Look
from autosync_tasks.model import Entry, Finding, Kind, LeftOut, Path, Priority
from autosync_tasks.names import withhold
from autosync_tasks.site import Site
from autosync_tasks.steps.validate import Context, Subject, hits, secret_names, validate
from autosync_tasks.world.acceptances import Acceptances
from autosync_tasks.world.observe import read_again
from autosync_tasks.world.shell import check_shell


def acceptances(site: Site) -> Acceptances:
    """What a person accepted; in the config folder, where agents do not write."""
    return Acceptances(site.loaded.config_home)


def context(
    site: Site, paths: Collection[Path] = frozenset(), *, check: bool = False, by_hand: bool = False
) -> Context:
    """What the rules need to know beside the bytes.

    paths: every path of the tree. by_hand: a person asks, so that OpenCode will see the variables that this process
    sees (a scheduled run knows nothing of them). check: nothing may be written, so the scanner's cache and the
    installation key are used only if they exist.
    """
    settings, accepted = site.settings, acceptances(site)
    cache = os.path.join(site.state.home, "engine")
    return Context(
        key=accepted.peek_key() if check else accepted.key(),
        engine_cache="" if check and not os.path.isdir(cache) else cache,
        paths=paths,
        environ=site.environ.keys() if by_hand else None,
        accepted=accepted.fingerprints(),
        check_shell=check_shell,
        validate_select=settings.validate_select,
        validate_ignore=settings.validate_ignore,
        auto_sync_validate=settings.auto_sync_validate,
    )


def _of(seen: Look) -> Collection[Path]:
    return seen.scan.records.keys() | {left.path for left in seen.left_out}


def judge(
    site: Site,
    seen: Look,
    files: Iterable[tuple[Path, Entry, bytes]],
    *,
    check: bool = False,
    by_hand: bool = False,
) -> tuple[Finding, ...]:
    """Every finding in these files; keeps no file's bytes. check, by_hand: see `context`."""
    uid = os.geteuid()
    waiting = iter(files)
    first = next(waiting, None)
    if first is None:
        return ()  # nothing to judge: no key is made and no scanner loaded
    if not check:
        site.state.prepare()

    def subjects() -> Iterable[Subject]:
        for path, entry, data in chain((first,), waiting):
            facts = seen.observation.facts(path)
            yield Subject(path, entry, data, foreign=facts.uid != uid, raw_mode=facts.mode)

    return tuple(validate(subjects(), context(site, _of(seen), check=check, by_hand=by_hand)))


def judge_tree(site: Site, seen: Look, *, only_changed: bool) -> tuple[tuple[Finding, ...], int]:
    """Every finding in the source (or only in what a sync would take), and how many files were judged.

    What is of low priority or protected is never backed up by itself, and is not judged.
    """
    rule_for = seen.classifier.rule_for
    observed = seen.observation.manifest
    if only_changed:
        paths = [change.path for change in seen.difference.changes if change.new is not None]
    else:
        paths = list(observed)
    wanted = [
        (path, observed[path])
        for path in paths
        if rule_for(path, observed[path].kind).priority in (Priority.HIGH, Priority.MEDIUM)
    ]
    files = [(path, entry) for path, entry in wanted if entry.kind is not Kind.FOLDER]
    folders = [(path, entry, b"") for path, entry in wanted if entry.kind is Kind.FOLDER]  # their names go along
    lost: dict[Path, LeftOut] = {}
    found = judge(site, seen, chain(read_again(seen.root, seen.scan, files, lost), folders), by_hand=True)
    return found, len(files) - len(lost)


def withhold_names(site: Site, paths: Sequence[Path]) -> None:
    """From now on no list shows the secrets in these names."""
    withhold(secret_names(paths, context(site, check=True)))


def hidden_lines(site: Site, seen: Look, path: Path, data: bytes, *, check: bool = True) -> set[int]:
    """Numbers (from 1) of the lines that no diff may show."""
    found = hits(path, data, context(site, check=check))
    return {line for first, last in found for line in range(first, last + 1)}
