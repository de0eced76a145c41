"""A key in the form in which each agent keeps one blocks the sync of that agent, and nothing of it is stored."""

from __future__ import annotations

import json
import random
import string
import subprocess
from pathlib import Path

import pytest

from tests.support.place import Place


def some(length: int, seed: int) -> str:
    return "".join(random.Random(seed).choices(string.ascii_letters + string.digits, k=length))


GITHUB = "gh" + "p_" + some(36, 1)
ANTHROPIC = "sk-" + "ant-api03-" + some(93, 2) + "AA"
OPENAI = "sk-" + "proj-" + some(74, 3) + "T3Blbk" + "FJ" + some(74, 4)
GOOGLE = "AI" + "za" + "Sy" + some(33, 5)
"""Made up; they have the forms of real ones."""
DRAWN = "".join(random.Random(6).choices(string.hexdigits[:16], k=64))
"""As services give out that no rule knows."""


def servers(key: str) -> dict[str, object]:
    return {"mcpServers": {"files": {"command": "npx", "env": {"TOKEN": key}}}}


PLANTED = [
    ("claude", ".claude/settings.json", json.dumps({"env": {"ANTHROPIC_API_KEY": ANTHROPIC}})),
    ("claude", ".claude/agents/mine.md", f"---\nname: mine\ndescription: d\n---\nUse {GITHUB}\n"),
    ("claude", ".claude.json", json.dumps({"numStartups": 4, **servers(GITHUB)})),
    (
        "codex",
        ".codex/config.toml",
        f'[mcp_servers.files]\ncommand = "npx"\n[mcp_servers.files.env]\nKEY = "{OPENAI}"\n',
    ),
    ("gemini", ".gemini/settings.json", json.dumps(servers(GOOGLE))),
    ("gemini", ".gemini/GEMINI.md", f"The key is {GOOGLE}\n"),
    ("claude", ".claude.json", json.dumps(servers(DRAWN))),
    ("claude", ".claude/settings.json", json.dumps({"env": {"API_KEY": DRAWN}})),
    ("claude", ".claude/.mcp.json", json.dumps({"mcpServers": {"a": {"url": f"https://a.dev/mcp?api_key={DRAWN}"}}})),
    (
        "codex",
        ".codex/config.toml",
        f'[mcp_servers.a]\nurl = "https://a.dev"\nhttp_headers = {{ X-API-Key = "{DRAWN}" }}\n',
    ),
    ("codex", ".codex/work.config.toml", f'[model_providers.a]\nname = "a"\nexperimental_bearer_token = "{DRAWN}"\n'),
    (
        "gemini",
        ".gemini/settings.json",
        f'{{ // mine\n "mcpServers": {{"a": {{"command": "a", "args": ["--api-key={DRAWN}"]}}}}}}',
    ),
    ("agents", ".agents/skills/mine/SKILL.md", f"---\nname: mine\ndescription: d\n---\nexport KEY={GITHUB}\n"),
]
CLEAN = {"claude": "CLAUDE.md", "codex": "AGENTS.md", "gemini": "AGENTS.md", "agents": "AGENTS.md"}


@pytest.fixture
def place(tmp_path: Path, scanner_cache: Path, one_scanner: None) -> Place:
    return Place.make(tmp_path, scanner_cache)


def put(place: Place, name: str, text: str) -> None:
    path = place.home / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


@pytest.mark.parametrize(("agent", "name", "text"), PLANTED)
def test_a_planted_key_blocks(place: Place, agent: str, name: str, text: str) -> None:
    put(place, f".{agent}/{CLEAN[agent]}", "Be kind.\n")
    assert place.inside("profiles", f"--on={agent}").code == 0
    put(place, name, text)
    blocked = place.inside("sync", f"--profile={agent}")
    assert (blocked.code, blocked.outcome) == (3, "blocked"), blocked
    assert {one["code"][:3] for one in blocked.json["findings"]} == {"SEC"}
    key = next(one for one in (GITHUB, ANTHROPIC, OPENAI, GOOGLE, DRAWN) if one in text)
    assert key not in blocked.words
    if name == ".claude.json":  # the part of it is nowhere to be mended
        assert "mend .autosync-outside/claude-mcp.json where it comes from (`inv why" in blocked.json["next_step"]
        why = place.inside("why", "--profile=claude", ".autosync-outside/claude-mcp.json")
        assert f"it is mcpServers of {place.home}/.claude.json" in why.json["reason"]
    backups = place.home / ".local/share/autosync-tasks"
    found = subprocess.run(["grep", "-rlaF", key, str(backups), str(place.state)], capture_output=True, check=False)
    assert found.stdout == b""


def test_of_claudes_big_file_only_what_a_person_wrote_is_kept_and_comes_back(place: Place) -> None:
    put(place, ".claude/CLAUDE.md", "Be kind.\n")
    put(place, ".claude.json", json.dumps({"userID": "abc", "numStartups": 4, **servers("from the keyring")}))
    place.inside("profiles", "--on=claude")
    first = place.inside("sync", "--profile=claude")
    assert first.outcome == "changed", first
    assert ".autosync-outside/claude-mcp.json" in {one["path"] for one in first.json["changes"]}
    put(place, ".claude.json", json.dumps({"userID": "other", "numStartups": 5, **servers("from the keyring")}))
    assert place.inside("sync", "--profile=claude").outcome == "ok"
    put(place, ".claude.json", json.dumps({"userID": "other", "numStartups": 6}))
    assert place.inside("restore", "--profile=claude", "--outside", "--check").code == 5
    back = place.inside("restore", "--profile=claude", "--outside")
    assert (back.code, back.outcome) == (0, "changed"), back
    held = json.loads((place.home / ".claude.json").read_text())
    assert held == {"userID": "other", "numStartups": 6, **servers("from the keyring")}
    repository = place.home / ".local/share/autosync-tasks/profiles/claude/backup"
    assert subprocess.run(["grep", "-rlF", "userID", str(repository)], capture_output=True, check=False).stdout == b""


def test_a_settings_file_that_the_agent_cannot_read_blocks_that_agent_alone(place: Place) -> None:
    for agent in ("claude", "codex"):
        put(place, f".{agent}/{CLEAN[agent]}", "Be kind.\n")
        place.inside("profiles", f"--on={agent}")
    put(place, ".claude/settings.json", '{"permissions": {"deny": ["Bash"]},}')
    put(place, ".codex/config.toml", "model = \n")
    put(place, ".codex/rules/mine.rules", "prefix_rule(\n")
    found = {
        agent: {(one["code"], one["path"]) for one in place.inside("sync", f"--profile={agent}").json["findings"]}
        for agent in ("claude", "codex")
    }
    assert found == {
        "claude": {("AGT001", "settings.json")},
        "codex": {("AGT001", "config.toml"), ("AGT001", "rules/mine.rules")},
    }
