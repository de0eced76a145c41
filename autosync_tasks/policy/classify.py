"""Classify: which rule decides a path, and whether a change there may start a sync (pure).

Order: protected, the user's `[[rules]]`, `sync_exclusions` (they make a path low, but nothing that the profile never
takes), the agent's profile. Each rule is matched alone, and the first that matches wins.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache, lru_cache
from typing import Protocol

from autosync_tasks.model import Kind, Path, Priority, Rule
from autosync_tasks.policy.matching import Matcher
from autosync_tasks.policy.rules import ALWAYS_PROTECTED, EXCLUDED, OVERRIDABLE
from autosync_tasks.records import replace

_EXCLUSIONS = "sync_exclusions"


class Policy(Protocol):
    """The settings that classification needs, and what the agent's profile says beside them.

    starts: `sync_triggers`, or the profile's. agents_rules: the profile's, of which the last matches every path.
    """

    @property
    def rules(self) -> tuple[Rule, ...]: ...
    @property
    def sync_exclusions(self) -> Sequence[str]: ...
    @property
    def starts(self) -> Sequence[str]: ...
    @property
    def agents_rules(self) -> tuple[Rule, ...]: ...


class Classifier:
    """Finds the rule of a path. Keeps what it found: make one for each run."""

    def __init__(self, settings: Policy) -> None:
        """Raises PatternError for a pattern that `check_pattern` refuses."""
        self.rules = ordered_rules(settings)
        self._place = _deciding(self.rules, settings.agents_rules)
        self._triggers = Matcher((pattern, ()) for pattern in settings.starts)
        self._own = frozenset(settings.rules)
        self._found: dict[tuple[Path, Kind], Rule] = {}

    def rule_for(self, path: Path, kind: Kind) -> Rule:
        """The rule that decides this path. A pattern that ends in `/` matches a folder and all below it.

        A link that stands in a folder's place (stow makes such) belongs to that folder's category.
        """
        key = (path, kind)
        rule = self._found.get(key)
        if rule is None:
            rule = self._first(path, kind is Kind.FOLDER)
            if kind is Kind.LINK and rule is self.rules[-1]:
                as_folder = self._first(path, True)
                rule = as_folder if as_folder.priority in (Priority.HIGH, Priority.MEDIUM) else rule
            self._found[key] = rule
        return rule

    def _first(self, path: Path, is_folder: bool) -> Rule:
        return self.rules[self._place(path, is_folder)]

    def starts(self, path: Path, kind: Kind) -> bool:
        """Whether a change there may start a sync: neither low nor protected, and inside `sync_triggers`.

        What a rule of the user's own makes high or medium needs no trigger: naming it is wish enough.
        """
        rule = self.rule_for(path, kind)
        if rule.priority not in (Priority.HIGH, Priority.MEDIUM):
            return False
        as_what = {kind is Kind.FOLDER, kind is not Kind.FILE}  # a link may stand in a folder's place
        return rule in self._own or any(self._triggers.first(path, folder) is not None for folder in as_what)


def ordered_rules(settings: Policy) -> tuple[Rule, ...]:
    """All rules in the order in which they are asked; the last one matches every path."""
    excluded = (Rule(p, EXCLUDED, Priority.LOW, _EXCLUSIONS) for p in settings.sync_exclusions)
    return (*protected_rules(settings.rules), *settings.rules, *excluded, *settings.agents_rules)


def _deciding(rules: Sequence[Rule], agents: Sequence[Rule]) -> Callable[[Path, bool], int]:
    """The place in all rules of the one that decides a path: (path, is it a folder). agents: the last of them.

    Who excludes a path wants less of it: an exclusion hides no rule by which the agent's profile never takes it.
    """
    first = Matcher((rule.pattern, rule.unless) for rule in rules).first
    own = cache(lambda: Matcher((rule.pattern, rule.unless) for rule in agents).first)
    some_never = any(rule.priority is Priority.NEVER for rule in agents)

    def place(path: Path, is_folder: bool) -> int:
        found = first(path, is_folder)
        if found is None:
            return len(rules) - 1
        if some_never and rules[found].origin == _EXCLUSIONS:
            beneath = own()(path, is_folder)
            if beneath is not None and agents[beneath].priority is Priority.NEVER:
                return len(rules) - len(agents) + beneath
        return found

    return place


def protected_matcher(settings: Policy) -> Callable[[bytes, bool], bool]:
    """A quick check of one name, for the walk through the source: (name, is it a folder) to protected or not.

    A path is protected exactly if one of its names is, all but the last being folders. (A user's own rule of
    priority "never" is no name check: `Classifier.rule_for` tells it.)
    """
    return Matcher((rule.pattern, rule.unless) for rule in protected_rules(settings.rules)).name_test()


def closed_folders(settings: Policy) -> Callable[[bytes], bool] | None:
    """Which folders the walk need not open: those whose whole contents a profile never takes, and of which no rule
    before that one can wish for anything. None where the profile has no such rule."""
    if not any(rule.priority is Priority.NEVER and rule.pattern.endswith("/") for rule in settings.agents_rules):
        return None
    rules = ordered_rules(settings)
    deciding = _deciding(rules, settings.agents_rules)

    def closed(path: bytes) -> bool:
        place = deciding(path, True)
        rule = rules[place]
        if rule.priority is not Priority.NEVER or rule.unless or not rule.pattern.endswith("/"):
            return False
        wishes = (one for one in rules[:place] if one.priority is not Priority.NEVER and one.origin != _EXCLUSIONS)
        return not any(_may_reach(one.pattern, path) for one in wishes)

    return closed


def _may_reach(pattern: str, folder: bytes) -> bool:
    """Whether a pattern can match something below a folder; where that is hard to tell, it can."""
    if "/" not in pattern.rstrip("/") or "\\" in pattern or "[" in pattern:
        return True
    from fnmatch import fnmatchcase

    for part, name in zip(pattern.strip("/").split("/"), folder.split(b"/"), strict=False):
        if part == "**" or not fnmatchcase(name.decode("utf-8", "surrogateescape"), part):
            return part == "**"
    return True


def always_protected(path: Path) -> bool:
    """Whether a path may never be in the backup, whatever the settings say: one of its names is on the list.

    The last line of defence behind classification: pushes and the end of a conflict judge trees of git with it, where
    a name can stand for anything, so each is asked as a folder's, which every pattern may mean.
    """
    return any(_always_protected_name(name) for name in path.split(b"/"))


@cache
def _always_protected_names() -> Callable[[bytes, bool], bool]:
    return Matcher((rule.pattern, rule.unless) for rule in ALWAYS_PROTECTED).name_test()


@lru_cache(maxsize=4096)
def _always_protected_name(name: bytes) -> bool:
    return _always_protected_names()(name, True)


def protected_rules(user: Sequence[Rule]) -> tuple[Rule, ...]:
    """The built-in protected rules. What a user's rule overrides is taken out of the overridable ones."""
    return (
        *ALWAYS_PROTECTED,
        *(replace(rule, unless=tuple(u.pattern for u in user if _names(u.pattern, rule))) for rule in OVERRIDABLE),
    )


def _names(pattern: str, rule: Rule) -> bool:
    """Whether a user's pattern means an overridable rule by name, at any depth.

    A wildcard such as `*.md` is no wish to back up every README below node_modules.
    """
    return "/" not in pattern.removesuffix("/") and pattern.startswith(rule.pattern.rstrip("/*"))
