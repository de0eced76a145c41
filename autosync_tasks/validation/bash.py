"""Asks bash whether it can read scripts. No script is ever run."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Sequence
from contextlib import ExitStack
from typing import IO

from autosync_tasks.linux.memory import memory_file, name_of
from autosync_tasks.records import pattern

SECONDS = 5
"""Longest processor time for one script; bash reads 1 MB in 0.1 s."""
LONGEST = 60.0
"""Longest time for all scripts of one call, in seconds by the clock."""
SAID = 1000
"""Characters of a complaint that are kept; its first line names the place."""

# One bash reads all scripts, each in a fork of its own, which costs a quarter of a new bash for each. A script is
# read by `.` after a first line of ours that says `set -n`, which nothing behind it can undo: bash goes on reading
# and executes nothing more. Of an extended pattern `!(x)` bash knows only after `shopt -s extglob`, and that line of
# the script is not executed either, so it goes in front where the script holds it.
_QUIET, _EXTENDED = b"set -n\n", b"shopt -s extglob; set -n\n"
_DRIVER = f"""
ulimit -c 0 -t {SECONDS}
for script; do
  if [[ -r $script ]]; then said=$( {{ . "$script"; }} 2>&1 </dev/null ); code=$?; else said= code=0; fi
  printf '%s %s\\0' "$code" "${{said:0:{SAID}}}"
done
"""
_KILLED = 128 + signal.SIGKILL, 128 + signal.SIGXCPU
_LINE = pattern(r"\bline (\d{1,9}):")
_TOO_LONG = "bash did not come to an end with it"


def check_shell(scripts: Sequence[bytes]) -> list[str]:
    """What bash complains of in each script, "" where it can read it.

    Scripts are handed over in memory, never in a file that others could read. No start-up file, no variable of the user
    and no function that somebody exported is seen, and messages are in English whatever the locale. "" also if nothing
    can be said: bash is missing, or /proc. The text may quote the script: it is for the caller to judge, not to show.
    """
    try:
        with ExitStack() as stack:
            held = [stack.enter_context(_in_memory(script)) for script in scripts]
            answers = _ask(held)
    except OSError:
        return [""] * len(scripts)
    return [_complaint(answer) for answer in answers] + [_TOO_LONG] * (len(scripts) - len(answers))


def _in_memory(script: bytes) -> IO[bytes]:
    """A file without a name that holds the script behind our first line, without the zero bytes that bash drops."""
    file = os.fdopen(memory_file("script"), "wb")
    try:
        file.write((_EXTENDED if b"extglob" in script else _QUIET) + script.replace(b"\0", b""))
        file.flush()
    except BaseException:
        file.close()
        raise
    return file


def _ask(held: Sequence[IO[bytes]]) -> list[str]:
    """Exit code and message for each script, as far as bash came."""
    numbers = [file.fileno() for file in held]
    child = subprocess.Popen(
        ["bash", "--noprofile", "--norc", "-c", _DRIVER, "bash", *map(name_of, numbers)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C"},
        cwd="/",
        pass_fds=numbers,
        start_new_session=True,
    )
    try:
        said, _ = child.communicate(timeout=LONGEST)
    except BaseException as stopped:
        os.killpg(child.pid, signal.SIGKILL)  # bash and the fork that reads
        said, _ = child.communicate()
        if not isinstance(stopped, subprocess.TimeoutExpired):
            raise
    return said.decode("utf-8", "replace").split("\0")[:-1]


def _complaint(answer: str) -> str:
    code, _, said = answer.partition(" ")
    if code == "0":
        return ""
    if int(code) in _KILLED:
        return _TOO_LONG
    ours = _LINE.sub(lambda match: f"line {int(match[1]) - 1}:", said, count=1)  # the first line is not the script's
    return ours or f"bash ended with {code}"
