"""STR: the order of a config tree, as warnings: what belongs where, and names that people type."""

from __future__ import annotations

from collections.abc import Iterator

from autosync_tasks.records import pattern
from autosync_tasks.validation.findings import Context, Raw, Subject
from autosync_tasks.validation.opencode import place
from autosync_tasks.validation.rule import Family, rules

RULES = rules("""
STR001 warning: An executable in context/
  context/ is for text that agents read.
  → Move the file to bin/, or chmod -x it.

STR002 warning: A document in bin/
  bin/ is for programs.
  → Move the file to docs/ or context/.

STR003 warning: A space in a name
  Shell commands of agents often fail on it.
  → Use hyphens.

STR004 warning: An unusual name
  Names of agents, commands and skills are typed by people: lower-case letters, digits and hyphens.
  → Rename the file.
""")

_NAME = pattern(rb"[a-z0-9]+(?:[-_.][a-z0-9]+)*(?:/[a-z0-9]+(?:[-_.][a-z0-9]+)*)*")
_DOCUMENTS = (b".md", b".mdx", b".rst", b".adoc", b".txt", b".pdf")
_USUAL = frozenset((b"README.md", b"AGENTS.md", b"CLAUDE.md", b"LICENSE.md", b"CHANGELOG.md", b"LICENSE.txt"))


def misplaced(subject: Subject, context: Context) -> Iterator[Raw]:
    """Every rule of the family for one path."""
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


FAMILY = Family("structure", RULES, misplaced)
