"""What is lost here and comes from elsewhere: from the remote, every object that it has and this store lacks or has
damaged; and objects of the newest backup that can be made again, byte for byte, from what lists its tree elsewhere.

Git's index holds every path of the work tree's commit with its content id, and this program remembers the listing and
the manifest of the commit that it made last: a lost folder (a tree object) or manifest comes back from there.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from contextlib import AbstractContextManager, suppress

from autosync_tasks.backup.index import index_entries
from autosync_tasks.backup.listing import Listing, folders_of, parse_listing, sound_listing, tree_cache
from autosync_tasks.backup.objects import absent, object_id
from autosync_tasks.backup.repository import Repository
from autosync_tasks.errors import BackupError
from autosync_tasks.humanize import count
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


Fetched = Callable[[], AbstractContextManager[Repository]]
"""Gives the remote's backup, fetched into a repository of its own and checked. Raises AutosyncError."""


def bring(repository: Repository, copy: Repository, damaged: Collection[str], aside: Callable[[str], object]) -> str:
    """Takes into the store what it lacks of `copy`; returns a note.

    damaged: ids that it cannot give. aside: moves a file of the store, named below the repository, out of the way.
    Raises BackupError if git does not take them: it hashes each.
    """
    every = copy.gateway.run("cat-file", "--batch-all-objects", "--batch-check=%(objectname)").decode("ascii").split()
    there = set(every)
    wanted = sorted(absent(repository, every) | (there & set(damaged)))
    if not wanted:
        return "the remote does not have it either"
    for name in there & set(damaged):
        aside(f"objects/{name[:2]}/{name[2:]}")
    names = "".join(f"{name}\n" for name in wanted).encode("ascii")
    pack = copy.gateway.run("pack-objects", "--stdout", "-q", stdin=names)
    repository.gateway.run("index-pack", "--stdin", stdin=pack)
    return f"{count(len(wanted), 'object')} fetched from the remote"
