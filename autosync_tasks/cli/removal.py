"""What `uninstall` does: each trigger taken out by its own task, then the state folder; and what is left, by name."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, suppress
from functools import partial

from autosync_tasks.config.load import VARIABLE, Loaded, load
from autosync_tasks.errors import AutosyncError, LockedError
from autosync_tasks.files import lock, remove_tree
from autosync_tasks.model import Outcome
from autosync_tasks.names import display
from autosync_tasks.profiles import USUAL, names
from autosync_tasks.triggers import agent_hook, completion, crontab, hook, systemd
from autosync_tasks.triggers.result import TaskResult

_FLAGS = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


def remove_all(loaded: Loaded, environ: Mapping[str, str], *, check: bool = False) -> TaskResult:
    """Removes what was installed and the state; the state only if all else went.

    Raises LockedError while a run is at work. check: writes nothing.
    """
    there = os.path.lexists(loaded.state_home)  # the locks of the install tasks make it
    with ExitStack() as held:
        if not check:
            _hold(loaded.state_home, held)
        results = list(_triggers(environ, loaded.config_home, check))
        failed = [reason for outcome, reason in results if outcome is Outcome.FAILED]
        if not failed and not there and not check:
            remove_tree(loaded.state_home)
        elif not failed and there:
            results.append(_state(loaded.state_home, check))
            failed = [reason for outcome, reason in results if outcome is Outcome.FAILED]
    gone = [reason for outcome, reason in results if outcome is Outcome.CHANGED]
    lines = [f"fail {reason}" for reason in failed] + [f"ok   {reason}" for reason in gone]
    lines += [f"left {what}" for what in _left(loaded, environ)]
    data = {"removed": gone, "left": [line[5:] for line in lines if line.startswith("left ")]}
    if failed:
        step = "mend that, then run it again"
        return TaskResult("uninstall", Outcome.FAILED, failed[0], tuple(lines), "", step, check, data)
    step = "take the program away as it came: `pipx uninstall autosync-tasks`, or delete its checkout"
    if not gone:
        return TaskResult("uninstall", Outcome.OK, "nothing is installed here", tuple(lines), "", step, check, data)
    reason = f"{len(gone)} {'would be' if check else 'are'} removed"
    return TaskResult("uninstall", Outcome.CHANGED, reason, tuple(lines), "", "" if check else step, check, data)


def _hold(home: str, held: ExitStack) -> None:
    """Holds the lock of every pair until the end, so that no run is at work in what goes."""
    try:
        folders = [entry.path for entry in os.scandir(home) if entry.is_dir(follow_symlinks=False)]
    except OSError:
        return
    for folder in folders:
        try:
            fd = os.open(os.path.join(folder, "lock"), _FLAGS)
        except OSError:
            continue
        held.callback(os.close, fd)
        if not lock(fd, 0):
            raise LockedError("a sync is at work; nothing was removed", hint="run it again when it has ended")


def _triggers(environ: Mapping[str, str], home: str, check: bool) -> Iterator[tuple[Outcome, str]]:
    ways: tuple[Callable[[], TaskResult], ...] = (
        lambda: crontab.uninstall(environ, check=check),
        lambda: systemd.uninstall_timer(environ, check=check),
        lambda: systemd.uninstall_watch(environ, check=check),
        *(lambda scope=scope: hook.uninstall(environ, scope=scope, check=check) for scope in hook.SCOPES),
        lambda: completion.uninstall(environ, check=check),
    )
    for way in (*ways, *_of_agents(environ, home, check)):
        try:
            result = way()
        except AutosyncError as error:
            if "no `crontab` program" not in error.message:
                yield Outcome.FAILED, error.message
            continue
        yield result.outcome, result.reason


def _of_agents(environ: Mapping[str, str], home: str, check: bool) -> Iterator[Callable[[], TaskResult]]:
    """The hooks in the settings of the other agents that are here."""
    for name in names(home):
        with suppress(AutosyncError):
            found = agent_hook.of_profile({**environ, VARIABLE: name})
            if found and found[1] and os.path.isdir(found[1]):
                yield partial(agent_hook.uninstall, environ, *found[:2], check=check)


def _state(home: str, check: bool) -> tuple[Outcome, str]:
    name = f"the state folder {display(home)}: the history of runs, caches"
    if os.path.islink(home):
        return Outcome.FAILED, f"the state folder {display(home)} is a link: remove it by hand"
    if check:
        return Outcome.CHANGED, f"{name} would be removed"
    remove_tree(home)
    if os.path.lexists(home):
        return Outcome.FAILED, f"{name}: it could not be removed as a whole"
    return Outcome.CHANGED, f"{name} is removed"


def _left(loaded: Loaded, environ: Mapping[str, str]) -> Iterator[str]:
    """What stays, with the way to be rid of it."""
    places = []
    for name in names(loaded.config_home):
        own = load({**environ, VARIABLE: name})
        places.append(("the backup" if name == USUAL else f"the backup of {name}", own.backup))
    for what, path in (*places, ("the settings and what you accepted", loaded.config_home)):
        if os.path.lexists(path):
            yield f"{what}: {display(path)}; delete it when you want none any more"
    source = loaded.settings.opencode_source
    yield f"your config tree{': ' + display(source) if source else ''}, and what was pushed to a remote"
    yield "plugins in other projects than the one you stand in: there `inv uninstall-hook --scope project`"
