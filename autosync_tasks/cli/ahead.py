"""A sync's process that the watcher starts ahead: it has loaded what a sync needs and waits for the word to begin.

It is a process as any other, with one sync to run: nothing of an earlier one is in it, and it opens no setting, no
state and no repository before the word. Half of the time from an editor's save to the commit was spent on loading.
"""

from __future__ import annotations

import os
import sys

from autosync_tasks.backup.runner import gitpython
from autosync_tasks.cli import boundary, sync
from autosync_tasks.cli.stamp import stamp
from autosync_tasks.report import as_json
from autosync_tasks.sync import run
from autosync_tasks.validation import families
from autosync_tasks.workspace import validation_context

LOADED = (boundary, sync, as_json, run, families, validation_context)
"""What a run with nothing to do would not load."""


def wait(before: list[tuple[str, int, int, int]]) -> None:
    """Returns when the word comes on standard input; ends the process where nobody is there any more to say it.

    before: `stamp()` from before anything was loaded. If the program was changed since, it begins anew: half of one
    version and half of another must not run.
    """
    gitpython()
    if not os.read(0, 1):
        sys.exit(0)
    if stamp() != before:
        os.execv(sys.executable, [sys.executable, *sys.orig_argv[1:]])  # noqa: S606  this program again, no shell
