"""What OpenCode's own config files ask for: variables, files, programs, packages, a login, what lies outside the tree.

Reads the config files and looks for names; shows no value.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator, Mapping
from typing import Any

from autosync_tasks.config.around import places
from autosync_tasks.config.places import is_within
from autosync_tasks.doctor.machine import Missing
from autosync_tasks.errors import AutosyncError
from autosync_tasks.files import opened
from autosync_tasks.names import OUTSIDE, display
from autosync_tasks.triggers.opencode import data_folder
from autosync_tasks.validation.jsonc import loads
from autosync_tasks.workspace.workspace import Site

_CONFIGS = ("opencode.json", "opencode.jsonc", "config.json", "tui.json", "tui.jsonc")
_VARIABLE, _FILE = re.compile(r"\{env:([A-Za-z_][A-Za-z0-9_]*)\}"), re.compile(r"\{file:([^}\n]{1,1000})\}")
_MOST_BYTES = 1_000_000


def asked_for(source: str, environ: Mapping[str, str]) -> Iterator[Missing]:
    """What of it is not here. source: the tree. environ: as OpenCode will see it."""
    yield from _login(environ)
    for name in _CONFIGS:
        if text := _text(os.path.join(source, name)):
            yield from _named(text, name, source, environ)
            yield from _programs(text, name, environ)
    yield from _packages(source)


def kept_outside(site: Site, commit: str) -> Iterator[Missing]:
    """What the backup keeps from outside the tree, and what is not at its place here: each file, each skill."""
    try:
        recorded = site.repository.head(commit).recorded
    except AutosyncError:
        return
    kept, known = OUTSIDE + b"/.opencode/", places(site.loaded.home, site.settings)
    names = {b"/".join(path.split(b"/")[:4]) for path in (recorded.paths if recorded else ()) if path.startswith(kept)}
    for name in sorted(names):
        above = next((one for one in (name, name.rpartition(b"/")[0]) if one in known), None)
        place = known[above] + name[len(above) :] if above is not None else b""
        if not os.path.lexists(place):
            way = "`autosync restore --outside` brings it"
            way = way if place else f"say where it lies: `autosync set-config FOLLOW_CONFIG=FILE`; then {way}"
            shown = display(place or name[len(kept) :])
            if is_within(os.fsdecode(place), home := os.path.realpath(site.loaded.home)):
                shown = "~" + shown[len(display(home)) :]
            yield Missing("file", shown, way, "kept from outside the tree")


def _login(environ: Mapping[str, str]) -> Iterator[Missing]:
    there = os.path.join(data_folder(environ), "auth.json")
    if not os.path.exists(there) and not any(name.endswith(("_API_KEY", "_API_TOKEN")) for name in environ):
        yield Missing("login", display(there), "log in again: `opencode auth login`", "OpenCode's own")


def _named(text: str, name: str, source: str, environ: Mapping[str, str]) -> Iterator[Missing]:
    for variable in dict.fromkeys(_VARIABLE.findall(text)):
        if not environ.get(variable):
            yield Missing("variable", variable, f"set it where OpenCode is started: export {variable}=…", name)
    home = environ.get("HOME", "")
    for path in dict.fromkeys(_FILE.findall(text)):
        whole = home + path[1:] if path.startswith("~/") else os.path.join(source, path)
        if not os.path.exists(whole):
            yield Missing("file", display(path), "bring it from where you keep it", name)


def _programs(text: str, name: str, environ: Mapping[str, str]) -> Iterator[Missing]:
    """The programs that MCP servers, formatters and language servers are."""
    try:
        config = loads(text)
    except (ValueError, RecursionError):
        return  # validation says so
    for table in ("mcp", "formatter", "lsp"):
        for key, one in _table(config, table).items():
            command = one.get("command") if isinstance(one, dict) else None
            off = isinstance(one, dict) and (one.get("enabled") is False or one.get("disabled") is True)
            program = command[0] if isinstance(command, list) and command else command
            if off or not isinstance(program, str) or not program or "{" in program:
                continue
            if shutil.which(program, path=environ.get("PATH", os.defpath)) is None:
                way = f"install it, or `enabled: false` in {name}"
                yield Missing("program", display(program, limit=100), way, f"{table} {display(key, limit=60)}")


def _table(config: object, name: str) -> dict[str, Any]:
    found = config.get(name) if isinstance(config, dict) else None
    return found if isinstance(found, dict) else {}


def _packages(source: str) -> Iterator[Missing]:
    """What package.json asks for: OpenCode installs it when it starts."""
    try:
        wanted = _table(loads(_text(os.path.join(source, "package.json")) or "{}"), "dependencies")
    except (ValueError, RecursionError):
        return
    for name in wanted:
        if not os.path.isdir(os.path.join(source, "node_modules", name)):
            way = "start OpenCode once, it installs them (or `bun install` in the tree)"
            yield Missing("plugin", display(name, limit=100), way, "package.json")


def _text(path: str) -> str:
    try:
        with opened(path) as file:
            return file.read(_MOST_BYTES).decode("utf-8", "replace")
    except OSError:
        return ""
