"""The text of the config file: the table that it is, what is wrong with it, and the values of one profile."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from autosync_tasks.config.settings import OWN, TABLE
from autosync_tasks.config.wording import nearest, show_key, show_path
from autosync_tasks.profiles import USUAL
from autosync_tasks.profiles.plain import plain

if TYPE_CHECKING:
    from autosync_tasks.config.values import Where

ALIASES = {"source": "opencode_source", "backup": "opencode_backup"}
"""How the places are called in the table of a profile, and what they are as settings."""
SWITCH = "on"
"""The key of a profile's table that says whether it is backed up; it is unless this is false."""


def check_text(
    text: str, path: str, home: str, stands: str | None = None
) -> tuple[list[str], dict[str, dict[str, Any]]]:
    """What is wrong with a config file's text, a line for each thing, and the checked values of the rest: those at the
    top under "", those of each profile's table under its name. stands: what a person finds in the file (None: it)."""
    problems: list[str] = []
    top: dict[str, Any] = {}
    values = {"": top}
    from autosync_tasks.config.values import Where

    where = Where(f"{show_path(path)}: ", lambda s: s.name, "config.toml rule", home=home, report=problems.append)
    for key, value in parse_text(text, path, problems).items():
        if key == "profiles":
            values |= {n: _table(n, table, path, home, problems) for n, table in _tables(value, where).items()}
        elif (checked := _from_file(key, value, where)) is not None:
            top[key] = checked
    if problems:
        from autosync_tasks.profiles.located import located

        problems = located(problems, show_path(path), text if stands is None else stands)
    return problems, values


def tables(text: str, path: str) -> dict[str, Mapping[str, object]]:
    """The tables of the profiles as they stand in the text, unchecked; {} where it cannot be read."""
    found = parse_text(text, path, []).get("profiles") if "profiles" in text else None
    return {n: t for n, t in found.items() if isinstance(t, Mapping)} if isinstance(found, Mapping) else {}


def here() -> str:
    """The current folder, "" if it has been deleted."""
    try:
        return os.getcwd()
    except OSError:
        return ""


def setting_name(key: str) -> str:
    """The setting's name behind a key of a profile's table, or one that a person typed."""
    return ALIASES.get(key.lower(), key.lower())


def key_name(setting: str) -> str:
    """The key of a setting in a profile's table."""
    return next((key for key, name in ALIASES.items() if name == setting), setting)


def _tables(value: object, where: Where) -> dict[str, Mapping[str, object]]:
    if not isinstance(value, Mapping):
        where.report(f"{where.prefix}profiles: is no table; allowed: [profiles.NAME] tables, one for each agent")
        return {}
    wrong = [name for name, table in value.items() if not isinstance(table, Mapping)]
    for name in wrong:
        where.report(f"{where.prefix}profiles.{show_key(name)}: is no table; allowed: [profiles.NAME] with settings")
    return {name: table for name, table in value.items() if name not in wrong}


def _table(name: str, table: Mapping[str, object], path: str, home: str, problems: list[str]) -> dict[str, Any]:
    from autosync_tasks.config.values import Where, from_toml

    where = Where(
        f"{show_path(path)}: profiles.{show_key(name)}, ",
        lambda s: key_name(s.name),
        f"config.toml profile {name} rule",
        home=home,
        report=problems.append,
    )
    known = [key_name(one) for one in TABLE if name != USUAL or one not in OWN]
    values: dict[str, Any] = {}
    for key, value in table.items():
        if key == SWITCH:
            if not isinstance(value, bool):
                where.wrong(key, value, "is neither", "true or false")
            values[SWITCH] = value
        elif key not in known:
            place = "; it stands at the top of the file" if key in TABLE or key in ALIASES else nearest(key, known)
            where.report(f"{where.prefix}{show_key(key)}: is no setting of a profile{place}")
        elif (checked := from_toml(TABLE[setting_name(key)], value, where)) is not None:
            values[setting_name(key)] = checked
    return values


def typed_where(home: str, report: Callable[[str], None]) -> Where:
    """How values are spoken of that a person types for `set-config`: in capital letters."""
    from autosync_tasks.config.values import Where

    return Where("", lambda s: s.variable, "config.toml rule", home=home, report=report, folder=here())


def parse_text(text: str, path: str, problems: list[str]) -> dict[str, object]:
    """The file's table; {} after reporting why it is not valid TOML."""
    if (table := plain(text)) is not None:
        return table
    import tomllib

    if text.startswith("\ufeff"):
        problems.append(f"{show_path(path)}: starts with a byte order mark; allowed: UTF-8 without one")
        return {}
    try:
        return tomllib.loads(text)
    except RecursionError:
        why, place = "is nested too deeply", ""
    except ValueError as error:  # TOMLDecodeError is one; a number with 5,000 digits raises a plain one
        why, _, place = str(error).partition(" (at ")
    place = f", {place.rstrip(')')}" if place else ""
    problems.append(f"{show_path(path)}{place}: is not valid TOML: {why[:200]}")
    return {}


def _from_file(key: str, value: object, where: Where) -> object | None:
    from autosync_tasks.config.values import from_toml

    setting = TABLE.get(key)
    if setting is not None:
        return from_toml(setting, value, where)
    lower = "; settings are written in small letters here" if key.lower() in TABLE else ""
    near = lower or nearest(key, TABLE)
    where.report(f"{where.prefix}{show_key(key)}: is no setting{near}")
    return None
