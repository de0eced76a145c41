"""What `--json` prints is what docs/schemas/ says, and SARIF is what its standard says."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from autosync_tasks.model import Finding, Severity
from autosync_tasks.report.sarif import of_findings
from tests.support.machine import CHECKOUT, Machine
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


def check(text: str) -> str:
    found = json.loads(text)
    jsonschema.validate(found, document(found["kind"]))
    return str(found["kind"])


def test_every_kind_of_document_has_a_schema() -> None:
    """The kinds are the words after `show(` in the package."""
    import re

    code = "\n".join(path.read_text("utf-8") for path in CHECKOUT.joinpath("autosync_tasks").rglob("*.py"))
    kinds = set(re.findall(r'(?:report|documents|json_report)\.show\(\s*"([a-z]+)"', code))
    assert kinds == set(DOCUMENTS)


def test_the_tasks_print_what_the_schemas_say(machine: Machine) -> None:
    machine.make_tree()
    machine.prepare_scanner()
    machine.fake_crontab("")
    lines = [
        *(
            "sync",
            "sync --check",
            "status",
            "detect",
            "diff",
            "validate",
            "validate --changed",
            "validate --explain=SEC001",
        ),
        *("verify", "why AGENTS.md", "show-config", "set-config MAX_AGE=7200", "history", "history --stats"),
        *("restore --list", "restore --check", "recover --check", "accept --list", "install-cron --check", "notify"),
        *("doctor", "status", "restore nowhere.md", "uninstall --check", "machines", "profiles --on=agents", "detect"),
    ]
    seen = set()
    for number, line in enumerate(lines):
        if number == 2:
            machine.edit("AGENTS.md")
            machine.write("context/secret.md", f"The token is {machine.secret}\n")
        told = machine.command("autosync", *line.split(), "--json")
        told.spoken = True
        seen.add(check(told.text))
    assert set(DOCUMENTS) - seen == {"bootstrap", "event", "machines"}, "they need a remote, or a watcher"


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
