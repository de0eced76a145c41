"""Whether an earlier rule always wins over a pattern, so that it could as well not be there (pure)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from itertools import chain, product

from autosync_tasks.policy.matching import Matcher

_FRESH = "\x01"
"""Stands for any character no pattern names: `check_pattern` refuses it, and no range but one from it holds it."""

_MAX_WITNESSES = 6_000
_MAX_SET = 64
_RUNS = (1, 40, 0, 2, 3)
"""How many characters a `*` stands for in a witness: few enough to be told apart by `?`, and many."""


def never_win(rules: Sequence[tuple[str, Sequence[str]]], start: int = 0) -> dict[int, int]:
    """The rules, from `start` on, that can never be the first to match; each with the earlier rule that is why.

    rules: (pattern, patterns that undo it), all such as `check_pattern` accepts. Places count from 0.
    It looks at witnesses: paths that a pattern matches, with a character that stands in no pattern where it has
    wildcards. An earlier pattern that matches that character does so with a wildcard of its own. In doubt a rule
    is not named: a rule too many does no harm, a rule that is refused though it could win does.
    """
    usable = [place for place, (pattern, _) in enumerate(rules) if not _catches_fresh(pattern)]
    matcher = Matcher(rules[place] for place in usable)
    seen: dict[str, int] = {}
    found: dict[int, int] = {}
    for place, (pattern, unless) in enumerate(rules):
        if place >= start and pattern in seen:
            found[place] = seen[pattern]
        elif place >= start and place in usable:
            number = usable.index(place)
            blamed = _blamed(matcher, number, [rules[i] for i in usable[: number + 1]])
            if blamed is not None:
                found[place] = usable[blamed]
        if not unless:
            seen.setdefault(pattern, place)
    return found


def _blamed(matcher: Matcher, number: int, rules: Sequence[tuple[str, Sequence[str]]]) -> int | None:
    """matcher: over all the rules, of which `rules` are those up to the one in question, the last of them."""
    pattern = rules[-1][0]
    takers: dict[str, int] = {}
    # What an earlier rule spares is free for this one, if it can match it.
    spared = chain.from_iterable(_witnesses(text) for _, unless in rules[:-1] for text in unless)
    for count, witness in enumerate(chain(_witnesses(pattern), spared)):
        taker = _first(matcher, witness)
        if taker == number or count > _MAX_WITNESSES:
            return None
        if taker is not None and taker < number and _first(_alone(pattern), witness) == 0:
            takers[witness] = taker
    several = set(takers.values())
    for one in sorted(several):
        alone = Matcher([rules[one]])
        if all(taker == one or _first(alone, witness) == 0 for witness, taker in takers.items()):
            return one
    # Several together can be trusted only where the witnesses are all there is.
    finite = "*" not in pattern and "?" not in pattern and "/" in pattern[:-1]
    return max(several) if several and finite else None


def _catches_fresh(pattern: str) -> bool:
    """Whether it may match the fresh character though not all others: as [!x] does, or [[:cntrl:]]."""
    return any(mark in pattern for mark in ("[!", "[^", "[:"))


def _first(matcher: Matcher, path: str) -> int | None:
    return matcher.first(path.removesuffix("/").encode(), path.endswith("/"))


@cache
def _alone(pattern: str) -> Matcher:
    return Matcher([(pattern, ())])


def _witnesses(pattern: str) -> Iterator[str]:
    """Paths that the pattern matches; a folder ends with a slash. None in doubt."""
    folder_only = pattern.endswith("/")
    body = pattern.removesuffix("/")
    parts = body.removeprefix("/").split("/")
    if "/" not in body and parts[0] != "**":
        parts.insert(0, "**")
    choices: list[list[str]] = []
    for index, part in enumerate(parts):
        if part != "**":
            choices.append([name + "/" for name in _names(part) if name])
        else:
            folders = [f"{_FRESH * run}/" for run in _RUNS if run] + [f"{_FRESH}/{_FRESH}/"]
            choices.append(folders if index == len(parts) - 1 else ["", *folders])
    for combined in product(*choices):
        path = "".join(combined)
        yield from (path, path + _FRESH) if folder_only else (path.removesuffix("/"), path, path + _FRESH)


def _names(part: str) -> list[str]:
    """Names that one part matches, [] in doubt: there are no witnesses then, and nothing is claimed."""
    choices: list[list[str]] = []
    total = 1
    for choice in _choices(part):
        choices.append(choice)
        total *= len(choice)
        if not 0 < total <= _MAX_WITNESSES:
            return []
    return ["".join(combined) for combined in product(*choices)]


def _choices(part: str) -> Iterator[list[str]]:
    """What each piece of a part between slashes can stand for; [] for a set that is not plain."""
    at = 0
    while at < len(part):
        char = part[at]
        at += 1
        if char == "\\":
            yield [part[at]]
            at += 1
        elif char == "*":
            yield [_FRESH * run for run in _RUNS]
        elif char == "?":
            yield [_FRESH]
        elif char == "[":
            end = part.find("]", at + 1)
            members = part[at:end]
            if members[:1] in ("!", "^"):
                yield [_FRESH] if _plain(members[1:]) else []
            else:
                yield _members(members) if _plain(members) else []
            at = end + 1
        else:
            yield [char]


def _plain(members: str) -> bool:
    return members != "" and not any(char in members for char in "\\[]")


def _members(text: str) -> list[str]:
    """The characters of a set such as `a-z09`; [] if they are too many."""
    found: set[str] = set()
    at = 0
    while at < len(text):
        if text[at + 1 : at + 2] == "-" and at + 2 < len(text):
            found.update(map(chr, range(ord(text[at]), ord(text[at + 2]) + 1)))
            at += 3
        else:
            found.add(text[at])
            at += 1
    return sorted(found) if len(found) <= _MAX_SET else []
