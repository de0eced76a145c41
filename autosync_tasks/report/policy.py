"""The lines and JSON of the policy's tasks: why, settings, history."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any

from autosync_tasks.config.load import Loaded
from autosync_tasks.config.settings import TABLE
from autosync_tasks.config.wording import plain
from autosync_tasks.humanize import age, count, short_span
from autosync_tasks.model import Priority
from autosync_tasks.names import display
from autosync_tasks.report.changes import of_pending
from autosync_tasks.report.words import STYLE, Line, Part, in_a_log, line, runnable
from autosync_tasks.status.why import Answer


def of_why(answer: Answer, now: float) -> Iterator[Line]:
    """One path, a fact a line. now: seconds since the epoch."""
    why = answer.why
    yield line(Part(display(why.path, limit=2000), "bold"))
    facts = [
        ("rule", f"{why.rule.pattern}  ({why.rule.origin})"),
        *([("because", answer.reason)] if answer.reason else []),
        ("category", why.rule.category),
        ("priority", why.priority),
        ("starts", _starts(answer)),
        ("backup", answer.where),
    ]
    if answer.left_out is not None:
        detail = f": {answer.left_out.detail}" if answer.left_out.detail else ""
        facts.append(("left out", f"{answer.left_out.why}{detail}"))
    if answer.last_commit is not None:
        facts.append(("last sync", f"{age(now - answer.last_commit)} ago"))
    below = f"{count(len(answer.below), 'path')} below it" if answer.below else "no"
    facts.append(("pending", str(why.change.kind) if why.change is not None else below))
    if why.change is not None:
        facts.append(("waits for", why.gate))
        if why.next_at is not None and why.next_at > now:
            facts.append(("eligible", f"in {age(why.next_at - now)}"))
    for name, words in facts:
        yield line(Part(f"  {name:<10} ", "dim"), runnable(words))
    yield from of_pending(answer.below)


def _starts(answer: Answer) -> str:
    if not answer.copied:
        return "no sync: it is never copied"
    if answer.why.priority is Priority.LOW:
        return "no sync, and none takes it by itself; `inv sync --include-low` does"
    return "a sync" if answer.why.starts else "no sync by itself; it rides along"


def why_as_json(answer: Answer) -> dict[str, Any]:
    """One path, for programs."""
    why = answer.why
    return {
        "path": display(why.path, limit=10_000),
        "path_hex": why.path.hex(),
        "rule": {"pattern": why.rule.pattern, "origin": why.rule.origin},
        "reason": answer.reason or None,
        "category": why.rule.category,
        "priority": why.priority,
        "starts_a_sync": why.starts,
        "where": answer.where,
        "left_out": answer.left_out.why if answer.left_out else None,
        "pending": why.change.kind if why.change else None,
        "waits_for": why.held or None,
        "pending_below": [display(item.change.path, limit=10_000) for item in answer.below],
        "next_eligible": why.next_at,
        "last_commit": answer.last_commit,
    }


def _shown(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, tuple):
        return "[" + ", ".join(_shown(getattr(item, "pattern", item)) for item in value) + "]"
    return display(value, limit=200) if isinstance(value, str) else str(value)


_FEW = 8
"""Items of a list that nobody changed which are shown on the screen."""


def of_config(loaded: Loaded) -> Iterator[Line]:
    """Every setting with its value and where that comes from: first what differs from the defaults."""
    there = "" if loaded.exists else "  (not there yet; all defaults)"
    yield line(Part(display(loaded.path), "bold"), Part(there, "dim"))
    usual = [name for name in TABLE if loaded.origins[name] == "default"]
    width = max(map(len, TABLE))
    for name in (own := [name for name in TABLE if name not in usual]):
        words = _in_words(name, _value(loaded, name)) or "(not set)"
        yield line(f"  {name:<{width}}  {words}  ", Part(loaded.origins[name], "cyan"))
    if own:
        yield line()
    for name in usual:
        value = _value(loaded, name)
        words = _in_words(name, value) or "(not set)"
        if isinstance(value, tuple) and len(value) > _FEW:
            words = f"{len(value)} patterns (`--json` lists them)"
        yield line(f"  {name:<{width}}  {words}  ", Part("default", "dim"))


def _value(loaded: Loaded, name: str) -> object:
    value = getattr(loaded.settings, name)
    return loaded.settings.starts if name == "sync_triggers" and value is None else value


def _in_words(name: str, value: object) -> str:
    """A setting's value as it may be set: spans as `26h`; with what it counts where that is bytes or percent."""
    unit = TABLE[name].unit
    if unit == "seconds" and isinstance(value, int):
        return short_span(value)
    return f"{value:,} {unit}" if unit in ("bytes", "percent") else _shown(value)


def config_as_json(loaded: Loaded) -> dict[str, Any]:
    """Every setting, for programs."""
    return {
        "path": display(loaded.path),
        "exists": loaded.exists,
        "settings": {name: {"value": plain(_value(loaded, name)), "origin": loaded.origins[name]} for name in TABLE},
    }


def of_settings_changed(
    path: str, changed: Sequence[tuple[str, object, object]], origins: Mapping[str, str], *, check: bool
) -> Iterator[Line]:
    """What was set, and a warning where something else overrides it."""
    words = "would change" if check else "changed"
    if changed:
        style = "yellow" if check else "green"
        yield line(Part(f"{words}: ", style), f"{count(len(changed), 'setting')} in {display(path)}")
    else:
        yield line(Part("ok: ", "green"), f"{display(path)} says so already")
    for name, old, new in changed:
        before = "not set" if old is None else _in_words(name, old)
        yield line(f"  {name}: {before} → ", Part(_in_words(name, new), "bold"))
    for name, origin in origins.items():
        if origin.startswith("environment"):
            yield line(Part("  note  ", "cyan"), f"{name} is overridden by the {origin} at present")


def of_history(records: Sequence[Mapping[str, Any]]) -> Iterator[Line]:
    """Day by day, newest last, a line a run; restores, recoveries and drills are runs too."""
    styles, day = {str(known): colour for known, colour in STYLE.items()} | {"changed": "green"}, ""
    for record in records:
        when = _local(record.get("started"))
        if when[:10] != day:
            day = when[:10]
            yield line(Part(day, "bold"))
        outcome = str(record.get("outcome", "?"))
        task = record.get("task", "sync")
        trigger = display(str(record.get("trigger", "?") if task == "sync" else task))
        style = styles.get(outcome, "")
        yield line(
            f"  {when[11:]:<8}  {trigger:<9} ",
            Part(f"{display(outcome):<11}", style),
            display(str(record.get("reason", ""))),
        )
    if not records:
        yield line("no run that did something, or ended in a new way, is recorded here")
    yield in_a_log(f"runs={len(records)}")


def _local(when: object) -> str:
    """A record's time as people write it; the history is a log, and may hold anything."""
    if isinstance(when, int | float):
        with suppress(ValueError, OverflowError, OSError):
            return time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(when))
    return f"{'?':<19}"


def of_totals(totals: Mapping[str, Any], now: float) -> Iterator[Line]:
    """The totals, a line each."""
    names = ("runs", "successes", "failures", "blocked", "incomplete", "deferred", "skipped")
    for name in (*names, "files", "commits", "restores", "recoveries"):
        yield line(Part(f"  {name:<14}", "dim"), f"{totals[name]:,}")
    last = totals["last_activity"]
    yield line(Part("  last activity ", "dim"), f"{age(now - last)} ago" if last else "never")
