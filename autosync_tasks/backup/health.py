"""What a cheap look tells of the backup, and when it was last read through.

Each run that acts notes where it left the branch, and the packs with the size and the time they had. A pack that was
there and is gone or another one now is a reason to read the store through at once; else that happens when the last
time is long enough ago. A branch in whose history that commit is missing was replaced or set back.
"""

from __future__ import annotations

import json
import os
from collections.abc import Collection, Mapping
from contextlib import suppress

from autosync_tasks.backup.repository import Repository
from autosync_tasks.errors import BackupError
from autosync_tasks.files import bytes_in, names_in
from autosync_tasks.names import KEPT, display, kept_branch
from autosync_tasks.records import asdict, dataclass, field, fields, pattern, replace
from autosync_tasks.state import shapes
from autosync_tasks.state.state import State

_FILE = "health.json"
_STORED = pattern(r"(pack-[0-9a-f]{40}\.(pack|idx)|multi-pack-index|[0-9a-f]{38})\Z")
_FOLDERS = pattern(r"(pack|[0-9a-f]{2})\Z")


@dataclass(frozen=True, slots=True)
class Health:
    """Times are seconds since the epoch.

    head: the commit at which the last run that acted left the branch; moving: the one that replaces it, while a run
    replays commits on those of the remote. since: when this memory began, or a reading was given up. read: when all
    of the store was last read (None: not yet). faults: what was found wrong then; newest_whole: whether the newest
    backup could be read all the same. files: each pack, index and single object with its size and time of change.
    snapshots: the refs of what restores overwrote, with the commits that they name: git keeps no log of those.
    """

    head: str = ""
    moving: str = ""
    since: float = 0.0
    read: float | None = None
    faults: tuple[str, ...] = ()
    newest_whole: bool = True
    files: Mapping[str, str] = field(default_factory=dict)
    snapshots: Mapping[str, str] = field(default_factory=dict)


def load(state: State) -> Health | None:
    """What was noted; None if nothing was, or nothing that is whole."""
    noted = shapes.json_object(state.read(_FILE))
    fine = (
        noted.keys() == {one.name for one in fields(Health)}
        and shapes.commit(noted["head"])
        and shapes.commit(noted["moving"])
        and shapes.moment(noted["since"]) is not None
        and shapes.time(noted["read"])
        and shapes.texts(noted["faults"])
        and isinstance(noted["newest_whole"], bool)
        and isinstance(noted["files"], dict)
        and all(map(shapes.text, noted["files"].values()))
        and isinstance(noted["snapshots"], dict)
        and all(map(shapes.commit, noted["snapshots"].values()))
    )
    return Health(**{**noted, "faults": tuple(noted["faults"])}) if fine else None


def save(state: State, health: Health) -> None:
    """Notes it."""
    state.write(_FILE, json.dumps(asdict(health)).encode())


def stored_files(repository: Repository) -> dict[str, str]:
    """Each pack, index and object by its name below `objects`, and `packed-refs`: its size and time of change."""
    objects = os.path.join(repository.git_dir, "objects")
    standing: dict[str, str] = {}
    for folder in filter(_FOLDERS.match, names_in(objects)):
        for name in filter(_STORED.match, names_in(os.path.join(objects, folder))):
            with suppress(OSError):  # gone meanwhile
                facts = os.lstat(os.path.join(objects, folder, name))
                standing[f"{folder}/{name}"] = f"{facts.st_size} {facts.st_mtime_ns}"
    with suppress(OSError):
        facts = os.lstat(os.path.join(repository.git_dir, "packed-refs"))
        standing["packed-refs"] = f"{facts.st_size} {facts.st_mtime_ns}"
    return standing


def strange(health: Health, files: Mapping[str, str]) -> tuple[str, ...]:
    """Files of the store that were noted and are gone, or not what they were: a line each."""
    return tuple(
        f"{name} is " + ("gone" if name not in files else "not what it was: its size or its time is another one")
        for name, facts in sorted(health.files.items())
        if files.get(name) != facts
    )


def due(health: Health, every: float, now: float) -> bool:
    """Whether the store must be read through again. every: seconds, 0 for never. now: seconds since the epoch.

    A time in the future came of a wrong clock and counts as none.
    """
    last = max((when for when in (health.since, health.read or 0.0) if when <= now), default=0.0)
    return every > 0 and now - last >= every


SIGN, TABLE = b"\377tOc\0\0\0\2", 8 + 256 * 4
"""Of the second form of a pack's index (gitformat-pack(5)): how it begins, and where the ids are, after 256 counts."""
_SHA = 20


def lost_since(repository: Repository, noted: Collection[str], files: Collection[str], commit: str) -> str:
    """What is wrong with what came into the store since it was noted ("" for nothing).

    noted, files: names as `stored_files` gives them. commit: that was made since, "" for none.
    """
    objects = os.path.join(repository.git_dir, "objects")
    stems = {name.rpartition(".")[0]: name in noted for name in files if name.endswith((".pack", ".idx"))}
    for stem in sorted(stem for stem, known in stems.items() if not known):
        for end in ("pack", "idx"):
            if f"{stem}.{end}" not in files:
                return f"{stem}.{end} is gone"
        if _end(os.path.join(objects, f"{stem}.pack"), _SHA) != _end(os.path.join(objects, f"{stem}.idx"), 2 * _SHA):
            return f"{stem}.pack is cut off, or not the one that its index was made for"
    if not commit or f"{commit[:2]}/{commit[2:]}" in files:
        return ""
    newest_first = sorted(stems, key=stems.__getitem__)
    found = any(_has(os.path.join(objects, f"{stem}.idx"), bytes.fromhex(commit)) for stem in newest_first)
    return "" if found else "the newest backup's commit is gone"


def _end(path: str, back: int) -> bytes:
    """The checksum that begins so many bytes before a file's end."""
    try:
        with open(path, "rb") as file:
            file.seek(-back, os.SEEK_END)
            return file.read(_SHA)
    except OSError:
        return os.urandom(_SHA)  # it equals no other


def _has(index: str, wanted: bytes) -> bool:
    """Whether a pack's index names an id. One of another form is taken for one that does."""
    with suppress(OSError), open(index, "rb") as file:
        counts = file.read(TABLE)
        if not counts.startswith(SIGN):
            return True
        place = 8 + 4 * wanted[0]  # each count is of the ids up to those that begin with this byte
        first = int.from_bytes(counts[place - 4 : place]) if wanted[0] else 0
        last = int.from_bytes(counts[place : place + 4])
        file.seek(TABLE + _SHA * first)
        ids = file.read(_SHA * (last - first))
        return any(ids[at : at + _SHA] == wanted for at in range(0, len(ids), _SHA))
    return False


def oddities(state: State, repository: Repository, head: str) -> list[str]:
    """What a cheap look finds that a person should know: a line each. head: where the branch is now."""
    noted = load(state)
    lines = list(strange(noted, stored_files(repository))[:1]) if noted and not noted.faults else []
    if gone := departed(state, repository, head):
        lines.append(f"the branch was set back or replaced: the backup {gone[:7]} is not in its history any more")
    if store := borrowed(repository):
        lines.append(f"the backup borrows from {store}, and without that folder it is lost; {_BRING}")
    for name in kept_branches(repository):
        lines.append(f"backups that left the branch are kept as the branch {name}; delete it when you have seen them")
    return lines


_BRING = "`git repack -ad` brings all of it here, then remove .git/objects/info/alternates"


def borrowed(repository: Repository) -> str:
    """The first other store that this one borrows from (`git clone --shared`), for people; "" if there is none."""
    objects = os.path.join(repository.git_dir, "objects")
    lines = bytes_in(os.path.join(objects, "info", "alternates")).splitlines()
    stores = [os.path.join(objects, os.fsdecode(line)) for line in lines if line and not line.startswith(b"#")]
    return next((display(os.path.normpath(store)) for store in stores if os.path.isdir(store)), "")


def reason_to_read(health: Health, files: Mapping[str, str], every: float, now: float) -> str:
    """Why the store must be read through now ("" if it need not be). files, every, now: see `strange` and `due`."""
    if lines := strange(health, files):
        return lines[0]
    if health.faults:
        return "it was damaged at the last look"
    return "it was not read for long" if due(health, every, now) else ""


def note(state: State, repository: Repository, head: str, now: float) -> None:
    """Notes where a run that acted left the branch and what the store holds now."""
    old = load(state) or Health(since=now)
    files, snapshots = stored_files(repository), _snapshots(repository)
    save(state, replace(old, head=head, moving="", files=files, snapshots=snapshots))


def note_gone(state: State, names: Collection[str]) -> None:
    """Notes that these files went into another, which was read: that they are gone is nothing strange."""
    if old := load(state):
        save(state, replace(old, files={name: facts for name, facts in old.files.items() if name not in names}))


def note_snapshot(state: State, name: str, commit: str) -> None:
    """Notes a snapshot that was just made, by its ref."""
    if old := load(state):
        save(state, replace(old, snapshots={**old.snapshots, name: commit}))


def gone_snapshots(health: Health | None, repository: Repository) -> dict[str, str]:
    """Snapshots that were noted and that no ref names any more: the ref to the commit that it named."""
    there = _snapshots(repository) if health and health.snapshots else {}
    return {name: commit for name, commit in (health.snapshots if health else {}).items() if name not in there}


def _snapshots(repository: Repository) -> dict[str, str]:
    from autosync_tasks.backup.soundness import all_refs  # a run with nothing to do needs none of it

    return {
        name: commit for name, commit in all_refs(repository).items() if name.startswith("refs/autosync/snapshots/")
    }


def note_reading(
    state: State, repository: Repository, now: float, faults: tuple[str, ...], *, newest_whole: bool
) -> None:
    """Notes that the store was read through, and what was found."""
    old = load(state) or Health(since=now)
    files = stored_files(repository)
    save(state, replace(old, read=now, faults=faults[:20], newest_whole=newest_whole, files=files))


def moving(state: State, new: str) -> None:
    """Notes, before it happens, that the branch is replayed: the commit that it was left at will not be in it."""
    if health := load(state):
        save(state, replace(health, moving=new))


def departed(state: State, repository: Repository, head: str) -> str:
    """The commit at which a run left the branch, if it is not in the branch's history any more ("" if it is).

    head: where the branch is now. Git is asked only if it is elsewhere than a run left it. The branch may
    have been set back, or replaced.
    """
    health = load(state)
    last = health.head if health else state.last_worktree
    if not last or not head or head in (last, health.moving if health else ""):
        return ""
    if not repository.has(head):
        return ""  # the branch names nothing that can be read: damage, and told as that
    known = filter(None, (last, health.moving if health else ""))
    return "" if any(repository.contains(head, one) for one in known) else last


def keep(repository: Repository, commit: str) -> str:
    """Keeps a commit under a branch of its own, so that git never tidies it away; returns the branch's name.

    Raises BackupError if the commit is not there any more.
    """
    name = kept_branch(commit)
    repository.gateway.run("update-ref", f"refs/heads/{name}", commit)
    return name


def kept_branches(repository: Repository) -> list[str]:
    """The branches that `keep` made. No process is started."""
    return [f"{KEPT}/{name}" for name in repository.refs_below(f"refs/heads/{KEPT}")]


def tell_departed(state: State, repository: Repository, head: str, *, check: bool) -> str:
    """What `departed` found, in words ("" for nothing); unless this is a check, the commit is kept as a branch.

    head: where the branch is now; noted, so that it is told once.
    """
    commit = departed(state, repository, head)
    if not commit:
        return ""
    words = f"the branch {repository.branch} was set back or replaced: the backup {commit[:7]} is not in its history"
    if check:
        return f"{words} any more; a sync keeps it as the branch {kept_branch(commit)}"
    if health := load(state):
        save(state, replace(health, head=head, moving=""))
    try:
        return f"{words} any more; it and those before it are kept as the branch {keep(repository, commit)}"
    except BackupError:
        return f"{words} any more, and it is not in the store either"
