"""What the features are made of, in short: `python -m tools.features_report` (tests/features/test_page.py holds it).

Counted are scenarios and examples, sentences without a definition, definitions without a sentence or with only one, and
scenarios and backgrounds that are longer than a reader takes in.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections import defaultdict
from pathlib import Path
from typing import NamedTuple

from pytest_bdd.parser import FeatureParser
from pytest_bdd.steps import StepFunctionContext, step_function_context_registry

import tests.features
from tools.features_page import FEATURES

MOST_STEPS = 5
"""Of a scenario, beside its background."""
MOST_BEFORE = 4
"""Lines of a background."""


class Report(NamedTuple):
    """A place is `room/file.feature: scenario`, a step its kind and its pattern."""

    counts: dict[str, tuple[int, int]]
    """Feature file to its scenarios and to what is run of them with all examples."""
    undefined: list[str]
    """Sentences that no step matches."""
    ambiguous: list[str]
    """Sentences that more than one step matches: pytest-bdd takes one of them and says nothing."""
    orphans: list[str]
    """Steps that no sentence uses."""
    once: dict[str, str]
    """Steps that one line of all features uses, with that line."""
    long: dict[str, int]
    """Scenarios and backgrounds with too many steps, with how many."""


def report() -> Report:
    """Reads all features and imports all steps."""
    found = Report({}, [], [], [], {}, {})
    steps = definitions()
    lines: dict[str, set[str]] = defaultdict(set)
    meant: dict[tuple[str, str], list[str]] = {}
    for file in sorted(FEATURES.rglob("*.feature")):
        feature = FeatureParser(str(FEATURES), str(file)).parse()
        name, runs = file.relative_to(FEATURES).as_posix(), 0
        for scenario in feature.scenarios.values():
            for before in (feature.background, scenario.rule and scenario.rule.background):
                if before and len(before.steps) > MOST_BEFORE:
                    found.long[f"{name}: background in line {before.line_number}"] = len(before.steps)
            if len(scenario._steps) > MOST_STEPS:
                found.long[f"{name}: {scenario.name}"] = len(scenario._steps)
            for row in [row for table in scenario.examples for row in table.as_contexts()] or [{}]:
                runs += 1
                for step in scenario.render(row).steps:
                    sentence = step.type, step.name
                    if sentence not in meant:
                        meant[sentence] = [told for told, one in steps.items() if means(one, *sentence)]
                    if not meant[sentence]:
                        found.undefined.append(f"{name}:{step.line_number}: {step.name}")
                    if len(meant[sentence]) > 1:
                        found.ambiguous.append(f"{name}:{step.line_number}: {step.name}: {meant[sentence]}")
                    for told in meant[sentence]:
                        lines[told].add(f"{name}:{step.line_number}")
        found.counts[name] = len(feature.scenarios), runs
    found.orphans.extend(sorted(set(steps) - set(lines)))
    found.once.update({told: next(iter(places)) for told, places in sorted(lines.items()) if len(places) == 1})
    return found


def definitions() -> dict[str, StepFunctionContext]:
    """Every step of tests/features/, by where it is, its kind and its pattern."""
    for module in pkgutil.iter_modules(tests.features.__path__):
        if not module.name.startswith("test_"):
            importlib.import_module(f"tests.features.{module.name}")
    return {
        f"{Path(one.step_func.__code__.co_filename).stem}: {one.type} {one.parser.name}": one
        for one in list(step_function_context_registry.values())
        if one.step_func.__module__.startswith("tests.features.")
    }


def means(one: StepFunctionContext, kind: str, sentence: str) -> bool:
    """Whether a step is meant by a sentence."""
    return one.type in (None, kind) and bool(one.parser.is_matching(sentence))


def told(found: Report) -> str:
    """The report for a person."""
    files, scenarios, runs = len(found.counts), *(sum(column) for column in zip(*found.counts.values(), strict=True))
    most = sorted(found.counts.items(), key=lambda item: -item[1][0])[:5]
    lines = [
        f"{files} features, {scenarios} scenarios, {runs} runs with their examples, {len(definitions())} steps",
        "most scenarios: " + ", ".join(f"{name} {number}" for name, (number, _) in most),
    ]
    for title, rows in (
        ("sentences without a step", found.undefined),
        ("sentences with more than one", found.ambiguous),
        ("steps without a sentence", found.orphans),
        ("scenarios over five steps, backgrounds over four", [f"{place} ({n})" for place, n in found.long.items()]),
        ("steps that one line uses", [f"{step}  ({place})" for step, place in found.once.items()]),
    ):
        lines += [f"{title}: {len(rows)}", *(f"  {row}" for row in rows)]
    return "\n".join(lines)


if __name__ == "__main__":
    print(told(report()))
