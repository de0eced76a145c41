"""The real OpenCode, installed once into a cache outside the checkout, and a home for it to live in."""

from __future__ import annotations

import functools
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

VERSION = "1.18.33"
CACHE = (
    Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "autosync-tasks-tests" / f"opencode-{VERSION}"
)


def program() -> Path:
    """The pinned OpenCode. Skips the test, with the reason, where it cannot be had."""
    found = _found()
    if isinstance(found, str):
        pytest.skip(found)
    return found


@functools.cache
def _found() -> Path | str:
    """The program, or why it cannot be had: npm takes a minute to give up, so it is asked once."""
    binary = CACHE / "node_modules" / ".bin" / "opencode"
    if not binary.exists():
        if not shutil.which("npm"):
            return "the real OpenCode needs npm, which is not on this machine"
        CACHE.mkdir(parents=True, exist_ok=True)
        words = ["npm", "install", "--prefix", str(CACHE), "--no-audit", "--no-fund", f"opencode-ai@{VERSION}"]
        try:
            ended = subprocess.run(words, capture_output=True, text=True, timeout=180, check=False)
        except subprocess.TimeoutExpired:
            return f"npm did not fetch opencode-ai@{VERSION} within 180 s"
        if ended.returncode or not binary.exists():
            last = (ended.stderr.strip().splitlines() or ["no reason given"])[-1]
            return f"the package registry does not give opencode-ai@{VERSION}: {last}"
    ended = subprocess.run([str(binary), "--version"], capture_output=True, text=True, timeout=60, check=False)
    if ended.stdout.strip() != VERSION:
        return f"opencode-ai@{VERSION} does not start here: {ended.stderr.strip()[-200:]}"
    return binary


class Home:
    """A home folder with a project, a config tree and the environment that OpenCode gets."""

    def __init__(self, root: Path, model_url: str) -> None:
        self.root = root
        self.project = root / "project"
        self.tree = root / ".config" / "opencode"
        self.project.mkdir(parents=True)
        self.tree.mkdir(parents=True, exist_ok=True)
        model = {"name": "Fake", "tool_call": True, "limit": {"context": 100000, "output": 8000}}
        options = {"baseURL": model_url, "apiKey": "none"}
        provider = {
            "npm": "@ai-sdk/openai-compatible",
            "name": "Fake",
            "options": options,
            "models": {"one": model},
        }
        config = {
            "autoupdate": False,
            "share": "disabled",
            "model": "fake/one",
            "small_model": "fake/one",
            "permission": {"*": "allow"},
            "provider": {"fake": provider},
        }
        (self.tree / "opencode.json").write_text(json.dumps(config, indent=1))
        self.environ = {
            "HOME": str(root),
            "PATH": f"{Path(sys.executable).parent}:/usr/local/bin:/usr/bin:/bin",
            "LANG": "C.UTF-8",
            "TERM": "xterm-256color",
            "OPENCODE_DISABLE_AUTOUPDATE": "1",
            # without a registry OpenCode waits 70 s for npm's retries before it loads plugins
            "npm_config_fetch_retries": "0",
            "npm_config_registry": "http://127.0.0.1:9/",
            "OPENCODE_DISABLE_MODELS_FETCH": "1",
            "HTTP_PROXY": "http://127.0.0.1:9",
            "HTTPS_PROXY": "http://127.0.0.1:9",
            "NO_PROXY": "127.0.0.1,localhost",
            **{
                f"XDG_{name}_HOME": str(root / folder)
                for name, folder in [
                    ("CONFIG", ".config"),
                    ("DATA", ".local/share"),
                    ("STATE", ".local/state"),
                    ("CACHE", ".cache"),
                ]
            },
        }

    def opencode(self, *words: str, timeout: float = 100) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [str(program()), *words],
            cwd=self.project,
            env=self.environ,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=timeout,
            check=False,
        )
