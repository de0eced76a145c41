"""The guard of the specification can fail: each silent loss is broken on purpose in a miniature suite."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest_plugins = ["pytester"]

INI = """
[pytest]
bdd_features_base_dir = features
testpaths = tests
pythonpath = {here}
asyncio_mode = strict
"""

GOOD = """
Feature: Tea
  Scenario: one cup
    Given a kettle
    When it boils
    Then there is tea
"""

STEPS = """
from types import SimpleNamespace
import pytest
from pytest_bdd import given, scenarios, then, when

class Machine:
    def __init__(self):
        self.told = []

@pytest.fixture
def machine():
    return Machine()

@given("a kettle")
def kettle(machine): pass

@when("it boils")
def boils(machine):
    machine.told.append(SimpleNamespace(what="boil", exit_code=0, spoken=False, text="hot"))

@when("it boils over")
def boils_over(machine):
    machine.told.append(SimpleNamespace(what="boil", exit_code=3, spoken=False, text="too hot"))

@then("there is tea")
def tea(machine): assert machine.told

@then("it is refused")
def refused(machine): machine.told[-1].spoken = True
"""

BIND = '\nscenarios("tea.feature")\n'


@pytest.fixture
def suite(pytester: pytest.Pytester) -> pytest.Pytester:
    """A miniature suite that is whole."""
    pytester.makeini(INI.format(here=Path(__file__).parents[2]).replace("asyncio_mode = strict\n", ""))
    pytester.mkdir("features")
    pytester.mkdir("tests")
    write(pytester, feature=GOOD)
    return pytester


def write(
    suite: pytest.Pytester, *, feature: str = "", steps: str = STEPS, bind: str = BIND, name: str = "tea"
) -> None:
    if feature:
        (suite.path / "features" / f"{name}.feature").write_text(feature)
    (suite.path / "tests" / "test_tea.py").write_text(steps + bind)


def run(suite: pytest.Pytester, *arguments: str) -> tuple[int, str]:
    done = suite.runpytest_inprocess(
        "-p", "tests.features.specguard", "-p", "no:cacheprovider", "-p", "no:hypothesispytest", *arguments
    )
    return int(done.ret), done.stdout.str() + done.stderr.str()


def test_a_whole_specification_passes(suite: pytest.Pytester) -> None:
    code, said = run(suite)
    assert code == 0, said
    assert "1 passed" in said


def test_a_feature_that_nobody_binds_fails_the_suite(suite: pytest.Pytester) -> None:
    write(suite, feature=GOOD.replace("Tea", "Coffee"), name="coffee")
    code, said = run(suite)
    assert code == pytest.ExitCode.USAGE_ERROR
    assert "coffee.feature: no test binds this feature file" in said


def test_features_without_any_binding_fail_the_whole_suite(suite: pytest.Pytester) -> None:
    write(suite, bind="\ndef test_other(): pass\n")
    code, said = run(suite)
    assert code == pytest.ExitCode.USAGE_ERROR
    assert "tea.feature: no test binds this feature file" in said


def test_selecting_one_test_is_no_hole(suite: pytest.Pytester) -> None:
    write(suite, feature=GOOD + "  Scenario: two cups\n    Given a kettle\n")
    code, said = run(suite, "-k", "one_cup")
    assert code == 0, said
    assert "1 passed, 1 deselected" in said


def test_an_ambiguous_sentence_fails_the_suite(suite: pytest.Pytester) -> None:
    more = '\nfrom pytest_bdd import parsers\n@then(parsers.parse("there is {drink}"))\ndef drink(drink): pass\n'
    write(suite, steps=STEPS + more)
    code, said = run(suite)
    assert code == pytest.ExitCode.USAGE_ERROR
    assert "tea.feature:6: ambiguous, 2 definitions match: there is tea" in said


def test_an_example_that_makes_a_sentence_ambiguous_fails_the_suite(suite: pytest.Pytester) -> None:
    outline = """
Feature: Tea
  Scenario Outline: a cup of <drink>
    Given a kettle
    When it boils
    Then there is <drink>
    Examples:
      | drink |
      | water |
      | tea   |
"""
    more = (
        '\nfrom pytest_bdd import parsers\n@then(parsers.re("there is (?P<drink>tea|water)"))\ndef drink(drink): pass\n'
    )
    write(suite, feature=outline, steps=STEPS + more)
    code, said = run(suite)
    assert code == pytest.ExitCode.USAGE_ERROR
    assert "match: there is tea" in said
    assert "match: there is water" not in said


def test_a_sentence_without_a_definition_fails_the_suite(suite: pytest.Pytester) -> None:
    write(suite, feature=GOOD.replace("there is tea", "there is cake"))
    code, said = run(suite)
    assert code == pytest.ExitCode.USAGE_ERROR
    assert "no step definition for: Then there is cake" in said


def test_an_async_step_fails_the_suite(suite: pytest.Pytester) -> None:
    write(suite, steps=STEPS.replace("def tea(machine): assert machine.told", "async def tea(machine): assert False"))
    code, said = run(suite)
    assert code == pytest.ExitCode.USAGE_ERROR
    assert "tea: an async step is never awaited" in said


@pytest.mark.parametrize("rule", ["", "  Rule: another\n"])
def test_two_scenarios_of_one_name_fail_the_suite(suite: pytest.Pytester, rule: str) -> None:
    write(suite, feature=GOOD + rule + "  Scenario: one cup\n    Given a kettle\n")
    code, said = run(suite)
    assert code == pytest.ExitCode.USAGE_ERROR
    assert "tea.feature: 2 scenarios are named 'one cup'" in said


def test_two_examples_that_are_the_same_fail_the_suite(suite: pytest.Pytester) -> None:
    outline = """
Feature: Tea
  Scenario Outline: <number> cups
    Given a kettle
    Examples:
      | number |
      | 2      |
      | 2      |
"""
    write(suite, feature=outline)
    code, said = run(suite)
    assert code == pytest.ExitCode.USAGE_ERROR
    assert "has the example 2 2 times" in said


def test_an_outline_without_examples_fails_the_suite(suite: pytest.Pytester) -> None:
    outline = GOOD + "  Scenario Outline: <number> cups\n    Given a kettle\n    Examples:\n      | number |\n"
    write(suite, feature=outline)
    code, said = run(suite)
    assert code == pytest.ExitCode.USAGE_ERROR
    assert "has no examples" in said


def test_a_run_that_failed_and_of_which_no_then_speaks_fails_its_scenario(suite: pytest.Pytester) -> None:
    write(suite, feature=GOOD.replace("it boils", "it boils over"))
    code, said = run(suite)
    assert code == pytest.ExitCode.TESTS_FAILED
    assert "`boil` ended with exit code 3, and no Then speaks of it" in said


def test_a_failed_run_that_a_then_speaks_of_is_fine(suite: pytest.Pytester) -> None:
    write(suite, feature=GOOD.replace("it boils", "it boils over").replace("there is tea", "it is refused"))
    code, said = run(suite)
    assert code == 0, said


def test_an_earlier_run_that_failed_in_silence_fails_its_scenario_too(suite: pytest.Pytester) -> None:
    twice = GOOD.replace("    When it boils\n", "    When it boils over\n    And it boils\n")
    write(suite, feature=twice)
    code, said = run(suite)
    assert code == pytest.ExitCode.TESTS_FAILED
    assert "no Then speaks of it" in said
