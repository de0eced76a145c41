"""Changes as lines: few of them one by one, many by kind and category; what they wait for, said once. And findings by
file, each with the line that is meant and what to do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from autosync_tasks.humanize import count
from autosync_tasks.model import Change, ChangeKind, Finding, LeftOut, Outcome, Pending, Severity
from autosync_tasks.names import display
from autosync_tasks.report.words import FILL, MOST, STYLE, Line, Part, in_a_log, line, runnable

SIGN = {
    ChangeKind.CREATED: ("+", "green"),
    ChangeKind.MODIFIED: ("~", "yellow"),
    ChangeKind.RENAMED: (">", "cyan"),
    ChangeKind.MODE: ("x", "yellow"),
    ChangeKind.TYPE: ("T", "magenta"),
    ChangeKind.DELETED: ("-", "red"),
}
"""One sign, one meaning, on every screen: docs/screens.md is the legend."""

FEW = 5
"""Changes of one kind that are listed each where many are grouped (`--json` has them all)."""

_RANK = {"high": 0, "medium": 1, "low": 2, "never": 3}


def of_changes(changes: Iterable[Change], *, most: int = MOST) -> Iterator[Line]:
    """The most important first; beyond `most`, each kind of change with how many of which category."""
    listed = sorted(changes, key=lambda change: (_RANK[change.priority], change.path))
    if len(listed) <= most:
        yield from _each(listed)
    else:
        for kind in SIGN:
            alike = [change for change in listed if change.kind is kind]
            yield from _each(alike) if len(alike) <= FEW else [_grouped(kind, alike)]
    if listed:
        yield line()


def _each(changes: Sequence[Change]) -> Iterator[Line]:
    names = [_name(change) for change in changes]
    width = max((len(name) for name in names if len(name) <= _COLUMN), default=0)
    for change, name in zip(changes, names, strict=True):
        sign, style = SIGN[change.kind]
        fill = Part(" " * (width - len(name)), FILL)
        yield line(Part(f"  {sign} ", style), name, fill, Part(f"  {change.category}, {change.priority}", "dim"))


_COLUMN = 44
"""The longest name whose category stands in a column with the others'."""


def _name(change: Change) -> str:
    name = display(change.path, limit=100)
    return name if change.old_path is None else f"{display(change.old_path, limit=60)} → {name}"


def _grouped(kind: ChangeKind, changes: Sequence[Change]) -> Line:
    sign, style = SIGN[kind]
    kinds = Counter(change.category for change in changes).most_common()
    return line(Part(f"  {sign} ", style), ", ".join(f"{number:,} {name}" for name, number in kinds))


def of_pending(pending: Iterable[Pending]) -> Iterator[Line]:
    """What is not in the backup yet, by what it waits for, each with the sign of its change."""
    waits: dict[str, list[Change]] = {}
    for item in pending:
        waits.setdefault(runnable(item.waits_for), []).append(item.change)
    for reason, changes in waits.items():
        words = _waits(reason, several=len(changes) > 1)
        yield line(Part(f"  {count(len(changes), 'change')}", "bold"), Part(f"  {words}", "dim"))
        yield from list(of_changes(changes, most=FEW))[:-1]
    if waits:
        yield line()


def _waits(reason: str, *, several: bool) -> str:
    if reason.startswith("nothing: "):
        return "the next sync takes them" if several else "the next sync takes it"
    return f"{'wait' if several else 'waits'} for: {reason}"


def of_findings(findings: Iterable[Finding], *, most: int = MOST) -> Iterator[Line]:
    """Grouped by file: first the files with errors, in each its errors first. All errors, and `most` of the rest."""
    listed = list(findings)
    rest = [finding for finding in listed if not finding.blocks]
    files: dict[bytes, list[Finding]] = {}
    for finding in [*(finding for finding in listed if finding.blocks), *rest[:most]]:
        files.setdefault(finding.path, []).append(finding)
    told: set[str] = set()
    for path in sorted(files, key=lambda path: (not any(found.blocks for found in files[path]), path)):
        yield line(Part(f"  {display(path, limit=200)}", "bold"))
        for finding in sorted(files[path], key=lambda found: (not found.blocks, found.line, found.code)):
            yield from _of_finding(finding, hint=finding.hint not in told)
            if finding.blocks:
                told.add(finding.hint)
    if len(rest) > most:
        words = f"    and {len(rest) - most:,} more warnings (`inv validate` shows all)"
        yield line(Part(runnable(words), "dim"))
    if listed:
        yield line()


_INDENT, _WIDTH = " " * 13, 66
"""What stands below a finding's words, and how much fits beside it on 80 columns."""


def _of_finding(finding: Finding, *, hint: bool) -> Iterator[Line]:
    """Severity, place, rule and words; the line that is meant; what to do, if it was not said yet."""
    style = "bold red" if finding.severity is Severity.ERROR else "yellow"
    column = f":{finding.column}" if finding.column else ""
    place = f"{finding.line}{column} " if finding.line else ""
    accepted = " (accepted)" if finding.status == "accepted" else ""
    import textwrap

    words = textwrap.wrap(f"{place}{finding.code} {finding.message}{accepted}", _WIDTH) or [""]
    yield line("    ", Part(f"{finding.severity:<8}", style), " ", words[0])
    for more in words[1:]:
        yield line(_INDENT + more)
    if finding.excerpt:
        yield line(Part(f"{_INDENT}{_around(finding.excerpt, finding.column)}", "dim"))
    if not finding.blocks:
        return
    if hint and finding.hint:
        for part in textwrap.wrap(runnable(finding.hint), _WIDTH):
            yield line(Part(_INDENT + part, "cyan"))
    if finding.fingerprint and _acceptable(finding):
        advice = runnable(f"no fault? inv accept {finding.fingerprint} --reason '…'")
        yield line(Part(_INDENT + advice, "dim"))


def _around(text: str, column: int) -> str:
    """The part of a line about its column (from 1; 0: unknown) that fits the screen."""
    begin = max(0, min(column - _WIDTH // 2, len(text) - _WIDTH))
    shown = text[begin : begin + _WIDTH]
    head, tail = "…" if begin else "", "…" if begin + _WIDTH < len(text) else ""
    return head + shown[len(head) : len(shown) - len(tail)] + tail


def _acceptable(finding: Finding) -> bool:
    from autosync_tasks.validation.families import RULES

    return RULES[finding.code].acceptable


def of_validation(findings: Sequence[Finding], left_out: Sequence[LeftOut], judged: int, source: str) -> Iterator[Line]:
    """Findings by file, and whether a sync would go."""
    errors = sum(finding.blocks for finding in findings)
    accepted = sum(finding.status == "accepted" for finding in findings)
    warnings = len(findings) - errors - accepted
    protected = sum(left.why == "protected" for left in left_out)
    lost = sum(not left.expected for left in left_out)
    may = f"{count(judged, 'file')} may go into the backup"
    if errors:
        verdict, rest = Part(f"blocked: {count(errors, 'error')}", "bold red"), "; mend the files named below"
    elif lost:
        verdict, rest = Part("incomplete: ", STYLE[Outcome.INCOMPLETE]), f"{may}; {lost} cannot"
    else:
        verdict, rest = Part("ok: ", "green"), may
    yield line(verdict, rest, f"; {protected} protected, never copied" if protected else "")
    yield from of_findings(findings, most=500)
    counts = f"judged={judged} errors={errors} warnings={warnings} accepted={accepted}"
    yield in_a_log(f"source={display(source)} {counts}")
