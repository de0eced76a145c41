"""What OpenCode and the plugin left behind: the plugin's word, OpenCode's log and database. Reads, never writes."""

from __future__ import annotations

import calendar
import json
import os
import re
import time
from collections.abc import Iterator, Mapping
from datetime import datetime

from autosync_tasks.config.load import xdg_folder
from autosync_tasks.errors import AutosyncError
from autosync_tasks.files import opened
from autosync_tasks.names import display
from autosync_tasks.records import pattern
from autosync_tasks.triggers import files
from autosync_tasks.triggers.loading import Use, Word

_MOST = 1_000_000
"""Bytes of a log that are read: days of use. Nothing depends on what is older."""

_OLD_LOG = pattern(r"([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{6})\.log")
"""One file for each run, named after its start in UTC (seen in 1.2 to 1.14)."""

_START = pattern(rb'^timestamp=(\S{10,40}) [^\n]*?\brun=(\S{1,40}) message="creating instance"', re.MULTILINE)
"""One file for all runs (seen in 1.18): the line of a run that opens a project, and loads the plugins for it."""


def read_word(path: str) -> Word | None:
    """The plugin's word, None where there is none that can be understood: it lies in the state folder, a cache."""
    try:
        found = json.loads(files.read(path) or b"")
        text = {name: display(str(found.get(name, "")), limit=300) for name in ("opencode", "fault")}
        return Word(float(found["at"]), int(found.get("api", 0)), **text)
    except (AutosyncError, ValueError, TypeError, KeyError, AttributeError, OverflowError, RecursionError):
        return None


def data_folder(environ: Mapping[str, str]) -> str:
    """OpenCode's own data folder."""
    return os.path.join(xdg_folder("data", environ), "opencode")


def read_use(environ: Mapping[str, str]) -> Use:
    """The signs that OpenCode was used. What cannot be read is no sign."""
    folder = data_folder(environ)
    touched = [files.changed_at(os.path.join(folder, name)) for name in ("opencode.db", "opencode.db-wal")]
    return Use(tuple(_starts(os.path.join(folder, "log"))), max(filter(None, touched), default=None))


def _starts(folder: str) -> Iterator[float]:
    try:
        names = sorted(os.listdir(folder))
    except OSError:
        return
    for name in names:
        named = _OLD_LOG.fullmatch(name)
        if named and b"creating instance" in _part(os.path.join(folder, name), end=False):
            yield float(calendar.timegm(time.strptime(named[1], "%Y-%m-%dT%H%M%S")))
        elif name == "opencode.log":
            runs: dict[bytes, float] = {}
            for when, run in _START.findall(_part(os.path.join(folder, name), end=True)):
                try:
                    runs[run] = datetime.fromisoformat(when.decode("ascii", "replace")).timestamp()
                except (ValueError, OverflowError):
                    continue
            yield from runs.values()


def _part(path: str, *, end: bool) -> bytes:
    """The first or the last bytes of a file; none of one that cannot be read, or is no file."""
    try:
        with opened(path) as file:
            if end and file.seekable():
                file.seek(max(0, os.fstat(file.fileno()).st_size - _MOST))
            return file.read(_MOST)
    except OSError:
        return b""
