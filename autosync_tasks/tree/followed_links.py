"""Links that are followed: out of the tree into folders that a setting names, one step and no further.

A link to `~/dotfiles/agents` is worth little on a new machine without what it leads to. For the folders of
`follow_links_into` the walk takes that in the link's place. It is opened from the named folder on by descriptors, and
nothing on that way may be a link; a link that lies behind a followed one stays a link, so nothing can go in circles.

What OpenCode reads elsewhere and a person let follow is attached in the same way, as if links below OUTSIDE led there.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Mapping, Sequence
from typing import NamedTuple, TypeAlias

from autosync_tasks.model import Left
from autosync_tasks.names import OUTSIDE
from autosync_tasks.tree.derived import Part
from autosync_tasks.tree.dirfd import Below


class Target(NamedTuple):
    """Where a followed link leads: one of the named folders (a real path), and the path below it (b"" is itself)."""

    folder: bytes
    path: bytes

    @property
    def names(self) -> list[bytes]:
        """The names on the way that the link's own path does not show."""
        return self.path.split(b"/") if self.path else []

    def look(self) -> os.stat_result:
        """lstat of what it leads to. Raises OSError."""
        if not self.path:
            return os.stat(self.folder)
        with Below(os.fsdecode(self.folder)) as below:
            facts = below.look(self.path)
        if facts is None:
            raise FileNotFoundError
        return facts

    def open_file(self) -> int:
        """A descriptor for reading the file. Raises OSError."""
        with Below(os.fsdecode(self.folder)) as below:
            return below.open_file(self.path)

    def open_folder(self) -> int:
        """A descriptor of the folder. Raises OSError."""
        with Below(os.fsdecode(self.folder)) as below:
            return os.dup(below.folder(self.path))


Leads: TypeAlias = Target | Part
"""What stands for a followed link, or is attached."""


class Through(Below):
    """Access below a source whose followed links stand for what they lead to."""

    def __init__(self, root: int, followed: Mapping[bytes, Leads]) -> None:
        """root: a descriptor of the source. followed: path of each followed link (the walk adds to them)."""
        super().__init__(root)
        self._followed = followed

    def _enter(self, above: int, parts: list[bytes]) -> int:
        target = self._followed.get(b"/".join(parts)) if self._followed else None
        if target is None and self._followed and parts[0] == OUTSIDE:
            return os.open(os.devnull, os.O_RDONLY | os.O_CLOEXEC)  # no folder: only what is attached below it is there
        return target.open_folder() if target else super()._enter(above, parts)


class Following:
    """Which links of a source are followed."""

    def __init__(
        self,
        source: str,
        folders: Sequence[str],
        attached: Mapping[str, tuple[str, str]] | None = None,
        parts: Mapping[str, Part] | None = None,
    ) -> None:
        """source: its real path. folders: those that the setting names, as real paths. attached: name below
        `OUTSIDE/.opencode/` to the folder (a real path) and the path in it that lie there in the backup. parts: path
        below `OUTSIDE/` to the part of a file that lies there.
        """
        self._source = os.fsencode(source)
        self._folders = [os.fsencode(folder) for folder in folders]
        self.attached: dict[bytes, Leads] = {
            OUTSIDE + b"/.opencode/" + os.fsencode(name): Target(*map(os.fsencode, where))
            for name, where in sorted((attached or {}).items())
        }
        self.attached |= {os.fsencode(path): part for path, part in (parts or {}).items()}

    def target(self, path: bytes) -> Target | None:
        """Where the link at this path of the source leads; None if it stays a link, for that is in no named folder.

        Whether anything is there now is another question: a folder that is not mounted must not look like a link that
        leads elsewhere.
        """
        real = os.path.realpath(os.path.join(self._source, path))
        if _within(real, self._source) or _within(self._source, real):
            return None
        for folder in self._folders:
            if _within(real, folder):
                return Target(folder, real[len(folder.rstrip(b"/")) + 1 :])
        return None

    def above(self, path: bytes) -> bytes | None:
        """The followed link at this path of the source, or above it; None if there is none."""
        parts = path.split(b"/")
        if parts[0] == OUTSIDE:
            return OUTSIDE
        for number in range(1, len(parts) + 1):
            front = b"/".join(parts[:number])
            if os.path.islink(os.path.join(self._source, front)):
                return front if self.target(front) is not None else None
        return None


def _within(path: bytes, folder: bytes) -> bool:
    return path == folder or path.startswith(folder.rstrip(b"/") + b"/")


def why_left(error: OSError) -> Left:
    """Why a path is left out that cannot be opened."""
    return Left.MOVING if error.errno in (errno.ENOENT, errno.ENOTDIR, errno.ELOOP) else Left.UNREADABLE


def detail_of(error: OSError) -> str:
    """What the system said of it, for people."""
    if error.errno == errno.EMFILE:
        return "nested too deeply to open"
    return (error.strerror or str(error)).lower()
