"""Installs and removes the OpenCode plugin: one file of ours in a folder that OpenCode loads plugins from."""

from __future__ import annotations

import contextlib
import json
import os
import re
from collections.abc import Mapping, Sequence

from autosync_tasks import __version__
from autosync_tasks.config.load import xdg_folder
from autosync_tasks.config.settings import Settings
from autosync_tasks.errors import UsageError
from autosync_tasks.files import bytes_in
from autosync_tasks.model import Outcome, Trigger
from autosync_tasks.records import fields
from autosync_tasks.triggers import files
from autosync_tasks.triggers.command import CARRIED, environment, sync_command
from autosync_tasks.triggers.result import TaskResult, text_diff

NAME = "autosync.js"
SCOPES = ("global", "project")
_MARK = b"// autosync-tasks plugin for OpenCode."
_PLACE = "__AUTOSYNC_SETUP__"
_PARTS = ("core.js", "ask.js", "v1.js", "v2.js")
"""One file each in the package, one file together where it is installed: OpenCode takes every loose file of a plugin
folder for a plugin of its own."""

LOOK_EVERY_MS = 600_000
"""Between two looks of the plugin in OpenCode 2, where the event that ends a turn may be lost."""


def plugin_text(command: Sequence[str], env: Mapping[str, str], state: str) -> str:
    """The plugin with its setup.

    command: what syncs, its first word the program. env: the environment it needs. state: the folder for the child's
    output; the word that the plugin leaves lies beside it (`loaded`).
    """
    folder = os.path.join(os.path.dirname(__file__), "plugin")  # importlib.resources takes 9 ms to load
    template = "\n".join(bytes_in(os.path.join(folder, part)).decode() for part in _PARTS)
    setup = {
        "version": __version__,
        "command": [*command, "--json"],
        "program": command[0],
        "env": dict(env),
        "unset": sorted({field.name.upper() for field in fields(Settings)} | {*CARRIED}),
        "state": state,
        "word": word_path(state),
        "look_ms": LOOK_EVERY_MS,
    }
    return template.replace(_PLACE, json.dumps(setup, indent=2))


def word_path(state: str) -> str:
    """Where the plugin leaves word that it was loaded. state: the folder of its child's output."""
    return f"{state}-loaded.json"


def written_by(content: bytes) -> str:
    """The version of this program that wrote a plugin file, "" if it does not say (before 0.2)."""
    found = re.search(rb'^  "version": "([^"\n]{1,40})",$', content[:20_000], re.MULTILINE)
    return found[1].decode("utf-8", "replace") if found else ""


def path_for(scope: str, environ: Mapping[str, str], folder: str) -> str:
    """Where the plugin belongs. global: OpenCode's own config folder; project: the project that holds `folder`.

    OpenCode loads `plugin/` and `plugins/` of its config folder and of each `.opencode` from the project up.
    Raises UsageError for another scope.
    """
    if scope == "global":
        return os.path.join(xdg_folder("config", environ), "opencode", "plugins", NAME)
    if scope != "project":
        raise UsageError(f"--scope {scope!r} is not known", hint="use --scope global or --scope project")
    return os.path.join(_project(os.path.abspath(folder)), ".opencode", "plugins", NAME)


def _project(folder: str) -> str:
    """The nearest folder above that has `.opencode` or `.git`; `folder` itself if none has."""
    home = os.path.realpath(os.path.expanduser("~"))
    here = folder
    while os.path.realpath(here) != home and here != os.path.dirname(here):
        if any(os.path.exists(os.path.join(here, name)) for name in (".opencode", ".git")):
            return here
        here = os.path.dirname(here)
    return folder


def is_own(content: bytes) -> bool:
    """Whether a file of these contents was written by `install-hook`, here or elsewhere."""
    return content.startswith(_MARK)


def wanted(environ: Mapping[str, str], command: Sequence[str] | None = None) -> bytes:
    """What the plugin file should hold now."""
    env = environment(environ)
    env.pop("PATH")  # OpenCode runs with the user's own
    env.pop("LC_ALL")
    return plugin_text(command or sync_command(Trigger.WORKFLOW), env, state_folder(environ)).encode()


def state_folder(environ: Mapping[str, str]) -> str:
    """The folder for the output of the plugin's child."""
    return os.path.join(files.state_folder(environ), "hook")


def state_of(path: str, environ: Mapping[str, str]) -> str | None:
    """None: no plugin of ours there; "": up to date; else what is wrong. Raises AutosyncError if it is unreadable."""
    held = files.read(path)
    if held is None or not is_own(held):
        return None
    return "" if held == wanted(environ) else _difference(held)


def _difference(held: bytes) -> str:
    """How a plugin file that is ours, but not the one wanted, came to be so."""
    version = written_by(held)
    if version == __version__:
        return "the plugin is not the one that install-hook would write now"
    whose = f"version {version}" if version else "an older version"
    return f"the plugin was written by {whose} of this program, which is {__version__} now"


def install(
    environ: Mapping[str, str],
    *,
    scope: str = "global",
    folder: str = ".",
    check: bool = False,
    command: Sequence[str] | None = None,
) -> TaskResult:
    """Writes the plugin, or brings it up to date. folder: where the project is looked for.

    Raises UsageError for a wrong scope, or if another's file has the name.
    """
    path = path_for(scope, environ, folder)
    text = wanted(environ, command)
    held = files.read_own(path, _MARK)
    data = {"scope": scope, "path": path}
    if held == text:
        return TaskResult("install-hook", Outcome.OK, f"the plugin is up to date: {path}", check=check, data=data)
    if not check:
        files.write(path, text)
    verb = "would be" if check else "is"
    done = "installed" if held is None else f"brought up to date ({_difference(held)})"
    reason, diff = f"the plugin {verb} {done}: {path}", text_diff(held or b"", text, path)
    next_step = "" if check else "start OpenCode anew: it loads plugins when it starts"
    return TaskResult("install-hook", Outcome.CHANGED, reason, (), diff, next_step, check, data)


def uninstall(
    environ: Mapping[str, str], *, scope: str = "global", folder: str = ".", check: bool = False
) -> TaskResult:
    """Removes the plugin, and its folder if that is empty then. Raises as `install` does."""
    path = path_for(scope, environ, folder)
    held = files.read_own(path, _MARK)
    data = {"scope": scope, "path": path}
    if held is None:
        return TaskResult("uninstall-hook", Outcome.OK, f"there is no plugin: {path}", check=check, data=data)
    if not check:
        files.remove(path)
        with contextlib.suppress(OSError):  # other plugins may live there
            os.rmdir(os.path.dirname(path))
    reason = f"the plugin {'would be' if check else 'is'} removed: {path}"
    return TaskResult("uninstall-hook", Outcome.CHANGED, reason, (), text_diff(held, b"", path), "", check, data)
