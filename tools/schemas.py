"""Writes the JSON Schemas anew: the settings' from their table, and one for each kind of document that `--json` prints.

`python tools/schemas.py`; a test compares, and tests check what the tasks print with them.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from autosync_tasks.config.settings import TABLE, Setting, Type
from autosync_tasks.config.text import key_name
from autosync_tasks.config.values import allowed
from autosync_tasks.model import Outcome, Priority, Trigger

HERE = Path(__file__).parents[1]
CONFIG = HERE / "autosync_tasks/config/config.schema.json"
FOLDER = HERE / "docs/schemas"
DRAFT = "http://json-schema.org/draft-07/schema#"
"""The newest that editors of TOML understand."""

Schema = dict[str, Any]
TEXT: Schema = {"type": "string"}
NUMBER: Schema = {"type": "number"}
COUNT: Schema = {"type": "integer", "minimum": 0}
FLAG: Schema = {"type": "boolean"}
EXIT: Schema = {"enum": [0, 1, 2, 3, 4, 5, 75, 130]}
HEX: Schema = {"type": "string", "pattern": "^([0-9a-f]{2})*$"}
ANY: Schema = {}


def or_null(schema: Schema) -> Schema:
    """What may be unknown."""
    return {"anyOf": [schema, {"type": "null"}]}


def many(schema: Schema) -> Schema:
    """A list."""
    return {"type": "array", "items": schema}


def record(more: dict[str, Schema] | None = None, **fields: Schema) -> Schema:
    """An object with these fields, and perhaps some more; further ones may come within a version."""
    return {"type": "object", "required": list(fields), "properties": {**fields, **(more or {})}}


# ---- config.toml


def _whole_number(setting: Setting) -> Schema:
    number: Schema = {"type": "integer", "minimum": setting.low, "maximum": setting.high}
    span = {"type": "string", "pattern": r"^\d{1,6}([smhdwSMHDW]| (second|minute|hour|day|week)s?)$"}
    return {"anyOf": [number, span]} if setting.unit == "seconds" else number


def _of_setting(setting: Setting) -> Schema:
    texts = many(TEXT)
    kinds: dict[Type, Schema] = {
        Type.BOOL: FLAG,
        Type.INT: _whole_number(setting),
        Type.PATTERNS: texts,
        Type.CODES: many({"type": "string", "pattern": "^[A-Z]{2,4}([0-9]{3})?$"}),
        Type.FOLDERS: many({"type": "string", "pattern": "^(/|~/|~$)"}),
        Type.COMMANDS: many({"type": "string", "minLength": 1}),
        Type.ADDRESS: {"type": "string", "pattern": r"^($|https://|http://(127\.0\.0\.1|localhost|\[::1\]))"},
        Type.RULES: many(
            {
                **record(pattern={"type": "string", "minLength": 1}, category=TEXT, priority={"enum": list(Priority)}),
                "additionalProperties": False,
            }
        ),
    }
    default = list(setting.default) if isinstance(setting.default, tuple) else setting.default
    about = f"{setting.help} Allowed: {allowed(setting)}."
    known = {} if default is None else {"default": default}
    return {**kinds.get(setting.type, TEXT), **known, "description": about}


def config() -> Schema:
    """That of config.toml. What it lets pass may still be refused: a rule that never wins, a pattern that is none."""
    return {
        "$schema": DRAFT,
        "title": "Settings of autosync-tasks (config.toml)",
        "type": "object",
        "properties": {
            **{name: _of_setting(setting) for name, setting in TABLE.items()},
            "profiles": {
                "type": "object",
                "description": "A table for each agent: its switch, and settings that hold for it alone.",
                "additionalProperties": {
                    "type": "object",
                    "properties": {
                        "on": FLAG,
                        **{key_name(name): {"$ref": f"#/properties/{name}"} for name in TABLE},
                    },
                    "additionalProperties": False,
                },
            },
        },
        "additionalProperties": False,
    }


# ---- documents

PATH = {"path": TEXT, "path_hex": HEX}
CHANGE = record(
    {"old_path": TEXT, "old_path_hex": HEX, "waits_for": TEXT},
    **PATH,
    kind={"enum": ["created", "deleted", "modified", "renamed", "mode", "type"]},
    category=TEXT,
    priority={"enum": list(Priority)},
    rule=record(pattern=TEXT, origin=TEXT),
    starts_a_sync=FLAG,
)
LEFT_OUT = record(**PATH, why=TEXT, detail=TEXT, expected=FLAG)
FINDING = record(
    **PATH,
    code={"type": "string", "pattern": "^[A-Z]{2,4}[0-9]{3}$"},
    severity={"enum": ["error", "warning"]},
    line=COUNT,
    column=COUNT,
    message=TEXT,
    hint=TEXT,
    fingerprint=TEXT,
    status={"enum": ["new", "accepted"]},
)
RUN = {
    "id": TEXT,
    "trigger": {"enum": list(Trigger)},
    "check": FLAG,
    "source": TEXT,
    "backup": TEXT,
    "started": NUMBER,
    "ended": NUMBER,
    "outcome": {"enum": list(Outcome)},
    "reason": {"type": "string", "minLength": 1},
    "exit_code": EXIT,
    "commit": or_null(TEXT),
    "steps": many(record(name=TEXT, outcome={"enum": list(Outcome)}, reason=TEXT)),
    "changes": many(CHANGE),
    "pending": many(CHANGE),
    "left_out": many(LEFT_OUT),
    "findings": many(FINDING),
    "notes": many(TEXT),
    "details": many(TEXT),
    "next_step": TEXT,
    "retry_at": or_null(NUMBER),
}
MISSING = many(record(kind=TEXT, name=TEXT, wanted_by=TEXT, remedy=TEXT))
NUMBERS: Schema = {"type": "object", "additionalProperties": COUNT}
WHEN = or_null(NUMBER)
RECORD = record(
    {
        "task": TEXT,
        "commit": TEXT,
        "digest": TEXT,
        "changes": NUMBERS,
        "pending": COUNT,
        "findings": NUMBERS,
        "notes": many(TEXT),
        "hint": TEXT,
        "retry_at": NUMBER,
    },
    id=TEXT,
    trigger={"enum": list(Trigger)},
    started=NUMBER,
    ended=NUMBER,
    outcome={"enum": list(Outcome)},
    reason=TEXT,
    exit=EXIT,
    acted=FLAG,
)
"""Of the history: `task` where it was no sync."""
MACHINE = record(
    name=TEXT,
    host=TEXT,
    agent=TEXT,
    branch=TEXT,
    version=TEXT,
    looked=WHEN,
    synced=WHEN,
    verified=WHEN,
    drilled=WHEN,
    files=COUNT,
    conflict=TEXT,
    trouble=TEXT,
    max_age=NUMBER,
    triggers=many(TEXT),
    verdict=TEXT,
    this=FLAG,
)
STATUS = {
    "verdict": {"enum": ["protected", "attention", "not protected"]},
    "why": TEXT,
    "next_step": or_null(TEXT),
    "now": NUMBER,
    "source": TEXT,
    "backup": TEXT,
    "commit": or_null(TEXT),
    "owned": COUNT,
    "last_sync": or_null(NUMBER),
    "store_read": or_null(NUMBER),
    "lost": many(TEXT),
    "pending": many(CHANGE),
    "pending_low": COUNT,
    "never_copied": many(record(**PATH)),
    "left_out": many(LEFT_OUT),
    "links_out": many(record(**PATH)),
    "failures": COUNT,
    "retry_at": or_null(NUMBER),
    "auto_sync_enabled": FLAG,
    "auto_sync_push": FLAG,
    "not_pushed": or_null(TEXT),
    "remote": or_null(
        record(
            name=TEXT, address=or_null(TEXT), ahead=or_null(COUNT), pushed_at=or_null(NUMBER), conflict=or_null(TEXT)
        )
    ),
    "accepted": COUNT,
    "triggers_seen": {"type": "object", "additionalProperties": NUMBER},
    "triggers_installed": many(
        record(how=TEXT, trigger={"enum": list(Trigger)}, period=or_null(NUMBER), rhythm=TEXT, place=TEXT)
    ),
    "others": or_null(TEXT),
    "notes": many(TEXT),
    "last_run": or_null(RECORD),
}
TASK = {"task": TEXT, "outcome": {"enum": list(Outcome)}, "reason": TEXT, "exit_code": EXIT}
MORE_OF_A_TASK = {
    "checks": many(record(name=TEXT, level={"enum": ["ok", "warn", "fail"]}, what=TEXT, remedy=TEXT)),
    "schedule": TEXT,
    "longest_pause": or_null(NUMBER),
    "command": {"anyOf": [TEXT, many(TEXT)]},
    "scope": TEXT,
    "path": TEXT,
    "paths": many(TEXT),
    "events": many(TEXT),
    "units": many(TEXT),
    "linger": or_null(FLAG),
    "removed": many(TEXT),
    "left": many(TEXT),
    "syncs": COUNT,
}
"""What one task or another says beside: `doctor` its checks, the install tasks what they wrote."""
DOCUMENTS: dict[str, Schema] = {
    "acceptances": record(accepted=many(record(fingerprint=TEXT, reason=TEXT, code=TEXT, path=TEXT, at=NUMBER))),
    "backups": record(
        backups=many(record(commit=TEXT, when=TEXT, subject=TEXT)),
        snapshots=many(record(commit=TEXT, when=TEXT, what=TEXT)),
    ),
    "bootstrap": record(**RUN, missing=MISSING),
    "changes": record(changes=many(CHANGE), left_out=many(LEFT_OUT)),
    "config": record(
        path=TEXT, exists=FLAG, settings={"type": "object", "additionalProperties": record(value=ANY, origin=TEXT)}
    ),
    "diff": record(changes=many(CHANGE), left_out=many(LEFT_OUT), diff=many(TEXT)),
    "error": record(error={"type": "string", "minLength": 1}, details=many(TEXT), hint=TEXT, exit_code=EXIT),
    "event": record(outcome=TEXT, reason=TEXT),
    "findings": record(judged=COUNT, findings=many(FINDING), left_out=many(LEFT_OUT)),
    "history": record(runs=many(RECORD)),
    "machines": record({"machines": many(MACHINE), "exit_code": EXIT, "forgotten": many(TEXT)}),
    "agents": record(agents=many(record(profile=TEXT, title=TEXT, state=TEXT, folder=TEXT)), exit_code=EXIT),
    "profiles": record(
        {"verdict": TEXT}, exit_code=EXIT, profiles=many(record(profile=TEXT, exit_code=EXIT, answer=ANY))
    ),
    "recover": record(**RUN),
    "restore": record(**RUN, missing=MISSING),
    "rule": record(explanation=TEXT),
    "run": record(**RUN),
    "status": record(**STATUS),
    "task": record(
        {"details": many(TEXT), "diff": TEXT, "next_step": TEXT, "check": FLAG, **MORE_OF_A_TASK},
        **TASK,
    ),
    "totals": record(
        **dict.fromkeys(
            [
                "runs",
                "successes",
                "failures",
                "blocked",
                "incomplete",
                "deferred",
                "skipped",
                "files",
                "commits",
                "restores",
                "recoveries",
            ],
            COUNT,
        ),
        last_activity=WHEN,
    ),
    "why": record(
        **PATH,
        rule=record(pattern=TEXT, origin=TEXT),
        reason=or_null(TEXT),
        category=TEXT,
        priority={"enum": list(Priority)},
        starts_a_sync=FLAG,
        where=TEXT,
        left_out=or_null(TEXT),
        pending=or_null(TEXT),
        waits_for=or_null(TEXT),
        pending_below=many(TEXT),
        next_eligible=or_null(NUMBER),
        last_commit=ANY,
    ),
}
"""Kind to its fields, beside `version` and `kind`."""


def document(kind: str) -> Schema:
    """The schema of one kind."""
    schema = DOCUMENTS[kind]
    head: Schema = {"version": {"const": 1}, "kind": {"const": kind}}
    return {
        "$schema": DRAFT,
        "title": f"autosync-tasks: a document of the kind {kind}",
        **schema,
        "required": ["version", "kind", *schema["required"]],
        "properties": {**head, **schema["properties"]},
    }


def pages() -> dict[Path, str]:
    """Every file as it should be."""
    made = {CONFIG: config(), **{FOLDER / f"{kind}.schema.json": document(kind) for kind in DOCUMENTS}}
    return {path: json.dumps(schema, indent=1, ensure_ascii=True) + "\n" for path, schema in made.items()}


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for path, text in pages().items():
        path.write_text(text, "utf-8")
