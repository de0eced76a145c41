"""What a look needs where only a few paths changed and none came or went: the rest stays the bytes that are remembered.

`near` finds those paths by comparing the walk with the remembered one as bytes. All that the steps then ask for is made
of them alone; manifest and listing are spliced. It gives None wherever that would not surely come to what the whole
work comes to; tests compare both.
"""

from __future__ import annotations

import hashlib
from bisect import bisect_left, bisect_right
from collections.abc import Callable, ItemsView, Iterator, KeysView, Mapping
from itertools import accumulate

from autosync_tasks.backup.listing import Listing
from autosync_tasks.backup.manifest import PATH, Recorded, entries, line_of
from autosync_tasks.model import Cache, Entry, Kind, Path, TreeCache
from autosync_tasks.names import OUTSIDE
from autosync_tasks.records import dataclass, replace
from autosync_tasks.tree.content import NotReadableError, Reader, content_id
from autosync_tasks.tree.observe import Progress
from autosync_tasks.tree.walk import STAT, Scan, entry_of, unpack

_CHUNK = 4096
_RECORD = STAT.size
_ID = 20


class Lazily(Mapping[Path, Entry]):
    """A mapping of which a part is at hand; the whole is worked out when somebody asks for more."""

    def __init__(self, part: Mapping[Path, Entry], size: int, whole: Callable[[], Mapping[Path, Entry]]) -> None:
        """size: of the whole."""
        self.part, self._size, self._make = part, size, whole
        self._made: Mapping[Path, Entry] | None = None

    @property
    def _whole(self) -> Mapping[Path, Entry]:
        if self._made is None:
            self._made = self._make()
        return self._made

    def __getitem__(self, path: Path) -> Entry:
        return self.part[path] if path in self.part else self._whole[path]

    def __iter__(self) -> Iterator[Path]:
        return iter(self._whole)

    def __len__(self) -> int:
        return self._size

    def items(self) -> ItemsView[Path, Entry]:
        return self._whole.items()

    def keys(self) -> KeysView[Path]:
        return self._whole.keys()


def same(recorded: Mapping[Path, Entry], observed: Mapping[Path, Entry]) -> bool:
    """Whether a backup records just what is observed (sizes aside, which it does not record)."""
    if isinstance(recorded, Lazily) and isinstance(observed, Lazily) and recorded.part.keys() == observed.part.keys():
        recorded, observed = recorded.part, observed.part
    if recorded.keys() != observed.keys():
        return False
    pairs = ((entry, observed[path]) for path, entry in recorded.items())
    return all(one[0] is two[0] and one[1] == two[1] and one[3] == two[3] for one, two in pairs)


@dataclass(frozen=True, slots=True)
class Near:
    """The paths that may have changed, as they are and as they are recorded; what is remembered of all.

    tree: the listing of those paths. ids: of the walk, with those of these paths. files: how many are owned.
    """

    observed: Mapping[Path, Entry]
    recorded: Mapping[Path, Entry]
    tree: Listing
    unsettled: tuple[Path, ...]
    ids: bytes
    head: Recorded
    cached: TreeCache
    manifest_entry: tuple[str, str]
    files: int

    def manifest(self, source_id: str, after: Mapping[Path, Entry]) -> bytes:
        """The manifest's text when these of the paths are recorded so."""
        text = self.cached.manifest
        for path, entry in after.items():
            old, new = line_of(path, *self.head.paths[path]), line_of(path, entry.kind, entry.mode)
            if old != new:
                text = text.replace(b"\n" + old + b"\n", b"\n" + new + b"\n", 1)
        moved = {path: (entry.git_mode, entry.id) for path, entry in after.items() if entry.git_mode}
        content = content_of(self.listing(moved), self.manifest_entry)
        first, _, _, rest = text.split(b"\n", 3)
        return b"\n".join([first, b"source " + source_id.encode(), b"content " + content.encode(), rest])

    def listing(self, moved: Listing, manifest_id: str = "") -> bytes:
        """The listing's text with these of its entries. manifest_id: of the manifest, if that is another."""
        text = bytearray(b"\0" + self.cached.listing + b"\0")
        if manifest_id:
            moved = {**moved, PATH: (self.manifest_entry[0], manifest_id)}
        for path, entry in moved.items():
            old = self.manifest_entry if path == PATH else self.tree[path]
            if old != entry:
                line = _listed(path, old)
                place = text.index(line) + 1
                text[place : place + len(line) - 2] = _listed(path, entry)[1:-1]
        return bytes(text[1:-1])


def _listed(path: Path, entry: tuple[str, str]) -> bytes:
    return b"\0%s blob %s\t%s\0" % (entry[0].encode(), entry[1].encode(), path)


def content_of(listing: bytes, manifest_entry: tuple[str, str]) -> str:
    """The manifest's digest of what it owns, where that is all of a listing but itself; "" if that cannot be told."""
    lines = listing.count(b"\0") + 1
    if listing.count(b" blob ") != lines or listing.count(b"\t") != lines:
        return ""  # a name holds what only git's own words should
    text = (listing + b"\0").replace(b" blob ", b" ").replace(b"\t", b" ")
    own = b"%s %s %s\0" % (manifest_entry[0].encode(), manifest_entry[1].encode(), PATH)
    place = 0 if text.startswith(own) else text.find(b"\0" + own) + 1
    return hashlib.sha256(text[:place] + text[place + len(own) :]).hexdigest()


def near(
    root: int,
    scan: Scan,
    blob: bytes,
    cache: Cache,
    head: Recorded | None,
    tree: Listing,
    cached: TreeCache,
    progress: Progress | None = None,
) -> Near | None:
    """What has changed since the cache was made, if that is little.

    root: a descriptor of the source. head, tree, cached: what the branch holds at the cache's commit, whose idle words
    say `exact`: then all that is observed is recorded just so.
    """
    numbers = differing(scan, blob, cache)
    if numbers is None or head is None or PATH not in tree or OUTSIDE in cached.manifest:
        return None
    paths, records = list(scan.records), scan.records
    if head.paths.keys() != records.keys() or content_of(cached.listing, tree[PATH]) != head.content:
        return None
    places = dict(zip(map(paths.__getitem__, numbers), numbers, strict=True))
    places |= {path: -1 for path in cache.unsettled if path not in places}
    if places.keys() - records.keys() or len(places) > _few(paths):
        return None
    for path in [path for path, number in places.items() if number < 0]:
        places[path] = paths.index(path)
    observed: dict[Path, Entry] = {}
    unsettled, ids = [], bytearray(cache.ids)
    with Reader(root, scan.followed) as reader:
        for done, (path, number) in enumerate(sorted(places.items())):
            if progress is not None and done % 256 == 0:
                progress("reading", done, len(places))
            record = records[path]
            if (entry := entry_of(record)).kind is not Kind.FOLDER:
                try:
                    data, began = reader.read(path, record)
                except NotReadableError:
                    return None
                entry = entry_of(record, content_id(data))
                ids[number * _ID : (number + 1) * _ID] = bytes.fromhex(entry.id)
                if not unpack(record).settled(began):
                    unsettled.append(path)
            observed[path] = entry
    part = replace(head, paths={path: head.paths[path] for path in observed})
    recorded = entries(part, tree)
    if recorded.keys() != observed.keys() or any(recorded[path].kind is not one.kind for path, one in observed.items()):
        return None
    few = {path: tree[path] for path in observed if path in tree}
    return Near(observed, recorded, few, tuple(unsettled), bytes(ids), head, cached, tree[PATH], len(tree) - 1)


def differing(scan: Scan, blob: bytes, cache: Cache) -> list[int] | None:
    """The numbers, in the walk's order, of the paths whose records differ from the cache's; None unless all paths and
    their types are the same, and few differ."""
    old, paths = cache.scan, list(scan.records)
    if len(old) != len(blob) or len(cache.ids) != _ID * len(paths):
        return None
    starts = [0, *accumulate([len(path) + _RECORD + 1 for path in paths])]
    if old[starts[-1] :] != blob[starts[-1] :]:
        return None  # what is left out
    found: dict[int, None] = {}
    for begin in range(0, starts[-1], _CHUNK):
        end = min(begin + _CHUNK, starts[-1])
        if old[begin:end] == blob[begin:end]:
            continue
        for number in range(bisect_right(starts, begin) - 1, bisect_left(starts, end)):
            start, stop = starts[number], starts[number + 1]
            if old[start + _RECORD : stop] != blob[start + _RECORD : stop]:
                return None
            record, was = blob[start : start + _RECORD], old[start : start + _RECORD]
            if record != was:
                if (STAT.unpack(record)[4] ^ STAT.unpack(was)[4]) & 0o170000:
                    return None
                found[number] = None
    return list(found) if len(found) <= _few(paths) else None


def _few(paths: list[Path]) -> int:
    """How many of them may have changed; beyond that the whole work is not much longer."""
    return max(64, len(paths) // 8)
