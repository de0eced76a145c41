"""System calls of a run, by strace; tests that need it are skipped, with the reason, where it does not work."""

from __future__ import annotations

import functools
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.support.place import Place, Result


@functools.cache
def _works() -> bool:
    strace = shutil.which("strace")
    if strace is None:
        return False
    return subprocess.run([strace, "-f", "-o", "/dev/null", "true"], capture_output=True, check=False).returncode == 0


def traced(place: Place, calls: str, *words: str) -> tuple[Result, list[str]]:
    """Runs the program under `strace -f -y` and returns what it did and one line for each of these system calls.

    A call that another process's interrupted is one line again, at the time it was begun.
    """
    if not _works():
        pytest.skip("strace is not installed, or may not trace here")
    log = place.base / "strace.log"
    prefix = ["strace", "-f", "-y", "-s", "4096", "-o", str(log), "-e", f"trace={calls}"]
    run = place.run(*words, prefix=prefix)
    return run, _lines(log)


def _lines(log: Path) -> list[str]:
    begun: dict[str, int] = {}
    lines: list[str] = []
    for line in log.read_text(errors="surrogateescape").splitlines():
        pid, _, text = line.partition(" ")
        text = text.strip()
        if text.endswith("<unfinished ...>"):
            begun[pid] = len(lines)
            lines.append(text.removesuffix("<unfinished ...>"))
        elif match := re.match(r"<\.\.\. \w+ resumed>", text):
            lines[begun[pid]] += text[match.end() :]
        elif "(" in text and not text.startswith(("+++", "---")):
            lines.append(text)
    return lines
