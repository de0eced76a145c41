"""Patterns: which paths a rule means, which rule comes first, what is refused."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

import pytest
from pytest_bdd import given, step, then

from autosync_tasks.config.load import load
from autosync_tasks.config.settings import Settings
from autosync_tasks.errors import AutosyncError
from autosync_tasks.model import Kind, Priority, Rule
from autosync_tasks.policy.classify import Classifier, always_protected, closed_folders, protected_matcher
from autosync_tasks.policy.matching import NameTest
from autosync_tasks.policy.rules import ALWAYS_PROTECTED
from autosync_tasks.records import replace
from autosync_tasks.report.lines import of_error
from tests.features.tree import unescaped
from tests.support.machine import Machine, plain

_Row = tuple[str, str]


def _with_signs(text: str) -> str:
    return re.sub(r"\\x([0-9a-f]{2})", lambda found: chr(int(found[1], 16)), text)


def _rule(pattern: str, number: int = 1) -> Rule:
    return Rule(pattern, "mine", Priority.HIGH, f"config.toml rule {number}")


def _paths(cell: str) -> Iterator[tuple[str, bytes, Kind]]:
    """As a table tells them: what ends in `/` is a folder."""
    for text in filter(None, cell.split(", ")):
        yield text, text.removesuffix("/").encode(), Kind.FOLDER if text.endswith("/") else Kind.FILE


@step("rules of these patterns mean:")
def mean(machine: Machine, datatable: list[list[str]]) -> None:
    plain_settings = load(machine.environ).settings
    wrong = []
    for pattern, meant, others in datatable[1:]:
        rule = _rule(pattern)
        classifier = Classifier(replace(plain_settings, rules=(rule,)))
        for cell, wanted in ((meant, True), (others, False)):
            for text, path, kind in _paths(cell):
                if (classifier.rule_for(path, kind) == rule) is not wanted:
                    wrong.append(f"{pattern} {'does not mean' if wanted else 'means'} {text}")
    assert not wrong, "\n".join(wrong)


@then("these paths are:")
def are(datatable: list[list[str]]) -> None:
    """`→` at a path's end: a link."""
    classifier = Classifier(Settings())
    found = []
    for text, *_ in datatable[1:]:
        [(_, path, kind)] = _paths(text.removesuffix("→"))
        rule = classifier.rule_for(path, Kind.LINK if text.endswith("→") else kind)
        found.append([text, rule.category, rule.priority])
    assert found == datatable[1:]


@then("what lies there is protected or not:")
def protected(datatable: list[list[str]]) -> None:
    """Asked name by name, as the walk does, and of the whole path; most names are cleared by one look at many."""
    by_name, classifier = protected_matcher(Settings()), Classifier(Settings())
    assert isinstance(by_name, NameTest)
    wrong = []
    for text, wanted in datatable[1:]:
        marked = unescaped(text)
        path, is_folder = marked.removesuffix(b"/"), marked.endswith(b"/")
        *folders, name = path.split(b"/")
        rule = classifier.rule_for(path, Kind.FOLDER if is_folder else Kind.FILE)
        named = by_name(name, is_folder) or any(by_name(folder, True) for folder in folders)
        if {named, rule.priority is Priority.NEVER} != {wanted == "yes"} or (named and by_name.none_of(path)):
            wrong.append(f"{text}: by its names {named}, by its path {rule.priority}")
        if wanted == "yes" and rule in ALWAYS_PROTECTED and not always_protected(path):
            wrong.append(f"{text}: not on every tree")
    assert not wrong, "\n".join(wrong)
    assert by_name.none_of(b"environment/docs/a.md/README/plan")
    assert not always_protected(b"environment/docs/a.md")


@then("an exclusion makes these low, and leaves those as they are:")
def makes_low(machine: Machine, datatable: list[list[str]]) -> None:
    """What is not low has the very rule that it had."""
    plain_settings = load(machine.environ).settings
    before = Classifier(plain_settings)
    wrong = []
    for pattern, *cells in datatable[1:]:
        classifier = Classifier(replace(plain_settings, sync_exclusions=(pattern,)))
        for cell, wanted in zip(cells, (Priority.LOW, Priority.NEVER, None), strict=True):
            for text, path, kind in _paths(cell):
                found, was = classifier.rule_for(path, kind), before.rule_for(path, kind)
                right = found.origin == "sync_exclusions" if wanted is Priority.LOW else found == was
                if not right or found.priority is not (wanted or was.priority):
                    wrong.append(f"{text} under {pattern}: {found}")
    assert not wrong, "\n".join(wrong)


@then("these folders are opened because of a rule about:")
def opened(machine: Machine, datatable: list[list[str]]) -> None:
    """`not:` before a pattern: the rule is that it never goes; `low:`: an exclusion."""
    plain_settings = load(machine.environ).settings
    found = []
    for text, folder, _ in datatable[1:]:
        how, sign, pattern = text.partition(": ")
        settings = plain_settings
        if how == "low":
            settings = replace(settings, sync_exclusions=(pattern,))
        elif text:
            rule = _rule(pattern if sign else text)
            settings = replace(settings, rules=(replace(rule, priority=Priority.NEVER) if sign else rule,))
        closed = closed_folders(settings)
        assert closed is not None
        found.append([text, folder, "left closed" if closed(folder.encode()) else "opened"])
    assert found == datatable[1:]


@pytest.fixture
def patterns() -> list[_Row]:
    """What a table says: a pattern, and what belongs to it."""
    return []


@given("rules of these patterns, in this order:")
def in_order(patterns: list[_Row], datatable: list[list[str]]) -> None:
    patterns += [(pattern, paths) for pattern, paths in datatable[1:]]


@then("each decides about its own paths, whether it is asked first or after thousands")
def first_or_later(patterns: list[_Row]) -> None:
    rules = tuple(_rule(pattern, number) for number, (pattern, _) in enumerate(patterns, 1))
    asked = [(rule, *one) for rule, (_, cell) in zip(rules, patterns, strict=True) for one in _paths(cell)]
    wrong = []
    for number, (rule, text, path, kind) in enumerate(asked):
        alone = Classifier(Settings(rules=(*rules, _rule(f"only-for-question-{number}", 99))))
        if (found := alone.rule_for(path, kind)) != rule:
            wrong.append(f"{text}, asked first: {found.pattern}, not {rule.pattern}")
    for before in (30, 1100):
        many = Classifier(Settings(rules=rules))
        for number in range(before):
            many.rule_for(b"dull-%d/dull.x%d" % (number, number), Kind.FILE)
        for rule, text, path, kind in asked:
            if (found := many.rule_for(path, kind)) != rule:
                wrong.append(f"{text}, after {before}: {found.pattern}, not {rule.pattern}")
    assert not wrong, "\n".join(wrong)


@given("rules of these patterns:")
def of_these(machine: Machine, patterns: list[_Row], datatable: list[list[str]]) -> None:
    patterns += [(_with_signs(pattern), words) for pattern, words in datatable[1:]]
    spelled = (json.dumps(pattern).replace("\x7f", "\\u007f") for pattern, _ in patterns)
    rules = (f'[[rules]]\npattern = {pattern}\ncategory = "mine"\npriority = "high"\n' for pattern in spelled)
    machine.config.mkdir(parents=True, exist_ok=True)
    (machine.config / "config.toml").write_text("\n".join(rules))


@then("the settings are refused, with these words of each")
def refused_with(machine: Machine, patterns: list[_Row]) -> None:
    with pytest.raises(AutosyncError) as caught:
        load(machine.environ)
    told = plain(of_error(caught.value)).splitlines()
    for number, (pattern, words) in enumerate(patterns, 1):
        of_it = [line for line in told if f"rule {number}, pattern" in line]
        assert len(of_it) == (words != "nothing"), (pattern, of_it)
        assert not of_it or words in of_it[0], (pattern, of_it)
