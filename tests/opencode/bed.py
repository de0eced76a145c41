"""A home with the real OpenCode and the plugin, a scripted model, and the three ways to use it."""

from __future__ import annotations

import contextlib
import json
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from pathlib import Path
from typing import Any

import pytest

from autosync_tasks.triggers import hook
from tests.opencode.client import Home, program
from tests.opencode.model_server import ModelServer
from tests.sync.bursts import content_in

AUTOSYNC = Path(sys.executable).with_name("autosync")
COMMAND = [str(AUTOSYNC), "sync", "--trigger=workflow"]
DONE = "The turn is over."


class Bed:
    """A config tree whose agent has a turn before it that writes, edits and uses the shell."""

    def __init__(self, home: Home, backup: Path, model: ModelServer) -> None:
        self.home, self.backup, self.model, self.tree = home, backup, model, home.tree
        (self.tree / "context").mkdir(exist_ok=True)
        (self.tree / "context" / "old.md").write_text("alpha\n")
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

    def write(self, path: str, text: str) -> dict[str, Any]:
        return {"tool": "write", "args": {"filePath": f"{self.tree}/{path}", "content": text}}

    def install(self, *, slow: int = 0) -> None:
        """The plugin; with a sync that sleeps so many seconds before it begins its work."""
        command = COMMAND
        if slow:
            stub = self.home.root / "slow"
            stub.write_text(f'#!/bin/sh\n: > {self.home.root}/began\nsleep {slow}\nexec {AUTOSYNC} "$@"\n')
            stub.chmod(0o755)
            command = [str(stub), *COMMAND[1:]]
        assert hook.install(self.home.environ, command=command).exit_code == 0

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
        trailer = "--format=%(trailers:key=Autosync-Trigger,valueonly)"
        words = ["git", "-C", str(self.backup), "log", "-1", trailer, "main"]
        return subprocess.run(words, capture_output=True, text=True, check=True).stdout.strip()


class Run:
    """`opencode run`: one turn, then the end. `answer` is all it printed up to the agent's last words."""

    def __init__(self, bed: Bed) -> None:
        self.errors = (bed.home.root / "run.errors").open("w+")
        self.process = subprocess.Popen(
            [str(program()), "run", "Do it"],
            cwd=bed.home.project,
            env=bed.home.environ,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=self.errors,
            text=True,
        )
        assert self.process.stdout
        self.answer = ""
        while DONE not in self.answer:
            line = self.process.stdout.readline()
            self.answer += line
            assert line or self.process.poll() is None, self.answer

    def end(self) -> tuple[int, str]:
        """Waits for its end: exit code, and what it wrote to standard error."""
        assert self.process.stdout
        with self.process.stdout, self.errors:
            code = self.process.wait(90)
            self.errors.seek(0)
            return code, self.errors.read()


class Server:
    """`opencode serve` on 127.0.0.1, and what it tells those who listen to its events."""

    def __init__(self, bed: Bed) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        words = [str(program()), "serve", "--port", str(self.port), "--hostname", "127.0.0.1"]
        self.log = (bed.home.root / "serve.log").open("w")
        self.process = subprocess.Popen(
            words, cwd=bed.home.project, env=bed.home.environ, stdout=self.log, stderr=subprocess.STDOUT
        )
        self.toasts: list[str] = []
        ends = time.monotonic() + 60
        while True:
            with contextlib.suppress(OSError):
                self.ask("/global/health", timeout=3)
                break
            assert time.monotonic() < ends
            time.sleep(0.2)

    def listen(self) -> None:
        """Notes the messages that an attached terminal program would show."""
        stream = urllib.request.urlopen(f"http://127.0.0.1:{self.port}/event", timeout=60)

        def read() -> None:
            with stream, contextlib.suppress(OSError, ValueError):
                for line in stream:
                    if line.startswith(b"data:"):
                        event = json.loads(line[5:])
                        if event.get("type") == "tui.toast.show":
                            self.toasts.append(event["properties"]["message"])

        threading.Thread(target=read, daemon=True).start()

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
