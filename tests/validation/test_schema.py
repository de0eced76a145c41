"""The small schema checker says the same as the library jsonschema on OpenCode's schema."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autosync_tasks.profiles import Source
from autosync_tasks.validation import schema

jsonschema = pytest.importorskip("jsonschema")

TEXT = files("autosync_tasks.validation.data").joinpath(schema.SCHEMA).read_text()
OPENCODE = json.loads(TEXT)
LIBRARY = jsonschema.Draft202012Validator(OPENCODE)
KNOWN = {
    *("$schema", "$id", "$defs", "$ref", "description"),
    *("type", "enum", "anyOf", "pattern", "minimum", "exclusiveMinimum", "maximum"),
    *("properties", "additionalProperties", "required", "items", "prefixItems", "minItems", "maxItems"),
}


def keywords(node: Any) -> set[str]:
    """Every keyword in a schema; names of properties are none."""
    if isinstance(node, list):
        return set().union(*map(keywords, node))
    if not isinstance(node, dict):
        return set()
    found = set(node)
    for word, inner in node.items():
        if word in ("properties", "$defs"):
            found |= set().union(*map(keywords, inner.values()))
        elif word != "enum":
            found |= keywords(inner)
    return found


def test_the_schema_uses_no_keyword_that_is_not_checked() -> None:
    assert keywords(OPENCODE) <= KNOWN


def same(config: Any) -> None:
    # The library goes into every branch of a list that is too long, so places are compared, not numbers.
    ours = {found.where for found in schema.violations(config)}
    theirs = {tuple(error.absolute_path) for error in LIBRARY.iter_errors(config)}
    assert ours == theirs


def likely(node: Any, depth: int = 0) -> st.SearchStrategy[Any]:
    """Values near to what a schema wants: mostly right, often wrong in one place."""
    noise = st.sampled_from([None, True, 0, -1, 1.0, 0.5, 10**9, "", "allow", "#00ff00", [], {}, ["x"], {"x": 1}])
    if depth > 5 or not isinstance(node, dict):
        return noise
    if "$ref" in node:
        return likely(OPENCODE["$defs"][node["$ref"].rpartition("/")[2]], depth + 1)
    if "enum" in node:
        return st.sampled_from(node["enum"]) | noise
    if "anyOf" in node:
        return st.one_of([likely(one, depth + 1) for one in node["anyOf"]])
    kind = node.get("type")
    if kind == "object":
        fixed = {key: likely(inner, depth + 1) for key, inner in node.get("properties", {}).items()}
        required = {key: fixed[key] for key in node.get("required", ())}
        known = st.fixed_dictionaries({}, optional=fixed) if fixed else st.just({})
        needed = st.fixed_dictionaries(required) if required else st.just({})
        more = st.dictionaries(st.sampled_from("xyz"), likely(node.get("additionalProperties"), depth + 1), max_size=1)
        return st.tuples(needed, known, more).map(lambda parts: parts[1] | parts[2] | parts[0]) | noise
    if kind == "array":
        return st.lists(likely(node.get("items"), depth + 1), max_size=3) | noise
    right = {"string": st.text(max_size=3), "boolean": st.booleans(), "integer": st.integers(-2, 5)}
    return right.get(str(kind), st.floats(-2, 5)) | noise


def top_level(key: str) -> st.SearchStrategy[Any]:
    return likely(OPENCODE["properties"][key]).map(lambda value: {key: value})


@settings(max_examples=75, deadline=None)
@given(st.sampled_from(sorted(OPENCODE["properties"])).flatmap(top_level))
def test_agrees_with_the_library(config: Any) -> None:
    same(config)


@pytest.mark.parametrize("config", [{}, [], None, 5, "x", {"model": "a/b"}, {"model": 5}, {"nope": 1}, {"share": True}])
def test_agrees_on_plain_cases(config: Any) -> None:
    same(config)


OF_PROFILES = [one.schema for name in ("claude", "codex") for one in Source(name).read().validations if one.schema]


@settings(max_examples=40, deadline=None)
@given(st.sampled_from(OF_PROFILES).flatmap(lambda one: st.tuples(st.just(one), likely(one))))
def test_agrees_on_what_profiles_say(pair: tuple[dict[str, Any], Any]) -> None:
    said, value = pair
    assert keywords(said) <= KNOWN
    theirs = {tuple(error.absolute_path) for error in jsonschema.Draft202012Validator(said).iter_errors(value)}
    assert {found.where for found in schema.misfits(value, said)} == theirs


def test_a_key_that_is_not_known_is_told_as_that() -> None:
    closed = {"type": "object", "properties": {}, "additionalProperties": False}
    assert [one.keyword for one in schema.misfits({"x": 1}, closed)] == ["additionalProperties"]


def test_a_whole_number_may_be_written_with_a_point() -> None:
    assert not list(schema.misfits(2.0, {"type": "integer"}))
    assert [one.keyword for one in schema.misfits(2.5, {"type": "integer"})] == ["type"]


@pytest.mark.parametrize("key", ["servers", "timeout"])
def test_a_server_of_version_1_may_have_the_name_of_a_key_of_version_2(key: str) -> None:
    assert not schema.is_version_2({"mcp": {key: {"type": "local", "command": ["npx"]}}})
    assert not schema.is_version_2({"mcp": {key: {"type": "local"}}})
