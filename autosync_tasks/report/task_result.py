"""Shows how an install task, the watcher or the doctor ended."""

from __future__ import annotations

import time

from autosync_tasks.humanize import count
from autosync_tasks.model import Outcome
from autosync_tasks.names import display
from autosync_tasks.report import log, screen
from autosync_tasks.report.words import AS_IT_IS, STYLE, Line, Part, line, of_next, runnable
from autosync_tasks.triggers.result import TaskResult

_MARKS = {"ok   ": "green", "warn ": "yellow", "fail ": "bold red"}


def lines_of(result: TaskResult, *, diff: bool, fold: bool = False) -> list[Line]:
    """The answer, what to do next, the details, and the diff if it was asked for. fold: what is well is counted."""
    told = [line(Part(f"{result.outcome}", STYLE[result.outcome]), f": {runnable(display(result.reason, limit=2000))}")]
    if result.next_step:
        told.append(of_next(result.next_step))
    well = [detail for detail in result.details if detail.startswith("ok   ")] if fold else []
    rank = {"fail ": 0, "warn ": 1}
    blocks: list[list[str]] = []
    for detail in result.details:  # what is indented belongs to the line above it
        if detail.startswith(" ") and blocks:
            blocks[-1].append(detail)
        elif detail not in well:
            blocks.append([detail])
    for block in sorted(blocks, key=lambda block: rank.get(block[0][:5], 2)):
        told += [_detail(detail) for detail in block]
    if well:
        told.append(line(Part("ok   ", "green"), f"{count(len(well), 'check')} (--verbose names them)"))
    if diff and result.diff:
        told += [line(display(text, limit=2000), AS_IT_IS) for text in result.diff.splitlines()]
    return told


def _detail(text: str) -> Line:
    style = _MARKS.get(text[:5], "")
    mark, words = (text[:5], text[5:]) if style else ("", text)
    return line(Part(mark, style), runnable(display(words, limit=2000)))


def show(
    result: TaskResult, *, as_json: bool = False, diff: bool = False, stream: bool = False, fold: bool = False
) -> int:
    """Shows it; gives the exit code. stream: events of `show_line` came before it."""
    if as_json:
        from autosync_tasks.report import as_json as documents

        documents.show("task", result.as_json(), stream=stream)
    else:
        screen.show(lines_of(result, diff=diff, fold=fold), urgency=log.URGENCY.get(result.outcome, log.INFO))
    return result.exit_code


def show_line(outcome: str, words: str, *, as_json: bool = False) -> None:
    """One line of a task that goes on, such as `watch`, with the time of day."""
    if as_json:
        from autosync_tasks.report import as_json as documents

        documents.show("event", {"outcome": outcome, "reason": words}, stream=True)
        return
    style = STYLE[Outcome(outcome)] if outcome in list(Outcome) else ""
    when = time.strftime("%H:%M:%S  ")
    urgency = log.URGENCY.get(Outcome(outcome), log.INFO) if style else log.INFO
    screen.show(
        [line(Part(when, "dim"), Part(f"{outcome:<11}", style), runnable(display(words, limit=2000)))], urgency=urgency
    )
