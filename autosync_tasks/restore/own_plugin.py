"""This program's own OpenCode plugin in a backup: it carries the paths of the machine that wrote it.

Brought back as it was it would start what is not there, so the one that is installed stays, and `install-hook` writes
this machine's.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Mapping

from autosync_tasks.backup.objects import AbsentError, Store
from autosync_tasks.backup.repository import Repository
from autosync_tasks.config.load import VARIABLE
from autosync_tasks.model import Path
from autosync_tasks.names import display
from autosync_tasks.records import replace
from autosync_tasks.restore.plan import RestorePlan
from autosync_tasks.triggers import agent_hook, hook

WORDS = "is this program's own plugin, with paths of the machine that wrote it: `inv install-hook` writes this one's"
HOOKS = "holds hooks of this program as another machine wrote them, which fail unseen"
ENDS = tuple(f"/{folder}/{hook.NAME}".encode() for folder in ("plugin", "plugins"))
"""How its path ends: OpenCode loads both folders."""


def without_own_plugin(
    plan: RestorePlan, repository: Repository, target: str, environ: Mapping[str, str], *, live: bool
) -> tuple[RestorePlan, list[str]]:
    """The plan less every plugin of ours that it would write and that is not this machine's, with a note for each; and
    one for hooks of another machine in an agent's settings, which come back with a person's own.

    target: the folder that is written into. live: it is the source; a folder of the user's own gets the file as it was,
    unless OpenCode would load it there.
    """
    loaded = os.path.realpath(hook.path_for("global", environ, "."))
    bad: set[Path] = set()
    with Store(repository) as stored:
        for put in plan.puts:
            if put.want.id and not put.only_mode and (b"/" + put.path).endswith(ENDS):
                here = os.path.realpath(os.path.join(target, os.fsdecode(put.path))) == loaded
                with contextlib.suppress(AbsentError):  # whoever writes it will tell
                    data = stored.read(put.want.id)
                    if (live or here) and hook.is_own(data) and not (here and data == hook.wanted(environ)):
                        bad.add(put.path)
    puts = tuple(put for put in plan.puts if put.path not in bad)
    notes = [f"{display(path)} {WORDS}" for path in sorted(bad)]
    return replace(plan, puts=puts), [*notes, *(_hooks_of_others(plan, repository, environ) if live else ())]


def _hooks_of_others(plan: RestorePlan, repository: Repository, environ: Mapping[str, str]) -> list[str]:
    """A note where the settings that come back start this program as another machine has it: no turn would sync."""
    own = agent_hook.of_profile(environ)
    for put in plan.puts if own else ():
        if own and put.want.id and not put.only_mode and put.path == os.fsencode(own[0].file):
            with Store(repository) as stored, contextlib.suppress(AbsentError):
                if agent_hook.of_others(environ, own[0], stored.read(put.want.id), own[2]):
                    ways = (f"`inv {task}-hook --profile={environ[VARIABLE]}` {what}" for task, what in _WAYS)
                    return [f"{display(put.path)} {HOOKS}: {', '.join(ways)}"]
    return []


_WAYS = (("install", "writes this one's"), ("uninstall", "takes them out"))
