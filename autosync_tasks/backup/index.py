"""Git's index of the backup's work tree, and what stands in the work tree at a path."""

from __future__ import annotations

import stat
from collections.abc import Iterable

from autosync_tasks.backup.repository import Repository
from autosync_tasks.model import Path
from autosync_tasks.tree.content import content_id
from autosync_tasks.tree.dirfd import Below


def index_entries(repository: Repository) -> dict[Path, tuple[str, str]]:
    """What the index holds: path to (git mode, content id)."""
    output = repository.gateway.run("ls-files", "-z", "--stage")
    entries = {}
    for line in output.split(b"\0"):
        if line:
            facts, _, path = line.partition(b"\t")
            mode, content, _ = facts.decode("ascii").split(" ")
            entries[path] = (mode, content)
    return entries


def set_entries(
    repository: Repository, entries: Iterable[tuple[Path, str, str]], environment: dict[str, str] | None
) -> None:
    """Puts (path, git mode, content id) into the index; what stood there as a folder or file gives way."""
    lines = b"".join(f"{mode} {content}\t".encode() + path + b"\0" for path, mode, content in entries)
    repository.gateway.run(
        "update-index", "-z", "--add", "--replace", "--index-info", stdin=lines, environment=environment
    )


def git_mode(mode: int) -> str:
    """What git keeps of a file's or link's mode."""
    return "120000" if stat.S_ISLNK(mode) else "100755" if mode & 0o100 else "100644"


def standing(below: Below, path: Path) -> tuple[str, str] | None:
    """(git mode, content id) of the file or link at a path of a work tree; None if there is none."""
    contents = below.contents(path)
    if contents is None:
        return None
    mode, data = contents
    return git_mode(mode), content_id(data)
