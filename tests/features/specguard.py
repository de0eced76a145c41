"""A guard for the specification: what pytest-bdd loses without a word fails the suite here.

Four things are silent losses in pytest-bdd 9.0: a feature file that nobody binds, two definitions that both match a
sentence (one of them wins), an `async` step (its coroutine is never awaited, so it asserts nothing), and two scenarios
of the same name in one feature (only the last is kept). A fifth is this project's own: a run that ended non-zero
though no Then speaks of it. tests/features/test_specguard.py shows each of them failing.
"""

from __future__ import annotations

import inspect
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from _pytest.fixtures import FixtureDef, FixtureManager
from pytest_bdd.parser import Feature, Scenario, ScenarioTemplate, Step
from pytest_bdd.scenario import scenario_wrapper_template_registry

from tests.features.quick_steps import definitions, matching

if TYPE_CHECKING:
    from tests.support.machine import Machine, Told


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(session: pytest.Session, items: list[pytest.Item]) -> None:
    """Ends the session before the first test if the specification has a hole."""
    bound = [(item, template) for item in items if (template := _template(item))]
    folder = session.config.rootpath / (session.config.getini("bdd_features_base_dir") or "features")
    faults = list(_async_steps(session, bound))
    if bound or _all_was_asked_for(session.config):
        faults += _unbound(folder, {template.feature.filename for _, template in bound}, items)
        faults += _doubles(folder)
    faults += _ambiguous(session, bound)
    if faults:
        raise pytest.UsageError("the specification has holes:\n" + "\n".join(f"  {fault}" for fault in faults))


def _template(item: pytest.Item) -> ScenarioTemplate | None:
    return scenario_wrapper_template_registry.get(getattr(item, "obj", None) or print)


def _all_was_asked_for(config: pytest.Config) -> bool:
    return config.args_source is not pytest.Config.ArgsSource.ARGS


def _features(folder: Path) -> list[Path]:
    return sorted(folder.rglob("*.feature"))


def _unbound(folder: Path, bound: set[str], items: Iterable[pytest.Item]) -> Iterator[str]:
    """Counts what modules bind, not what was selected: `-k` and a single test are no holes."""
    for module in _modules(items):
        for found in vars(module.obj).values():
            if inspect.isfunction(found) and (template := scenario_wrapper_template_registry.get(found)):
                bound.add(template.feature.filename)
    for path in _features(folder):
        if str(path) not in bound:
            yield f"{path.name}: no test binds this feature file, so nothing of it is run"


def _modules(items: Iterable[pytest.Item]) -> set[pytest.Module]:
    return {module for item in items if (module := item.getparent(pytest.Module)) is not None}


def _doubles(folder: Path) -> Iterator[str]:
    from gherkin.parser import Parser
    from gherkin.token_scanner import TokenScanner

    for path in _features(folder):
        feature = Parser().parse(TokenScanner(path.read_text("utf-8")))["feature"]
        children: list[Any] = [*feature["children"]]  # gherkin's own types know neither rules nor scenarios there
        inside = [part for child in children for part in child.get("rule", {}).get("children", [child])]
        scenarios = [part["scenario"] for part in inside if "scenario" in part]
        for name, number in Counter(scenario["name"] for scenario in scenarios).items():
            if number > 1:
                yield f"{path.name}: {number} scenarios are named {name!r}, and only the last would be run"
        for scenario in scenarios:
            tables = scenario["examples"]
            if tables and not any(table["tableBody"] for table in tables):
                yield f"{path.name}: {scenario['name']!r} has no examples, so it would not be run"
            rows = Counter(
                tuple(cell["value"] for cell in row["cells"]) for table in tables for row in table["tableBody"]
            )
            for row, number in rows.items():
                if number > 1:
                    yield f"{path.name}: {scenario['name']!r} has the example {' | '.join(row)} {number} times"
        if not scenarios:
            yield f"{path.name}: it holds no scenario"


def _async_steps(session: pytest.Session, bound: list[tuple[pytest.Item, ScenarioTemplate]]) -> Iterator[str]:
    one_of_each_module = {item.parent: item for item, _ in bound}
    seen = {id(c): c for one in one_of_each_module.values() for _, c in definitions(session._fixturemanager, one)}
    for step in (context.step_func for context in seen.values()):
        if inspect.iscoroutinefunction(step) or inspect.isasyncgenfunction(step):
            yield f"{_where(step)}: an async step is never awaited: it would pass whatever it asserts"


def _ambiguous(session: pytest.Session, bound: list[tuple[pytest.Item, ScenarioTemplate]]) -> Iterator[str]:
    """Each sentence as it will be run, with its example's values, must have exactly one definition."""
    manager = session._fixturemanager
    seen: set[tuple[str, str]] = set()
    for item, template in bound:
        callspec = getattr(item, "callspec", None)
        example = callspec.params.get("_pytest_bdd_example", {}) if callspec else {}
        for step in template.render(example).steps:
            if (step.type, step.name) in seen:
                continue
            seen.add((step.type, step.name))
            yield from _judge(step, template.feature, manager, item)


def _judge(step: Step, feature: Feature, manager: FixtureManager, item: pytest.Item) -> Iterator[str]:
    found = [context.step_func for _, context in matching(step, manager, item)]
    name = Path(feature.filename).name
    if not found:
        yield f"{name}:{step.line_number}: no step definition for: {step.keyword} {step.name}"
    elif len(found) > 1:
        places = ", ".join(sorted(_where(one) for one in found))
        yield f"{name}:{step.line_number}: ambiguous, {len(found)} definitions match: {step.name} ({places})"


def _where(function: object) -> str:
    return f"{inspect.getmodule(function).__name__}.{getattr(function, '__name__', function)}"  # type: ignore[union-attr]


def pytest_bdd_after_scenario(request: pytest.FixtureRequest, feature: Feature, scenario: Scenario) -> None:
    """A run that ended non-zero, of which no Then speaks, fails the scenario."""
    silent = [told for told in _runs(request) if told.exit_code and not told.spoken]
    if silent:
        told = silent[-1]
        pytest.fail(
            f"{Path(feature.filename).name}: {scenario.name}: `{told.what}` ended with exit code {told.exit_code}, "
            f"and no Then speaks of it\n{told.text}",
            pytrace=False,
        )


def _runs(request: pytest.FixtureRequest) -> list[Told]:
    """Those of the scenario's machine, if it has one: to ask for the fixture would make one."""
    made: FixtureDef[Machine] | None = request._fixture_defs.get("machine")
    machine = made.cached_result[0] if made and made.cached_result else None
    return machine.told if machine else []
