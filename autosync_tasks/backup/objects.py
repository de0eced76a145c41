"""Objects of the backup's store, each checked against its content id before anyone uses its bytes."""

from __future__ import annotations

import re
from collections.abc import Iterable
from types import TracebackType

from autosync_tasks.backup.gateway import Conversation
from autosync_tasks.backup.repository import Repository
from autosync_tasks.errors import BackupError
from autosync_tasks.tree.walk import content_id

_ID = re.compile(r"[0-9a-f]{40}\Z")


class AbsentError(Exception):
    """The store cannot give these contents: they are missing or damaged. The text says which."""


class Objects:
    """Reads contents by id with one git process; a new one if a damaged object ends it. Use as a context manager."""

    def __init__(self, repository: Repository) -> None:
        self._repository = repository
        self._talk: Conversation | None = None

    def __enter__(self) -> Objects:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._close()

    def _close(self) -> None:
        talk, self._talk = self._talk, None
        if talk is not None:
            talk.__exit__()

    def read(self, content: str) -> bytes:
        """The bytes with this content id. Raises AbsentError if the store does not have exactly those."""
        if not _ID.match(content):
            raise AbsentError("no content id")
        if self._talk is None:
            self._talk = self._repository.gateway.conversation("cat-file", "--batch")
            self._talk.__enter__()
        try:
            answer = self._talk.ask(content.encode("ascii") + b"\n")
            name, _, rest = answer.partition(b" ")
            kind, _, size = rest.partition(b" ")
            if name != content.encode("ascii") or kind != b"blob" or not size.isdigit():
                if not size.isdigit():
                    raise AbsentError("missing in the backup's store")
                self._talk.take(int(size))
                raise AbsentError("not the contents of a file in the backup's store")
            data = self._talk.take(int(size))
        except BackupError:
            self._close()
            raise AbsentError("damaged in the backup's store") from None
        if content_id(data) != content:
            raise AbsentError("damaged in the backup's store")
        return data


def absent(repository: Repository, contents: Iterable[str]) -> frozenset[str]:
    """Those content ids that the store does not have at all (damage shows only when they are read)."""
    wanted = sorted(set(contents))
    if not wanted:
        return frozenset()
    stdin = "".join(content + "\n" for content in wanted).encode("ascii")
    try:
        output = repository.gateway.run("cat-file", "--batch-check", "--buffer", stdin=stdin)
    except BackupError:
        return frozenset()  # a damaged one ended it: reading tells which
    return frozenset(line.split(b" ")[0].decode("ascii") for line in output.splitlines() if line.endswith(b" missing"))
