"""Asks bash whether it can read a script. The script is never run."""

from __future__ import annotations

import os
import subprocess

SECONDS = 5.0
"""Longest time for one script; bash reads 1 MB in 0.1 s."""


def check_shell(script: bytes) -> str:
    """What `bash -n` complains of, or "" if it can read the script.

    The script comes on the standard input: `-n` reads and never executes, and without a file name bash
    looks for nothing else. No start-up file, no variable of the user and no function that somebody exported
    is seen, and the message is in English whatever the locale. If bash is missing, "": nothing can be said.
    The text may quote the script: it is for the caller to judge, not to show.
    """
    try:
        done = subprocess.run(
            ["bash", "--noprofile", "--norc", "-n"],
            input=script,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            env={"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C"},
            cwd="/",
            timeout=SECONDS,
            check=False,
        )
    except FileNotFoundError:
        return ""
    except subprocess.TimeoutExpired:
        return f"bash did not come to an end in {SECONDS:.0f} seconds"
    return done.stderr[:4096].decode("utf-8", "replace") if done.returncode else ""
