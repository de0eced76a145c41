"""What an install task, `watch` and `doctor` hand back: an outcome with its reason, and data for `--json`."""

from __future__ import annotations

from collections.abc import Mapping

from autosync_tasks.model import Outcome
from autosync_tasks.records import dataclass, field


@dataclass(frozen=True, slots=True)
class TaskResult:
    """How one task ended.

    reason is never empty. details: further lines a person should read. diff: unified diff of what is
    (or, in check mode, would be) written. next_step: what the person should do. data: the same for machines.
    """

    task: str
    outcome: Outcome
    reason: str
    details: tuple[str, ...] = ()
    diff: str = ""
    next_step: str = ""
    check: bool = False
    data: Mapping[str, object] = field(default_factory=dict)

    @property
    def exit_code(self) -> int:
        """5 where check mode found something to do, 1 for a failure, else 0."""
        if self.outcome is Outcome.FAILED:
            return 1
        return 5 if self.check and self.outcome is Outcome.CHANGED else 0

    def as_json(self) -> dict[str, object]:
        """Plain data, ready for `json.dumps`."""
        return {
            "task": self.task,
            "outcome": str(self.outcome),
            "reason": self.reason,
            "details": list(self.details),
            "diff": self.diff,
            "next_step": self.next_step,
            "check": self.check,
            "exit_code": self.exit_code,
            **self.data,
        }


def text_diff(before: bytes, after: bytes, name: str) -> str:
    """A unified diff without context lines: the lines around ours are another's and may hold secrets."""
    import difflib

    lines = difflib.unified_diff(
        before.decode("utf-8", "backslashreplace").splitlines(),
        after.decode("utf-8", "backslashreplace").splitlines(),
        f"{name} (before)",
        f"{name} (after)",
        lineterm="",
        n=0,
    )
    return "\n".join(lines)
