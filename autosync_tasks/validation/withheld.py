"""What may be shown of one file: no line with a secret in it, no secret in a message."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from autosync_tasks.model import Finding
from autosync_tasks.names import WITHHELD
from autosync_tasks.validation.findings import Lines, printable
from autosync_tasks.validation.secrets import Region


class Withheld:
    """One file's bytes, and the secrets in it: None if nobody could look for them, so that nothing is shown."""

    def __init__(self, data: bytes, found: Sequence[Region] | None) -> None:
        self._lines = lines = Lines(data)
        self._judged = found is not None
        regions = found or ()
        self._hidden = [range(lines.line(r.start), lines.line(max(r.start, r.end - 1)) + 1) for r in regions]
        self._values = {printable(r.value, 4096) for r in regions if len(r.value) >= 4}

    def excerpt(self, line: int) -> str:
        """The line with that number, where it is safe to show; else ""."""
        if not self._judged or line < 1 or any(line in hidden for hidden in self._hidden):
            return ""
        return printable(self._lines.text(line))

    def clean(self, finding: Finding) -> Finding:
        """The finding without any known secret in its words."""
        message, hint = finding.message, finding.hint
        for value in self._values:
            message, hint = message.replace(value, WITHHELD), hint.replace(value, WITHHELD)
        if message == finding.message and hint == finding.hint:
            return finding
        return replace(finding, message=message, hint=hint)
