"""The manifest: what the backup's commit records beside the files (pure text, checked before use).

One line a path, sorted, under a header:

    autosync-manifest 1
    source <id>
    content <sha256 over mode, id and path of every owned file and link>
    d 755 agents
    f 644 agents/build.md
    l 777 agents/shared.md

It keeps what git cannot: permission bits beyond the x bit, folders (empty ones too), which paths are
owned, and whose they are. It may be forged, so `parse` refuses anything this program would not write, and
`belongs` tells whether it describes the tree it lies in.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from operator import lt

from autosync_tasks.backup.listing import Listing
from autosync_tasks.model import Entry, Kind, Manifest, Path
from autosync_tasks.names import all_plain, git_refuses, parents, plain_name, quote, unquote
from autosync_tasks.records import dataclass, pattern

PATH = b".autosync/manifest"
"""Where it lies in the backup's tree."""

_HEADER = b"autosync-manifest 1"
_SOURCE_ID = pattern(r"[0-9a-z]{8,64}\Z")
_LETTER = {Kind.FOLDER: b"d", Kind.FILE: b"f", Kind.LINK: b"l"}
_KIND = {letter: kind for kind, letter in _LETTER.items()}
_LINE = pattern(rb"([dfl]) ([0-7]{1,3}) (.+)\Z", re.DOTALL)


class ManifestError(ValueError):
    """The text is not a manifest that this program writes (damaged or forged)."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """A parsed manifest: the source id, the digest of the owned contents, path to (kind, mode)."""

    source_id: str
    content: str
    paths: Mapping[Path, tuple[Kind, int]]


def valid_source_id(text: str) -> bool:
    """Whether a text can be a source id: 8 to 64 lower-case letters and digits."""
    return bool(_SOURCE_ID.match(text))


def digest(owned: Iterable[tuple[Path, str, str]]) -> str:
    """SHA-256 over (path, git mode, content id) of every owned file and link, given in order of path."""
    lines = [f"{mode} {content} ".encode() + path + b"\0" for path, mode, content in owned]
    return hashlib.sha256(b"".join(lines)).hexdigest()


def format_manifest(source_id: str, entries: Manifest) -> bytes:
    """The manifest's text for these entries."""
    paths = sorted(entries)
    quoted = paths if all_plain(paths) else map(quote, paths)
    # By kind, then mode: a handful, where there may be 100,000 entries.
    shapes: dict[Kind, dict[int, tuple[str, bytes]]] = {kind: {} for kind in Kind}
    owned: list[tuple[Path, str, str]] = []
    lines: list[bytes] = []
    for path, text in zip(paths, quoted, strict=True):
        kind, bits, _, content = entry = entries[path]
        shape = shapes[kind].get(bits)
        if shape is None:
            shape = shapes[kind][bits] = (entry.git_mode, b"%s %o " % (_LETTER[kind], bits))
        mode, begin = shape
        lines.append(begin + text)
        if mode:
            owned.append((path, mode, content))
    head = [_HEADER, b"source " + source_id.encode(), b"content " + digest(owned).encode()]
    return b"\n".join(head + lines) + b"\n"


def parse(text: bytes) -> Recorded:
    """Reads a manifest. Raises ManifestError, which says what is wrong, for anything out of order."""
    source_id, content = head_of(text)
    lines = text.split(b"\n")
    paths = _plain_paths(lines[3:-1])
    return Recorded(source_id, content, _each(lines) if paths is None else paths)


def head_of(text: bytes) -> tuple[str, str]:
    """Source id and digest of a manifest's text. Raises ManifestError if it does not begin and end like one."""
    lines = text.split(b"\n", 3)
    if len(lines) < 4 or lines[0] != _HEADER or not text.endswith(b"\n"):
        raise ManifestError("it does not begin or end like a manifest")
    source_id = lines[1].removeprefix(b"source ").decode("ascii", "replace")
    content = lines[2].removeprefix(b"content ").decode("ascii", "replace")
    if not lines[1].startswith(b"source ") or not valid_source_id(source_id):
        raise ManifestError("line 2: not a source id")
    if not lines[2].startswith(b"content ") or not re.fullmatch(r"[0-9a-f]{64}", content):
        raise ManifestError("line 3: not a digest")
    return source_id, content


def _plain_paths(lines: list[bytes]) -> dict[Path, tuple[Kind, int]] | None:
    """The lines' paths if nothing in them needs a second look; it takes a fifth of the time of `_each`.

    So is a line that its form alone shows to be right: printable ASCII, no name that begins like one that somebody
    reserves, in order, in a folder that has a line of its own.
    """
    text = b"\n".join(lines)
    pairs = _BEGIN_AND_PATH.findall(text) if _SIMPLE.match(text) else []
    if len(pairs) != len(lines):
        return None
    paths = [path for _, path in pairs]
    if not all(map(lt, paths, paths[1:])):
        return None
    above = {path.rpartition(b"/")[0] for path in paths}
    if not above <= {b"", *[path for begin, path in pairs if begin[:1] == b"d"]}:
        return None
    shapes = {begin: (_KIND[begin[:1]], int(begin[2:], 8)) for begin in {begin for begin, _ in pairs}}
    return {path: shapes[begin] for begin, path in pairs}


_NAME_FORM = rb"[!#-\-0-9:-FH-\[\]-fh-~](?:[ !#-.0-\[\]-~]*+(?<! ))?"
_SIMPLE = pattern(rb"(?:[dfl] [0-7]{1,3} %s(?:/%s)*+(?:\n|\Z))*+\Z" % (_NAME_FORM, _NAME_FORM))
_BEGIN_AND_PATH = pattern(rb"([dfl] [0-7]{1,3}) (.+)")


def _each(lines: list[bytes]) -> dict[Path, tuple[Kind, int]]:
    """The paths, line by line. Raises ManifestError for the first that is out of order."""
    paths: dict[Path, tuple[Kind, int]] = {}
    folders: set[Path] = set()
    last = b""
    for number, line in enumerate(lines[3:-1], start=4):
        match = _LINE.match(line)
        if not match:
            raise ManifestError(f"line {number}: not a path with its type and mode (000 to 777)")
        letter, mode, text = match.groups()
        try:
            path = unquote(text)
        except ValueError as error:
            raise ManifestError(f"line {number}: {error}") from None
        kind = _KIND[letter]
        if path <= last:
            raise ManifestError(f"line {number}: the paths are not sorted")
        if bad := _refused(path, kind, folders, paths):
            raise ManifestError(f"line {number}: {bad}")
        paths[path] = (kind, int(mode, 8))
        last = path
    return paths


def line_of(path: Path, kind: Kind, mode: int) -> bytes:
    """The line of a path."""
    return b"%s %o %s" % (_LETTER[kind], mode, quote(path))


def path_of(line: bytes) -> Path:
    """The path in a line. Raises ValueError if it has none."""
    return unquote(line.split(b" ", 2)[-1])


def source_id_of(text: bytes) -> str:
    """The source id in a manifest that this program has just written or parsed ("" for no manifest)."""
    return text.split(b"\n", 2)[1].removeprefix(b"source ").decode("ascii") if text else ""


def _refused(path: Path, kind: Kind, folders: set[Path], paths: Mapping[Path, tuple[Kind, int]]) -> str:
    """Why a path cannot be in a manifest, or "". folders: those above earlier paths, checked already."""
    above, _, name = path.rpartition(b"/")
    if not plain_name(name) and git_refuses(name, link=kind is Kind.LINK):
        return "a name that no tree may hold"
    if above in folders:
        return ""
    for folder in parents(path):
        if git_refuses(folder.rpartition(b"/")[2]):
            return "a name that no tree may hold"
        if paths.get(folder, (Kind.FOLDER,))[0] is not Kind.FOLDER:
            return "a path below something that is not a folder"
        folders.add(folder)
    if path.startswith(b"/") or path.partition(b"/")[0] == PATH.partition(b"/")[0]:
        return "a path that is the backup's own, or absolute"
    return ""


def belongs(recorded: Recorded, tree: Listing) -> bool:
    """Whether it describes this tree: every owned file and link is there, with the contents it had."""
    owned = []
    for path, (kind, mode) in recorded.paths.items():  # in order: `parse` refuses others
        if kind is Kind.FOLDER:
            continue
        stands = tree.get(path)
        if stands is None or Entry(kind, mode, 0, "").git_mode != stands[0]:
            return False
        owned.append((path, *stands))
    return digest(owned) == recorded.content


def entries(recorded: Recorded, tree: Listing) -> dict[Path, Entry]:
    """The recorded manifest as it stands in a tree, which may be a later one than it was written for.

    A path that the tree no longer holds is not recorded; one whose type or x bit was changed there is
    recorded as it stands (so that it shows as a change against the source).
    """
    standing: dict[Path, Entry] = {}
    new, file, get = tuple.__new__, Kind.FILE, tree.get
    for path, (kind, mode) in recorded.paths.items():
        stands = get(path)
        if stands is not None and kind is file and stands[0] == ("100755" if mode & 0o100 else "100644"):
            standing[path] = new(Entry, (kind, mode, 0, stands[1]))  # nearly all: as they were recorded
            continue
        if kind is Kind.FOLDER:
            if stands is None:
                standing[path] = Entry(kind, mode, 0, "")
            continue
        if stands is None:
            continue
        git_mode, content = stands
        if git_mode == "120000":
            standing[path] = Entry(Kind.LINK, 0o777, 0, content)
        elif git_mode in ("100644", "100755"):
            standing[path] = Entry(Kind.FILE, int(git_mode[-3:], 8), 0, content)
    return standing
