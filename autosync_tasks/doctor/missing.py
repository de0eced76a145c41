"""What a config tree needs that is not on this machine: a list that can be worked off, each with its remedy.

Reads names, shebangs and the config files; writes nothing, starts nothing, and shows no value: names only.
"""

from __future__ import annotations

import os
import re
import shutil
import stat
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from autosync_tasks.backup.history import newest_said
from autosync_tasks.backup.repository import Repository
from autosync_tasks.backup.said import Said
from autosync_tasks.config.around import places
from autosync_tasks.config.load import VARIABLE
from autosync_tasks.config.places import is_within
from autosync_tasks.errors import AutosyncError
from autosync_tasks.model import Run
from autosync_tasks.names import OUTSIDE, display
from autosync_tasks.profiles import USUAL
from autosync_tasks.records import dataclass
from autosync_tasks.triggers.opencode import data_folder
from autosync_tasks.validation.jsonc import loads
from autosync_tasks.workspace.workspace import Site

_CONFIGS = ("opencode.json", "opencode.jsonc", "config.json", "tui.json", "tui.jsonc")
_VARIABLE, _FILE = re.compile(r"\{env:([A-Za-z_][A-Za-z0-9_]*)\}"), re.compile(r"\{file:([^}\n]{1,1000})\}")
_SKIPPED = frozenset({"node_modules", ".git"})
_MOST_BYTES, _MOST_PATHS, _MOST = 1_000_000, 100_000, 200
_LOGINS = frozenset({"auth.json", "mcp-auth.json", "account.json"})


@dataclass(frozen=True, slots=True)
class Missing:
    """One thing. kind: file, login, variable, program, plugin, link or interpreter. wanted_by: what asks for it."""

    kind: str
    name: str
    remedy: str
    wanted_by: str = ""

    @property
    def words(self) -> str:
        """One line for a person."""
        by = f" ({self.wanted_by})" if self.wanted_by else ""
        return f"{self.kind} {self.name}{by}: {self.remedy}"

    @property
    def as_json(self) -> dict[str, str]:
        """The same for programs."""
        return {"kind": self.kind, "name": self.name, "wanted_by": self.wanted_by, "remedy": self.remedy}


def said_of(repository: Repository, commit: str) -> Said:
    """What the newest own commit up to this one says of its machine; nothing, if none does or it cannot be read."""
    try:
        return newest_said(repository, commit)[1]
    except AutosyncError:
        return Said()


def missing_after(site: Site, run: Run) -> tuple[Missing, ...]:
    """What a tree that a run brought back needs and this machine lacks; nothing if it was not brought back."""
    if run.check or run.exit_code not in (0, 1) or not run.commit or not os.path.isdir(site.places.real_source):
        return ()
    return missing_here(site, run.commit)


def missing_here(site: Site, commit: str) -> tuple[Missing, ...]:
    """What this machine lacks for its tree. commit: a backup that says what was never copied, and what it keeps from
    outside the tree ("" for none)."""
    source, repository = site.places.real_source, site.repository
    said = said_of(repository, commit) if commit else Said()
    return (*missing(source, site.environ, said), *(_outside(site, commit) if commit else ()))[:_MOST]


def _outside(site: Site, commit: str) -> Iterator[Missing]:
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


def missing(source: str, environ: Mapping[str, str], said: Said) -> tuple[Missing, ...]:
    """What this machine lacks. source: the tree. environ: as OpenCode will see it. said: what was never copied."""
    found = [*_never_copied(source, said), *_login(environ)]
    for name in _CONFIGS:
        text = _text(os.path.join(source, name))
        found += [*_named(text, name, source, environ), *_programs(text, name, environ)] if text else []
    found += [*_packages(source), *_on_disk(source, environ)]
    return tuple({(one.kind, one.name): one for one in found}.values())[:_MOST]


def _never_copied(source: str, said: Said) -> Iterator[Missing]:
    for name in said.absent:
        base = name.rstrip("/").rpartition("/")[2]
        if os.path.lexists(os.path.join(source, name.rstrip("/"))):
            continue
        if base in _LOGINS:
            way = "opencode mcp auth" if base.startswith("mcp") else "opencode auth login"
            yield Missing("login", name, f"log in again: `{way}`", "never in a backup")
        elif base.startswith(".env"):
            yield Missing("file", name, "write its variables anew, from where the keys are kept", "never in a backup")
        else:
            yield Missing("file", name, "bring it from where you keep it, or make a new one", "never in a backup")


def _login(environ: Mapping[str, str]) -> Iterator[Missing]:
    if environ.get(VARIABLE, USUAL) != USUAL:
        return  # another agent's login is its own matter
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


def _on_disk(source: str, environ: Mapping[str, str]) -> Iterator[Missing]:
    for path, facts in _walk(source):
        whole = os.path.join(source, path)
        if stat.S_ISLNK(facts.st_mode):
            if not os.path.exists(whole):
                target = display(os.readlink(whole), limit=200)
                yield Missing(
                    "link", display(path), f"what it leads to, {target}, is not here: bring that, or remove it"
                )
        elif stat.S_ISREG(facts.st_mode) and facts.st_mode & 0o111 and (lacks := _interpreter(whole, environ)):
            yield Missing("interpreter", display(lacks, limit=100), "install it", display(path))


def _walk(source: str) -> Iterable[tuple[str, os.stat_result]]:
    seen = 0
    for folder, folders, files in os.walk(source):
        folders[:] = sorted(name for name in folders if name not in _SKIPPED)
        for name in (*files, *folders):
            seen += 1
            if seen > _MOST_PATHS:
                return
            whole = os.path.join(folder, name)
            try:
                yield os.path.relpath(whole, source), os.lstat(whole)
            except OSError:
                continue


def _interpreter(path: str, environ: Mapping[str, str]) -> str:
    """The interpreter that a script names and that is not here; "" if it is, or the file is no script."""
    try:
        with open(path, "rb") as file:
            line = file.read(256).split(b"\n")[0]
    except OSError:
        return ""
    words = line[2:].decode("utf-8", "replace").split() if line.startswith(b"#!") else []
    if words and os.path.basename(words[0]) == "env":
        words = [word for word in words[1:] if not word.startswith("-") and "=" not in word]
        return words[0] if words and shutil.which(words[0], path=environ.get("PATH", os.defpath)) is None else ""
    return words[0] if words and not os.path.exists(words[0]) else ""


def _text(path: str) -> str:
    try:
        with open(os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC), "rb") as file:
            return file.read(_MOST_BYTES).decode("utf-8", "replace")
    except OSError:
        return ""
