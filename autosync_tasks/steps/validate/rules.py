"""The registry of rules: stable code, title, severity, explanation. Severities follow what real trees contain:
an error is only what breaks OpenCode or leaks a secret (DESIGN section 6); style warns."""

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
    hint: str = ""
    acceptable: bool = True
    lasting: bool = False


RULES: dict[str, Rule] = {}
"""Every rule by its code."""


def _rule(code: str, severity: Severity, title: str, explanation: str, hint: str = "", **flags: bool) -> None:
    RULES[code] = Rule(code, severity, title, explanation, hint, **flags)


def explain(code: str) -> str:
    """What `inv validate --explain CODE` shows. Raises KeyError for a code that does not exist."""
    rule = RULES[code.upper()]
    blocks = "It blocks the sync." if rule.severity is Severity.ERROR else "It does not block the sync."
    accept = "" if rule.acceptable else " It cannot be accepted."
    todo = f"\n\nWhat to do: {rule.hint}" if rule.hint else ""
    return f"{rule.code} ({rule.severity}): {rule.title}\n\n{rule.explanation}\n\n{blocks}{accept}{todo}"


def selected(code: str, select: tuple[str, ...], ignore: tuple[str, ...], everything: bool) -> bool:
    """Whether a rule is on. `everything` is the setting `auto_sync_validate`."""
    rule = RULES[code]
    if rule.lasting:
        return True
    if not everything or (select and not code.startswith(select)):
        return False
    return not (ignore and code.startswith(ignore))


_E, _W = Severity.ERROR, Severity.WARNING
_REMOVE = (
    "Take the value out of the file: `{env:NAME}` or `{file:path}` in opencode.json, an environment variable "
    "elsewhere. Not a secret? Accept this one finding with its fingerprint."
)

_rule(
    "INT001", _E, "A rule failed", "A check ended with an internal fault, so nobody knows whether the file is "
    "sound. Nothing is taken for granted: the sync waits.",
    "Report it with the rule's name and the path; `inv doctor` shows the versions.",
    acceptable=False, lasting=True,
)  # fmt: skip
_rule(
    "SEC000", _E, "The secret scanner could not be loaded", "Without it no file can be judged, and a backup "
    "that nobody judged may hold keys.",
    "Install it again: pip install --force-reinstall kingfisher-secret-scanner",
    acceptable=False, lasting=True,
)  # fmt: skip
_rule(
    "SEC001", _E, "A provider's token", "The text has the form of a token that one provider gives out (OpenAI, "
    "Slack, GitHub and some 400 more). Whoever reads the backup could use it.", _REMOVE, lasting=True,
)  # fmt: skip
_rule(
    "SEC002", _E, "A private key", "A private key in PEM, OpenSSH or PGP form.",
    "Move the key out of the tree, or give the file a protected name (`*.key`, `*.pem`).", lasting=True,
)  # fmt: skip
_rule(
    "SEC003", _E, "A password in a URL", "A URL holds user and password (`scheme://user:password@host`), and "
    "the password is no placeholder.", _REMOVE, lasting=True,
)  # fmt: skip
_rule(
    "SEC004", _E, "A protected file was selected", "Files of this name hold secrets by their nature (`.env`, "
    "`auth.json`, private keys). They are never in the backup, whatever they contain.",
    "Take the path out of the selection. This cannot be overridden.", acceptable=False, lasting=True,
)  # fmt: skip
_rule(
    "SEC005", _E, "A random value under a secret's name", "A service's token, key or password is given a long "
    "random value, or opencode.json holds such a value where a key belongs.", _REMOVE, lasting=True,
)  # fmt: skip
_rule(
    "SEC006", _E, "A secret in a file's name", "The path itself contains a provider's token.",
    "Rename the file.", lasting=True,
)  # fmt: skip
_rule(
    "SEC101", _W, "A value under a secret's name", "Something called token, key, secret or password is given a "
    "value. It may be an example or an identifier.",
    "If it is real, take it out of the file. If not, nothing needs to be done.",
)  # fmt: skip
_rule(
    "SEC102", _W, "Perhaps a secret", "The scanner has seen a pattern that is often, but not surely, a secret.",
    "If it is real, take it out of the file. If not, nothing needs to be done.",
)  # fmt: skip
_rule(
    "SEC103", _W, "A URL with user and password", "The password looks like an example's.",
    "If it is real, take it out of the file. If not, nothing needs to be done.",
)  # fmt: skip
_rule(
    "MRG001", _E, "Merge-conflict markers", "A merge was left unfinished: `<<<<<<<`, `=======` and `>>>>>>>` stand "
    "at the beginning of lines. OpenCode cannot read the file as it is.",
    "Choose one of the two versions and delete the three marker lines.",
)  # fmt: skip
_rule(
    "JSN001", _E, "OpenCode cannot read this config file", "The file is not JSON with comments and trailing "
    "commas, the form that OpenCode reads. OpenCode stops with an error when it starts.",
    "Mend the line that is named.",
)  # fmt: skip
_rule(
    "JSN002", _W, "Not valid JSON", "The file is named .json or .jsonc and cannot be read as such. OpenCode "
    "does not read it itself; a tool may.", "Mend the line that is named.",
)  # fmt: skip
_rule(
    "JSN003", _W, "A key stands twice", "Only the last of the two counts; the first has no effect.",
    "Delete one of them.",
)  # fmt: skip
_rule(
    "JSN008", _W, "Nested too deeply to be checked", "The reader stops at 200 levels.",
    "Check the file by hand.",
)  # fmt: skip
