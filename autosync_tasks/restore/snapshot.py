"""Safety snapshots: commits below refs/autosync/snapshots of what a restore is about to overwrite.

They are made at the object level like every commit, stand beside the branch (it does not move) and are never pushed.
Their names sort by time.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from itertools import chain

from autosync_tasks.backup import manifest
from autosync_tasks.backup.commit import Author
from autosync_tasks.backup.objects import AbsentError, Store
from autosync_tasks.backup.repository import Repository
from autosync_tasks.backup.stream import blob, put, stream
from autosync_tasks.errors import BackupError
from autosync_tasks.linux.disk import make_durable
from autosync_tasks.model import Entry, Kind, Path
from autosync_tasks.restore import undo
from autosync_tasks.tree.content import content_id

SNAPSHOTS = "refs/autosync/snapshots"
_BACK = "refs/autosync/undone"
_NAME = re.compile(r"refs/autosync/snapshots/\d{8}T\d{6}\.\d{3}Z-[0-9a-f]{6,40}\Z")


def name_of(when: float, run_id: str) -> str:
    """The ref of a snapshot made at `when` (seconds since the epoch) by this run."""
    moment = datetime.fromtimestamp(when, UTC)
    return f"{SNAPSHOTS}/{moment:%Y%m%dT%H%M%S}.{moment.microsecond // 1000:03d}Z-{run_id}"


def take(
    repository: Repository,
    name: str,
    saved: Mapping[Path, Entry],
    contents: Iterable[tuple[Path, bytes]],
    *,
    source_id: str,
    record: bytes,
    message: str,
    author: Author,
) -> str:
    """Makes a snapshot and returns its commit, durable and read back.

    saved: what it holds. contents: the bytes of those files and links that the store does not have yet. record: the
    text of `undoing.record_of`. Raises BackupError if git stored anything else.
    """
    text = manifest.format_manifest(source_id, saved)
    wanted = {path: (entry.git_mode, entry.id) for path, entry in saved.items() if entry.kind is not Kind.FOLDER}
    wanted[manifest.PATH] = ("100644", content_id(text))
    wanted[undo.PATH] = ("100644", content_id(record))
    with stream(repository, "--date-format=raw") as talk:
        marks: dict[Path, int] = {}
        for path, data in chain(contents, [(manifest.PATH, text), (undo.PATH, record)]):
            marks[path] = len(marks) + 1
            talk.say(*blob(data, marks[path]))
        words = message.encode("utf-8", "replace")
        talk.say(b"commit %s\nauthor %s\ncommitter %s\n" % (name.encode(), author.line, author.line))
        talk.say(b"data %d\n" % len(words), words, b"\n")
        for path, (mode, content) in wanted.items():
            talk.say(put(path, mode, f":{marks[path]}" if path in marks else content))
        talk.say(b"\n")
    commit = repository.gateway.run("rev-parse", "--verify", "--end-of-options", f"{name}^{{commit}}").decode().strip()
    if repository.listing(commit) != wanted:
        raise BackupError("git stored something else than what the snapshot must hold; nothing was overwritten")
    make_durable(repository.git_dir)
    return commit


def snapshots(repository: Repository) -> list[undo.Snapshot]:
    """Every snapshot, the newest first."""
    output = repository.gateway.run("for-each-ref", "--format=%(refname) %(objectname)", SNAPSHOTS, _BACK)
    names = [tuple(line.split(" ", 1)) for line in output.decode("utf-8", "replace").splitlines()]
    named = sorted(((ref, commit) for ref, commit in names if _NAME.match(ref)), reverse=True)
    back = {ref.rpartition("/")[2] for ref, _ in names if ref.startswith(_BACK)}
    restored = _restored(repository, [commit for _, commit in named]) if named else {}
    return [undo.Snapshot(commit, _time_in(ref), restored.get(commit, ""), commit in back) for ref, commit in named]


def mark_taken_back(repository: Repository, commit: str) -> None:
    """Notes that the restore which a snapshot was made before is taken back, to its end.

    One that was stopped halfway is not: the next undo goes on with it. If it was itself the taking back of another
    restore, that one stands again.
    """
    orders = f"update {_BACK}/{commit} {commit}\n"
    every = snapshots(repository)
    this = next((one for one in every if one.commit == commit), None)
    if this is not None and undo.takes_back(this, every):
        orders += f"delete {_BACK}/{this.restored}\n"
    repository.gateway.run("update-ref", "--stdin", stdin=orders.encode("ascii"))


def _restored(repository: Repository, commits: list[str]) -> dict[str, str]:
    """Snapshot to the commit that was restored then, of those that say so."""
    restored = {}
    with Store(repository) as store:
        for commit in commits:
            with suppress(AbsentError, undo.UndoError):
                restored[commit] = undo.parse(store.read(f"{commit}:{undo.PATH.decode()}")).commit
    return restored


def _time_in(ref: str) -> float:
    """When the snapshot of this name was made (seconds since the epoch)."""
    try:
        moment = datetime.strptime(ref.rpartition("/")[2].rpartition("Z-")[0], "%Y%m%dT%H%M%S.%f")
    except ValueError:
        return 0.0
    return moment.replace(tzinfo=UTC).timestamp()


def undo_of(repository: Repository, commit: str) -> undo.Undo:
    """What a snapshot says of its restore. Raises BackupError if it is damaged or forged."""
    tree = repository.listing(commit)
    if undo.PATH not in tree:
        raise BackupError(f"the snapshot {commit[:7]} does not say what it was made for")
    try:
        return undo.parse(repository.blob(tree[undo.PATH][1]))
    except undo.UndoError as error:
        raise BackupError(f"the snapshot {commit[:7]} is damaged or forged ({error})") from None
