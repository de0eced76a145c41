"""Detect: what differs between the source and the backup's branch (pure)."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from autosync_tasks.backup.listing import Listing
from autosync_tasks.backup.manifest import PATH
from autosync_tasks.model import Change, ChangeKind, Entry, Kind, Left, LeftOut, Manifest, Path, Priority, Rule
from autosync_tasks.names import parents
from autosync_tasks.records import dataclass

RuleFor = Callable[[Path, Kind], Rule]
Starts = Callable[[Path, Kind], bool]

_KEPT = frozenset(Left) - {Left.PROTECTED, Left.NESTED_GIT}
"""Reasons for which what the backup holds of a left-out path stays as it is: it is no deletion."""


@dataclass(frozen=True, slots=True)
class Difference:
    """Every change; foreign paths in the way."""

    changes: tuple[Change, ...]
    collisions: tuple[Path, ...] = ()


def detect(
    observed: Manifest,
    recorded: Manifest,
    tree: Listing,
    left_out: Iterable[LeftOut],
    rule_for: RuleFor,
    starts: Starts,
    *,
    include_low: bool,
) -> Difference:
    """Compares what is observed with what is recorded.

    An owned path of low priority is frozen: it yields no change unless `include_low`. A left-out path is
    never a deletion, unless it became protected: then it leaves the backup.
    """
    kept_roots = {item.path for item in left_out if item.why in _KEPT}
    changes: list[Change] = []
    for path, new in observed.items():
        old = recorded.get(path)
        if old is not None and new[0] is old[0] and new[1] == old[1] and new[3] == old[3]:  # kind, mode, content id
            continue
        rule = rule_for(path, new.kind)
        if old is None or rule.priority is not Priority.LOW or include_low:
            changes.append(Change(path, _kind(new, old), rule, new, old, starts=starts(path, new.kind)))
    for path in sorted(recorded.keys() - observed.keys()):
        old = recorded[path]
        rule = rule_for(path, old.kind)
        if not _covered(path, kept_roots) and (rule.priority is not Priority.LOW or include_low):
            changes.append(Change(path, ChangeKind.DELETED, rule, None, old, starts=starts(path, old.kind)))
    changes = _without_implied(changes, observed, recorded)
    changes = sorted(_with_renames(changes), key=lambda change: change.path)
    return Difference(tuple(changes), _collisions(observed, recorded, tree))


def _kind(new: Entry, old: Entry | None) -> ChangeKind:
    if old is None:
        return ChangeKind.CREATED
    if new.kind is not old.kind:
        return ChangeKind.TYPE
    return ChangeKind.MODIFIED if new.id != old.id else ChangeKind.MODE


def _covered(path: Path, roots: set[Path]) -> bool:
    return path in roots or b"" in roots or any(parent in roots for parent in parents(path))


def _without_implied(changes: list[Change], observed: Manifest, recorded: Manifest) -> list[Change]:
    """Leaves out folders that came or went with something in them: what lies in them says so already."""
    if not any(Kind.FOLDER in (c.new and c.new.kind, c.old and c.old.kind) for c in changes):
        return changes
    filled = {ChangeKind.CREATED: _filled(observed), ChangeKind.DELETED: _filled(recorded)}
    return [change for change in changes if change.path not in filled.get(change.kind, ())]


def _filled(manifest: Manifest) -> set[Path]:
    """The folders that hold a file or link, at any depth."""
    filled: set[Path] = set()
    for path, entry in manifest.items():
        if entry.kind is not Kind.FOLDER:
            for parent in parents(path):
                if parent in filled:
                    break
                filled.add(parent)
    return filled


def _with_renames(changes: list[Change]) -> list[Change]:
    """Pairs a deleted and a created file of the same contents and kind, same base name first."""
    gone: dict[tuple[Kind, str], list[Change]] = {}
    for change in changes:
        if change.kind is ChangeKind.DELETED and change.old:
            gone.setdefault((change.old.kind, change.old.id), []).append(change)
    if not gone:
        return changes
    created = [c for c in changes if c.kind is ChangeKind.CREATED and c.new and c.new.kind is not Kind.FOLDER]
    source_of: dict[Path, Change] = {}
    paired: set[Path] = set()
    for same_name in (True, False):
        for change in created:
            if change.path in source_of or change.new is None:
                continue
            for source in gone.get((change.new.kind, change.new.id), ()):
                if source.path not in paired and (not same_name or _base(source.path) == _base(change.path)):
                    source_of[change.path] = source
                    paired.add(source.path)
                    break
    return [
        _rename(source_of[change.path], change) if change.path in source_of else change
        for change in changes
        if change.path not in paired
    ]


def _rename(gone: Change, come: Change) -> Change:
    """The two halves as one change, under the rule of the half with the higher priority."""
    rule = min(gone, come, key=lambda half: _ORDER[half.priority]).rule
    starts = gone.starts or come.starts
    return Change(come.path, ChangeKind.RENAMED, rule, come.new, gone.old, gone.path, starts)


_ORDER = {Priority.HIGH: 0, Priority.MEDIUM: 1, Priority.LOW: 2, Priority.NEVER: 3}


def _base(path: Path) -> bytes:
    return path.rpartition(b"/")[2]


def _collisions(observed: Manifest, recorded: Manifest, tree: Listing) -> tuple[Path, ...]:
    """Foreign paths of the branch that stand where the source has something else."""
    foreign = tree.keys() - recorded.keys() - {PATH}
    if not foreign:
        return ()
    in_the_way: set[Path] = set()
    for path in foreign:
        new = observed.get(path)
        if new is not None and (new.git_mode, new.id) != tree[path]:
            in_the_way.add(path)
        for parent in parents(path):
            above = observed.get(parent)
            if above is not None and above.kind is not Kind.FOLDER:
                in_the_way.add(path)
    return tuple(sorted(in_the_way))
