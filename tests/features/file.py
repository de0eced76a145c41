"""One file or folder of the tree: what happens to it, and what stands there afterwards."""

from __future__ import annotations

import os
import shutil
import socket
from pathlib import Path

from pytest_bdd import parsers, step, then

from tests.features.tree import unescaped
from tests.features.words import WHAT, path_of
from tests.support.machine import Machine


@step(parsers.re(rf'{WHAT} says "(?P<text>[^"]*)"'))
def says(machine: Machine, what: str, text: str) -> None:
    machine.write(path_of(what), unescaped(text))


@step(parsers.re(rf"{WHAT} is deleted"))
def deleted(machine: Machine, what: str) -> None:
    path = machine.path(path_of(what))
    shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink()


@step(parsers.re(rf'{WHAT} is renamed to "(?P<new>[^"]+)"'))
def renamed(machine: Machine, what: str, new: str) -> None:
    target = machine.path(new)
    target.parent.mkdir(parents=True, exist_ok=True)
    machine.path(path_of(what)).rename(target)


@step(parsers.re(rf"{WHAT} gets mode (?P<mode>[0-7]{{3,4}})"))
def gets_mode(machine: Machine, what: str, mode: str) -> None:
    machine.path(path_of(what)).chmod(int(mode, 8))


@step(parsers.re(rf"{WHAT} cannot be read"))
def cannot_be_read(machine: Machine, what: str) -> None:
    machine.path(path_of(what)).chmod(0)


@step(parsers.re(rf"{WHAT} can be read again"))
def can_be_read(machine: Machine, what: str) -> None:
    path = machine.path(path_of(what))
    path.chmod(0o755 if path.is_dir() else 0o644)


@step(parsers.re(rf'{WHAT} is a link to "(?P<target>[^"]+)"'))
def is_link(machine: Machine, what: str, target: str) -> None:
    path = machine.path(path_of(what))
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    path.symlink_to(machine.expanded(target))


@step(parsers.re(rf"{WHAT} is an empty (?P<kind>file|folder)"))
def is_empty(machine: Machine, what: str, kind: str) -> None:
    if kind == "file":
        machine.write(path_of(what), "")
    else:
        machine.path(path_of(what)).mkdir(parents=True)


@step("the config tree has these as well:")
def has_these(machine: Machine, datatable: list[list[str]]) -> None:
    """Columns: path (as bytes are written), what it is."""
    for name, kind in datatable:
        path = Path(os.fsdecode(os.fsencode(machine.source) + b"/" + unescaped(name)))
        path.parent.mkdir(parents=True, exist_ok=True)
        if kind.startswith("a link to "):
            path.symlink_to(kind.removeprefix("a link to "))
        elif kind == "an empty folder":
            path.mkdir()
        else:
            path.write_text(f"Contents of {kind}.\n")
            path.chmod(int(kind.removeprefix("a file of mode "), 8) if "mode" in kind else 0o644)


@step(parsers.re(rf"{WHAT} is a (?P<size>\d+) MB file"))
def is_large(machine: Machine, what: str, size: str) -> None:
    machine.write(path_of(what), "")
    os.truncate(machine.path(path_of(what)), int(size) * 1_000_000)


@step(parsers.re(rf"{WHAT} is a (?P<kind>pipe|socket)"))
def is_special(machine: Machine, what: str, kind: str) -> None:
    path = machine.path(path_of(what))
    path.parent.mkdir(parents=True, exist_ok=True)
    if kind == "pipe":
        os.mkfifo(path)
        return
    here = Path.cwd()
    with socket.socket(socket.AF_UNIX) as door:
        try:
            os.chdir(path.parent)  # a socket's address is at most 107 bytes long
            door.bind(path.name)
        finally:
            os.chdir(here)


@step(parsers.re(rf"{WHAT} is edited without a trace in size and time"))
def edited_in_secret(machine: Machine, what: str) -> None:
    path = machine.path(path_of(what))
    facts = path.stat()
    data = path.read_bytes()
    path.write_bytes(bytes([data[0] ^ 1]) + data[1:])
    os.utime(path, ns=(facts.st_atime_ns, facts.st_mtime_ns))


@step(parsers.re(rf"{WHAT} has old times"))
def old_times(machine: Machine, what: str) -> None:
    os.utime(machine.path(path_of(what)), (1_000_000_000, 1_000_000_000))


@step(parsers.re('the note "(?P<note>[^"]+)" becomes a folder with the note "(?P<inner>[^"]+)"'))
def becomes_folder(machine: Machine, note: str, inner: str) -> None:
    machine.write(note, "Plans.\n")
    machine.must_sync()
    machine.path(note).unlink()
    machine.write(inner, "Today's plans.\n")


@then(parsers.re(f"the config tree has {WHAT}"))
def tree_has(machine: Machine, what: str) -> None:
    assert machine.path(path_of(what)).is_file()


@then(parsers.re(f"the config tree has no {WHAT}"))
def tree_has_not(machine: Machine, what: str) -> None:
    assert not os.path.lexists(machine.path(path_of(what)))


@then(parsers.re(f'the config tree has {WHAT}, but no "(?P<other>[^"]+)"'))
def tree_has_but_not(machine: Machine, what: str, other: str) -> None:
    tree_has(machine, what)
    tree_has_not(machine, f'"{other}"')


@then(parsers.re(f'the config tree has {WHAT}, saying "(?P<text>[^"]*)"'))
def tree_says(machine: Machine, what: str, text: str) -> None:
    assert machine.path(path_of(what)).read_text().strip() == text.replace("\\n", "\n")


@then("the config tree has these:")
def tree_has_several(machine: Machine, datatable: list[list[str]]) -> None:
    """Columns as of "the config tree has these as well"."""
    for name, kind in datatable:
        path = machine.path(name)
        match kind.rpartition(" "):
            case "a file of mode", _, mode:
                assert path.stat().st_mode & 0o7777 == int(mode, 8)
            case "a link to", _, target:
                assert os.readlink(path) == target
            case _:
                assert kind == "an empty folder"
                assert os.listdir(path) == []
