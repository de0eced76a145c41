"""What is changed: every small fault that a person could have written in a function of a module (pure).

Left out, because no fault of logic is in them: module and class level (tables and data), annotations, decorators,
documentation, words for people (strings with a space, f-strings), `assert`, what stands below `TYPE_CHECKING`.
"""

from __future__ import annotations

import ast
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

_COMPARE: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Lt: (ast.LtE, ast.GtE),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
}
_ARITHMETIC: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Add,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Mult,
    ast.Mod: ast.Add,
    ast.Pow: ast.Mult,
    ast.BitOr: ast.BitAnd,
    ast.BitAnd: ast.BitOr,
    ast.LShift: ast.RShift,
    ast.RShift: ast.LShift,
}
_TWINS = {"any": "all", "all": "any", "min": "max", "max": "min", "sorted": "list"}
_TWIN_METHODS = {"startswith": "endswith", "endswith": "startswith", "find": "rfind", "rfind": "find"}
_NOTHING = {"bool": "False", "str": "''", "bytes": "b''", "int": "0", "float": "0.0", "list": "[]", "dict": "{}"}
_NOTHING |= {"tuple": "()", "set": "set()", "frozenset": "frozenset()", "Sequence": "()", "Iterator": "iter(())"}


Change = tuple[tuple[str, int | None], Any, str]
"""Where in the fields of a node, what stands there then, and the kind of change."""


@dataclass
class Mutant:
    """One change. function: its qualified name. line: in the file. was, now: the code that is changed.

    digest: of the function's text. reach: the first and last line of the statement (of its head, where it has a body).
    """

    function: str
    line: int
    operator: str
    was: str
    now: str
    digest: str
    reach: tuple[int, int]
    parent: ast.AST = field(repr=False)
    place: tuple[str, int | None] = field(repr=False)
    new: Any = field(repr=False)

    @property
    def key(self) -> str:
        """Names it as long as the function stays what it is."""
        return f"{self.function}:{self.digest}:{self.operator}:{self.was} -> {self.now}"

    def is_as(self, told: dict[str, str]) -> bool:
        """Whether a table of a file means this one, by function, `was` and `now`."""
        return (told["function"], told["was"], told["now"]) == (self.function, self.was, self.now)

    def apply(self) -> Any:
        """Makes the change in the tree; returns what was there."""
        name, index = self.place
        if index is None:
            old = getattr(self.parent, name)
            setattr(self.parent, name, self.new)
        else:
            old = getattr(self.parent, name)[index]
            getattr(self.parent, name)[index] = self.new
        return old


def mutants_of(tree: ast.Module) -> list[Mutant]:
    """Every mutant of a module, in the order of its text. Two of the same key get a number."""
    for outer in ast.walk(tree):  # from outside to inside, so that a function within has the last word
        if isinstance(outer, ast.FunctionDef):
            for inner in ast.walk(outer):
                if isinstance(inner, ast.Return):
                    inner.empty = _nothing_of(outer.returns)  # type: ignore[attr-defined]
    found: list[Mutant] = []
    seen: dict[str, int] = {}
    for mutant in _of_body(tree, "", ""):
        number = seen[mutant.key] = seen.get(mutant.key, 0) + 1
        if number > 1:
            mutant.operator += f" #{number}"
        found.append(mutant)
    return found


def _of_body(node: ast.AST, function: str, digest: str, reach: tuple[int, int] = (0, 0)) -> Iterator[Mutant]:  # noqa: PLR0912
    """Mutants below a node. function: the one around it, "" on the level of module or class."""
    if isinstance(node, ast.stmt | ast.ExceptHandler) or not function:
        reach = _reach(node)
    if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
        for child in node.orelse:
            yield from _of_body(child, function, digest, reach)
        return
    if isinstance(node, ast.ClassDef) and not function:
        for child in node.body:
            for mutant in _of_body(child, "", ""):
                mutant.function = f"{node.name}.{mutant.function}"
                yield mutant
        return
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda) and not function:
        function = getattr(node, "name", "<lambda>")
        digest = hashlib.sha256(ast.unparse(node).encode()).hexdigest()[:12]
        yield from _defaults(node.args, function, digest)
        body: list[ast.AST] = [*node.body] if isinstance(node.body, list) else [node.body]
        for change in _changes(node):
            if change[0][0] == "body":
                yield _mutant(node, change, function, digest, reach)
        for part in body:
            yield from _of_body(part, function, digest, reach)
        return
    if function:
        for change in _changes(node):
            yield _mutant(node, change, function, digest, reach)
    for name, value in ast.iter_fields(node):
        if name in ("annotation", "returns", "decorator_list", "type_comment", "format_spec"):
            continue
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.AST) and not isinstance(child, ast.Assert):
                yield from _of_body(child, function, digest, reach)


def _reach(node: ast.AST) -> tuple[int, int]:
    first: int = getattr(node, "lineno", 0)
    inside = getattr(node, "body", None)
    if isinstance(inside, list) and inside:
        return first, max(first, inside[0].lineno - 1)
    return first, getattr(node, "end_lineno", None) or first


def _mutant(node: ast.AST, change: Change, function: str, digest: str, reach: tuple[int, int]) -> Mutant:
    place, new, operator = change
    old = _at(node, place)
    reach = _reach(old) if isinstance(old, ast.stmt) else reach
    at = getattr(old, "lineno", getattr(node, "lineno", 0))
    was = _text(node) if isinstance(new, _Words) else _text(old)
    return Mutant(function, at, operator, was, _text(new), digest, reach, node, place, new)


def _defaults(node: ast.arguments, function: str, digest: str) -> Iterator[Mutant]:
    """Plain values that an argument has if it is not given: they are made once, with the function."""
    for name in ("defaults", "kw_defaults"):
        for index, child in enumerate(getattr(node, name)):
            if isinstance(child, ast.Constant):
                for value in _values(child.value):
                    new = _like(ast.Constant(value), child)
                    yield _mutant(node, ((name, index), new, "default"), function, digest, (0, 0))


def _at(node: ast.AST, place: tuple[str, int | None]) -> Any:
    found = getattr(node, place[0])
    return found if place[1] is None else found[place[1]]


def _text(node: Any) -> str:
    """The code of a node, on one line and not too long."""
    if not isinstance(node, ast.AST):
        return "" if node is None else str(node)
    if isinstance(node, ast.cmpop | ast.operator | ast.boolop):
        return type(node).__name__
    lines = ast.unparse(node).splitlines()
    return (lines[0] if len(lines) == 1 else f"{lines[0]} …")[:160]


def _changes(node: ast.AST) -> Iterator[Change]:  # noqa: PLR0912  one for each kind of node
    """What can be changed in the fields of a node itself."""
    for name, value in ast.iter_fields(node):
        if name in ("annotation", "returns", "decorator_list", "format_spec"):
            continue
        if isinstance(value, list):
            for index, child in enumerate(value):
                yield from (((name, index), new, what) for new, what in _other(child, node, name))
                if name in ("body", "orelse", "finalbody") and isinstance(child, ast.stmt) and _goes(child):
                    yield (name, index), _like(ast.Pass(), child), "statement"
        elif isinstance(value, ast.AST):
            yield from (((name, None), new, what) for new, what in _other(value, node, name))
    if isinstance(node, ast.Call):
        for index, word in enumerate(node.keywords):
            if word.arg is not None:
                rest = [*node.keywords[:index], *node.keywords[index + 1 :]]
                new = ast.Call(node.func, node.args, rest)
                yield ("keywords", None), _Words(rest, f"{_text(new)}"), f"keyword {word.arg}"
    if isinstance(node, ast.Slice):
        for side in ("lower", "upper"):
            if getattr(node, side) is not None:
                yield (side, None), None, "slice"
    if isinstance(node, ast.ExceptHandler) and not isinstance(node.body[0], ast.Raise):
        yield ("body", 0), _like(ast.Raise(), node.body[0]), "handler"


class _Words(list[ast.keyword]):
    """Keywords of a call, with the text of the call."""

    def __init__(self, words: list[ast.keyword], text: str) -> None:
        super().__init__(words)
        self.text = text

    def __str__(self) -> str:
        return self.text


def _goes(node: ast.stmt) -> bool:
    """Whether a statement can be left out and the rest still has a meaning."""
    if isinstance(node, ast.Expr):
        return not isinstance(node.value, ast.Constant)
    if isinstance(node, ast.Assign):
        return all(isinstance(target, ast.Attribute | ast.Subscript) for target in node.targets)
    return isinstance(node, ast.AugAssign | ast.Raise | ast.Continue | ast.Break | ast.Delete) or (
        isinstance(node, ast.Return) and node.value is None
    )


def _like(new: Any, old: ast.AST) -> Any:
    """The new node at the place of the old one; a part of the old one stays where it is."""
    return new if hasattr(new, "lineno") else ast.fix_missing_locations(ast.copy_location(new, old))


def _other(node: Any, parent: ast.AST, name: str) -> Iterator[tuple[Any, str]]:
    """What could stand in the place of a node."""
    for new, what in _expressions(node, parent, name):
        yield _like(new, node), what
    if isinstance(node, ast.expr) and name == "test" and not isinstance(node, ast.Constant):
        if not isinstance(parent, ast.While):
            yield _like(ast.Constant(True), node), "condition"
        yield _like(ast.Constant(False), node), "condition"
    if isinstance(parent, ast.comprehension) and name == "ifs":
        yield _like(ast.Constant(True), node), "filter"
    if isinstance(parent, ast.Return) and not isinstance(node, ast.Constant):
        empty: ast.expr = ast.parse(getattr(parent, "empty", "None"), mode="eval").body
        if ast.unparse(empty) != ast.unparse(node):
            for inner in ast.walk(empty):
                ast.copy_location(inner, node)
            yield empty, "return"


def _expressions(node: Any, parent: ast.AST, name: str) -> Iterator[tuple[Any, str]]:
    if isinstance(node, ast.Compare):
        for index, one in enumerate(node.ops):
            for kind in _COMPARE[type(one)]:
                ops = [*node.ops[:index], kind(), *node.ops[index + 1 :]]
                yield ast.Compare(node.left, ops, node.comparators), "compare"
    elif isinstance(node, ast.BoolOp):
        yield ast.BoolOp(ast.Or() if isinstance(node.op, ast.And) else ast.And(), node.values), "and/or"
        for index in range(len(node.values)):
            rest = [*node.values[:index], *node.values[index + 1 :]]
            yield (rest[0] if len(rest) == 1 else ast.BoolOp(node.op, rest)), "operand"
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not | ast.USub):
        yield node.operand, "not" if isinstance(node.op, ast.Not) else "minus"
    elif isinstance(node, ast.BinOp) and type(node.op) in _ARITHMETIC:
        yield ast.BinOp(node.left, _ARITHMETIC[type(node.op)](), node.right), "arithmetic"
    elif isinstance(node, ast.AugAssign) and type(node.op) in _ARITHMETIC:
        yield ast.AugAssign(node.target, _ARITHMETIC[type(node.op)](), node.value), "arithmetic"
    elif isinstance(node, ast.Constant) and not isinstance(parent, ast.Expr | ast.JoinedStr | ast.FormattedValue):
        yield from ((ast.Constant(value), "constant") for value in _values(node.value))
    elif isinstance(node, ast.Call):
        if isinstance(node.func, ast.Name) and node.func.id in _TWINS:
            twin = ast.Name(_TWINS[node.func.id], ast.Load())
            words = [] if node.func.id == "sorted" else node.keywords
            yield ast.Call(twin, node.args, words), "call"
        elif isinstance(node.func, ast.Attribute) and node.func.attr in _TWIN_METHODS:
            other = ast.Attribute(node.func.value, _TWIN_METHODS[node.func.attr], ast.Load())
            yield ast.Call(other, node.args, node.keywords), "call"


def _values(value: object) -> Iterator[Any]:
    """Other values for a constant."""
    if isinstance(value, bool):
        yield not value
    elif isinstance(value, int | float):
        yield value + 1
    elif isinstance(value, str):
        if " " not in value:
            yield value + "X"
    elif isinstance(value, bytes):
        yield value + b"X"


def _nothing_of(returns: ast.expr | None) -> str:
    """The empty value of a function's return type, `None` where it has none."""
    text = ast.unparse(returns) if returns is not None else ""
    return "None" if "None" in text else _NOTHING.get(text.partition("[")[0], "None")
