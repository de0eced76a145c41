"""The one command that every trigger runs, and the environment it runs in.

Cron, the timer, the watcher and the OpenCode plugin all start `autosync sync --trigger=…`; it is built here.
"""

from __future__ import annotations

import os
import pwd
import shutil
import sys
import sysconfig
from collections.abc import Mapping

from autosync_tasks.config.load import Loaded, load, need_named
from autosync_tasks.errors import UsageError
from autosync_tasks.model import Trigger
from autosync_tasks.names import typed

PROGRAM = "autosync"
SYSTEM_PATH = ("/usr/local/bin", "/usr/bin", "/bin")
LOCALE = "C.UTF-8"
"""On every glibc since 2.35 and on every Debian. Names are bytes here: only messages depend on it."""

PLACES = ("opencode_source", "opencode_backup")
"""The settings that must not come from one shell alone."""

CARRIED = ("AUTOSYNC_CONFIG", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME")
"""They decide which config file and state are meant. Cron and systemd do not hand them on by themselves."""


def program() -> str:
    """The absolute path of the console program that belongs to the running interpreter.

    The interpreter's links are not resolved: a venv's `python` is one. Raises UsageError where no such program is
    installed.
    """
    interpreter = os.path.abspath(sys.executable)
    scripts = (sysconfig.get_path("scripts"), sysconfig.get_path("scripts", f"{os.name}_user"))
    for folder in (os.path.dirname(interpreter), *scripts):
        path = os.path.join(folder, PROGRAM)
        if os.path.isfile(path) and os.access(path, os.X_OK):
            return path
    raise UsageError(
        f"There is no `{PROGRAM}` program beside {interpreter}.",
        hint="Install the project into this Python (pip install .) and run the task again from there.",
    )


def sync_command(trigger: Trigger) -> tuple[str, ...]:
    """The words of the command."""
    return (program(), "sync", f"--trigger={trigger}")


def passwd_home() -> str:
    """The home folder that cron and systemd give the user, whatever HOME says now ("" if there is none)."""
    try:
        return pwd.getpwuid(os.getuid()).pw_dir
    except KeyError:
        return ""


def search_path() -> str:
    """A PATH for a run without a shell: where git and ssh are found now, then the system's folders."""
    found = filter(None, map(shutil.which, ("git", "ssh")))
    return ":".join(dict.fromkeys([*(os.path.dirname(os.path.abspath(path)) for path in found), *SYSTEM_PATH]))


def environment(environ: Mapping[str, str], home: str | None = None) -> dict[str, str]:
    """What the command needs to mean the same tree as here, in a stable order.

    environ: the environment of the person who installs. home: what the daemon will set HOME to
    (default: the passwd entry). HOME is named only where it differs. Raises UsageError for values that
    no crontab line, unit or plugin can carry.
    """
    wanted = {"PATH": search_path(), "LC_ALL": LOCALE}
    here = environ.get("HOME", "")
    if here and os.path.realpath(here) != os.path.realpath(passwd_home() if home is None else home):
        wanted["HOME"] = here
    for name in CARRIED:
        value = environ.get(name, "")
        if name == "AUTOSYNC_CONFIG" and value:
            value = os.path.abspath(os.path.expanduser(value))
        if value.startswith("/"):  # the XDG specification: a path that is not absolute is to be ignored
            wanted[name] = value
    bad = [f"{name}={value!r}" for name, value in wanted.items() if any(ord(c) < 32 for c in value)]
    if bad:
        raise UsageError(
            "Control characters in the environment cannot be handed on to an unattended run.",
            hint="Unset the variables, or give them plain values, and run the task again.",
            details=bad,
        )
    return wanted


def need_recorded(environ: Mapping[str, str]) -> Loaded:
    """The settings. Raises UsageError, with the line to type, while source or backup come from variables alone.

    A variable that says what the config file says too is no obstacle.
    """
    loaded = load(environ)
    need_named(loaded, environ)
    bare = {name: value for name, value in environ.items() if name.lower() not in PLACES}
    recorded = load(bare)
    missing = [
        name
        for name in PLACES
        if loaded.origins[name].startswith("environment")
        and getattr(recorded.settings, name) != getattr(loaded.settings, name)
    ]
    if missing:
        words = [f"{name.upper()}={typed(getattr(loaded.settings, name))}" for name in missing]
        raise UsageError(
            f"{' and '.join(name.upper() for name in missing)} {'comes' if len(missing) == 1 else 'come'} from the "
            "environment of this shell alone; "
            "an unattended run would not see them",
            hint="record them first, then run this again",
            details=[f"autosync set-config {word}" for word in words],
        )
    return loaded
