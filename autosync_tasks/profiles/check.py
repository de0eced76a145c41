"""Checks the table of a profile's file as strictly as settings are, and makes a `Profile` of it (pure)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from autosync_tasks.model import Priority, Rule
from autosync_tasks.policy.patterns import check_pattern
from autosync_tasks.policy.rules import OTHER, TRANSIENT_RULES
from autosync_tasks.profiles.profile import (
    CHECKS,
    KINDS,
    READERS,
    TRIGGERS,
    Derived,
    Profile,
    Stub,
    Tree,
    Trigger,
    Validation,
)

NAME = r"[a-z][a-z0-9-]{0,30}"
"""Of a profile: it is a branch, a folder and a table of the config file."""
_CATEGORY = r"[a-z][a-z -]{0,30}"
_VARIABLE = r"(?!.*/\.\.?(/|$))[A-Z][A-Z0-9_]{0,60}(/[^/\0]+)*"
_FOLDER = r"(?!.*/\.\.?(/|$))(~|\$XDG_CONFIG_HOME)(/[^/\0]+)+"
_OUTSIDE = r"\.autosync-outside/[A-Za-z0-9_][A-Za-z0-9._-]*"
_INSIDE = r"(?!.*(^|/)\.\.(/|$))[^/\0]+(/[^/\0]+)*"


class _Table:
    """One table of the file: what is asked for is checked, what nobody asked for is told at the end."""

    def __init__(self, value: object, where: str, wrong: Callable[[str], None]) -> None:
        self.where, self._wrong = where, wrong
        self._left: dict[str, Any] = dict(value) if isinstance(value, Mapping) else {}
        self._known: list[str] = []
        if not isinstance(value, Mapping):
            wrong(f"{where}is not a table; allowed: a table")

    def refuse(self, key: str, why: str, allowed: str) -> None:
        self._wrong(f"{self.where}{key}: {why}; allowed: {allowed}")

    def take(self, key: str) -> object:
        self._known.append(key)
        return self._left.pop(key, None)

    def text(self, key: str, form: str, allowed: str, *, usual: str | None = None) -> str:
        """usual: without the key (None: it must be there)."""
        value = self.take(key)
        if value is None and usual is not None:
            return usual
        if value is None:
            self.refuse(key, "is missing", allowed)
        elif not isinstance(value, str) or not re.fullmatch(form, value) or not value.isprintable():
            self.refuse(key, "is no such text", allowed)
        else:
            return value
        return ""

    def texts(self, key: str, form: str, allowed: str, *, needed: bool = False) -> tuple[str, ...]:
        value = self.take(key)
        if value is None and not needed:
            return ()
        if not isinstance(value, list) or (needed and not value):
            self.refuse(key, "is missing" if value is None else "is no list with something in it", allowed)
            return ()
        for number, item in enumerate(value, 1):
            if not isinstance(item, str) or not re.fullmatch(form, item) or not item.isprintable():
                self.refuse(f"{key}, item {number}", "is no such text", allowed)
        return tuple(str(item) for item in value)

    def flag(self, key: str) -> bool:
        value = self.take(key)
        if value is not None and not isinstance(value, bool):
            self.refuse(key, "is neither", "true | false")
        return value is True

    def patterns(self, key: str, *, needed: bool = False) -> tuple[str, ...]:
        found = self.texts(key, r".+", "a list of gitignore patterns", needed=needed)
        for number, item in enumerate(found, 1):
            if why := check_pattern(item):
                self.refuse(f"{key}, item {number}", why, "a gitignore pattern")
        return found

    def tables(self, key: str) -> Iterable[_Table]:
        value = self.take(key)
        if value is not None and not isinstance(value, list):
            self.refuse(key, "is not a list of tables", f"[[{key}]]")
        for number, item in enumerate(value if isinstance(value, list) else (), 1):
            table = _Table(item, f"{self.where}{key} {number}, ", self._wrong)
            yield table
            table.end()

    def end(self) -> None:
        for key in self._left:
            self.refuse(repr(key)[:60], "is no key of a profile", ", ".join(self._known))


def check(name: str, value: Mapping[str, object], where: str, origin: str, wrong: Callable[[str], None]) -> Profile:
    """The profile, of no use if `wrong` was told something: a line for each thing.

    name: the file's, without its ending. where: the file, as lines about it begin. origin: of its rules, as it is told.
    """
    table = _Table(value, where, wrong)
    if not re.fullmatch(NAME, name):
        wrong(f"{where}the file's name is no name of a profile; allowed: small letters, digits and dashes")
    title = table.text("title", r".{1,60}", "the agent's name for people")
    tree = _tree(table.take("tree"), where, wrong)
    also = table.patterns("starts")
    rest = _priority(table, "rest", usual="medium")
    rules, reasons = _rules(table, origin)
    never = max((at for at, rule in enumerate(rules, 1) if rule.priority is Priority.NEVER), default=0)
    # what is never taken is no less so in a folder `tmp/`
    every = (*rules[:never], *TRANSIENT_RULES, *rules[never:], Rule("*", OTHER, rest, origin))
    named = (one.pattern for one in rules if one.priority in (Priority.HIGH, Priority.MEDIUM))
    validations = tuple(
        Validation(
            _one_of(one, "check", CHECKS),
            one.patterns("files", needed=True),
            one.texts("required", r".+", "a list of keys"),
            one.texts("known", r".+", "a list of keys"),
            one.flag("stops"),
            one.texts("takes", "|".join(READERS), f"a list of {' and '.join(READERS)}"),
            _schema(one.take("schema"), f"{one.where}schema, ", wrong),
        )
        for one in table.tables("validations")
    )
    derived = tuple(
        Derived(
            one.text("file", rf"{_FOLDER}|{_INSIDE}", "a path from ~/ on, or in the tree"),
            one.texts("keys", r".+", "a list of keys", needed=True),
            one.text("kept_as", _OUTSIDE, ".autosync-outside/ and a name"),
            one.text("variable", _VARIABLE, "an environment variable", usual=""),
        )
        for one in table.tables("derived")
    )
    stubs = tuple(
        Stub(one.texts("files", _INSIDE, "a list of paths in the tree", needed=True), *_held(one))
        for one in table.tables("stubs")
    )
    logins = _logins(table)
    trigger = _trigger(table.take("trigger"), where, wrong)
    table.end()
    starts = tuple(dict.fromkeys((*also, *named)))
    return Profile(name, title, tree, every, starts, reasons, validations, trigger, derived, stubs, logins, origin)


def _tree(value: object, where: str, wrong: Callable[[str], None]) -> Tree:
    table = _Table({} if value is None else value, f"{where}tree, ", wrong)
    tree = Tree(
        table.texts("variables", _VARIABLE, "a list of environment variables, as NAME or NAME/below"),
        table.texts("folders", _FOLDER, "a list of folders, from ~/ or $XDG_CONFIG_HOME/ on", needed=True),
        table.texts("proofs", r"[^/\0]+", "a list of names in the tree", needed=True),
        table.text("program", _INSIDE, "a path in the tree", usual=""),
    )
    table.end()
    return tree


def _rules(table: _Table, origin: str) -> tuple[list[Rule], dict[str, str]]:
    rules: list[Rule] = []
    reasons: dict[str, str] = {}
    for one in table.tables("rules"):
        patterns, unless = one.patterns("patterns", needed=True), one.patterns("unless")
        category = one.text("category", _CATEGORY, "a word in small letters: context, agent, tools, config, …")
        priority = _priority(one, "priority")
        why = one.text("reason", r".{1,200}", "why it is so, in one line", usual="")
        if priority is Priority.NEVER and not why:
            one.refuse("reason", "is missing", "why it is never taken, in one line")
        rules += [Rule(pattern, category, priority, origin, unless) for pattern in patterns]
        reasons |= dict.fromkeys(patterns, why) if why else {}
    return rules, reasons


def _held(table: _Table) -> tuple[tuple[str, ...], tuple[str, ...]]:
    return table.texts("lines", r".+", "a list of lines"), table.texts("keys", r".+", "a list of keys")


def _logins(table: _Table) -> dict[str, str]:
    found: dict[str, str] = {}
    for one in table.tables("logins"):
        way = one.text("way", r".{1,200}", "how to log in again, in one line")
        found |= dict.fromkeys(one.texts("files", r"[^/\0]+", "a list of names", needed=True), way)
    return found


def _schema(value: object, where: str, wrong: Callable[[str], None], depth: int = 0) -> Mapping[str, Any]:
    """A JSON Schema of the keywords that `validation.schema` knows and settings need; {} where there is none."""
    if value is None:
        return {}
    table = _Table(value, where, wrong)
    _one_of(table, "type", KINDS, usual="")
    table.texts("enum", r".*", "a list of texts")
    inner = [(key, table.take(key)) for key in ("items", "additionalProperties")]
    for key, kind in (("properties", Mapping), ("anyOf", list)):
        held = table.take(key)
        if held is not None and not isinstance(held, kind):
            table.refuse(key, "is none", "a table of schemas" if kind is Mapping else "a list of schemas")
        elif held:
            named = held.items() if isinstance(held, Mapping) else enumerate(held, 1)
            inner += [(f"{key} {name}", one) for name, one in named]
    table.end()
    if depth == 20 and any(one is not None for _, one in inner):
        wrong(f"{where}goes too deep; allowed: 20 levels")
        inner = []
    for name, one in inner:
        _schema(one, f"{where}{name[:60]!r}, ", wrong, depth + 1)
    return value if isinstance(value, Mapping) else {}


def _priority(table: _Table, key: str, usual: str | None = None) -> Priority:
    return Priority(_one_of(table, key, tuple(Priority), usual) or Priority.LOW)


def _one_of(table: _Table, key: str, allowed: tuple[str, ...], usual: str | None = None) -> str:
    return table.text(key, "|".join(map(re.escape, allowed)), " | ".join(allowed), usual=usual)


def _trigger(value: object, where: str, wrong: Callable[[str], None]) -> Trigger | None:
    if value is None:
        return None
    table = _Table(value, f"{where}trigger, ", wrong)
    kind = _one_of(table, "kind", TRIGGERS)
    hooks = kind.endswith("-hooks")
    trigger = Trigger(
        kind,
        table.text("file", _INSIDE, "a path in the tree", usual=None if hooks else ""),
        table.texts("events", r"[A-Za-z]+", "a list of the agent's events", needed=hooks),
    )
    table.end()
    return trigger
