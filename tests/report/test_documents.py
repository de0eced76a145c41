"""What `--json` prints is what docs/schemas/ says, and SARIF is what its standard says."""

from __future__ import annotations

import json
import os
import re
import time
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from autosync_tasks.cli.collection import collection
from autosync_tasks.model import Finding, Outcome, Severity
from autosync_tasks.report.sarif import of_findings
from autosync_tasks.report.task_result import show, show_line
from autosync_tasks.triggers.result import TaskResult
from tests.features.pictures import git
from tests.support.forks import CHECKOUT
from tests.support.machine import Machine
from tools.schemas import DOCUMENTS, document

SARIF: dict[str, Any] = {
    "type": "object",
    "required": ["version", "runs"],
    "additionalProperties": False,
    "properties": {
        "$schema": {"type": "string", "format": "uri"},
        "version": {"const": "2.1.0"},
        "runs": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["tool", "results"],
                "additionalProperties": False,
                "properties": {
                    "tool": {
                        "type": "object",
                        "required": ["driver"],
                        "properties": {"driver": {"type": "object", "required": ["name", "version", "rules"]}},
                    },
                    "results": {
                        "type": "array",
                        "items": {
                            "type": "object",
                            "required": ["message", "ruleId", "ruleIndex", "level", "locations"],
                            "properties": {
                                "level": {"enum": ["none", "note", "warning", "error"]},
                                "ruleIndex": {"type": "integer", "minimum": 0},
                                "message": {"type": "object", "required": ["text"]},
                                "partialFingerprints": {"type": "object", "additionalProperties": {"type": "string"}},
                                "suppressions": {
                                    "type": "array",
                                    "items": {"properties": {"kind": {"enum": ["inSource", "external"]}}},
                                },
                                "locations": {
                                    "type": "array",
                                    "items": {
                                        "required": ["physicalLocation"],
                                        "properties": {
                                            "physicalLocation": {
                                                "required": ["artifactLocation"],
                                                "properties": {
                                                    "artifactLocation": {
                                                        "properties": {"uri": {"pattern": "^[!-~]+$"}}
                                                    },
                                                    "region": {
                                                        "properties": {
                                                            "startLine": {"type": "integer", "minimum": 1},
                                                            "startColumn": {"type": "integer", "minimum": 1},
                                                        }
                                                    },
                                                },
                                            }
                                        },
                                    },
                                },
                            },
                        },
                    },
                },
            },
        },
    },
}
"""What of the standard's schema (sections 3.13 to 3.30) concerns what is written here. SARIF_SCHEMA names the file of
the standard itself, for a check by hand: it has a licence of its own and is not kept here."""


def sarif_schema() -> dict[str, Any]:
    named = os.environ.get("SARIF_SCHEMA")
    return json.loads(Path(named).read_text("utf-8")) if named else SARIF


def closed(schema: Any) -> Any:
    """The same, with no field that it does not name: one that is printed stands in the schema."""
    if isinstance(schema, list):
        return [closed(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    shut = {"additionalProperties": False} if schema.get("properties") and "additionalProperties" not in schema else {}
    return {**{name: closed(value) for name, value in schema.items()}, **shut}


def check(text: str) -> str:
    found = json.loads(text)
    jsonschema.validate(found, closed(document(found["kind"])))
    for one in found["profiles"] if found["kind"] == "profiles" else ():
        check(json.dumps(one["answer"]))
    return str(found["kind"])


def test_every_kind_of_document_has_a_schema() -> None:
    """The kinds are the words after `show(` in the package."""
    code = "\n".join(path.read_text("utf-8") for path in CHECKOUT.joinpath("autosync_tasks").rglob("*.py"))
    kinds = set(re.findall(r'(?:report|documents|json_report)\.show\(\s*"([a-z]+)"', code))
    assert kinds == set(DOCUMENTS)


LINES = """
    machines  sync --check  sync
    EDIT
    detect  diff  validate  validate --explain=SEC001  sync  why AGENTS.md  verify  history --stats  doctor
    accept FINGERPRINT --reason=an-example --check  accept FINGERPRINT --reason=an-example --yes  accept --list
    sync  machines  restore --check  restore nowhere.md  restore --yes AGENTS.md  restore --list  history  recover
    show-config  set-config MAX_AGE=7200  install-timer --check  uninstall-timer  notify  auto-sync-if-needed
    install-cron  install-cron  install-hook  install-hook  install-completion --shell=bash  status
    uninstall-cron  uninstall-hook  uninstall-completion --shell=bash  machines --forget=nobody
    profiles  set-config --profile=agents AUTO_SYNC_PUSH=false  profiles --on=agents  detect  status  sync  history
    START-ANEW
    bootstrap REMOTE --check  bootstrap REMOTE --yes  uninstall --check  uninstall
"""
"""Every task that has `--json`, in the order of a life; `watch` itself goes on, and has a test of its own."""


def test_the_tasks_print_what_the_schemas_say(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.support.machine.picture", lambda *_: {})  # what a run wrote is not looked at here
    machine.make_tree()
    machine.prepare_scanner()
    machine.fake_crontab("")
    machine.now = time.time()
    lines = [line.strip() for row in LINES.splitlines() for line in re.split(r"\s{2,}", row.strip()) if line.strip()]
    remote, seen, tasks = machine.root / "remote.git", set(), set()
    for line in lines:
        if line == "EDIT":
            machine.edit("AGENTS.md")
            machine.write("context/secret.md", f"The token is {machine.secret}\n")
            git(machine.root, "init", "--quiet", "--bare", "--initial-branch=main", str(remote))
            machine.home.joinpath(".agents/skills/tidy").mkdir(parents=True)
            machine.home.joinpath(".agents/skills/tidy/SKILL.md").write_text("---\nname: tidy\ndescription: x\n---\n")
            git(machine.backup, "remote", "add", "origin", str(remote))
            machine.command("autosync", "set-config", "AUTO_SYNC_PUSH=true").spoken = True
            continue
        if line == "START-ANEW":
            machine.start_anew()
            machine.prepare_scanner()
            continue
        words = line.replace("REMOTE", str(remote)).replace("FINGERPRINT", fingerprint(machine)).split()
        told = machine.command("autosync", *words, "--json")
        told.spoken = True
        try:
            seen.add(check(told.text))
        except (jsonschema.ValidationError, ValueError) as fault:
            raise AssertionError(f"{line}: {told.text}{told.stderr}") from fault
        tasks.add(words[0])
    assert set(DOCUMENTS) - seen == {"event"}, "it is a watcher's"
    known = collection()
    assert {name for name in known.task_names if "json" in flags(known[name])} == tasks | {"watch"}


def flags(task: Any) -> set[str]:
    return {name for argument in task.get_arguments(ignore_unknown_help=True) for name in argument.names}


def fingerprint(machine: Machine) -> str:
    """That of the newest finding that was printed."""
    for told in reversed(machine.told):
        if found := re.search(r'"fingerprint": "([0-9a-f]{16})"', told.text):
            return found[1]
    return ""


@pytest.mark.parametrize("words", ["accept f --reason=x", "recover --forget=f", "recover --accept-loss"])
def test_a_program_is_asked_nothing(machine: Machine, words: str) -> None:
    machine.make_tree()
    machine.write("context/secret.md", f"The token is {machine.secret}\n")
    machine.prepare_scanner()
    mark = json.loads(machine.command("autosync", "validate", "--json").text)["findings"][0]["fingerprint"]
    told = machine.command("autosync", *words.replace("=f", f"={mark}").replace(" f ", f" {mark} ").split(), "--json")
    told.spoken = True
    assert (check(told.text), told.exit_code) == ("error", 2)
    assert "--yes" in told.text


def test_the_watcher_prints_events(capsys: pytest.CaptureFixture[str]) -> None:
    show_line("ok", "nothing to do", as_json=True)
    show(TaskResult("watch", Outcome.OK, "stopped", data={"syncs": 1}), as_json=True, stream=True)
    assert [check(line) for line in capsys.readouterr().out.splitlines()] == ["event", "task"]


def test_validation_prints_sarif(machine: Machine) -> None:
    machine.make_tree()
    machine.prepare_scanner()
    machine.write("context/a note.md", f"The token is {machine.secret}\n")
    told = machine.command("autosync", "validate", "--sarif")
    told.spoken = True
    log = json.loads(told.text)
    jsonschema.validate(log, sarif_schema())
    places = [result["locations"][0]["physicalLocation"] for result in log["runs"][0]["results"]]
    assert told.exit_code == 3
    assert {"artifactLocation": {"uri": "context/a%20note.md"}, "region": {"startLine": 1, "startColumn": 14}} in places
    assert machine.secret not in told.text


@pytest.mark.parametrize("path", [b"a b.md", b"\xff\x01.md", "é/ü.md".encode(), b"x:y?#.md"])
def test_any_name_is_a_place_in_sarif(path: bytes) -> None:
    finding = Finding("SEC001", Severity.ERROR, path, "a token", "take it out", 3, 0, "f" * 16, "accepted", "")
    log = of_findings([finding])
    jsonschema.validate(log, sarif_schema())
    assert log["runs"][0]["results"][0]["suppressions"][0]["kind"] == "external"
