"""The Ansible role, with the real ansible-core: on three homes of this machine (connection local), and on three users
over ssh."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import pytest

from autosync_tasks import __version__
from tests.features.pictures import git, picture
from tests.remote.servers import http_server, ssh_server
from tests.support import independent
from tests.support.forks import CHECKOUT
from tests.support.machine import BIN, Machine

HOMES = ("one", "two", "three")

PLAYBOOK = """
- hosts: all
  gather_subset: ["!all", "!min", env]
  roles:
    - role: autosync_tasks
      vars:
        autosync_venv: "{{{{ home }}}}/venv"
        autosync_program: "{program}"
        autosync_version: "{version}"
        autosync_package: "autosync-tasks=={version}"
        autosync_pip_environment: {{PIP_NO_INDEX: "1", PIP_FIND_LINKS: "{wheels}"}}
        autosync_environment:
          HOME: "{{{{ home }}}}"
          PATH: "{path}"
          PYTHONPATH: "{search}"
        autosync_settings: {{MAX_SYNC_FREQUENCY: "600"}}
        autosync_bootstrap: "{{{{ bootstrap | default('') }}}}"
        autosync_another_machine: true
        autosync_branch: "{{{{ branch | default('') }}}}"
"""


@pytest.fixture(scope="module")
def ansible(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The program `ansible-playbook`: that of AUTOSYNC_TEST_ANSIBLE, of PATH, or installed for this test alone."""
    named = os.environ.get("AUTOSYNC_TEST_ANSIBLE") or shutil.which("ansible-playbook")
    if named:
        return Path(named)
    venv = tmp_path_factory.mktemp("ansible")
    made = subprocess.run([sys.executable, "-m", "venv", venv], check=False, capture_output=True, timeout=300)
    pip: list[str | Path] = [venv / "bin/pip", "install", "--quiet", "--no-compile", "ansible-core>=2.15,<2.20"]
    if made.returncode or subprocess.run(pip, check=False, capture_output=True, timeout=400).returncode:
        pytest.skip("ansible-core cannot be installed here (AUTOSYNC_TEST_ANSIBLE may name ansible-playbook)")
    return venv / "bin/ansible-playbook"


@pytest.fixture
def homes(workshop: Path, scanner_cache: Path) -> dict[str, Machine]:
    made = {name: Machine(workshop / name, scanner_cache) for name in HOMES}
    for machine in made.values():
        machine.prepare_scanner()
    return made


def play(
    ansible: Path,
    workshop: Path,
    homes: dict[str, Machine],
    *flags: str,
    bootstrap: str = "",
    program: Path | str = BIN / "autosync",
    version: str = __version__,
    way: str = f"ansible_connection=local ansible_python_interpreter={sys.executable}",
) -> tuple[str, int]:
    """Runs the role on all homes; what it said, and how many tasks changed something. way: in the inventory."""
    book, hosts = workshop / "book.yml", workshop / "hosts"
    pinned = str(program).startswith("{")
    names = {"program": program, "version": version, "wheels": workshop / "wheels"}
    names |= {"path": os.environ["PATH"] if pinned else f"{Path(program).parent}:{os.environ['PATH']}"}
    names |= {"search": sysconfig.get_path("purelib") if pinned else ""}
    book.write_text(PLAYBOOK.format(**names))
    more = f" bootstrap={bootstrap} branch=main" if bootstrap else ""
    lines = [f"{name} {way.format(name=name)} home={machine.home}{more}" for name, machine in homes.items()]
    hosts.write_text("\n".join(lines) + "\n")
    env = {"HOME": str(workshop), "PATH": os.environ["PATH"], "ANSIBLE_ROLES_PATH": str(CHECKOUT / "ansible/roles")}
    env |= {
        "ANSIBLE_PIPELINING": "1",
        "ANSIBLE_NOCOLOR": "1",
        "LC_ALL": "C.UTF-8",
        "ANSIBLE_LOCAL_TEMP": str(workshop / "tmp"),
    }
    words = [str(ansible), "-i", str(hosts), str(book), *flags]
    done = subprocess.run(words, env=env, capture_output=True, text=True, timeout=900, check=False)
    text = done.stdout + done.stderr
    recap = re.findall(r"^(\w+) +: ok=\d+ +changed=(\d+) +unreachable=0 +failed=0", text, re.MULTILINE)
    assert done.returncode == 0 and len(recap) == len(homes), text
    return text, sum(int(changed) for _, changed in recap)


PINNED = "{{ autosync_venv }}/bin/autosync"


def wheel(folder: Path, version: str) -> None:
    """A wheel of this checkout that calls itself that version. What it needs comes by PYTHONPATH, not by pip."""
    folder.mkdir(exist_ok=True)
    info = f"autosync_tasks-{version}.dist-info"
    with zipfile.ZipFile(folder / f"autosync_tasks-{version}-py3-none-any.whl", "w") as file:
        for path in (CHECKOUT / "autosync_tasks").rglob("*"):
            if path.is_file() and "__pycache__" not in path.parts:
                text = path.read_bytes().replace(f'"{__version__}"'.encode(), f'"{version}"'.encode())
                file.writestr(str(path.relative_to(CHECKOUT)), text)
        file.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: autosync-tasks\nVersion: {version}\n")
        file.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nGenerator: x\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        entry = "[console_scripts]\nautosync = autosync_tasks.cli.program:autosync\n"
        file.writestr(f"{info}/entry_points.txt", entry)
        file.writestr(f"{info}/RECORD", "")


@pytest.mark.sweep
def test_a_pinned_version_is_installed_once_and_another_takes_its_place(
    ansible: Path, workshop: Path, homes: dict[str, Machine]
) -> None:
    """No network: pip finds the wheels in a folder. 0.1.1 and 0.1.10 are two versions."""
    homes = {"one": homes["one"]}
    program = homes["one"].home / "venv/bin/autosync"
    lean = ("-e", json.dumps({"autosync_sync": False, "autosync_verify": False, "autosync_triggers": []}))
    for version in ("0.1.10", "0.1.1"):
        wheel(workshop / "wheels", version)
        assert play(ansible, workshop, homes, *lean, program=PINNED, version=version)[1] == 1 + (version == "0.1.10")
        environ = homes["one"].environ | {"PYTHONPATH": sysconfig.get_path("purelib")}
        said = subprocess.run([program, "--version"], env=environ, capture_output=True, text=True, check=True).stdout
        assert said == f"autosync {version}\n"
        assert play(ansible, workshop, homes, *lean, program=PINNED, version=version)[1] == 0


@pytest.mark.full
def test_the_second_run_changes_nothing_and_check_mode_writes_nothing(
    ansible: Path, workshop: Path, homes: dict[str, Machine]
) -> None:
    for machine in homes.values():
        machine.make_tree()
    nothing = workshop / "nothing"  # no program there yet
    assert play(ansible, workshop, homes, "--check", program=nothing, version="")[1] >= len(homes) * 3
    assert not any(machine.backup.exists() or machine.settings.exists() for machine in homes.values())
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


def installed(venv: Path) -> Path:
    """The program in a virtual environment that every user can read; ours may lie in a folder of root's."""
    made = subprocess.run(["/usr/bin/python3", "-m", "venv", "--without-pip", venv], capture_output=True, check=False)
    if made.returncode:
        pytest.skip(f"no virtual environment can be made of /usr/bin/python3: {made.stderr.decode()}")
    (found,) = venv.glob("lib/python3*/site-packages")
    (found / "ours.pth").write_text(f"{CHECKOUT}\n{sysconfig.get_path('purelib')}\n")
    program = venv / "bin/autosync"
    program.write_text(f"#!{venv}/bin/python3\nfrom autosync_tasks.cli.program import autosync\nautosync()\n")
    program.chmod(0o755)
    return program


@pytest.mark.full
@pytest.mark.skipif(os.geteuid() != 0, reason="only root can be three other users")
def test_three_users_over_ssh(ansible: Path, workshop: Path, scanner_cache: Path, homes: dict[str, Machine]) -> None:
    workshop.chmod(0o755)
    program, first = installed(workshop / "venv"), Machine(workshop / "first", scanner_cache)
    first.prepare_scanner()
    first.make_tree()
    first.must_sync()
    remote = workshop / "served/remote.git"
    git(workshop, "clone", "--quiet", "--bare", str(first.backup), str(remote))
    git(remote, "config", "http.receivepack", "true")
    users = {name: (64_001 + number, homes[name].home) for number, name in enumerate(HOMES)}
    for name, (uid, _) in users.items():
        subprocess.run(["chown", "-R", f"{uid}:{uid}", homes[name].root], check=True)
    with ssh_server(workshop / "sshd", users) as command, http_server(remote.parent) as server:
        words = shlex.split(command)
        known = next(word for word in words if "KnownHosts" in word)
        way = f"ansible_host=127.0.0.1 ansible_port={words[2]} ansible_user={{name}} ansible_ssh_private_key_file={words[4]}"
        way += f" ansible_ssh_args='-oControlMaster=no -oIdentitiesOnly=yes {known}' ansible_python_interpreter=/usr/bin/python3"
        url = f"http://127.0.0.1:{server.server_port}/remote.git"

        def role(*flags: str) -> tuple[str, int]:
            """One host after the other: they have one name, and each takes the next branch that is free."""
            return play(ansible, workshop, homes, "-f", "1", *flags, bootstrap=url, program=program, way=way)

        assert role()[1] >= 3 * len(homes)
        for name, machine in homes.items():
            tree = independent.source(machine.source)
            assert {path: thing for path, thing in tree.items() if not path.startswith(b"plugins")} == (
                independent.source(first.source)
            )
            assert (machine.source / "AGENTS.md").stat().st_uid == users[name][0]
        heads = git(remote, "for-each-ref", "--format=%(refname)", "refs/heads").decode().split()
        assert len(heads) == 1 + len(homes), heads
        assert role()[1] == 0
        (homes["two"].source / "AGENTS.md").write_text("# Another rule\n")
        before = {name: picture(machine.home / ".config", machine.backup) for name, machine in homes.items()}
        text, changed = role("--check", "--diff")
        assert changed == 2 and "modified AGENTS.md" in text, text
        assert before == {name: picture(machine.home / ".config", machine.backup) for name, machine in homes.items()}
        assert role()[1] == 1
        assert role()[1] == 0


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
