"""Several agents brought back from one remote: what a person says, and where each tree stands then."""

from __future__ import annotations

import json

from pytest_bdd import given, parsers, then, when

from tests.features.agents import backup_of, made_up, switched_on
from tests.features.bootstrap import new
from tests.features.pictures import git
from tests.features.remote import there
from tests.support import independent
from tests.support.machine import Machine

PLACES = {
    "OpenCode": ("opencode", ".config/opencode"),
    "Claude Code": ("claude", ".claude"),
    "Codex": ("codex", ".codex"),
}


def _bring(machine: Machine, *flags: str) -> None:
    made = new(machine)
    told = made.program(["autosync", "bootstrap", str(there(machine)), *flags])
    machine.told.append(told)


@when("a person brings up a new machine from the remote")
@when("a person brings up the new machine once more")
def brought(machine: Machine) -> None:
    _bring(machine)


@when("a person asks what bringing up a new machine from the remote would do")
def looked(machine: Machine) -> None:
    _bring(machine, "--check")


@when("a program brings up a new machine from the remote")
def by_program(machine: Machine) -> None:
    _bring(machine, "--json")


@when(parsers.re("a person brings up (?P<name>[a-z]+) alone from the remote"))
def one_alone(machine: Machine, name: str) -> None:
    _bring(machine, f"--profile={name}")


@when("a person brings up a second machine from the remote")
def second(machine: Machine) -> None:
    _bring(machine, "--another-machine")


@when("a person brings up a new machine from the remote without triggers")
def without_triggers(machine: Machine) -> None:
    _bring(machine, "--no-triggers")


@given("on the new machine a person has switched off claude")
def switched_off(machine: Machine) -> None:
    path = new(machine).home / ".config/autosync-tasks/config.toml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("[profiles.claude]\non = false\n")


@given("the hooks of claude were installed before")
def hooks_before(machine: Machine) -> None:
    for words in (["install-hook", "--profile=claude"], ["sync"]):
        told = machine.program(["autosync", *words])
        told.spoken = True
        assert told.exit_code == 0, told.text + told.stderr


@given("the remote holds no backup of OpenCode")
def none_of_opencode(machine: Machine) -> None:
    git(there(machine), "symbolic-ref", "HEAD", "refs/heads/claude")
    git(there(machine), "branch", "--quiet", "-D", "main")


@given("on the new machine a person has written instructions for Claude Code")
def in_the_way(machine: Machine) -> None:
    path = new(machine).home / ".claude/CLAUDE.md"
    path.parent.mkdir()
    path.write_text("Mine\n")


@given("a made-up agent with a person's own profile goes to that remote too")
def goes_too(machine: Machine) -> None:
    made_up(machine)
    switched_on(machine, "made-up")
    for words in (["sync"], ["sync"]):
        told = machine.program(["autosync", *words])
        told.spoken = True
        if (backup_of(machine, "made-up") / ".git").exists():
            git(backup_of(machine, "made-up"), "config", "remote.origin.url", str(there(machine)))
    git(there(machine), "rev-parse", "--verify", "refs/heads/made-up")


def _there(machine: Machine, name: str) -> dict[bytes, independent.Thing]:
    return independent.source(new(machine).home / PLACES[name][1])


@then(parsers.re("the trees of (?P<names>.+) stand there as they were backed up"))
def stand(machine: Machine, names: str) -> None:
    for name in names.replace(" and ", ", ").split(", "):
        profile, place = PLACES[name]
        held = git(backup_of(machine, profile), "ls-tree", "-r", "--name-only", "HEAD").decode().split("\n")
        wanted = {one for one in held if one and not one.startswith(".autosync")}
        assert wanted, profile
        for one in wanted:
            assert (new(machine).home / place / one).read_bytes() == (machine.home / place / one).read_bytes()


@then("each goes on with its own branch, and has nothing to sync")
def goes_on(machine: Machine) -> None:
    made = new(machine)
    heads = git(there(machine), "for-each-ref", "--format=%(refname:short) %(objectname)", "refs/heads")
    told = made.program(["autosync", "sync"])
    told.spoken = True
    assert told.exit_code == 0 and told.text.count("nothing to do") == 3, told.text
    assert git(there(machine), "for-each-ref", "--format=%(refname:short) %(objectname)", "refs/heads") == heads
    for line in heads.decode().splitlines():
        branch, commit = line.split()
        name = "opencode" if branch == "main" else branch
        assert git(backup_of(made, name), "rev-parse", branch).decode().strip() == commit


@then("Claude Code there runs the sync of this machine")
def hooked(machine: Machine) -> None:
    settings = json.loads((new(machine).home / ".claude/settings.json").read_text())
    commands = [one["command"] for groups in settings["hooks"].values() for group in groups for one in group["hooks"]]
    assert len(commands) == 2 and all(f"HOME={new(machine).home}" in one for one in commands)


@then("nothing stands there yet")
def nothing(machine: Machine) -> None:
    assert [one.name for one in new(machine).home.iterdir() if one.name not in ("spool", "bin")] == [".local"]


@then(parsers.re("one document tells of (?P<names>.+)"))
def one_document(machine: Machine, names: str) -> None:
    said = json.loads(machine.last.text)
    assert [one["profile"] for one in said["profiles"]] == names.replace(" and ", ", ").split(", ")
    assert {one["answer"]["kind"] for one in said["profiles"]} == {"bootstrap"}


@then("the tree of Claude Code alone stands there")
def claude_alone(machine: Machine) -> None:
    stand(machine, "Claude Code")
    assert not any((new(machine).home / PLACES[name][1]).exists() for name in ("OpenCode", "Codex"))
    idle(machine)


@then("the next sync of all there is done")
def idle(machine: Machine) -> None:
    told = new(machine).program(["autosync", "sync"])
    told.spoken = True
    assert told.exit_code == 0, told.text + told.stderr


@then("the instructions there are the person's")
def still_mine(machine: Machine) -> None:
    assert (new(machine).home / ".claude/CLAUDE.md").read_text() == "Mine\n"


@then("the remote has three branches more")
def more_branches(machine: Machine) -> None:
    found = git(there(machine), "for-each-ref", "--format=%(refname:short)", "refs/heads").decode().split()
    assert len(found) == 6 and {"main", "claude", "codex"} < set(found), found
