"""A commit's trees made by ourselves, where git's importer would take too long.

`git fast-import` compares each path that it is told of with the names of each folder above, one after the other
(`tree_content_set`): 100,000 files in one folder are five thousand million comparisons. The trees are made here from
the listing instead, and given to git as one pack, which it checks and names; the commit then names the uppermost.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from io import BytesIO

from autosync_tasks.backup.listing import Listing, folders_of, tree_cache
from autosync_tasks.backup.objects import object_id
from autosync_tasks.backup.packs import Pack, taken
from autosync_tasks.backup.repository import Repository
from autosync_tasks.model import Path
from autosync_tasks.names import parents

MOST_STEPS = 50_000_000
"""Comparisons of names that git is left to make: 0.5 to 1 s."""


def too_wide(touched: Iterable[Path], tree: Iterable[Path]) -> bool:
    """Whether git would compare too many names. touched: what the commit adds and removes. tree: all it holds."""
    touched = set(touched)
    below, names = Counter(map(_above, touched)), Counter(map(_above, touched.union(tree)))
    for folder in {above for one in names for above in (one, *parents(one)) if above}:
        names[_above(folder)] += 1
    for folder, number in list(below.items()):
        below.update(dict.fromkeys([*parents(folder), b""] if folder else (), number))
    return sum(number * names[folder] for folder, number in below.items()) > MOST_STEPS


def _above(path: Path) -> Path:
    return path[: max(path.rfind(b"/"), 0)]


@contextmanager
def written(repository: Repository, tree: Listing) -> Iterator[str]:
    """Puts the trees of a listing into the store as one pack, and gives the uppermost one's id. Raises BackupError.

    Nothing names them yet: see `taken`.
    """
    made = dict[bytes, bytes]()
    root = folders_of(tree_cache("", tree, b"").listing, made)[b""].decode()
    pack = Pack(BytesIO())
    for data in made.values():
        pack.add("tree", object_id("tree", data), data)
    pack.seal()
    with taken(repository, [pack]):
        yield root
