"""Findings as SARIF 2.1.0 (OASIS), which code hosts and editors show beside the lines."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from autosync_tasks import __version__
from autosync_tasks.model import Finding, Severity
from autosync_tasks.names import shown
from autosync_tasks.validation.families import RULES

_LEVEL = {Severity.ERROR: "error", Severity.WARNING: "warning"}


def of_findings(findings: Iterable[Finding]) -> dict[str, Any]:
    """The whole log: one run, the rules that spoke, and their results. No contents of any file are in it."""
    found = tuple(findings)
    codes = sorted({finding.code for finding in found})
    rules = [
        {
            "id": code,
            "name": code,
            "shortDescription": {"text": RULES[code].title},
            "fullDescription": {"text": RULES[code].explanation},
            "help": {"text": RULES[code].hint},
            "defaultConfiguration": {"level": _LEVEL[RULES[code].severity]},
        }
        for code in codes
    ]
    driver = {"name": "autosync-tasks", "version": __version__, "rules": rules}
    return {
        "$schema": "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
        "version": "2.1.0",
        "runs": [{"tool": {"driver": driver}, "results": [_result(finding, codes) for finding in found]}],
    }


def as_one(logs: Sequence[tuple[str, Mapping[str, Any]]]) -> dict[str, Any]:
    """The logs of several agents as one, a run for each, which bears the agent's name."""
    runs = [{**run, "automationDetails": {"id": f"{name}/"}} for name, log in logs for run in log["runs"]]
    return {**of_findings(()), "runs": runs}


def _result(finding: Finding, codes: list[str]) -> dict[str, Any]:
    from urllib.parse import quote

    # A name that held a secret was made safe; what is left of it are the very bytes, as a URI relative to the tree.
    place: dict[str, Any] = {"artifactLocation": {"uri": quote(shown(finding.path)) or "."}}
    if finding.line:
        column = {"startColumn": finding.column} if finding.column else {}
        place["region"] = {"startLine": finding.line, **column}
    result: dict[str, Any] = {
        "ruleId": finding.code,
        "ruleIndex": codes.index(finding.code),
        "level": _LEVEL[finding.severity],
        "message": {"text": f"{finding.message} {finding.hint}".strip()},
        "locations": [{"physicalLocation": place}],
        "partialFingerprints": {"autosync/v1": finding.fingerprint},
    }
    if finding.status == "accepted":
        result["suppressions"] = [{"kind": "external", "justification": "accepted with `accept`"}]
    return result
