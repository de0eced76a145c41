"""What `git fast-import` is told: blobs, and what a commit changes, in one stream."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from autosync_tasks.backup.conversation import Conversation
from autosync_tasks.backup.repository import Repository
from autosync_tasks.model import Path
from autosync_tasks.names import quote

ARGUMENTS = ("fast-import", "--quiet", "--done", "--depth=0")


@contextmanager
def stream(repository: Repository, *options: str) -> Iterator[Conversation]:
    """A stream to say things to; ended with the block. Raises BackupError if git did not take all of it."""
    with repository.gateway.conversation(*ARGUMENTS, *options) as talk:
        yield talk
        talk.say(b"done\n")
        code, complaint = talk.finish()
    if code:
        raise repository.gateway.failure("fast-import", code, complaint)


def blob(data: bytes, mark: int = 0) -> tuple[bytes, ...]:
    """Stores these bytes, under a mark from 1 on if something later in the stream names them by it."""
    return b"blob\n" + (b"mark :%d\n" % mark if mark else b""), b"data %d\n" % len(data), data, b"\n"


def put(path: Path, mode: str, at: str) -> bytes:
    """A path of the commit: its git mode, and its content id or `:mark`."""
    return b"M %s %s %s\n" % (mode.encode(), at.encode(), quote(path))


def put_inline(path: Path, data: bytes) -> tuple[bytes, ...]:
    """A path of the commit, with its bytes."""
    return b"M 100644 inline %s\ndata %d\n" % (quote(path), len(data)), data, b"\n"


def without(path: Path) -> bytes:
    """A path that the commit does not have any more."""
    return b"D %s\n" % quote(path)
