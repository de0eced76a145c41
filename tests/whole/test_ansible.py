"""The Ansible role, with the real ansible-core, on three homes of this machine (connection local)."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.features.pictures import git, picture
from tests.support import independent
from tests.support.machine import BIN, CHECKOUT, Machine

HOMES = ("one", "two", "three")

PLAYBOOK = """
- hosts: all
  gather_facts: true
  roles:
    - role: autosync_tasks
      vars:
        autosync_program: "{program}"
        autosync_version: "0."
        autosync_environment:
          HOME: "{{{{ home }}}}"
          PATH: "{path}"
        autosync_settings: {{MAX_SYNC_FREQUENCY: "600"}}
        autosync_bootstrap: "{{{{ bootstrap | default('') }}}}"
        autosync_another_machine: true
"""


@pytest.fixture(scope="module")
def ansible(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The program `ansible-playbook`: that of AUTOSYNC_TEST_ANSIBLE, of PATH, or installed for this test alone."""
    named = os.environ.get("AUTOSYNC_TEST_ANSIBLE") or shutil.which("ansible-playbook")
    if named:
        return Path(named)
    venv = tmp_path_factory.mktemp("ansible")
    made = subprocess.run([sys.executable, "-m", "venv", venv], check=False, capture_output=True, timeout=120)
    pip = [venv / "bin/pip", "install", "--quiet", "ansible-core>=2.15,<2.20"]
    if made.returncode or subprocess.run(pip, check=False, capture_output=True, timeout=240).returncode:
        pytest.skip("ansible-core cannot be installed here (AUTOSYNC_TEST_ANSIBLE may name ansible-playbook)")
    return venv / "bin/ansible-playbook"


@pytest.fixture
def homes(workshop: Path, scanner_cache: Path) -> dict[str, Machine]:
    made = {name: Machine(workshop / name, scanner_cache) for name in HOMES}
    for machine in made.values():
        machine.prepare_scanner()
    return made


def play(ansible: Path, workshop: Path, homes: dict[str, Machine], *flags: str, bootstrap: str = "") -> tuple[str, int]:
    """Runs the role on all homes; what it said, and how many tasks changed something."""
    book, hosts = workshop / "book.yml", workshop / "hosts"
    book.write_text(PLAYBOOK.format(program=BIN / "autosync", path=f"{BIN}:{os.environ['PATH']}"))
    more = f" bootstrap={bootstrap}" if bootstrap else ""
    lines = [
        f"{name} ansible_connection=local ansible_python_interpreter={sys.executable} home={machine.home}{more}"
        for name, machine in homes.items()
    ]
    hosts.write_text("\n".join(lines) + "\n")
    env = {"HOME": str(workshop), "PATH": os.environ["PATH"], "ANSIBLE_ROLES_PATH": str(CHECKOUT / "ansible/roles")}
    env |= {"ANSIBLE_NOCOLOR": "1", "LC_ALL": "C.UTF-8", "ANSIBLE_LOCAL_TEMP": str(workshop / "tmp")}
    words = [str(ansible), "-i", str(hosts), str(book), *flags]
    done = subprocess.run(words, env=env, capture_output=True, text=True, timeout=300, check=False)
    text = done.stdout + done.stderr
    recap = re.findall(r"^(\w+) +: ok=\d+ +changed=(\d+) +unreachable=0 +failed=0", text, re.MULTILINE)
    assert done.returncode == 0 and len(recap) == len(homes), text
    return text, sum(int(changed) for _, changed in recap)


@pytest.mark.full
def test_the_second_run_changes_nothing_and_check_mode_writes_nothing(
    ansible: Path, workshop: Path, homes: dict[str, Machine]
) -> None:
    for machine in homes.values():
        machine.make_tree()
    _, changed = play(ansible, workshop, homes)
    assert changed >= len(homes) * 3
    for machine in homes.values():
        assert independent.differences(machine.source, machine.backup) == []
        assert (machine.source / "plugins/autosync.js").exists()
        assert "max_sync_frequency = 600" in (machine.settings / "config.toml").read_text()
    assert play(ansible, workshop, homes)[1] == 0
    homes["two"].edit("AGENTS.md")
    before = {name: picture(machine.home / ".config", machine.backup) for name, machine in homes.items()}
    text, changed = play(ansible, workshop, homes, "--check", "--diff")
    assert changed == 2, text  # both syncs of that one home would
    assert "modified AGENTS.md" in text
    assert before == {name: picture(machine.home / ".config", machine.backup) for name, machine in homes.items()}


@pytest.mark.full
def test_machines_that_have_nothing_are_brought_up_from_the_remote(
    ansible: Path, workshop: Path, homes: dict[str, Machine]
) -> None:
    first = homes.pop("one")
    first.make_tree()
    first.must_sync()
    remote = workshop / "remote.git"
    git(workshop, "clone", "--quiet", "--bare", str(first.backup), str(remote))
    del homes["three"]  # its branch would need a host of another name
    play(ansible, workshop, homes, bootstrap=str(remote))
    tree = independent.source(homes["two"].source)
    tree = {path: thing for path, thing in tree.items() if not path.startswith(b"plugins")}
    assert tree == independent.source(first.source)
    assert play(ansible, workshop, homes, bootstrap=str(remote))[1] == 0
