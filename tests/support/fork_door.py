"""A program for scripts that calls itself autosync, and is a fork of a process that holds everything loaded.

For scripts by others that call the program many times: a start costs them 20 ms in place of 0.3 to 0.8 s. `open_door`
makes the program; it hands its words, folder, environment and three files to the server, which forks for each call.
What acts before Python has started (its own variables) leads to the real program, as everywhere (`forks.can_fork`).
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NoReturn

from tests.support import fork_server
from tests.support.forks import CHECKOUT, can_fork

LANG = "C.UTF-8"

CLIENT = """#!{python} -SEs
import json, os, socket, sys
environ = {{name: value for name, value in os.environ.items() if name != "LC_CTYPE"}}
job = {{"words": ["{real}", *sys.argv[1:]], "environ": environ, "folder": os.getcwd(), "umask": os.umask(0)}}
door = socket.socket(socket.AF_UNIX)
door.connect("{door}")
socket.send_fds(door, [b"x"], [0, 1, 2])
door.sendall(json.dumps(job).encode("utf-8", "surrogatepass"))
door.shutdown(socket.SHUT_WR)
answer = door.recv(16)
if answer == b"real":
    os.execve(job["words"][0], job["words"], environ)
os._exit(int(answer or b"70") & 255)
"""


@contextlib.contextmanager
def open_door(program: Path, real: Path, scanner_cache: Path) -> Iterator[None]:
    """Makes `program`, which stands for `real` until the end of the block. scanner_cache: the compiled rules."""
    door = program.with_name(".door")
    program.write_text(CLIENT.format(python=sys.executable, real=real, door=door))
    program.chmod(0o755)
    server = subprocess.Popen(
        [sys.executable, "-m", "tests.support.fork_door", str(door), str(scanner_cache)],
        cwd=CHECKOUT,
        env={"PATH": os.environ["PATH"], "HOME": str(program.parent), "PYTHONPATH": str(CHECKOUT), "LANG": LANG},
        stdout=subprocess.PIPE,
    )
    assert server.stdout is not None
    try:
        assert server.stdout.readline() == b"ready\n"
        yield
    finally:
        server.kill()
        server.wait()
        server.stdout.close()


def main(door: str, scanner_cache: str) -> NoReturn:
    """Serves calls until it is ended."""
    fork_server.load(scanner_cache)
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(door)
    listener.listen(50)
    os.write(1, b"ready\n")
    while True:
        call, _ = listener.accept()
        if os.fork() == 0:
            _keep(call, scanner_cache)
        call.close()
        with contextlib.suppress(ChildProcessError):
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass


def _keep(call: socket.socket, scanner_cache: str) -> NoReturn:
    """Plays one call in a fork of its own and tells the caller its end."""
    try:
        _, streams, _, _ = socket.recv_fds(call, 1, 3)
        with call.makefile("rb") as file:
            job = json.loads(file.read().decode("utf-8", "surrogatepass"))
        _give_rules(job["environ"], scanner_cache)
        if not can_fork(job["words"], _but_ours(job["environ"])):
            call.sendall(b"real")
            os._exit(0)
        run = os.fork()
        if run == 0:
            call.close()
            _become(job, streams)
        code = os.waitstatus_to_exitcode(os.waitpid(run, 0)[1])
        call.sendall(str(code if code >= 0 else 128 - code).encode())
    finally:
        os._exit(0)


def _but_ours(environ: dict[str, str]) -> dict[str, str]:
    """Without the language that the server itself was started with."""
    return {name: value for name, value in environ.items() if (name, value) != ("LANG", LANG)}


def _give_rules(environ: dict[str, str], scanner_cache: str) -> None:
    """To a home that has none yet: compiling them takes 5 s or more."""
    state = Path(environ.get("XDG_STATE_HOME") or f"{environ['HOME']}/.local/state", "autosync-tasks")
    if not state.exists():
        with contextlib.suppress(OSError):
            state.mkdir(0o700, parents=True)
            shutil.copytree(scanner_cache, state / "engine")


def _become(job: dict[str, Any], streams: list[int]) -> NoReturn:
    os.setsid()
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
        os.close(stream)
    sys.stdout = os.fdopen(1, "w", encoding="utf-8", errors="surrogateescape", closefd=False)  # theirs may be a pipe
    sys.stderr = os.fdopen(2, "w", encoding="utf-8", errors="backslashreplace", buffering=1, closefd=False)
    os.chdir(job["folder"])
    os.umask(job["umask"])
    from autosync_tasks.cli import program

    fork_server.play(program.autosync, job["words"], job["environ"])


if __name__ == "__main__":
    main(*sys.argv[1:])
