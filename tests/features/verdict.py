"""The verdict of any signs, told in words: what status says first, what helps, and its exit code."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from itertools import combinations
from typing import Any

from pytest_bdd import parsers, then

from autosync_tasks.config.settings import Settings
from autosync_tasks.model import Change, ChangeKind, Entry, Kind, Outcome, Trigger
from autosync_tasks.plan.proposal import Outlook, Proposal
from autosync_tasks.policy.classify import Classifier
from autosync_tasks.policy.decide import decide
from autosync_tasks.policy.inputs import Ask, Past
from autosync_tasks.records import replace
from autosync_tasks.status.explain import explain
from autosync_tasks.status.notices import Now, Told, notices
from autosync_tasks.status.status import Status
from autosync_tasks.status.verdict import Level, Signs, verdict
from tests.features.words import TIME, seconds_of, time_of

_GOOD = Signs(backed_up=True, enabled=True)
_WORDS: list[tuple[str, Callable[[re.Match[str]], dict[str, Any]]]] = [
    (r"a source that (.+)", lambda m: {"wrong_source": (f"it {m[1]}", "name it")}),
    (r"a lost source", lambda _: {"wrong_source": ("it is gone", "")}),
    (r"a block without a way", lambda _: {"block": ("a fault", "")}),
    (r"no backup", lambda _: {"backed_up": False}),
    (r"nothing to back up", lambda _: {"backed_up": False, "nothing_there": ("it is empty", "fill it")}),
    (r"damage", lambda _: {"damage": "a pack is gone"}),
    (r"the newest damaged", lambda _: {"newest_whole": False}),
    (r"a block", lambda _: {"block": ("a secret", "mend it")}),
    (r"a block of (.+)", lambda m: {"block": ("a secret", "mend it"), "blocked_for": _seconds(m[1])}),
    (r"a block of (.+) that is over", lambda m: {"blocked_for": _seconds(m[1])}),
    (r"(\d+) changes? of (.+)", lambda m: {"pending": int(m[1]), "oldest": _seconds(m[2])}),
    (r"(\d+) changes?", lambda m: {"pending": int(m[1])}),
    (r"(\d+) in quarantine", lambda m: {"quarantined": int(m[1]), "mend": "mend x.md"}),
    (r"a conflict of (.+)", lambda m: {"conflict": _seconds(m[1])}),
    (r"a push that failed", lambda _: {"not_pushed": "it is away"}),
    (r"silent triggers", lambda _: {"silent": ("cron (x)", "the timer (y)")}),
    (r"an unloaded plugin", lambda _: {"unloaded": "the plugin is not loaded"}),
    (r"no trigger", lambda _: {"comes": False}),
    (r"switched off", lambda _: {"enabled": False}),
    (r"(\d+) failures?", lambda m: {"failures": int(m[1])}),
    (r"(\d+) left out", lambda m: {"faults": int(m[1]), "take": "chmod x.md"}),
    (r"(\d+) links? out", lambda m: {"links_out": int(m[1])}),
    (r"two notes", lambda _: {"notes": ("one is odd", "the other too")}),
]
"""Each sign as a table says it."""


def _seconds(text: str) -> float:
    """`26 hours`, `26 hours 1 second`."""
    return float(sum(seconds_of(one) for one in re.findall(r"\d+ \w+", text)))


def _signs(cell: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for one in filter(None, cell.split(", ")):
        [told] = [made(match) for words, made in _WORDS if (match := re.fullmatch(words, one))][-1:]
        assert not found.keys() & told.keys(), cell
        found |= told
    return found


def _judged(signs: dict[str, Any], longest: str) -> tuple[str, int, str, str]:
    found = verdict(replace(_GOOD, **signs), seconds_of(longest))
    told = Status(found, None, 0, enabled=True, push=False, seen={}, last_run={})
    return found.level, told.exit_code, found.why, found.next_step


def _rows(table: list[list[str]]) -> Iterator[tuple[str, tuple[str, int, str, str]]]:
    for what, level, code, why, step in table[1:]:
        yield what, (level, int(code), why, step)


@then(parsers.re(r"where a change may wait (?P<longest>\d+ \w+), of these signs alone is said:"))
def of_signs(longest: str, datatable: list[list[str]]) -> None:
    """Columns: what is so, the verdict, the exit code, because, next."""
    wrong = []
    for what, wanted in _rows(datatable):
        if (found := _judged(_signs(what), longest)) != wanted:
            wrong.append(f"{what}: {found}")
    assert not wrong, "\n".join(wrong)


@then(parsers.re(r"where a change may wait (?P<longest>\d+ \w+), of any two of these the upper one is told:"))
def upper_of_two(longest: str, datatable: list[list[str]]) -> None:
    """Each of them alone as well, and all of them below it at once."""
    rows = [(_signs(what), wanted) for what, wanted in _rows(datatable)]
    wrong = []
    for (upper, wanted), (lower, _) in combinations(rows, 2):
        if (found := _judged(lower | upper, longest)) != wanted:
            wrong.append(f"{upper} before {lower}: {found}")
    everything: dict[str, Any] = {}
    for signs, wanted in reversed(rows):
        everything |= signs
        for besides in ({}, everything):
            if (found := _judged(besides | signs, longest)) != wanted:
                wrong.append(f"{signs}: {found}")
    assert not wrong, "\n".join(wrong)


def _told(cell: str) -> Told:
    """`attention`, `attention by a secret`, `attention, failures`."""
    words, _, failures = cell.partition(", ")
    level, _, block = words.partition(" by ")
    return Told(level or "protected", block, failures == "failures")


def _remembered(cell: str) -> Told:
    """The same, as the state has it: only what was ever told."""
    told = _told(cell)
    record = {"level": str(told.level), "block": told.block, "failures": told.failures}
    return Told.of({name: value for name, value in record.items() if value and cell})


@then("after what was told last, these runs tell:")
def tell(datatable: list[list[str]]) -> None:
    """Columns: told last (level, block, whether failures), the verdict now, the run, failures in a row, told now, and
    what counts as told from then on."""
    wrong = []
    for before, level, run, failures, message, after in datatable[1:]:
        outcome, _, reason = run.partition(" by ")
        now = Now(Level(level), "so it is", Outcome(outcome), reason, int(failures))
        wanted = ((message,) if message else (), _told(after))
        if (found := notices(_remembered(before), now)) != wanted:
            wrong.append(f"{before}, {level}, {run}, {failures}: {found}")
    assert not wrong, "\n".join(wrong)


def _changes(cell: str, classifier: Classifier) -> Iterator[Change]:
    """`context/a.md modified, context/a.md renamed to context/b.md`."""
    old, new = Entry(Kind.FILE, 0o644, 3, "a" * 40), Entry(Kind.FILE, 0o644, 3, "b" * 40)
    for one in filter(None, cell.split(", ")):
        words = re.fullmatch(r"(\S+) ([a-z]+)(?: to (\S+))?", one)
        assert words, one
        before, what, after = words.groups()
        path, entry = (after or before).encode(), None if what == "deleted" else new
        rule, starts = classifier.rule_for(path, Kind.FILE), classifier.starts(path, Kind.FILE)
        yield Change(path, ChangeKind(what), rule, entry, old, before.encode() if after else None, starts=starts)


@then(parsers.re(f"at {TIME}, after a sync at (?P<last>[0-9:]+), of these paths is known:"))
def known_of(time: str, last: str, datatable: list[list[str]]) -> None:
    """Columns: path (a folder ends in `/`), pending, rule, starts a sync, is, waits for, held by, can go."""
    classifier, now, past = Classifier(Settings()), time_of(time), Past(last_sync_at=time_of(last))
    wrong = []
    for path, pending, *wanted in datatable[1:]:
        changes = list(_changes(pending, classifier))
        asks = (Ask(), Ask(force=True))
        decisions = [decide(changes, Settings(), Trigger.SCHEDULE, past, now, ask) for ask in asks]
        outlook = Outlook(*(Proposal(decision, decision.reason) for decision in decisions))
        kind = Kind.FOLDER if path.endswith("/") else Kind.FILE
        why = explain(path.removesuffix("/").encode(), kind, classifier, outlook, now)
        when = "" if why.next_at is None else _clock(why.next_at)
        told = [f"{why.rule.pattern} ({why.rule.origin})", "yes" if why.starts else "no"]
        told += [str(why.change.kind) if why.change and why.pending else "", why.gate, why.held, when]
        same = (why.path, why.pending, why.priority) == (
            path.removesuffix("/").encode(),
            why.change is not None,
            why.rule.priority,
        )
        if told != wanted or not same:
            wrong.append(f"{path} of {pending}: {told}")
    assert not wrong, "\n".join(wrong)


def _clock(when: float) -> str:
    """`10:05`, `10:05 tomorrow`."""
    day = int((when - time_of("00:00")) // 86_400)
    minutes = round(when - time_of("00:00")) % 86_400 // 60
    return f"{minutes // 60:02}:{minutes % 60:02}" + (" tomorrow" if day else "")
