"""What a tree needs beside itself, and what another machine is told of it."""

from __future__ import annotations

import json
import shutil

from pytest_bdd import given, parsers, step, then

from autosync_tasks.doctor.missing import missing_after
from autosync_tasks.model import Run
from autosync_tasks.restore.request import Wish
from autosync_tasks.restore.restore import restore
from autosync_tasks.workspace.workspace import open_site
from tests.features.outcome import heard
from tests.features.outside import followed, lets_go, says, skill, takes_in
from tests.support.machine import Machine, Told

_SETTINGS = {
    "a variable in opencode.json": {"model": "{env:MY_SERVICE_URL}"},
    "a file that opencode.json names": {"model": "{file:~/.keys/service}"},
    "a program that an MCP server is": {"mcp": {"search": {"type": "local", "command": ["no-such-server", "--x"]}}},
    "a program that a formatter is": {"formatter": {"neat": {"command": ["no-such-format"], "extensions": [".x"]}}},
}


@given(parsers.re("a config tree that needs (?P<thing>.+)"))
def needs(machine: Machine, thing: str) -> None:
    machine.make_tree()
    if thing in _SETTINGS:
        machine.write("opencode.json", json.dumps(_SETTINGS[thing]) + "\n")
    elif thing == "a key in the place of a variable's name":
        machine.write("opencode.json", json.dumps({"model": f"{{env:{machine.secret}}}"}) + "\n")
    elif thing == "a file of secrets":
        machine.write(".env", "KEY=1\n")
    elif thing == "a login of OpenCode":
        machine.write("auth.json", "{}\n")
    elif thing == "a private key":
        machine.write("deploy.pem", "x\n")
    elif thing == "a package of a plugin":
        machine.write("package.json", '{"dependencies": {"left-pad": "1.0.0"}}\n')
    elif thing == "a link to a folder of that machine":
        (machine.home / "shared").mkdir()
        machine.path("context/shared").symlink_to(machine.home / "shared")
    elif thing == "a skill that agents share":
        skill(machine, "changelog", "~/.agents/skills", "not linked")
        followed(machine, "~/.agents/skills")
    elif thing == "a config file from elsewhere":
        says(machine, "~/work/opencode.json", "{}")
        takes_in(machine, "~/work/opencode.json")
    else:
        assert thing == "a script of an unusual interpreter"
        machine.write("bin/odd", "#!/usr/bin/env no-such-shell\n")
        machine.path("bin/odd").chmod(0o755)


@step("it is backed up")
def backed_up(machine: Machine) -> None:
    machine.environ["MY_SERVICE_API_KEY"] = "x"  # OpenCode has a login
    machine.must_sync()


@step("another machine gets it back")
def gets_back(machine: Machine) -> None:
    """The same folder, as a machine that has nothing else of the old one."""
    shutil.rmtree(machine.source)
    for name in ("shared", ".agents", "work"):
        shutil.rmtree(machine.home / name, ignore_errors=True)
    lets_go(machine)
    machine.environ["OPENCODE_SOURCE"] = str(machine.source)
    site = open_site(machine.environ, new_machine=True)
    run: Run = restore(site, Wish(now=machine.now + 60, run_id="a" * 12))[0]
    found = missing_after(open_site(machine.environ, new_machine=True), run)
    machine.told.append(Told("restore", run.outcome, run.exit_code, "\n".join(one.words for one in found)))


@step("the tree is lost and brought back")
def lost_and_back(machine: Machine) -> None:
    machine.environ["MY_SERVICE_API_KEY"] = "x"
    gets_back(machine)


@then(parsers.re('it is told that (?P<name>\\S+) is missing, and the remedy is "(?P<remedy>[^"]+)"'))
def told_missing(machine: Machine, name: str, remedy: str) -> None:
    words = heard(machine).text.splitlines()
    assert len(words) == 1, words
    assert f" {name}" in words[0], words
    assert remedy in words[0], words


@then("nothing is told to be missing")
def nothing_missing(machine: Machine) -> None:
    assert heard(machine).text == ""
