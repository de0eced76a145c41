"""Looks at the source: a walk by folder descriptors that follows no link but where a setting says so.

FIFOs, sockets and devices are reported and never opened. A path that cannot be looked at is reported as left out: an
error while reading must never become a deletion in the backup.
"""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from operator import attrgetter

from autosync_tasks.errors import SourceError
from autosync_tasks.model import Entry, Kind, Left, LeftOut
from autosync_tasks.names import OUTSIDE, SUSPECT, display, git_refuses, parents, plain_name
from autosync_tasks.records import dataclass, field
from autosync_tasks.tree.facts import STAT, TYPE, Listed, listed, not_seen, pack
from autosync_tasks.tree.followed_links import Following, Leads, Through, detail_of, why_left

RESERVED = b".autosync"
"""The one name at the root that belongs to the backup (its manifest lies there)."""

_FOLDER, _REGULAR = stat.S_IFDIR, stat.S_IFREG
_KINDS = {stat.S_IFREG: Kind.FILE, stat.S_IFLNK: Kind.LINK, stat.S_IFDIR: Kind.FOLDER}
_SPECIAL = {stat.S_IFIFO: "a FIFO", stat.S_IFSOCK: "a socket"}
RECENT_NS = 50_000_000
"""A file whose ctime is nearer than this to the time it was read may change again without a new ctime:
the kernel's clock for files ticks every 4 to 10 ms. Coarser clocks (whole seconds) get COARSE_NS."""
COARSE_NS = 2_000_000_000

ProtectedName = Callable[[bytes, bool], bool]


@dataclass(frozen=True, slots=True)
class Facts:
    """What lstat said of one path: size in bytes, times in ns, mode with the type bits."""

    size: int
    mtime_ns: int
    ctime_ns: int
    inode: int
    mode: int
    uid: int

    @property
    def kind(self) -> Kind:
        return _KINDS[self.mode & TYPE]

    def settled(self, read_at_ns: int) -> bool:
        """Whether a later change must show in these facts, given when the bytes were read."""
        coarse = self.ctime_ns % 1_000_000_000 == 0
        return self.ctime_ns < read_at_ns - (COARSE_NS if coarse else RECENT_NS)


def unpack(record: bytes) -> Facts:
    """The facts in a record."""
    return Facts(*STAT.unpack(record))


def entry_of(record: bytes, content: str = "") -> Entry:
    """The manifest's entry of a record, with the content id of a file or link.

    Permissions are without setuid, setgid and sticky bit; a link's are always 0o777, a folder has no size.
    """
    size, _, _, _, mode, _ = STAT.unpack(record)
    kind = _KINDS[mode & TYPE]
    if kind is Kind.FOLDER:
        return Entry(kind, mode & 0o777, 0, "")
    return Entry(kind, mode & 0o777 if kind is Kind.FILE else 0o777, size, content)


@dataclass(slots=True)
class Scan:
    """One walk: path to record for every file, link and folder; what was left out.

    followed: links that stand for what they lead to. kinds: type bits of what was left out, among others.
    """

    records: dict[bytes, bytes] = field(default_factory=dict)
    left_out: list[LeftOut] = field(default_factory=list)
    followed: dict[bytes, Leads] = field(default_factory=dict)
    kinds: dict[bytes, int] = field(default_factory=dict)

    @property
    def blob(self) -> bytes:
        """Everything seen as one string: two scans with the same blob saw the same tree."""
        parts: list[bytes] = []
        for path, record in self.records.items():
            parts += (record, path, b"\0")
        for left in sorted(self.left_out, key=lambda item: (item.path, item.why)):
            parts += (b"!", left.why.encode(), b" ", left.path, b"\0")
        return b"".join(parts)


def open_root(path: str) -> int:
    """A descriptor of the source's root; the root itself may be a link (resolved once).

    Raises SourceError if it is missing, not a folder or unreadable.
    """
    shown = display(path)
    try:
        return os.open(os.path.realpath(path), os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except FileNotFoundError:
        raise SourceError(
            f"there is no config tree at {shown}", hint="set opencode_source to the folder that holds it"
        ) from None
    except NotADirectoryError:
        raise SourceError(f"the source {shown} is not a folder", hint="set opencode_source to a folder") from None
    except OSError as error:
        raise SourceError(
            f"the source {shown} cannot be read: {error.strerror}", hint="check its permissions"
        ) from None


def walk(
    root: int,
    protected: ProtectedName,
    max_file_size: int,
    following: Following | None = None,
    closed: Callable[[bytes], bool] | None = None,
    glanced: Callable[[bytes], Listed | None] = not_seen,
) -> Scan:
    """Looks at every path below `root` once (one lstat each), in a fixed order.

    following: which links stand for what they lead to (None: no link does). closed: folders that are not opened.
    glanced: gives what was seen of a folder (its path and a slash) a moment ago, which is not looked at again.
    """
    scan = Scan()
    known = not_seen if following else glanced
    with Through(root, scan.followed) as below:
        first = _list(scan, root, b"", protected, max_file_size, following, known(b""))
        stack = [(b"", iter([*first, *_attach(scan, protected, max_file_size, following)]))]
        while stack:
            prefix, folders = stack[-1]
            name = next(folders, None)
            if name is None:
                stack.pop()
                continue
            path = prefix + name
            if closed is not None and closed(path):
                continue
            prefix = path + b"/"
            try:
                seen = known(prefix)
                folder = -1 if seen else below.folder(path)
            except OSError as error:
                scan.left_out.append(LeftOut(path, why_left(error), detail_of(error)))
                continue
            outside = scan.followed and any(front in scan.followed for front in (path, *parents(path)))
            follow = None if outside else following
            inside = _list(scan, folder, prefix, protected, max_file_size, follow, seen)
            stack.append((prefix, iter(inside)))
    return scan


def _list(
    scan: Scan,
    fd: int,
    prefix: bytes,
    protected: ProtectedName,
    limit: int,
    following: Following | None,
    known: Listed | None = None,
) -> list[bytes]:
    """Records one folder's entries; returns the names of the folders to go into, sorted. known: them, if they are."""
    plainly = following is None and not scan.followed
    if plainly and known is None:
        with suppress(OSError):  # then each by itself
            known = listed(fd)
    if plainly and known is not None:
        return _plainly(scan, known, prefix, protected, limit)
    try:
        with os.scandir(fd) as found:
            entries = sorted(found, key=_name)
    except OSError as error:
        scan.left_out.append(LeftOut(prefix.rstrip(b"/"), Left.UNREADABLE, detail_of(error)))
        return []
    return _sorted_out(scan, _looked_at(scan, entries, prefix, following), prefix, protected, limit)


def _plainly(scan: Scan, found: Listed, prefix: bytes, protected: ProtectedName, limit: int) -> list[bytes]:
    """As `_sorted_out`, where no link is followed: what is nothing special takes one step (a third of the time)."""
    folders: list[bytes] = []
    records, (names, facts) = scan.records, found
    joined = b"/".join(names)
    # One look at all names of a folder: mostly none can be protected, nor stand for one that git refuses.
    none_of: Callable[[bytes], bool] | None = getattr(protected, "none_of", None)
    plain = none_of is not None and none_of(joined) and joined.isascii() and b"\\" not in joined
    unpacked = STAT.iter_unpack(b"".join(facts))
    for name, record, (size, _, _, _, mode, _) in zip(names, facts, unpacked, strict=True):
        kind = mode & TYPE
        usual = kind == _FOLDER or (kind == _REGULAR and size <= limit)
        if usual and (
            (plain and name[:1] not in SUSPECT) or (plain_name(name) and not protected(name, kind == _FOLDER))
        ):
            records[prefix + name] = record
            if kind == _FOLDER:
                folders.append(name)
        else:
            folders += _sorted_out(scan, [(name, prefix + name, record)], prefix, protected, limit)
    return folders


def _attach(scan: Scan, protected: ProtectedName, limit: int, following: Following | None) -> list[bytes]:
    """Records what is attached, and returns the paths of the folders among it. No link is followed to it."""
    found: list[tuple[bytes, bytes, bytes]] = []
    for path, target in following.attached.items() if following else ():
        try:
            result = target.look()
        except OSError as error:
            scan.left_out.append(LeftOut(path, Left.UNREADABLE, f"where it lies: {detail_of(error)}"))
            continue
        if result.st_mode & TYPE not in (stat.S_IFREG, stat.S_IFDIR):
            scan.left_out.append(LeftOut(path, Left.SPECIAL, "neither a file nor a folder lies there"))
        else:
            scan.followed[path] = target
            found.append((path, path, pack(result)))
    return _sorted_out(scan, found, b"", protected, limit)


def _sorted_out(
    scan: Scan, looked: Iterable[tuple[bytes, bytes, bytes]], prefix: bytes, protected: ProtectedName, limit: int
) -> list[bytes]:
    """Records what was looked at or leaves it out; returns the names of the folders."""
    folders: list[bytes] = []
    records, left_out = scan.records, scan.left_out
    for name, path, record in looked:
        size, _, _, _, mode, _ = STAT.unpack(record)
        kind = scan.kinds[path] = mode & TYPE
        if path in scan.followed and _never(scan.followed[path].names, kind == stat.S_IFDIR, protected):
            left_out.append(LeftOut(path, Left.PROTECTED))
        elif name == b".git" or protected(name, kind == stat.S_IFDIR):  # a file: of a submodule or linked work tree
            nested = name == b".git" and prefix != b""
            left_out.append(LeftOut(path, Left.NESTED_GIT if nested else Left.PROTECTED))
        elif git_refuses(name, link=kind == stat.S_IFLNK):
            left_out.append(LeftOut(path, Left.NAME, "rename it: no git repository may hold this name"))
        elif path in (RESERVED, OUTSIDE):
            left_out.append(LeftOut(path, Left.RESERVED, "the backup keeps things of its own under this name"))
        elif kind == stat.S_IFDIR:
            records[path] = record
            folders.append(name)
        elif kind == stat.S_IFREG and size > limit:
            left_out.append(LeftOut(path, Left.TOO_LARGE, f"{size:,} bytes, the limit is {limit:,}"))
        elif kind in (stat.S_IFREG, stat.S_IFLNK):
            records[path] = record
        else:
            left_out.append(LeftOut(path, Left.SPECIAL, _SPECIAL.get(kind, "a device")))
    return folders


def _looked_at(
    scan: Scan, entries: Iterable[os.DirEntry[str]], prefix: bytes, following: Following | None
) -> Iterator[tuple[bytes, bytes, bytes]]:
    """Name, path and record of each entry, or of what it leads to if it is a link that is followed.

    What cannot be reached is left out, link and all: nobody must take what lay behind it for deleted.
    """
    for entry in entries:
        name = entry.name.encode(_ENCODING, "surrogateescape")  # os.fsencode, which takes four times as long
        path = prefix + name
        try:
            result = entry.stat(follow_symlinks=False)
        except OSError as error:
            scan.left_out.append(LeftOut(path, why_left(error), detail_of(error)))
            continue
        if following is not None and stat.S_ISLNK(result.st_mode) and (target := following.target(path)):
            try:
                result, scan.followed[path] = target.look(), target
            except OSError as error:
                scan.left_out.append(LeftOut(path, Left.UNREADABLE, f"where it leads: {detail_of(error)}"))
                continue
        yield name, path, pack(result)


def _never(names: list[bytes], is_folder: bool, protected: ProtectedName) -> bool:
    """Whether what a link leads to must not be in any backup, for a name that the link's own path does not show."""
    last = len(names) - 1
    return any(name == b".git" or protected(name, is_folder or n < last) for n, name in enumerate(names))


_ENCODING = sys.getfilesystemencoding()
_name = attrgetter("name")
