"""OpenCode 2 as a stand-in (`v2host.mjs`), the plugin in it, and a sync that only writes down that it ran."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from autosync_tasks.triggers import hook

HERE = Path(__file__).parent
STUB = """#!/bin/sh
echo "begin $(date +%s%3N) $*" >> {log}
sleep {seconds}
echo end >> {log}
echo '{answer}'
exit {code}
"""


@dataclass(slots=True)
class Scene:
    """One home with the plugin. log: what the syncs wrote down. look: seconds between two looks of the plugin."""

    root: Path
    look: float = 600.0
    report: dict[str, Any] = field(default_factory=dict)

    @property
    def log(self) -> Path:
        return self.root / "syncs.log"

    @property
    def plugin(self) -> Path:
        return self.root / "plugin.mjs"

    @property
    def state(self) -> Path:
        return self.root / "state" / "hook"

    def stub(self, *, seconds: float = 0.05, code: int = 0, answer: str = '{"outcome": "ok"}') -> list[str]:
        """The command of a sync that does nothing but what it is told here."""
        path = self.root / "stub"
        path.write_text(STUB.format(log=self.log, seconds=seconds, code=code, answer=answer))
        path.chmod(0o755)
        return [str(path), "sync"]

    def install(self, command: Sequence[str] = (), environ: dict[str, str] | None = None) -> None:
        """The plugin as a loose file; by default with the stub."""
        text = hook.plugin_text(command or self.stub(), environ or {}, str(self.state))
        usual, wanted = (f'"look_ms": {each}' for each in (hook.LOOK_EVERY_MS, round(self.look * 1000)))
        assert usual in text
        self.plugin.write_text(text.replace(usual, wanted))

    def play(self, *steps: Sequence[Any], dies: bool = False, **options: Any) -> dict[str, Any]:
        """Plays the steps in a process of its own; what the stand-in reports. Skips where there is no node."""
        node = shutil.which("node")
        if not node:
            pytest.skip("there is no node on this machine (tools/install-system-packages.sh installs it)")
        scene = json.dumps({"options": options, "steps": steps, "log": str(self.log)})
        words = [node, str(HERE / "v2scene.mjs"), str(self.plugin), scene]
        env = {"HOME": str(self.root), "PATH": os.environ["PATH"], "OPENCODE_SOURCE": "/of/another/client"}
        ended = subprocess.run(
            words, env=env, capture_output=True, text=True, timeout=60, check=False, start_new_session=True
        )
        if dies:
            return {}
        assert ended.returncode == 0, ended.stderr
        self.report = json.loads(ended.stdout)
        return self.report

    def syncs(self, word: str = "end") -> int:
        """How many syncs have ended (or, "begin", have begun)."""
        lines = self.log.read_text().splitlines() if self.log.exists() else []
        return sum(line.split()[0] == word for line in lines)

    def starts(self) -> list[int]:
        """When each sync began, in milliseconds since the epoch."""
        return [int(line.split()[1]) for line in self.log.read_text().splitlines() if line.startswith("begin")]
