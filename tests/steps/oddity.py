"""Faults and oddities: what a feature calls them, and how they come into the config tree."""

from __future__ import annotations

import base64
import json
import os
import random
import re
import string
from collections.abc import Callable
from typing import Any

from pytest_bdd import parsers, step

from .machine import Machine
from .words import NOUNS

NOTE = NOUNS["context file"]


def _put(machine: Machine, path: str, text: str | bytes, mode: int = 0o644) -> None:
    machine.write(path, text)
    machine.path(path).chmod(mode)
    machine.fault = path.encode()


def _config(machine: Machine, **values: Any) -> None:
    _put(machine, "opencode.json", json.dumps(values, indent=2) + "\n")


def token_in_note(machine: Machine) -> None:
    """On the third line, in the fourteenth column."""
    machine.planted.append(machine.secret)
    _put(machine, NOTE, f"# Notes\n\nThe token is {machine.secret}\n")


def _link_out(machine: Machine) -> None:
    machine.path("context/link").symlink_to("/etc/hostname")
    machine.fault = b"context/link"


def _same_but_for_case(machine: Machine) -> None:
    _put(machine, "context/notes.md", "One.\n")
    _put(machine, "context/Notes.md", "Two.\n")


def _same_name(machine: Machine) -> None:
    _put(machine, "agents/reviewer.md", "---\ndescription: Another one\n---\nBe quick.\n")


_MERGE = "#!/bin/sh\n{} ours\necho a\n{}\necho b\n{} theirs\n".format("<" * 7, "=" * 7, ">" * 7)

ODDITIES: dict[str, Callable[[Machine], None]] = {
    "a provider's token in a context file": token_in_note,
    "an opencode.json without its last brace": lambda m: _put(m, "opencode.json", '{\n  "model": "a/b"\n'),
    "an agent with a mode that OpenCode does not know": lambda m: _put(
        m, "agent/tester.md", "---\ndescription: Tests\nmode: sometimes\n---\nTest.\n"
    ),
    "an unfinished merge in a script": lambda m: _put(m, "bin/deploy", _MERGE, 0o755),
    "a key that stands twice in opencode.json": lambda m: _put(
        m, "opencode.json", '{\n  "model": "a/b",\n  "model": "a/c"\n}\n'
    ),
    "a skill whose name is not its folder's": lambda m: _put(
        m, "skills/changelog/SKILL.md", "---\nname: history\ndescription: Writes it\n---\nWrite.\n"
    ),
    "a script that bash cannot read": lambda m: _put(m, "bin/deploy", "#!/bin/bash\nif true\n", 0o755),
    "a file name with a space": lambda m: _put(m, "context/my notes.md", "Notes.\n"),
    "a file that everybody can write": lambda m: _put(m, NOTE, "Notes.\n", 0o666),
    "a name with invisible characters": lambda m: _put(m, "context/no\u200btes.md", "Notes.\n"),
    "two names that differ only in case": _same_but_for_case,
    "a link that leads out of the tree": _link_out,
    "a script in bin that is not executable": lambda m: _put(m, "bin/deploy", "#!/bin/sh\necho\n"),
    "a document in bin": lambda m: _put(m, "bin/readme.md", "Read me.\n"),
    "an executable in context": lambda m: _put(m, "context/run.sh", "#!/bin/sh\necho\n", 0o755),
}

CHANGES: dict[str, Callable[[Machine], None]] = {
    "a comma is missing in opencode.json": lambda m: _put(
        m, "opencode.json", '{\n  "model": "a/b"\n  "theme": "night"\n}\n'
    ),
    "a key of opencode.json loses its quotes": lambda m: _put(m, "opencode.json", '{\n  model: "a/b"\n}\n'),
    "opencode.json names a file of the tree that is not there": lambda m: _config(
        m, model="a/b", agent={"build": {"prompt": "{file:./prompts/build.txt}"}}
    ),
    "an agent's tools become a list": lambda m: _put(
        m, "agent/reviewer.md", "---\ndescription: Reads\ntools:\n  - bash\n---\nBe kind.\n"
    ),
    "a command's description becomes a number": lambda m: _put(
        m, "command/release.md", "---\ndescription: 42\n---\nRelease.\n"
    ),
    "a comment is added to opencode.json": lambda m: _put(
        m, "opencode.json", '{\n  // the quick one\n  "model": "a/b"\n}\n'
    ),
    "a comma is left behind in opencode.json": lambda m: _put(m, "opencode.json", '{\n  "model": "a/b",\n}\n'),
    "a description holds a colon without quotes": lambda m: _put(
        m, "agent/reviewer.md", "---\ndescription: Reads: twice\nmode: subagent\n---\nBe kind.\n"
    ),
    "package.json is cut off in the middle": lambda m: _put(m, "package.json", '{\n  "dependencies": {\n'),
    "the front matter of an agent cannot be read": lambda m: _put(
        m, "agent/reviewer.md", "---\ndescription: [Reads\nmode: @subagent\n---\nBe kind.\n"
    ),
    "a skill loses its description": lambda m: _put(
        m, "skills/changelog/SKILL.md", "---\nname: changelog\n---\nWrite.\n"
    ),
    "two agents have the same name": _same_name,
    "opencode.json holds a key that OpenCode ignores": lambda m: _config(m, model="a/b", colour="blue"),
}


def _letters(seed: int, number: int) -> str:
    return "".join(random.Random(seed).choices(string.ascii_letters + string.digits, k=number))


def _private_key(_: Machine) -> str:
    kind = "OPENSSH PRIVATE " + "KEY"
    body = base64.b64encode(random.Random(7).randbytes(240)).decode()
    return f"-----BEGIN {kind}-----\n{body}\n-----END {kind}-----"


VALUES: dict[str, Callable[[Machine], str]] = {
    "a provider's token": lambda m: m.secret,
    "a private key": _private_key,
    "a database's password": lambda _: _letters(1, 20),
    "an unknown service's key": lambda _: _letters(2, 40),
    "the name of a variable": lambda _: "{env:SERVICE_KEY}",
    "the path of a file with a key": lambda _: "{file:~/.keys/service}",
    "a placeholder of documentation": lambda _: "your-api-key-here",
}
"""Secrets (made up here, or decoded) and what only stands for one."""


def _link_to(machine: Machine, value: str) -> None:
    machine.path("context/link").symlink_to(f"elsewhere/{value}")


PLACES: dict[str, Callable[[Machine, str], None]] = {
    "the header of an MCP server": lambda m, v: _config(
        m,
        mcp={"a": {"type": "remote", "url": "https://mcp.example.com", "headers": {"Authorization": f"Bearer {v}"}}},
    ),
    "a command of an MCP server": lambda m, v: _config(
        m, mcp={"a": {"type": "local", "command": ["serve", "--token", v]}}
    ),
    "the text of an agent": lambda m, v: _put(
        m, "agent/tester.md", f"---\ndescription: Tests\n---\nLog in with {v}, then test.\n"
    ),
    "a script in bin": lambda m, v: _put(m, "bin/deploy", f"#!/bin/sh\nTOKEN={v}\n", 0o755),
    "the name of a file": lambda m, v: _put(m, f"context/{v}.md", "Notes.\n"),
    "the target of a link": _link_to,
    "a context file": lambda m, v: _put(m, NOTE, f"# Notes\n\n{v}\n"),
    "a URL in a context file": lambda m, v: _put(m, NOTE, f"See postgres://app:{v}@db.corp.net/app\n"),
    "the key of a provider in the config": lambda m, v: _config(m, provider={"own": {"options": {"apiKey": v}}}),
}


def _one_of(words: dict[str, Any], name: str) -> str:
    return f"(?P<{name}>" + "|".join(map(re.escape, words)) + ")"


@step(parsers.re(_one_of(ODDITIES, "oddity") + " appears in the tree"))
def appears(machine: Machine, oddity: str) -> None:
    ODDITIES[oddity](machine)


@step(parsers.re(_one_of(CHANGES, "change")))
def happens(machine: Machine, change: str) -> None:
    CHANGES[change](machine)


@step(parsers.re(f"{_one_of(VALUES, 'value')} is written into {_one_of(PLACES, 'place')}"))
def written(machine: Machine, value: str, place: str) -> None:
    secret = VALUES[value](machine)
    machine.planted += secret.splitlines()[1:2] or [secret]
    PLACES[place](machine, secret)


@step("a file appears whose name holds a provider's token")
def named_so(machine: Machine) -> None:
    written(machine, "a provider's token", "the name of a file")


@step(parsers.re('"(?P<path>[^"]+)" is renamed to a name that holds a provider\'s token'))
def renamed_so(machine: Machine, path: str) -> None:
    machine.planted.append(machine.secret)
    machine.path(path).rename(machine.path(f"context/{machine.secret}.md"))


@step("a provider's token with a comment that tells scanners to ignore it")
def allowed_by_comment(machine: Machine) -> None:
    words = "kingfisher:ignore gitleaks:allow pragma: allowlist secret"
    _put(machine, NOTE, f"The token is {machine.secret} <!-- {words} -->\n# {words}\n")


@step("the token is taken out")
def taken_out(machine: Machine) -> None:
    machine.write(NOTE, "# Notes\n\nThe token is in the keyring.\n")


@step("lines are added above the token")
def lines_above(machine: Machine) -> None:
    machine.write(NOTE, b"# New\n\nWords.\n\n" + machine.path(NOTE).read_bytes())


@step("the token is replaced by another one")
def replaced(machine: Machine) -> None:
    other = machine.secret[:-4] + machine.secret[-4:][::-1]
    machine.write(NOTE, machine.path(NOTE).read_bytes().replace(machine.secret.encode(), other.encode()))


@step("a list that accepts the finding appears in the tree")
def list_in_tree(machine: Machine) -> None:
    run = next(told.run for told in reversed(machine.told) if told.run and told.run.findings)
    accepted = [{"fingerprint": run.findings[0].fingerprint, "reason": "by an agent", "at": 0}]
    for path in ("acceptances.json", "autosync-tasks/acceptances.json", ".config/autosync-tasks/acceptances.json"):
        machine.write(path, json.dumps({"version": 1, "accepted": accepted}))
        os.chmod(machine.path(path), 0o600)
