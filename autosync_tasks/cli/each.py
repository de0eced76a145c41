"""One task for several agents: each runs to its end, whatever became of the others, and all are told."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from typing import TYPE_CHECKING, Any

from autosync_tasks.cli.boundary import code_of
from autosync_tasks.config.load import VARIABLE, switched_on
from autosync_tasks.errors import UsageError
from autosync_tasks.report import as_json as documents
from autosync_tasks.report import screen
from autosync_tasks.report.agents import in_order, of_agent, of_agents, over_all
from autosync_tasks.report.sarif import as_one
from autosync_tasks.report.words import Gathered, Part, gathering, line

if TYPE_CHECKING:
    from autosync_tasks.cli.task import Context, Plain

_WORST_FIRST = (130, 1, 2, 4, 3, 75, 5, 0)
"""Exit codes: of several runs the first of these that one ended with is told (docs/exit-codes.md)."""


def over(
    task: Plain, context: Context | None, args: Sequence[Any], given: Mapping[str, Any], *, profile: str, every: bool
) -> int:
    """The task of the agents that are meant. given: its own flags. Returns the exit code, the worst of several.

    Raises UsageError where one must be named.
    """
    if profile and every:
        raise UsageError("--profile and --all contradict each other", hint="give only one of them")
    if not (profile or every) and (task.scope == "file" or os.environ.get(VARIABLE)):
        return task.body(context, *args, **given)
    names = (profile,) if profile else switched_on(os.environ)
    if len(names) == 1:
        with _about(names[0]):
            return task.body(context, *args, **given)
    if task.scope == "one" and not every:
        raise UsageError(
            f"several agents are switched on ({', '.join(names)}), and {task.name} is about one",
            hint=f"name it: {' or '.join(f'--profile={name}' for name in names)}",
        )
    found: list[tuple[str, Gathered, int]] = []
    as_log, is_status = bool(given.get("sarif")), task.name == "status"
    as_documents = bool(given.get("json")) and not as_log
    for name in names:
        with _about(name), gathering() as kept:
            code = code_of(task.body, context, *args, **given)
        found.append((name, kept, code))
        if not (as_documents or is_status):
            _show(of_agent(name, kept))
        if code == 130:
            break  # Ctrl-C is meant for all
    found = in_order(found) if is_status else found
    worst = min((code for _, _, code in found), key=_WORST_FIRST.index)
    if as_log:
        documents.write(as_one([(name, kept.documents[0]) for name, kept, _ in found if kept.documents]))
    elif as_documents:
        documents.show("profiles", of_agents(found, worst))
    elif is_status:
        screen.show([over_all(found)])
        if not given.get("short"):
            for name, kept, _ in found:
                _show(of_agent(name, kept))
    return worst


def one_by_one(names: Sequence[str], act: Callable[..., int], *, as_json: bool) -> int:
    """What asks on its way, of several agents: each is told as it goes, under its name; with `as_json` in one document.

    act: is given `json`. Returns the exit code, the worst of several.
    """
    found: list[tuple[str, Gathered, int]] = []
    for name in names:
        gathers = as_json and len(names) > 1
        with _about(name), gathering() if gathers else nullcontext(Gathered()) as kept:
            if not as_json and len(names) > 1:
                screen.show([line(Part(name, "bold"), ":")])
            found.append((name, kept, code_of(act, json=as_json)))
        if found[-1][2] == 130:
            break
    worst = min((code for _, _, code in found), key=_WORST_FIRST.index)
    if as_json and len(names) > 1:
        documents.show("profiles", of_agents(found, worst))
    return worst


def _show(kept: Gathered) -> None:
    for lines, error, urgency in kept.shown:
        screen.show(lines, error=error, urgency=urgency)


@contextmanager
def _about(name: str) -> Iterator[None]:
    """Within it this process, and each that it starts, is about that profile."""
    before = os.environ.get(VARIABLE)
    os.environ[VARIABLE] = name
    try:
        yield
    finally:
        if before is None:
            del os.environ[VARIABLE]
        else:
            os.environ[VARIABLE] = before
