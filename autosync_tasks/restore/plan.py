"""Restoring: what to write where, given what the backup recorded and what stands in the target (pure).

Restoring writes the recorded paths; files that the backup does not know stay. Nothing that stands there is lost: what
is overwritten goes into a safety snapshot first, and what cannot go there (a secret, a folder in the way, too large)
is set aside under a name that no sync takes by itself.
"""

from __future__ import annotations

import difflib
import hashlib
import posixpath
from collections.abc import Callable, Collection, Iterable, Mapping

from autosync_tasks.errors import UsageError
from autosync_tasks.model import Change, ChangeKind, Entry, Kind, Manifest, Path, Priority, Rule
from autosync_tasks.names import display, parents
from autosync_tasks.policy.matching import Matcher
from autosync_tasks.policy.patterns import check_pattern
from autosync_tasks.records import dataclass, replace

NAME_MAX = 255
"""Bytes of one name on every file system that Linux people use (NAME_MAX of limits.h)."""

RuleFor = Callable[[Path, Kind], Rule]


@dataclass(frozen=True, slots=True)
class Standing:
    """What stands at a path of the target.

    kind: None if it is something else (a FIFO, a device) or cannot be read. mode: permission bits. id: git's content
    id ("" for a folder or if unknown). mark: what lstat said, to see a change since. storable: whether a snapshot may
    hold it as far as type and size go.
    """

    kind: Kind | None
    mode: int
    id: str
    mark: bytes = b""
    storable: bool = True

    @property
    def entry(self) -> Entry:
        """As a path of a manifest (what is no file, link or folder is never asked for)."""
        return Entry(self.kind or Kind.FILE, self.mode, 0, self.id)


@dataclass(frozen=True, slots=True)
class Put:
    """A path that is to become `want`. have: what stands there. aside: where that is moved first, if it is."""

    path: Path
    want: Entry
    have: Standing | None = None
    aside: Path | None = None

    @property
    def kind(self) -> ChangeKind:
        """What a person would call it."""
        if self.have is None:
            return ChangeKind.CREATED
        if self.have.kind is not self.want.kind:
            return ChangeKind.TYPE
        return ChangeKind.MODE if self.only_mode else ChangeKind.MODIFIED

    @property
    def only_mode(self) -> bool:
        """Whether the contents stand there already."""
        return self.have is not None and (self.have.kind, self.have.id) == (self.want.kind, self.want.id)

    @property
    def saved(self) -> Standing | None:
        """What the snapshot must hold before this is done."""
        return self.have if self.aside is None else None


@dataclass(frozen=True, slots=True)
class Removal:
    """A path that an earlier restore made and an undo takes away, as it must still stand there."""

    path: Path
    have: Standing


@dataclass(frozen=True, slots=True)
class RestorePlan:
    """All that a restore does. puts in order of path; same: paths that stand there already as they should.

    removals and returns (aside, path) only in an undo. withheld: recorded paths that are protected now and are never
    written. refused: why nothing may be done at all, a line each.
    """

    puts: tuple[Put, ...] = ()
    removals: tuple[Removal, ...] = ()
    returns: tuple[tuple[Path, Path], ...] = ()
    same: int = 0
    withheld: tuple[Path, ...] = ()
    refused: tuple[str, ...] = ()

    @property
    def empty(self) -> bool:
        return not (self.puts or self.removals or self.returns)

    @property
    def saves(self) -> dict[Path, Standing]:
        """What the snapshot must hold: all that is overwritten, changed or removed, and not set aside."""
        saved = {put.path: put.saved for put in self.puts if put.saved is not None}
        saved |= {removal.path: removal.have for removal in self.removals}
        return saved


def normal(path: bytes) -> Path:
    """A path as a person wrote it, relative to the source's root (b"" is all). Raises UsageError for `..`."""
    parts = [part for part in path.split(b"/") if part not in (b"", b".")]
    if path.startswith(b"/") or b".." in parts:
        inside = not posixpath.normpath(path).startswith((b"/", b".."))
        raise UsageError(
            f"{display(path)} " + ("has `..` in it" if inside else "lies outside the source"),
            hint="name it as it lies in the source: agents/build.md, or a folder, or nothing for all",
        )
    return b"/".join(parts)


def select(recorded: Manifest, wanted: Iterable[Path]) -> dict[Path, Entry]:
    """The recorded paths at or below those that are wanted (none wanted: all).

    Raises UsageError that names every unknown path with its nearest, in one go.
    """
    wanted = [normal(path) for path in wanted]
    if not wanted or b"" in wanted:
        return dict(recorded)
    chosen: dict[Path, Entry] = {}
    missing = []
    for path in wanted:
        found = held(recorded, path)
        chosen |= {known: recorded[known] for known in found}
        if not found:
            missing.append(path)
    if missing:
        raise UnknownPathError(missing, [nearest(recorded, path) for path in missing])
    return chosen


def held(recorded: Collection[Path], named: Path) -> list[Path]:
    """The recorded paths that a word of a person's means: it, all below it, or else what matches it."""
    found = [path for path in recorded if path == named or path.startswith(named + b"/")]
    if found or not is_pattern(named):
        return found
    matcher = Matcher([(named.decode(), ())])
    return [path for path in recorded if matcher.first(path, False) is not None]


def is_pattern(named: Path) -> bool:
    """Whether a word is a pattern, written as those of the settings are, unless a path has this very name."""
    return any(sign in named for sign in b"*?[") and not check_pattern(named.decode("utf-8", "surrogateescape"))


class UnknownPathError(UsageError):
    """Paths that the backup does not hold there. `paths` are they, `near` the nearest that it holds (b"": none)."""

    def __init__(self, paths: Iterable[Path], near: Iterable[Path]) -> None:
        self.paths, self.near = tuple(paths), tuple(near)
        lines = [
            f"{display(path)}: not there" + (f"; the nearest is {display(close)}" if close else "")
            for path, close in zip(self.paths, self.near, strict=True)
        ]
        hint = "name a path as it lies in the source, or a folder, a pattern, or nothing"
        super().__init__("the backup does not hold every path that you named", hint=hint, details=lines)


def nearest(recorded: Iterable[Path], path: Path) -> Path:
    """The recorded path that looks most like this one: the same name elsewhere first; b"" if none does."""
    name = path.rpartition(b"/")[2]
    recorded = tuple(recorded)
    same_name = [known for known in recorded if known.rpartition(b"/")[2] == name]
    if same_name:
        return min(same_name)
    shown = {known.decode("utf-8", "surrogateescape"): known for known in recorded}
    close = difflib.get_close_matches(path.decode("utf-8", "surrogateescape"), shown)
    if close:
        return shown[close[0]]
    base = name.decode("utf-8", "surrogateescape")
    names = {text.rpartition("/")[2]: known for text, known in shown.items()}
    close = difflib.get_close_matches(base, names)
    return names[close[0]] if close else b""


def aside_name(path: Path, run_id: str) -> Path:
    """Where something is set aside: beside it, ending in `.bak`, which is of low priority everywhere."""
    folder, slash, name = path.rpartition(b"/")
    suffix = b".before-restore-" + run_id.encode() + b".bak"
    if len(name) + len(suffix) > NAME_MAX:
        digest = hashlib.sha256(name).hexdigest()[:12].encode()
        name = name[: NAME_MAX - len(suffix) - 13] + b"~" + digest
    return folder + slash + name + suffix


def plan_restore(
    selected: Manifest,
    recorded: Manifest,
    standing: Mapping[Path, Standing],
    rule_for: RuleFor,
    *,
    run_id: str,
    overwrite: bool = True,
) -> RestorePlan:
    """The plan that makes the target hold the selected paths.

    recorded: all that the commit records (for the folders above a selected path). standing: what stands in the target
    at these paths and the folders above them. overwrite: False for a folder of the user's own (`--to`), where a file
    with other contents refuses the whole restore.
    """
    withheld = tuple(sorted(p for p, e in selected.items() if rule_for(p, e.kind).priority is Priority.NEVER))
    chosen = {path: entry for path, entry in selected.items() if path not in withheld}
    puts: list[Put] = []
    refused: list[str] = []
    same, no_way = 0, set[Path]()
    for path, want, frame in _in_order(chosen, recorded):
        have = standing.get(path)
        if want.kind is Kind.FOLDER and have is not None and have.kind is Kind.LINK:
            refused.append(f"{display(path)} is a link here, and nothing is written through a link")
            no_way.add(path)
        if no_way.intersection((path, *parents(path))):
            continue
        put = _put(path, want, have, run_id, frame=frame)
        if put is None:
            same += not frame
        elif not overwrite and (put.aside is not None or (have is not None and have.kind is not Kind.FOLDER)):
            refused.append(f"{display(path)} stands there already and differs")
        else:
            puts.append(put)
    return RestorePlan(tuple(puts), same=same, withheld=withheld, refused=tuple(refused))


def _in_order(chosen: Manifest, recorded: Manifest) -> list[tuple[Path, Entry, bool]]:
    """Every path to look at, parents first; True for a folder that is only the way to a chosen path."""
    ordered = {path: (entry, False) for path, entry in chosen.items()}
    for path in chosen:
        for parent in parents(path):
            above = recorded.get(parent)
            folder = above if above is not None and above.kind is Kind.FOLDER else Entry(Kind.FOLDER, 0o755, 0, "")
            ordered.setdefault(parent, (folder, True))
    return [(path, *ordered[path]) for path in sorted(ordered)]


def _put(path: Path, want: Entry, have: Standing | None, run_id: str, *, frame: bool) -> Put | None:
    if have is None:
        return Put(path, want)
    clash = have.kind is None or (Kind.FOLDER in (have.kind, want.kind) and have.kind is not want.kind)
    if clash:
        return Put(path, want, have, aside_name(path, run_id))
    alike = (have.kind, have.id) == (want.kind, want.id)
    if alike and (have.mode == want.mode or want.kind is Kind.LINK or frame):
        return None
    if not have.storable and not alike:
        return Put(path, want, have, aside_name(path, run_id))
    return Put(path, want, have)


def without_contents(plan: RestorePlan, absent: Collection[str]) -> RestorePlan:
    """The plan less what needs contents (by id) that the store does not have."""
    return replace(plan, puts=tuple(put for put in plan.puts if put.only_mode or put.want.id not in absent))


def set_aside(plan: RestorePlan, paths: Collection[Path], run_id: str) -> RestorePlan:
    """The plan with these paths set aside instead of stored in the snapshot (they hold secrets).

    A removal of such a path is dropped: what an undo would take away stays.
    """
    puts = tuple(
        replace(put, aside=aside_name(put.path, run_id)) if put.path in paths and not put.only_mode else put
        for put in plan.puts
    )
    return replace(plan, puts=puts, removals=tuple(item for item in plan.removals if item.path not in paths))


def overwrites(change: Change) -> bool:
    """Whether something that a person made stands there and is replaced, changed or removed."""
    return change.old is not None and change.old.kind is not Kind.FOLDER


def changes_of(plan: RestorePlan, rule_for: RuleFor) -> tuple[Change, ...]:
    """What the plan does to the target, as changes that can be shown."""
    changes = [
        Change(put.path, put.kind, rule_for(put.path, put.want.kind), put.want, put.have.entry if put.have else None)
        for put in plan.puts
    ]
    for removal in plan.removals:
        old = removal.have.entry
        changes.append(Change(removal.path, ChangeKind.DELETED, rule_for(removal.path, old.kind), None, old))
    return tuple(changes)
