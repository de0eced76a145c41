"""What is lost for good, as a person confirmed: objects that neither this machine nor the remote has any more.

It is noted in the repository itself, a line each, so that it goes where the backup goes; `autosync-lost`:

    <id> <kind> <commit that needs it> <seconds since the epoch> <path, quoted>

What is noted is damage no more; anything else that is found later is.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from contextlib import suppress

from autosync_tasks.backup.repository import Repository
from autosync_tasks.files import bytes_in, write_whole
from autosync_tasks.model import Path
from autosync_tasks.names import display, quote, unquote
from autosync_tasks.records import dataclass

_FILE = "autosync-lost"
_LINE = re.compile(rb"([0-9a-f]{40}) (blob|tree|commit) ([0-9a-f]{40}) (\d{1,12}) (.*)\Z")


@dataclass(frozen=True, slots=True)
class Loss:
    """An object that is lost: its id and type, a commit and a path that need it, when that was confirmed (seconds)."""

    id: str
    kind: str
    commit: str
    when: float
    path: Path = b""

    @property
    def shown(self) -> str:
        """In words: what it is, and where it is missed."""
        where = f" of {display(self.path)}" if self.path else ""
        return f"the {self.kind} {self.id[:10]}{where} (in {self.commit[:7]})"


def losses(repository: Repository) -> list[Loss]:
    """What is noted, oldest first; lines that are none are passed over."""
    lines = bytes_in(os.path.join(repository.git_dir, _FILE)).split(b"\n")
    found = []
    for match in filter(None, map(_LINE.match, lines)):
        with suppress(ValueError):
            name, kind, commit = (match[number].decode("ascii") for number in (1, 2, 3))
            found.append(Loss(name, kind, commit, float(match[4]), unquote(match[5]) if match[5] else b""))
    return found


def note_losses(repository: Repository, new: Iterable[Loss]) -> None:
    """Adds to what is noted. Raises OSError."""
    every = {loss.id: loss for loss in (*losses(repository), *new)}
    lines = (f"{loss.id} {loss.kind} {loss.commit} {loss.when:.0f} " for loss in every.values())
    paths = (quote(loss.path) if loss.path else b"" for loss in every.values())
    text = b"".join(line.encode("ascii") + path + b"\n" for line, path in zip(lines, paths, strict=True))
    write_whole(os.path.join(repository.git_dir, _FILE), text)
