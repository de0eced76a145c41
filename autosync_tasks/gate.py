"""The gate: hands the exact bytes of a plan to validation, with what the rules need to know."""

from __future__ import annotations

import os
from collections.abc import Iterable

from autosync_tasks.look import Look
from autosync_tasks.model import Entry, Finding, Kind, LeftOut, Path, Priority
from autosync_tasks.site import Site
from autosync_tasks.steps.validate import Context, Subject, hits, validate
from autosync_tasks.world.observe import read_again


def context(site: Site, seen: Look, *, check: bool = False) -> Context:
    """What the rules need. check: nothing may be written, so the scanner's cache is used only if it exists."""
    settings = site.settings
    cache = os.path.join(site.state.home, "engine")
    return Context(
        key=b"",
        engine_cache="" if check and not os.path.isdir(cache) else cache,
        paths=seen.scan.records.keys() | {left.path for left in seen.left_out},
        validate_select=settings.validate_select,
        validate_ignore=settings.validate_ignore,
        auto_sync_validate=settings.auto_sync_validate,
    )


def push_context(site: Site) -> Context:
    """What the secret rules need to judge blobs that are about to leave."""
    return Context(
        key=b"",
        engine_cache=os.path.join(site.state.home, "engine"),
        validate_select=site.settings.validate_select,
        validate_ignore=site.settings.validate_ignore,
    )


def judge(
    site: Site, seen: Look, files: Iterable[tuple[Path, Entry, bytes]], *, check: bool = False
) -> tuple[Finding, ...]:
    """Every finding in these files; keeps no file's bytes."""
    uid = os.geteuid()
    if not check:
        site.state.prepare()

    def subjects() -> Iterable[Subject]:
        for path, entry, data in files:
            facts = seen.observation.facts(path)
            yield Subject(path, entry, data, foreign=facts.uid != uid, raw_mode=facts.mode)

    return tuple(validate(subjects(), context(site, seen, check=check)))


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
        if observed[path].kind is not Kind.FOLDER
        and rule_for(path, observed[path].kind).priority in (Priority.HIGH, Priority.MEDIUM)
    ]
    lost: dict[Path, LeftOut] = {}
    return judge(site, seen, read_again(seen.root, seen.scan, wanted, lost)), len(wanted) - len(lost)


def hidden_lines(site: Site, seen: Look, path: Path, data: bytes, *, check: bool = True) -> set[int]:
    """Numbers (from 1) of the lines that no diff may show."""
    found = hits(path, data, context(site, seen, check=check))
    return {line for first, last in found for line in range(first, last + 1)}
