"""STR: the order of a config tree, as warnings: what belongs where, and names that people type."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from autosync_tasks.model import Path
from autosync_tasks.validation.findings import Context, Raw, Subject, printable
from autosync_tasks.validation.opencode import place

_NAME = re.compile(rb"[a-z0-9]+(?:[-_.][a-z0-9]+)*(?:/[a-z0-9]+(?:[-_.][a-z0-9]+)*)*")
_DOCUMENTS = (b".md", b".mdx", b".rst", b".adoc", b".txt", b".pdf")
_USUAL = frozenset((b"README.md", b"AGENTS.md", b"CLAUDE.md", b"LICENSE.md", b"CHANGELOG.md", b"LICENSE.txt"))


def check(subject: Subject, context: Context) -> Iterator[Raw]:
    """Every rule of the family for one path."""
    del context
    where = place(subject.path)
    file = subject.path.rpartition(b"/")[2]
    if subject.is_file and where.inside.startswith(b"context/") and subject.mode & 0o111:
        yield Raw("STR001", "The file is executable.")
    if subject.is_file and where.inside.startswith(b"bin/") and file.endswith(_DOCUMENTS) and file not in _USUAL:
        yield Raw("STR002", "A document among programs.")
    if b" " in file:
        yield Raw("STR003", "The name holds a space.")
    elif where.kind and file not in _USUAL and not _NAME.fullmatch(where.name):
        yield Raw("STR004", "The name is not in lower-case letters, digits and hyphens.")


def same_names(seen: Collection[Path], paths: Collection[Path]) -> Iterator[tuple[Path, Raw]]:
    """MDF006 for each path in `seen` whose agent, command, mode or skill has the name of another in
    `paths`."""
    # One changed file is to cost little in a tree of 10,000: most paths are ruled out by their last part.
    files = {path.rpartition(b"/")[2] for path in seen if path.endswith(b".md") and place(path).kind}
    if not files:
        return
    named: dict[tuple[bytes, str, bytes], set[Path]] = {}
    for path in {*paths, *seen}:
        if path.rpartition(b"/")[2] in files:
            where = place(path)
            if where.kind:
                named.setdefault((where.root, where.kind, where.name), set()).add(path)
    for path in seen:
        where = place(path)
        others = named.get((where.root, where.kind, where.name), set()) - {path}
        if where.kind and others:
            yield path, Raw("MDF006", f"{printable(min(others), 80)} has the same name.")
