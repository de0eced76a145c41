"""Config trees as OpenCode 1, OpenCode 2 and its installer leave them. What is secret in them is made here, anew."""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path

from pytest_bdd import given, parsers, then

from tests.features.pictures import git
from tests.features.settings import put
from tests.support.machine import Machine
from tests.sync.bursts import content_in, content_of


def _made_up(name: str) -> str:
    """A value that stands nowhere else."""
    return hashlib.sha256(name.encode()).hexdigest()[:40]


def _private() -> dict[str, str]:
    """Files with logins, as the programs write them."""
    account = {"email": "a@example.org", "refreshToken": _made_up("refresh"), "addedAt": 1}
    return {
        "service.json": json.dumps({"hostname": "127.0.0.1", "port": 49374, "password": _made_up("service")}),
        "antigravity-accounts.json": json.dumps({"version": 4, "accounts": [account], "activeIndex": 0}),
        "codex-accounts.json": json.dumps({"openai": {"type": "oauth", "accounts": [account]}}),
        "opencode-synced.overrides.jsonc": json.dumps({"mcp": {"x": {"headers": {"Authorization": _made_up("mcp")}}}}),
        ".env": f"KEY={_made_up('env')}\n",
    }


_AGENT = """---
description: Reviews what was written
mode: subagent
model:
  providerID: anthropic
  model: claude-sonnet-4-5
permissions:
  - action: edit
    resource: "*"
    effect: deny
---
Read, and say what is wrong.
"""
_OLD_AGENT = "---\ndescription: Writes\nmode: primary\ntemperature: 0.2\ntools:\n  bash: false\n---\nWrite.\n"
_SKILL = "---\nname: changelog\ndescription: Writes the changelog\n---\nRead the log.\n"
_NEW = {
    "opencode.jsonc": json.dumps(
        {
            "$schema": "https://opencode.ai/v2/config.json",
            "model": {"providerID": "anthropic", "model": "claude-sonnet-4-5"},
            "agents": {"plan": {"disabled": True}},
            "permissions": [{"action": "edit", "resource": "*", "effect": "ask"}],
            "plugins": [{"package": "opencode-quota", "options": {"toast": True}}],
            "providers": {"local": {"settings": {"baseURL": "http://127.0.0.1:9"}, "models": {"one": {"name": "One"}}}},
            "mcp": {"servers": {"files": {"type": "local", "command": ["npx", "files"]}}},
        },
        indent=2,
    ),
    "cli.json": '{\n  "theme": "night"\n}\n',
    "AGENTS.md": "# House rules\n",
    "agents/reviewer.md": _AGENT,
    "commands/release.md": "---\ndescription: Release\n---\nRelease $ARGUMENTS\n",
    "skills/changelog/SKILL.md": _SKILL,
    "plugins/mine.js": 'export default { id: "mine", setup: async () => {} }\n',
    "themes/night.json": "{}\n",
    "prompts/long.md": "Think.\n",
    "dcp.jsonc": '// settings\n{ "enabled": true }\n',
    "oh-my-openagent.json": '{ "agents": {} }\n',
}
_OLD = {
    "opencode.json": json.dumps(
        {"$schema": "https://opencode.ai/config.json", "agent": {"build": {"temperature": 0.1}}, "plugin": ["x"]}
    ),
    "config.json": '{ "theme": "day" }\n',
    "tui.json": '{ "theme": "day" }\n',
    "agent/writer.md": _OLD_AGENT,
    "tool/search.ts": "export default {}\n",
    "package.json": '{ "dependencies": { "@opencode-ai/plugin": "1.18.33" } }\n',
    ".gitignore": "node_modules\npackage.json\nantigravity-accounts.json\n.gitignore\n",
}
KINDS = {"as OpenCode 2 leaves it": _NEW, "in migration from 1 to 2": _NEW | _OLD}


@given(parsers.re("a config tree (?P<kind>" + "|".join(KINDS) + ")"))
def tree_of(machine: Machine, kind: str) -> None:
    for name, text in (KINDS[kind] | _private()).items():
        machine.write(name, text)
    machine.write("node_modules/left-pad/index.js", "module.exports = 1\n")


@given(parsers.re(r'OpenCode\'s installer alone has been in "~/(?P<folder>[^"]+)"'))
def installer(machine: Machine, folder: str) -> None:
    for name in ("opencode", "opencode2"):
        program = machine.home / folder / "bin" / name
        program.parent.mkdir(parents=True, exist_ok=True)
        program.write_bytes(b"\x7fELF" + bytes(1000))
        program.chmod(0o755)


@given(parsers.re(r'the person once said that "~/(?P<folder>[^"]+)" is the config tree'))
def recorded(machine: Machine, folder: str) -> None:
    put(machine, opencode_source=str(machine.home / folder))


@then("no login, password or account of it is anywhere outside the config tree")
def nothing_private(machine: Machine) -> None:
    values = [_made_up(name).encode() for name in ("refresh", "service", "mcp", "env")]
    assert all(any(value in machine.path(name).read_bytes() for name in _private()) for value in values)
    for folder in (machine.state, machine.config, machine.backup):
        for place, _, names in os.walk(folder):
            for name in names:
                data = (Path(place) / name).read_bytes()
                assert not any(value in data for value in values), f"{place}/{name}"
    stored = git(machine.backup, "cat-file", "--batch", "--batch-all-objects")
    assert not any(value in stored for value in values)
    assert not {name.encode() for name in _private()} & set(content_in(machine.backup))


@then("everything else of it is in the backup")
def all_else(machine: Machine) -> None:
    wanted = {
        path: what
        for path, what in content_of(machine.source).items()
        if path.decode() not in _private() and not path.startswith(b"node_modules/")
    }
    assert content_in(machine.backup) == wanted
