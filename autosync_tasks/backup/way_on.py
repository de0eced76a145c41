"""What a person can do about git's complaint."""

from __future__ import annotations

import os
import re
from contextlib import suppress

from autosync_tasks.names import typed

MEMORY = "look whether it may have more memory or processes (`dmesg`, `ulimit -a`), then run it again"
_HINTS = (
    (re.compile("Function not implemented"), "git cannot work on a file system of that kind: name another place"),
    (re.compile(r"\(signal 25\)|File too large"), "let it write larger files (`ulimit -f`), then run it again"),
    (re.compile(r"\(signal [69]\)|[Oo]ut of memory|Cannot allocate|unable to create .*thread"), MEMORY),
    (re.compile("Input/output error"), "the disk does not work as it should: look at `dmesg`, then run it again"),
    (
        re.compile(
            "No space left|Out of diskspace|[Qq]uota exceeded"
            "|couldn't (write|set) '|[Uu]nable to (create|write)|failed to write"
        ),
        "look at free space (`df`, and `df -i` for inodes) and permissions there, then run it again; "
        "nothing half-done is visible",
    ),
)
"""What a person can do about git's complaint. Git says of some faults only which file could not be written."""
_GOES_NOWHERE = (
    "git can neither send nor list a history that lacks it; begin a new one and keep this: mv {0} {0}.old, `inv sync`, "
    "then add the remote there anew (if that has backups on this branch: `inv set-config BACKUP_BRANCH=NAME` first)"
)
"""Of a lost folder (tree) or commit. A lost file can be taken out of the history (recovery/forget.py)."""


def way_on(said: str, git_dir: str, where: str) -> str:
    """The next step after a git that failed. said: its words, made safe; where: the backup's folder."""
    with suppress(OSError), open(os.path.join(git_dir, "autosync-lost"), encoding="utf-8", errors="replace") as noted:
        if set(re.findall(r"\b[0-9a-f]{40}\b", said)) & {line[:40] for line in noted}:  # a person confirmed it
            return _GOES_NOWHERE.format(typed(where))
    return next((hint for sign, hint in _HINTS if sign.search(said)), "run `inv verify` to see what is wrong")
