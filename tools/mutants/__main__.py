"""Mutation testing: `python -m tools.mutants trace`, then `run`, then `table` or `survivors`.

`trace` runs each test once and keeps which lines of the pure files it executes (needs the package `coverage`). `run`
changes one thing of a pure file at a time and runs the scenarios, then the other tests, that execute the line, until
one fails; `known` does so for a few that must never survive, `closed` for those that had survived and are noticed now
(survivors.toml; `became` tells those that are missing there). `trace` and `run` go on where they were stopped; a
function that changed is done anew (`trace --again` after changes of what tests execute). Tests are
those that a plain `pytest` selects, unless `--tests` says otherwise (`--tests='-m "not full"'`).
"""

from __future__ import annotations

import argparse
import shlex
import sys
import time
from collections import defaultdict
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from tests.test_architecture import pure
from tools.mutants.live import Loaded
from tools.mutants.operators import Mutant
from tools.mutants.results import (
    KILLED,
    LOADING,
    File,
    Store,
    Test,
    entries,
    known,
    rank,
    survived,
    survivors,
    table,
)
from tools.mutants.session import PACKAGE, Session, say
from tools.mutants.trace import FEATURES, trace

DERIVING = [f"validation/{name}.py" for name in ("rule_syntax", "rule_facts", "sieve", "built_in", "catalogue")]
"""What follows from the scanner's rules is worked out once for all mutants but those of these files."""
ROOMS = "policy plan validation restore remote recovery status backup"


def main() -> None:
    """Reads the words and does what the first says."""
    words = argparse.ArgumentParser(prog="python -m tools.mutants", description=__doc__)
    words.add_argument("what", choices=("trace", "run", "known", "closed", "table", "survivors", "became"))
    words.add_argument("--store", type=Path, default=PACKAGE.parent / ".pytest_cache/mutants")
    words.add_argument("--rooms", default=ROOMS, help="rooms, or files of the package; 'all' for every pure file")
    words.add_argument("--share", type=float, default=1.0, help="of each file's mutants, the same ones each time")
    words.add_argument("--draw", type=int, default=0, help="another sample of the same share")
    words.add_argument("--lanes", type=int, default=2)
    words.add_argument("--tests", default="", help="words for pytest that select tests")
    words.add_argument("--again", action="store_true", help="trace all once more; run the survivors once more")
    words.add_argument("--features-seconds", type=float, default=20, help="at most, of scenarios for one mutant")
    words.add_argument("--others-seconds", type=float, default=20, help="at most, of other tests for one mutant")
    words.add_argument("--unchanged", type=int, default=0, help="run so many mutants without a change: none may fail")
    words.add_argument("--minutes", type=float, default=1e6, help="begin no mutant after so many minutes")
    asked = words.parse_args(namespace=argparse.Namespace(wrong=[]))
    wanted = asked.rooms.split()
    names = [name for name in pure() if "all" in wanted or name in wanted or name.split("/")[0] in wanted]
    store = Store(asked.store)
    if asked.what in ("table", "survivors"):
        files = [File.read(PACKAGE, name) for name in names]
        drawn = set().union(*(file.drawn(asked.share, asked.draw) for file in files))
        results = {key: result for key, result in store.results().items() if key in drawn}
        say(table(files, results) if asked.what == "table" else survivors(files, results, package=PACKAGE.name))
        return
    if asked.what == "became":
        say(entries(store.noticed_since([File.read(PACKAGE, name) for name in names])))
        return
    asked.named = known() if asked.what == "known" else _closed(asked.share, names) if asked.what == "closed" else []
    if asked.named:
        asked.tests += " " + shlex.join(sorted({one["by"] for one in asked.named}))
    work = {"trace": trace, "run": _run}.get(asked.what, _named)
    session = Session(lambda loaded: work(loaded, store, names, asked))
    quiet = ["--capture=sys", "-p", "no:cacheprovider", "-p", "no:faulthandler", "-q", "--no-header", "--no-summary"]
    code = int(pytest.main([*quiet, *shlex.split(asked.tests)], plugins=[session]))
    sys.exit(1 if asked.wrong else 0 if code == pytest.ExitCode.NO_TESTS_COLLECTED else code)


class _Plan:
    """Which tests run for a mutant, and in which order."""

    def __init__(self, tests: dict[str, Test], asked: argparse.Namespace) -> None:
        self.tests = tests
        self._most = (asked.features_seconds, asked.others_seconds)
        self._executing: dict[tuple[str, int], list[str]] = defaultdict(list)
        loading = self.tests.pop(LOADING, None)
        self._loading = {
            (function, offset) for function, offsets in (loading.lines.items() if loading else ()) for offset in offsets
        }
        for test in self.tests.values():
            for function, offsets in test.lines.items():
                for offset in offsets:
                    self._executing[function, offset].append(test.name)
        self._places: dict[str, dict[str, tuple[int, float]]] = {}
        self._rare: dict[str, dict[str, float]] = {}
        self.killers: dict[str, list[str]] = defaultdict(list)
        """Of each function, the newest last."""

    def _able(self, file: File, mutant: Mutant) -> set[str]:
        """The tests that execute the line, or, where it has no code of its own, the statement."""
        within = [line for line, (name, _) in file.starts.items() if name == mutant.function]
        places = [[mutant.line], range(mutant.reach[0], mutant.reach[1] + 1)]
        for lines in [within] if mutant.operator.startswith("default") else places:  # set once, felt in the body
            found: set[str] = set()
            for line in lines:
                function, start = file.starts.get(line, ("", 0))
                found.update(self._executing[f"{file.name}::{function}", line - start])
            if found:
                return found
        return set()

    def only_loading(self, file: File, mutant: Mutant) -> bool:
        """Whether the line runs while the package is loaded, and in no test."""
        function, start = file.starts.get(mutant.line, ("", 0))
        return (f"{file.name}::{function}", mutant.line - start) in self._loading and not self._able(file, mutant)

    def _turns(self, file: File) -> dict[str, tuple[int, float]]:
        """Each test's place: those that execute the same lines of the file take turns, the rarest lines come first."""
        if file.name not in self._places:
            lines: dict[str, list[tuple[str, int]]] = defaultdict(list)
            rarity: dict[str, float] = defaultdict(float)
            for line, names in self._executing.items():
                if line[0].startswith(f"{file.name}::"):
                    for name in names:
                        lines[name].append(line)
                        rarity[name] += (2 if self.tests[name].room == file.room else 1) / len(names)
            before: dict[object, int] = defaultdict(int)
            places = self._places[file.name] = {}
            for name in sorted(lines, key=lambda name: (self.tests[name].room != file.room, self.tests[name].seconds)):
                alike = frozenset(lines[name])
                places[name] = (before[alike], -rarity[name] / (self.tests[name].seconds + 0.2))
                before[alike] += 1
        return self._places[file.name]

    def _seldom(self, function: str) -> dict[str, float]:
        """How much each test executes of a function that few others do."""
        if function not in self._rare:
            found = self._rare[function] = defaultdict(float)
            for (name, _), names in self._executing.items():
                if name == function:
                    for test in names:
                        found[test] += 1 / len(names)
        return self._rare[function]

    def of(self, file: File, mutant: Mutant) -> tuple[list[str], list[str], int]:
        """Scenarios, other tests, how many are left out. Quick ones first that noticed another of the function."""
        killers = enumerate(self.killers[f"{file.name}::{mutant.function}"])
        last = {name: place for place, name in killers if name in self.tests and self.tests[name].seconds < 2}
        turns, seldom = self._turns(file), self._seldom(f"{file.name}::{mutant.function}")

        def place(name: str) -> tuple[Any, ...]:
            turn, of_file = turns[name]
            return -last.get(name, -1), turn, -seldom.get(name, 0) / (self.tests[name].seconds + 0.2), of_file, name

        ordered = sorted(self._able(file, mutant), key=place)
        taken: tuple[list[str], list[str]] = [], []
        spent = [0.0, 0.0]
        for name in ordered:
            kind = int(not name.startswith(FEATURES))
            if spent[kind] <= self._most[kind]:
                spent[kind] += self.tests[name].seconds
                taken[kind].append(name)
        return *taken, len(ordered) - len(taken[0]) - len(taken[1])


def _run(session: Session, store: Store, names: list[str], asked: argparse.Namespace) -> None:
    files = [File.read(PACKAGE, name) for name in names]
    loaded = [Loaded(str(PACKAGE / file.name), file.tree) for file in files]
    plan = _Plan(
        {
            name: test
            for name, test in store.tests().items()
            if name == LOADING or (test.passed and name in session.items)
        },
        asked,
    )
    session.forking = frozenset(test.name for test in plan.tests.values() if test.forks)
    done = store.results()
    for result in done.values():
        if result["by"]:
            plan.killers[f"{result['file']}::{result['function']}"].append(result["by"])

    def asked_for(key: str) -> bool:
        if asked.again:
            return key in done and done[key]["verdict"] not in KILLED
        return bool(asked.unchanged) or key not in done

    jobs = sorted(
        (rank, place, number)
        for place, file in enumerate(files)
        for rank, number in file.in_order(asked.draw)
        if rank < asked.share and asked_for(file.key(file.mutants[number]))
    )
    jobs = jobs[: asked.unchanged or len(jobs)]
    say(f"{len(jobs)} mutants to run with {len(plan.tests)} tests")
    session.freeze()
    until = time.monotonic() + 60 * asked.minutes

    def one(job: int) -> None:
        if time.monotonic() > until:
            return
        _, place, number = jobs[job]
        file, mutant = files[place], files[place].mutants[number]
        result = _judge(session, plan, file, mutant, None if asked.unchanged else loaded[place])
        if asked.unchanged:
            say(f"unchanged: {file.name}:{mutant.line} {result['verdict']} {result['by']}")
        else:
            store.keep(result)

    session.lanes(asked.lanes, range(len(jobs)), one)


def _judge(session: Session, plan: _Plan, file: File, mutant: Mutant, loaded: Loaded | None) -> dict[str, Any]:
    """What becomes of one mutant. loaded: where the function is changed, None for a run without a change."""
    scenarios, others, left = plan.of(file, mutant)
    both = [*scenarios, *others]

    def do(say: Callable[[Any], None]) -> None:
        if file.name in DERIVING:
            session.derive_anew()
        if loaded and not loaded.become(mutant):
            say(("not loaded", ""))
        elif by := session.run(both, say):
            say(("killed", by))
        else:
            say(("survived", ""))

    def patience(said: Any) -> float:
        """Twenty times what the test uses, and more."""
        return 40 + 20 * plan.tests[both[said]].seconds if isinstance(said, int) else 60

    began = time.monotonic()
    ended = session.child(do, patience) if both else None
    said = ended.said if ended else [("loading" if plan.only_loading(file, mutant) else "survived", "")]
    verdict, by = next((one for one in said if isinstance(one, tuple)), ("fell", ""))
    ran = 1 + max((one for one in said if isinstance(one, int)), default=-1)
    if verdict == "fell" and ran:  # it hangs, or the process was ended by what the mutant did
        by = both[ran - 1]
    if by:
        verdict = "features" if by in scenarios else "others"
        plan.killers[f"{file.name}::{mutant.function}"].append(by)
    told = {name: getattr(mutant, name) for name in ("function", "line", "operator", "was", "now")}
    return {
        "key": file.key(mutant),
        "file": file.name,
        **told,
        "verdict": verdict,
        "by": by,
        "late": bool(ended and ended.late),
        "ran": [min(ran, len(scenarios)), max(0, ran - len(scenarios))],
        "left": left,
        "seconds": round(time.monotonic() - began, 2),
    }


def _closed(share: float, names: list[str]) -> list[dict[str, str]]:
    """Those of these files that are noticed now, or a share of them, always the same one."""
    of = [one for one in survived() if "by" in one and one["file"] in names]
    return [one for one in of if rank(one["file"] + one["was"] + one["now"]) < share]


def _named(session: Session, _: Store, __: list[str], asked: argparse.Namespace) -> None:
    """Each of these mutants must be noticed by the test that is named for it, which passes without the change."""
    files = {name: File.read(PACKAGE, name) for name in {one["file"] for one in asked.named}}
    loaded = {name: Loaded(str(PACKAGE / name), file.tree) for name, file in files.items()}
    tests = sorted({one["by"] for one in asked.named})
    told = session.room / "wrong"
    session.freeze()

    def noticed(number: int) -> None:
        test, wrong = tests[number], []
        its = [one for one in asked.named if one["by"] == test]
        if ("by", None) not in (said := _said(session, loaded[its[0]["file"]], None, test)):
            wrong.append(f"{test}: fails without a change: {said}")
        for one in its:
            mutant = next((found for found in files[one["file"]].mutants if found.is_as(one)), None)
            if mutant is None:
                wrong.append(f"{one}: there is no such mutant")
            elif ("by", test) not in (said := _said(session, loaded[one["file"]], mutant, test)):
                wrong.append(f"{one}: survived: {said}")
        with told.open("a") as file:
            file.write("".join(f"{line}\n" for line in wrong))

    session.lanes(asked.lanes, range(len(tests)), noticed)
    asked.wrong = told.read_text().splitlines()
    say("\n".join(asked.wrong) or f"{len(asked.named)} mutants were noticed, each by its test")


def _said(session: Session, loaded: Loaded, change: Mutant | None, test: str) -> list[Any]:
    return session.child(partial(_one_test, session, loaded, change, test), lambda _: 120).said


def _one_test(session: Session, loaded: Loaded, mutant: Mutant | None, name: str, say: Callable[[Any], None]) -> None:
    session.derive_anew()
    if mutant is None or loaded.become(mutant):
        say(("by", session.run([name], say)))


if __name__ == "__main__":
    main()
