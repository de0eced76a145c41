"""Whether git itself can do its work here: if not, nothing that it says against a backup counts."""

from __future__ import annotations

import os

from autosync_tasks.backup.gateway import GIT_ANEW, NOT_GIT, Gateway
from autosync_tasks.backup.objects import object_id
from autosync_tasks.backup.repository import check_git_version
from autosync_tasks.backup.way_on import MEMORY
from autosync_tasks.errors import BackupError, GitMissingError
from autosync_tasks.files import names_in
from autosync_tasks.linux.limits import memory_limited

_PLENTY = 2 << 30
"""Bytes that git may need beside three times a store's packs: it maps them, and unpacks what it reads."""
_WORDS = b"what git makes of this is known\n" * 1000


def check_works() -> None:
    """Has git do what no repository has a part in.

    Raises GitMissingError if it cannot: a library that an upgrade took away, a wrapper that fails.
    """
    nowhere = Gateway("/dev/null")
    try:
        check_git_version(nowhere)
        made = nowhere.run("hash-object", "--stdin", stdin=_WORDS).strip()
    except BackupError as error:
        if "/dev/null: " not in error.message:
            raise
        said = error.message.partition("/dev/null: ")[2]
        raise GitMissingError(f"git itself does not work: {said}", hint=GIT_ANEW) from None
    if made != object_id("blob", _WORDS).encode():
        raise GitMissingError(NOT_GIT, hint=GIT_ANEW)


def check_able(gateway: Gateway) -> None:
    """The same before a backup is told to be damaged. gateway: by which git was asked of it.

    Raises GitMissingError, too, if git was killed over it, or may not have the memory that such a store may need.
    """
    check_works()
    packs = os.path.join(gateway.git_dir, "objects/pack")
    stored = sum(os.lstat(os.path.join(packs, name)).st_size for name in names_in(packs))
    if gateway.killed or memory_limited(_PLENTY + 3 * stored):
        what = f"git {gateway.killed} was killed" if gateway.killed else "the memory that git may have is limited here"
        raise GitMissingError(f"{what}: what it says against the backup does not count", hint=MEMORY)
