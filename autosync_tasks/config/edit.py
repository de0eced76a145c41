"""Edits the text of a config file: every comment, blank line and order that is not concerned stays."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from autosync_tasks.config.wording import show_path
from autosync_tasks.errors import ConfigError


def edit(text: str, values: Mapping[str, object], path: str, profile: str = "") -> str:
    """The text with each value in it: in its old place, or after the last setting that stands alone.

    text: valid TOML. values: of TOML's own types. path: for the message. profile: the table that they go into,
    which is made where it is missing; "" the top. Raises ConfigError for text that
    tomlkit does not understand though tomllib does; the caller reads the result again before it trusts it.
    """
    import tomlkit
    from tomlkit.exceptions import TOMLKitError

    end = "\r\n" if "\r\n" in text else "\n"
    if text and not text.endswith("\n"):
        text += end
    try:
        document = tomlkit.parse(text)
        if profile:
            _into(document, profile, values)
            values = {}
        for name, value in values.items():
            if name in document:
                document[name] = _rules(document[name], value) if name == "rules" else value
            elif name == "rules":
                document.append(name, _rules(None, value))
            else:
                _insert(document, name, value, end)
        return tomlkit.dumps(document)
    except (TOMLKitError, ValueError, TypeError, LookupError, AttributeError, RecursionError):
        raise cannot_edit(path) from None


def _into(document: Any, profile: str, values: Mapping[str, object]) -> None:
    import tomlkit

    every = document.get("profiles")
    if every is None:
        every = tomlkit.table(is_super_table=True)
        document.append("profiles", every)
    if profile not in every:
        every.append(profile, tomlkit.table())
    for name, value in values.items():
        every[profile][name] = _rules(every[profile].get(name), value) if name == "rules" else value


def cannot_edit(path: str) -> ConfigError:
    """The file is valid, but an edit of it would not be."""
    return ConfigError(
        f"the config file {show_path(path)} cannot be edited by this program without harm to the rest of it",
        hint="edit it by hand",
    )


def _insert(document: Any, name: str, value: object, end: str) -> None:
    # Not document.append: it puts a key right before the first table, so that a comment which stands above
    # the table would then stand above the key.
    from tomlkit.items import AoT, Comment, SingleKey, Table, item

    body = document.body
    first_table = next((i for i, (_, old) in enumerate(body) if isinstance(old, Table | AoT)), len(body))
    at = max((i + 1 for i in range(first_table) if body[i][0] is not None), default=-1)
    if at < 0:
        at = first_table
        while at and at < len(body) and isinstance(body[at - 1][1], Comment):
            at -= 1
    new = item(value)
    new.trivia.trail = end
    body.insert(at, (SingleKey(name), new))


def _rules(old: Any, value: object) -> Any:
    """The rules as tables, or as an array where they were one. Equal ones stay as they are written."""
    import tomlkit
    from tomlkit.items import AoT

    items = value if isinstance(value, list) else []
    if not items or (old is not None and not isinstance(old, AoT)):
        array = tomlkit.array()
        for one in items:
            inline = tomlkit.inline_table()
            inline.update(one)
            array.append(inline)
        return array
    kept = [] if old is None else list(old)
    tables = tomlkit.aot()
    for one in items:
        same = (table for table in kept if table.unwrap() == one)
        tables.append(next(same, None) or tomlkit.item(one))
    return tables
