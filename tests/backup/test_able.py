"""What git says against a backup counts only if git may have the memory that reading it takes."""

from __future__ import annotations

import resource
from pathlib import Path

import pytest

from autosync_tasks.backup.able import check_able
from autosync_tasks.backup.gateway import Gateway
from autosync_tasks.errors import GitMissingError

GIB = 1 << 30


@pytest.mark.parametrize(
    ("limit", "packs", "counts"),
    [
        (resource.RLIM_INFINITY, 9 * GIB, True),
        (8 * GIB, GIB, True),
        (2 * GIB, 0, True),
        (2 * GIB - 1, 0, False),
        (8 * GIB, 3 * GIB, False),
    ],
)
@pytest.mark.parametrize("kind", [resource.RLIMIT_AS, resource.RLIMIT_DATA])
def test_a_limit_counts_by_the_size_of_the_store(
    kind: int, limit: int, packs: int, counts: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "objects/pack"
    folder.mkdir(parents=True)
    for name in ("pack-1.pack", "pack-2.pack"):
        with (folder / name).open("wb") as file:
            file.truncate(packs // 2)  # a hole, which takes no room
    none = (resource.RLIM_INFINITY,) * 2
    monkeypatch.setattr(resource, "getrlimit", lambda one: (limit, limit) if one == kind else none)
    if counts:
        check_able(Gateway(str(tmp_path)))
        return
    with pytest.raises(GitMissingError, match="the memory that git may have is limited here"):
        check_able(Gateway(str(tmp_path)))
