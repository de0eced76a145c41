"""Reads and writes the user's crontab through the `crontab` program: the effects around `cron`."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence

from autosync_tasks.errors import AutosyncError
from autosync_tasks.model import Outcome, Trigger
from autosync_tasks.records import dataclass
from autosync_tasks.triggers import cron, files
from autosync_tasks.triggers.command import environment, sync_command
from autosync_tasks.triggers.result import TaskResult, text_diff
from autosync_tasks.triggers.schedule import choose

_NONE = re.compile(rb"no crontab for |can't open '[^']*': No such file or directory")
"""What Vixie's, Debian's, cronie's and BusyBox's crontab say of a user who has none."""
TRIES = 3


def read(environ: Mapping[str, str]) -> bytes | None:
    """The user's crontab; None if the user has none.

    Raises AutosyncError where there is no `crontab` program and where it says anything else: an unreadable
    crontab must never be taken for an empty one.
    """
    ran = files.run(["crontab", "-l"], environ)
    if ran is None:
        raise AutosyncError(
            "This machine has no `crontab` program.",
            hint="Install cron (on Debian: apt install cron), or use install-timer.",
        )
    if ran.code == 0:
        return _exact(ran.out, environ) if b"\\r" in ran.out or b"\\b" in ran.out else ran.out
    if _NONE.search(ran.err):
        return None
    raise AutosyncError(
        f"The crontab cannot be read: {ran.said}",
        hint="Run `crontab -l` and mend what it says. Nothing was changed.",
    )


def _exact(listed: bytes, environ: Mapping[str, str]) -> bytes:
    """The crontab's own bytes where `crontab -l` may not have given them.

    Debian's `crontab -l` (3.0pl1-162) prints a carriage return as the two characters `\\r` and a backspace as
    `\\b`: written back, a CRLF crontab would be spoilt. `crontab -e` hands its editor the true bytes, and
    `cat` is an editor that changes nothing.
    """
    ran = files.run(["crontab", "-e"], {**environ, "VISUAL": "cat", "EDITOR": "cat"})
    exact = ran.out if ran else b""
    if exact == listed or exact.replace(b"\r", b"\\r").replace(b"\b", b"\\b") == listed:
        return exact
    raise AutosyncError(
        "the crontab's exact bytes cannot be read: `crontab -l` and `crontab -e` show different ones",
        hint="take carriage returns and backspaces out with `crontab -e`; nothing was changed",
    )


def _former(environ: Mapping[str, str]) -> str:
    return os.path.join(files.state_folder(environ), "crontab.before")


def changed_at(environ: Mapping[str, str]) -> float | None:
    """When a task of ours last changed the crontab (seconds since the epoch; None: not known any more)."""
    return files.changed_at(_former(environ))


def _write(content: bytes, environ: Mapping[str, str]) -> None:
    ran = files.run(["crontab", "-"] if content else ["crontab", "-r"], environ, stdin=content)
    if ran is None or ran.code:
        raise AutosyncError(
            f"cron did not take the new crontab: {ran.said if ran else 'the program is gone'}",
            hint="The crontab is as it was. If it complains of a line that is not ours, mend that first.",
        )


@dataclass(frozen=True, slots=True)
class _Change:
    before: bytes
    after: bytes
    parts: cron.Crontab


def _change(environ: Mapping[str, str], wanted: bytes | None, check: bool) -> _Change:
    """Makes the crontab hold `wanted` (a whole block) or nothing of ours; reads back what cron holds."""
    with files.locked(environ, "crontab", check=check):
        for _ in range(TRIES):
            before = read(environ) or b""
            parts = cron.take_apart(before)
            after = parts.rest if wanted is None else cron.place(parts, wanted)
            if after == before or check:
                return _Change(before, after, parts)
            files.write(_former(environ), before, 0o600)
            _write(after, environ)
            if (read(environ) or b"") == after:
                return _Change(before, after, parts)
    raise AutosyncError(
        "The crontab did not hold what was written: something else changes it at the same time.",
        hint="See `crontab -l`, then run this again.",
    )


def install(
    environ: Mapping[str, str],
    *,
    schedule: str | None = None,
    every: str | None = None,
    check: bool = False,
    command: Sequence[str] | None = None,
) -> TaskResult:
    """Puts our block into the crontab, or brings it up to date.

    schedule: five crontab fields or a nickname; every: `15m`, `2h`, `1d`. check: writes nothing.
    Raises UsageError for a wrong schedule and AutosyncError where the crontab cannot be read or written.
    """
    when = choose(schedule, every)
    words = command or sync_command(Trigger.SCHEDULE)
    block = cron.block(words, when.text, environment(environ))
    change = _change(environ, block, check)
    data = {"schedule": when.text, "longest_pause": when.longest, "command": list(words)}
    if change.before == change.after:
        reason = f"the crontab already runs it at {when.text}"
        return TaskResult("install-cron", Outcome.OK, reason, check=check, data=data)
    verb = "would be" if check else "is"
    state = "brought up to date" if change.parts.at is not None else "added"
    reason = f"the crontab block {verb} {state}; it runs at {when.text}"
    diff = text_diff(change.before, change.after, "crontab")
    return TaskResult("install-cron", Outcome.CHANGED, reason, change.parts.faults, diff, "", check, data)


def uninstall(environ: Mapping[str, str], *, check: bool = False) -> TaskResult:
    """Takes our block out of the crontab. Raises as `install` does."""
    change = _change(environ, None, check)
    if change.before == change.after:
        return TaskResult("uninstall-cron", Outcome.OK, "the crontab holds nothing of ours", check=check)
    reason = f"the crontab block {'would be' if check else 'is'} removed"
    diff = text_diff(change.before, change.after, "crontab")
    return TaskResult("uninstall-cron", Outcome.CHANGED, reason, change.parts.faults, diff, "", check)
