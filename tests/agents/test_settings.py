"""What a profile's schema calls wrong is what the real agent stops at, or reads nothing of."""

from __future__ import annotations

import json
import os
import random
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from autosync_tasks.profiles import Source
from tests.agents.bed import PROGRAMS, Bed, prefix_of


def some(number: int) -> pytest.MarkDecorator:
    """That many places in the wider sample, all of them in the full one."""
    few, every = pytest.param(number, marks=pytest.mark.sweep), pytest.param(1000, marks=pytest.mark.full)
    return pytest.mark.parametrize("number", [few, every])


ODD = {"string": "zq", "boolean": True, "integer": 5, "number": 1.5, "array": ["zq"], "object": {"zq": "zq"}}
"""A value of each kind."""
BESIDE: dict[str, dict[str, Any]] = {
    "mcp_servers": {"command": "true"},
    "model_providers": {"name": "n"},
    "statusLine": {"type": "command", "command": "true"},
}
"""What must stand beside a value, lest the agent stops at what is missing there."""


def places(schema: Mapping[str, Any], *way: str) -> Iterator[tuple[tuple[str, ...], set[str]]]:
    """Each place of a schema (`*`: any key, `[]`: any item), and the kinds of values that it takes there."""
    kinds = {one["type"] for one in (schema, *schema.get("anyOf", ())) if "type" in one}
    if way and kinds:
        yield way, kinds | ({"integer"} if "number" in kinds else set())
    for key, one in schema.get("properties", {}).items():
        yield from places(one, *way, key)
    for word, step in (("additionalProperties", "*"), ("items", "[]")):
        if word in schema:
            yield from places(schema[word], *way, step)


def around(way: tuple[str, ...], value: Any, beside: Mapping[str, Any]) -> Any:
    """The whole file's value with this one at that place."""
    if not way:
        return value
    inner = around(way[1:], value, beside)
    if isinstance(inner, dict) and way[1:2] == (way[-1],) and way[0] == "*":
        inner = {**beside, **inner}
    return [inner] if way[0] == "[]" else {way[0].replace("*", "zq"): inner}


def wrong(agent: str, number: int, *words: str) -> list[tuple[tuple[str, ...], Any]]:
    """Some places of the agent's settings, each with the file's value that has a wrong kind there."""
    schema = Source(agent).read().validations[0].schema
    dice = random.Random(int(os.environ.get("AUTOSYNC_SEED", "4")))
    found = [one for one in places(schema) if not words or one[0][0] in words]
    chosen = found if number > len(found) else dice.sample(found, number)
    kinds = [(way, dice.choice(sorted(ODD.keys() - takes))) for way, takes in chosen]
    return [(way, around(way, ODD[kind], BESIDE.get(way[0], {}))) for way, kind in kinds]


def toml(value: Any) -> str:
    """A value as inline TOML."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(key)} = {toml(one)}" for key, one in value.items()) + "}"
    return "[" + ", ".join(map(toml, value)) + "]" if isinstance(value, list) else json.dumps(value)


class Asked:
    """One agent in a bed, asked what it makes of its settings."""

    def __init__(self, agent: str, root: Path) -> None:
        self.bed = Bed(agent, root)
        self.programs = sorted(prefix_of(agent).glob(PROGRAMS[agent]))

    def run(self, file: str, text: str, *words: str, **environ: str) -> subprocess.Popen[str]:
        (self.bed.tree / file).write_text(text)
        own = ["unshare", "-n"] if os.getuid() == 0 else ["unshare", "-rn"]
        env = {"HOME": str(self.bed.home), "PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", **environ}
        pipes: dict[str, Any] = dict.fromkeys(("stdout", "stderr"), subprocess.PIPE)
        words = (*own, str(self.programs[0]), *words)
        return subprocess.Popen(words, env=env, stdin=subprocess.DEVNULL, text=True, cwd=self.bed.root, **pipes)

    def codex_starts(self, settings: dict[str, Any]) -> bool:
        """Whether Codex takes the settings: `features list` reads them all, asks nobody, and takes 0.1 s."""
        text = "".join(f"{json.dumps(key)} = {toml(value)}\n" for key, value in settings.items())
        with self.run("config.toml", text, "features", "list") as asked:
            out, err = asked.communicate(timeout=60)
        assert asked.returncode == 0 or "Error" in err, (out, err)
        return asked.returncode == 0

    def claude_reads(self, settings: dict[str, Any]) -> bool:
        """Whether Claude Code uses the file: its first line names the model that stands there."""
        environ = {"ANTHROPIC_BASE_URL": "http://127.0.0.1:9", "ANTHROPIC_AUTH_TOKEN": "fake", "IS_SANDBOX": "1"}
        environ |= {"CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC": "1", "DISABLE_AUTOUPDATER": "1"}
        words = ("-p", "hi", "--output-format", "stream-json", "--verbose")
        with self.run("settings.json", json.dumps({"model": "mine", **settings}), *words, **environ) as asked:
            assert asked.stdout is not None
            said = next((line for line in asked.stdout if '"init"' in line), "")
            asked.kill()
        return bool(json.loads(said)["model"] == "mine")


@some(8)
def test_codex_does_not_start_with_what_is_an_error(number: int, tmp_path: Path) -> None:
    codex = Asked("codex", tmp_path)
    fine = {"model": "gpt-5", "zq": 5, "mcp_servers": {"zq": {"command": "true", "startup_timeout_sec": 3}}}
    assert codex.codex_starts({**fine, "features": {"zq": True}})
    assert [way for way, settings in wrong("codex", number) if codex.codex_starts(settings)] == []


@some(1)
def test_claude_code_uses_nothing_of_what_is_an_error(number: int, tmp_path: Path) -> None:
    claude = Asked("claude", tmp_path)
    assert claude.claude_reads({"zq": 5, "env": {"zq": 5}, "permissions": {"deny": [5]}, "hooks": {"Stop": 5}})
    assert [way for way, settings in wrong("claude", number) if claude.claude_reads(settings)] == []
