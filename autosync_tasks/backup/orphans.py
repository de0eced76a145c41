"""What a killed repack of git leaves in the store and what is harmless there: parts of packs whose rest is gone.

Git makes and removes the files of a pack one by one, and makes commit-graph and multi-pack-index after them. A part
is called left over only where nothing is lost with it: an index whose objects are all to be had elsewhere, a whole pack
that has no index yet, files beside a pack that is gone, lists of packs or commits that are gone. All else is damage.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterable
from contextlib import suppress

from autosync_tasks.backup.repository import Repository
from autosync_tasks.files import bytes_in, names_in
from autosync_tasks.records import pattern

_PART = pattern(r"(pack-[0-9a-f]{40})\.(pack|idx|rev|bitmap|mtimes|promisor)\Z")
_SHA = 20
_GRAPHS = "info/commit-graphs"


def orphans(repository: Repository, *, thorough: bool = False) -> list[str]:
    """Paths of what is left over, whoever uses it. A `.pack` among them needs its index made; all else can go.

    thorough: also commit-graphs that name what is gone (that takes a git process where there is one).
    """
    objects = os.path.join(repository.git_dir, "objects")
    folder = os.path.join(objects, "pack")
    parts: dict[str, set[str]] = {}
    for match in filter(None, map(_PART.match, names_in(folder))):
        parts.setdefault(match[1], set()).add(match[2])
    found = []
    for stem, ends in parts.items():
        path = os.path.join(folder, stem)
        if {"pack", "idx"} <= ends or ("idx" in ends and not _all_elsewhere(repository, f"{path}.idx")):
            continue
        if "pack" not in ends:
            found += [f"{path}.{end}" for end in ends]
        elif ends_well(f"{path}.pack"):
            found.append(f"{path}.pack")
    if any(not os.path.exists(os.path.join(folder, name)) for name in _packs_in(f"{folder}/multi-pack-index")):
        found.append(f"{folder}/multi-pack-index")
    return sorted(found + (_stale_graphs(repository, objects) if thorough else []))


def in_store(repository: Repository, ids: Iterable[str]) -> bool:
    """Whether git finds each of these objects (it opens none of them)."""
    asked = "".join(f"{one}\n" for one in ids).encode("ascii")
    code, output, _ = repository.gateway.attempt("cat-file", "--batch-check=%(objectname)", "--buffer", stdin=asked)
    return code == 0 and b" missing" not in output and output.count(b"\n") == asked.count(b"\n")


def _all_elsewhere(repository: Repository, index: str) -> bool:
    """Whether all that an index without its pack names is in other packs, or in files of its own."""
    try:
        with open(index, "rb") as file:
            data = file.read()
    except OSError:
        return False
    if not checksum_fits(data):
        return False
    code, output, _ = repository.gateway.attempt("show-index", stdin=data)
    return code == 0 and in_store(repository, (line.split()[1].decode("ascii") for line in output.splitlines()))


def _stale_graphs(repository: Repository, objects: str) -> list[str]:
    """Files of commit-graphs that name commits, or other such files, that are gone."""
    names = names_in(os.path.join(objects, _GRAPHS))
    chain = [f"{_GRAPHS}/{name}" for name in names if name == "commit-graph-chain" or name.endswith(".graph")]
    named = set(re.findall(rb"^[0-9a-f]{40}$", bytes_in(os.path.join(objects, _GRAPHS, "commit-graph-chain")), re.M))
    whole = {b"graph-%s.graph" % name for name in named} <= {os.fsencode(name) for name in names}
    stale = []
    for files in (["info/commit-graph"], chain):
        ids = [one for name in files for one in _ids_in(bytes_in(os.path.join(objects, name)))]
        if (files is chain and not whole) or (ids and not in_store(repository, ids)):
            stale += [os.path.join(objects, name) for name in files]
    return stale


def _packs_in(path: str) -> list[str]:
    """The packs that a multi-pack-index is of, as names of their files."""
    names = _chunk(bytes_in(path), b"MIDX", 12, b"PNAM").split(b"\0")
    return [re.sub(r"\.idx\Z", ".pack", os.fsdecode(name)) for name in names if name]


def _ids_in(data: bytes) -> list[str]:
    ids = _chunk(data, b"CGPH", 8, b"OIDL")
    return [ids[at : at + _SHA].hex() for at in range(0, len(ids), _SHA)]


def _chunk(data: bytes, sign: bytes, head: int, wanted: bytes) -> bytes:
    """One part of a file in git's chunk format (gitformat-chunk(5)); b"" where there is none, or the file is not whole.

    head: bytes before its table of (name, offset), whose count is the seventh byte.
    """
    if not data.startswith(sign) or not checksum_fits(data):
        return b""
    table = [data[head + 12 * n : head + 12 * n + 12] for n in range(data[6] + 1)]
    at = [int.from_bytes(entry[4:], "big") for entry in table]
    return next((data[at[n] : at[n + 1]] for n in range(data[6]) if table[n][:4] == wanted), b"")


def ends_well(path: str) -> bool:
    """Whether a file ends with the checksum of what is before it, read in pieces: packs are large."""
    digest, left = hashlib.sha1(usedforsecurity=False), -1
    with suppress(OSError), open(path, "rb") as file:
        left = os.fstat(file.fileno()).st_size - _SHA
        while left > 0 and (piece := file.read(min(left, 1 << 20))):
            digest.update(piece)
            left -= len(piece)
        return left == 0 and file.read() == digest.digest()
    return False


def checksum_fits(data: bytes) -> bool:
    """The same as `ends_well` of bytes at hand."""
    return hashlib.sha1(data[:-_SHA], usedforsecurity=False).digest() == data[-_SHA:]
