"""Whether a value fits a JSON Schema, OpenCode's or one of a profile: the keywords that these use, and no others.

Own code because the library `jsonschema` takes 0.29 s of processor time to import (measured, warm), three times what
one changed file may cost. tests/validation/test_schema.py compares the two, and fails if a new schema uses more.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, NamedTuple

from autosync_tasks.validation.findings import printable

SCHEMA = "opencode-config-1.18.34.schema.json"
"""OpenCode's own schema (MIT), from `GET /doc` of `opencode serve`."""

_TYPES: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "object": (dict,),
    "array": (list,),
    "boolean": (bool,),
    "null": (type(None),),
}


class Violation(NamedTuple):
    """Where in the config, by keys and numbers; which keyword; what is wrong, without the value itself."""

    where: tuple[str | int, ...]
    keyword: str
    what: str

    @property
    def spot(self) -> str:
        """The place for people."""
        return ".".join(printable(str(part), 40) for part in self.where) or "the top level"


_VERSION_2 = frozenset(
    ("agents", "cache", "commands", "media", "permissions", "plugins", "providers", "snapshots", "update", "voice")
) | {"warming", "websearch", "worktree"}
"""Keys that only OpenCode 2 knows."""
_VERSION_2_AGENT = frozenset(("permissions", "system", "request", "disabled"))
_VERSION_2_INSIDE = {
    "compaction": frozenset(("buffer", "keep")),
    "experimental": frozenset(("portable_shell_scanner", "subagent_depth", "subagent_fork")),
}
_ACTION_1 = "provider.use"
"""The one action of `experimental.policies` that OpenCode 1 knows; version 2 takes any."""


def violations(config: Any) -> Iterator[Violation]:
    """Everything in which a config does not fit the schema of OpenCode 1."""
    root = _schema()
    return _violations(config, root, root["$defs"], ())


def misfits(value: Any, schema: Mapping[str, Any]) -> Iterator[Violation]:
    """Everything in which a value does not fit a profile's schema."""
    return _violations(value, schema, {}, ())


def stops(config: Any) -> list[Violation]:
    """The violations for which OpenCode 1 does not start: a value of the wrong kind under a key that it knows.

    Found out with 1.18.33: unknown keys are ignored everywhere. Nothing stops OpenCode 2, which skips an entry that it
    cannot use, so a config that is written for it has none; nor is a value judged that is put in only at the start.
    """
    if is_version_2(config):
        return []
    root = _lenient_schema()
    return [one for one in _violations(config, root, root["$defs"], ()) if not _put_in_later(config, one.where)]


def is_version_2(config: Any) -> bool:
    """Whether a config is written for OpenCode 2, as its content tells."""
    if not isinstance(config, dict):
        return False
    mcp, agents = config.get("mcp"), config.get("agent")
    servers = mcp.get("servers") if isinstance(mcp, dict) else None
    agents = list(agents.values()) if isinstance(agents, dict) else []
    inside, policies = _VERSION_2_INSIDE.items(), config.get("experimental")
    policies = policies.get("policies") if isinstance(policies, dict) else None
    policies = policies if isinstance(policies, list) else []
    return (
        not _VERSION_2.isdisjoint(config)
        or "/v2/" in str(config.get("$schema"))
        or isinstance(config.get("skills"), list)
        or any(isinstance(config.get(key), dict) and not keys.isdisjoint(config[key]) for key, keys in inside)
        or any(isinstance(one, dict) and one.get("action", _ACTION_1) != _ACTION_1 for one in policies)
        or (isinstance(servers, dict) and not {"type", "command", "url"} & servers.keys())
        or (isinstance(mcp, dict) and isinstance(mcp.get("timeout"), dict) and "type" not in mcp["timeout"])
        or any(
            isinstance(one, dict) and (isinstance(one.get("model"), dict) or not _VERSION_2_AGENT.isdisjoint(one))
            for one in (config, *agents)
        )
    )


def _put_in_later(config: Any, where: tuple[str | int, ...]) -> bool:
    value = config
    for step in where:
        value = value[step]
    return isinstance(value, str) and ("{env:" in value or "{file:" in value)


def _lenient(schema: Any) -> Any:
    """The schema without its ban on unknown keys."""
    if isinstance(schema, dict):
        return {k: _lenient(v) for k, v in schema.items() if not (k == "additionalProperties" and v is False)}
    return [_lenient(one) for one in schema] if isinstance(schema, list) else schema


@cache
def _lenient_schema() -> Any:
    return _lenient(_schema())


@cache
def _schema() -> Any:
    from importlib.resources import files

    return json.loads(files("autosync_tasks.validation.data").joinpath(SCHEMA).read_bytes())


def _violations(value: Any, schema: Any, defs: Any, where: tuple[str | int, ...]) -> Iterator[Violation]:
    """Yields lazily, so that asking for the first violation alone is cheap."""
    if "$ref" in schema:
        yield from _violations(value, defs[schema["$ref"].rpartition("/")[2]], defs, where)
    if "type" in schema and not _is(value, schema["type"]):
        yield Violation(where, "type", f"the value should be of type {schema['type']}")
    if "enum" in schema and not any(_same(value, one) for one in schema["enum"]):
        allowed = ", ".join(map(str, schema["enum"]))
        yield Violation(where, "enum", f"the value should be one of {allowed}")
    if "anyOf" in schema and all(any(_violations(value, one, defs, where)) for one in schema["anyOf"]):
        yield Violation(where, "anyOf", "the value has none of the forms that are allowed")
    if isinstance(value, dict):
        yield from _object(value, schema, defs, where)
    elif isinstance(value, list):
        yield from _array(value, schema, defs, where)
    elif isinstance(value, str):
        if "pattern" in schema and not re.search(schema["pattern"], value):
            yield Violation(where, "pattern", "the value has not the form that is wanted")
    elif isinstance(value, int | float) and not isinstance(value, bool):
        yield from _number(value, schema, where)


def _is(value: Any, kind: str) -> bool:
    if isinstance(value, bool) or kind not in ("integer", "number"):
        return isinstance(value, _TYPES.get(kind, ()))
    return isinstance(value, int) or (isinstance(value, float) and (kind == "number" or value.is_integer()))


def _same(value: Any, other: Any) -> bool:
    """JSON's equality: true is not 1."""
    return bool(value == other) and isinstance(value, bool) is isinstance(other, bool)


def _object(value: dict[str, Any], schema: Any, defs: Any, where: tuple[str | int, ...]) -> Iterator[Violation]:
    missing = [key for key in schema.get("required", ()) if key not in value]
    if missing:
        yield Violation(where, "required", f"{', '.join(missing)} is missing")
    known = schema.get("properties", {})
    other = schema.get("additionalProperties", True)
    extra = [key for key in value if key not in known]
    if extra and other is False:
        names = ", ".join(printable(key, 40) for key in extra[:5])
        yield Violation(where, "additionalProperties", f"there is no such key as {names}")
    for key, inner in value.items():
        if key in known:
            yield from _violations(inner, known[key], defs, (*where, key))
        elif isinstance(other, dict):
            yield from _violations(inner, other, defs, (*where, key))


def _array(value: list[Any], schema: Any, defs: Any, where: tuple[str | int, ...]) -> Iterator[Violation]:
    if not schema.get("minItems", 0) <= len(value) <= schema.get("maxItems", len(value)):
        yield Violation(where, "items", "the list has not the length that is wanted")
    first = schema.get("prefixItems", ())
    for n, inner in enumerate(value):
        wanted = first[n] if n < len(first) else schema.get("items")
        if isinstance(wanted, dict):
            yield from _violations(inner, wanted, defs, (*where, n))


def _number(value: float, schema: Any, where: tuple[str | int, ...]) -> Iterator[Violation]:
    low, over, high = (schema.get(word) for word in ("minimum", "exclusiveMinimum", "maximum"))
    if low is not None and value < low:
        yield Violation(where, "minimum", f"the value should be {low} or more")
    if over is not None and value <= over:
        yield Violation(where, "exclusiveMinimum", f"the value should be more than {over}")
    if high is not None and value > high:
        yield Violation(where, "maximum", f"the value should be {high} or less")
