"""The vocabulary of the features: nouns of a config tree, people and machines that ask, times of day."""

from __future__ import annotations

import re
from collections.abc import Iterator

from autosync_tasks.model import Trigger
from tests.support.machine import MIDNIGHT

NOUNS = {
    "context file": "context/project.md",
    "agent definition": "agent/tester.md",
    "tool in bin": "bin/deploy",
    "custom tool": "tool/search.ts",
    "plugin": "plugin/notify.js",
    "command": "command/release.md",
    "skill": "skills/changelog/SKILL.md",
    "mode": "mode/plan.md",
    "system configuration": "opencode.json",
    "integration configuration": "mcp.json",
    "document": "docs/guide.md",
    "template": "templates/page.html",
    "minor configuration": "themes/dark.json",
    "note": "notes/today.txt",
    "log": "logs/session.log",
    "temporary file": ".tmp/scratch.txt",
    "cached file": "cache/models.bin",
    "file of secrets": ".env",
    "private key": "deploy.pem",
    "login of OpenCode": "auth.json",
    "installed package": "node_modules/left-pad/index.js",
    "file of a repository": ".git/config",
}
"""What a feature calls it, and where it lies in the config tree."""

ASKERS = {
    "a person": Trigger.MANUAL,
    "the workflow": Trigger.WORKFLOW,
    "the watcher": Trigger.WATCH,
    "the schedule": Trigger.SCHEDULE,
}

WHAT = r'(?P<what>"[^"]+"|(?:an?|the) (?:' + "|".join(NOUNS) + "))"
"""A path in quotes, or a noun with its article."""
WHO = "(?P<who>" + "|".join(ASKERS) + ")"
TIME = r"(?P<time>\d\d:\d\d(?: tomorrow| in \d+ days)?)"
NUMBER = r"(?P<number>\d+)"

_UNITS = {"second": 1, "minute": 60, "hour": 3600, "day": 86_400}


def path_of(what: str) -> str:
    """The path that a feature speaks of."""
    if what.startswith('"'):
        return what.strip('"')
    return NOUNS[re.sub("^(?:an?|the) ", "", what)]


def time_of(text: str) -> float:
    """`09:04`, `09:30 tomorrow` or `09:30 in 3 days`, in seconds since the epoch."""
    clock, _, day = text.partition(" ")
    hours, minutes = clock.split(":")
    days = 1 if day == "tomorrow" else int(day.split()[1]) if day else 0
    return MIDNIGHT + days * 86_400 + int(hours) * 3600 + int(minutes) * 60


def seconds_of(text: str) -> int:
    """`5 minutes`, `2 hours`."""
    number, unit = text.split()
    return int(number) * _UNITS[unit.rstrip("s")]


def rows_of(table: list[list[str]]) -> Iterator[dict[str, str]]:
    """Each row of a table by the names of its columns."""
    return (dict(zip(table[0], cells, strict=True)) for cells in table[1:])
