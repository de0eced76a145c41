"""The files that hold logins by their nature are in no commit: whatever they hold, wherever they lie, whoever asks.

Their contents here are plain words, so that the name alone must keep them out.
"""

from __future__ import annotations

import os
import random
from pathlib import Path

import pytest

from autosync_tasks.policy.inputs import Ask
from autosync_tasks.policy.rules import ALWAYS_PROTECTED
from tests.features.pictures import git
from tests.features.settings import put
from tests.remote import machines
from tests.support.machine import Machine

ISSUE = (
    *("service.json", "service.json.tmp", "service-beta.json", "antigravity-accounts.json", "codex-accounts.json"),
    *(
        "openai-codex-accounts.json",
        "qwen-accounts.json",
        "anthropic-accounts.json",
        "oc-codex-multi-auth-accounts.json",
    ),
    *("antigravity-accounts.json.0f3a.tmp", "x-flagged-accounts.json", "anthropic-pending-oauth.json"),
    *(".credentials.json", "oauth_creds.json", "supermemory-credentials.json", "opencode-synced.overrides.jsonc"),
    *("auth.json", "mcp-auth.json", "account.json", ".env", ".env.exa", ".env.tavily"),
)
"""As the programs and plugins write them."""

NAMES = sorted(
    {*ISSUE, *(rule.pattern.replace("*", "x") for rule in ALWAYS_PROTECTED if not rule.pattern.endswith("/"))}
)
FOLDERS = ("", "agents/", "skills/one/", "context/deep/er/", "references/", ".hidden/", "auth/", "opencode-quota/")


def said(name: str, way: str) -> str:
    """Contents that no rule but that of names can know, and that can be looked for."""
    return f"these words of {name} by way of {way} must not be found\n"


def chosen(wide: bool) -> list[tuple[str, str]]:
    """Names with a folder each: a dozen, or every name in two folders."""
    r = random.Random(os.environ.get("AUTOSYNC_SEED", "1"))
    if wide:
        return [(name, folder) for name in NAMES for folder in r.sample(FOLDERS, 2)]
    return [(name, r.choice(FOLDERS)) for name in r.sample(NAMES, 12)]


def is_clean(backup: Path) -> None:
    """Neither such a name in any commit, nor such contents in any object."""
    held = git(backup, "log", "--all", "--reflog", "--name-only", "--format=").decode().split("\n")
    assert {Path(path).name for path in held} & set(NAMES) == set()
    everything = git(backup, "cat-file", "--batch", "--batch-all-objects")
    assert b"must not be found" not in everything


def plant(machine: Machine, places: list[tuple[str, str]]) -> None:
    """Each name in its folder, behind a followed link to it, in a followed folder, and as a folder."""
    out = machine.home / "dotfiles"
    for number, (name, folder) in enumerate(places):
        machine.write(folder + name, said(name, "its place"))
        elsewhere = out / f"kit{number}"
        (elsewhere / "inner").mkdir(parents=True)
        (elsewhere / name).write_text(said(name, "a link"))
        (elsewhere / "inner" / name).write_text(said(name, "a followed folder"))
        for link, target in ((f"context/n{number}.md", elsewhere / name), (f"agents/kit{number}", elsewhere)):
            machine.path(link).parent.mkdir(parents=True, exist_ok=True)
            machine.path(link).symlink_to(target)
        machine.write(f"prompts/p{number}/{name}/notes.md", said(name, "a folder of that name"))
    shared = machine.home / ".agents/skills/one"
    shared.mkdir(parents=True)
    (shared / "SKILL.md").write_text("---\nname: one\ndescription: d\n---\nDo it.\n")
    for name in NAMES:
        (shared / name).write_text(said(name, "a shared skill"))


ASKS = (Ask(), Ask(force=True), Ask(include_low=True), Ask(include=("/**",)), Ask(force=True, include_low=True))


@pytest.mark.parametrize("wide", [False, pytest.param(True, marks=pytest.mark.sweep)])
def test_no_rule_and_no_link_brings_one_in(machine: Machine, wide: bool) -> None:
    machine.make_tree()
    plant(machine, chosen(wide))
    folders = (str(machine.home / "dotfiles"), str(machine.home / ".agents/skills"))
    rules = [{"pattern": pattern, "category": "mine", "priority": "high"} for pattern in ("agents/", "/**")]
    put(machine, follow_links_into=folders, sync_triggers=("/**",), sync_exclusions=(), rules=rules)
    put(machine, validate_ignore=("FS", "STR", "MDF"), auto_sync_validate=False, quarantine=True)
    for ask in ASKS if wide else ASKS[-1:]:
        machine.edit("AGENTS.md")
        assert machine.sync(ask=ask).exit_code in (0, 1), machine.last.text
        machine.last.spoken = True
    is_clean(machine.backup)
    held = set(git(machine.backup, "ls-tree", "-r", "-z", "--name-only", "main").decode().split("\0"))
    assert {"AGENTS.md", ".autosync-outside/.opencode/skills/one/SKILL.md"} <= held


def test_a_file_that_gets_such_a_name_leaves(machine: Machine) -> None:
    machine.make_tree()
    for number in range(len(NAMES)):
        machine.write(f"context/c{number}.md", f"plain words {number}\n")
    machine.must_sync()
    for number, name in enumerate(NAMES):
        machine.path(f"context/c{number}.md").rename(machine.path(f"context/{name}"))
    told = machine.sync(ask=Ask(force=True, allow_mass_delete=""))
    if told.exit_code == 3:  # more than half of the tree: a person confirms the deletions
        digest = told.text.split("--allow-mass-delete=")[1].split()[0].strip("`")
        told = machine.sync(ask=Ask(allow_mass_delete=digest))
    assert told.exit_code == 0, told.text
    held = git(machine.backup, "ls-tree", "-r", "-z", "--name-only", "main").decode().split("\0")
    assert not [path for path in held if path.startswith("context/c") or Path(path).name in NAMES]


@pytest.mark.parametrize("name", ["auth.json", "service.json", "codex-accounts.json", ".env"])
def test_a_config_file_elsewhere_of_such_a_name_is_not_taken(machine: Machine, name: str) -> None:
    machine.make_tree()
    (machine.home / name).write_text("{} // must not be found\n")
    put(machine, follow_config=str(machine.home / name))
    machine.must_sync()
    is_clean(machine.backup)


@pytest.mark.usefixtures("one_scanner")
def test_what_another_tool_committed_is_not_pushed(tmp_path: Path) -> None:
    """Also where it was taken out again: the history would carry it."""
    there = machines.bare(tmp_path / "there.git")
    machine = machines.Machine(tmp_path / "one", str(there))
    machine.write("AGENTS.md", "# all\n")
    machine.sync()
    for number, name in enumerate(NAMES):
        path = machine.backup / FOLDERS[number % len(FOLDERS)] / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(said(name, "another tool"))
    machines.git(machine.backup, "add", "-A", "-f")
    machines.git(machine.backup, "commit", "-qm", "by hand")
    machines.git(machine.backup, "rm", "-rq", "--cached", ".", "--", ":!AGENTS.md", ":!.autosync")
    machines.git(machine.backup, "commit", "-qm", "and out again")
    pushed = machine.push()
    assert pushed.exit_code == 3
    assert {Path(os.fsdecode(found.path)).name for found in pushed.findings if found.code == "SEC004"} == set(NAMES)
    assert machines.git(there, "rev-list", "--all") == ""
