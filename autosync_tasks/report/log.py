"""How urgent a line is, for the logs that sort by it: systemd's journal and syslog (the numbers are syslog's own)."""

from __future__ import annotations

import os
from typing import TextIO

from autosync_tasks.model import Outcome
from autosync_tasks.names import redaction

ERROR, WARNING, NOTICE, INFO = 3, 4, 5, 6

URGENCY = {Outcome.FAILED: ERROR, Outcome.BLOCKED: ERROR, Outcome.INCOMPLETE: WARNING}
"""Outcomes that are more than information."""


def prefix(stream: TextIO, urgency: int) -> str:
    """`<3>` before a line that goes to the journal (sd-daemon(3)), "" anywhere else.

    systemd names the journal's stream as device:inode in JOURNAL_STREAM (systemd.exec(5)); a pipe or file that a child
    was given instead is not it.
    """
    named = os.environ.get("JOURNAL_STREAM")
    try:
        facts = os.fstat(stream.fileno())
    except (OSError, ValueError):
        return ""
    return f"<{urgency}>" if named == f"{facts.st_dev}:{facts.st_ino}" else ""


def to_syslog(words: str, urgency: int, stream: TextIO) -> None:
    """Leaves one line in the system's log, for a run of cron's, whose mail often goes nowhere.

    Nothing where a person looks at the stream or the journal has it already, and nothing where there is no log.
    """
    if stream.isatty() or prefix(stream, urgency):
        return
    import syslog

    syslog.openlog("autosync", syslog.LOG_PID, syslog.LOG_USER)
    syslog.syslog(urgency, redaction().clean_text(words))
    syslog.closelog()
