"""In what a walk differs from the remembered one, by comparing both as bytes: the rest is not looked at."""

from __future__ import annotations

from bisect import bisect_right
from itertools import accumulate

from autosync_tasks.model import Cache, Path
from autosync_tasks.records import dataclass, field, replace
from autosync_tasks.tree.facts import STAT
from autosync_tasks.tree.walk import Scan

ID_BYTES = 20
_CHUNK = 4096
_RECORD = STAT.size


@dataclass(frozen=True, slots=True)
class Moves:
    """In what two walks differ: the paths that changed or came, with their places in the later one; those that went.

    came: those of them that came. was: record and content id before, of those that changed or went. ids: of the later
    walk, as far as they are known.
    """

    places: dict[Path, int] = field(default_factory=dict)
    came: list[Path] = field(default_factory=list)
    gone: list[Path] = field(default_factory=list)
    was: dict[Path, tuple[bytes, bytes]] = field(default_factory=dict)
    ids: bytes = b""


def differing(scan: Scan, blob: bytes, cache: Cache) -> Moves | None:
    """What differs between a walk and the remembered one; None if a path is of another type, much differs, or what is
    left out is not the same."""
    old, records, paths, found = cache.scan, scan.records, list(scan.records), Moves()
    starts = [0, *accumulate([len(path) + _RECORD + 1 for path in paths])]
    end = len(old) - len(blob) + starts[-1]
    if end < 0 or old[end:] != blob[starts[-1] :]:
        return None  # what is left out
    ids: list[bytes] = []
    taken = number = shift = lag = 0  # of the old ids; in the new walk; old offset and number less the new ones
    most = few(len(paths))
    while True:
        number = _same_until(blob, old, starts, number, shift)
        if number == len(paths) and starts[number] + shift >= end:
            break
        at = starts[number] + shift
        close = old.find(b"\0", at + _RECORD)
        was = old[at + _RECORD : close] if 0 <= close < end else None
        place = number + lag
        if number < len(paths) and was == paths[number]:
            path, record = was, old[at : at + _RECORD]
            if (STAT.unpack(records[path])[4] ^ STAT.unpack(record)[4]) & 0o170000:
                return None
            found.places[path] = number
            found.was[path] = (record, cache.ids[place * ID_BYTES : (place + 1) * ID_BYTES])
            number += 1
        elif was is not None and was not in records:
            found.gone.append(was)
            found.was[was] = (old[at : at + _RECORD], cache.ids[place * ID_BYTES : (place + 1) * ID_BYTES])
            ids.append(cache.ids[taken * ID_BYTES : place * ID_BYTES])
            taken, shift, lag = place + 1, shift + close + 1 - at, lag + 1
        elif number < len(paths):
            found.places[paths[number]] = number
            found.came.append(paths[number])
            ids += (cache.ids[taken * ID_BYTES : place * ID_BYTES], bytes(ID_BYTES))
            taken, shift, lag = place, shift - (starts[number + 1] - starts[number]), lag - 1
            number += 1
        else:
            return None
        if len(found.places) + len(found.gone) > most:
            return None
    ids.append(cache.ids[taken * ID_BYTES :])
    whole = b"".join(ids)
    return replace(found, ids=whole) if len(whole) == ID_BYTES * len(paths) else None


def _same_until(blob: bytes, old: bytes, starts: list[int], number: int, shift: int) -> int:
    """The number of the first record, from one on, that is not the same in the remembered walk.

    starts: where each begins, and where the last one ends. shift: by how much it begins later there.
    """
    while number < len(starts) - 1:
        begin, after = starts[number], starts[number + 1]
        whole = bisect_right(starts, begin + _CHUNK) - 1
        if whole > number and blob[begin : begin + _CHUNK] == old[begin + shift : begin + shift + _CHUNK]:
            number = whole
        elif blob[begin:after] == old[begin + shift : after + shift]:
            number += 1
        else:
            break
    return number


def few(paths: int) -> int:
    """How many of them may have changed; beyond that the whole work is not much longer."""
    return max(64, paths // 8)
