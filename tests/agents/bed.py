"""The real Claude Code, Codex and Gemini CLI, installed once into a cache outside the checkout, and a home for each."""

from __future__ import annotations

import functools
import json
import os
import shutil
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).parent
PACKAGES = {
    "claude": ("@anthropic-ai/claude-code-linux-x64", "2.1.332"),
    "codex": ("@openai/codex", "0.171.0"),
    "gemini": ("@google/gemini-cli", "0.61.0"),
    "agents": ("skills", "1.5.18"),  # no agent: what puts skills there that agents share
}
PROGRAMS = {
    "claude": "node_modules/@anthropic-ai/claude-code-linux-*/claude",
    "codex": "node_modules/@openai/codex-linux-*/vendor/*/bin/codex",
    "gemini": "node_modules/.bin/gemini",
    "agents": "node_modules/.bin/skills",
}
CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "autosync-tasks-tests"
DONE = "All done."


@functools.cache
def _missing(agent: str) -> str:
    """Why an agent cannot be had here, "" if it is there. npm takes a minute to give up, so it is asked once."""
    package, version = PACKAGES[agent]
    for program in ("npm", "unshare", "ip"):
        if not shutil.which(program):
            return f"the real {agent} needs {program} (tools/install-system-packages.sh installs it)"
    prefix, done = prefix_of(agent), prefix_of(agent) / "installed"
    if done.exists():
        return ""
    prefix.mkdir(parents=True, exist_ok=True)
    words = ["npm", "install", "--prefix", str(prefix), "--no-audit", "--no-fund", "--ignore-scripts"]
    try:
        ended = subprocess.run(
            [*words, f"{package}@{version}"], capture_output=True, text=True, timeout=300, check=False
        )
    except subprocess.TimeoutExpired:
        return f"npm did not fetch {package}@{version} within 300 s"
    if ended.returncode:
        last = (ended.stderr.strip().splitlines() or ["no reason given"])[-1]
        return f"the package registry does not give {package}@{version}: {last}"
    done.touch()
    return ""


def prefix_of(agent: str) -> Path:
    return CACHE / f"{agent}-{PACKAGES[agent][1]}"


class Bed:
    """A home with one agent's tree, and a model that does what it is told."""

    def __init__(self, agent: str, root: Path) -> None:
        if why := _missing(agent):
            pytest.skip(why)
        self.agent, self.root, self.home = agent, root, root / "home"
        self.tree = self.home / f".{agent}"
        self.tree.mkdir(parents=True, exist_ok=True)
        self.edits = self.usual()

    def usual(self) -> list[dict[str, Any]]:
        """A turn that edits the agent's own tree, with its file tool where it may, and with its shell."""
        agents, script = (
            f"{self.tree}/agents",
            f"mkdir -p {self.tree}/hooks; echo '#!/bin/sh' > {self.tree}/hooks/made.sh",
        )
        front = "---\nname: made\ndescription: made in a turn\n---\nhi\n"
        return {
            "claude": [
                {"tool": "Write", "args": {"file_path": f"{agents}/made.md", "content": front}},
                {"tool": "Bash", "args": {"command": script, "description": "write a script"}},
            ],
            "codex": [
                {
                    "tool": "exec_command",
                    "args": {"cmd": f"mkdir -p {agents}; echo '# made' > {agents}/made.md; {script}"},
                }
            ],
            "gemini": [
                {"tool": "write_file", "args": {"file_path": f"{agents}/made.md", "content": front}},
                {"tool": "run_shell_command", "args": {"command": script, "description": "write a script"}},
            ],
            "agents": [],
        }[self.agent]

    made = ("agents/made.md", "hooks/made.sh")

    @property
    def environ(self) -> dict[str, str]:
        """Of a person on this machine."""
        return {
            "HOME": str(self.home),
            "PATH": os.environ["PATH"],
            "LC_ALL": "C.UTF-8",
            "GIT_CONFIG_GLOBAL": "/dev/null",
        }

    def program(self, *words: str, given: str = "", **environ: str) -> str:
        """The agent's program asked for something else than a turn, without network; what it printed."""
        own = ["unshare", "-n"] if os.getuid() == 0 else ["unshare", "-rn"]
        start = str(min(prefix_of(self.agent).glob(PROGRAMS[self.agent])))
        ended = subprocess.run(
            [*own, start, *words],
            env={**self.environ, **environ},
            cwd=self.root,
            input=given,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert ended.returncode == 0, ended
        return ended.stdout

    def turn(self, *options: str, mode: str = "run", leave: str = "exit", limit: int = 120) -> tuple[int, str, float]:
        """One turn: the exit code, what was printed, and how many seconds it took."""
        steps = self.root / "given.json"
        steps.write_text(json.dumps([*self.edits, {"text": DONE}]))
        environ = {
            "PATH": os.environ["PATH"],
            "AGENTS_PREFIX": str(prefix_of(self.agent)),
            "STEPS": str(steps),
            "MODE": mode,
            "LEAVE": leave,
            "TURN_LIMIT": str(limit),
        }
        words = ["bash", str(HERE / "turn.sh"), self.agent, str(self.root), *options]
        began = time.monotonic()
        with (self.root / "printed").open("w+b") as printed:  # a file: whoever held a pipe's end would hold this up
            code = subprocess.run(
                words,
                env=environ,
                stdin=subprocess.DEVNULL,
                stdout=printed,
                stderr=printed,
                timeout=limit + 60,
                check=False,
            ).returncode
            took = time.monotonic() - began
            printed.seek(0)
            said = printed.read().decode(errors="replace")
        if "unshare failed" in said:
            pytest.skip("this machine lets nobody make a namespace without network")
        return code, said, took

    def asked(self) -> int:
        """How often the model was asked in all turns."""
        return len((self.root / "model.jsonl").read_text().splitlines())


def until(seconds: float, what: Any) -> None:
    """Waits for something that happens after the agent has ended."""
    ends = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < ends, what
        time.sleep(0.1)
