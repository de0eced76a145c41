"""What a look needs where only a few paths changed, came or went: the rest stays the bytes that are remembered.

`near` finds those paths by comparing the walk with the remembered one as bytes. All that the steps then ask for is made
of them alone; manifest, listing and the ids of folders are spliced. It gives None wherever that would not surely come
to what the whole work comes to; tests compare both.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, ItemsView, Iterator, KeysView, Mapping
from typing import Generic, TypeVar

from autosync_tasks.backup.listing import (
    Delta,
    Edit,
    Folders,
    Listing,
    folders_from,
    listed,
    path_listed,
    place_of,
    refolded,
    spliced,
)
from autosync_tasks.backup.manifest import PATH, ManifestError, head_of, line_of, path_of
from autosync_tasks.model import Cache, Entry, Kind, Path, TreeCache
from autosync_tasks.names import OUTSIDE, parents
from autosync_tasks.plan.moves import ID_BYTES, differing, few
from autosync_tasks.records import dataclass
from autosync_tasks.tree.content import NotReadableError, Reader, content_id
from autosync_tasks.tree.observe import Progress
from autosync_tasks.tree.walk import Scan, entry_of, unpack

V = TypeVar("V")


class Lazily(Mapping[Path, V], Generic[V]):
    """A mapping of which a part is at hand; the whole is worked out when somebody asks for more."""

    def __init__(self, part: Mapping[Path, V], size: int, whole: Callable[[], Mapping[Path, V]]) -> None:
        """size: of the whole."""
        self.part, self._size, self._make = part, size, whole
        self._made: Mapping[Path, V] | None = None

    @property
    def _whole(self) -> Mapping[Path, V]:
        if self._made is None:
            self._made = self._make()
        return self._made

    def __getitem__(self, path: Path) -> V:
        return self.part[path] if path in self.part else self._whole[path]

    def __iter__(self) -> Iterator[Path]:
        return iter(self._whole)

    def __len__(self) -> int:
        return self._size

    def items(self) -> ItemsView[Path, V]:
        return self._whole.items()

    def keys(self) -> KeysView[Path]:
        return self._whole.keys()


def same(recorded: Mapping[Path, Entry], observed: Mapping[Path, Entry]) -> bool:
    """Whether a backup records just what is observed (sizes aside, which it does not record)."""
    if isinstance(recorded, Lazily) and isinstance(observed, Lazily):
        recorded, observed = recorded.part, observed.part  # beside these, what is remembered says so
    if recorded.keys() != observed.keys():
        return False
    pairs = ((entry, observed[path]) for path, entry in recorded.items())
    return all(one[0] is two[0] and one[1] == two[1] and one[3] == two[3] for one, two in pairs)


@dataclass(frozen=True, slots=True)
class Near:
    """The paths that may have changed, come or gone, as they are and as they are recorded; what is remembered of all.

    ids: of the walk, with those of these paths. source_id, content: what the manifest begins with; lines: of what that
    is the digest. size, files: how many paths are recorded, and how many of them the listing holds.
    """

    observed: Mapping[Path, Entry]
    recorded: Mapping[Path, Entry]
    unsettled: tuple[Path, ...]
    ids: bytes
    source_id: str
    content: str
    lines: bytes
    size: int
    files: int
    cached: TreeCache
    manifest_entry: tuple[str, str]

    @property
    def tree(self) -> Listing:
        """The listing of these paths."""
        return {path: (entry.git_mode, entry.id) for path, entry in self.recorded.items() if entry.git_mode}

    def manifest(self, source_id: str, after: Mapping[Path, Entry]) -> bytes:
        """The manifest's text when these of the paths are recorded so, and the others not at all."""
        edits = _edits(self.recorded, after)
        paths = [path for path, _, _ in edits]
        moved = [(p, _owned_line(p, self.recorded.get(p)), _owned_line(p, after.get(p))) for p in paths]
        content = hashlib.sha256(spliced(self.lines, moved, b"\0", lambda line: line.split(b" ", 2)[2])).hexdigest()
        first, _, _, rest = self.cached.manifest.split(b"\n", 3)
        lines = [first, b"source " + source_id.encode(), b"content " + content.encode()]
        return b"\n".join([*lines, spliced(rest, edits, b"\n", path_of)])

    def listing(self, moved: Delta, manifest_id: str = "") -> bytes:
        """The listing's text with these of its entries. manifest_id: of the manifest, if that is another."""
        if manifest_id:
            moved = {**moved, PATH: (self.manifest_entry[0], manifest_id)}
        was = {**self.tree, PATH: self.manifest_entry}
        pairs = ((path, was.get(path), entry) for path, entry in moved.items())
        edits = [(path, old and listed(path, old), new and listed(path, new)) for path, old, new in pairs]
        return spliced(self.cached.listing + b"\0", edits, b"\0", path_listed)[:-1]

    def foreseen(self, listing: bytes, moved: Collection[Path], folders: Folders) -> str:
        """The id of the tree with a listing that differs from the remembered one in these paths and the manifest.

        folders: gets the ids of all its folders.
        """
        changed = {b"", *(above for path in (*moved, PATH) for above in parents(path))}
        folders.update(refolded(listing, folders_from(self.cached.folders), changed))
        return folders[b""].decode()

    def among(self, content: str) -> bool:
        """Whether a file or link of the source has this content id."""
        wanted = bytes.fromhex(content)
        at = self.ids.find(wanted)
        while at % ID_BYTES > 0:  # -1 % 20 is 19
            if at < 0:
                return False
            at = self.ids.find(wanted, at + 1)
        return True


def _edits(old: Mapping[Path, Entry], new: Mapping[Path, Entry]) -> list[Edit]:
    """What differs between two recordings of the same paths, as lines of the manifest, and what differs in contents."""
    edits = []
    for path in {**old, **new}:
        was, now = old.get(path), new.get(path)
        if was != now:
            before, after = (one and line_of(path, one.kind, one.mode) for one in (was, now))
            edits.append((path, before, after))
    return edits


def owned_lines(listing: bytes, manifest_entry: tuple[str, str]) -> bytes | None:
    """What the manifest's digest is of, where it owns all of a listing but itself; None if that cannot be told."""
    lines, text = listing.count(b"\0") + 1, listing.replace(b" blob ", b" ")
    if len(listing) - len(text) != lines * len(b"blob ") or listing.count(b"\t") != lines:
        return None  # a name holds what only git's own words should
    text = text.replace(b"\t", b" ") + b"\0"
    own = b"%s %s %s\0" % (manifest_entry[0].encode(), manifest_entry[1].encode(), PATH)
    place = 0 if text.startswith(own) else text.find(b"\0" + own) + 1
    return text[:place] + text[place + len(own) :]


def _owned_line(path: Path, entry: Entry | None) -> bytes | None:
    return b"%s %s %s" % (entry.git_mode.encode(), entry.id.encode(), path) if entry and entry.git_mode else None


def near(
    root: int, scan: Scan, blob: bytes, cache: Cache, cached: TreeCache, progress: Progress | None = None
) -> Near | None:
    """What has changed since the cache was made, if that is little.

    root: a descriptor of the source. cached: what the branch holds at the cache's commit, whose idle words say with
    `exact` by which manifest all that is observed is recorded just so.
    """
    manifest_id, text = content_id(cached.manifest), cached.manifest
    entry = ("100644", manifest_id)
    if cache.idle is None or cache.idle.get("exact") != manifest_id or OUTSIDE in text:
        return None
    try:
        source_id, content = head_of(text)
    except ManifestError:
        return None
    # The digest is of the listing to the last byte, so that its form need not be looked at.
    if (lines := owned_lines(cached.listing, entry)) is None or hashlib.sha256(lines).hexdigest() != content:
        return None
    if (moves := differing(scan, blob, cache)) is None:
        return None
    if any(b"\t" in path or b" blob " in path for path in moves.came):
        return None  # `owned_lines` could not tell
    numbers = {path: number for number, path in enumerate(scan.records)} if cache.unsettled else {}
    places = moves.places | {path: numbers[path] for path in cache.unsettled if path in numbers}
    if len(places) + len(moves.gone) > few(len(scan.records)):
        return None
    observed: dict[Path, Entry] = {}
    recorded = {path: _recorded(record, content) for path, (record, content) in moves.was.items()}
    unsettled, ids = [], bytearray(moves.ids)
    with Reader(root, scan.followed) as reader:
        for done, (path, number) in enumerate(sorted(places.items())):
            if progress is not None and done % 256 == 0:
                progress("reading", done, len(places))
            record, place = scan.records[path], slice(number * ID_BYTES, (number + 1) * ID_BYTES)
            if path not in moves.places:
                recorded[path] = _recorded(record, ids[place])
            if (one := entry_of(record)).kind is not Kind.FOLDER:
                try:
                    data, began = reader.read(path, record)
                except NotReadableError:
                    return None
                one = entry_of(record, content_id(data))
                ids[place] = bytes.fromhex(one.id)
                if not unpack(record).settled(began):
                    unsettled.append(path)
            observed[path] = one
    size, files = len(moves.ids) // ID_BYTES - len(moves.came) + len(moves.gone), cached.listing.count(b"\0")
    found = Near(
        observed, recorded, tuple(unsettled), bytes(ids), source_id, content, lines, size, files, cached, entry
    )
    return found if _fits(found) else None


def _recorded(record: bytes, content: bytes | bytearray) -> Entry:
    """A path as a manifest records it, which knows no size."""
    kind, bits, _, name = entry_of(record, content.hex())
    return Entry(kind, bits, 0, name)


def _fits(found: Near) -> bool:
    """Whether manifest and listing have each of these paths as it is recorded, and none of those that came."""
    lines = found.cached.manifest.split(b"\n", 3)[3]
    listing = found.cached.listing + b"\0"
    tree = {**found.tree, PATH: found.manifest_entry}
    try:
        for path in {*found.observed, *found.recorded, PATH}:
            if path != PATH:
                at, was = place_of(lines, path, b"\n", path_of), found.recorded.get(path)
                line = lines[at : lines.find(b"\n", at)]
                if line != line_of(path, was.kind, was.mode) if was else path_of(line or b"d 0 /") == path:
                    return False
            at, stands = place_of(listing, path, b"\0", path_listed), tree.get(path)
            line = listing[at : listing.find(b"\0", at)]
            if line != listed(path, stands) if stands else path_listed(line) == path:
                return False
    except ValueError:
        return False
    return True
