"""The rules that judge scripts, names, links and modes. See rules.py."""

from __future__ import annotations

from autosync_tasks.model import Severity
from autosync_tasks.validation.rule import Rule

RULES = (
    Rule(
        "EXE001",
        Severity.WARNING,
        "bash cannot read this script",
        "`bash -n` (read, do not run) finds a fault in the script's syntax.",
        "Run `bash -n` on the file and mend the line that is named.",
    ),
    Rule(
        "EXE002",
        Severity.WARNING,
        "Python cannot read this script",
        "The file does not compile with the Python that runs autosync. It may be meant for a newer one.",
        "Mend the line that is named.",
    ),
    Rule(
        "EXE003",
        Severity.WARNING,
        "A script that cannot be run",
        "The file in bin/ begins with `#!` but is not executable.",
        "chmod +x the file.",
    ),
    Rule(
        "EXE004",
        Severity.WARNING,
        "An executable without `#!`",
        "The system does not know with what to run the text file in bin/.",
        "Begin the file with a line such as `#!/usr/bin/env bash`.",
    ),
    Rule(
        "EXE005",
        Severity.WARNING,
        "Windows line ends in a script",
        "`#!/bin/sh` with a carriage return behind it names a program that does not exist.",
        "Convert the line ends: sed -i 's/\\r$//' FILE",
    ),
    Rule(
        "FS001",
        Severity.WARNING,
        "setuid, setgid or sticky",
        "The bit is not kept: a restore never sets it.",
        "chmod u-s,g-s,-t the path, if it is not wanted.",
    ),
    Rule(
        "FS002",
        Severity.WARNING,
        "Another user's file",
        "The file belongs to another user, who can change what your agents do.",
        "chown the file, if it should be yours.",
    ),
    Rule(
        "FS003",
        Severity.WARNING,
        "Control or invisible characters in a name",
        "The name can look like another one in a list.",
        "Rename the file.",
    ),
    Rule(
        "FS004",
        Severity.WARNING,
        "A large file",
        "Over 10 MB. Every version of it stays in the backup's history.",
        "Consider excluding it with `sync_exclusions`.",
    ),
    Rule(
        "FS005",
        Severity.WARNING,
        "Writable by everybody",
        "Any user of this machine can change what your agents do.",
        "chmod o-w the path.",
    ),
    Rule(
        "FS006",
        Severity.WARNING,
        "A link that leads out of the tree",
        "The backup keeps the link, not what it leads to.",
        "Name the folder in `follow_links_into` to store its contents.",
    ),
    Rule(
        "FS007",
        Severity.WARNING,
        "A link that leads nowhere",
        "There is nothing at the link's target.",
        "Mend or delete the link.",
    ),
    Rule(
        "FS008",
        Severity.WARNING,
        "Names that differ only in case or Unicode form",
        "On macOS and Windows a restore would write one over the other.",
        "Rename one of them.",
    ),
    Rule(
        "FS009",
        Severity.WARNING,
        "A name that is not UTF-8",
        "Other systems may not be able to restore the file under its name.",
        "Rename the file.",
    ),
    Rule(
        "FS010",
        Severity.WARNING,
        "Left out of the backup",
        "The path is special, unreadable, moving, too large, the `.git` of a nested repository, or has a name "
        "that git refuses. It is not in the backup; whatever else goes is not held up by it.",
        "The message says why.",
        acceptable=False,
    ),
    Rule(
        "STR001",
        Severity.WARNING,
        "An executable in context/",
        "context/ is for text that agents read.",
        "Move the file to bin/, or chmod -x it.",
    ),
    Rule(
        "STR002",
        Severity.WARNING,
        "A document in bin/",
        "bin/ is for programs.",
        "Move the file to docs/ or context/.",
    ),
    Rule(
        "STR003",
        Severity.WARNING,
        "A space in a name",
        "Shell commands of agents often fail on it.",
        "Use hyphens.",
    ),
    Rule(
        "STR004",
        Severity.WARNING,
        "An unusual name",
        "Names of agents, commands and skills are typed by people: lower-case letters, digits and hyphens.",
        "Rename the file.",
    ),
)
