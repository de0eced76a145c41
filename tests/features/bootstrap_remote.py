"""What the remote is from which a machine is brought up: its shape, and what an enemy put there."""

from __future__ import annotations

import os
import shutil

from pytest_bdd import given, parsers, step

from autosync_tasks.remote.known import host
from autosync_tasks.remote.relation import suggested
from tests.features.bootstrap import QUICK, brought, is_blocked, sync_old
from tests.features.pictures import git
from tests.features.remote import QUOTED, by_others, there
from tests.support.machine import Machine

# ---- what the remote is


@given("the remote is on a branch master")
def master(machine: Machine) -> None:
    git(there(machine), "branch", "-m", "main", "master")
    git(there(machine), "symbolic-ref", "HEAD", "refs/heads/master")


@given("the remote is one whose HEAD is dangling")
def dangling(machine: Machine) -> None:
    git(there(machine), "symbolic-ref", "HEAD", "refs/heads/nothing")


@given("the remote is a bundle")
def bundle(machine: Machine) -> None:
    git(there(machine), "bundle", "create", str(machine.root / "stick.bundle"), "main")
    shutil.rmtree(there(machine))


@given("the remote breaks off in the middle")
def breaks_off(machine: Machine) -> None:
    """Its list of heads is there, and one object that it names is not."""
    pack = there(machine) / "objects"
    pack.rename(machine.root / "objects-away")
    shutil.copytree(machine.root / "objects-away", pack)
    blob = git(there(machine), "rev-parse", "main:AGENTS.md").decode().strip()
    for file in list(pack.glob("pack/*.pack")):
        data = file.read_bytes()
        for other in pack.glob(f"pack/{file.stem}.*"):
            other.unlink()
        git(there(machine), "unpack-objects", "-q", stdin=data)
    (pack / blob[:2] / blob[2:]).unlink()


@given("the remote broke off in the middle of the bootstrap")
def broke_off(machine: Machine) -> None:
    breaks_off(machine)
    brought(machine)
    is_blocked(machine, None)


@step("the remote answers again")
def answers(machine: Machine) -> None:
    shutil.rmtree(there(machine) / "objects")
    (machine.root / "objects-away").rename(there(machine) / "objects")


@given(parsers.re(f"another machine has a backup on the same remote, on the branch {QUOTED}"))
def another_there(machine: Machine, name: str) -> None:
    other = Machine(machine.root / "desk", machine.scanner_cache)
    other.make_tree()
    other.write("AGENTS.md", "# The desk's rules\n")
    other.must_sync()
    git(other.backup, "push", "--quiet", str(there(machine)), f"main:{name}")


@given("another machine has the branch that this host would take")
def branch_taken(machine: Machine) -> None:
    another_there(machine, suggested("main", host()))


# ---- what an enemy puts there


def _tree(machine: Machine, entries: bytes) -> str:
    """A tree object as nobody's git would write it."""
    words = ("hash-object", "-t", "tree", "-w", "--literally", "--stdin")
    return git(there(machine), *words, stdin=entries).decode().strip()


def _put(machine: Machine, tree: str) -> None:
    """A commit of that tree on top of the branch."""
    commit = git(there(machine), "commit-tree", "-p", "main", "-m", "x", tree).decode().strip()
    git(there(machine), "update-ref", "refs/heads/main", commit)


def _blob(machine: Machine, data: bytes) -> bytes:
    return bytes.fromhex(git(there(machine), "hash-object", "-w", "--stdin", stdin=data).decode().strip())


@given("the remote holds a folder .git inside the tree")
def holds_git(machine: Machine) -> None:
    inner = _tree(machine, b"100644 config\0" + _blob(machine, b"[core]\n\tfsmonitor = touch /tmp/x\n"))
    _put(machine, _tree(machine, b"40000 .git\0" + bytes.fromhex(inner)))


@given("the remote holds a name that leads out of the tree")
def holds_dots(machine: Machine) -> None:
    inner = _tree(machine, b"100644 x\0" + _blob(machine, b"x"))
    _put(machine, _tree(machine, b"40000 ..\0" + bytes.fromhex(inner)))


@given("the remote holds more than a config tree can be")
def holds_much(machine: Machine) -> None:
    blob = _blob(machine, os.urandom(QUICK.size + 1_000_000))
    _put(machine, _tree(machine, b"100644 big\0" + blob))


@given("the remote holds a file that unfolds without end")
def unfolds(machine: Machine) -> None:
    """It is in the manifest, as an enemy who knows the format would have it."""
    machine.write("context/stack.md", b"\0" * 60_000_000)
    with (machine.settings / "config.toml").open("a") as file:
        file.write("max_file_size = 100000000\n")
    sync_old(machine)


@given("the remote holds a tree that unfolds without end")
def bomb(machine: Machine) -> None:
    tree = _tree(machine, b"100644 x\0" + _blob(machine, b"x"))
    for _ in range(9):
        tree = _tree(machine, b"".join(b"40000 %d\0" % n + bytes.fromhex(tree) for n in range(10)))
    _put(machine, tree)


@given("the remote holds nothing but a forged manifest")
def forged(machine: Machine) -> None:
    text = b"autosync-manifest 1\nsource aaaaaaaaaaaaaaaa\ncontent " + b"0" * 64 + b"\nf 4755 ../../x\n"
    inner = _tree(machine, b"100644 manifest\0" + _blob(machine, text))
    tree = _tree(machine, b"40000 .autosync\0" + bytes.fromhex(inner))
    commit = git(there(machine), "commit-tree", "-m", "x", tree).decode().strip()
    git(there(machine), "update-ref", "refs/heads/main", commit)


@given("the remote's newest commit says nonsense of the old machine")
def nonsense(machine: Machine) -> None:
    """As deep as JSON can be, and what a terminal would obey."""
    said = {"Run": "0", "Host": "\x1b[2J", "Version": "\x1b[31m", "Profile": "../x", "Not-Here": "[" * 4000}
    words = "\n".join(["x", "", *(f"Autosync-{name}: {value}" for name, value in said.items())])
    commit = git(there(machine), "commit-tree", "-p", "main", "-m", words, "main^{tree}").decode().strip()
    git(there(machine), "update-ref", "refs/heads/main", commit)


@given("the remote holds a link out of the tree")
def link_out(machine: Machine) -> None:
    (machine.root / "outside").mkdir()
    machine.path("context/away").symlink_to(machine.root / "outside")
    sync_old(machine)


@given(parsers.re(f"somebody changed {QUOTED} on the remote by hand"))
def by_hand(machine: Machine, name: str) -> None:
    by_others(machine, name, "# By hand")


@given("the remote holds a secret that was accepted once")
def secret_there(machine: Machine) -> None:
    """Its own rules were off then: the new machine's are not."""
    by_others(machine, "context/stack.md", f"token = {machine.secret}")
