"""The block of ours in a crontab, as a change of text. Nothing here runs a program or reads a file.

A crontab is bytes: every byte outside the block comes back as it was. (python-crontab was measured to
rewrite lines that are not its own, so the editing is done here.)
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, auto

from autosync_tasks.errors import UsageError

BEGIN = b"# BEGIN autosync-tasks: written by install-cron, removed by uninstall-cron; edits in here are replaced"
END = b"# END autosync-tasks"
MAX_COMMAND = 998
"""Vixie's and Debian's cron have 1,000 bytes for a command and refuse a longer one (cron.h, MAX_COMMAND)."""

_BEGIN = re.compile(rb"[ \t]*#[ \t]*BEGIN autosync-tasks(?![\w-])")
_END = re.compile(rb"[ \t]*#[ \t]*END autosync-tasks(?![\w-])")
_WHEN = rb"[ \t#]*(?:@[a-z]+|(?:[^\s#]+[ \t]+){4}[^\s#]+)[ \t]+"
_OURS = re.compile(_WHEN + rb".*autosync'?[ \t]+sync[ \t]+--trigger=schedule\b")
_FIRST = re.compile(_WHEN + rb"/usr/bin/env[ \t]+PATH=")
_FIELDS = re.compile(rb"[\w*/,@-]*(?:[ \t]+[\w*/,-]*){0,4}[ \t]*$")
_CUT = re.compile(_WHEN + rb"(/[a-z/]*(?: [A-Z]*)?)$")


class _Line(Enum):
    BEGIN = auto()
    END = auto()
    OURS = auto()
    OTHER = auto()


@dataclass(frozen=True, slots=True)
class Found:
    """What a crontab holds of ours.

    rest: the crontab without it. at: how many bytes of `rest` stand before it (None: there is none).
    commands: our lines as they are. kept: lines of others that stood inside. faults: what was wrong.
    """

    rest: bytes
    at: int | None
    commands: tuple[bytes, ...] = ()
    kept: int = 0
    faults: tuple[str, ...] = ()


def _kind(line: bytes) -> _Line:
    if _BEGIN.match(line):
        return _Line.BEGIN
    if _END.match(line):
        return _Line.END
    return _Line.OURS if _OURS.match(line) else _Line.OTHER


def _lines(crontab: bytes) -> list[bytes]:
    """Lines with their newline. Only LF ends one: cron takes a CR as part of the command."""
    return re.findall(rb"[^\n]*\n|[^\n]+", crontab)


def _cut_off(line: bytes) -> bool:
    """A line that can only be the start of ours: it stands right after our beginning and breaks off."""
    if _FIRST.match(line):
        return True
    if line.endswith(b"\n"):
        return False
    match = _CUT.match(line)
    return bool(_FIELDS.match(line) or (match and b"/usr/bin/env PATH=".startswith(match[1])))


class _Reader:
    """One pass over the lines; says which are ours even where markers are missing or doubled."""

    def __init__(self, lines: list[bytes]) -> None:
        self.lines, self.kinds = lines, [_kind(line) for line in lines]
        self.rest: list[bytes] = []
        self.at: int | None = None
        self.commands: list[bytes] = []
        self.faults: list[str] = []
        self.blocks = self.kept = 0

    def block(self, start: int) -> int:
        """Takes the block that begins at `start`; gives the index after it."""
        ends = [i for i in range(start + 1, len(self.lines)) if self.kinds[i] in (_Line.BEGIN, _Line.END)]
        if ends and self.kinds[ends[0]] is _Line.END:
            inside, after = range(start + 1, ends[0]), ends[0] + 1
        else:
            self.faults.append("a block had no end")
            after = start + 1
            if after < len(self.lines) and self.kinds[after] is _Line.OTHER and _cut_off(self.lines[after]):
                self.kinds[after] = _Line.OURS
            while after < len(self.lines) and self.kinds[after] is _Line.OURS:
                after += 1
            inside = range(start + 1, after)
            if self.lines[after:] and END.startswith(self.lines[after]):  # our end, itself cut off
                after += 1
        for i in inside:
            if self.kinds[i] is _Line.OURS:
                self.commands.append(self.lines[i])
            else:
                self.rest.append(self.lines[i])
                self.kept += 1
        return after

    def read(self) -> Found:
        i = 0
        while i < len(self.lines):
            kind = self.kinds[i]
            if kind is _Line.BEGIN:
                i = self.block(i)
                self.mark()
            elif kind is _Line.END:
                self.faults.append("an end stood without its beginning")
                while self.rest and _kind(self.rest[-1]) is _Line.OURS:
                    self.commands.append(self.rest.pop())
                self.mark()
                i += 1
            else:
                self.rest.append(self.lines[i])
                i += 1
        if self.blocks > 1:
            self.faults.append(f"there were {self.blocks} blocks")
        if self.kept:
            self.faults.append(f"{self.kept} line(s) of others stood inside; they are kept, before the block")
        return Found(b"".join(self.rest), self.at, tuple(self.commands), self.kept, tuple(self.faults))

    def mark(self) -> None:
        self.blocks += 1
        if self.at is None:
            self.at = sum(map(len, self.rest))


def parse(crontab: bytes) -> Found:
    """Finds what is ours: whole blocks, doubled, cut off or edited ones."""
    return _Reader(_lines(crontab)).read()


def command_line(command: Sequence[str], env: Mapping[str, str]) -> bytes:
    """The command as cron must have it: environment inside the command, quoted for any shell, `%` as `\\%`.

    `/usr/bin/env` sets the variables because an assignment line in a crontab applies to every line after it,
    and because a `SHELL=` line before ours may name a shell that has no `NAME=value command`.
    Raises UsageError for what a crontab cannot hold.
    """
    words = ["/usr/bin/env", *(f"{name}={value}" for name, value in env.items()), *command]
    if any(c in word for word in words for c in "\n\r\0\\"):
        raise UsageError(
            "A path with a backslash or a line break has no safe form in a crontab.",
            hint="Install into a folder with a plain name, or use install-timer.",
            details=[word for word in words if any(c in word for c in "\n\r\0\\")],
        )
    if "=" in command[0]:
        raise UsageError(
            f"env(1) takes a program whose path has `=` for a variable: {command[0]}",
            hint="install into a folder with a plain name, or use install-timer",
        )
    line = shlex.join(words).replace("%", "\\%")
    raw = line.encode("utf-8", "surrogateescape")
    if len(raw) > MAX_COMMAND:
        raise UsageError(
            f"The command would be {len(raw)} bytes long; cron takes at most {MAX_COMMAND}.",
            hint="Install into a folder with a shorter path, or use install-timer.",
        )
    return raw


def block(command: Sequence[str], schedule: str, env: Mapping[str, str]) -> bytes:
    """The three lines of ours."""
    return b"\n".join([BEGIN, schedule.encode() + b" " + command_line(command, env), END, b""])


def place(found: Found, ours: bytes) -> bytes:
    """The crontab with `ours` (from `block`) where the first block stood, else at the end.

    If the line before lacks its newline it gets one: cron refuses a crontab without it.
    """
    at = len(found.rest) if found.at is None else found.at
    before = found.rest[:at]
    if before and not before.endswith(b"\n"):
        before += b"\n"
    return before + ours + found.rest[at:]
