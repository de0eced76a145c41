"""Still: a sync with nothing to do, answered from what an earlier one noted, if not a byte of all that has changed.

What such a sync says follows from its words and environment, the settings, places and their owners, the state, the
backup, and the tree. `around` and `_same` read each of them as they are now; the note holds what they read when the
answer was worked out (`sync/note.py`). Equal bytes have the same answer; whatever differs, is missing or cannot be read
takes the whole way. Nothing is judged here, so nothing is loaded that judges: no settings, patterns, git or report.
"""

from __future__ import annotations

import fcntl
import os
import stat
import sys
import time
import zlib

import autosync_tasks
from autosync_tasks.tree.facts import FOLDER, folder_of, is_folder, kind_of, listed, looked, not_seen

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from autosync_tasks.tree.facts import Listed

FILE = "still"
"""The note, in the folder of the state of all pairs."""
_FILE = os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC
_TRIGGERS = ("manual", "workflow", "watch", "schedule")
_BUSY = ("again.", "scratch-", ".new-")
"""How what somebody asked for, or left half-done, begins in the state folder."""
_INSIDE = {"info": 12, "logs": 12, "objects": 2, "refs": 12}
"""Folders of a repository that are looked into, and how deep: those that git writes to."""
_FRESH = 2.0
"""Seconds from a glance to the walk that may use it: loading what comes in between."""
_MUCH = 200_000
"""Bytes of remembered paths, some 2,500 of them, that take longer to look at than another process takes to begin."""
_LARGEST = 1 << 28
"""Bytes of a file that is read here, at most (as in `state/folder.py`)."""
_PATIENCE = 30
"""Seconds of an automatic run here; the whole way has a deadline of its own."""


def answer(words: Sequence[str], environ: Mapping[str, str]) -> tuple[str, str] | None:
    """What `sync` has to say, if it has nothing to do: the reason and the source, as people read them, ("", "") for an
    automatic one, which says nothing. None: that must be found out.

    words: after the program's name. environ: the environment.
    """
    trigger = words[1].removeprefix("--trigger=") if len(words) == 2 else "manual"
    by_hand = trigger == "manual"
    if words[:1] != ["sync"] or len(words) > 2 or trigger not in _TRIGGERS:
        return None
    if None in (sys.stdin, sys.stdout, sys.stderr) or sys.stdout.isatty() or sys.stderr.isatty():
        return None
    if by_hand and environ.get("JOURNAL_STREAM"):
        return None
    try:
        said = _answer("", environ) if by_hand else _in_time(trigger, environ)
    except (OSError, ValueError, LookupError):
        return None
    if said is None:
        glance.go_on()
    return said


def _in_time(trigger: str, environ: Mapping[str, str]) -> tuple[str, str] | None:
    """The answer to an automatic run, which may not hang where a disk does."""
    import signal

    def late(*_: object) -> None:
        raise TimeoutError

    before = signal.signal(signal.SIGALRM, late)
    signal.alarm(_PATIENCE)
    try:
        return _answer(trigger, environ)
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def _answer(trigger: str, environ: Mapping[str, str]) -> tuple[str, str] | None:
    base = environ.get("XDG_STATE_HOME", "")
    base = base if base.startswith("/") else environ["HOME"] + "/.local/state"
    home = os.path.join(os.path.normpath(base), "autosync-tasks")
    told, noted, scan_is, place, left, until, *said = opened(_read(os.path.join(home, FILE)))
    names = os.fsdecode(told).split("\0")
    if names[5] != home:
        return None
    folder = os.path.join(home, names[6])
    lock = os.open(os.path.join(folder, "lock"), os.O_RDWR | os.O_NOFOLLOW | os.O_CLOEXEC)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        now = time.time()
        if os.fstat(lock).st_size or around(names, environ) != noted or (trigger and not now < float(until)):
            return None
        glance.begin(source := os.path.realpath(names[3]), folder)
        scan = _read(os.path.join(folder, "scan.cache"))
        if not scan.startswith(scan_is) or not _same(source, scan, left, *map(int, place.split())):
            return None
        if trigger:
            _saw(folder, trigger, now)
    finally:
        os.close(lock)
    if any(name.startswith(_BUSY) for name in os.listdir(folder)):
        return None  # somebody found the lock held meanwhile, and asks for another look
    return ("", "") if trigger else (os.fsdecode(said[0]), os.fsdecode(said[1]))


def sealed(*fields: bytes) -> bytes:
    """Fields as one text, with a checksum: what was cut off or damaged is no note."""
    body = b"".join([b"%d:%s" % (len(field), field) for field in fields])
    return b"%08x" % zlib.crc32(body) + body


def opened(text: bytes) -> list[bytes]:
    """The fields of a text. Raises ValueError if it is not whole."""
    if text[:8] != b"%08x" % zlib.crc32(text[8:]):
        raise ValueError("not whole")
    fields, at = [], 8
    while at < len(text):
        begin = text.index(b":", at) + 1
        fields.append(text[begin : (at := begin + int(text[at : begin - 1]))])
    return fields


def around(names: Sequence[str], environ: Mapping[str, str]) -> bytes | None:
    """All that the answer depends on but the tree, as one text; None if somebody asked for more, or left it half-done.

    names: variables of the environment (as one text), config file, profile's file, source, backup, state folder, this
    pair's folder in it, the repository's own folder, the branch. Raises OSError.
    """
    variables, config, profile, source, backup, home, pair, git, branch = names
    folder = os.path.join(home, pair)
    if any(name.startswith(_BUSY) for name in os.listdir(folder)):
        return None
    program, agent = os.stat(os.path.dirname(autosync_tasks.__file__)), os.stat(profile)
    lines = [autosync_tasks.__version__, f"{program.st_ino} {program.st_mtime_ns} {os.geteuid()}"]
    lines += [f"{agent.st_mtime_ns} {agent.st_size}", *map(os.path.realpath, (source, backup, home, config))]
    lines += [f"{name}={environ[name]}" if name in environ else name for name in variables.split()]
    owners = os.lstat(home), os.lstat(folder), os.lstat(os.path.realpath(config))
    lines += [f"{one.st_uid} {one.st_mode}" for one in owners]
    texts = [_read(config), "\0".join([*lines, *_repository(git)]).encode("utf-8", "surrogateescape")]
    texts.append(_read("/proc/sys/kernel/random/boot_id"))
    few = [*map(folder.__add__, ("/worktree", "/health.json")), f"{git}/refs/heads/{branch}", f"{git}/config"]
    return sealed(*texts, *[_read(path) if os.path.lexists(path) else b"" for path in few])


def _read(path: str) -> bytes:
    """A file's bytes. Raises OSError if it is missing, none, or far too large."""
    fd = os.open(path, _FILE)
    with open(fd, "rb") as file:
        facts = os.fstat(fd)
        if not stat.S_ISREG(facts.st_mode) or facts.st_size > _LARGEST:
            raise OSError(path)
        return file.read()


def _repository(git: str) -> Iterator[str]:
    """What stands in a repository: each name and type; of packs, objects and packed refs, size and time too."""
    todo = [(git, 0)]
    while todo:
        folder, depth = todo.pop()
        with os.scandir(folder) as found:
            entries = sorted(found, key=lambda one: one.name)
        for entry in entries:
            within = entry.is_dir(follow_symlinks=False)
            kind = "/" if within else "" if entry.is_file(follow_symlinks=False) else "?"
            stored = not within and (entry.name == "packed-refs" or folder.startswith(git + "/objects"))
            facts = entry.stat(follow_symlinks=False) if stored else None
            yield f"{entry.path}{kind}" + (f" {facts.st_size} {facts.st_mtime_ns}" if facts else "")
            deeper = depth - 1 if depth else _INSIDE.get(entry.name, 0)
            if within and deeper:
                todo.append((entry.path, deeper))


class Glance:
    """What `_same` saw until it met a difference, by folder (its path and a slash): a walk that follows at once, while
    the state is as it was, need not look there again. So no path is looked at twice, and the walk is as short as ever.
    The watcher has a sync's process look a moment before it begins (cli/ahead.py): as if it had begun then.
    """

    def __init__(self) -> None:
        self.folders: dict[bytes, Listed] = {}
        self.left: tuple[list[bytes], bytes] = [], b""
        """Folders that were not looked at, the next one last, and what is remembered from there on."""
        self._rest: Callable[[], dict[bytes, Listed]] = dict
        self._of: tuple[str, str, int, int] | None = None
        self._at = 0.0

    def begin(self, source: str, folder: str) -> None:
        """A look at a source (its real path) begins. folder: of its state. Raises OSError."""
        self.forget()
        self._of, self._at = _moment(source, folder), time.monotonic()

    def go_on(self) -> None:
        """Has another process look at what is left, if that is much, while this one loads what a sync needs."""
        todo, known = self.left
        if self._of and len(known) > _MUCH:
            from autosync_tasks.sync.rest import begin

            self._rest = begin(self._of[0], todo, known)

    def look(self, source: str, folder: str, closed: Callable[[bytes], bool]) -> None:
        """Looks at all of a source, but for folders that are closed, for a walk that follows soon. Raises OSError."""
        self.begin(source, folder)
        self.folders = looked(source, [b""], closed)

    def forget(self) -> None:
        """What was seen may have changed since."""
        self.folders, self.left, self._rest, self._of = {}, ([], b""), dict, None

    def take(self, source: str, folder: str) -> Callable[[bytes], Listed | None]:
        """What gives what was seen, once; it gives nothing if that is of another source, or of a state or time that is
        over. What the other process sees is waited for by the first who asks for a folder that is not here."""
        found, rest, of, at = self.folders, self._rest, self._of, self._at
        self.forget()
        try:
            fresh = bool(found) and of == _moment(source, folder) and time.monotonic() - at < _FRESH
        except OSError:
            fresh = False
        waiting = [rest] if fresh else []

        def seen(prefix: bytes) -> Listed | None:
            if prefix not in found and waiting:
                found.update(waiting.pop()())
            return found.get(prefix)

        return seen if fresh else not_seen


glance = Glance()


def _moment(source: str, folder: str) -> tuple[str, str, int, int]:
    facts = os.stat(os.path.join(folder, "scan.cache"))
    return source, folder, facts.st_ino, facts.st_mtime_ns


def _same(source: str, scan: bytes, left: bytes, begin: int, size: int) -> bool:
    """Whether a walk sees what the remembered one saw, path by path in the same order (one lstat each).

    begin, size: where in the cache's text the records are. left: type and path of what was left out, for its name and
    type alone: the same name and type are left out again. Any other path makes or misses a record.
    """
    out = {path: int(kind) for kind, _, path in (one.partition(b" ") for one in left.split(b"\0") if one)}
    names_out, met, todo, place = {path.rpartition(b"/")[2] for path in out}, 0, [b""], begin
    root = os.open(source, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        while todo:
            path = todo.pop()
            prefix = path and path + b"/"
            fd = folder_of(path, root)
            try:
                glance.folders[prefix] = names, records = listed(fd)
            finally:
                os.close(fd)
            seen = list(zip(records, names, strict=True))
            if names_out and not names_out.isdisjoint(names):
                kept = [(record, name) for record, name in seen if out.get(prefix + name) != kind_of(record)]
                met, seen = met + len(seen) - len(kept), kept
            lines = [record + prefix + name for record, name in seen]
            text = b"\0".join([*lines, b""])
            todo += [prefix + name for record, name in reversed(seen) if is_folder(record)]
            if not scan.startswith(text, place):
                glance.left = todo, scan[place:]
                return False
            place += len(text)
    finally:
        os.close(root)
    return met == len(out) and place == begin + size


def _saw(folder: str, trigger: str, now: float) -> None:
    """Notes that a trigger was here, as `State.saw` does, in a folder that is there already. Raises OSError."""
    fd = os.open(os.path.join(folder, "seen"), FOLDER)
    half = f".new-{trigger}"  # under the lock nobody else writes it
    try:
        new = os.open(half, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600, dir_fd=fd)
        with open(new, "wb") as file:
            file.write(b"%.3f\n" % now)
        os.replace(half, trigger, src_dir_fd=fd, dst_dir_fd=fd)
    finally:
        os.close(fd)
