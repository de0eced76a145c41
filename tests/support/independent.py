"""An independent look at source and backup: nothing here comes from the program.

The source is read by `os.fwalk`, the backup by git's own programs; the manifest is taken apart by hand.
"""

from __future__ import annotations

import hashlib
import os
import re
import stat
import subprocess
from collections.abc import Collection
from dataclasses import dataclass
from fnmatch import fnmatchcase

_NEVER = [
    ".env",
    ".env.*",
    "auth.json",
    "mcp-auth.json",
    "account.json",
    "*.key",
    "*.pem",
    "*.p12",
    "id_rsa*",
    "id_dsa*",
    "id_ecdsa*",
    "id_ed25519*",
    "credentials.json",
    "credentials.yaml",
    "credentials.yml",
    "credentials.toml",
    "credentials.ini",
    "opencode.db*",
]
_SAMPLES = (".env.example", ".env.sample", ".env.template")
_NEVER_FOLDERS = (".git", "node_modules")
_ESCAPES = {b"a": 7, b"b": 8, b"t": 9, b"n": 10, b"v": 11, b"f": 12, b"r": 13, b'"': 34, b"\\": 92}


@dataclass(frozen=True)
class Thing:
    """What stands at a path: `f`, `l` or `d`, permission bits, git's mode and content id ("" for a folder)."""

    letter: str
    mode: int
    git_mode: str = ""
    id: str = ""


def blob_id(data: bytes) -> str:
    """Git's name for these bytes."""
    return hashlib.sha1(b"blob %d\0%s" % (len(data), data)).hexdigest()


def source(root: str | bytes | os.PathLike[str], ignore: Collection[bytes] = ()) -> dict[bytes, Thing]:
    """Everything in the source that belongs in the backup. ignore: paths (and all below them) that do not."""
    found: dict[bytes, Thing] = {}
    top = os.fsencode(os.path.realpath(root))
    for folder, folders, files, fd in os.fwalk(top, follow_symlinks=False):
        prefix = folder[len(top) + 1 :] + b"/" if folder != top else b""
        for name in [*folders, *files]:
            facts = os.stat(name, dir_fd=fd, follow_symlinks=False)
            is_folder = stat.S_ISDIR(facts.st_mode)
            path = prefix + name
            if path in ignore or _never(name, is_folder):
                if is_folder:
                    folders.remove(name)
                continue
            mode = facts.st_mode & 0o777
            if is_folder:
                found[path] = Thing("d", mode)
            elif stat.S_ISLNK(facts.st_mode):
                found[path] = Thing("l", 0o777, "120000", blob_id(os.readlink(name, dir_fd=fd)))
            elif stat.S_ISREG(facts.st_mode):
                git_mode = "100755" if mode & 0o100 else "100644"
                found[path] = Thing("f", mode, git_mode, blob_id(_bytes(name, fd)))
    return found


def _never(name: bytes, is_folder: bool) -> bool:
    text = name.decode("latin-1")
    if text in _SAMPLES:
        return False
    return (is_folder and text in _NEVER_FOLDERS) or any(fnmatchcase(text, pattern) for pattern in _NEVER)


def _bytes(name: bytes, folder: int) -> bytes:
    with open(os.open(name, os.O_RDONLY | os.O_NOFOLLOW, dir_fd=folder), "rb") as file:
        return file.read()


def git(repository: str | os.PathLike[str], *words: str, stdin: bytes = b"") -> bytes:
    """One git command in a repository, its output."""
    command = ["git", "-C", os.fspath(repository), *words]
    return subprocess.run(command, input=stdin, capture_output=True, check=True).stdout


def tree(repository: str | os.PathLike[str], commit: str = "main") -> dict[bytes, tuple[str, str]]:
    """A commit's files and links: path to (mode, content id)."""
    found = {}
    for line in git(repository, "ls-tree", "-r", "-z", "--full-tree", commit).split(b"\0")[:-1]:
        facts, path = line.split(b"\t", 1)
        mode, kind, content = facts.decode().split(" ")
        assert kind == "blob", line
        found[path] = (mode, content)
    return found


def manifest(repository: str | os.PathLike[str], commit: str = "main") -> dict[bytes, tuple[str, int]]:
    """The commit's manifest: path to (letter, permission bits)."""
    text = git(repository, "cat-file", "blob", f"{commit}:.autosync/manifest")
    lines = text.split(b"\n")
    assert lines[0] == b"autosync-manifest 1", lines[0]
    assert lines[-1] == b""
    found = {}
    for line in lines[3:-1]:
        letter, mode, name = line.split(b" ", 2)
        found[_unquoted(name)] = (letter.decode(), int(mode, 8))
    assert list(found) == sorted(found)
    return found


def _unquoted(name: bytes) -> bytes:
    if not name.startswith(b'"'):
        return name

    def back(match: re.Match[bytes]) -> bytes:
        code = match[1]
        return bytes([_ESCAPES[code] if code in _ESCAPES else int(code, 8)])

    return re.sub(rb"\\([0-7]{3}|.)", back, name[1:-1], flags=re.DOTALL)


def contents(repository: str | os.PathLike[str], ids: Collection[str]) -> dict[str, bytes]:
    """The bytes that git hands out for each of these content ids."""
    wanted = sorted(ids)
    output = git(repository, "cat-file", "--batch", stdin="".join(f"{content}\n" for content in wanted).encode())
    found, place = {}, 0
    for content in wanted:
        end = output.index(b"\n", place)
        name, kind, size = output[place:end].decode().split(" ")
        assert (name, kind) == (content, "blob"), output[place:end]
        found[content] = output[end + 1 : end + 1 + int(size)]
        place = end + 1 + int(size) + 1
    return found


def differences(
    root: str | bytes | os.PathLike[str],
    repository: str | os.PathLike[str],
    *,
    commit: str = "main",
    ignore: Collection[bytes] = (),
    foreign: Collection[bytes] = (),
    proven: set[str] | None = None,
) -> list[str]:
    """Each way in which the commit is not the source, in words; [] if it is, byte for byte.

    ignore: paths that do not belong in the backup. foreign: paths of the backup that are not the source's.
    proven: content ids whose bytes were read back before; those read back now are added.
    """
    here, there, record = source(root, ignore), tree(repository, commit), manifest(repository, commit)
    there.pop(b".autosync/manifest")
    for path in foreign:
        there.pop(path, None)
    found = []
    for path in sorted(here.keys() | there.keys() | record.keys()):
        thing = here.get(path)
        wanted = (thing.git_mode, thing.id) if thing is not None and thing.git_mode else None
        if there.get(path) != wanted:
            found.append(f"{path!r}: the source has {thing}, the commit {there.get(path)}")
        if record.get(path) != ((thing.letter, thing.mode) if thing is not None else None):
            found.append(f"{path!r}: the source has {thing}, the manifest {record.get(path)}")
    known = proven if proven is not None else set()
    new = {content for _, content in there.values()} - known
    for content, data in contents(repository, new).items():
        if blob_id(data) != content:
            found.append(f"{content}: git hands out other bytes")
        known.add(content)
    return found
