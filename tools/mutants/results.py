"""What is kept between runs, and the words made of it: the table, the survivors, what is equivalent."""

from __future__ import annotations

import ast
import hashlib
import json
import os
import tomllib
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tools.mutants.operators import Mutant, mutants_of

HERE = Path(__file__).parent
KILLED = ("features", "others")
LOADING = "(loading)"
"""The name under which is kept what runs while the package is loaded: a mutant comes too late there."""


@dataclass
class File:
    """A pure file: its mutants, and where its functions begin."""

    name: str
    tree: ast.Module
    mutants: list[Mutant]
    starts: dict[int, tuple[str, int]]
    """Line to the function around it and that function's first line."""

    @classmethod
    def read(cls, package: Path, name: str) -> File:
        tree = ast.parse((package / name).read_bytes())
        starts: dict[int, tuple[str, int]] = {}
        for function, node in _functions(tree, ""):
            for line in range(node.lineno, (node.end_lineno or node.lineno) + 1):
                starts.setdefault(line, (function, node.lineno))
        return cls(name, tree, mutants_of(tree), starts)

    @property
    def room(self) -> str:
        return self.name.split("/")[0]

    def key(self, mutant: Mutant) -> str:
        return f"{self.name}::{mutant.key}"

    def in_order(self, draw: int) -> list[tuple[float, int]]:
        """Each mutant's number with its rank from 0 to 1: any share of them is a sample, for a draw always the same."""
        salt = f"#{draw}" if draw else ""
        by_hash = sorted(range(len(self.mutants)), key=lambda n: _hash(self.key(self.mutants[n]) + salt))
        return [(rank / len(by_hash), number) for rank, number in enumerate(by_hash)]

    def drawn(self, share: float, draw: int) -> set[str]:
        """The keys of a sample."""
        return {self.key(self.mutants[number]) for rank, number in self.in_order(draw) if rank < share}


def rank(text: str) -> float:
    """From 0 to 1, by chance, but always the same."""
    return int.from_bytes(_hash(text)[:4], "big") / 2**32


def _hash(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()


def _functions(node: ast.AST, prefix: str) -> Iterator[tuple[str, ast.FunctionDef | ast.AsyncFunctionDef]]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef):
            yield prefix + child.name, child
        else:
            yield from _functions(child, f"{prefix}{child.name}." if isinstance(child, ast.ClassDef) else prefix)


@dataclass
class Test:
    """What one test executes. lines: file and function to lines from the function's first."""

    name: str
    passed: bool
    seconds: float
    forks: bool
    room: str
    lines: dict[str, list[int]] = field(repr=False)


class Store:
    """Two files of JSON lines in a folder outside of what is committed."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._tests, self._results = folder / "tests.jsonl", folder / "results.jsonl"

    def tests(self) -> dict[str, Test]:
        return {one["name"]: Test(**one) for one in _read(self._tests)}

    def results(self) -> dict[str, dict[str, Any]]:
        """By the mutants' keys; the newest of each."""
        return {one["key"]: one for one in _read(self._results)}

    def noticed_since(self, files: list[File]) -> Iterator[tuple[File, Mutant, str]]:
        """Of all that had survived: the mutant as it is now, and the test that notices it.

        Those that cannot be told from another of the same function by their words are left out.
        """
        before = {_words(one) for one in _read(self._results) if one["verdict"] == "survived"}
        newest = self.results()
        for file in files:
            there = Counter(_words({"file": file.name, **vars(mutant)}) for mutant in file.mutants)
            for mutant in file.mutants:
                words, now = _words({"file": file.name, **vars(mutant)}), newest.get(file.key(mutant), {})
                if words in before and there[words] == 1 and now.get("verdict") in KILLED:
                    yield file, mutant, now["by"]

    def keep_test(self, test: Test) -> None:
        _append(self._tests, vars(test))

    def keep(self, result: dict[str, Any]) -> None:
        _append(self._results, result)


def _words(one: Mapping[str, Any]) -> tuple[str, ...]:
    """What names a mutant in a table, however the function around it may have changed."""
    return one["file"], one["function"], one["was"], one["now"]


def _read(path: Path) -> Iterator[dict[str, Any]]:
    if path.exists():
        with path.open("rb") as file:
            yield from (json.loads(line) for line in file if line.endswith(b"\n"))


def _append(path: Path, what: dict[str, Any]) -> None:
    """One write, so that two processes do not mix."""
    to = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
    os.write(to, json.dumps(what).encode() + b"\n")
    os.close(to)


def equivalents() -> list[dict[str, str]]:
    """Mutants that no test can notice: file, function, was, now, why."""
    return _mutants_of(HERE / "equivalent.toml")


def known() -> list[dict[str, str]]:
    """Mutants that must never survive: file, function, was, now, by (the test that notices it)."""
    return _mutants_of(HERE / "known.toml")


def survived() -> list[dict[str, str]]:
    """Survivors of any draw: file, function, was, now, and one of by (the test that notices it), gone, open."""
    return _mutants_of(HERE / "survivors.toml")


def _mutants_of(path: Path) -> list[dict[str, str]]:
    found: list[dict[str, str]] = tomllib.loads(path.read_text("utf-8")).get("mutant", [])
    return found


def is_equivalent(file: str, mutant: Mutant, table: Iterable[dict[str, str]]) -> bool:
    """Whether it stands in the table."""
    return any(one["file"] == file and mutant.is_as(one) for one in table)


def table(files: list[File], results: dict[str, dict[str, Any]]) -> str:
    """By room: how many there are, were run, and what became of them."""
    same = equivalents()
    sums: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for file in files:
        for mutant in file.mutants:
            for row in (file.room, "all"):
                found = results.get(file.key(mutant))
                verdict = found["verdict"] if found else ""
                if verdict == "loading":
                    continue
                sums[row]["mutants"] += 1
                if not verdict:
                    continue
                if verdict not in KILLED and is_equivalent(file.name, mutant, same):
                    verdict = "equivalent"
                sums[row]["run"] += 1
                sums[row][verdict] += 1
    lines = [
        "| room | mutants | run | killed by features | by other tests only | survived | equivalent | killed |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for room in [*sorted(set(sums) - {"all"}), "all"]:
        one = sums[room]
        judged = one["run"] - one["equivalent"]
        killed = one["features"] + one["others"]
        shares = [f"{100 * part / judged:.0f} %" if judged else "-" for part in (one["features"], killed)]
        lines.append(
            f"| {room} | {one['mutants']} | {one['run']} | {one['features']} ({shares[0]}) | {one['others']} "
            f"| {one['survived']} | {one['equivalent']} | {shares[1]} |"
        )
    return "\n".join(lines)


def entries(found: Iterable[tuple[File, Mutant, str]]) -> str:
    """Lines for survivors.toml of what does not stand there yet."""
    there = survived()
    told = []
    for file, mutant, by in found:
        if not is_equivalent(file.name, mutant, there):
            of = {"file": file.name, "function": mutant.function, "was": mutant.was, "now": mutant.now, "by": by}
            told.append("\n[[mutant]]\n" + "".join(f"{name} = {json.dumps(text)}\n" for name, text in of.items()))
    return "".join(told)


def survivors(files: list[File], results: dict[str, dict[str, Any]], *, package: str) -> str:
    """One paragraph each: where, what was changed, which tests ran."""
    same = equivalents()
    told = []
    for file in files:
        for mutant in sorted(file.mutants, key=lambda one: one.line):
            found = results.get(file.key(mutant))
            if found is None or found["verdict"] in (*KILLED, "loading") or is_equivalent(file.name, mutant, same):
                continue
            ran = (
                f"{found['ran'][0]} scenarios and {found['ran'][1]} other tests run" if any(found["ran"]) else "no test"
            )
            left = f", {found['left']} left out" if found["left"] else ""
            told.append(
                f"- {package}/{file.name}:{mutant.line} {mutant.function} [{mutant.operator}] ({ran}{left})\n"
                f"  was `{mutant.was}`\n  now `{mutant.now}`"
            )
    return "\n".join(told)
