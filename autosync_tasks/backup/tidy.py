"""The store kept small: each commit leaves a pack, and in it the whole manifest, of which little is new.

When there are many packs the small ones become one, in which each manifest is what differs from another: that costs
what lies in them, not what the store holds. Only when they have come to half of the largest does git go through all of
it, which also drops what nothing names any more; so that happens ever more seldom as the store grows.
"""

from __future__ import annotations

import os

from autosync_tasks.backup.gateway import LOCAL_TIMEOUT, TooSlowError
from autosync_tasks.backup.health import borrowed
from autosync_tasks.backup.repository import Repository
from autosync_tasks.files import names_in

MOST_PACKS = 20
"""How many there may be. Counted here: asking git would start a process at every commit."""


def tidy(repository: Repository) -> list[str]:
    """Lets git tidy, in the foreground, if there are many packs; returns notes for a person. Raises BackupError.

    What takes longer than a call of git may is left, and tried again when there are as many packs more.
    """
    names = names_in(folder := os.path.join(repository.git_dir, "objects", "pack"))
    stems = {name.removesuffix(".pack") for name in names if name.endswith(".pack")}
    apart = {stem for stem in stems if {f"{stem}.keep", f"{stem}.mtimes"} & set(names)}
    packs = sorted(_objects(os.path.join(folder, f"{stem}.idx")) for stem in stems - apart)
    if not packs or len(packs) % (MOST_PACKS + 1):
        return []
    plain = not borrowed(repository) and not any(name.endswith(".promisor") for name in names)
    try:
        if plain and 2 * sum(packs[:-1]) <= packs[-1]:
            repository.gateway.run("repack", "--geometric=2", "--no-write-bitmap-index", "-d", "-n", "-q")
        # A program that the repository's config may name, from git 2.42 on; nothing that is forced overrules it.
        elif not repository.gateway.run("config", "--get-all", "gc.recentObjectsHook", accept=(0, 1)):
            config = {"gc.auto": "6700", "gc.autoPackLimit": "1", "gc.autoDetach": "false", "maintenance.auto": "true"}
            repository.gateway.run("maintenance", "run", "--auto", "--task=gc", "--quiet", config=config)
    except TooSlowError:
        return [f"git was not done tidying its store of {len(packs)} packs within {LOCAL_TIMEOUT:.0f} seconds"]
    return []


def _objects(index: str) -> int:
    """How many objects a pack has: the last number in its index's table (gitformat-pack(5)); 0 if that is gone."""
    try:
        with open(index, "rb") as file:
            file.seek((8 if file.read(4) == b"\377tOc" else 0) + 255 * 4)
            return int.from_bytes(file.read(4), "big")
    except OSError:
        return 0
