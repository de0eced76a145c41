"""FS: names, modes, owners and links. None of it leaks or stops OpenCode, so all of it warns."""

from __future__ import annotations

import posixpath
import unicodedata
from collections.abc import Collection, Iterator

from autosync_tasks.model import Kind, Left, LeftOut, Path
from autosync_tasks.names import shown
from autosync_tasks.validation.findings import Context, Raw, Subject, printable
from autosync_tasks.validation.rule import Family, rules

RULES = rules("""
FS001 warning: setuid, setgid or sticky
  The bit is not kept: a restore never sets it.
  → chmod u-s,g-s,-t the path, if it is not wanted.

FS002 warning: Another user's file
  The file belongs to another user, who can change what your agents do.
  → chown the file, if it should be yours.

FS003 warning: Control or invisible characters in a name
  The name can look like another one in a list.
  → Rename the file.

FS004 warning: A large file
  Over 10 MB. Every version of it stays in the backup's history.
  → Consider excluding it with `sync_exclusions`.

FS005 warning: Writable by everybody
  Any user of this machine can change what your agents do.
  → chmod o-w the path.

FS006 warning: A link that leads out of the tree
  The backup keeps the link, not what it leads to.
  → Name the folder in `follow_links_into` to store its contents.

FS007 warning: A link that leads nowhere
  There is nothing at the link's target.
  → Mend or delete the link.

FS008 warning: Names that differ only in case or Unicode form
  On macOS and Windows a restore would write one over the other.
  → Rename one of them.

FS009 warning: A name that is not UTF-8
  Other systems may not be able to restore the file under its name.
  → Rename the file.

FS010 warning firm: Left out of the backup
  The path is special, unreadable, moving, too large, the `.git` of a nested repository, or has a name that git
  refuses. It is not in the backup; whatever else goes is not held up by it.
  → The message says why.
""")

LARGE = 10 * 1024 * 1024
"""Bytes. The largest of 1,646 files in the three real trees has 4 MB."""


def name_and_mode_faults(subject: Subject, context: Context) -> Iterator[Raw]:
    """Every rule of the family for one path."""
    if subject.mode & 0o7000:
        yield Raw("FS001", f"The mode is {subject.mode:04o}.")
    if subject.foreign:
        yield Raw("FS002", "The path belongs to another user.")
    if subject.is_file and len(subject.data) > LARGE:
        yield Raw("FS004", f"The file has {len(subject.data) / 1e6:.0f} MB.")
    if subject.kind is Kind.LINK:
        yield from _link(subject, context)
    elif subject.mode & 0o002 and not subject.mode & 0o1000:
        yield Raw("FS005", f"The mode is {subject.mode:04o}.")


def _name(path: Path) -> Iterator[Raw]:
    try:
        name = path.decode()
    except UnicodeDecodeError:
        yield Raw("FS009", "The name is not UTF-8.")
        return
    if not name.isprintable() and printable(name, len(name)) != name:
        yield Raw("FS003", f"The name holds characters that cannot be seen: {printable(shown(path), 80)}")


def _link(subject: Subject, context: Context) -> Iterator[Raw]:
    target, paths, kind = subject.data, context.paths, b"relative"
    landed = posixpath.normpath(posixpath.join(posixpath.dirname(subject.path), target))
    if target.startswith(b"/"):
        kind = b"absolute"
        landed = posixpath.relpath(target, context.root) if context.root else b".."
    if landed == b".." or landed.startswith(b"../"):
        yield Raw("FS006", "The link leads out of the tree.", token=kind)
    elif landed != b"." and subject.path in paths and landed not in paths:
        yield Raw("FS007", "The link's target is not in the tree.")


def names_that_mislead(seen: Collection[Path], paths: Collection[Path]) -> Iterator[tuple[Path, Raw]]:
    """FS003, FS008 and FS009 for each path in `seen`: told when it is known which parts of names are secrets."""
    yield from ((path, raw) for path in seen for raw in _name(path))
    yield from collisions(seen, paths)


def collisions(seen: Collection[Path], paths: Collection[Path]) -> Iterator[tuple[Path, Raw]]:
    """FS008 for each path in `seen` that differs from another in `paths` only by case or Unicode form."""
    joined = b"\0\0".join(paths)
    if len(seen) <= _FEW and joined.isascii() and all(path in paths for path in seen):
        names = b"\0" + joined.lower() + b"\0"
        if all(names.count(b"\0" + path.lower() + b"\0") == 1 for path in seen):
            return
    wanted = {_fold(path): {path} for path in seen}
    for path in {*paths, *seen}:
        fold = path.lower().decode() if path.isascii() else _fold(path)
        if fold in wanted:
            wanted[fold].add(path)
    for path in seen:
        others = wanted[_fold(path)] - {path}
        if others:
            yield path, Raw("FS008", f"Differs only in case or form from {printable(shown(min(others)), 80)}.")


_FEW = 64
"""Paths that are looked for in all names at once; for more, each name is taken by itself."""


def _fold(path: Path) -> str:
    name = path.decode("utf-8", "surrogateescape")
    return (
        name.lower() if name.isascii() else unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())
    )


TO_DO = {
    Left.SPECIAL: "Move it out of the tree: only files, folders and links can be backed up.",
    Left.UNREADABLE: "Give yourself the permission to read it, or mend what the reason names.",
    Left.TOO_LARGE: "Move it out of the tree, or raise the limit (`inv set-config MAX_FILE_SIZE=…`).",
    Left.MOVING: "Nothing, if a program is writing to it: the next sync looks again.",
    Left.NAME: "Rename it: git refuses the name.",
    Left.RESERVED: "Remove it if a clone of the backup brought it along, else rename it: the name is taken.",
    Left.NESTED_GIT: "Nothing: the repository's files are backed up. Its history needs a backup of its own.",
}
"""What a person can do about a path that is left out."""


def left_out(left: LeftOut) -> Iterator[Raw]:
    """FS010: what is left out, in words; nothing of protected names, which are meant to be."""
    if left.why is not Left.PROTECTED:
        detail = f" ({printable(left.detail)})" if left.detail else ""
        yield Raw("FS010", f"Not in the backup: {left.why}{detail}.", token=left.why.encode(), hint=TO_DO[left.why])


FAMILY = Family("names and modes", RULES, name_and_mode_faults, names_that_mislead)
