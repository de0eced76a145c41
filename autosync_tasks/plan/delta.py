"""Plan: the exact delta to commit, as plain data with a digest (pure)."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable

from autosync_tasks.backup.listing import Listing
from autosync_tasks.backup.manifest import PATH, format_manifest
from autosync_tasks.model import Change, Entry, Kind, Manifest, Path, Plan
from autosync_tasks.names import display, parents


def plan(
    admitted: Iterable[Change],
    observed: Manifest,
    recorded: Manifest,
    tree: Listing,
    base: str,
    source_id: str,
    text: Callable[[str, Manifest], bytes] = format_manifest,
) -> Plan:
    """The plan that takes the branch at `base` from `recorded` to `recorded` plus the admitted changes.

    tree is the listing of `base`, from which `recorded` was made: what is still the very entry needs no look. A foreign
    path in it is touched only where the source has something else in its place (the guard of identity holds that until
    it is adopted). text: makes the manifest of the source id and what is recorded then; where it knows the rest,
    observed, recorded and tree may be of a few paths alone. Raises ValueError if the admitted changes would put a path
    below a file (a swap of a folder and a file was torn apart).
    """
    admitted = tuple(admitted)
    after = _after(admitted, observed, recorded)
    was = recorded.get
    touched = {path: entry for path, entry in after.items() if was(path) is not entry}
    puts = {p: e for p, e in touched.items() if e.git_mode and tree.get(p) != (e.git_mode, e.id)}
    deletes = frozenset(
        path
        for path in (recorded.keys() - after.keys()) | touched.keys()
        if path in tree and not after.get(path, _FOLDER).git_mode
    )
    deletes |= _displaced(after, tree.keys() - recorded.keys() - {PATH})
    manifest = text(source_id, after)
    return Plan(base, puts, deletes, manifest, _digest(base, puts, deletes, manifest), admitted, after)


_FOLDER = Entry(Kind.FOLDER, 0, 0, "")


def _displaced(after: Manifest, foreign: Iterable[Path]) -> frozenset[Path]:
    """Foreign files that stand where a folder of the source goes, or below where a file of it goes."""
    return frozenset(
        path
        for path in foreign
        if not after.get(path, _FILE).git_mode or any(after.get(above, _FOLDER).git_mode for above in parents(path))
    )


_FILE = Entry(Kind.FILE, 0o644, 0, "")


def _after(admitted: tuple[Change, ...], observed: Manifest, recorded: Manifest) -> dict[Path, Entry]:
    after = dict(recorded)
    for path in (path for change in admitted for path in change.paths):
        after.pop(path, None)
    after.update({change.path: change.new for change in admitted if change.new is not None})
    folder = Kind.FOLDER
    below = {path[: max(path.rfind(b"/"), 0)]: path for path, entry in after.items() if entry[0] is not folder}
    filled: set[Path] = set()
    for parent, path in below.items():
        for up in (parent, *parents(parent)):
            if up in filled:
                break
            filled.add(up)
            above = after.get(up) or observed.get(up)
            if above is not None and above.kind is not folder:
                raise ValueError(f"{display(path)} would lie below the file {display(up)}")
            if above is not None:
                after[up] = above
    for path in after.keys() - observed.keys() - filled:
        if after[path].kind is folder:
            del after[path]
    return after


def _digest(base: str, puts: Manifest, deletes: frozenset[Path], manifest: bytes) -> str:
    state = hashlib.sha256(base.encode() + b"\0")
    for path in sorted(puts):
        state.update(b"+%s %s %s\0" % (puts[path].git_mode.encode(), puts[path].id.encode(), path))
    for path in sorted(deletes):
        state.update(b"-%s\0" % path)
    state.update(manifest)
    return state.hexdigest()


def without(plan_: Plan, unavailable: frozenset[Path]) -> tuple[Change, ...]:
    """The plan's changes less those that touch an unavailable path; no rename or swap goes in halves."""
    bad = set(unavailable)
    while True:
        kept = tuple(c for c in plan_.changes if not (bad.intersection(c.paths) or _swaps(c, bad)))
        more = {path for c in plan_.changes if c not in kept for path in c.paths}
        if more <= bad:
            return kept
        bad |= more


def _swaps(change: Change, bad: set[Path]) -> bool:
    """Whether it is one half of a swap of a file and a folder whose other half is unavailable."""
    above = any(parent in bad for path in change.paths for parent in parents(path))
    file_over_folder = change.new is None or change.new.kind is not Kind.FOLDER
    return above or (file_over_folder and any(change.path in parents(path) for path in bad))


def tree_after(plan_: Plan, tree: Listing, manifest_id: str) -> dict[Path, tuple[str, str]]:
    """The whole listing of the commit that carries out the plan."""
    after = dict(tree)
    for path in plan_.deletes:
        after.pop(path, None)
    after.update({path: (entry.git_mode, entry.id) for path, entry in plan_.puts.items()})
    after[PATH] = ("100644", manifest_id)
    return after
