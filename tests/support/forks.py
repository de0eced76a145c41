"""The programs as processes without their start: forks of one process of this session that has loaded everything.

A test whose subject is the start itself (what is imported, what stands in the environment of Python, which rights and
limits hold) runs the real program; `can_fork` sees by the environment when that must be so.
"""

from __future__ import annotations

import atexit
import functools
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from tests.support import scanner
from tests.support.fork_server import BEFORE_THE_START

CHECKOUT = Path(__file__).resolve().parents[2]


class ForkServer:
    """The process below which runs are forked. preload: variables of the process itself, such as LD_PRELOAD."""

    def __init__(
        self, scanner_cache: Path, folder: Path, *, reap: bool = False, preload: Mapping[str, str] = {}
    ) -> None:
        self.folder = folder
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.support.fork_server", str(scanner_cache), *["--reap"] * reap],
            cwd=CHECKOUT,
            env={
                "PATH": os.environ["PATH"],
                "HOME": str(folder),
                "PYTHONPATH": str(CHECKOUT),
                "PYTHONDONTWRITEBYTECODE": "1",  # these writes would count, and in the first run only
                **preload,
            },
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._process.stdout is not None
        assert self._process.stdout.readline() == "ready\n"

    def run(
        self,
        words: Sequence[str],
        environ: Mapping[str, str],
        folder: Path,
        *,
        umask: int = 0o022,
        control: str = "",
        spare: bool = False,
        weak: bool = False,
        seconds: float = 300,
        patience: float = 20,
        much: bool = False,
    ) -> tuple[int, bytes, bytes, float]:
        """Runs a program; its exit code, output, error output and seconds.

        words: the program's path and its words. control, spare: for runs with faults, see
        tests/faults/shim.py. weak: see `Place.run`. patience: seconds for what the run leaves running, where the server reaps it.
        much: little is dealt with as much is, on both cores.
        """
        job: dict[str, Any] = {
            "words": list(words),
            "environ": dict(environ),
            "folder": str(folder),
            "umask": umask,
            "control": control,
            "out": str(self.folder / "out"),
            "err": str(self.folder / "err"),
            "spare": spare,
            "weak": weak,
            "seconds": seconds,
            "patience": patience,
            "much": much,
        }
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(job) + "\n")
        self._process.stdin.flush()
        answer = json.loads(self._process.stdout.readline())
        assert not answer["late"], f"still running after {seconds} s: {words}"
        out, err = (Path(job[stream]).read_bytes() for stream in ("out", "err"))
        return answer["code"], out, err, answer["seconds"]

    def close(self) -> None:
        """Ends it."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait(timeout=30)
        self._process.stdout.close()


@functools.cache
def server() -> ForkServer:
    """The one of this session."""
    shared = Path("/dev/shm")
    folder = Path(tempfile.mkdtemp(prefix="autosync-forks-", dir=shared if os.access(shared, os.W_OK) else None))
    made = ForkServer(scanner.compiled(), folder)

    def end() -> None:
        made.close()
        shutil.rmtree(folder, ignore_errors=True)

    atexit.register(end)
    return made


def can_fork(words: Sequence[str], environ: Mapping[str, str]) -> bool:
    """Whether a fork does what the program would: nothing in this environment acts before it has started."""
    others = [name for name in environ if name.startswith(BEFORE_THE_START)]
    return (
        os.path.basename(words[0]) in ("autosync", "sync-config", "inv")
        and "HOME" in environ
        and (others == [] or (others == ["PYTHONPATH"] and environ["PYTHONPATH"] == str(CHECKOUT)))
        and shutil.which("git", path=environ.get("PATH", os.defpath)) == shutil.which("git")
    )
