"""What may be shown of one file: no line with a secret in it, no secret in a message."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from autosync_tasks.model import Finding
from autosync_tasks.names import WITHHELD, display
from autosync_tasks.records import replace
from autosync_tasks.validation.findings import Lines, printable
from autosync_tasks.validation.secret_regions import Region

LARGEST = 1_000_000
"""Bytes of a file beyond which only its size is told."""
WITHHELD_LINE = "(line withheld: it may hold a secret)"


class Withheld:
    """One file's bytes, and the secrets in it: None if nobody could look for them, so that nothing is shown."""

    def __init__(self, data: bytes, secrets: Sequence[Region] | None) -> None:
        self._lines = lines = Lines(data)
        self._judged = secrets is not None
        regions = secrets or ()
        self._hidden = [range(lines.line(r.start), lines.line(max(r.start, r.end - 1)) + 1) for r in regions]
        spelled = {one for r in regions for one in (r.value, r.value.replace(b"\\/", b"/")) if len(one) >= 4}
        self._values = {printable(one, 4096) for one in spelled}

    def excerpt(self, line: int) -> str:
        """The line with that number, where it is safe to show; else ""."""
        if not self._judged or any(line in hidden for hidden in self._hidden):
            return ""
        return printable(self._lines.text(line))

    def clean(self, finding: Finding) -> Finding:
        """The finding without any known secret in its words."""
        return replace(finding, message=self._without(finding.message), hint=self._without(finding.hint))

    def _without(self, words: str) -> str:
        """The words without any secret, nor the beginning of one that was too long for them."""
        for value in self._values:
            words = words.replace(value, WITHHELD)
            if value[:4] in words:
                for length in range(min(len(value), len(words)), 3, -1):
                    words = words.replace(value[:length] + "…", WITHHELD + "…")
        return words


def unified(old: bytes, new: bytes, hidden: Callable[[bytes], set[int]]) -> Iterator[str]:
    """Lines of a unified diff without its header, safe to print. hidden: numbers of the lines to withhold."""
    if max(len(old), len(new)) > LARGEST or b"\0" in old or b"\0" in new:
        yield f"    contents differ: {len(old):,} bytes become {len(new):,}"
        return
    before, after = _lines(old, hidden(old)), _lines(new, hidden(new))
    import difflib  # only where contents are shown

    told = list(difflib.unified_diff(before, after, lineterm=""))[2:] or ["    contents differ in withheld lines"]
    for words in told:
        yield from words.split("\n")


def _lines(data: bytes, hidden: set[int]) -> list[str]:
    lines = data.split(b"\n")
    if ended := lines[-1] == b"":
        lines.pop()
    shown = [
        WITHHELD_LINE + f" #{number}" if number in hidden else display(line, limit=500)
        for number, line in enumerate(lines, start=1)
    ]
    if not ended:
        shown[-1] += "\n\\ No newline at end of file"
    return shown
