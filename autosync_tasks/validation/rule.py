"""What a rule of validation is, and a family of them: its texts, and the checks beside them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator

from autosync_tasks.model import Path, Severity
from autosync_tasks.records import dataclass
from autosync_tasks.validation.findings import Context, Raw, Subject


@dataclass(frozen=True, slots=True)
class ValidationRule:
    """One rule. hint: what to do next, when the finding has nothing more exact to say.

    An error is only what stops OpenCode or leaks a secret; the rest warns. acceptable: whether a person may accept a
    finding (`inv accept`). lasting: it stays on when `auto_sync_validate` is false, and neither select nor ignore
    turns it off.
    """

    code: str
    severity: Severity
    title: str
    explanation: str
    hint: str
    acceptable: bool = True
    lasting: bool = False


@dataclass(frozen=True, slots=True)
class Family:
    """The rules of one file of this room. name: what a crash of its checks is reported under.

    of_file: every fault of one path. of_tree: what concerns several paths at once, given those that were judged and
    those of the whole tree. opencode: that is for OpenCode's trees alone.
    """

    name: str
    rules: tuple[ValidationRule, ...]
    of_file: Callable[[Subject, Context], Iterator[Raw]] | None = None
    of_tree: Callable[[Collection[Path], Collection[Path]], Iterator[tuple[Path, Raw]]] | None = None
    opencode: bool = False


def rules(text: str) -> tuple[ValidationRule, ...]:
    """Rules as they are written above their checks, a paragraph each: `CODE severity: title`, why, and `→` what to do.

    Behind the severity: `firm`, no finding of this rule may be accepted; `lasting`, see `ValidationRule`.
    """
    made = []
    for paragraph in text.strip().split("\n\n"):
        head, *body = map(str.strip, paragraph.splitlines())
        said, _, title = head.partition(": ")
        code, severity, *marks = said.split()
        why, _, hint = " ".join(body).partition(" → ")
        firm, lasting = "firm" in marks, "lasting" in marks
        made.append(ValidationRule(code, Severity(severity), title, why, hint, acceptable=not firm, lasting=lasting))
    return tuple(made)
