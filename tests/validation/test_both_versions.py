"""Nothing that OpenCode 2 loads is an error: sound documents of every key of its form, alone and together, are drawn."""

from __future__ import annotations

import json
import os
import random
from typing import Any

import pytest

from autosync_tasks.model import Severity
from autosync_tasks.validation import validate
from tests.validation.support import HERE, context, file

SCHEMA = json.loads((HERE / "data/opencode-2-config.schema.json").read_text())
del SCHEMA["properties"]["mcp"]["additionalProperties"]  # servers without `servers` above them: version 1's form
OLD = frozenset(
    ("agent", "mode", "command", "provider", "permission", "tools", "plugin", "reference", "snapshot", "autoupdate")
) | {"autoshare", "attachment", "logLevel", "server", "layout", "subagent_depth", "theme", "keybinds", "tui"}
"""Keys of version 1 that version 2 translates or passes over: their form is version 1's."""
NATIVE = sorted(SCHEMA["properties"].keys() - OLD)
SEED = os.environ.get("AUTOSYNC_SEED", "2")


def sound(node: Any, r: random.Random, depth: int = 0) -> Any:
    """A value that fits the schema."""
    if "$ref" in node:
        return sound(SCHEMA["$defs"][node["$ref"].rpartition("/")[2]], r, depth + 1)
    if "const" in node or "enum" in node:
        return r.choice(node.get("enum") or [node["const"]])
    if "anyOf" in node:
        return sound(r.choice(node["anyOf"]), r, depth + 1)
    kind = node.get("type")
    if kind == "object":
        known, more = node.get("properties", {}), node.get("additionalProperties")
        chosen = [key for key in known if key in node.get("required", ()) or r.random() < (0.5 if depth < 4 else 0.2)]
        value = {key: sound(known[key], r, depth + 1) for key in chosen}
        if isinstance(more, dict) and more and depth < 7:
            value |= {name: sound(more, r, depth + 1) for name in ("one", "two") if r.random() < 0.6}
        return value
    if kind == "array":
        return [sound(node.get("items", {}), r, depth + 1) for _ in range(r.randint(0, 3))]
    if kind in ("integer", "number"):
        low = node.get("minimum", node.get("exclusiveMinimum", -1) + 1)
        return r.choice([low, node.get("maximum", low + 1000)])
    if kind == "string":
        return "#00ff0a" if node.get("pattern", "").startswith("^#") else r.choice(["x", "a/b", "4 minutes"])
    return True if kind == "boolean" else r.choice([None, True, 1, "x", {}])


def errors(files: dict[str, str]) -> list[str]:
    """What blocks in a tree of these files."""
    paths = [name.encode() for name in files]
    found = validate([file(name.encode(), text) for name, text in files.items()], context(*paths))
    return [f"{one.path!r} {one.code} {one.message}" for one in found if one.severity is Severity.ERROR]


@pytest.mark.parametrize("key", NATIVE)
def test_each_key_alone(key: str) -> None:
    r = random.Random(f"{SEED} {key}")
    for _ in range(40):
        document = {key: sound(SCHEMA["properties"][key], r)}
        assert errors({"opencode.jsonc": json.dumps(document)}) == [], document


def test_all_keys_together() -> None:
    r = random.Random(SEED)
    for _ in range(60):
        chosen = r.sample(NATIVE, r.randint(2, len(NATIVE)))
        document = {key: sound(SCHEMA["properties"][key], r) for key in chosen}
        assert errors({"opencode.json": json.dumps(document)}) == [], document


def front(keys: dict[str, Any]) -> str:
    return "---\n" + "".join(f"{key}: {json.dumps(value)}\n" for key, value in keys.items()) + "---\nDo it.\n"


@pytest.mark.parametrize(
    ("kind", "path"),
    [
        ("AgentFrontMatter", "agents/a/b.md"),
        ("AgentFrontMatter", "mode/b.md"),
        ("CommandFrontMatter", "commands/a/b.md"),
        ("SkillFrontMatter", "skills/b/SKILL.md"),
    ],
)
def test_front_matter(kind: str, path: str) -> None:
    r = random.Random(f"{SEED} {path}")
    for _ in range(60):
        keys = sound(SCHEMA["$defs"][kind], r)
        assert errors({path: front(keys)}) == [], keys


def test_both_at_once() -> None:
    """A tree on its way: each file is judged by its own form."""
    r = random.Random(SEED)
    old = {"agent": {"build": {"temperature": 0.1}}, "plugin": ["x"], "permission": {"bash": "ask"}}
    for _ in range(40):
        document = {key: sound(SCHEMA["properties"][key], r) for key in r.sample(NATIVE, 6)}
        both = {"opencode.json": json.dumps(old), "opencode.jsonc": json.dumps(document | {"plugins": []})}
        both["agent/old.md"] = front({"description": "d", "temperature": 0.2, "tools": {"bash": False}})
        both["agents/new.md"] = front(sound(SCHEMA["$defs"]["AgentFrontMatter"], r))
        assert errors(both) == [], both
        assert errors({"opencode.json": json.dumps(old | document | {"agents": {}})}) == []
    stopped = both | {"opencode.json": json.dumps(old | {"instructions": "AGENTS.md"})}
    assert [one.split()[1] for one in errors(stopped)] == ["JSN009"]
    assert errors({"opencode.json": "{"}) != []
    assert errors({"opencode.json": "[]"}) != []
