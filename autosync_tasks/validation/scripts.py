"""EXE: scripts that cannot run. Nothing is executed: bash only reads (through the caller), Python only compiles."""

from __future__ import annotations

import warnings
from collections.abc import Iterator

from autosync_tasks.records import pattern
from autosync_tasks.validation.findings import Context, Raw, Subject
from autosync_tasks.validation.opencode import place
from autosync_tasks.validation.rule import Family, rules

RULES = rules(r"""
EXE001 warning: bash cannot read this script
  `bash -n` (read, do not run) finds a fault in the script's syntax.
  → Run `bash -n` on the file and mend the line that is named.

EXE002 warning: Python cannot read this script
  The file does not compile with the Python that runs autosync. It may be meant for a newer one.
  → Mend the line that is named.

EXE003 warning: A script that cannot be run
  The file in bin/ begins with `#!` but is not executable.
  → chmod +x the file.

EXE004 warning: An executable without `#!`
  The system does not know with what to run the text file in bin/.
  → Begin the file with a line such as `#!/usr/bin/env bash`.

EXE005 warning: Windows line ends in a script
  `#!/bin/sh` with a carriage return behind it names a program that does not exist.
  → Convert the line ends: sed -i 's/\r$//' FILE
""")

MAX_SCRIPT = 1024 * 1024
"""Bytes; a longer file is no script that somebody wrote."""

_SHELL = pattern(rb"#![ \t]*/[^\r\n]*?\b(?:ba)?sh(?=[ \t\r\n]|\Z)")
_PYTHON = pattern(rb"#![ \t]*/[^\r\n]*?\bpython[0-9.]*(?=[ \t\r\n]|\Z)")
_IMPORTED = pattern(rb"\b(?:import|from)\b[\w.\s\\\x80-\xff]{400,}")
_MOST_DOTS = 100
"""In a name that is imported. Python puts such names together in quadratic time: a minute for 1 MB of `a.a.a…`."""
_LINE = pattern(r"\bline (\d{1,9}):")


def script_faults(subject: Subject, context: Context) -> Iterator[Raw]:
    """Every rule of the family for one file, but for what bash says (`is_shell`, `of_shell`)."""
    del context
    data = subject.data
    if not subject.is_file or not data or b"\0" in data[:1024]:
        return
    first = data[: data.find(b"\n") + 1 or len(data)][:200]
    in_bin = b"bin/" in subject.path and place(subject.path).inside.startswith(b"bin/")
    if first.startswith(b"#!"):
        if first.rstrip(b"\n").endswith(b"\r"):
            yield Raw("EXE005", "The first line ends with a carriage return.", 1)
        if in_bin and not subject.mode & 0o111:
            yield Raw("EXE003", "The script is not executable.", 1)
    elif in_bin and subject.mode & 0o111:
        yield Raw("EXE004", "The executable does not begin with `#!`.", 1)
    # Modules are left out: compiling all of a tree's takes longer than everything else together.
    python = _PYTHON.match(first) if first.startswith(b"#!") else in_bin and subject.path.endswith(b".py")
    if python and len(data) <= MAX_SCRIPT:
        yield from _python(data)


def is_shell(subject: Subject) -> bool:
    """Whether the path is a script that bash can judge."""
    data = subject.data
    if not subject.is_file or len(data) > MAX_SCRIPT or b"\0" in data[:1024]:
        return False
    if data.startswith(b"#!"):
        return _SHELL.match(data[:200]) is not None
    return bool(data) and subject.path.endswith((b".sh", b".bash"))


def of_shell(complaint: str) -> list[Raw]:
    """What is said of a script that bash complains of ("": it does not)."""
    if complaint:
        match = _LINE.search(complaint)
        # The complaint itself quotes the script, so only its line is kept.
        return [Raw("EXE001", "bash finds a fault in the syntax here.", int(match[1]) if match else 0)]
    return []


def _python(data: bytes) -> Iterator[Raw]:
    if any(name[0].count(b".") > _MOST_DOTS for name in _IMPORTED.finditer(data)):
        return
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of the script, such as an escape that Python will refuse one day
            compile(data, "script", "exec", dont_inherit=True)
    except SyntaxError as error:
        # Its text quotes the script, so only the place is kept.
        yield Raw("EXE002", "Python finds a fault in the syntax here.", error.lineno or 0, max(0, error.offset or 0))
    except (ValueError, RecursionError, MemoryError, OverflowError):
        yield Raw("EXE002", "Python cannot read the script: it holds zero bytes or is nested too deeply.")


FAMILY = Family("scripts", RULES, script_faults)
