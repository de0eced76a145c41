"""Validation: what gets into the tree that blocks or warns, and what a report says of it.

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

from autosync_tasks.state.acceptances import Acceptances
from autosync_tasks.validation import scanner
from autosync_tasks.workspace.validation_context import acceptances
from tests.features.settings import put
from tests.features.words import NOUNS
from tests.support.machine import Machine

NOTE = NOUNS["context file"]
BODY = string.ascii_letters[7:43]


def another_token() -> str:
    return "gh" + "p_" + (string.ascii_letters + string.digits)[20:56][::-1]


def private_key() -> str:
    lines = [base64.b64encode(bytes(range(n, n + 48))).decode() for n in (7, 90, 33, 151, 64, 12, 180)]
    return "-----BEGIN RSA PRIVATE " + "KEY-----\n" + "\n".join(lines) + "\n-----END RSA PRIVATE KEY-----\n"


def config(**keys: object) -> str:
    return json.dumps({"model": "anthropic/claude-sonnet-4-5", **keys}, indent=2) + "\n"


# ---- secrets


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


@given("quarantine is on")
def quarantine(machine: Machine) -> None:
    put(machine, quarantine=True)


@given("the scanner for secrets cannot be loaded")
def no_scanner(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    def gone(_: str) -> None:
        raise ImportError("No module named 'kingfisher_sdk'")

    monkeypatch.setattr(scanner, "Kingfisher", gone)
    scanner.load.cache_clear()
    yield
    scanner.load.cache_clear()


# ---- faults and oddities

NO_BRACE = '{\n  "model": "anthropic/claude-sonnet-4-5"\n'
AGENT = "---\ndescription: Reads a change once more\n{}\n---\nBe kind.\n"

FAULTS: dict[str, tuple[str, str, str]] = {
    # what a feature calls it: (path, contents, the rule's code)
    "a provider's token in a context file": (NOTE, "", "SEC001"),
    "an opencode.json without its last brace": ("opencode.json", NO_BRACE, "JSN001"),
    "an agent with a mode that OpenCode does not know": ("agent/odd.md", AGENT.format("mode: sidekick"), "MDF"),
    "an unfinished merge in a script": ("bin/merge", "#!/bin/sh\n<<<<<<< HEAD\na\n=======\nb\n>>>>>>> other\n", "MRG001"),
    "a key that stands twice in opencode.json": ("opencode.json", '{\n  "theme": "a",\n  "theme": "b"\n}\n', "JSN003"),
    "a skill whose name is not its folder's": (
        "skills/changelog/SKILL.md", "---\nname: other\ndescription: Keeps a changelog\n---\nOne line.\n", "MDF005",
    ),
    "a script that bash cannot read": ("bin/broken", "#!/bin/bash\nif true; then\n", "EXE001"),
    "a file name with a space": ("context/two words.md", "Notes.\n", "STR003"),
    "a comma is missing in opencode.json": ("opencode.json", '{\n  "theme": "a"\n  "model": "b"\n}\n', "JSN001"),
    "a key of opencode.json loses its quotes": ("opencode.json", '{\n  theme: "a"\n}\n', "JSN001"),
    "opencode.json names a file of the tree that is not there": (
        "opencode.json", config(instructions=["{file:./context/gone.md}"]), "JSN005",
    ),
    "an agent's tools become a list": ("agent/reviewer.md", AGENT.format("tools: [bash, edit]"), "MDF"),
    "a command's description becomes a number": ("command/go.md", "---\ndescription: 5\n---\nGo.\n", "MDF"),
    "a server's command in opencode.json becomes text": (
        "opencode.json", config(mcp={"a": {"type": "local", "command": "npx"}}), "JSN009",
    ),
    "the instructions in opencode.json become text": ("opencode.json", config(instructions="AGENTS.md"), "JSN009"),
    "an agent may take no step": ("agent/reviewer.md", AGENT.format("steps: 0"), "MDF"),
    "an agent names its model and mode twice": (
        "agent/reviewer.md", AGENT.format("model: a/b\nmode: nope\nmodel: c/d\nmode: none"), "",
    ),
    "opencode.json names a file below a link": (
        "opencode.json", config(agent={"a": {"prompt": "{file:./prompts/build.md}"}}), "",
    ),
    "an agent's model becomes an object": (
        "agent/reviewer.md", AGENT.format("model:\n  providerID: a\n  model: b"), "",
    ),
    "opencode.json gets the agents of version 2": (
        "opencode.json", config(agents={"a": {"model": {"providerID": "a", "model": "b"}}}, share="nobody"), "",
    ),
    "opencode.json gets the servers of version 2": (
        "opencode.json", config(mcp={"servers": {"a": {"type": "local", "command": ["npx"]}}}), "",
    ),
    "a comment is added to opencode.json": ("opencode.json", '{\n  // mine\n  "theme": "a"\n}\n', ""),
    "a comma is left behind in opencode.json": ("opencode.json", '{\n  "theme": "a",\n}\n', ""),
    "a description holds a colon without quotes": (
        "agent/reviewer.md", "---\ndescription: Reads: once more\n---\nBe kind.\n", "",
    ),
    "package.json is cut off in the middle": ("package.json", '{\n  "dependencies": {\n', ""),
    "the front matter of an agent cannot be read": ("agent/odd.md", "---\ndescription: [\n---\nBe kind.\n", "MDF001"),
    "a skill loses its description": ("skills/changelog/SKILL.md", "---\nname: changelog\n---\nOne.\n", "MDF004"),
    "two agents have the same name": ("agents/reviewer.md", AGENT.format("mode: all"), "MDF006"),
    "opencode.json names a variable that is not set": (
        "opencode.json", config(provider={"x": {"options": {"apiKey": "{env:NO_SUCH_VARIABLE}"}}}), "JSN006",
    ),
    "opencode.json holds a key that OpenCode ignores": ("opencode.json", config(flavour="mint"), "JSN004"),
    "a file that everybody can write": ("context/open.md", "Notes.\n", "FS"),
    "a name with invisible characters": ("context/in\u200bvisible.md", "Notes.\n", "FS"),
    "two names that differ only in case": ("context/STACK.md", "Notes.\n", "FS"),
    "a link that leads out of the tree": ("context/out.md", "", "FS"),
    "a script in bin that is not executable": ("bin/idle", "#!/bin/sh\ntrue\n", "EXE003"),
    "a document in bin": ("bin/notes.md", "Notes.\n", "STR"),
    "an executable in context": ("context/run.md", "Notes.\n", "STR"),
}  # fmt: skip
FAULT = "(?P<fault>" + "|".join(map(re.escape, FAULTS)) + ")"


@step(parsers.re(f"{FAULT}(?: appears in the tree)?"))
def fault_appears(machine: Machine, fault: str) -> None:
    path, text, _ = FAULTS[fault]
    machine.fault = FAULTS[fault]
    if fault.startswith("a provider's token"):
        place_secret(machine, "a context file", machine.secret)
        return
    if fault == "a link that leads out of the tree":
        machine.path(path).symlink_to("/etc/hostname")
        return
    machine.write(path, text)
    if fault == "opencode.json names a file below a link":
        machine.write("shared/prompts/build.md", "Build.\n")
        machine.path("prompts").symlink_to("shared/prompts")
    if fault == "a file that everybody can write":
        machine.path(path).chmod(0o666)
    elif fault == "an executable in context" or (path.startswith("bin/") and "not executable" not in fault):
        machine.path(path).chmod(0o755)
    if fault == "a document in bin":
        machine.path(path).chmod(0o644)


@step("the report names its file and what to do")
def names_file(machine: Machine) -> None:
    told = machine.last
    path, _, code = machine.fault
    if told.exit_code:
        assert path in told.text
        assert code in told.text
        assert re.search(rf"{code}\w* .+\n(?:.*\n){{0,2}} {{12,}}\S", told.text), told.text
        assert "next: mend" in told.text
    else:
        warned(machine)


@step("it is warned of")
def warned(machine: Machine) -> None:
    path, _, code = machine.fault
    run = machine.last.run
    assert run is not None
    found = [(finding.path.decode(), finding.code) for finding in run.findings]
    assert [one for one in found if one[0] == path and one[1].startswith(code)], found


@step(parsers.re('the status says "(?P<words>[^"]+)"'))
def status_says(machine: Machine, words: str) -> None:
    assert words in machine.look_status().text
    machine.last.spoken = True


@step(parsers.re(r"the history has (?P<number>\d+) records? of a (?P<outcome>blocked|failed) sync"))
def history_has(machine: Machine, number: str, outcome: str) -> None:
    records = machine.site.state.history()
    assert len([record for record in records if record["outcome"] == outcome]) == int(number)


# ---- acceptance


@given("a made-up token in a context file that blocks the sync")
def made_up(machine: Machine) -> None:
    place_secret(machine, "a context file", machine.secret)
    told = machine.sync()
    told.spoken = True
    assert told.run is not None
    assert told.exit_code == 3
    machine.fingerprint = told.run.findings[0].fingerprint


def accepts(machine: Machine, reason: str, *more: str) -> None:
    machine.command("autosync", "accept", machine.fingerprint, "--reason", reason, *more)


@step(parsers.re('a person accepts the finding because it is "(?P<reason>[^"]+)"'))
def person_accepts(machine: Machine, reason: str) -> None:
    accepts(machine, reason, "--yes")
    machine.last.spoken = True


@given("the finding was accepted")
def was_accepted(machine: Machine) -> None:
    person_accepts(machine, "made up for a test")
    assert machine.last.exit_code == 0, machine.last.stderr


@step("a script accepts the finding without confirming")
def script_accepts(machine: Machine) -> None:
    accepts(machine, "convenient")


@step("nothing is accepted")
@step("no finding is accepted")
def none_accepted(machine: Machine) -> None:
    assert acceptances(machine.site).all() == []


@step("lines are added above the token")
def lines_above(machine: Machine) -> None:
    text = machine.path(NOTE).read_text()
    machine.write(NOTE, "# Above\n\nThree lines.\n\n" + text)


@step("the token is replaced by another one")
def other_token(machine: Machine) -> None:
    place_secret(machine, "a context file", another_token())


@step("a list that accepts the finding appears in the tree")
def list_in_tree(machine: Machine) -> None:
    """Its form is the true one: made in another config folder and brought in by an agent."""
    theirs = Acceptances(str(machine.root / "theirs"))
    made = theirs.add(machine.fingerprint, "I say so", at=machine.now)
    text = (machine.root / "theirs").joinpath(theirs.path.rsplit("/", 1)[-1]).read_text()
    assert made.fingerprint in text
    for place in (
        "accepted.json",
        ".autosync/accepted.json",
        "autosync-tasks/accepted.json",
        theirs.path.rsplit("/")[-1],
    ):
        machine.write(place, text)
    machine.path(".autosync/accepted.json").unlink()
    machine.path(".autosync").rmdir()


@step("a person prunes the accepted findings")
def prunes(machine: Machine) -> None:
    machine.command("autosync", "accept", "--prune")
