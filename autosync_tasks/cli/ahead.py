"""A sync's process that the watcher starts ahead: it has loaded what a sync needs and waits for the word to begin.

It is a process as any other, with one sync to run: nothing of an earlier one is in it, and it opens no state and no
repository before the word. What it reads of the settings then is practice, for patterns and classes that are made when
they are first used; the sync reads them anew. More than half of the time from a save to the commit went into loading.

A fifth of a second before the quiet period is over it is told to look at the tree, which takes a third of the rest. If
the watcher hears nothing more until the word, the sync takes that look for its walk, as one does that began a moment
earlier; else, or if anybody else synced meanwhile, it looks again. What is read must fit what was seen, as ever.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from contextlib import suppress

from autosync_tasks.backup import soundness
from autosync_tasks.backup.runner import gitpython
from autosync_tasks.cli import boundary, collection, each, sync
from autosync_tasks.cli.stamp import stamp
from autosync_tasks.config import values
from autosync_tasks.errors import AutosyncError
from autosync_tasks.model import Kind
from autosync_tasks.names import LOOK, SEEN
from autosync_tasks.plan import judge
from autosync_tasks.policy.classify import Classifier, closed_folders, protected_matcher
from autosync_tasks.profiles import check
from autosync_tasks.report import as_json, idle
from autosync_tasks.sync import note, run
from autosync_tasks.sync.still import glance
from autosync_tasks.validation import families
from autosync_tasks.workspace import validation_context
from autosync_tasks.workspace.workspace import open_site

with suppress(ImportError):
    import ctypes  # noqa: F401  by it a commit is made durable (linux/disk.py)

LOADED = (
    *(soundness, boundary, collection, each, sync, values, judge, check, as_json, idle, note, run, families),
    validation_context,
)
"""What a run with nothing to do would not load, or loads late."""


def wait(before: list[tuple[str, int, int, int]]) -> None:
    """Returns when the word comes on standard input; ends the process where nobody is there any more to say it.

    before: `stamp()` from before anything was loaded. If the program was changed since, it begins anew: half of one
    version and half of another must not run.
    """
    look = practise()
    while (word := os.read(0, 1)) == LOOK:
        with suppress(OSError):
            look()
    if not word:
        sys.exit(0)
    if word != SEEN:
        glance.forget()
    if stamp() != before:
        os.execv(sys.executable, [sys.executable, *sys.orig_argv[1:]])  # noqa: S606  this program again, no shell


def practise() -> Callable[[], None]:
    """Makes what a sync makes when it first needs it, and keeps nothing that it finds. Writes nothing.

    Returns what looks at the tree, for a sync that begins within two seconds. It raises OSError.
    """
    gitpython()
    with suppress(AutosyncError, OSError):  # the sync will say it
        site = open_site(os.environ)
        protected = protected_matcher(site.settings)
        protected(b"name.md", False)
        Classifier(site.settings).starts(b"folder/name.md", Kind.FILE)
        if site.following is None:
            unusual = closed_folders(site.settings) if site.settings.profile.unusual else None

            def closed(path: bytes) -> bool:
                name = path.rpartition(b"/")[2]
                return name == b".git" or protected(name, True) or (unusual is not None and unusual(path))

            return lambda: glance.look(site.places.real_source, site.state.folder, closed)
    return lambda: None
