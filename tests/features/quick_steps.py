"""Finds the definition of a sentence quickly.

pytest-bdd 9.0 asks pytest for the definitions of all 1,700 fixtures anew with each sentence (6 ms, a fifth of the time
that features took). All sentences of one module see the same definitions: they are asked for once.
"""

from __future__ import annotations

from collections.abc import Iterable
from importlib import import_module
from weakref import WeakKeyDictionary

import pytest
from _pytest.fixtures import FixtureManager
from pytest_bdd.compat import get_fixture_names, getfixturedefs
from pytest_bdd.parser import Step
from pytest_bdd.steps import StepFunctionContext, step_function_context_registry

_Definition = tuple[pytest.FixtureDef[object], StepFunctionContext]
_meant: WeakKeyDictionary[object, dict[tuple[str, str], list[_Definition]]] = WeakKeyDictionary()
_seen: WeakKeyDictionary[object, list[_Definition]] = WeakKeyDictionary()


def definitions(manager: FixtureManager, node: pytest.Item) -> list[_Definition]:
    """The step definitions that an item sees, as fixtures and as they were written."""
    place = node.parent or node
    if place not in _seen:
        _seen[place] = [
            (definition, context)
            for name in get_fixture_names(manager)
            for definition in getfixturedefs(manager, name, node) or ()
            if (context := step_function_context_registry.get(definition.func)) is not None
        ]
    return _seen[place]


def matching(step: Step, manager: FixtureManager, node: pytest.Item) -> list[_Definition]:
    """Those of them that a sentence means."""
    found = _meant.setdefault(node.parent or node, {})
    sentence = step.type, step.name
    if sentence not in found:
        found[sentence] = [
            (definition, context)
            for definition, context in definitions(manager, node)
            if context.type in (None, step.type) and context.parser.is_matching(step.name)
        ]
    return found[sentence]


def _find(step: Step, fixturemanager: FixtureManager, node: pytest.Item) -> Iterable[pytest.FixtureDef[object]]:
    return [definition for definition, _ in matching(step, fixturemanager, node)]


def pytest_configure() -> None:
    """Puts it in the place of pytest-bdd's own (`pytest_bdd.scenario` is a function of that name in the package)."""
    module = import_module("pytest_bdd.scenario")
    assert callable(module.find_fixturedefs_for_step)
    module.find_fixturedefs_for_step = _find  # type: ignore[attr-defined]
