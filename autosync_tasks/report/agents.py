"""What is told of several agents: each under its name, one verdict over all of them, and who is on this machine."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from autosync_tasks.names import display
from autosync_tasks.report.status import STYLE_OF_LEVEL
from autosync_tasks.report.words import Gathered, Line, Part, line
from autosync_tasks.status.verdict import Level

_LEVELS = (Level.NOT_PROTECTED, Level.ATTENTION, Level.PROTECTED)

Answer = tuple[str, Gathered, int]
"""Of an agent: its profile's name, what was to be shown, the exit code."""


def of_agent(name: str, kept: Gathered) -> Gathered:
    """The same under the agent's name; nothing where it said nothing."""
    if not kept.shown:
        return kept
    first, error, urgency = kept.shown[0]
    return Gathered([([line(Part(name, "bold"), ":"), *first], error, urgency), *kept.shown[1:]])


def in_order(found: Sequence[Answer]) -> list[Answer]:
    """Statuses, the worst first; one that could not be had is the worst."""
    return sorted(found, key=lambda one: _LEVELS.index(Level(one[1].verdict[0])) if one[1].verdict[0] else -1)


def over_all(found: Sequence[Answer]) -> Line:
    """The verdict over all of them. found: in order."""
    name, kept, _ = found[0]
    level = Level(kept.verdict[0]) if kept.verdict[0] else Level.NOT_PROTECTED
    if level is Level.PROTECTED:
        return line(Part(level, STYLE_OF_LEVEL[level]), f": all of {', '.join(one for one, _, _ in found)}")
    why = kept.verdict[1] or "its state cannot be told"
    rest = "; ".join(f"{one}: {other.verdict[0] or 'not known'}" for one, other, _ in found[1:])
    return line(Part(level, STYLE_OF_LEVEL[level]), f": {name}: {display(why, limit=1000)}; {rest}")


def of_agents(found: Sequence[Answer], code: int) -> dict[str, Any]:
    """The documents of all of them in one. code: of the whole."""
    level = found[0][1].verdict[0] if found and found[0][1].verdict[0] else None
    answers = [
        {"profile": name, "exit_code": one, "answer": kept.documents[0] if kept.documents else None}
        for name, kept, one in found
    ]
    return {"exit_code": code, **({"verdict": level} if level else {}), "profiles": answers}


def of_profiles(rows: Sequence[tuple[str, str, str, str]]) -> Iterator[Line]:
    """The agents: name and title, whether it is backed up, and the command or place. One line each."""
    width = max((len(name) for name, _, _, _ in rows), default=0)
    titles = max((len(title) for _, title, _, _ in rows), default=0)
    for name, title, state, more in rows:
        style = "green" if state == "backed up" else "dim" if state == "not here" else "yellow"
        yield line(
            Part(f"  {name:<{width}}", "bold"), f"  {title:<{titles}}  ", Part(state, style), f"  {more}" * bool(more)
        )
