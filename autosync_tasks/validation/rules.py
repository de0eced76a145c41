"""The registry of rules: stable code, title, severity, explanation.

Severities follow what real trees contain and what OpenCode 1.18.33 does with such files (tried with the real
program): an error is only what stops OpenCode or leaks a secret (DESIGN section 6); the rest warns.
"""

from __future__ import annotations

import difflib

from autosync_tasks.errors import UsageError
from autosync_tasks.model import Severity
from autosync_tasks.names import display
from autosync_tasks.validation import catalogue, catalogue_files
from autosync_tasks.validation.rule import Rule

__all__ = ["RULES", "Rule", "explain", "selected"]

RULES: dict[str, Rule] = {rule.code: rule for rule in (*catalogue.RULES, *catalogue_files.RULES)}
"""Every rule by its code."""


def explain(code: str) -> str:
    """What `inv validate --explain CODE` shows. Raises UsageError, naming the nearest code, for an unknown one."""
    rule = RULES.get(code.strip().upper())
    if rule is None:
        near = difflib.get_close_matches(code.strip().upper(), RULES, n=1, cutoff=0)[0]
        raise UsageError(
            f"no rule has the code {display(code, limit=40)}",
            hint=f"did you mean {near}, {RULES[near].title.lower()}? All codes: {', '.join(RULES)}",
        )
    blocks = "It blocks the sync." if rule.severity is Severity.ERROR else "It does not block the sync."
    accept = "" if rule.acceptable else " It cannot be accepted."
    return (
        f"{rule.code} ({rule.severity}): {rule.title}\n\n{rule.explanation}\n\n{blocks}{accept}"
        f"\n\nWhat to do: {rule.hint}"
    )


def selected(code: str, select: tuple[str, ...], ignore: tuple[str, ...], everything: bool) -> bool:
    """Whether a rule is on. `everything` is the setting `auto_sync_validate`."""
    rule = RULES[code]
    if rule.lasting:
        return True
    if not everything or (select and not code.startswith(select)):
        return False
    return not (ignore and code.startswith(ignore))
