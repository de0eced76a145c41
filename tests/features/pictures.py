"""Pictures of folders, to compare: made with nothing but os and git itself, never with the program's own code."""

from __future__ import annotations

import contextlib
import hashlib
import os
import stat
import subprocess
from pathlib import Path

Picture = dict[bytes, tuple[int, int, str]]
"""Path to (st_mode, mtime in ns, digest of contents or target of a link)."""

_LARGE = 1 << 20
_large: dict[tuple[int, int, int, int, int], str] = {}
"""The digests of large files by what no edit leaves alone: the scanner's compiled rules are read once, not each time."""

Contents = dict[bytes, tuple[str, bytes]]
"""Path of each file and link to (git's mode, bytes)."""


def picture(*folders: Path) -> Picture:
    """Every path at and below these folders, the folders themselves too; what is missing is not in it."""
    found: Picture = {}
    waiting = [top for top in map(os.fsencode, folders) if os.path.lexists(top)]
    while waiting:
        path = waiting.pop()
        found[path] = facts = _seen(path)
        if stat.S_ISDIR(facts[0]):
            with contextlib.suppress(OSError):
                waiting += [os.path.join(path, name) for name in os.listdir(path)]
    return found


def _seen(path: bytes) -> tuple[int, int, str]:
    facts = os.lstat(path)
    if stat.S_ISLNK(facts.st_mode):
        what = os.readlink(path).hex()
    elif stat.S_ISREG(facts.st_mode):
        same = facts.st_dev, facts.st_ino, facts.st_size, facts.st_mtime_ns, facts.st_ctime_ns
        what = _large.get(same, "")
        if not what:
            what = hashlib.sha256(_read(path)).hexdigest()
            if facts.st_size > _LARGE:
                _large[same] = what
    else:
        what = ""
    return facts.st_mode, facts.st_mtime_ns, what


def _read(path: bytes) -> bytes:
    """Its bytes, without what Python's files do beside: thousands are read for each feature."""
    file = os.open(path, os.O_RDONLY)
    try:
        return b"".join(iter(lambda: os.read(file, _LARGE), b""))
    finally:
        os.close(file)


def changed(before: Picture, after: Picture) -> list[str]:
    """What differs between two pictures, for a message."""
    return sorted(os.fsdecode(path) for path in before.keys() | after.keys() if before.get(path) != after.get(path))


def files_of(source: Path) -> Contents:
    """Every file and link below a folder, as git would name its mode."""
    found: Contents = {}
    top = os.fsencode(source)
    for place, folders, files in os.walk(top):
        for name in (*files, *folders):
            path = os.path.join(place, name)
            facts = os.lstat(path)
            relative = os.path.relpath(path, top)
            if stat.S_ISLNK(facts.st_mode):
                found[relative] = "120000", os.readlink(path)
            elif stat.S_ISREG(facts.st_mode):
                with open(path, "rb") as file:
                    found[relative] = ("100755" if facts.st_mode & 0o100 else "100644"), file.read()
    return found


def git(repository: Path, *arguments: str, stdin: bytes = b"", check: bool = True) -> bytes:
    """Runs plain git there, with no settings but these."""
    done = subprocess.run(
        ["git", "-C", str(repository), "-c", "safe.directory=*", *arguments],
        input=stdin,
        capture_output=True,
        check=False,
        env={
            "PATH": os.environ["PATH"],
            "HOME": "/nonexistent",
            "GIT_CONFIG_GLOBAL": "/dev/null",
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_AUTHOR_NAME": "A person",
            "GIT_AUTHOR_EMAIL": "person@example.org",
            "GIT_COMMITTER_NAME": "A person",
            "GIT_COMMITTER_EMAIL": "person@example.org",
        },
    )
    if check and done.returncode:
        raise AssertionError(f"git {' '.join(arguments)}: {done.stderr.decode(errors='replace')}")
    return done.stdout


def files_in(repository: Path, commit: str = "refs/heads/main") -> Contents:
    """Every file and link of a commit, read back from the repository."""
    found: Contents = {}
    listing = [line for line in git(repository, "ls-tree", "-r", "-z", "--full-tree", commit).split(b"\0") if line]
    wanted = [(line.partition(b"\t")[2], *line.partition(b"\t")[0].split(b" ")) for line in listing]
    blobs = git(repository, "cat-file", "--batch", stdin=b"".join(item[3] + b"\n" for item in wanted))
    at = 0
    for path, mode, _, _ in wanted:
        end = blobs.index(b"\n", at)
        size = int(blobs[at:end].split(b" ")[2])
        found[path] = mode.decode(), blobs[end + 1 : end + 1 + size]
        at = end + 1 + size + 1
    return found


def commits(repository: Path, branch: str = "main") -> list[str]:
    """The branch's commits, newest first; none if it has none (or there is no repository)."""
    if not repository.exists():
        return []
    out = git(repository, "rev-list", f"refs/heads/{branch}", "--", check=False)
    return out.decode().split()
