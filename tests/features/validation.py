"""Validation: the faults that get into the tree and block or warn, and what a report says of them."""

from __future__ import annotations

import re

from pytest_bdd import given, parsers, step

from tests.features.secret import NOTE, config, place_secret
from tests.features.settings import put
from tests.support.machine import Machine


@given("quarantine is on")
def quarantine(machine: Machine) -> None:
    put(machine, quarantine=True)


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


@step(parsers.re(r"the history has (?P<number>\d+) records? of a (?P<outcome>blocked|failed) sync"))
def history_has(machine: Machine, number: str, outcome: str) -> None:
    records = [*machine.site.state.history()]
    assert len([record for record in records if record["outcome"] == outcome]) == int(number)
