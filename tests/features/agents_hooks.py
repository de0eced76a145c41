"""The hooks in other agents' settings: what a person wrote there, what is put in, and what is taken out again."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from pytest_bdd import given, parsers, then, when

from autosync_tasks.errors import UsageError
from autosync_tasks.triggers import agent_hook
from autosync_tasks.triggers.hook_text import HookFile, ours
from autosync_tasks.triggers.result import TaskResult
from autosync_tasks.triggers.splice import value_of
from tests.features.agents import must_run, put_files
from tests.support.machine import Machine
from tests.triggers.test_agent_hook import CLAUDE, CODEX, GEMINI, OTHER

FILES = {file.agent: file for file in (CLAUDE, CODEX, GEMINI)}
WORDS = ("/opt/autosync", "sync", "--trigger=workflow")
PERSONS = {
    "Claude Code": '{\n\t"model": "opus",\n\t"hooks": {"Stop": [' + json.dumps(OTHER) + "]}\n}",
    "Codex": '{"hooks": {"Stop": [' + json.dumps(OTHER) + '], "SessionEnd": []}}\n',
    "Gemini CLI": '// mine\r\n{\r\n  "ui": {}, // dark\r\n  "hooks": {} /* none */\r\n}\r\n',
}


class Settings:
    """One agent's settings on this machine. before: as the person left them."""

    def __init__(self, machine: Machine, agent: str, text: str) -> None:
        self.file: HookFile = FILES[agent]
        self.home = machine.home / f".{agent.split(maxsplit=1)[0].lower()}"
        self.home.mkdir(parents=True)
        self.path: Path = self.home / self.file.file
        self.path.write_bytes(text.encode())
        self.before = text.encode()
        self.environ = {"HOME": str(machine.home), "PATH": "/usr/bin:/bin"}
        self.told: list[TaskResult] = []
        self.refused = ""

    @property
    def fault(self) -> str:
        return str(agent_hook.state_of(self.environ, self.file, str(self.home), WORDS))


@given(
    parsers.re(r"(?P<agent>Claude Code|Codex|Gemini CLI) with settings in a person's own hand"), target_fixture="agents"
)
def in_own_hand(machine: Machine, agent: str) -> Settings:
    return Settings(machine, agent, PERSONS[agent])


@given("Claude Code with hooks that are null", target_fixture="agents")
def null_hooks(machine: Machine) -> Settings:
    return Settings(machine, "Claude Code", '{"model": "opus", "hooks": null}\n')


@given("Claude Code with settings that lack a bracket", target_fixture="agents")
def without_bracket(machine: Machine) -> Settings:
    return Settings(machine, "Claude Code", '{"model": "opus"')


@given("Claude Code with all hooks switched off", target_fixture="agents")
def switched_off(machine: Machine) -> Settings:
    return Settings(machine, "Claude Code", '{"disableAllHooks": true}')


@when("the hooks are installed twice")
def installed(agents: Settings) -> None:
    for _ in range(2):
        agents.told.append(agent_hook.install(agents.environ, agents.file, str(agents.home), WORDS))
    assert [str(one.outcome) for one in agents.told] == ["changed", "ok"]


@when("the hooks are asked for")
def asked_for(agents: Settings) -> None:
    with pytest.raises(UsageError) as refused:
        agent_hook.install(agents.environ, agents.file, str(agents.home), WORDS)
    agents.refused = refused.value.message


@when("the hooks are removed")
def removed(agents: Settings) -> None:
    agent_hook.uninstall(agents.environ, agents.file, str(agents.home))


@then(parsers.re(r"(?P<agent>Claude Code|Codex|Gemini CLI) runs the sync once after each turn"))
def runs_once(agents: Settings, agent: str) -> None:
    found = [one[0] for one in ours(value_of(agents.path.read_text("utf-8"), comments=True))]
    assert sorted(found) == sorted(FILES[agent].events)


@then("the settings are what they were")
def as_they_were(agents: Settings) -> None:
    assert agents.path.read_bytes() == agents.before


@then("that is refused, and the settings are what they were")
def refused(agents: Settings) -> None:
    assert "cannot be edited" in agents.refused
    assert agents.path.read_bytes() == agents.before


@then("the person is asked to review them")
def asked_to_review(agents: Settings) -> None:
    assert "reviewed" in agents.told[0].next_step


@then("they count as not reviewed until that is done")
def not_reviewed(agents: Settings) -> None:
    assert "nobody has reviewed" in agents.fault
    assert not (agents.home / "config.toml").exists(), "that is the person's to say"


@then("they count as switched off")
def off(agents: Settings) -> None:
    assert "runs no hooks" in agents.fault


@given("Claude Code and the shared skills are backed up, and OpenCode is not here")
def without_opencode(machine: Machine) -> None:
    put_files(machine, {".claude/CLAUDE.md": "# Rules\n", ".agents/skills/tidy/SKILL.md": "---\nname: tidy\n---\n"})
    for name in ("claude", "agents"):
        must_run(machine, "profiles", f"--on={name}")


@then("there is still no tree of OpenCode")
def no_opencode(machine: Machine) -> None:
    assert not (machine.home / ".config/opencode").exists()
