"""Remotes of an enemy: what is refused, what is passed over, and that neither runs, writes or fills anything here."""

from __future__ import annotations

import functools
import http.server
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from autosync_tasks.backup import repository
from autosync_tasks.bootstrap import stage
from autosync_tasks.bootstrap.bootstrap import bootstrap
from autosync_tasks.bootstrap.request import Callbacks, Wish
from autosync_tasks.errors import AutosyncError
from autosync_tasks.model import Run
from autosync_tasks.remote import transport
from autosync_tasks.workspace.request import new_request
from tests.features.bootstrap import QUICK
from tests.features.pictures import git
from tests.support import independent
from tests.support.machine import Machine


class Enemy:
    """Who can write whatever they like into a remote, and nothing else."""

    def __init__(self, machine: Machine, folder: Path) -> None:
        machine.make_tree()
        machine.must_sync()
        self.machine, self.there, self.canary = machine, folder / "remote.git", folder / "canary"
        git(folder, "clone", "--quiet", "--bare", str(machine.backup), str(self.there))

    def git(self, *words: str, stdin: bytes = b"") -> str:
        return git(self.there, *words, stdin=stdin).decode().strip()

    def blob(self, data: bytes) -> str:
        return self.git("hash-object", "-w", "--literally", "--stdin", stdin=data)

    def tree(self, *lines: str) -> str:
        """That of the branch, with these lines of `ls-tree` put over it."""
        names = {line.partition("\t")[2] for line in lines}
        old = [line for line in self.git("ls-tree", "main").splitlines() if line.partition("\t")[2] not in names]
        return self.git("mktree", "--missing", stdin="\n".join([*old, *lines]).encode())

    def puts(self, *lines: str, branch: str = "main", message: str = "x") -> str:
        commit = self.git("commit-tree", "-p", "main", "-F", "-", self.tree(*lines), stdin=message.encode())
        self.git("update-ref", f"refs/heads/{branch}", commit)
        return commit

    def file(self, name: str, data: bytes) -> str:
        return f"100644 blob {self.blob(data)}\t{name}"


@pytest.fixture
def enemy(machine: Machine, workshop: Path) -> Enemy:
    return Enemy(machine, workshop)


@pytest.fixture
def new(workshop: Path, scanner_cache: Path, enemy: Enemy) -> Iterator[Machine]:
    made = Machine(workshop / "new", scanner_cache)
    made.prepare_scanner()
    programs = f'sh -c "touch {enemy.canary}"'
    (made.home / ".gitconfig").write_text(
        f'[filter "x"]\n\tsmudge = {programs}\n\tprocess = {programs}\n\trequired\n[core]\n\tpager = {programs}\n'
    )
    yield made
    assert not enemy.canary.exists()
    assert not list(made.state.glob("*/scratch-*"))


def bring(new: Machine, enemy: Enemy, address: str = "", calls: Callbacks | None = None, **wish: Any) -> Run:
    asked = replace(Wish(address or str(enemy.there), limits=QUICK), **wish)
    return bootstrap(new.environ, asked, new_request(), calls)


# ---- refused within limits


def a_large_commit(enemy: Enemy) -> None:
    enemy.puts(message="a" * 120_000_000)


def a_large_file(enemy: Enemy) -> None:
    enemy.puts(enemy.file("release.iso", b"\0" * 51_000_000))


def much_in_all(enemy: Enemy) -> None:
    enemy.puts(*(enemy.file(f"part{number}", b"\0" * (20_000_000 + number)) for number in range(3)))


def the_same_many_times(enemy: Enemy) -> None:
    one = enemy.file("x", b"\0" * 2_000_000).partition("\t")[0]
    enemy.puts(*(f"{one}\tcopy{number}" for number in range(30)))


def a_large_tree(enemy: Enemy) -> None:
    one = enemy.file("x", b"x").partition("\t")[0]
    inner = enemy.git("mktree", stdin="".join(f"{one}\t{number:08}\n" for number in range(3_000)).encode())
    enemy.puts(f"040000 tree {inner}\tmany")


def many_branches(enemy: Enemy) -> None:
    head = enemy.git("rev-parse", "main")
    lines = "".join(f"create refs/heads/b{number} {head}\n" for number in range(400))
    enemy.git("update-ref", "--stdin", stdin=lines.encode())


def many_files_in_all(enemy: Enemy) -> None:
    for number in range(9):
        enemy.puts(enemy.file("more", b"x"), branch=f"b{number}")


def submodules_that_run(enemy: Enemy) -> None:
    text = f'[submodule "x"]\n\tpath = x\n\turl = --upload-pack=touch {enemy.canary}\n'
    enemy.puts(enemy.file(".gitmodules", text.encode()), f"160000 commit {enemy.git('rev-parse', 'main')}\tx")


def a_host_of_two_megabytes(enemy: Enemy) -> None:
    enemy.puts(message=f"x\n\nAutosync-Host: {'h' * 2_000_000}\nAutosync-Run: 1\n")


REFUSED: list[tuple[Callable[[Enemy], None], str]] = [
    (a_large_commit, "unfolds to more"),
    (a_large_file, ""),  # by its size or by what git needs for it
    (much_in_all, "unfold to more than a backup"),
    (the_same_many_times, "unfold to more than a backup"),
    (a_large_tree, "a tree of"),
    (many_branches, "sends more than"),
    (many_files_in_all, "--branch=NAME"),
    (submodules_that_run, ""),
    (a_host_of_two_megabytes, "more to tell"),
]
ALWAYS = (the_same_many_times, a_large_tree)


@pytest.mark.parametrize(
    ("does", "told"),
    [pytest.param(*one, marks=() if one[0] in ALWAYS else pytest.mark.sweep, id=one[0].__name__) for one in REFUSED],
)
def test_it_is_refused_before_the_first_byte(
    enemy: Enemy, new: Machine, monkeypatch: pytest.MonkeyPatch, does: Callable[[Enemy], None], told: str
) -> None:
    monkeypatch.setattr(stage, "_MOST_OBJECT", 50_000 if does is a_large_tree else stage._MOST_OBJECT)
    monkeypatch.setattr(stage, "_MOST_PATHS", 60)
    monkeypatch.setattr(transport, "_MOST_HEADS", 20_000)
    does(enemy)
    with pytest.raises(AutosyncError) as error:
        bring(new, enemy, limits=replace(QUICK, memory=100_000_000))
    assert told in error.value.message + error.value.hint
    assert error.value.exit_code in (1, 3)
    assert not new.source.exists() and not new.backup.exists()


def test_a_history_of_forged_manifests_is_given_up_in_time(
    enemy: Enemy, new: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(3):
        inner = enemy.git("mktree", stdin=(enemy.file("manifest", b"forged %d\n" % number) + "\n").encode())
        enemy.puts(f"040000 tree {inner}\t.autosync")
    monkeypatch.setattr(repository, "_PATIENCE", -1.0)
    with pytest.raises(AutosyncError) as error:
        bring(new, enemy)
    assert "no backup of a config tree" in error.value.message


@pytest.mark.sweep
def test_a_mere_web_server_is_checked_as_well(enemy: Enemy, new: Machine, workshop: Path) -> None:
    """Git itself does not check what it fetches there file by file."""

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, format: str, *args: object) -> None:
            pass

    inner = enemy.git("mktree", stdin=enemy.file("config", b"x").encode()).encode()
    raw = b"40000 .git\0" + bytes.fromhex(inner.decode())
    tree = enemy.git("hash-object", "-t", "tree", "-w", "--literally", "--stdin", stdin=raw)
    enemy.puts(f"040000 tree {tree}\tplugins")
    enemy.git("update-server-info")
    handler = functools.partial(Quiet, directory=str(workshop))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            with pytest.raises(AutosyncError) as error:
                bring(new, enemy, f"http://127.0.0.1:{server.server_port}/remote.git")
        finally:
            server.shutdown()
    assert "holds what git refuses" in error.value.message
    assert "hasDotgit" in error.value.message
    assert not new.source.exists() and not new.backup.exists()


# ---- passed over: the tree comes as it was


def notes_and_replacements(enemy: Enemy) -> None:
    head, other = enemy.git("rev-parse", "main"), enemy.puts(enemy.file("AGENTS.md", b"evil\n"), branch="evil")
    enemy.git("update-ref", f"refs/replace/{head}", other)
    enemy.git("update-ref", "refs/notes/commits", other)
    enemy.git("update-ref", "-d", "refs/heads/evil")
    (enemy.there / "info").mkdir(exist_ok=True)
    (enemy.there / "info/grafts").write_text(f"{head}\n")


def a_branch_like_an_option(enemy: Enemy) -> None:
    for name in ("--upload-pack=x", "-x"):
        (enemy.there / "refs/heads" / name).write_text(enemy.git("rev-parse", "main") + "\n")


def filters(enemy: Enemy) -> None:
    enemy.puts(enemy.file(".gitattributes", b"* filter=x diff=x merge=x\n"))


def a_submodule(enemy: Enemy) -> None:
    enemy.puts(f"160000 commit {enemy.git('rev-parse', 'main')}\tx")


def names_that_differ_in_case(enemy: Enemy) -> None:
    enemy.puts(enemy.file("agents.MD", b"x\n"), enemy.file("Agents.md", b"y\n"))


def a_host_that_steers_a_terminal(enemy: Enemy) -> None:
    trailers = "Autosync-Host: \x1b[2Jevil\u202e\nAutosync-Run: 1\nAutosync-Trigger-Installed: cron $(id) * * * *\n"
    enemy.puts(message=f"x\n\n{trailers}Autosync-Trigger-Installed: ../x\n")


PASSED_OVER = (
    notes_and_replacements,
    a_branch_like_an_option,
    filters,
    a_submodule,
    names_that_differ_in_case,
    a_host_that_steers_a_terminal,
)


@pytest.mark.parametrize(
    "does",
    [pytest.param(one, marks=() if one is filters else pytest.mark.sweep, id=one.__name__) for one in PASSED_OVER],
)
def test_it_is_passed_over(enemy: Enemy, new: Machine, does: Callable[[Enemy], None]) -> None:
    does(enemy)
    new.fake_crontab()
    run = bring(new, enemy)
    assert run.exit_code == 0, run
    assert independent.source(new.source) == independent.source(enemy.machine.source)
    assert all(char.isprintable() for step in run.steps for char in step.reason)
    assert all(char.isprintable() for note in run.notes for char in note)
    assert not (new.home / "spool/person").exists()
    new.edit("AGENTS.md")
    told = new.sync()
    assert told.exit_code == 0, told.text


@pytest.mark.sweep
def test_a_bundle_that_lies_about_its_heads(enemy: Enemy, new: Machine, workshop: Path) -> None:
    stick = workshop / "stick.bundle"
    enemy.git("bundle", "create", str(stick), "main")
    data, head = stick.read_bytes(), enemy.git("rev-parse", "main").encode()
    stick.write_bytes(data.replace(head + b" refs/heads/main", b"0" * 39 + b"1 refs/heads/main"))
    with pytest.raises(AutosyncError):
        bring(new, enemy, str(stick))
    assert not new.source.exists() and not new.backup.exists()


@pytest.mark.sweep
def test_a_remote_that_lacks_objects_fetches_them_by_no_program(enemy: Enemy, new: Machine) -> None:
    """It says that it is a partial clone of a place that is a command."""
    lost = enemy.git("hash-object", "-w", "--stdin", stdin=b"gone")
    enemy.puts(f"100644 blob {lost}\tgone")
    (enemy.there / "objects" / lost[:2] / lost[2:]).unlink()
    for key, value in (
        ("extensions.partialClone", "x"),
        ("core.repositoryFormatVersion", "1"),
        ("remote.x.promisor", "true"),
        ("remote.x.url", f"ext::sh -c touch% {enemy.canary}"),
        ("protocol.ext.allow", "always"),
    ):
        enemy.git("config", key, value)
    with pytest.raises(AutosyncError):
        bring(new, enemy)
    assert not new.source.exists()


# ---- the remote moves on while a machine is brought up


@pytest.mark.sweep
def test_the_old_machine_syncs_in_the_middle(enemy: Enemy, new: Machine) -> None:
    """What was proven is what is restored; what came since is a conflict that is told, and nothing is lost."""
    before = independent.source(enemy.machine.source)

    def moves(_: object) -> None:
        enemy.machine.edit("AGENTS.md")
        enemy.machine.must_sync()
        git(enemy.machine.backup, "push", "--quiet", str(enemy.there), "main")

    run = bring(new, enemy, calls=Callbacks(found=moves))
    assert independent.source(new.source) == before
    assert run.exit_code in (0, 4), run
    assert enemy.git("rev-parse", "main") == enemy.machine.head
    new.edit("context/stack.md")
    told = new.sync()
    assert told.exit_code == 4, told.text
    assert enemy.git("rev-parse", "main") == enemy.machine.head
