"""Other agents beside OpenCode: their homes, their switch, their backups."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from pytest_bdd import given, parsers, then, when

from tests.features.pictures import git
from tests.features.policy import messages, told_to_a_file, was_told
from tests.features.remote import by_others, empty, there
from tests.features.settings import put
from tests.features.watcher import Watcher
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


def put_files(machine: Machine, files: dict[str, str]) -> None:
    for name, text in files.items():
        path = machine.home / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")


def must_run(machine: Machine, *words: str) -> None:
    told = machine.program(["autosync", *words])
    told.spoken = True
    assert told.exit_code == 0, told.text + told.stderr


def backup_of(machine: Machine, name: str) -> Path:
    data = machine.home / ".local/share/autosync-tasks"
    return data / "backup" if name == "opencode" else data / "profiles" / name / "backup"


@given("the homes of Claude Code and Codex")
def homes(machine: Machine) -> None:
    put_files(machine, HOMES)


@given("a person has written a profile of a made-up agent")
def made_up(machine: Machine) -> None:
    put_files(machine, {".config/autosync-tasks/profiles/made-up.toml": MADE_UP})
    put_files(machine, {".made-up/notes/a.md": "# A note\n", ".made-up/tokens/t": "a login\n"})


@given("a person has written a profile under the name claude")
def shadow(machine: Machine) -> None:
    put_files(machine, {".config/autosync-tasks/profiles/claude.toml": MADE_UP})


@when("CLAUDE_CONFIG_DIR names another home of Claude Code")
def other_home(machine: Machine) -> None:
    put_files(machine, {"elsewhere/CLAUDE.md": "# Other rules\n"})
    machine.environ |= {"CLAUDE_CONFIG_DIR": str(machine.home / "elsewhere")}


@given("CLAUDE_CONFIG_DIR names the whole machine")
def whole_machine(machine: Machine) -> None:
    machine.environ |= {"CLAUDE_CONFIG_DIR": "/"}


@given(parsers.re("a person has switched on (?P<names>[a-z -]+?)"))
def switched_on(machine: Machine, names: str) -> None:
    for name in names.split(" and "):
        must_run(machine, "profiles", f"--on={name}")


@given("claude is switched on and backed up")
def switched_on_and_synced(machine: Machine) -> None:
    must_run(machine, "profiles", "--on=claude")
    must_run(machine, "sync")


@given("all of them go to one remote")
def one_remote(machine: Machine) -> None:
    empty(there(machine))
    must_run(machine, "set-config", "AUTO_SYNC_PUSH=true")
    told = machine.program(["autosync", "sync"])  # a backup is made, and has no remote yet
    told.spoken = True
    for name in ("opencode", "claude", "codex"):
        git(backup_of(machine, name), "remote", "add", "origin", str(there(machine)))
    must_run(machine, "sync")
    branches = git(there(machine), "for-each-ref", "--format=%(refname:short)", "refs/heads").decode().split()
    assert branches == ["claude", "codex", "main"]


@given(parsers.re("the backup of the config tree is pushed to a remote(?P<both>, and so is that of claude)?"))
def pushed(machine: Machine, both: str | None) -> None:
    empty(there(machine))
    machine.program(["autosync", "sync"]).spoken = True
    git(machine.backup, "remote", "add", "origin", str(there(machine)))
    must_run(machine, "set-config", "AUTO_SYNC_PUSH=true")
    machine.program(["autosync", "sync", "--profile=opencode"]).spoken = True
    git(there(machine), "rev-parse", "--verify", "main")
    if both:
        switched_on_and_synced(machine)
        git(there(machine), "rev-parse", "--verify", "claude")


@given(parsers.re("a person has run `autosync (?P<words>[^`]+)`"))
def has_run(machine: Machine, words: str) -> None:
    must_run(machine, *words.split())


@given("the backup of claude has no remote any more")
def remote_removed(machine: Machine) -> None:
    git(backup_of(machine, "claude"), "remote", "remove", "origin")


@then("the backup of claude has no remote")
def no_remote(machine: Machine) -> None:
    assert git(backup_of(machine, "claude"), "remote") == b""


@when("the instructions of Claude Code change")
def instructions_change(machine: Machine) -> None:
    put_files(machine, {".claude/CLAUDE.md": "# Other rules\n"})


@then(parsers.re("the remote holds the newest of (?P<names>main and claude|main alone)"))
def holds_these(machine: Machine, names: str) -> None:
    wanted = names.removesuffix(" alone").split(" and ")
    told = git(there(machine), "for-each-ref", "--format=%(refname:short) %(objectname)", "refs/heads").decode()
    held = dict(line.split() for line in told.splitlines())
    here = {one: backup_of(machine, one.replace("main", "opencode")) for one in wanted}
    assert held == {one: git(folder, "rev-parse", one).decode().strip() for one, folder in here.items()}


@given("a secret in the instructions of Claude Code, and another version of the config tree on the remote")
@when("a secret gets into the instructions of Claude Code, and another version of the config tree onto the remote")
def trouble(machine: Machine) -> None:
    by_others(machine, "AGENTS.md", "theirs")
    machine.edit("AGENTS.md")
    put_files(
        machine, {".claude/CLAUDE.md": f"The token is {machine.secret}\n", ".codex/config.toml": 'model = "gpt-6"\n'}
    )


@then("the remote holds the newest of codex")
def holds_newest(machine: Machine) -> None:
    assert git(there(machine), "show", "codex:config.toml").decode() == 'model = "gpt-6"\n'


@then(parsers.re("the backup of (?P<name>[a-z-]+) holds (?P<files>.+) alone"))
def holds(machine: Machine, name: str, files: str) -> None:
    there_ = git(backup_of(machine, name), "ls-tree", "-r", "--name-only", name).decode().split()
    assert sorted(one for one in there_ if not one.startswith(".autosync/")) == sorted(files.split(" and "))


SERVERS = {"tracker": {"command": "npx", "args": ["tracker"]}}


def _claude_json(machine: Machine, **more: object) -> None:
    put_files(machine, {".claude.json": json.dumps({"numStartups": 3, **more}, indent=2)})


@given("Claude Code has a server that a person set up, beside its account")
def server_set_up(machine: Machine) -> None:
    _claude_json(machine, mcpServers=SERVERS, userID="the first account")


@then("the backup of claude holds the server, and nothing of the account")
def holds_server(machine: Machine) -> None:
    backup = backup_of(machine, "claude")
    assert json.loads(git(backup, "show", "claude:.autosync-outside/claude-mcp.json")) == {"mcpServers": SERVERS}
    assert b"account" not in git(backup, "cat-file", "--batch", "--batch-all-objects")


@given("the backup of claude holds a server, and Claude Code began anew with another account")
def began_anew(machine: Machine) -> None:
    server_set_up(machine)
    must_run(machine, "profiles", "--on=claude")
    must_run(machine, "sync")
    _claude_json(machine, userID="the second account")


@then("the server is there again, beside the new account")
def server_is_back(machine: Machine) -> None:
    held = json.loads((machine.home / ".claude.json").read_text())
    assert held == {"numStartups": 3, "userID": "the second account", "mcpServers": SERVERS}


@then(parsers.re('a person was told "(?P<one>[^"]+)"(?: and "(?P<other>[^"]+)")?, but nothing of Codex'))
def not_of_codex(machine: Machine, one: str, other: str | None) -> None:
    for words in filter(None, (one, other)):
        was_told(machine, words)
    assert not [message for message in messages(machine) if "Codex" in message]


@when("the home of Codex is gone")
def codex_gone(machine: Machine) -> None:
    shutil.rmtree(machine.home / ".codex")


@then(parsers.re("each of (?P<names>.+) has a backup"))
def each_has(machine: Machine, names: str) -> None:
    for name in names.replace(" and ", ", ").split(", "):
        git(backup_of(machine, name), "rev-parse", "--verify", "HEAD")


@pytest.fixture
def of_all(machine: Machine) -> Iterator[Watcher]:
    """A watcher of every agent that is switched on."""
    put(machine, watch_quiet=1, watch_max_wait=5, max_sync_frequency=0)
    made = Watcher(machine, ahead=6)
    yield made
    if made.process.returncode is None:
        made.stop()


@given("one watcher serves all of them, and a command is told what happens")
def serves_all_and_tells(machine: Machine, request: pytest.FixtureRequest) -> None:
    told_to_a_file(machine)
    serves_all(request.getfixturevalue("of_all"))


@given("one watcher serves all of them")
def serves_all(of_all: Watcher) -> None:
    assert sorted(of_all.said) == ["ok"] * 3 + ["watching"] * 3


@then("the remote holds the newest of codex after a while")
def newest_after_a_while(machine: Machine, of_all: Watcher) -> None:
    of_all.until(lambda: git(there(machine), "show", "codex:config.toml").decode() == 'model = "gpt-6"\n')


def _has_said(watcher: Watcher, name: str, outcome: str) -> bool:
    return (name, outcome) in watcher.of_agents


@then("the watcher says that claude is blocked, opencode in conflict and codex backed up")
def watcher_says(of_all: Watcher) -> None:
    for name, outcome in (("claude", "blocked"), ("opencode", "incomplete"), ("codex", "changed")):
        of_all.until(partial(_has_said, of_all, name, outcome))


@when("a person switches codex off")
def switches_off(machine: Machine) -> None:
    must_run(machine, "profiles", "--off=codex")


@then("the watcher leaves codex alone, and goes on with the others")
def goes_on(machine: Machine, of_all: Watcher) -> None:
    number = of_all.of_agents.count(("opencode", "watching"))
    of_all.until(lambda: of_all.of_agents.count(("opencode", "watching")) > number or number > 1)
    assert of_all.of_agents.count(("codex", "watching")) == 1
