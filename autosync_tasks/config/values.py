"""Checks one value against its declaration, from TOML or from text.

Each problem is one line: where, key, value, what is wrong, what is allowed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from autosync_tasks.config.settings import Setting, Type
from autosync_tasks.config.wording import address_problem, show
from autosync_tasks.humanize import seconds_in, short_span
from autosync_tasks.names import is_branch, unfit
from autosync_tasks.records import dataclass

_TRUE = frozenset({"true", "1", "yes", "on"})
_FALSE = frozenset({"false", "0", "no", "off"})
# Not compiled here: a run with nothing to do needs few of them, and re keeps what it has compiled.
_INT = r"[+-]?[0-9]+(?:_[0-9]+)*"
_CODE = r"[A-Z]{2,4}(?:[0-9]{3})?"
_ID = r"[0-9A-Za-z-]{8,64}"
_REMOTE = r"[0-9A-Za-z_][0-9A-Za-z._-]{0,99}"
_MAX_TEXT = 4096
"""PATH_MAX of Linux; also enough for a command."""

ALLOWED = {
    Type.BOOL: "true or false",
    Type.TEXT: "text on one line",
    Type.FOLDER: "the full path of a folder, or one that starts with ~/",
    Type.FILE: "the full path of a file, or one that starts with ~/",
    Type.ID: "8 to 64 letters, digits and dashes",
    Type.BRANCH: "a branch name that git accepts",
    Type.REMOTE: "the name of a remote, such as origin (not its address)",
    Type.PATTERNS: 'a list of gitignore patterns, such as ["docs/", "*.md"]',
    Type.CODES: 'a list of rule codes or families, such as ["STR", "MDF002"]',
    Type.FOLDERS: 'a list of full paths, such as ["/srv/shared"]',
    Type.COMMANDS: 'a list of commands, such as ["notify-send autosync"]',
    Type.ADDRESS: "an https:// address without name and password (http:// for 127.0.0.1 alone)",
    Type.RULES: '[[rules]] tables such as pattern = "prompts/", category = "context", priority = "high"',
}


def allowed(setting: Setting) -> str:
    """What the setting accepts, in words."""
    if setting.unit == "seconds":
        low, high = short_span(setting.low), short_span(setting.high)
        return f"a span from {low} to {high}, as 90s, 10m, 26h, 7d (a bare number counts seconds)"
    if setting.type is Type.INT:
        return f"a whole number of {setting.unit} from {setting.low} to {setting.high}"
    return ALLOWED[setting.type]


@dataclass(frozen=True, slots=True)
class Where:
    """Where values come from, and where lines about them go.

    prefix: how a line starts. spell: how a setting is written there. rule_origin: without its number. home: what ~/
    stands for ("" if unknown). folder: what a relative path is joined to ("": none may be).
    """

    prefix: str
    spell: Callable[[Setting], str]
    rule_origin: str
    home: str
    report: Callable[[str], None]
    folder: str = ""

    def wrong(self, key: str, value: object, why: str, allowed_: str) -> None:
        """Reports one line. value None: there is none to show."""
        shown = "" if value is None else f" = {show(value)}"
        self.report(f"{self.prefix}{key}{shown}: {why}; allowed: {allowed_}")

    def refuse(self, setting: Setting, value: object, why: str, *, item: int = 0) -> object | None:
        """Reports a value of a setting, or one of its items (from 1). Gives None, which stands for a wrong value."""
        self.wrong(self.spell(setting) + (f", item {item}" if item else ""), value, why, allowed(setting))
        return None


def from_toml(setting: Setting, value: object, where: Where) -> object | None:
    """The checked value (lists as tuples), or None after reporting each thing that is wrong with it."""
    return _CHECKS[setting.type](setting, value, where)


def from_text(setting: Setting, text: str, where: Where) -> object | None:
    """The same for a value given as text: in the environment, to set-config.

    Booleans are true/false, 1/0, yes/no or on/off in any case; lists are TOML or JSON arrays.
    """
    stripped = text.strip()
    value: object
    if text == "" and setting.type in (Type.FOLDER, Type.ID):
        # `OPENCODE_SOURCE=$UNSET` must not quietly mean another tree than the recorded one.
        where.wrong(where.spell(setting), text, "is empty", "a value, or to leave it out")
        return None
    if setting.type is Type.BOOL:
        if stripped.lower() in _TRUE | _FALSE:
            return stripped.lower() in _TRUE
        where.wrong(where.spell(setting), text, "is neither", "true or false (also 1/0, yes/no, on/off)")
        return None
    if setting.type is Type.INT:
        if setting.unit == "seconds" and (seconds := seconds_in(stripped)) is not None:
            return from_toml(setting, seconds, where)
        if not re.fullmatch(_INT, stripped) or len(stripped) > 30:
            return where.refuse(setting, text, _not_a_number(stripped))
        value = int(stripped)
    elif setting.type in (Type.PATTERNS, Type.CODES, Type.FOLDERS, Type.COMMANDS, Type.RULES):
        value = _array(stripped)
        if value is None:
            return where.refuse(setting, text, "is not a TOML or JSON array")
    else:
        value = text
    return from_toml(setting, value, where)


def _array(text: str) -> object | None:
    import tomllib

    try:
        table = tomllib.loads("value = " + text)
        if table.keys() == {"value"} and isinstance(table["value"], list):
            return table["value"]
    except (ValueError, RecursionError):  # TOMLDecodeError is a ValueError; so is a number with 5,000 digits
        pass
    import json

    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, list) else None


def _not_a_number(text: str) -> str:
    if re.fullmatch(r"[0-9.]+ ?(?:s|sec|m|min|h|d|k|kb|mb|gb|%)", text, re.IGNORECASE):
        return "is not a plain number (write it without a unit)"
    return "is not a whole number"


def _bool(setting: Setting, value: object, where: Where) -> object | None:
    if isinstance(value, bool):
        return value
    return where.refuse(setting, value, "is neither")


def _int(setting: Setting, value: object, where: Where) -> object | None:
    if isinstance(value, str) and setting.unit == "seconds" and (seconds := seconds_in(value)) is not None:
        value = seconds
    if isinstance(value, bool) or not isinstance(value, int):
        return where.refuse(setting, value, _not_a_number(value) if isinstance(value, str) else "is not a whole number")
    if not setting.low <= value <= setting.high:
        return where.refuse(setting, value, "is too small" if value < setting.low else "is too large")
    return value


def _text_problem(value: object) -> str:
    if not isinstance(value, str):
        return "is not text"
    if len(value) > _MAX_TEXT:
        return f"is longer than {_MAX_TEXT} characters"
    if any(char < " " or char == "\x7f" for char in value):
        return "holds a line break or another control character"
    return ""


def _text(setting: Setting, value: object, where: Where) -> object | None:
    why = _text_problem(value)
    if not why and setting.type in _TEXT_RULES:
        why = _TEXT_RULES[setting.type](str(value))
    return where.refuse(setting, value, why) if why else value


_TEXT_RULES: Mapping[Type, Callable[[str], str]] = {
    Type.ID: lambda text: "" if text == "" or re.fullmatch(_ID, text) else "is no source id",
    Type.BRANCH: lambda text: "" if is_branch(text) else "is no branch name",
    Type.REMOTE: lambda text: (
        "" if re.fullmatch(_REMOTE, text) and ".." not in text and not text.endswith((".", ".lock")) else "is no name"
    ),
    Type.ADDRESS: address_problem,
}


def _path(value: object, where: Where) -> tuple[str, str]:
    """A folder as an absolute path, and what is wrong ("" if nothing). It need not exist."""
    import os.path

    why = _text_problem(value)
    if why or not isinstance(value, str):
        return "", why
    if value == "~" or value.startswith("~/"):
        if not where.home:
            return "", "starts with ~ but no home folder is known (set HOME)"
        value = where.home + value[1:]
    elif not value.startswith("/"):
        if not where.folder or value == "":
            return "", "is empty" if value == "" else "is not a full path"
        value = where.folder + "/" + value
    return os.path.normpath(value).replace("//", "/"), ""


def _folder(setting: Setting, value: object, where: Where) -> object | None:
    path, why = ("", "") if value == "" else _path(value, where)
    why = why or unfit(path)
    return where.refuse(setting, value, why) if why else path


def _list(setting: Setting, value: object, where: Where) -> list[Any] | None:
    if isinstance(value, list | tuple):
        return list(value)
    where.refuse(setting, value, "is not a list")
    return None


def _each(check: Callable[[object, Where], tuple[object, str]]) -> Callable[[Setting, object, Where], object | None]:
    """The check of a list. check: gives an item as it is kept, and what is wrong with it ("" if nothing)."""

    def check_each(setting: Setting, value: object, where: Where) -> object | None:
        items = _list(setting, value, where)
        checked = [(item, *check(item, where)) for item in items or ()]
        for number, (item, _, why) in enumerate(checked, 1):
            if why:
                where.refuse(setting, item, why, item=number)
        return None if items is None or any(why for *_, why in checked) else tuple(kept for _, kept, _ in checked)

    return check_each


def _items(problem: Callable[[object], str]) -> Callable[[Setting, object, Where], object | None]:
    return _each(lambda item, _: (item, problem(item)))


def _code_problem(item: object) -> str:
    return "" if isinstance(item, str) and re.fullmatch(_CODE, item) else "is no rule code"


def _command_problem(item: object) -> str:
    import shlex

    if why := _text_problem(item):
        return why
    try:
        return "" if shlex.split(str(item)) else "is empty"
    except ValueError:
        return "has a quote without its other half"


def _pattern_problem(item: object) -> str:
    from autosync_tasks.config.user_rules import pattern_problem

    return pattern_problem(item)


def _rules(setting: Setting, value: object, where: Where) -> object | None:
    from autosync_tasks.config import user_rules

    if (items := _list(setting, value, where)) is None:
        return None
    return user_rules.check_rules(items, where.spell(setting), where.rule_origin, where.wrong)


_CHECKS: Mapping[Type, Callable[[Setting, object, Where], object | None]] = {
    Type.BOOL: _bool,
    Type.INT: _int,
    Type.TEXT: _text,
    Type.FOLDER: _folder,
    Type.FILE: _folder,
    Type.ID: _text,
    Type.BRANCH: _text,
    Type.REMOTE: _text,
    Type.PATTERNS: _items(_pattern_problem),
    Type.CODES: _items(_code_problem),
    Type.FOLDERS: _each(_path),
    Type.COMMANDS: _items(_command_problem),
    Type.ADDRESS: _text,
    Type.RULES: _rules,
}
