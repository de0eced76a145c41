"""Several agents on one remote: one list, asked for once, and a machine that is gone leaves it with all of them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from autosync_tasks.config.load import VARIABLE
from autosync_tasks.errors import UsageError
from autosync_tasks.machines.record import REFS, Record, format_record
from autosync_tasks.remote import roll
from autosync_tasks.remote.transport import Remote
from autosync_tasks.workspace.workspace import Site
from tests.features.agents import backup_of, must_run, put_files
from tests.features.pictures import git
from tests.support.machine import Machine

pytestmark = pytest.mark.sweep


@pytest.fixture
def there(machine: Machine, workshop: Path) -> Path:
    """A remote to which OpenCode and Claude Code push."""
    remote = workshop / "there.git"
    git(workshop, "init", "--quiet", "--bare", str(remote))
    machine.make_tree()
    put_files(machine, {".claude/CLAUDE.md": "# Rules\n"})
    machine.must_sync()
    git(machine.backup, "remote", "add", "origin", str(remote))
    must_run(machine, "set-config", "AUTO_SYNC_PUSH=true")
    must_run(machine, "profiles", "--on=claude")
    must_run(machine, "sync")
    return remote


def forged(remote: Path, name: str, **said: Any) -> None:
    """A record of another machine's agent."""
    tree = git(remote, "mktree").decode().strip()
    commit = git(remote, "commit-tree", "-m", format_record(Record(name, **said)), tree).decode().strip()
    git(remote, "update-ref", REFS + name, commit)


def test_one_list_from_which_a_machine_goes_with_all_its_agents(
    machine: Machine, there: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Remote] = []
    bring = roll.bring

    def brings(site: Site, remote: Remote) -> dict[str, str]:
        asked.append(remote)
        return bring(site, remote)

    monkeypatch.setattr(roll, "bring", brings)
    for agent in ("OpenCode", "Claude Code"):
        forged(there, f"gone-{agent[0]}", host="gone", agent=agent)
    told = machine.command("autosync", "machines")
    told.spoken = True
    gone = [line.split("  ")[-1].split(";")[0].strip() for line in told.text.splitlines() if "gone" in line]
    assert gone == ["gone, Claude Code, branch unknown", "gone, OpenCode, branch unknown"]
    assert (told.exit_code, told.text.count("(this machine)"), len(asked)) == (1, 2, 1), told.text
    told = machine.command("autosync", "machines", "--forget=gone", "--json")
    told.spoken = True
    assert json.loads(told.text)["forgotten"] == ["gone-C", "gone-O"]
    told = machine.command("autosync", "machines")
    assert (told.exit_code, told.text.count("(this machine)")) == (0, len(told.text.splitlines())), told.text
    # two of one name and agent are not taken for one machine
    for name in ("twin-1", "twin-2"):
        forged(there, name, host="twin", agent="OpenCode")
    found = roll.of_agents(machine.environ, ["opencode", "claude"])
    with pytest.raises(UsageError, match="more than one machine is called twin"):
        roll.forget(found, "twin", check=False)
    mine = next(iter(found.mine))
    with pytest.raises(UsageError, match="there is no other machine"):
        roll.forget(found, mine, check=False)
    assert [one.name for one in roll.forget(found, "twin-1", check=False)] == ["twin-1"]


def test_a_remote_that_is_away_hides_no_other(machine: Machine, there: Path, workshop: Path) -> None:
    claude = backup_of(machine, "claude")
    git(claude, "remote", "set-url", "origin", str(workshop / "away.git"))
    found = roll.of_agents(machine.environ, ["opencode", "claude"])
    assert ({one.agent for one, _ in found.records}, len(found.faults)) == ({"OpenCode", "Claude Code"}, 1)
    told = machine.command("autosync", "machines")
    told.spoken = True
    assert told.exit_code == found.faults[0].exit_code
    assert "not asked: " in told.text
    must_run(machine, "set-config", "--profile=claude", "AUTO_SYNC_PUSH=false", "PUSH_URL=")
    assert VARIABLE not in machine.environ
    assert roll.of_agents(machine.environ, ["opencode", "claude"]).faults == []
