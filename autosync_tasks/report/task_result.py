"""Shows how an install task, the watcher or the doctor ended."""

from __future__ import annotations

import time

from autosync_tasks.model import Outcome
from autosync_tasks.names import display
from autosync_tasks.report import log, screen
from autosync_tasks.report.words import STYLE, Line, Part, line, of_next, runnable
from autosync_tasks.triggers.result import TaskResult

_MARKS = {"ok   ": "green", "warn ": "yellow", "fail ": "bold red"}


def lines_of(result: TaskResult, *, diff: bool) -> list[Line]:
    """The words: details, diff if it was asked for, one line to act on, the recap."""
    told = [_detail(detail) for detail in result.details]
    if diff and result.diff:
        told += [line(display(text, limit=2000)) for text in result.diff.splitlines()]
    told.append(line(Part(f"{result.outcome}", STYLE[result.outcome]), f": {display(result.reason, limit=2000)}"))
    if result.next_step:
        told.append(of_next(result.next_step))
    return told


def _detail(text: str) -> Line:
    style = _MARKS.get(text[:5], "")
    return line(Part(text[:5], style), display(text[5:], limit=2000)) if style else line(display(text, limit=2000))


def show(result: TaskResult, *, as_json: bool = False, diff: bool = False, stream: bool = False) -> int:
    """Shows it; gives the exit code. stream: events of `show_line` came before it."""
    if as_json:
        from autosync_tasks.report import as_json as documents

        documents.show("task", result.as_json(), stream=stream)
    else:
        screen.show(lines_of(result, diff=diff), urgency=log.URGENCY.get(result.outcome, log.INFO))
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
