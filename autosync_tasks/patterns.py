"""Gitignore patterns: what is wrong with one, and whether an earlier rule always wins over it (pure).

The syntax is checked here and not by pathspec: pathspec (1.1.1) takes 47 ms to import, which a run with
nothing to do should not pay, raises `re.error` for `[z-a]`, warns for `[[:alpha:]]` (which git knows and it
does not), and takes `[abc`, `./a` and `a//b`, which match nothing in git, without a word.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import cache
from itertools import product

MAX_LENGTH = 1000
"""Longer than any path part that Linux allows (255 bytes) with room for folders."""

_FRESH = "\x01"
"""Stands for any character no pattern names: one byte, as git's `?`, and below all that a range may hold."""

_MAX_WITNESSES = 20_000
_MAX_SET = 64
_RUNS = (0, 1, 2, 3, 40)
"""How many characters a `*` stands for in a witness: few enough to be told apart by `?`, and many."""

_REGEX_SETS = ("--", "&&", "||", "~~")
"""Python's `re` reserves these inside a set, and pathspec hands the set on to it."""


def problem(pattern: str) -> str:
    """What is wrong with a pattern that is matched alone, in words for a person; "" if nothing is."""
    for found, why in (
        (not pattern.strip(), "is empty"),
        (len(pattern) > MAX_LENGTH, f"is longer than {MAX_LENGTH} characters"),
        (
            any(char in pattern for char in "\0\n\r"),
            "holds a line break or a NUL, which no pattern can match",
        ),
        (any("\ud800" <= char <= "\udfff" for char in pattern), "is not valid UTF-8"),
        (pattern[:1] == "!", r"starts with !, but each pattern is matched alone (\! means a name with !)"),
        (pattern[:1] == "#", r"starts with #, which makes it a comment (\# means a name with #)"),
    ):
        if found:
            return why
    return _problem_in_parts(_trimmed(pattern))


def _trimmed(pattern: str) -> str:
    # gitignore(5): trailing spaces count only when a backslash quotes them. pathspec's exact reading.
    return pattern if pattern.endswith("\\ ") else pattern.rstrip()


def _problem_in_parts(pattern: str) -> str:
    parts = pattern.removeprefix("/").removesuffix("/").split("/")
    if parts == [""]:
        return "is only a slash, which matches nothing"
    for part in parts:
        if part == "":
            return "has two slashes in a row, which matches nothing"
        if part in (".", ".."):
            return f"has the part {part!r}; patterns start at the config tree's root and know no {part!r}"
        try:
            list(_tokens(part))
        except ValueError as error:
            return str(error)
    return ""


def _tokens(part: str) -> Iterator[tuple[str, str]]:
    """Yields ("char", c), ("star", ""), ("any", "") or ("set", members) of one part between slashes.

    A negated set's members start with "!". Raises ValueError with a reason.
    """
    at = 0
    while at < len(part):
        char = part[at]
        at += 1
        if char == "\\":
            if at == len(part):
                raise ValueError("ends with a backslash that quotes nothing")
            yield "char", part[at]
            at += 1
        elif char == "*":
            while at < len(part) and part[at] == "*":
                at += 1
            yield "star", ""
        elif char == "?":
            yield "any", ""
        elif char == "[":
            members, at = _set(part, at)
            yield "set", members
        else:
            yield "char", char


def _set(part: str, at: int) -> tuple[str, int]:
    negated = part[at : at + 1] in ("!", "^")
    start = at + negated
    end = part.find("]", start + 1)  # a ] in the first place is a member
    if end < 0:
        raise ValueError(r"has a [ without its ] (\[ means a name with [)")
    body = part[start:end]
    # git compares bytes, so a character of several bytes in a set matches nothing there.
    if not body.isascii() or "\\" in body or "[" in body or "]" in body or any(pair in body for pair in _REGEX_SETS):
        raise ValueError(
            f"has the set [{body}]: only plain ASCII characters and ranges such as [a-z0-9] are understood"
        )
    members: list[str] = []
    index = 0
    while index < len(body):
        if body[index + 1 : index + 2] == "-" and index + 2 < len(body):
            low, high = body[index], body[index + 2]
            if low > high:
                raise ValueError(f"has the range {low}-{high}, which is backwards")
            members += map(chr, range(ord(low), min(ord(high), ord(low) + _MAX_SET) + 1))
            index += 3
        else:
            members.append(body[index])
            index += 1
    return "!" * negated + "".join(members), end + 1


def never_wins(pattern: str, earlier: Sequence[tuple[str, Sequence[str]]]) -> int | None:
    """The index of an earlier rule because of which this pattern can never be the first to match; else None.

    earlier: (pattern, patterns that undo it), each free of problems. It looks at witnesses: paths that the
    pattern matches, with a character that stands in no pattern where it has wildcards. An earlier pattern
    that matches that character does so with a wildcard of its own. In doubt it says None: a rule too many
    does no harm, a rule that is refused though it could win does.
    """
    fresh = _FRESH
    rules = [
        (index, _matcher(p), [_matcher(u) for u in unless])
        for index, (p, unless) in enumerate(earlier)
        if not _catches_fresh(p)
    ]
    mine = _matcher(pattern) if rules and fresh not in pattern else None
    if mine is None:
        return None
    # What an earlier rule spares is free for this one, if it can match it.
    spared = (w for _, unless in earlier for p in unless for w in _witnesses(p, fresh))
    witnesses = [w for w in (*_witnesses(pattern, fresh), *spared) if mine(w)]
    if not witnesses or len(witnesses) >= _MAX_WITNESSES:
        return None
    # Several together can be trusted only where the witnesses are all there is.
    finite = "*" not in pattern and "?" not in pattern and "/" in _trimmed(pattern)[:-1]
    alone: set[int] | None = None
    last = 0
    for witness in witnesses:
        takers = [i for i, hit, unless in rules if hit(witness) and not any(u(witness) for u in unless)]
        alone = set(takers) if alone is None else alone.intersection(takers)
        if not takers or not (alone or finite):
            return None
        last = max(last, takers[0])
    return min(alone) if alone else last


def _catches_fresh(pattern: str) -> bool:
    """Whether it may match the fresh character though not all others, as [!x] does."""
    return any(mark in pattern for mark in (_FRESH, "[!", "[^"))


@cache
def _matcher(pattern: str) -> Callable[[str], bool]:
    from pathspec.patterns.gitignore.spec import GitIgnoreSpecPattern

    compiled = GitIgnoreSpecPattern(pattern)
    return lambda path: compiled.match_file(path) is not None


def _witnesses(pattern: str, fresh: str) -> Iterator[str]:
    """Paths that the pattern matches; a folder ends with a slash. At most _MAX_WITNESSES."""
    text = _trimmed(pattern)
    folder_only = text.endswith("/")
    body = text.removesuffix("/")
    parts = body.removeprefix("/").split("/")
    if "/" not in body and parts[0] != "**":
        parts.insert(0, "**")
    choices: list[list[str]] = []
    for index, part in enumerate(parts):
        if part != "**":
            choices.append([name + "/" for name in _names(part, fresh) if name])
        else:
            folders = [f"{fresh * run}/" for run in _RUNS if run] + [f"{fresh}/{fresh}/"]
            choices.append(folders if index == len(parts) - 1 else ["", *folders])
    count = 0
    for combined in product(*choices):
        path = "".join(combined)
        for witness in (path, path + fresh) if folder_only else (path.removesuffix("/"), path, path + fresh):
            yield witness
            count += 1
            if count >= _MAX_WITNESSES:
                return


def _names(part: str, fresh: str) -> list[str]:
    """Names that one part matches. An empty list's product is empty: `never_wins` then claims nothing."""
    choices: list[list[str]] = []
    total = 1
    for kind, value in _tokens(part):
        if kind == "star":
            choices.append([fresh * run for run in _RUNS])
        elif kind == "set" and not value.startswith("!"):
            choices.append(sorted(set(value)) if len(value) <= _MAX_SET else [])
        else:
            choices.append([value if kind == "char" else fresh])
        total *= len(choices[-1])
        if total > _MAX_WITNESSES:
            return []
    return ["".join(combined) for combined in product(*choices)]
