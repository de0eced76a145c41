"""Checks the user's `[[rules]]`: their keys, and that each of them can win (pure)."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

from autosync_tasks.config.wording import nearest, show, show_key
from autosync_tasks.model import Priority, Rule

KEYS = ("pattern", "category", "priority")
MAX_RULES = 200
"""Each is compared with all before it."""

_CATEGORY = r"[a-z][a-z0-9 _-]{0,39}"

Wrong = Callable[[str, object, str, str], None]
"""Takes the key, the value (None: there is none to show), what is wrong, and what is allowed."""


def check_rules(items: Sequence[object], spelled: str, origin: str, wrong: Wrong) -> tuple[Rule, ...] | None:
    """The rules, or None after reporting each thing that is wrong.

    spelled: how the setting is written where the rules stand. origin: a rule's origin, but its number.
    """
    prefix = "rule" if spelled == "rules" else f"{spelled}, rule"

    def wrong_(key: str, value: object, why: str, allowed: str) -> None:
        wrong(f"{prefix} {key}", value, why, allowed)

    return _whole_rules(items, origin, wrong_)


def _whole_rules(items: Sequence[object], origin: str, wrong: Wrong) -> tuple[Rule, ...] | None:
    if len(items) > MAX_RULES:
        wrong(str(MAX_RULES + 1), None, f"there are {len(items)} rules", f"at most {MAX_RULES}")
        return None
    rules = [(number, _rule(number, item, origin, wrong)) for number, item in enumerate(items, 1)]
    whole = [(number, rule) for number, rule in rules if rule is not None]
    shadowed = _shadowed(whole, wrong)
    return None if shadowed or len(whole) < len(rules) else tuple(rule for _, rule in whole)


def _rule(number: int, item: object, origin: str, wrong: Wrong) -> Rule | None:
    key = str(number)
    if isinstance(item, Rule):  # a value of Settings that is given back
        item = {name: str(getattr(item, name)) for name in KEYS}
    if not isinstance(item, Mapping):
        wrong(key, item, "is not a table", f"a table with {', '.join(KEYS)}")
        return None
    good = True
    for name in item:
        if name not in KEYS:
            wrong(f"{key}, {show_key(str(name))}", None, f"unknown{nearest(str(name), KEYS)}", ", ".join(KEYS))
            good = False
    for name, (problem, allowed) in _CHECKS.items():
        why = problem(item[name]) if name in item else "is missing"
        if why:
            wrong(f"{key}, {name}", item.get(name), why, allowed)
            good = False
    if not good:
        return None
    return Rule(item["pattern"], item["category"], Priority(item["priority"]), f"{origin} {number}")


def pattern_problem(item: object) -> str:
    """What is wrong with a pattern of any type; "" if nothing."""
    if not isinstance(item, str):
        return "is not text"
    from autosync_tasks.policy.patterns import check_pattern

    return check_pattern(item)


def _category_problem(item: object) -> str:
    return "" if isinstance(item, str) and re.fullmatch(_CATEGORY, item) else "is no name of a category"


def _priority_problem(item: object) -> str:
    if isinstance(item, str) and item in set(Priority):
        return ""
    return "is no priority" + (nearest(item, list(Priority)) if isinstance(item, str) else "")


_CHECKS: Mapping[str, tuple[Callable[[object], str], str]] = {
    "pattern": (pattern_problem, "a gitignore pattern"),
    "category": (_category_problem, "a word in small letters: context, agent, tools, ... or one of your own"),
    "priority": (_priority_problem, " | ".join(Priority)),
}


def _shadowed(rules: Sequence[tuple[int, Rule]], wrong: Wrong) -> bool:
    """Reports each rule that can never win: all it matches is always protected, or taken by earlier rules."""
    if not rules:
        return False
    from autosync_tasks.config.shadowed import never_win
    from autosync_tasks.policy.classify import protected_rules
    from autosync_tasks.policy.rules import ALWAYS_PROTECTED

    protected = protected_rules([rule for _, rule in rules])
    every = [(rule.pattern, rule.unless) for rule in (*protected, *(rule for _, rule in rules))]
    hidden = never_win(every, start=len(protected))
    for place, why in sorted(hidden.items()):
        number, rule = rules[place - len(protected)]
        if why < len(protected):
            winner = protected[why]
            reason = f"{winner.pattern} is {'always ' * (winner in ALWAYS_PROTECTED)}protected"
            allowed = "of the protected paths only node_modules/ and opencode.db*, written like this"
        else:
            first, other = rules[why - len(protected)]
            reason = f"rule {first}, {show(other.pattern)}, comes first"
            allowed = "a pattern that matches something which no earlier rule takes"
        wrong(f"{number}, pattern", rule.pattern, f"can never win: {reason}", allowed)
    return bool(hidden)
