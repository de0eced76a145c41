"""The store kept small: each commit leaves a pack, and in it the whole manifest, of which little is new.

When there are many packs the small ones become one, in which each manifest is what differs from another: that costs
what lies in them, not what the store holds. The new pack is read through, and must have all that the old ones had. Only
when they have come to half of the largest does git go through all of the store, and drop what nothing names any more:
ever more seldom as it grows.
"""

from __future__ import annotations

import os

from autosync_tasks.backup import health
from autosync_tasks.backup.gateway import LOCAL_TIMEOUT, TooSlowError
from autosync_tasks.backup.repository import Repository
from autosync_tasks.files import bytes_in, names_in
from autosync_tasks.state.state import State

MOST_PACKS = 20
"""How many there may be. Counted here: asking git would start a process at every commit."""


def tidy(repository: Repository, state: State) -> list[str]:
    """Lets git tidy, in the foreground, if there are many packs; returns notes for a person. Raises BackupError.

    What takes longer than a call of git may is left, and tried again when there are as many packs more. The packs that
    went into another are noted as gone; any other that goes is a reason to read the whole store (`health`).
    """
    names = set(names_in(folder := os.path.join(repository.git_dir, "objects", "pack")))
    stems = {name.removesuffix(".pack") for name in names if name.endswith(".pack")}
    stems -= {stem for stem in stems if {f"{stem}.keep", f"{stem}.mtimes"} & names}
    if not stems or len(stems) % (MOST_PACKS + 1):
        return []
    before = {stem: bytes_in(os.path.join(folder, f"{stem}.idx")) for stem in stems}
    sizes = sorted(map(_count, before.values()))
    plain = not health.borrowed(repository) and not any(name.endswith(".promisor") for name in names)
    try:
        if plain and sizes[0] and 2 * sum(sizes[:-1]) <= sizes[-1]:
            repository.gateway.run("repack", "--geometric=2", "--no-write-bitmap-index", "-d", "-n", "-q")
            after = {name.removesuffix(".pack") for name in names_in(folder) if name.endswith(".pack")}
            new = [os.path.join(folder, f"{stem}.idx") for stem in after - stems]
            held = {one for index in new for one in _ids(bytes_in(index))}
            moved = {one for stem in stems - after for one in _ids(before[stem])}
            if moved <= held and not repository.gateway.attempt("verify-pack", *new)[0]:
                health.note_gone(state, {f"pack/{stem}.{end}" for stem in stems - after for end in ("pack", "idx")})
        # A program that the repository's config may name, from git 2.42 on; nothing that is forced overrules it.
        elif not repository.gateway.run("config", "--get-all", "gc.recentObjectsHook", accept=(0, 1)):
            config = {"gc.auto": "6700", "gc.autoPackLimit": "1", "gc.autoDetach": "false", "maintenance.auto": "true"}
            repository.gateway.run("maintenance", "run", "--auto", "--task=gc", "--quiet", config=config)
    except TooSlowError:
        return [f"git was not done tidying its store of {len(stems)} packs within {LOCAL_TIMEOUT:.0f} seconds"]
    return []


def _count(index: bytes) -> int:
    """How many objects the pack of an index has; 0 if it is of no form that is known here."""
    return int.from_bytes(index[health.TABLE - 4 : health.TABLE]) if index.startswith(health.SIGN) else 0


def _ids(index: bytes) -> list[bytes]:
    """Their ids."""
    return [index[at : at + 20] for at in range(health.TABLE, health.TABLE + 20 * _count(index), 20)]
