"""What a run, a look and an error say, as lines."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from autosync_tasks.errors import AutosyncError
from autosync_tasks.humanize import count
from autosync_tasks.model import Change, LeftOut, Outcome, Run
from autosync_tasks.names import display
from autosync_tasks.report.changes import of_changes, of_findings, of_pending
from autosync_tasks.report.words import AS_IT_IS, MOST, STYLE, Line, Part, in_a_log, line, of_next, of_note, runnable


def of_run(run: Run, source: str, backup: str, *, verbose: bool = False) -> Iterator[Line]:
    """A whole run: the answer; what needs a person; what to do; what changed; the steps if they matter; the recap.

    The steps matter where one is not as it should be, or if they are asked for (verbose).
    """
    bold = "bold " + _style(run).removeprefix("bold ")
    yield line(Part(_verdict(run), bold), runnable(run.reason))
    yield from of_findings(run.findings)
    yield from of_left_out(run.left_out)
    for detail in _summed(run.details):
        yield line("  ", runnable(display(detail)))
    yield from _advice(run)
    yield from of_changes(run.changes, most=1_000_000 if verbose else _LISTED)
    told = f"a person: {run.next_step}"  # what waits for that has been said above
    yield from of_pending(item for item in run.pending if item.waits_for != told)
    if len(run.steps) > 1 and (verbose or any(s.outcome not in _FINE and s.reason != run.reason for s in run.steps)):
        yield from of_steps(run, source, backup)
    yield recap(run, source)


_LISTED = 10
"""Changes of a run that are listed each."""
_FINE = (Outcome.OK, Outcome.CHANGED, Outcome.SKIPPED)


def _style(run: Run) -> str:
    """Of a run's answer: what was changed is done, and green."""
    return "green" if run.outcome is Outcome.CHANGED and not run.check else STYLE[run.outcome]


def _summed(details: Sequence[str]) -> Iterator[str]:
    """Details of the form `gone: agent/a.md`; where they are many, each folder at the root with how many."""
    kinds: dict[str, list[str]] = {}
    for detail in details:
        kinds.setdefault(detail.partition(": ")[0], []).append(detail)
    for kind, listed in kinds.items():
        if len(listed) <= _ONE_BY_ONE:
            yield from listed
            continue
        names = [detail.partition(": ")[2] for detail in listed]
        folders = Counter(name.partition("/")[0] + "/" if "/" in name else "" for name in names).most_common()
        shown, rest = folders[: _ONE_BY_ONE - 1], folders[_ONE_BY_ONE - 1 :]
        for folder, number in shown:
            yield f"{kind}: {count(number, 'file')} " + (f"of {folder}" if folder else "beside the folders")
        if rest:
            yield f"{kind}: {count(sum(number for _, number in rest), 'file')} more, of {count(len(rest), 'folder')}"


def of_steps(run: Run, start: str, end: str) -> Iterator[Line]:
    """From where to where, and each step with its outcome and reason."""
    yield line(Part(display(start), "bold"), " → ", Part(display(end), "bold"))
    yield line()
    for step in run.steps:
        yield line(f"  {step.name:<11}", Part(f"{step.outcome:<12}", STYLE[step.outcome]), step.reason)
    yield line()


def of_restore(run: Run, target: str, backup: str, *, verbose: bool = False) -> Iterator[Line]:
    """A restore: from the backup to its target. The plan was shown before it began, except in check mode."""
    if run.check:
        yield from of_changes(run.changes)
    if verbose or any(step.outcome not in _FINE for step in run.steps):
        yield from of_steps(run, backup, target)
    verdict = "would restore: " if run.check and run.outcome is Outcome.CHANGED else _verdict(run)
    yield line(Part(verdict, _style(run)), runnable(run.reason))
    for detail in run.details[:MOST]:
        yield line("  ", Part("! ", "bold yellow"), runnable(display(detail)))
    if len(run.details) > MOST:
        yield line(Part(f"    and {len(run.details) - MOST:,} more", "dim"))
    yield from _advice(run)


def _advice(run: Run) -> Iterator[Line]:
    yield from map(of_note, run.notes)
    if run.next_step:
        yield of_next(run.next_step)


def of_repairs(plan: Iterable[tuple[str, str]]) -> Iterator[Line]:
    """What recovery is about to do: what is wrong, and the remedy."""
    for problem, remedy in plan:
        yield line(Part("  ! ", "bold yellow"), display(problem))
        yield line(Part("      → ", "cyan"), runnable(display(remedy)))


def of_backups(rows: Iterable[tuple[str, str, str]], snapshots: Iterable[tuple[str, str, str]] = ()) -> Iterator[Line]:
    """The backups there are, and the snapshots that restores made: commit, time, subject."""
    for commit, when, subject in rows:
        yield line(Part(commit[:7], "yellow"), f"  {when}  {display(subject, limit=100)}")
    for number, (commit, when, subject) in enumerate(snapshots):
        if not number:
            yield line("snapshots of what restores overwrote (`inv restore --undo ID`):")
        yield line(Part(commit[:7], "yellow"), f"  {when}  {display(subject, limit=100)}")


def of_machines(rows: Sequence[tuple[str, str, bool]]) -> Iterator[Line]:
    """The machines of a remote: verdict, words, whether it is this one."""
    styles = {"ok": "green", "silent": "bold red", "conflict": "bold yellow", "attention": "yellow"}
    for verdict, words, this in rows:
        yield line("  ", Part(f"{verdict:<9}  ", styles.get(verdict, "")), words, " (this machine)" if this else "")
    if not rows:
        yield line("no machine has said anything yet: a sync that pushes does")


def of_missing(rows: Sequence[str]) -> Iterator[Line]:
    """What the tree needs and this machine lacks, for a person to work off."""
    if rows:
        yield line()
        yield line(Part(f"still missing here, {count(len(rows), 'thing')} to be brought from elsewhere:", "bold"))
    for words in rows:
        yield line("  ", Part("☐ ", "yellow"), display(words, limit=600))


def of_overwritten(changes: Sequence[Change], target: str) -> Iterator[Line]:
    """What a restore of everything is about to overwrite, for a person to agree to."""
    yield line(Part(f"{count(len(changes), 'path')} in {display(target)} would be overwritten:", "bold yellow"))
    yield from of_changes(changes)
    yield line("What stands there is saved first; `inv restore --undo` takes it back.")


def _verdict(run: Run) -> str:
    words = {Outcome.OK: "ok: ", Outcome.CHANGED: "would change: " if run.check else "changed: "}
    return words.get(run.outcome, f"{run.outcome}: ")


def recap(run: Run, source: str) -> Line:
    """`source=… ok=3 changed=1 skipped=1 blocked=0 failed=0`."""
    counts = Counter(step.outcome for step in run.steps)
    if not counts:
        counts[run.outcome] = 1
    always = (Outcome.OK, Outcome.CHANGED, Outcome.SKIPPED, Outcome.BLOCKED, Outcome.FAILED)
    named = [*always, *(o for o in (Outcome.DEFERRED, Outcome.INCOMPLETE) if counts[o])]
    words = " ".join(f"{outcome}={counts[outcome]}" for outcome in named)
    return in_a_log(f"source={display(source)} {words}")


_ONE_BY_ONE = 5
"""Pending changes with one reason, or losses, that are listed each; more are counted (`--json` has them all)."""


def of_left_out(left_out: Iterable[LeftOut]) -> Iterator[Line]:
    """What is not taken, and why; protected names are only counted."""
    listed = list(left_out)
    faults = [left for left in listed if not left.expected]
    for left in faults[:MOST]:
        detail = f": {left.detail}" if left.detail else ""
        name = display(left.path, limit=200) or "the folder itself"
        yield line(Part("  ! ", "bold yellow"), name, f"  left out, {left.why}{detail}")
    if len(faults) > MOST:
        yield line(Part(f"    and {len(faults) - MOST:,} more left out", "dim"))
    nested = [left for left in listed if left.why == "nested repository"]
    for left in nested[:MOST]:
        words = "  a repository of its own: its files are backed up, its .git is not"
        yield line(Part("  ! ", "yellow"), display(left.path, limit=200), words)


def plain(text: Iterable[str]) -> Iterator[Line]:
    """Lines of words as they are."""
    return (line(words) for words in text)


def coloured(text: Iterable[str]) -> Iterator[Line]:
    """A diff with its usual colours."""
    styles = (("---", "bold"), ("+++", "bold"), ("@@", "cyan"), ("+", "green"), ("-", "red"))
    for words in text:
        yield line(Part(words, next((style for start, style in styles if words.startswith(start)), "")), AS_IT_IS)


def of_detection(
    changes: Sequence[Change], left_out: Sequence[LeftOut], source: str, *, verbose: bool = False
) -> Iterator[Line]:
    """What differs, and what is left out. verbose: each change, however many."""
    protected = sum(left.why == "protected" for left in left_out)
    words = count(len(changes), "difference") + " from the backup" if changes else "nothing differs from the backup"
    yield line(Part("detect: ", "bold"), words, f"; {protected} protected" if protected else "")
    yield from of_left_out(left_out)
    yield from of_changes(changes, most=1_000_000 if verbose else MOST)
    changed, left = len(changes), sum(not item.expected for item in left_out)
    yield in_a_log(f"source={display(source)} changes={changed} left_out={left} protected={protected}")


def of_error(error: AutosyncError) -> Iterator[Line]:
    """What is wrong, where, what to do next."""
    yield line(Part("error: ", "bold red"), runnable(display(error.message, limit=2000)))
    for detail in error.details:
        yield line("  ", runnable(display(detail, limit=2000)))
    if error.hint:
        yield of_next(error.hint)
