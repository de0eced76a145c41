"""Each command that stands by itself on a page is run, in the page's order, on a machine of its own.

Those in running text and in tables are run too, each from the same start. docs/restore.md has its own test
(tests/restore/test_page.py), for each of its days begins with another misfortune. The changelog is no page of commands.
"""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.features.pictures import git
from tests.support.forks import CHECKOUT
from tests.support.machine import BIN, Machine

PAGES = sorted(path for path in [*CHECKOUT.glob("*.md"), *CHECKOUT.glob("docs/*.md")] if path.name != "restore.md")

NOT_RUN = {
    r"python3 -m venv ": "it is how this very suite, or a release, is installed; .ci/run runs it from the README",
    r"(pip install coverage && )?python -m tools.mutants ": "it takes an hour; tests/test_mutants.py holds the tool",
}
"""A command's beginning, and why it is not run here."""

ENDS = {
    "autosync doctor": (0, 1),  # what this machine lacks (a cron daemon) is its own affair
    "inv doctor": (0, 1),
}
"""What a command may end with, where that is not 0 (or 5 in check mode)."""


IN_TEXT = {
    r"(inv|autosync) watch( --json)?$": "it goes on until it is stopped: features/triggers/watcher.feature",
    r"(inv|autosync) demo$": "features/cli/demo.feature takes it whole",
    r"inv -T abc$": "the page names it because Invoke itself fails at it",
    r"inv$": "`inv` without a task is Invoke's own list, wherever one stands",
}
"""What stands in a text and is not run from there, and why."""

CODES = {
    r".* (doctor|status|install-timer|watch --install)\b": (0, 1),  # a machine without cron and systemd
    r".* (accept|why|bootstrap|set-config)$": (2,),  # the page speaks of the task; it wants a word more
    r".* recover --take": (4,),  # there is no conflict here; features/remote/conflict.feature has one
    r".* recover --forget": (3,),  # it was pushed: the page says so and names --pushed
    r".* machines --forget": (2,),  # no other machine is known here; features/machines has one
    r".* bootstrap ": (0, 3),  # a tree stands here
}
"""What one in a text may end with, where that is not 0."""


def commands(page: Path) -> list[str]:
    """The lines of its `sh` blocks, and indented lines that call a program of ours or git."""
    text = page.read_text("utf-8")
    found = re.findall(
        r"^```sh\n(.*?)^```|^ {4}((?:[A-Z_]+=\S+ )?(?:inv|autosync|sync-config|git) [^\n]*)$",
        text,
        re.DOTALL | re.MULTILINE,
    )
    lines = [line for block, single in found for line in (block or single).splitlines()]
    return [line.strip() for line in lines if line.strip() and not line.lstrip().startswith("#")]


def runs(line: str) -> bool:
    return not any(re.match(start, line) for start in NOT_RUN)


def with_a_backup(machine: Machine) -> None:
    machine.must_sync()


def with_a_remote(machine: Machine) -> None:
    """An empty one, and a backup that does not know of it."""
    machine.must_sync()
    git(machine.root, "init", "--quiet", "--bare", "--initial-branch=main", str(machine.root / "remote.git"))


def with_a_remote_named(machine: Machine) -> None:
    with_a_remote(machine)
    git(machine.backup, "remote", "add", "origin", str(machine.root / "remote.git"))


def on_another_machine(machine: Machine) -> None:
    machine.must_sync()
    git(machine.root, "clone", "--quiet", "--bare", str(machine.backup), str(machine.root / "remote.git"))
    machine.start_anew()
    machine.prepare_scanner()


BEFORE: dict[str, Callable[[Machine], None]] = {
    "quick-start.md": lambda machine: None,
    "README.md": lambda machine: None,
    "remotes.md": with_a_remote,
    "settings.md": with_a_remote_named,
    "machines.md": on_another_machine,
}
"""What has happened before a page is opened; elsewhere there is a backup."""


@pytest.mark.sample(3)
@pytest.mark.parametrize("page", [page for page in PAGES if any(map(runs, commands(page)))], ids=lambda page: page.name)
def test_every_command_of_a_page_does_what_it_is_there_for(machine: Machine, page: Path) -> None:
    machine.now = time.time() - 3600
    machine.make_tree()
    machine.prepare_scanner()
    machine.fake_crontab("")
    machine.root.joinpath("stick").mkdir()
    BEFORE.get(page.name, with_a_backup)(machine)
    for line in filter(runs, commands(page)):
        code, said = run(machine, line)
        assert code in ENDS.get(line, (5, 0) if "--check" in line else (0,)), f"{line}\n{said}"


def run(machine: Machine, line: str) -> tuple[int, str]:
    """One line as a shell would take it; our programs in this process."""
    here = line.replace("/mnt/stick", str(machine.root / "stick")).replace("ADDRESS", str(machine.root / "remote.git"))
    here = here.replace("git@example.org:me/opencode-backup.git", str(machine.root / "remote.git"))
    here = re.sub(r"(?<![^\s=])~/", f"{machine.home}/", here)
    words = [word for word in shlex.split(here, comments=True) if word]
    given = {}
    while re.match(r"[A-Z_]+=", words[0]):
        name, _, value = words.pop(0).partition("=")
        given[name] = value
    words[0] = Path(words[0]).name
    if words[0] in ("inv", "autosync", "sync-config"):
        machine.environ.update(given)
        told = machine.command("autosync" if words[0] == "inv" else words[0], *words[1:])
        told.spoken = True
        for name in given:
            del machine.environ[name]
        return told.exit_code, told.text + told.stderr
    env = {**machine.environ, "PATH": f"{BIN}:/usr/bin:/bin"}
    done = subprocess.run(["sh", "-c", here], env=env, cwd=machine.root, capture_output=True, check=False, timeout=60)
    return done.returncode, (done.stdout + done.stderr).decode()


def in_text() -> list[str]:
    pages = [page for page in [*PAGES, CHECKOUT / "docs/restore.md"] if page.name != "CHANGELOG.md"]
    spans = {span for page in pages for span in re.findall(r"`([^`\n]+)`", page.read_text("utf-8"))}
    return sorted(span for span in spans if re.match(r"(?:inv|autosync|sync-config)(?: |$)", span))


def filled(line: str, machine: Machine) -> str:
    """With what a person would put in the place of its blanks."""
    profile = "--profile=claude" in line
    for blank, word in {
        r"FOLLOW_CONFIG=FILE": f"FOLLOW_CONFIG={machine.root}/own.json",
        r"--forget (FINGERPRINT|FILE|ID)\b": "--forget context/stack.md --yes",
        r"FINGERPRINT": machine.fingerprint,
        r"'…'": "'made up'",
        r"--trigger=…": "--trigger=manual",
        r"…|ADDRESS|git@example.org:\S+": str(machine.root / "remote.git"),
        r"\bCODE\b": "SEC001",
        r"PATH": "CLAUDE.md" if profile else "AGENTS.md",
        r"FOLDER": str(machine.source),
        r"BACKUP_BRANCH=NAME": "BACKUP_BRANCH=main",
        r"NAME": "claude",
        r"HOST": "nobody",
        r"agents/build\.md|build\.md": "agent/reviewer.md",
        r"notes/": "context/",
        r"--at '3 days ago'": "",
    }.items():
        line = re.sub(blank, word, line)
    asks = r"(inv|autosync) (accept |restore($| --outside| --profile)|recover --accept-loss)"
    return f"{line} --yes" if re.match(asks, line) and "--list" not in line else line


@pytest.mark.sweep
def test_every_command_in_a_text_is_what_it_says(
    machine: Machine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tests.support.machine.picture", lambda *_: {})
    machine.now = time.time() - 3600
    machine.make_tree()
    (machine.root / "own.json").write_text("{}\n")
    (machine.home / ".claude").mkdir()
    (machine.home / ".claude.json").write_text('{"mcpServers": {"notes": {"command": "notes"}}}\n')
    (machine.home / ".claude/CLAUDE.md").write_text("# Rules\n")
    machine.prepare_scanner()
    machine.fake_crontab("")
    machine.environ["SHELL"] = "/bin/bash"
    with_a_remote_named(machine)
    for line in (f"set-config FOLLOW_CONFIG={machine.root}/own.json", "sync --push"):
        assert run(machine, f"autosync {line}")[0] == 0
    kept = tmp_path / "kept"
    shutil.copytree(machine.root, kept, symlinks=True)
    wrong = []
    for line in in_text():
        if any(re.match(start, line) for start in IN_TEXT):
            continue
        if "FINGERPRINT" in line:
            machine.write("context/secret.md", f"The token is {machine.secret}\n")
            found = run(machine, "autosync validate --json")[1]
            machine.fingerprint = re.findall(r'"fingerprint": "([0-9a-f]{16})"', found)[0]
        if "--undo" in line:
            machine.path("AGENTS.md").unlink()
            assert run(machine, "autosync restore AGENTS.md")[0] == 0
        if "claude" in line:
            assert [run(machine, f"autosync {first} claude")[0] for first in ("profiles --on", "sync --profile")] == [
                0,
                0,
            ]
        code, said = run(machine, filled(line, machine))
        allowed = next((codes for start, codes in CODES.items() if re.match(start, line)), (0,))
        if code not in allowed:
            wrong.append(f"{code} {line} = {filled(line, machine)}\n{said}")
        shutil.rmtree(machine.root)
        shutil.copytree(kept, machine.root, symlinks=True)
    assert not wrong, "\n".join(wrong)


def test_each_reason_not_to_run_a_command_is_needed() -> None:
    for reasons in (IN_TEXT, CODES):
        assert [start for start in reasons if not any(re.match(start, line) for line in in_text())] == []
    every = [line for page in PAGES for line in commands(page)]
    assert [start for start in NOT_RUN if not any(re.match(start, line) for line in every)] == []


def test_each_message_that_a_page_explains_is_said_by_the_program() -> None:
    """By its words between what differs, wherever the code breaks its lines."""
    text = CHECKOUT.joinpath("docs/troubleshooting.md").read_text("utf-8")
    code = "".join(path.read_text("utf-8") for path in CHECKOUT.joinpath("autosync_tasks").rglob("*.py"))
    said = re.sub(r'"\s+f?"', "", code)
    cells = [line.split(" | ")[0] for line in text.splitlines() if line.startswith("| `")]
    outcomes = r"(?:blocked|deferred|skipped|incomplete|not pushed|notify failed|heartbeat_url): ?"
    pieces = [
        piece.strip(" :,…")
        for cell in cells
        for message in re.findall(r"`([^`]+)`", cell)
        for piece in re.split(r"…|, and |validation: ", re.sub(f"^{outcomes}", "", message))
    ]
    foreign = {"autosync: command not found", "Can't find any collection named 'tasks'!"}
    foreign |= {"too many open files", "memory allocation of"}  # the system's and the scanner's own words
    assert [piece for piece in pieces if piece and piece not in said and piece not in foreign] == []
