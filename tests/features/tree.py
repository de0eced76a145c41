"""The config tree: what is in it and what happens to it."""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path

from pytest_bdd import given, parsers, step

from tests.features.pictures import git
from tests.features.words import NOUNS, NUMBER, TIME, WHAT, path_of, time_of
from tests.support.machine import Machine

PLURALS = {f"{noun}s": noun for noun in NOUNS}
SOME = "(?P<number>\\d+) (?P<what>" + "|".join(PLURALS) + ")"


@given("a config tree")
def config_tree(machine: Machine) -> None:
    machine.make_tree()


@given("no config tree")
def no_tree(machine: Machine) -> None:
    assert not machine.source.exists()


@given("an empty config tree")
def empty_tree(machine: Machine) -> None:
    machine.source.mkdir(parents=True)
    machine.environ["OPENCODE_SOURCE"] = str(machine.source)


@given(parsers.re(r'a config tree in "~/(?P<folder>[^"]+)"'))
def tree_elsewhere(machine: Machine, folder: str) -> None:
    machine.source = machine.home / folder
    machine.make_tree()


@given(parsers.re(r'config trees in "~/(?P<one>[^"]+)" and "~/(?P<other>[^"]+)"'))
def two_trees(machine: Machine, one: str, other: str) -> None:
    tree_elsewhere(machine, one)
    tree_elsewhere(machine, other)


@given(parsers.re(r'the config tree is reached through the link "~/(?P<link>[^"]+)"'))
def reached_by_link(machine: Machine, link: str) -> None:
    path = machine.home / link
    path.symlink_to(machine.source)
    machine.environ["OPENCODE_SOURCE"] = str(path)


@given("a config tree that is backed up")
def is_backed_up(machine: Machine) -> None:
    machine.make_tree()
    machine.must_sync()


@given(parsers.re(r"a config tree backed up at (?P<time>\d\d:\d\d)"))
def backed_up(machine: Machine, time: str) -> None:
    machine.now = time_of(time)
    machine.make_tree()
    machine.must_sync()


@given(
    parsers.re(
        r'the environment names the tree "~/(?P<tree>[^"]+)" and the backup "~/(?P<backup>[^"]+)", made at (?P<time>\S+)'
    )
)
def backed_up_elsewhere(machine: Machine, tree: str, backup: str, time: str) -> None:
    machine.environ.update(OPENCODE_SOURCE=str(machine.home / tree), OPENCODE_BACKUP=str(machine.home / backup))
    machine.source = machine.home / tree
    backed_up(machine, time)


@given(parsers.re(rf"a config tree of {NUMBER} files backed up at (?P<time>\d\d:\d\d)"))
def many_files(machine: Machine, number: str, time: str) -> None:
    machine.start_anew()
    machine.now = time_of(time)
    for item in range(int(number)):
        machine.write(f"context/note-{item:03}.md", f"Note {item}.\n")
    machine.must_sync()


def unescaped(text: str) -> bytes:
    """Bytes as a feature writes them: `\\n`, `\\t`, `\\xff`; any other backslash is one."""
    short = {b"n": b"\n", b"t": b"\t", b"r": b"\r"}

    def byte(match: re.Match[bytes]) -> bytes:
        return short.get(match[1]) or bytes([int(match[1][1:], 16)])

    return re.sub(rb"\\(x[0-9a-f]{2}|[ntr])", byte, text.encode())


# ---- changes, by Given, When or And


@step(parsers.re(rf"{WHAT} changes(?: at {TIME})?"))
def changes(machine: Machine, what: str, time: str | None) -> None:
    if time:
        machine.now = time_of(time)
    machine.edit(path_of(what))


@step(parsers.re(f"{SOME} change"))
def some_change(machine: Machine, number: str, what: str) -> None:
    first = Path(NOUNS[PLURALS[what]])
    for item in range(int(number)):
        machine.edit(str(first.with_stem(f"{first.stem}-{item}")))


@step("files with these names:")
def names(machine: Machine, datatable: list[list[str]]) -> None:
    """Each name as Python would write it in bytes: `\\xff`, `\\n`."""
    for number, (name, *_) in enumerate(datatable):
        raw = unescaped(name)
        path = os.path.join(os.fsencode(machine.source), raw)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as file:
            file.write(b"Contents %d.\n" % number)


@step(parsers.re(rf"a file name of {NUMBER} letters"))
def long_name(machine: Machine, number: str) -> None:
    machine.write("context/" + "n" * int(number), "A long name.\n")


@step(parsers.re(rf"a path of more than {NUMBER} letters"))
def long_path(machine: Machine, number: str) -> None:
    fd = os.open(machine.source, os.O_DIRECTORY)
    length = 0
    while length <= int(number):
        os.mkdir("d" * 200, dir_fd=fd)
        inner = os.open("d" * 200, os.O_DIRECTORY, dir_fd=fd)
        os.close(fd)
        fd, length = inner, length + 201
    file = os.open("deep.md", os.O_WRONLY | os.O_CREAT, 0o644, dir_fd=fd)
    os.write(file, b"Down here.\n")
    os.close(file)
    os.close(fd)


@step(parsers.re(rf"a repository of its own in {WHAT}"))
def nested_repository(machine: Machine, what: str) -> None:
    folder = machine.path(path_of(what))
    folder.mkdir(parents=True, exist_ok=True)
    git(folder, "init", "--quiet")
    (folder / "tool.md").write_text("A tool of its own.\n")
    git(folder, "add", "tool.md")
    git(folder, "commit", "--quiet", "-m", "first")


@step("the system configuration is broken")
def broken(machine: Machine) -> None:
    machine.write("opencode.json", '{\n  "model": \n')


@step("the broken file is mended")
def mended(machine: Machine) -> None:
    machine.edit("opencode.json")


@step("the config tree is not there for a while")
def away(machine: Machine) -> None:
    machine.source.rename(machine.source.with_name("away"))
    machine.environ["OPENCODE_SOURCE"] = str(machine.source)


@step("the config tree is there again")
def back(machine: Machine) -> None:
    machine.source.with_name("away").rename(machine.source)


# ---- many files


@step(parsers.re(rf"{NUMBER}(?: more)? of the files (?:is|are) (?P<fate>deleted|emptied)"))
def many_gone(machine: Machine, number: str, fate: str) -> None:
    for path in _notes(machine)[: int(number)]:
        path.unlink() if fate == "deleted" else path.write_bytes(b"")


@step("all files are deleted")
def all_gone(machine: Machine) -> None:
    for inside in machine.source.iterdir():
        shutil.rmtree(inside) if inside.is_dir() else inside.unlink()


@step(parsers.re(rf"{NUMBER} of the files are moved to another folder"))
def many_moved(machine: Machine, number: str) -> None:
    (machine.source / "context" / "archive").mkdir()
    for path in _notes(machine)[: int(number)]:
        path.rename(path.parent / "archive" / path.name)


def _notes(machine: Machine) -> list[Path]:
    return sorted(path for path in (machine.source / "context").glob("note-*.md") if path.stat().st_size)


@step("a context file is moved to the docs folder")
def moved_out(machine: Machine) -> None:
    (machine.source / "docs").mkdir(exist_ok=True)
    machine.path("context/stack.md").rename(machine.path("docs/stack.md"))
