"""Objects of the store, each checked against its id before use: the one reader of `git cat-file --batch`."""

from __future__ import annotations

import hashlib
import os
import zlib
from collections.abc import Iterable

from autosync_tasks.backup.conversation import Conversation
from autosync_tasks.backup.repository import Repository
from autosync_tasks.errors import BackupError
from autosync_tasks.records import pattern

EMPTY_TREE = "4b825dc642cb6eb9a060e54bf8d69288fbee4904"
_NAME = pattern(r"[0-9a-f]{40}(:[!-~]+)?\Z")


class AbsentError(Exception):
    """The store cannot give an object: it is missing or damaged. The text says which."""


def object_id(kind: str, data: bytes) -> str:
    """Git's id of an object of this type ("blob", "tree", "commit", "tag")."""
    digest = hashlib.sha1(f"{kind} {len(data)}\0".encode(), usedforsecurity=False)
    digest.update(data)
    return digest.hexdigest()


class Store:
    """Reads objects by id with one git process; a new one if a damaged object ends it. Use as a context manager."""

    def __init__(self, repository: Repository) -> None:
        self._repository = repository
        self._talk: Conversation | None = None

    def __enter__(self) -> Store:
        return self

    def __exit__(self, *_: object) -> None:
        self._close()

    def _close(self) -> None:
        talk, self._talk = self._talk, None
        if talk is not None:
            talk.__exit__()

    def object(self, name: str) -> tuple[str, bytes]:
        """(type, bytes) of an object, by its id or as `commit:path`.

        Raises AbsentError if the store does not have exactly those.
        """
        if not _NAME.match(name):
            raise AbsentError("no content id")
        for _ in range(2):  # the object before this one may have ended the process
            try:
                content, kind, data = self._ask(name)
            except BackupError:
                self._close()
                continue
            if object_id(kind, data) == content and (content == name or ":" in name):
                return kind, data
            break
        raise AbsentError("damaged in the backup's store")

    def read(self, name: str, kind: str = "blob") -> bytes:
        """The bytes of an object of this type. Raises AbsentError if the store does not have exactly those."""
        found, data = self.object(name)
        if found != kind:
            raise AbsentError("not the contents of a file in the backup's store" if kind == "blob" else f"no {kind}")
        return data

    def _ask(self, name: str) -> tuple[str, str, bytes]:
        if self._talk is None:
            self._talk = self._repository.gateway.conversation("cat-file", "--batch")
            self._talk.__enter__()
        answer = self._talk.ask(name.encode("ascii") + b"\n")
        fields = answer.split(b" ")
        if len(fields) != 3 or not fields[2].isdigit():
            raise AbsentError("missing in the backup's store")
        content, kind, size = (field.decode("ascii", "replace") for field in fields)
        return content, kind, self._talk.take(int(size))


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


def has_blobs(repository: Repository, contents: Iterable[str]) -> bool:
    """Whether the store holds each of these as a blob: trees of our own name them, whatever was stored."""
    wanted = sorted(set(contents))
    asked = "".join(f"{content}\n" for content in wanted).encode()
    held = repository.gateway.run("cat-file", "--batch-check=%(objectname) %(objecttype)", "--buffer", stdin=asked)
    return held == "".join(f"{content} blob\n" for content in wanted).encode()


def write_loose(git_dir: str, kind: str, data: bytes) -> str:
    """Stores an object as a loose file, whatever git believes to have already; returns its id.

    `git hash-object -w` does not write what lies, damaged, in a pack.
    """
    name = object_id(kind, data)
    folder = os.path.join(git_dir, "objects", name[:2])
    os.makedirs(folder, exist_ok=True)
    scratch = os.path.join(folder, f"tmp_obj_autosync_{os.getpid()}")
    body = zlib.compress(f"{kind} {len(data)}\0".encode() + data, 1)
    handle = os.open(scratch, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o444)
    with os.fdopen(handle, "wb") as file:
        file.write(body)
        file.flush()
        os.fsync(file.fileno())
    os.replace(scratch, os.path.join(folder, name[2:]))
    return name
