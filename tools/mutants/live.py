"""Puts a mutant into the place of the function that a process has loaded, wherever it is kept."""

from __future__ import annotations

import ast
import gc
from collections.abc import Iterator
from types import CodeType, FunctionType

from tools.mutants.operators import Mutant


class Loaded:
    """The functions of one file that are alive in this process."""

    def __init__(self, path: str, tree: ast.Module) -> None:
        self.path, self.tree = path, tree
        self._codes = list(_codes(compile(tree, path, "exec")))
        self._functions: dict[object, list[FunctionType]] = {}
        for one in gc.get_objects():
            if type(one) is FunctionType and one.__code__.co_filename == path:
                self._functions.setdefault(_place(one.__code__), []).append(one)

    def become(self, mutant: Mutant) -> int:
        """Changes the functions; how many. The process cannot be changed back: end it afterwards."""
        mutant.apply()
        new = list(_codes(compile(self.tree, self.path, "exec")))
        if len(new) != len(self._codes):  # a lambda or comprehension fell away with what was changed: by name then
            pairs = [(old, other) for old in self._codes for other in new if _name(old) == _name(other)]
        else:
            pairs = list(zip(self._codes, new, strict=True))
        number = 0
        for old, other in pairs:
            for function in self._functions.get(_place(old), ()):
                needed = function.__code__.co_freevars
                if other.co_freevars in (needed, ()):  # where `super()` fell away, its class is needed no more
                    function.__code__ = other.replace(co_freevars=needed)
                    number += 1
        if mutant.operator.startswith("default"):
            self._defaults(mutant)
        return number

    def _defaults(self, mutant: Mutant) -> None:
        """What arguments have if they are not given lies beside the code."""
        name, index = mutant.place
        if not isinstance(mutant.parent, ast.arguments) or index is None:
            return
        for functions in self._functions.values():
            for function in functions:
                if function.__qualname__ != mutant.function:
                    continue
                if name == "defaults":
                    values = list(function.__defaults__ or ())
                    values[index] = mutant.new.value
                    function.__defaults__ = tuple(values)
                elif function.__kwdefaults__:
                    function.__kwdefaults__[mutant.parent.kwonlyargs[index].arg] = mutant.new.value


def _name(code: CodeType) -> object:
    return code.co_qualname, code.co_firstlineno


def _place(code: CodeType) -> object:
    """Two compilations of one text agree in this. (Code that has run is not equal to code that has not.)"""
    return code.co_qualname, code.co_firstlineno, code.co_linetable


def _codes(code: CodeType) -> Iterator[CodeType]:
    for one in code.co_consts:
        if isinstance(one, CodeType):
            yield one
            yield from _codes(one)
