"""Other agents beside OpenCode: their homes, their switch, their backups."""

from __future__ import annotations

from pathlib import Path

from pytest_bdd import given, parsers, then

from tests.features.pictures import git
from tests.features.remote import by_others, empty, there
from tests.support.machine import Machine

MADE_UP = """title = "Made up"
[tree]
folders = ["~/.made-up"]
proofs = ["notes"]
[[rules]]
patterns = ["/tokens/"]
category = "secret"
priority = "never"
reason = "logins"
[[rules]]
patterns = ["/notes/"]
category = "context"
priority = "high"
"""

HOMES = {
    ".claude/CLAUDE.md": "# House rules\n",
    ".claude/settings.json": "{}\n",
    ".claude/projects/-home/a.jsonl": '{"said": "a word"}\n',
    ".claude/.credentials.json": "{}\n",
    ".codex/config.toml": 'model = "gpt-5"\n',
    ".codex/auth.json": "{}\n",
    ".codex/sessions/a.jsonl": "{}\n",
}


def _put(machine: Machine, files: dict[str, str]) -> None:
    for name, text in files.items():
        path = machine.home / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")


def _runs(machine: Machine, *words: str) -> None:
    told = machine.program(["autosync", *words])
    told.spoken = True
    assert told.exit_code == 0, told.text + told.stderr


def backup_of(machine: Machine, name: str) -> Path:
    data = machine.home / ".local/share/autosync-tasks"
    return data / "backup" if name == "opencode" else data / "profiles" / name / "backup"


@given("the homes of Claude Code and Codex")
def homes(machine: Machine) -> None:
    _put(machine, HOMES)


@given("a person has written a profile of a made-up agent")
def made_up(machine: Machine) -> None:
    _put(machine, {".config/autosync-tasks/profiles/made-up.toml": MADE_UP})
    _put(machine, {".made-up/notes/a.md": "# A note\n", ".made-up/tokens/t": "a login\n"})


@given(parsers.re("a person has switched on (?P<names>[a-z -]+?)"))
def switched_on(machine: Machine, names: str) -> None:
    for name in names.split(" and "):
        _runs(machine, "profiles", f"--on={name}")


@given("all of them go to one remote")
def one_remote(machine: Machine) -> None:
    empty(there(machine))
    _runs(machine, "set-config", "AUTO_SYNC_PUSH=true")
    told = machine.program(["autosync", "sync"])  # a backup is made, and has no remote yet
    told.spoken = True
    for name in ("opencode", "claude", "codex"):
        git(backup_of(machine, name), "remote", "add", "origin", str(there(machine)))
    _runs(machine, "sync")
    branches = git(there(machine), "for-each-ref", "--format=%(refname:short)", "refs/heads").decode().split()
    assert branches == ["claude", "codex", "main"]


@given("a secret stands in the instructions of Claude Code")
def leaks(machine: Machine) -> None:
    _put(machine, {".claude/CLAUDE.md": f"The token is {machine.secret}\n", ".codex/config.toml": 'model = "gpt-6"\n'})


@given("the remote has another version of the config tree")
def moved(machine: Machine) -> None:
    by_others(machine, "AGENTS.md", "theirs")
    machine.edit("AGENTS.md")


@then("the remote holds the newest of codex")
def holds_newest(machine: Machine) -> None:
    assert git(there(machine), "show", "codex:config.toml").decode() == 'model = "gpt-6"\n'


@then(parsers.re("the backup of (?P<name>[a-z-]+) holds (?P<files>.+) alone"))
def holds(machine: Machine, name: str, files: str) -> None:
    there_ = git(backup_of(machine, name), "ls-tree", "-r", "--name-only", name).decode().split()
    assert sorted(one for one in there_ if not one.startswith(".autosync/")) == sorted(files.split(" and "))
