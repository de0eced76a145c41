"""Objects of the newest backup that can be made again, byte for byte, from what lists its tree elsewhere.

Git's index holds every path of the work tree's commit with its content id, and this program remembers the listing and
the manifest of the commit that it made last: a lost folder (a tree object) or manifest comes back from there.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress

from autosync_tasks.backup.index import index_entries
from autosync_tasks.backup.listing import Listing, folders_of, parse_listing, sound_listing, tree_cache
from autosync_tasks.backup.objects import object_id
from autosync_tasks.backup.repository import Repository
from autosync_tasks.errors import BackupError
from autosync_tasks.model import TreeCache
from autosync_tasks.records import dataclass


@dataclass(frozen=True, slots=True)
class Spare:
    """An object that can be made again: its type, its bytes, and where they are from (for a person)."""

    kind: str
    data: bytes
    where: str


Spares = Callable[[], Mapping[str, Spare]]
"""Gives them by id, when it is asked: only damage asks."""


def spares(repository: Repository, remembered: TreeCache | None) -> dict[str, Spare]:
    """Every object that index and memory can give, by its id."""
    found: dict[str, Spare] = {}
    sources: list[tuple[str, Listing]] = []
    if not repository.bare:
        with suppress(BackupError):  # if it cannot be read, there is a repair for that
            sources.append(("git's index", index_entries(repository)))
    if remembered is not None and sound_listing(remembered.listing):
        where = "what this program remembers"
        sources.append((where, parse_listing(remembered.listing)))
        found[object_id("blob", remembered.manifest)] = Spare("blob", remembered.manifest, where)
    for where, listing in sources:
        made = dict[bytes, bytes]()
        folders_of(tree_cache("", listing, b"").listing, made)
        for name, data in made.items():
            found.setdefault(name.decode(), Spare("tree", data, where))
    return found
