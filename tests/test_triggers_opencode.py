"""The plugin in the real OpenCode, with the real sync: `run`, `serve` and the terminal program."""

from __future__ import annotations

import base64
import contextlib
import json
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from autosync_tasks.triggers import hook
from tests.bursts import content_in
from tests.opencode.client import Home, program
from tests.opencode.model_server import ModelServer

AUTOSYNC = Path(sys.executable).with_name("autosync")
COMMAND = [str(AUTOSYNC), "sync", "--trigger=workflow"]
DONE = "The turn is over."
TOKEN = "Z2hwX2szVnE5VHpSdzJMbVhiN1lwTmM0SHNKZDhGZ1FhRTFoMkZpNA=="
"""A made-up access token with a right checksum, coded so that no scanner takes this file for a leak."""


class Bed:
    """A home with OpenCode, the plugin and an empty backup; a turn that writes, edits and uses the shell."""

    def __init__(self, root: Path, model: ModelServer) -> None:
        self.home = Home(root / "home", model.url)
        self.model = model
        self.tree, self.backup = self.home.tree, root / "backup"
        (self.tree / "context").mkdir()
        (self.tree / "context" / "old.md").write_text("alpha\n")
        config = self.home.root / ".config" / "autosync-tasks" / "config.toml"
        config.parent.mkdir(parents=True)
        lines = [f'opencode_source = "{self.tree}"', f'opencode_backup = "{self.backup}"', "max_sync_frequency = 0"]
        config.write_text("\n".join(lines) + "\n")
        self.model.steps = [
            self.write("context/new.md", "# New\n"),
            {"tool": "read", "args": {"filePath": f"{self.tree}/context/old.md"}},
            {
                "tool": "edit",
                "args": {"filePath": f"{self.tree}/context/old.md", "oldString": "alpha", "newString": "beta"},
            },
            {
                "tool": "bash",
                "args": {"command": f"mkdir -p {self.tree}/bin; echo x > {self.tree}/bin/x", "description": "make"},
            },
            {"text": DONE},
        ]
        # As a user has it: backed up by hand once. (The first sync of all compiles the secret rules, for seconds.)
        first = [str(AUTOSYNC), "sync"]
        subprocess.run(first, env=self.home.environ, check=True, capture_output=True, timeout=120)

    def write(self, path: str, text: str) -> dict[str, Any]:
        return {"tool": "write", "args": {"filePath": f"{self.tree}/{path}", "content": text}}

    def install(self, *, slow: int = 0) -> None:
        command = COMMAND
        if slow:
            stub = self.home.root / "slow"
            stub.write_text(f'#!/bin/sh\n: > {self.home.root}/began\nsleep {slow}\nexec {AUTOSYNC} "$@"\n')
            stub.chmod(0o755)
            command = [str(stub), *COMMAND[1:]]
        assert hook.install(self.home.environ, command=command).outcome == "changed"

    def since_the_sync_began(self) -> float:
        """Seconds; negative if it has not begun. It begins when the turn is over, so a turn that waits shows here."""
        began = self.home.root / "began"
        return time.time() - began.stat().st_mtime if began.exists() else -1.0

    def holds(self, *names: str) -> bool:
        held = content_in(self.backup)
        return {name.encode() for name in names} <= set(held)

    def holds_the_turn(self) -> bool:
        show = ["git", "-C", str(self.backup), "show", "main:context/old.md"]
        edited = subprocess.run(show, capture_output=True, text=True, check=False).stdout
        return self.holds("context/new.md", "bin/x") and edited == "beta\n"

    def wait_for_the_turn(self, seconds: float) -> None:
        ends = time.monotonic() + seconds
        while not self.holds_the_turn():
            assert time.monotonic() < ends, sorted(content_in(self.backup))
            time.sleep(0.1)

    def trigger_of_the_commit(self) -> str:
        words = [
            "git",
            "-C",
            str(self.backup),
            "log",
            "-1",
            "--format=%(trailers:key=Autosync-Trigger,valueonly)",
            "main",
        ]
        return subprocess.run(words, capture_output=True, text=True, check=True).stdout.strip()


@pytest.fixture
def bed(tmp_path: Path) -> Iterator[Bed]:
    program()
    with ModelServer([]) as model:
        yield Bed(tmp_path, model)


# -- opencode run


def test_run_ends_with_the_turn_in_the_backup(bed: Bed) -> None:
    bed.install()
    ended = bed.home.opencode("run", "Do it")
    assert ended.returncode == 0, ended.stderr
    assert DONE in ended.stdout
    assert bed.holds_the_turn()
    assert bed.trigger_of_the_commit() == "workflow"
    assert "autosync: Backed up" in ended.stderr
    assert list((bed.home.root / ".local/state/autosync-tasks/hook").iterdir()) == []


def test_run_with_a_sync_of_ten_seconds_still_commits_and_the_answer_is_not_later(bed: Bed) -> None:
    """The answer comes as soon as without the plugin; only the end of the process waits for the sync."""
    bed.install(slow=10)
    process = subprocess.Popen(
        [str(program()), "run", "Do it"],
        cwd=bed.home.project,
        env=bed.home.environ,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert process.stdout
    with process.stdout:
        while DONE not in (line := process.stdout.readline()):
            assert line or process.poll() is None
        answered = time.monotonic()
        assert bed.since_the_sync_began() < 3  # of the 10 that it takes
        assert not bed.holds_the_turn()  # the sync had not even begun its work
        process.wait(60)
    assert bed.holds_the_turn()
    assert 5 < time.monotonic() - answered < 30


def test_a_secret_that_the_agent_writes_is_blocked_and_told(bed: Bed) -> None:
    bed.install()
    token = base64.b64decode(TOKEN).decode()
    bed.model.steps = [bed.write("context/leak.md", f"token: {token}\n"), {"text": DONE}]
    ended = bed.home.opencode("run", "Do it")
    assert ended.returncode == 0, ended.stderr
    assert "blocked" in ended.stderr
    assert token not in ended.stderr
    assert not bed.holds("context/leak.md")


@pytest.mark.parametrize("fault", ["missing", "dies", "says rubbish", "no state folder"])
def test_a_broken_sync_never_breaks_a_turn(bed: Bed, fault: str) -> None:
    stub = bed.home.root / "stub"
    if fault != "missing":
        stub.write_text({"dies": "#!/bin/sh\nkill -9 $$\n"}.get(fault, "#!/bin/sh\necho '[1,'\n"))
        stub.chmod(0o755)
    if fault == "no state folder":
        shutil.rmtree(bed.home.root / ".local" / "state" / "autosync-tasks")
        (bed.home.root / ".local" / "state" / "autosync-tasks").write_text("a file where the folder should be")
    hook.install(bed.home.environ, command=[str(stub), "sync"])
    ended = bed.home.opencode("run", "Do it")
    assert ended.returncode == 0, ended.stderr
    assert DONE in ended.stdout
    told = {"missing": "autosync install-hook", "dies": "The backup failed"}.get(fault)
    assert told is None or told in ended.stderr


def test_a_turn_within_the_limit_leaves_a_waiter_and_its_edit_is_not_lost(bed: Bed) -> None:
    config = bed.home.root / ".config" / "autosync-tasks" / "config.toml"
    config.write_text(config.read_text().replace("max_sync_frequency = 0", "max_sync_frequency = 60"))
    subprocess.run([str(AUTOSYNC), "sync", "--force"], env=bed.home.environ, check=True, capture_output=True)
    bed.install()
    ended = bed.home.opencode("run", "Do it")
    assert ended.returncode == 0, ended.stderr
    assert not bed.holds_the_turn()
    bed.wait_for_the_turn(90)


# -- opencode serve


class Server:
    def __init__(self, bed: Bed) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        words = [str(program()), "serve", "--port", str(self.port), "--hostname", "127.0.0.1"]
        self.log = (bed.home.root / "serve.log").open("w")
        self.process = subprocess.Popen(
            words, cwd=bed.home.project, env=bed.home.environ, stdout=self.log, stderr=subprocess.STDOUT
        )
        ends = time.monotonic() + 60
        while True:
            with contextlib.suppress(OSError):
                self.ask("/global/health", timeout=3)
                break
            assert time.monotonic() < ends
            time.sleep(0.2)

    def ask(self, path: str, body: object = None, timeout: float = 60) -> Any:
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}{path}", data, {"content-type": "application/json"}
        )
        with urllib.request.urlopen(request, timeout=timeout) as answer:
            return json.loads(answer.read() or b"null")

    def turn(self) -> float:
        session = self.ask("/session", {"title": "t"})["id"]
        began = time.monotonic()
        model = {"providerID": "fake", "modelID": "one"}
        self.ask(f"/session/{session}/message", {"model": model, "parts": [{"type": "text", "text": "Do it"}]})
        return time.monotonic() - began

    def end(self, number: int = signal.SIGTERM) -> None:
        self.process.send_signal(number)
        self.process.wait(40)
        self.log.close()


def test_serve_commits_after_each_turn(bed: Bed) -> None:
    bed.install()
    server = Server(bed)
    try:
        server.turn()
        bed.wait_for_the_turn(40)
    finally:
        server.end()


def test_serve_with_a_sync_of_ten_seconds_answers_at_once_and_commits_even_when_it_is_ended(bed: Bed) -> None:
    bed.install(slow=10)
    server = Server(bed)
    try:
        server.turn()
        assert bed.since_the_sync_began() < 3  # of the 10 that it takes
        assert not bed.holds_the_turn()
        time.sleep(0.5)
        assert bed.since_the_sync_began() > 0
    finally:
        server.end()
    bed.wait_for_the_turn(60)


# -- the terminal program


class Terminal:
    """OpenCode in a terminal of tmux."""

    def __init__(self, bed: Bed) -> None:
        if not shutil.which("tmux"):
            pytest.skip("there is no tmux on this machine (tools/install-system-packages.sh installs it)")
        self.bed = bed
        self.base = ["tmux", "-S", str(bed.home.root / "tmux.socket"), "-f", "/dev/null"]
        self.tmux("new-session", "-d", "-x", "120", "-y", "40", str(program()))

    def tmux(self, *words: str) -> str:
        return subprocess.run(
            [*self.base, *words],
            env=self.bed.home.environ,
            cwd=self.bed.home.project,
            capture_output=True,
            text=True,
            check=False,
        ).stdout

    def until(self, text: str, seconds: float) -> str:
        ends = time.monotonic() + seconds
        while text not in (screen := self.tmux("capture-pane", "-p")):
            assert time.monotonic() < ends, screen
            time.sleep(0.1)
        return screen

    def ask(self, text: str) -> None:
        self.until("Ask anything", 120)
        time.sleep(1)
        self.tmux("send-keys", "-l", text)
        time.sleep(0.5)
        self.tmux("send-keys", "Enter")

    def end(self) -> None:
        self.tmux("kill-server")


def test_the_terminal_program_shows_one_short_message_and_the_turn_is_in_the_backup(bed: Bed) -> None:
    bed.install()
    terminal = Terminal(bed)
    try:
        terminal.ask("Do it")
        terminal.until(DONE, 120)
        screen = terminal.until("Backed up", 40)
        assert "autosync:" not in screen  # nothing is printed over the screen
        assert bed.holds_the_turn()
    finally:
        terminal.end()


def test_leaving_the_terminal_program_at_once_does_not_lose_the_last_edit(bed: Bed) -> None:
    bed.install(slow=3)
    terminal = Terminal(bed)
    try:
        terminal.ask("Do it")
        terminal.until(DONE, 120)
        terminal.tmux("send-keys", "C-c")
    finally:
        time.sleep(0.3)
        terminal.end()
    bed.wait_for_the_turn(60)
