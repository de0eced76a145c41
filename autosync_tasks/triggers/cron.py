"""The block of ours in a crontab, as a change of text. Nothing here runs a program or reads a file.

A crontab is bytes: every byte outside the block comes back as it was. (python-crontab was measured to
rewrite lines that are not its own, so the editing is done here.)
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping, Sequence

from autosync_tasks.errors import UsageError
from autosync_tasks.records import dataclass, pattern

BEGIN = b"# BEGIN autosync-tasks: written by install-cron, removed by uninstall-cron; edits in here are replaced"
END = b"# END autosync-tasks"
MAX_COMMAND = 998
"""Vixie's and Debian's cron have 1,000 bytes for a command and refuse a longer one (cron.h, MAX_COMMAND)."""

_EOL = rb"[^\n]*(?:\n|\Z)"  # only LF ends a line: cron takes a CR as part of the command
_BEGIN = rb"[ \t]*#[ \t]*BEGIN autosync-tasks(?![\w-])" + _EOL
_END = rb"[ \t]*#[ \t]*END autosync-tasks(?![\w-])" + _EOL
_WHEN = rb"[ \t#]*(?:@[a-z]+|(?:[^\s#]+[ \t]+){4}[^\s#]+)[ \t]+"
_COMMAND = _WHEN + rb"[^\n]*autosync'?[ \t]+sync[ \t]+--trigger=schedule\b" + _EOL
_CUT_OFF = _WHEN + rb"/usr/bin/env[ \t]+PATH=[^\n]*\Z"
_BLOCK = pattern(
    rb"^(?:(?P<whole>%(begin)b(?:(?!%(begin)b|%(end)b)[^\n]*\n)*%(end)b)"
    rb"|(?P<no_end>%(begin)b(?:%(command)b)*(?:%(cut_off)b)?)"
    rb"|(?P<no_beginning>(?:%(command)b)*%(end)b))"
    % {b"begin": _BEGIN, b"end": _END, b"command": _COMMAND, b"cut_off": _CUT_OFF},
    re.MULTILINE,
)
_OURS = pattern(rb"%b|%b|%b|%b" % (_BEGIN, _END, _COMMAND, _CUT_OFF))


@dataclass(frozen=True, slots=True)
class Crontab:
    """A crontab, taken apart.

    rest: it without what is ours. at: how many bytes of `rest` stand before that (None: nothing is ours).
    commands: our lines as they are. faults: what was wrong.
    """

    rest: bytes
    at: int | None
    commands: tuple[bytes, ...] = ()
    faults: tuple[str, ...] = ()


def take_apart(text: bytes) -> Crontab:
    """Finds what is ours in a crontab: the marked block, also where it is doubled or lacks a marker.

    Inside a block only our own lines are ours; whatever else stands there belongs to somebody else and stays.
    """
    rest: list[bytes] = []
    commands, faults, kept = [], [], 0
    at, last = None, 0
    blocks = list(_BLOCK.finditer(text))
    for block in blocks:
        rest.append(text[last : block.start()])
        at, last = sum(map(len, rest)) if at is None else at, block.end()
        for line in re.findall(rb"[^\n]*\n|[^\n]+", block[0]):
            if not _OURS.match(line):
                rest.append(line)
                kept += 1
            elif not re.match(rb"%b|%b" % (_BEGIN, _END), line):
                commands.append(line)
        if not block["whole"]:
            faults.append("a block had no end" if block["no_end"] else "an end stood without its beginning")
    if len(blocks) > 1:
        faults.append(f"there were {len(blocks)} blocks")
    if kept:
        faults.append(f"{kept} line(s) of others stood inside; they are kept, before the block")
    rest.append(text[last:])
    return Crontab(b"".join(rest), at, tuple(commands), tuple(faults))


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


def place(crontab: Crontab, ours: bytes) -> bytes:
    """The crontab with `ours` (from `block`) where the first block stood, else at the end.

    If the line before lacks its newline it gets one: cron refuses a crontab without it.
    """
    at = len(crontab.rest) if crontab.at is None else crontab.at
    before = crontab.rest[:at]
    if before and not before.endswith(b"\n"):
        before += b"\n"
    return before + ours + crontab.rest[at:]
