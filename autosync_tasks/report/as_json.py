"""Runs and findings as JSON, version 1: for programs. Paths are shown safely; `path_hex` is exact."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Mapping
from typing import Any

from autosync_tasks.errors import AutosyncError
from autosync_tasks.model import Change, Finding, LeftOut, Run
from autosync_tasks.names import display, redaction, shown
from autosync_tasks.remote.known import KnownRemote
from autosync_tasks.report.stream import writing
from autosync_tasks.report.words import gathered
from autosync_tasks.status.status import Status

VERSION = 1


def show(kind: str, body: Mapping[str, Any], *, stream: bool = False) -> None:
    """Writes one document to standard output. stream: it is one of many, so each is one line (JSON Lines).

    Raises OutputError.
    """
    document = {"version": VERSION, "kind": kind, **body}
    if (kept := gathered()) is not None:
        kept.documents.append(json.loads(redaction().clean_text(json.dumps(document))))
        return
    write(document, indent=None if stream else 1)


def log(document: dict[str, Any]) -> None:
    """A SARIF log: written at once, or kept to become one with those of other agents. Raises OutputError."""
    if (kept := gathered()) is not None:
        kept.documents.append(document)
    else:
        write(document)


def write(document: Mapping[str, Any], *, indent: int | None = 1) -> None:
    """Writes JSON of any kind to standard output, made safe. Raises OutputError."""
    with writing(sys.stdout):
        sys.stdout.write(redaction().clean_text(json.dumps(document, indent=indent, ensure_ascii=True)) + "\n")


def of_run(run: Run, source: str, backup: str) -> dict[str, Any]:
    """A run, all paths in it."""
    return {
        "id": run.id,
        "trigger": run.trigger,
        "check": run.check,
        "source": display(source),
        "backup": display(backup),
        "started": run.started,
        "ended": run.ended,
        "outcome": run.outcome,
        "reason": run.reason,
        "exit_code": run.exit_code,
        "commit": run.commit or None,
        "steps": [{"name": s.name, "outcome": s.outcome, "reason": s.reason} for s in run.steps],
        "changes": [of_change(change) for change in run.changes],
        "pending": [{**of_change(p.change), "waits_for": p.waits_for} for p in run.pending],
        "left_out": [of_left_out(left) for left in run.left_out],
        "findings": [of_finding(finding) for finding in run.findings],
        "notes": list(run.notes),
        "details": list(run.details),
        "next_step": run.next_step,
        "retry_at": run.retry_at,
    }


def _path(path: bytes) -> dict[str, str]:
    return {"path": display(path, limit=10_000), "path_hex": shown(path).hex()}


def of_change(change: Change) -> dict[str, Any]:
    """One change."""
    document: dict[str, Any] = {
        **_path(change.path),
        "kind": change.kind,
        "category": change.category,
        "priority": change.priority,
        "rule": {"pattern": change.rule.pattern, "origin": change.rule.origin},
        "starts_a_sync": change.starts,
    }
    if change.old_path is not None:
        document["old_path"], document["old_path_hex"] = _path(change.old_path).values()
    return document


def of_left_out(left: LeftOut) -> dict[str, Any]:
    """One path that is not taken."""
    return {**_path(left.path), "why": left.why, "detail": left.detail, "expected": left.expected}


def of_finding(finding: Finding) -> dict[str, Any]:
    """One finding."""
    return {
        **_path(finding.path),
        "code": finding.code,
        "severity": finding.severity,
        "line": finding.line,
        "column": finding.column,
        "message": finding.message,
        "hint": finding.hint,
        "fingerprint": finding.fingerprint,
        "status": finding.status,
    }


def of_detection(changes: Iterable[Change], left_out: Iterable[LeftOut]) -> dict[str, Any]:
    """What differs, and what is left out."""
    return {"changes": [of_change(change) for change in changes], "left_out": [of_left_out(left) for left in left_out]}


def of_validation(findings: Iterable[Finding], left_out: Iterable[LeftOut], judged: int) -> dict[str, Any]:
    """Findings, what is left out, and how many files were judged."""
    return {
        "judged": judged,
        "findings": [of_finding(finding) for finding in findings],
        "left_out": [of_left_out(left) for left in left_out],
    }


def of_status(status: Status, source: str, backup: str, now: float) -> dict[str, Any]:
    """A status. Times are seconds since the epoch, null if never or unknown."""
    return {
        "verdict": status.verdict.level,
        "why": status.verdict.why,
        "next_step": status.verdict.next_step or None,
        "now": now,
        "source": display(source),
        "backup": display(backup),
        "commit": status.commit or None,
        "owned": status.owned,
        "last_sync": status.last_sync,
        "store_read": status.store_read,
        "lost": list(status.lost),
        "pending": [{**of_change(item.change), "waits_for": item.waits_for} for item in status.pending],
        "pending_low": status.waiting_low,
        "never_copied": [_path(path) for path in status.never_copied],
        "left_out": [of_left_out(left) for left in status.left_out],
        "links_out": [_path(path) for path in status.links_out],
        "failures": status.failures,
        "retry_at": status.retry_at,
        "auto_sync_enabled": status.enabled,
        "auto_sync_push": status.push,
        "not_pushed": status.not_pushed or None,
        "remote": _remote(status.remote),
        "accepted": status.accepted,
        "triggers_seen": status.seen,
        "triggers_installed": [
            {
                "how": item.how,
                "trigger": item.trigger,
                "period": item.period,
                "rhythm": item.rhythm,
                "place": display(item.place),
            }
            for item in status.installed
        ],
        "others": status.others or None,
        "notes": list(status.notes),
        "last_run": status.last_run or None,
    }


def _remote(remote: KnownRemote | None) -> dict[str, Any] | None:
    if remote is None or not (remote.address or remote.wanted):
        return None
    return {
        "name": display(remote.remote),
        "address": display(remote.address) or None,
        "ahead": remote.ahead,
        "pushed_at": remote.pushed_at,
        "conflict": remote.conflict or None,
    }


def of_error(error: AutosyncError) -> dict[str, Any]:
    """An error."""
    return {"error": error.message, "details": list(error.details), "hint": error.hint, "exit_code": error.exit_code}
