"""Many patterns at once: which is the first that matches a path (pure).

A pattern matches a path if it matches the path itself or a folder above it. So each folder is judged once,
and a file asks for its own name and its folder's verdict: 10,000 paths against 100 rules take < 0.1 s.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Sequence

from autosync_tasks.policy.patterns import Pattern, expression, parse_pattern

_FullMatch = Callable[[bytes], "re.Match[bytes] | None"]
_SPECIAL = re.compile(r"[*?\[\\]")
_SUFFIX = re.compile(r"\*(\.[A-Za-z0-9_-]+)/?\Z")


class _Names:
    """Patterns compared with one name, for files or for folders. Plain names and `*.x` are looked up."""

    __slots__ = ("_expressions", "_literal", "_match", "_orders", "_suffix")

    def __init__(self) -> None:
        self._literal: dict[bytes, int] = {}
        self._suffix: dict[bytes, int] = {}
        self._expressions: list[bytes] = []
        self._orders: list[int] = []
        self._match = _combined([])

    def add(self, order: int, pattern: str, parsed: Pattern, undo: bytes) -> None:
        suffix = _SUFFIX.match(pattern)
        if not undo and not _SPECIAL.search(pattern):
            self._literal.setdefault(pattern.removesuffix("/").encode(), order)
        elif not undo and suffix:
            self._suffix.setdefault(suffix.group(1).encode(), order)
        else:
            self._expressions.append(undo + expression(parsed, whole_path=False))
            self._orders.append(order)

    def seal(self) -> None:
        self._match = _combined(self._expressions)

    def test(self) -> tuple[Collection[bytes], Collection[bytes], _FullMatch]:
        """What a name is looked for in: whole names, suffixes, expressions."""
        return self._literal, self._suffix, self._match

    def first(self, name: bytes, marked: bytes, none: int) -> int:
        """The first that matches; marked: the name with `/` after it if it is a folder."""
        lowest = self._literal.get(name, none)
        dot = name.rfind(b".")
        if dot >= 0:
            lowest = min(lowest, self._suffix.get(name[dot:], none))
        match = self._match(marked)
        if match is not None and match.lastindex is not None:
            return min(lowest, self._orders[match.lastindex - 1])
        return lowest


class _Paths:
    """Patterns compared with a whole path, for files or for folders."""

    __slots__ = ("_expressions", "_match", "_orders")

    def __init__(self) -> None:
        self._expressions: list[bytes] = []
        self._orders: list[int] = []
        self._match = _combined([])

    def add(self, order: int, parsed: Pattern, undo: bytes) -> None:
        self._expressions.append(undo + expression(parsed, whole_path=True))
        self._orders.append(order)

    def seal(self) -> None:
        self._match = _combined(self._expressions)

    def first(self, marked: bytes, none: int) -> int:
        match = self._match(marked)
        return none if match is None or match.lastindex is None else self._orders[match.lastindex - 1]


def _combined(expressions: list[bytes]) -> _FullMatch:
    """One expression whose matching group is that of the first pattern that matches."""
    whole = b"|".join(b"(" + one + b")" for one in expressions) or rb"(?!)"
    return re.compile(whole, re.DOTALL).fullmatch


class Matcher:
    """Several patterns, in order, each with those that undo it on the same level.

    They undo as `!` lines after it do in a .gitignore: what lies below a matched folder stays matched.
    """

    __slots__ = ("_above", "_count", "_names", "_paths")

    def __init__(self, items: Iterable[tuple[str, Sequence[str]]]) -> None:
        """Raises PatternError."""
        self._names = {False: _Names(), True: _Names()}
        self._paths = {False: _Paths(), True: _Paths()}
        self._count = 0
        for order, (pattern, unless) in enumerate(items):
            self._count = order + 1
            parsed = parse_pattern(pattern)
            undoing = [parse_pattern(text) for text in unless]
            bare = all(one.bare for one in (parsed, *undoing))
            undo = b"".join(b"(?!" + expression(one, whole_path=not bare) + rb"\Z)" for one in undoing)
            for is_folder in (True,) if parsed.folder_only else (True, False):
                if bare:
                    self._names[is_folder].add(order, pattern, parsed, undo)
                else:
                    self._paths[is_folder].add(order, parsed, undo)
        for is_folder in (True, False):
            self._names[is_folder].seal()
            self._paths[is_folder].seal()
        self._above: dict[bytes, int] = {b"": self._count}

    def first(self, path: bytes, is_folder: bool) -> int | None:
        """The place (from 0) of the first pattern that matches the path or a folder above it, or None."""
        if is_folder:
            place = self._folder(path)
        else:
            cut = max(path.rfind(b"/"), 0)
            above = self._above.get(path[:cut])
            place = min(self._own(path, path, False), self._folder(path[:cut]) if above is None else above)
        return place if place < self._count else None

    def name_test(self) -> Callable[[bytes, bool], bool]:
        """A quick check whether any of the patterns without a slash matches one name (1 us a name)."""
        files, folders = self._names[False].test(), self._names[True].test()

        def matches(name: bytes, is_folder: bool) -> bool:
            literal, suffix, match = folders if is_folder else files
            if name in literal or match(name + b"/" if is_folder else name) is not None:
                return True
            return (dot := name.rfind(b".")) >= 0 and name[dot:] in suffix

        return matches

    def _folder(self, path: bytes) -> int:
        """The verdict for a folder, from those of the folders above it (a loop: paths can be 2,000 deep)."""
        todo: list[bytes] = []
        while (verdict := self._above.get(path)) is None:
            todo.append(path)
            path = path[: max(path.rfind(b"/"), 0)]
        for folder in reversed(todo):
            verdict = min(verdict, self._own(folder, folder + b"/", True))
            self._above[folder] = verdict
        return verdict

    def _own(self, path: bytes, marked: bytes, is_folder: bool) -> int:
        """The first pattern that matches this very path, whatever lies above it; the count if none does."""
        cut = path.rfind(b"/") + 1
        by_name = self._names[is_folder].first(path[cut:], marked[cut:], self._count)
        return min(by_name, self._paths[is_folder].first(marked, self._count))
