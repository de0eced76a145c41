"""Each known attack by the config tree, by the backup or by the surroundings: a canary file stays unwritten.

Every attack is proved to be one: what plain git, or naive code, does in the same place writes the canary. Those that
come by a remote are in test_remotes_attacks.py, those against a restore in test_restore_attacks.py.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support import independent
from tests.support.place import Place, program

pytestmark = pytest.mark.sample(8, of_file=True)

COMMANDS: tuple[tuple[str, ...], ...] = (
    ("detect",), ("diff",), ("status",), ("sync", "--check"), ("sync",), ("verify", "--deep"), ("verify", "--drill"),
    ("restore", "--yes", "--at", "main~1"), ("restore", "--undo"), ("recover", "--check"), ("recover",), ("sync", "--force"),
)  # fmt: skip
"""Everything that reads or writes tree and backup."""


@pytest.fixture
def place(workshop: Path, scanner_cache: Path, one_scanner: None) -> Place:
    place = Place.make(workshop, scanner_cache)
    place.write("AGENTS.md", "# Rules\n")
    place.write("context/a.md", "a\n")
    assert place.inside().code == 0
    place.write("context/a.md", "second\n")
    assert place.inside().code == 0
    return place


@pytest.fixture
def canary(place: Place) -> Path:
    """A file that nothing may ever make."""
    return place.base / "canary"


@pytest.fixture
def bad(place: Place, canary: Path) -> str:
    """A program that makes it."""
    script = place.base / "bad"
    script.write_text(f"#!/bin/sh\necho ran >> '{canary}'\nexit 1\n")
    script.chmod(0o755)
    return str(script)


def everything(place: Place, canary: Path) -> None:
    """Every command, after a change of the tree; none makes the canary, and the tree is backed up all the same."""
    place.write("context/a.md", "third\n")
    place.write("context/b.md", "new\n")
    for task, *flags in COMMANDS:
        run = place.inside(task, *flags)
        assert b"Traceback" not in run.err, run
        assert not canary.exists(), f"{task} {flags}\n{run}"
    assert [place.git("show", f"main:context/{name}.md") for name in "ab"] == [b"third\n", b"new\n"]


def fsmonitor(place: Place, bad: str) -> None:
    place.git("config", "core.fsmonitor", bad)


def hooks(place: Place, bad: str) -> None:
    for folder in (place.backup / ".git/hooks", place.base / "hooks"):
        folder.mkdir(exist_ok=True)
        for name in ("pre-commit", "post-commit", "post-checkout", "post-index-change", "reference-transaction",
                     "post-rewrite", "pre-auto-gc", "post-merge", "pre-push"):  # fmt: skip
            shutil.copy(bad, folder / name)


def hooks_elsewhere(place: Place, bad: str) -> None:
    hooks(place, bad)
    shutil.rmtree(place.backup / ".git/hooks")
    place.git("config", "core.hooksPath", str(place.base / "hooks"))


def filters(place: Place, bad: str) -> None:
    """An agent writes the attributes into the tree; the command is in the backup's config."""
    place.write(".gitattributes", "* filter=evil diff=evil merge=evil text working-tree-encoding=UTF-16\n")
    for key in ("clean", "smudge", "process"):
        place.git("config", f"filter.evil.{key}", bad)
    place.git("config", "merge.evil.driver", bad)


def differs(place: Place, bad: str) -> None:
    place.write(".gitattributes", "* diff=evil\n")
    for key in ("diff.evil.textconv", "diff.evil.command", "diff.external"):
        place.git("config", key, bad)


def programs(place: Place, bad: str) -> None:
    place.git("config", "commit.gpgSign", "true")
    for key in ("gpg.program", "core.editor", "core.pager", "sequence.editor", "interactive.diffFilter"):
        place.git("config", key, bad)


def includes(place: Place, bad: str) -> None:
    """The same by a file that the config includes, and by one that depends on the branch."""
    (place.backup / ".git/more").write_text(f"[core]\n\tfsmonitor = {bad}\n")
    place.git("config", "include.path", "more")
    place.git("config", "includeIf.onbranch:main.path", "more")


def submodules(place: Place, bad: str) -> None:
    """A `.gitmodules` in the tree, and a person's commit with the link that goes with it."""
    text = f'[submodule "x"]\n\tpath = x\n\turl = ext::{bad}\n\tupdate = checkout\n'
    place.write(".gitmodules", text)
    assert place.inside().code == 0
    place.git("update-index", "--add", "--cacheinfo", f"160000,{place.head},x")
    place.git("commit", "-qm", "a submodule")
    place.git("config", "protocol.ext.allow", "always")
    place.git("config", "submodule.recurse", "true")


def plainly(*words: str) -> Callable[[Place], object]:
    """What a person's git does there; how it ends is of no interest."""
    return lambda place: place.git(*words, accept=range(256))


def commits(place: Place) -> None:
    (place.backup / "README.md").write_text("by hand\n")
    plainly("add", "-A")(place)
    plainly("commit", "-m", "x")(place)


@pytest.mark.parametrize(
    ("attack", "naive"),
    [
        (fsmonitor, plainly("status")),
        (hooks, commits),
        (hooks_elsewhere, commits),
        (filters, commits),
        (differs, plainly("diff", "--ext-diff", "HEAD~1")),
        (programs, commits),
        (includes, plainly("status")),
        (submodules, plainly("-c", "protocol.ext.allow=always", "submodule", "update", "--init")),
    ],
)
def test_a_poisoned_backup_runs_nothing(
    place: Place, canary: Path, bad: str, attack: Callable[[Place, str], None], naive: Callable[[Place], object]
) -> None:
    attack(place, bad)
    assert not canary.exists()
    everything(place, canary)
    if attack is filters:
        shutil.copy(place.source / ".gitattributes", place.backup)
        (place.backup / ".git/info/attributes").unlink()  # which is what disarms them for people as well
    naive(place)
    assert canary.exists(), "plain git does not do it either: this was no attack"


def test_a_branch_that_is_an_option(place: Place, canary: Path, bad: str) -> None:
    there = place.base / "there.git"
    place.git("init", "-q", "--bare", str(there), repository=place.base)
    place.git("remote", "add", "origin", str(there))
    option = f"--receive-pack={bad}"
    for setting in ("BACKUP_BRANCH", "REMOTE"):
        place.more[setting] = option
        for words in (("sync", "--push"), ("status",), ("verify", "--drill")):
            run = place.inside(*words)
            assert run.code in (1, 2), run
            assert b"Traceback" not in run.err
        del place.more[setting]
    run = place.inside("restore", "--at", f"--output={canary}")
    assert run.code != 0
    assert not canary.exists()
    place.git("push", "origin", option, "main", accept=range(256))
    assert canary.exists()


LINKS = ["logs/HEAD", "logs/refs/heads/main", "info/attributes", "index", "packed-refs", "refs/heads/main", "HEAD"]


@pytest.mark.parametrize("name", [*LINKS, "logs", "refs", "objects", "objects/pack", "refs/heads"])
def test_a_link_inside_the_repository_that_leads_out(place: Place, name: str) -> None:
    """Git writes through it; nothing of ours does, and a person is told what stands there."""
    outside = place.base / "outside"
    inner = place.backup / ".git" / name
    inner.rename(outside) if inner.exists() else outside.write_bytes(b"precious\n")
    inner.parent.mkdir(exist_ok=True)
    inner.symlink_to(outside)
    before = _seen(outside)
    place.write("context/a.md", "third\n")
    for task, *flags in COMMANDS:
        run = place.inside(task, *flags)
        assert run.code != 0 or task in ("detect", "diff"), run
        assert f"{name} is a link" in run.words, run
        assert b"Traceback" not in run.err
        assert _seen(outside) == before, f"{task} wrote through the link"


def _seen(path: Path) -> dict[str, bytes]:
    files = [path] if path.is_file() else [below for below in path.rglob("*") if below.is_file()]
    return {str(file): file.read_bytes() for file in files}


def test_plain_git_writes_through_such_a_link(place: Place, canary: Path) -> None:
    log = place.backup / ".git/logs/HEAD"
    log.rename(canary)
    log.symlink_to(canary)
    size = canary.stat().st_size
    commits(place)
    assert canary.stat().st_size > size


@pytest.mark.parametrize("folder", [True, False])
def test_a_link_in_the_backups_work_tree_that_leads_out(place: Place, folder: bool) -> None:
    """An own path stands there as a link now; what it leads to is not written, and the link is put aside."""
    outside = place.base / "outside"
    outside.mkdir()
    (outside / "a.md").write_text("canary\n")
    inner = place.backup / ("context" if folder else "context/a.md")
    shutil.rmtree(inner) if folder else inner.unlink()
    inner.symlink_to(outside if folder else outside / "a.md")
    place.write("context/a.md", "third\n")
    place.write("context/new.md", "new\n")
    assert place.inside().code == 0
    assert _seen(outside) == {str(outside / "a.md"): b"canary\n"}
    assert independent.differences(place.source, place.backup) == []
    for task, *flags in COMMANDS:
        assert b"Traceback" not in place.inside(task, *flags).err
    assert _seen(outside) == {str(outside / "a.md"): b"canary\n"}


STATE = [
    "history.jsonl",
    "scan.cache",
    "tree.cache",
    "worktree",
    "pending.json",
    "lock",
    "seen",
    "push.json",
    "told.json",
]


def _state(place: Place) -> Path:
    return next(path.parent for path in place.state.glob("*/worktree"))


@pytest.mark.parametrize("name", [*STATE, ""])
def test_a_planted_link_in_the_state_folder(place: Place, canary: Path, name: str) -> None:
    """Whatever the state would write goes nowhere else; "" is the folder itself."""
    target = _state(place) / name if name else _state(place)
    canary.mkdir() if name in ("", "seen") else canary.write_bytes(b"precious\n")
    if target.is_dir():
        shutil.rmtree(target)
    target.unlink(missing_ok=True)
    target.symlink_to(canary)
    before = _seen(canary)
    place.write("context/a.md", "third\n")
    for task, *flags in [("sync", "--trigger=schedule"), *COMMANDS]:
        run = place.inside(task, *flags)
        assert b"Traceback" not in run.err, run
        assert _seen(canary) == before, f"{task} wrote through the link"


@pytest.mark.parametrize("name", STATE)
def test_a_planted_fifo_in_the_state_folder_makes_nobody_wait(place: Place, name: str) -> None:
    target = _state(place) / name
    shutil.rmtree(target) if target.is_dir() else target.unlink(missing_ok=True)
    os.mkfifo(target)
    place.write("context/a.md", "third\n")
    _in_time(place, ["sync", "--trigger=schedule"])
    _in_time(place, ["status"])


@pytest.mark.parametrize(
    "name", ["HEAD", "refs/heads/main", "packed-refs", "index", "config", "info/attributes", "logs/HEAD"]
)
def test_a_fifo_inside_the_repository_makes_nobody_wait(place: Place, name: str) -> None:
    target = place.backup / ".git" / name
    target.unlink(missing_ok=True)
    os.mkfifo(target)
    place.write("context/a.md", "third\n")
    for words in (["sync"], ["status"], ["recover"]):
        assert f"{name} is neither a file nor a folder" in _in_time(place, words)


@pytest.mark.parametrize("where", ["source/context/pipe", "backup/AGENTS.md", "config.toml"])
def test_a_fifo_elsewhere_makes_nobody_wait(place: Place, where: str) -> None:
    target = place.config if where == "config.toml" else place.base / where
    target.unlink(missing_ok=True)
    os.mkfifo(target)
    place.write("AGENTS.md", "# Rules, second\n")
    for words in (["sync"], ["status"], ["verify"], ["recover", "--check"]):
        _in_time(place, words)
    if not target.is_fifo():
        return  # the backup's own file stands there again
    with pytest.raises(subprocess.TimeoutExpired):  # what naive code does with it
        subprocess.run(["cat", str(target)], timeout=0.5, check=False, capture_output=True)


def _in_time(place: Place, words: list[str]) -> str:
    said = place.run(*words, seconds=30).words
    assert "Traceback" not in said, said
    return said


NAMES = [
    b"context/$(touch canary).md", b"context/`touch canary`.md", b"context/; touch canary #.md", b"context/-rf",
    b"context/a\n* * * * * touch canary\n.md", b"context/\x1b]0;x\x07\x1b[2J.md", b"context/[bold]x[/bold][/x].md",
    b"--output=canary", b"context/%s%n.md", b"context/|touch canary",
]  # fmt: skip


def test_names_are_only_names(place: Place, canary: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In every command, in the commit's message, in the log of runs, in the hook's notification."""
    for raw in NAMES:
        path = os.path.join(os.fsencode(place.source), raw)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as file:
            file.write(b"#!/bin/sh\nfi fi\n")
        os.chmod(path, 0o755)
    place.more["NOTIFY_COMMAND"] = "true"
    monkeypatch.chdir(place.base)
    for task, *flags in COMMANDS:
        run = place.inside(task, *flags)
        assert b"Traceback" not in run.err, run
        assert run.out.isascii() and b"\x1b" not in run.out
        assert not list(place.base.rglob("canary")), task
    body = place.git("log", "--format=%B", "main")
    assert b"\x1b" not in body
    assert not any(line.startswith(b"* * *") for line in body.splitlines())
    assert independent.differences(place.source, place.backup) == []
    subprocess.run(["sh", "-c", f"echo {NAMES[0].decode()} > /dev/null"], cwd=place.base, check=True)
    assert canary.exists(), "a shell that is given such a name runs it"


@pytest.mark.parametrize("how", ["autosync", "sync-config", "python"])
def test_a_git_py_in_the_current_folder_is_not_imported(place: Place, canary: Path, how: str) -> None:
    here = place.base / "here"
    here.mkdir()
    for name in ("git.py", "invoke.py", "rich.py", "tasks.py", "yaml.py", "json.py", "sitecustomize.py"):
        (here / name).write_text(f"open({str(canary)!r}, 'a').write('ran')\n")
    place.write("context/a.md", "third\n")
    command = {
        "autosync": [*program(), "sync"],
        "sync-config": [str(Path(program()[0]).with_name("sync-config")), "--push"],
        "python": [sys.executable, "-c", "from autosync_tasks.cli.program import autosync; autosync()", "sync"],
    }[how]
    environ = {**place.environ, "PATH": f"{here}:{place.environ['PATH']}"}
    if how == "python":
        del environ["PYTHONPATH"]  # as an agent's hook may run it; `python -c` puts the current folder first
    done = subprocess.run(command, env=environ, cwd=here, capture_output=True, timeout=60, check=False)
    assert b"Traceback" not in done.stderr, done.stderr
    if how != "python":
        assert not canary.exists()
    subprocess.run([sys.executable, "-c", "import git"], cwd=here, capture_output=True, check=False)
    assert canary.exists(), "a plain import takes it"


POLICIES = [
    "config.toml", "autosync.toml", ".autosync.toml", ".autosync-tasks.toml", ".autosync/config.toml",
    "autosync-tasks/config.toml", ".config/autosync-tasks/config.toml", "pyproject.toml", ".autosyncignore", "setup.cfg",
]  # fmt: skip


def test_a_policy_inside_the_tree_is_not_obeyed(
    place: Place, canary: Path, bad: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An agent that writes one would switch off validation, exclude what it changed, and have a command run."""
    text = f'notify_command = "{bad}"\nauto_sync_enabled = false\nauto_sync_validate = false\nsync_exclusions = ["*"]\n'
    for name in POLICIES:
        place.write(name, text)
    place.write("opencode.json", "{ not json\n")
    place.more["MAX_SYNC_FREQUENCY"] = "0"
    monkeypatch.chdir(place.source)
    run = place.inside("sync", "--trigger=schedule")
    assert (run.code, run.outcome) == (3, "blocked"), run
    assert not canary.exists()
    # The same text where it belongs is obeyed.
    (place.source / "opencode.json").unlink()
    place.config.write_text(f'notify_command = "{bad}"\n' + place.config.read_text())
    place.write("opencode.json", "{ still not json\n")
    assert place.inside("sync").code == 3
    assert canary.exists()
