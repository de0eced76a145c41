"""What a rule is."""

from __future__ import annotations

from dataclasses import dataclass

from autosync_tasks.model import Severity


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule. hint: what to do next, when the finding has nothing more exact to say.

    acceptable: whether a person may accept a finding (`inv accept`). lasting: it stays on when
    `auto_sync_validate` is false, and neither select nor ignore turns it off.
    """

    code: str
    severity: Severity
    title: str
    explanation: str
    hint: str
    acceptable: bool = True
    lasting: bool = False
