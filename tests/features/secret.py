"""Secrets, and what only looks like one: where it is written, and when it is gone.

Nothing here is a secret: what looks like one is made up, and put together when a test runs.
"""

from __future__ import annotations

import base64
import json
import re
import string
from collections.abc import Iterator

import pytest
from pytest_bdd import given, parsers, step

from autosync_tasks.validation import scanner
from tests.features.words import NOUNS
from tests.support.machine import Machine

NOTE = NOUNS["context file"]


def config(**keys: object) -> str:
    return json.dumps({"model": "anthropic/claude-sonnet-4-5", **keys}, indent=2) + "\n"


def another_token() -> str:
    return "gh" + "p_" + (string.ascii_letters + string.digits)[20:56][::-1]


def private_key() -> str:
    lines = [base64.b64encode(bytes(range(n, n + 48))).decode() for n in (7, 90, 33, 151, 64, 12, 180)]
    return "-----BEGIN RSA PRIVATE " + "KEY-----\n" + "\n".join(lines) + "\n-----END RSA PRIVATE KEY-----\n"


@step(parsers.re(r"(?P<secret>a provider's token|a private key|a database's password|an unknown service's key)"
                 r" is written into (?P<place>.+)"))  # fmt: skip
def written(machine: Machine, secret: str, place: str) -> None:
    value = machine.secret
    if secret == "a private key":
        value = private_key()
    elif secret == "a database's password":
        value = "Xq7vRt2" + "mKw9pLz4"
    elif secret == "an unknown service's key":
        value = "q7GkX2vN9" + "rT4wLbZ8mHc5YdPs3Fj6Ua1"
    machine.secret = value
    place_secret(machine, place, value)


def place_secret(machine: Machine, place: str, value: str) -> None:
    """Puts a value where a feature says."""
    server = {"type": "remote", "url": "https://mcp.example.com/"}
    match place:
        case "the header of an MCP server":
            headers = {**server, "headers": {"Authorization": f"Bearer {value}"}}
            machine.write("opencode.json", config(mcp={"tracker": headers}))
        case "a command of an MCP server":
            command = {"type": "local", "command": ["npx", "tracker", "--token", value]}
            machine.write("opencode.json", config(mcp={"tracker": command}))
        case "the text of an agent":
            machine.write("agent/ops.md", f"---\ndescription: Operates\n---\nUse the token `{value}`.\n")
        case "a script in bin":
            machine.write("bin/deploy", f"#!/bin/sh\nexport API_TOKEN={value}\n")
        case "the name of a file":
            machine.write(f"context/{value}.md", "Notes.\n")
        case "a URL in a context file":
            machine.write(NOTE, f"# Notes\n\npostgres://admin:{value}@db.internal.example.com:5432/main\n")
        case "the key of a provider in the config":
            machine.write("opencode.json", config(provider={"homemade": {"options": {"apiKey": value}}}))
        case "a context file":
            machine.write(NOTE, f"# Notes\n\nThe token is {value}\n")
        case "a context file, with a comment that tells scanners to ignore it":
            marks = "# gitleaks:allow kingfisher:ignore pragma: allowlist secret nosecret"
            machine.write(NOTE, f"# Notes\n\nThe token is {value} {marks}\n<!-- {value} -->\n")
        case _:
            raise AssertionError(f"no such place: {place}")


@step(parsers.re(r"(?P<what>the name of a variable|the path of a file with a key|a placeholder of documentation)"
                 r" is written into the config"))  # fmt: skip
def stand_in(machine: Machine, what: str) -> None:
    value = {
        "the name of a variable": "{env:HOME}",
        "the path of a file with a key": "{file:~/.secrets/openai-key}",
        "a placeholder of documentation": "your-api-key-here",
    }[what]
    (machine.home / ".secrets").mkdir(exist_ok=True)
    (machine.home / ".secrets" / "openai-key").write_text("elsewhere\n")
    machine.write("opencode.json", config(provider={"openai": {"options": {"apiKey": value}}}))


STANDS_IN = {
    "a header that says YOUR_TOKEN": 'curl -H "Authorization: Bearer YOUR_TOKEN" https://api.example.com',
    "a variable as the user of curl": 'curl -u "$PAY_KEY:" https://api.example.com/v1/charges',
    "an address behind another program's option": 'curl -s https://a.net/\nsqlscan -u "https://a.net/page?id=1"',
    "a mask where a password was": "postgres://[REDACTED:DATABASE_URI]@host",
    "a password that says that it is one": "postgres://app_user:app_password@db.internal:5432/app",
    "a row of x after a provider's prefix": "NPM_TOKEN=npm_" + "x" * 36,
    "the first lines of two kinds of keys": "-----BEGIN RSA PRIVATE "
    + "KEY----- or -----BEGIN EC PRIVATE "
    + "KEY-----",
}


@given(parsers.re("documentation with (?P<what>" + "|".join(map(re.escape, STANDS_IN)) + ")"))
def documentation(machine: Machine, what: str) -> None:
    machine.write(NOTE, f"# How to\n\n```sh\n{STANDS_IN[what]}\n```\n")


@given(parsers.re('"(?P<name>[^"]+)" holds a login'))
def login(machine: Machine, name: str) -> None:
    machine.write(name, json.dumps({"openai": {"type": "oauth", "refresh": machine.secret}}))


@step("the token is taken out")
def taken_out(machine: Machine) -> None:
    machine.write(NOTE, "# Notes\n\nThe token is in the keyring.\n")


@given("a token in one context file and a new agent beside it")
def token_and_agent(machine: Machine) -> None:
    place_secret(machine, "a context file", machine.secret)
    machine.write(NOUNS["agent definition"], "---\ndescription: Tests\nmode: subagent\n---\nTest.\n")


@step(parsers.re(r'"(?P<name>[^"]+)" is renamed so that a token is in its name'))
def token_name(machine: Machine, name: str) -> None:
    machine.path(name).rename(machine.path(f"context/{machine.secret}.md"))


@given("the scanner for secrets cannot be loaded")
def no_scanner(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    def gone(_: str) -> None:
        raise ImportError("No module named 'kingfisher_sdk'")

    monkeypatch.setattr(scanner, "Kingfisher", gone)
    monkeypatch.setattr(scanner, "installed", lambda: "")  # as it is where there is no scanner
    scanner.load.cache_clear()
    scanner.load_quick.cache_clear()
    yield
    scanner.load.cache_clear()
    scanner.load_quick.cache_clear()


@step("a secret gets into a context file")
def secret(machine: Machine) -> None:
    machine.write(NOUNS["context file"], f"# Notes\n\nThe token is {machine.secret}\n")


@step("the secret is taken out again")
def secret_gone(machine: Machine) -> None:
    machine.write(NOUNS["context file"], "# Notes\n\nThe token is in the keyring.\n")
