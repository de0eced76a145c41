"""Notices: what a person is told without asking, once for each change (pure)."""

from __future__ import annotations

from collections.abc import Mapping

from autosync_tasks.model import Outcome
from autosync_tasks.records import dataclass
from autosync_tasks.status.verdict import Level

MANY_FAILURES = 3
"""Failures in a row after which a person is told."""


@dataclass(frozen=True, slots=True)
class Told:
    """What was told last. block: the reason that was told, "" if none stands."""

    level: str = Level.PROTECTED
    block: str = ""
    failures: bool = False

    @classmethod
    def of(cls, record: Mapping[str, object]) -> Told:
        """From the state file; anything odd counts as not told."""
        return cls(
            str(record.get("level", Level.PROTECTED)), str(record.get("block", "")), record.get("failures") is True
        )


@dataclass(frozen=True, slots=True)
class Now:
    """How things stand after a run. why: one sentence, safe to show."""

    level: Level
    why: str
    outcome: Outcome
    reason: str
    failures: int


def notices(told: Told, now: Now) -> tuple[tuple[str, ...], Told]:
    """The messages to send now (one at most for each kind), and what has been told then."""
    messages = []
    block = now.reason if now.outcome is Outcome.BLOCKED else ""
    many = now.failures >= MANY_FAILURES
    if block and block != told.block:
        messages.append(f"blocked: {block}")
    elif many and not told.failures:
        messages.append(f"{now.failures} syncs in a row failed: {now.reason}")
    elif now.level != told.level:
        messages.append(f"{now.level}: {now.why}")
    return tuple(messages), Told(now.level, block, many)
