"""Random command lines, settings, files and trees, from nearly right to absurd; the same seed makes the same ones."""

from __future__ import annotations

import os
import random
import socket
from collections.abc import Callable, Iterable
from pathlib import Path

from autosync_tasks.cli.collection import collection

ODD_WORDS = (
    "", " ", "-", "--", "---", "-x", "--no-such", "=", "==", "a=b", "\n", "a\nb", "\x1b[31m", "[/bold]", "\u202e", "é",
    "\udcff", "💥", "0", "-1", "1e999", "99999999999999999999", "nan", "true", "off", ".", "..", "/", "~", "*", "**", "!x",
    "[", "../../..", "/dev/null", "/proc/self/mem", "AGENTS.md", "agent", "./agent/", "x" * 5000, "a/" * 1500, "HEAD",
    "HEAD~1", "main@{1}", "--upload-pack=x", "3 days ago", "2026-01-05", "1d", "10m", "5 years", "* * * * *", "@reboot",
)  # fmt: skip
"""Words of a command line. (No operating system passes on a NUL.)"""

CORE_FLAGS = (
    "-T", "--command-timeout", "-D", "--list-depth", "-F", "--list-format", "-f", "-c", "-r", "--hide", "-h", "--help", "-l",
    "--list", "--print-completion-script", "--complete", "-R", "--dry", "-V", "--version", "-d", "-e", "-p", "-w", "--no-dedupe",
)  # fmt: skip
"""Flags before the first task's name: Invoke's, of which `autosync` knows some."""

ODD_VALUES = (
    "0", "-1", "1", "1e400", "true", '""', '"x"', '"/"', '"~"', '"."', '"/dev/null"', '"\\u0000"', '"\\u001b[31m"', "[]",
    "[1]", '["*"]', '["["]', '["!"]', "{}", "{a = 1}", "1979-05-27", "nan", "inf", "9" * 400, '"' + "x" * 5000 + '"',
    "[[[[]]]]", "{a.b.c = 1}", '"""\n"""', "", "=", '"never"', "0x10", '["a", 1]', "'\u202e'",
)  # fmt: skip
"""Values of a TOML file, some of them no TOML."""

ODD_PLACES = ("", " ", "out", "./a/b", "AGENTS.md", "é", "x" * 5000, "\n", "\udcff", "a/" * 1500, "/dev/null/x")
"""Where something is to be written: nowhere outside the machine of the test."""

NEVER_ENDING = {"watch"}
SLOW = {"demo"}


class Nonsense:
    """One generator."""

    def __init__(self, seed: str) -> None:
        self.random = random.Random(seed)
        tasks = collection()
        self._tasks = {
            name: tasks[name].get_arguments(ignore_unknown_help=True)
            for name in tasks.task_names
            if name not in NEVER_ENDING | SLOW
        }

    def words(self) -> list[str]:
        """A command line: mostly tasks and flags that exist, with values that fit or do not."""
        dice, found = self.random, []
        for _ in range(dice.choice((1, 1, 1, 1, 2))):
            name = dice.choice(list(self._tasks))
            found.append(name if dice.random() < 0.97 else name[:-1])
            for argument in dice.sample(self._tasks[name], k=min(len(self._tasks[name]), dice.choice((0, 1, 1, 2, 3)))):
                found += self._argument(argument.names[0], argument.kind, positional=argument.positional)
        if dice.random() < 0.15:  # flags before the task, Invoke's own that mean nothing here too
            flag, value = dice.choice(CORE_FLAGS), dice.choice(ODD_WORDS)
            found = [*dice.choice(([flag], [flag, value], [f"{flag}={value}"])), *dice.choice(([], found))]
        return [word for word in found if "watch" not in word and "demo" not in word]

    def _argument(self, name: str, kind: type, *, positional: bool) -> list[str]:
        dice = self.random
        value = dice.choice(ODD_PLACES if name == "to" else ODD_WORDS)
        if positional and dice.random() < 0.8:
            return [value]
        if kind is bool:
            return [f"--{name}"] if dice.random() < 0.95 else [f"--{name}={value}"]
        return [f"--{name}={value}"] if dice.random() < 0.8 else [f"--{name}", value]

    def config(self, keys: Iterable[str]) -> bytes:
        """A config file: keys with odd values, or no TOML at all."""
        dice = self.random
        if dice.random() < 0.15:
            return dice.randbytes(dice.randrange(300))
        if dice.random() < 0.15:
            return b"max_sync_frequency = %d\nauto_sync_push = false\n" % dice.randrange(1000)
        lines = [f"{dice.choice([*keys])} = {dice.choice(ODD_VALUES)}" for _ in range(dice.randint(1, 3))]
        lines = [line for line in lines if line != 'opencode_source = "/"']  # the whole machine takes long to look at
        if dice.random() < 0.3:
            lines.append(f"[[rules]]\npattern = {dice.choice(ODD_VALUES)}\npriority = {dice.choice(ODD_VALUES)}")
        return "\n".join(lines).encode("utf-8", "surrogateescape") + b"\n"

    def variables(self, keys: Iterable[str]) -> dict[str, str]:
        """Variables of the environment that set something."""
        dice = self.random
        found = {dice.choice([*keys]).upper(): dice.choice(ODD_WORDS) for _ in range(dice.randint(1, 3))}
        if "OPENCODE_SOURCE" in found:  # the whole machine takes long to look at
            found["OPENCODE_SOURCE"] = dice.choice(ODD_PLACES)
        return found

    def spoil(self, file: Path) -> str:
        """Makes a file something else; what was done, in words."""
        dice, data = self.random, file.read_bytes()
        place = dice.randrange(len(data) + 1)
        new = {
            "empty": b"",
            "cut": data[:place],
            "zeroed": bytes(len(data)),
            "flipped": data[:place] + bytes(byte ^ 1 << dice.randrange(8) for byte in data[place : place + 1]) + data[place + 1 :],
            "longer": data + dice.randbytes(dice.randint(1, 200)),
            "twice": data * 2,
            "JSON of another shape": dice.choice((b"[]", b"{}", b"null", b'"x"', b"3", b"[[]]", b'{"version": []}', b"[1]\n{}\n")),
            "another value": data.replace(b"1", b"-9" * 200, 1),
        }  # fmt: skip
        how = dice.choice([*new, "a folder", "a link to nothing", "a pipe", "unreadable"])
        if how in new:
            file.write_bytes(new[how])
        elif how == "unreadable":
            file.chmod(0)
        else:
            file.unlink()
            {"a folder": file.mkdir, "a pipe": lambda: os.mkfifo(file)}.get(how, lambda: file.symlink_to("/nowhere"))()
        return f"{file.name}: {how}"

    def tree(self, root: Path) -> list[str]:
        """Puts things into a tree that nobody expects there; what they are."""
        dice, top = self.random, os.fsencode(root)
        things: dict[str, Callable[[bytes], object]] = {
            "a pipe": os.mkfifo,
            "a socket": _socket,
            "a link to itself": lambda path: os.symlink(os.path.basename(path), path),
            "a link to /": lambda path: os.symlink("/", path),
            "a deep folder": lambda path: _deep(path, 60),
            "random bytes": lambda path: _write(path, dice.randbytes(dice.randrange(3000))),
            "deep JSON": lambda path: _write(path, b"[" * 5000),
            "one long line": lambda path: _write(path, b"key: " * 20000),
            "front matter": lambda path: _write(path, b"---\n" + dice.choice(_FRONT) + b"\n---\n"),
            "a closed folder": lambda path: os.mkdir(path, 0),
            "an empty file": lambda path: _write(path, b""),
        }
        names = (
            b"opencode.json", b"opencode.jsonc", b"tui.json", b"package.json", b"AGENTS.md", b".git", b".gitignore", b"\xff",
            b"a\nb", b"-rf", b"COM1", b"CON ", b"agent.md", b"SKILL.md", b".autosync", b"\x1b[31m.md", b"x" * 255,
        )  # fmt: skip
        folders = (b"", b"agent/", b"command/", b"skill/s/", b"context/", b".autosync/", b"plugin/")
        done = []
        for _ in range(dice.randint(1, 6)):
            what, path = dice.choice([*things]), top + b"/" + dice.choice(folders) + dice.choice(names)
            if not os.path.lexists(path) and not os.path.isfile(os.path.dirname(path)):
                os.makedirs(os.path.dirname(path), exist_ok=True)
                things[what](path)
                done.append(f"{path!r}: {what}")
        return done


_FRONT = (
    b"a: &a [*a]",
    b"!!python/object:os.system {}",
    b"mode: [",
    b"\xff",
    b"tools: 3",
    b"? ?\n: :",
    b"a: " + b"[" * 2000,
)


def _write(path: bytes, data: bytes) -> None:
    with open(path, "wb") as file:
        file.write(data)


def _deep(path: bytes, depth: int) -> None:
    os.makedirs(path + b"/d" * depth)


def _socket(path: bytes) -> None:
    """Its name may have 107 bytes."""
    folder, name = os.path.split(path)
    here = os.open(".", os.O_RDONLY)
    try:
        os.chdir(folder)
        with socket.socket(socket.AF_UNIX) as made:
            made.bind(name[:100])
    finally:
        os.fchdir(here)
        os.close(here)
