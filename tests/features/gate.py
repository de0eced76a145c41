"""The gate: a situation in words, and what is decided of it."""

from __future__ import annotations

import re
from collections import Counter
from functools import cache

from pytest_bdd import parsers, then

from autosync_tasks.config.settings import Settings
from autosync_tasks.model import Change, ChangeKind, Decision, Entry, Kind, Path, Verb
from autosync_tasks.policy.classify import Classifier
from autosync_tasks.policy.decide import backoff_retry_at, decide
from autosync_tasks.policy.guards import EMPTY, loss_digest, losses
from autosync_tasks.policy.inputs import Ask, Guarded, Past
from autosync_tasks.records import replace
from tests.features.words import ASKERS, NOUNS, TIME, rows_of, seconds_of, time_of

_OLD, _NEW, _EMPTIED = (Entry(Kind.FILE, 0o644, 3, name) for name in ("a" * 40, "b" * 40, EMPTY))
_VERBS = {"goes": Verb.GO, "is skipped": Verb.SKIP, "is blocked": Verb.BLOCK, "waits": Verb.DEFER}
_LOSSES = {"deletion": ("context/gone.md", None), "emptied file": ("context/emptied.md", _EMPTIED)}
_Pending = dict[Path, tuple[str, Change, float | None]]
"""By path: what a table calls it, the change, and since when it waits (None: since now)."""


@cache
def _classifier() -> Classifier:
    return Classifier(Settings())


def _moment(text: str) -> float:
    """A time as features say it, also `09:30 yesterday` and with seconds."""
    day = text.removesuffix(" yesterday")
    seconds = int(day[6:]) if day.count(":") == 2 else 0
    return time_of(day[:5] + ("" if seconds else day[5:])) + seconds - 86_400 * (day != text)


def _pending(cell: str) -> _Pending:
    found: _Pending = {}
    for one in filter(None, cell.split(", ")):
        number, what = one.split(" ", 1)
        noun, _, since = what.partition(" since ")
        noun = noun if int(number) == 1 else noun.removesuffix("s")
        name, new = _LOSSES.get(noun) or (NOUNS[noun], _NEW)
        for _ in range(int(number)):
            path = re.sub(r"(\.\w+)?$", rf"-{len(found)}\1", name, count=1).encode()
            kind = ChangeKind.MODIFIED if new else ChangeKind.DELETED
            rule, starts = _classifier().rule_for(path, Kind.FILE), _classifier().starts(path, Kind.FILE)
            found[path] = noun, Change(path, kind, rule, new, _OLD, starts=starts), _moment(since) if since else None
    return found


def _decided(pending: _Pending, who: str, besides: str, now: float) -> Decision:
    settings, past, ask, facts = Settings(), Past(), Ask(), Guarded()
    changes = [change for _, change, _ in pending.values()]
    lost = losses(changes, {})
    for one in filter(None, besides.split(", ")):
        first, *others = words = re.findall(r"[\w:]+", one)
        match words:
            case ["insisting"]:
                ask = replace(ask, force=True)
            case ["with", "low", "priority"]:
                ask = replace(ask, include_low=True)
            case ["taking", "over"]:
                ask = replace(ask, adopt=True)
            case ["these" | "others", *_]:
                ask = replace(ask, allow_mass_delete=loss_digest(*lost) if first == "these" else "aa")
            case ["of", "context", "only"]:
                ask = replace(ask, context_only=True)
            case ["of", "tools", "only"]:
                ask = replace(ask, tools_only=True)
            case ["switched", "off"]:
                settings = replace(settings, auto_sync_enabled=False)
            case [number, "are", "needed"]:
                settings = replace(settings, min_changes_for_sync=int(number))
            case ["a", "sync", "at", time]:
                past = replace(past, last_sync_at=_moment(time))
            case [number, "failure" | "failures", "until", time]:
                past = replace(past, failures=int(number), retry_at=_moment(time))
            case ["of", number] if number.isdecimal():
                facts = replace(facts, owned=int(number), gone=lost.gone, truncated=lost.truncated)
            case ["of", _]:
                ask = replace(ask, include=(one.split('"')[1],))
            case ["nothing" | "one", "left"]:
                facts = replace(facts, source_entries=0 if first == "nothing" else 1)
            case ["another", "s", "branch"]:
                facts = replace(facts, other_source="b0b")
            case [number, "in", "the", "way"]:
                facts = replace(facts, collisions=tuple(b"context/%d" % n for n in range(int(number))))
            case ["at", "first"]:
                facts = replace(facts, first=True)
            case _:
                raise AssertionError(f"what is {one!r}? {others}")
    past = replace(past, first_seen={path: since for path, (_, _, since) in pending.items() if since is not None})
    return decide(changes, settings, ASKERS[who], past, now, ask, facts)


@then(parsers.re(f"at {TIME} these syncs are decided so:"))
def decided_so(time: str, datatable: list[list[str]]) -> None:
    """Columns: pending, asked by, besides, the sync, because; and what is taken, where it is not all that starts one."""
    wrong = []
    for cells in rows_of(datatable):
        pending = _pending(cells["pending"])
        decision = _decided(pending, cells["asked by"], cells["besides"], time_of(time))
        verb, _, until = cells["the sync"].partition(" until ")
        wanted = {_VERBS[verb]} if verb != "waits" else {Verb.DEFER, Verb.SKIP}
        said = [decision.verb in wanted, decision.retry_at == (_moment(until) if until else None)]
        said.append(decision.reason == cells["because"])
        both = [*decision.admitted, *(one.change for one in decision.waiting)]
        said.append(sorted(change.path for change in both) == sorted(pending))
        if "taken" in cells:
            taken = Counter(pending[change.path][0] for change in decision.admitted)
            said.append(taken == Counter(noun for noun, _, _ in _pending(cells["taken"]).values()))
        if not all(said):
            wrong.append(f"{cells}: {decision.verb}, {decision.reason}, {decision.retry_at}, {said}")
    assert not wrong, "\n".join(wrong)


@then(parsers.re(f"at {TIME} what stays waits for:"))
def stays(time: str, datatable: list[list[str]]) -> None:
    """Of the first that is pending."""
    wrong = []
    for cell, who, besides, words in datatable[1:]:
        pending = _pending(cell)
        decision = _decided(pending, who, besides, time_of(time))
        [told] = [one.waits_for for one in decision.waiting if one.change.path == next(iter(pending))]
        if not told.startswith(words) or told[len(words) :][:1] not in ("", ",", ";", " "):
            wrong.append(f"{cell}, {who}, {besides}: {told}")
    assert not wrong, "\n".join(wrong)


@then(parsers.re(f"after these failures at {TIME} the next try is:"))
def next_try(time: str, datatable: list[list[str]]) -> None:
    for failures, limit, earliest, latest in datatable[1:]:
        settings = replace(Settings(), max_sync_frequency=seconds_of(limit))
        both = [backoff_retry_at(int(failures), settings, time_of(time), jitter) for jitter in (0.0, 1.0)]
        assert both == [_moment(earliest), _moment(latest)], (failures, limit, both)
