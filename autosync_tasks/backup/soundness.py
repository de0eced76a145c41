"""The files that git keeps its memory in, looked at as files: what git itself passes over, or trusts unread.

Packs and their indexes end with checksums of each other; an index file ends with one of itself; a packed ref is one
line. Git opens a pack only when it needs something out of it, and reads most of these without checking them.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator

from autosync_tasks.backup.orphans import checksum_fits, ends_well, orphans
from autosync_tasks.backup.repository import Repository
from autosync_tasks.files import bytes_in, names_in
from autosync_tasks.names import display
from autosync_tasks.records import pattern

_SHA = 20
_REF = pattern(rb"[0-9a-f]{40} refs/[^\x00-\x20\x7f~^:?*\[\\]+\n\Z")
OF_ATTRIBUTES = pattern(rb": gitattributes(?:Blob|Large|LineLength): ")
"""What git's check says of a folder `.gitattributes`, or of the text of such a file: here it is as any other. (No
`fsck.…` setting: a git before 2.39.1 does not know them, and ends.)"""
REF_NAME = pattern(r"refs/[^\x00-\x20\x7f~^:?*\[\\]+\Z")
"""A name that git takes for a ref (git-check-ref-format). What a cloud service calls a conflicted copy is none."""
_PEELED = pattern(rb"\^[0-9a-f]{40}\n\Z")
_PACK = pattern(r"pack-[0-9a-f]{40}\.(pack|idx)\Z")
_DERIVED = pattern(r"\A(multi-pack-index|pack-[0-9a-f]{40}\.(rev|bitmap))\Z")
_ID = pattern(rb"[0-9a-f]{40}\n?\Z")
_TO = pattern(rb"ref: refs/[^\x00-\x1f]+\n?\Z")


def pack_faults(repository: Repository) -> dict[str, str]:
    """Packs that are cut, empty or without their index: the name (without an ending) to what is wrong with it.

    What a killed git left over, and nothing needs, is no fault (`orphans`).
    """
    folder = os.path.join(repository.git_dir, "objects", "pack")
    packs = {name.rpartition(".")[0] for name in names_in(folder) if _PACK.match(name)}
    faults = {name: _pack_fault(os.path.join(folder, name)) for name in sorted(packs)}
    if any(faults.values()):
        spare = {os.path.basename(path).rpartition(".")[0] for path in orphans(repository)}
        faults = {name: fault for name, fault in faults.items() if name not in spare}
    return {name: fault for name, fault in faults.items() if fault}


def _pack_fault(path: str) -> str:
    """What is wrong with one pack: its head, and the checksums at its end and in its index, which must be the same."""
    try:
        with open(path + ".pack", "rb") as file:
            size = os.fstat(file.fileno()).st_size
            head = file.read(12)
            file.seek(max(0, size - _SHA))
            end = file.read(_SHA)
    except FileNotFoundError:
        return "has an index and no pack"
    except OSError as error:
        return f"cannot be read ({(error.strerror or '').lower()})"
    if not head.startswith(b"PACK\0\0\0\x02") or size < 12 + _SHA:
        return "is empty or no pack" if size < 12 + _SHA else "does not begin like a pack"
    try:
        with open(path + ".idx", "rb") as file:
            index = file.read()
    except OSError:
        return "has no index that can be read"
    if not checksum_fits(index):
        return "has a damaged index"
    return "" if index[-2 * _SHA : -_SHA] == end else "is cut off, or not the one that its index was made for"


def index_fault(repository: Repository) -> str:
    """What is wrong with git's index of the work tree ("" for nothing, or where there is none)."""
    if repository.bare:
        return ""
    try:
        with open(os.path.join(repository.git_dir, "index"), "rb") as file:
            data = file.read()
    except FileNotFoundError:
        return ""
    except OSError as error:
        return f"git's index cannot be read ({(error.strerror or '').lower()})"
    whole = data.startswith(b"DIRC") and len(data) >= 12 + _SHA
    if whole and (data[-_SHA:] == bytes(_SHA) or checksum_fits(data)):
        return ""
    return "git's index there is damaged (it does not have the checksum that it ends with)"


def packed_lines(repository: Repository) -> tuple[list[bytes], list[bytes]]:
    """The lines of `packed-refs`: those that can be one, and those that cannot."""
    data = bytes_in(os.path.join(repository.git_dir, "packed-refs"))
    sound: list[bytes] = []
    bad: list[bytes] = []
    for number, line in enumerate(data.splitlines(keepends=True)):
        header = number == 0 and re.fullmatch(rb"# pack-refs with:[a-z -]*\n", line)
        (sound if header or _REF.match(line) or (_PEELED.match(line) and sound) else bad).append(line)
    return sound, bad


def ref_faults(repository: Repository) -> dict[str, str]:
    """Refs that name no object, or are gone; `packed-refs` with lines that are none: the name to what is wrong."""
    faults = {}
    for name in _files_below(repository.git_dir, "refs"):
        try:
            with open(os.path.join(repository.git_dir, name), "rb") as file:
                text = file.read(4096)
        except OSError as error:
            faults[name] = f"cannot be read ({(error.strerror or '').lower()})"
            continue
        if not (_ID.match(text) or _TO.match(text)):
            faults[name] = "is damaged: it names no commit"
        elif not REF_NAME.match(name):
            faults[name] = "is no ref: git takes no such name (a copy that some other program made?)"
    named = all_refs(repository)
    for log in _files_below(repository.git_dir, "logs/refs"):
        if (name := log.removeprefix("logs/")) not in named and not os.path.lexists(f"{repository.git_dir}/{name}"):
            faults[name] = "is gone, though git's log of it is there"  # whoever deletes a ref deletes its log
    if bad := packed_lines(repository)[1]:
        faults["packed-refs"] = f"is damaged: {display(bad[0].strip(), limit=60)!r} is no ref"
    return faults


def all_refs(repository: Repository) -> dict[str, str]:
    """Every ref and the id that it names, read as files: git's own listing stops at one that is damaged."""
    named = {}
    for line in packed_lines(repository)[0]:
        if _REF.match(line):
            named[line[41:-1].decode("utf-8", "surrogateescape")] = line[:40].decode("ascii")
    for name in _files_below(repository.git_dir, "refs"):
        if _ID.match(text := bytes_in(os.path.join(repository.git_dir, name))):
            named[name] = text[:40].decode("ascii")
    return named


def derived_faults(repository: Repository) -> list[str]:
    """Damaged files that git made to be quicker, and makes anew: their names in the repository's folder."""
    objects = os.path.join(repository.git_dir, "objects")
    names = [f"objects/pack/{name}" for name in names_in(os.path.join(objects, "pack")) if _DERIVED.search(name)]
    names += [f"objects/info/{name}" for name in names_in(os.path.join(objects, "info")) if name == "commit-graph"]
    graphs = os.path.join(objects, "info", "commit-graphs")
    names += [f"objects/info/commit-graphs/{name}" for name in names_in(graphs) if name.endswith(".graph")]
    return [name for name in sorted(names) if not ends_well(os.path.join(repository.git_dir, name))]


def in_the_way(repository: Repository) -> list[str]:
    """Files with which git does not work, and that it can do without: their names in the repository's folder.

    A file where its logs belong, a list of a shallow clone that is none, another store that is not there.
    """
    git_dir = repository.git_dir
    logs, other = os.path.join(git_dir, "logs"), "objects/info/alternates"
    found = ["logs"] if os.path.isfile(logs) and not os.path.islink(logs) else []
    if not all(_ID.match(line + b"\n") for line in bytes_in(os.path.join(git_dir, "shallow")).splitlines()):
        found.append("shallow")
    stores = bytes_in(os.path.join(git_dir, other)).splitlines()
    if not all(os.path.isdir(os.path.join(os.fsencode(git_dir), b"objects", line)) for line in stores if line):
        found.append(other)
    return found


def stash_commits(repository: Repository) -> list[str]:
    """The commits of all stash entries, the newest last: git names only the newest by a ref."""
    lines = bytes_in(os.path.join(repository.git_dir, "logs/refs/stash")).splitlines()
    return [line[41:81].decode("ascii") for line in lines if re.match(rb"[0-9a-f]{40} [0-9a-f]{40} ", line)]


def shallow_commits(repository: Repository) -> frozenset[str]:
    """Commits whose parents were left behind when this repository was cloned (`git clone --depth`)."""
    names = bytes_in(os.path.join(repository.git_dir, "shallow")).split()
    return frozenset(name.decode("ascii", "replace") for name in names)


def _files_below(git_dir: str, top: str) -> Iterator[str]:
    for folder, _, names in os.walk(os.path.join(git_dir, top)):
        for name in sorted(names):
            if not name.endswith(".lock"):
                yield os.path.relpath(os.path.join(folder, name), git_dir)
