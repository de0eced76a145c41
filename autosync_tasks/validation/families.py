"""The families of rules: a new rule is a paragraph and a check in one of these files, a new family one line here.

Severities follow what real trees contain and what OpenCode does with such files (tried with the real program).
"""

from __future__ import annotations

from autosync_tasks.errors import UsageError
from autosync_tasks.model import Finding, Path, Severity
from autosync_tasks.names import display
from autosync_tasks.validation import (
    agents,
    front_matter,
    json_files,
    merge_markers,
    names_and_modes,
    scripts,
    secrets,
    structure,
)
from autosync_tasks.validation.findings import Context, Raw, fingerprint
from autosync_tasks.validation.rule import Family, ValidationRule, rules

OF_ITSELF = rules("""
INT001 error firm lasting: A rule failed
  A check ended with an internal fault, so nobody knows whether the file is sound. Nothing is taken for granted: the
  sync waits.
  → Report it with the rule's name and the path; `inv doctor` shows the versions.

INT002 error firm lasting: The quick look would have missed it
  What a sync passes without loading the scanner, the whole scanner judges before a push and when a backup is verified.
  Here it found something in a text that the quick look lets pass. From then on every file is judged by the whole
  scanner.
  → Run it again: the whole scanner then says what it found. Report the rule's name; `inv doctor` shows the versions.
""")
SIEVE_HOLE = OF_ITSELF[1]

FAMILIES: tuple[Family, ...] = (
    Family("a rule itself", OF_ITSELF),
    secrets.FAMILY,
    merge_markers.FAMILY,
    json_files.FAMILY,
    front_matter.FAMILY,
    agents.FAMILY,
    scripts.FAMILY,
    names_and_modes.FAMILY,
    structure.FAMILY,
)

RULES: dict[str, ValidationRule] = {rule.code: rule for family in FAMILIES for rule in family.rules}
"""Every rule by its code."""


def explain(code: str) -> str:
    """What `inv validate --explain CODE` shows. Raises UsageError, naming the nearest code, for an unknown one."""
    rule = RULES.get(code.strip().upper())
    if rule is None:
        import difflib  # only for who mistyped a rule

        near = difflib.get_close_matches(code.strip().upper(), RULES, cutoff=0)[0]
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
    return not code.startswith(ignore)


def finish(raw: Raw, path: Path, context: Context, excerpt: str = "") -> Finding:
    """The Finding of one Raw: severity from the registry, fingerprint, accepted or new."""
    rule = RULES[raw.code]
    mark = fingerprint(context.key, raw, path)
    status = "accepted" if rule.acceptable and mark in context.accepted else "new"
    hint = raw.hint or rule.hint
    return Finding(raw.code, rule.severity, path, raw.message, hint, raw.line, raw.column, mark, status, excerpt)
