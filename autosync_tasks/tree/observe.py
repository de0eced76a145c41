"""Observe: the manifest of the source, from the walk and what the cache knows; reads only the rest."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from autosync_tasks.humanize import volume
from autosync_tasks.model import Cache, Entry, Kind, Left, LeftOut, Path
from autosync_tasks.records import dataclass
from autosync_tasks.tree.content import NotReadableError, Reader, content_id
from autosync_tasks.tree.facts import STAT, pack
from autosync_tasks.tree.walk import Facts, Scan, entry_of, unpack

_RECORD = 40
_NO_ID = bytes(20)
Progress = Callable[[str, int, int], None]
"""Called with what is being done, how much is done and how much there is."""
Lost = dict[Path, LeftOut]
"""What cannot be read, or not twice the same."""


@dataclass(frozen=True, slots=True)
class Observation:
    """What the source holds now. unsettled: paths whose next change might not show in their facts."""

    manifest: Mapping[Path, Entry]
    left_out: tuple[LeftOut, ...]
    scan: Scan
    unsettled: tuple[Path, ...]

    def facts(self, path: Path) -> Facts:
        """What lstat said of a path of the manifest."""
        return unpack(self.scan.records[path])


def known_ids(cache: Cache | None) -> dict[Path, tuple[bytes, str]]:
    """From the cache: path to (record, content id), for files and links whose id was known."""
    if cache is None:
        return {}
    known: dict[Path, tuple[bytes, str]] = {}
    scan, ids, none, place = cache.scan, cache.ids.hex(), _NO_ID.hex(), 0
    for number in range(0, len(ids), 40):
        begin = place + _RECORD
        end = scan.find(b"\0", begin)
        if end < 0:
            break  # a cache that something else wrote
        content = ids[number : number + 40]
        if content != none:
            known[scan[begin:end]] = (scan[place:begin], content)
        place = end + 1
    for path in cache.unsettled:
        known.pop(path, None)
    return known


def observe(
    root: int, scan: Scan, known: Mapping[Path, tuple[bytes, str]], progress: Progress | None = None
) -> Observation:
    """Reads and hashes what the cache does not know. A path that cannot be read as seen is left out."""
    manifest: dict[Path, Entry] = {}
    left_out = list(scan.left_out)
    unsettled: list[Path] = []
    unknown: list[Path] = []
    shapes: dict[int, Entry] = {}  # by mode
    new, cached = tuple.__new__, known.get
    facts = STAT.iter_unpack(b"".join(scan.records.values()))
    for (path, record), (size, _, _, _, mode, _) in zip(scan.records.items(), facts, strict=True):
        shape = shapes.get(mode)
        if shape is None:
            shape = shapes[mode] = entry_of(record)
        kind, bits, _, _ = shape
        if kind is Kind.FOLDER:
            manifest[path] = shape
        elif (was := cached(path)) is not None and was[0] == record:
            manifest[path] = new(Entry, (kind, bits, size, was[1]))
        else:
            unknown.append(path)
    with Reader(root, scan.followed) as reader:
        read = 0
        for done, path in enumerate(unknown):
            if progress is not None and done % 256 == 0:
                progress(f"reading {volume(read)}", done, len(unknown))
            seen = unpack(scan.records[path])
            try:
                data, began = reader.read(path, scan.records[path])
            except NotReadableError as error:
                left_out.append(error.left_out)
                continue
            read += len(data)
            manifest[path] = entry_of(scan.records[path], content_id(data))
            if not seen.settled(began):
                unsettled.append(path)
    return Observation(manifest, tuple(left_out), scan, tuple(unsettled))


def unchanged(root: int, scan: Scan, cache: Cache, blob: bytes) -> bool:
    """Whether the source is, byte for byte, what the cache says: same scan, unsettled paths read again."""
    if cache.scan != blob:
        return False
    if not cache.unsettled:
        return True
    wanted = known_ids(Cache(cache.head, cache.settings, cache.scan, cache.ids))
    with Reader(root, scan.followed) as reader:
        for path in cache.unsettled:
            record = scan.records.get(path)
            if record is None or path not in wanted:
                return False
            try:
                data, _ = reader.read(path, record)
            except NotReadableError:
                return False
            if content_id(data) != wanted[path][1]:
                return False
    return True


def ids_of(scan: Scan, manifest: Mapping[Path, Entry]) -> bytes:
    """The cache's list of content ids, in the scan's order."""
    get, none = manifest.get, _NO_ID.hex()
    return bytes.fromhex("".join([entry[3] or none if (entry := get(path)) else none for path in scan.records]))


def moved_since(root: int, scan: Scan, wanted: Iterable[tuple[Path, Entry]], read_at_ns: int) -> list[Path]:
    """Those of the wanted paths that are not any more what was read.

    read_at_ns: when their last reading began. A path with the facts of the walk, too old for a change to hide behind
    them, is not read again.
    """
    moved: Lost = {}
    unsure: list[tuple[Path, Entry]] = []
    with Reader(root, scan.followed) as reader:
        for path, entry in sorted(wanted):
            found = reader.look(path)
            if found is None or pack(found) != scan.records[path]:
                moved[path] = LeftOut(path, Left.MOVING)
            elif not unpack(scan.records[path]).settled(read_at_ns):
                unsure.append((path, entry))
    for _ in read_again(root, scan, unsure, moved):
        continue
    return sorted(moved)


def read_again(root: int, scan: Scan, wanted: Iterable[tuple[Path, Entry]], lost: Lost) -> Iterable[tuple[Path, bytes]]:
    """Yields the bytes of each wanted path, if they still have the content id that was observed.

    What differs or cannot be read goes into `lost` instead. In order of path: each folder is opened once.
    """
    with Reader(root, scan.followed) as reader:
        for path, entry in sorted(wanted):
            try:
                data, _ = reader.read(path, scan.records[path])
            except NotReadableError as error:
                lost[path] = error.left_out
                continue
            if content_id(data) == entry.id:
                yield path, data
            else:
                lost[path] = LeftOut(path, Left.MOVING, "two readings differ: it is being written to")


def read_once(root: int, scan: Scan, wanted: Iterable[Path], lost: Lost) -> Iterable[tuple[Path, bytes]]:
    """Yields the bytes of each wanted path as it is now, for looks that store nothing.

    What cannot be read goes into `lost` instead. In the walk's order each folder is opened once.
    """
    with Reader(root, scan.followed) as reader:
        for path in wanted:
            try:
                data, _ = reader.read(path, scan.records[path])
            except NotReadableError as error:
                lost[path] = error.left_out
            else:
                yield path, data
