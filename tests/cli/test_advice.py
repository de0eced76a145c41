"""Each command that the program advises can be given: the task exists, with its flags, and all that it requires is there.

The catalogue is read from the code: every text of the package that names a command (`inv TASK …`), hints, next steps,
the rules' explanations and the help of the tasks included. Features take the steps of the messages that matter most
("a person takes the advice").
"""

from __future__ import annotations

import ast
import functools
import os
import re
import shlex
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import pytest
from invoke.parser import ParserContext

from autosync_tasks.cli.collection import TASKS, collection
from autosync_tasks.config.settings import TABLE
from autosync_tasks.names import display, typed
from autosync_tasks.recovery.take_side import SIDES
from tests.test_architecture import MODULES, PACKAGE

VALUE = "VALUE"
"""Stands for what a message fills in: a commit, a fingerprint, a branch, a file."""

_COMMAND = re.compile(rf"\binv ((?:{'|'.join(sorted(TASKS, key=len, reverse=True))})\b[^`;,()\n:]*)")
_UNKNOWN = re.compile(r"\b(?:inv|autosync) ([a-z][a-z-]+)")
_NAME = re.compile(r"\b[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+\b")

NO_TASK = {"sync-config", "help", "finds", "itself", "is", "gives"}
"""Words that follow `inv` in sentences about the program invoke."""

NEEDED = {
    "accept": (("--reason",), ("--list",), ("--prune",)),
    "set-config": (("=",),),
    "why": (("word",),),
}
"""A task, and what it wants: one of these groups. Everything else its parser says by itself."""

VARIABLES = {
    *("XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_DATA_HOME", "AUTOSYNC_CONFIG", "OPENCODE_CONFIG_DIR"),
    *("OPENCODE_CONFIG", "OPENCODE_SOURCE", "OPENCODE_BACKUP"),
}
"""Names in capitals that are read from the environment and are no settings of the file alone."""


@dataclass(frozen=True)
class Advice:
    """One command in a text of the package."""

    where: str
    command: str
    text: str

    @property
    def words(self) -> list[str]:
        """Its words, up to where a sentence goes on."""
        text = self.command.split("'")[0] if self.command.count("'") % 2 else self.command
        found = shlex.split(text)
        kept, values = found[:1], _with_value(found[0])
        rest = iter(found[1:])
        for word in rest:
            flag, _, given = word.partition("=")
            if word.startswith("-"):
                kept.append(word)
                if flag in values and not given:
                    kept.append(next(rest, ""))
            elif VALUE in word or "=" in word or word.isupper() or "/" in word or re.fullmatch("…|[0-9a-f]{16}", word):
                kept.append(word)
            else:
                break
        return kept


def _context(task: str) -> ParserContext:
    found = {one.name: one for one in collection([task]).to_contexts(ignore_unknown_help=True)}
    return found[task]


def _with_value(task: str) -> set[str]:
    return {flag for flag, argument in _context(task).flags.items() if argument.takes_value and not argument.optional}


def _texts(name: str) -> Iterator[tuple[int, str]]:
    """Every text of a module with its line; what it fills in stands as VALUE."""
    no_text: set[ast.AST] = set()
    for node in ast.walk(ast.parse((PACKAGE / name).read_bytes())):  # what is above a node comes before it
        if isinstance(node, _HAS_DOCSTRING):
            first = node.body[0] if node.body else None
            if isinstance(first, ast.Expr) and not name.startswith("cli/"):
                no_text.add(first.value)  # elsewhere than in cli/ a docstring is for people who read the code
        elif isinstance(node, ast.JoinedStr):
            no_text.update(node.values)
            yield node.lineno, "".join(str(p.value) if isinstance(p, ast.Constant) else VALUE for p in node.values)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and node not in no_text:
            yield node.lineno, node.value


_HAS_DOCSTRING = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)


@functools.cache
def texts() -> list[tuple[str, str]]:
    """All of them with their places."""
    return [(f"{name}:{line}", text) for name in MODULES for line, text in _texts(name)]


@functools.cache
def advices() -> list[Advice]:
    """The catalogue: read when a test asks for it, not whenever tests are collected."""
    return [
        Advice(where, " ".join(match.split()), text)
        for where, text in texts()
        for match in _COMMAND.findall(text.replace("{}", VALUE))
    ]


def faults(advice: Advice) -> list[str]:
    """What would stop a person who gives this command."""
    task, *words = advice.words
    flags = _context(task).flags
    found = [f"{task} has no {word}" for word in words if word.startswith("-") and word.partition("=")[0] not in flags]
    found += [f"{a} wants a value" for a, b in pairwise([*words, ""]) if a in _with_value(task) and not b]
    plain = ["word" for word in words if not word.startswith("-")]
    given = {*(word.partition("=")[0] for word in words), *("=" for word in words if "=" in word), *plain}
    if task in NEEDED and not any(given.issuperset(group) for group in NEEDED[task]):
        found.append(f"{task} is given without one of {NEEDED[task]}")
    known = {setting.variable for setting in TABLE.values()}
    if task == "set-config":
        found += [
            f"no setting {w}"
            for w in (word.partition("=")[0] for word in words)
            if len(w) > 1 and w not in (*known, VALUE)
        ]
    if task == "recover" and "--take" in words:
        found += [f"--take {w}" for w in words[words.index("--take") + 1 :][:1] if w not in SIDES]
    return found


def test_a_command_that_is_advised_can_be_given() -> None:
    assert [(advice, found) for advice in advices() if (found := faults(advice))] == []


def test_the_catalogue_is_not_empty_and_finds_faults() -> None:
    assert len(advices()) > 50 and os.sep not in VALUE
    for command, fault in (
        (f"accept {VALUE}", "without one of"),
        ("accept", "without one of"),
        ("recover --mend", "has no --mend"),
        ("set-config NO_SUCH=1", "no setting"),
        ("recover --take mine", "--take mine"),
        ("restore --at", "wants a value"),
    ):
        assert any(fault in words for words in faults(Advice("", command, ""))), command
    for command in (f"accept {VALUE} --reason '…'", "sync to make the first one", "recover --take source"):
        assert faults(Advice("", command, "")) == [], command


def test_no_text_names_a_task_that_is_none() -> None:
    strays = [
        f"{where}: {word}"
        for where, text in texts()
        for quoted in re.findall(r"`([^`\n]+)`", text)
        for word in _UNKNOWN.findall(quoted)
        if word not in TASKS and word not in NO_TASK
    ]
    assert strays == []


def test_each_setting_that_a_message_names_exists() -> None:
    known = {setting.variable for setting in TABLE.values()} | VARIABLES
    strays = [
        f"{where}: {name}"
        for where, text in texts()
        if re.search(r"\b(?:set|unset|setting|set-config)\b", text) and len(text) < 600
        for name in _NAME.findall(text)
        if name not in known and VALUE not in name and not name.startswith(("GIT_", "SSH_"))
    ]
    assert strays == []


_SHELL = re.compile(
    r"`[^`]*`|\b(?:inv|autosync|git|sudo|chmod|chown|mkdir|cd|mv|rm|ln|cp|kill|ssh|crontab|systemctl) "
    "(?:[^;,`()\0]|\0[^\1]*\1)*"
)
"""What a message tells a person to type: between backquotes, or from a program's name on."""
_FREE = re.compile(
    r"\b(?:\w+_)?(?:path|folder|home|source|backup|tree|place|where|real|dir|branch|file|text|url|shown|display)\b"
)
"""Expressions of what may hold a blank or a sign that the shell reads."""
_NO_COMMAND = re.compile(
    r"git (?:\{|fsck:|refuses|does not|left)|crontab already|`\{self.text\}`|\(\]\)|display\(os\.path\.basename"
)
"""Sentences about a program, a time of cron's, an expression: nothing to type."""


def untyped(source: str) -> list[str]:
    """The commands in a module's texts into which a name goes as it is."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.JoinedStr):
            continue
        text = ""
        for part in node.values:
            if isinstance(part, ast.Constant):
                text += str(part.value)
            elif isinstance(part, ast.FormattedValue):
                text += f"\0{ast.unparse(part.value)}\1"
        for command in _SHELL.findall(text):
            shown = command.replace("\0", "{").replace("\1", "}")
            for said in re.findall("\0([^\1]*)\1", command):
                plain = said.startswith(("typed", "set_words(")) or not _FREE.search(said)
                found += [] if plain or _NO_COMMAND.search(shown) else [shown]
    return found


def test_a_name_in_a_command_is_quoted() -> None:
    assert [(name, found) for name in MODULES if (found := untyped((PACKAGE / name).read_text("utf-8")))] == []


def test_what_is_not_quoted_is_found() -> None:
    assert untyped('f"look: git init {display(folder)}"') == ["git init {display(folder)}"]
    assert untyped('f"run `rm {self.path}`" f"`rm {typed(self.path)}`"') == ["`rm {self.path}`"]


@pytest.mark.parametrize(
    "name",
    [b"plain", b"two words", b"it's", b"$HOME", b"a;b", b"*", b"", b"tab\tand\\'", b"\xff\n\x1b", "ü \u202ex".encode()],
)
def test_the_shell_reads_what_is_typed_as_it_is(name: bytes) -> None:
    words = typed(name)
    assert display(words, limit=10_000) == words
    said = subprocess.run(["bash", "-c", f"printf %s {words}"], capture_output=True, check=True)
    assert said.stdout == name
