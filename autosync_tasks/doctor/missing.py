"""What a config tree needs that is not on this machine: a list that can be worked off, each with its remedy.

Reads names, shebangs and the config files; writes nothing, starts nothing, and shows no value: names only.
"""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress

from autosync_tasks.backup.history import newest_said
from autosync_tasks.backup.repository import Repository
from autosync_tasks.backup.said import Said
from autosync_tasks.config.load import VARIABLE
from autosync_tasks.doctor.machine import Missing
from autosync_tasks.doctor.opencode import asked_for, kept_outside
from autosync_tasks.errors import AutosyncError
from autosync_tasks.model import Run
from autosync_tasks.names import display, suspicious
from autosync_tasks.profiles import USUAL
from autosync_tasks.workspace.workspace import Site

_SKIPPED = frozenset({"node_modules", ".git"})
_MOST_PATHS, _MOST = 100_000, 200


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
    profile = site.settings.profile
    outside = (*_parts(site, commit), *(() if profile.unusual else kept_outside(site, commit))) if commit else ()
    found = (*missing(source, site.environ, said, profile.read().logins), *outside)[:_MOST]
    if suspects := [name for one in found if suspicious(name := os.fsencode(one.name))]:
        from autosync_tasks.workspace.validation_context import withhold_names

        withhold_names(site, suspects)  # somebody's key stands where a name belongs
    return found


def _parts(site: Site, commit: str) -> Iterator[Missing]:
    """Parts of bigger files that the backup keeps and that are not in those files here."""
    try:
        recorded = site.repository.head(commit).recorded
    except AutosyncError:
        return
    for kept, part in site.parts.items():
        with suppress(OSError):
            if recorded and os.fsencode(kept) in recorded.paths and part.read() is None:
                way = "`inv restore --outside` brings it"
                yield Missing(
                    "file", f"{display(part.file)}: {', '.join(part.keys)}", way, "kept from outside the tree"
                )


def missing(
    source: str, environ: Mapping[str, str], said: Said, logins: Mapping[str, str] | None = None
) -> tuple[Missing, ...]:
    """What this machine lacks. source: the tree. environ: as the agent will see it. said: what was never copied.
    logins: names of files that come back by logging in again, and how."""
    own = () if environ.get(VARIABLE, USUAL) != USUAL else asked_for(source, environ)
    found = [*_never_copied(source, said, logins or {}), *own, *_on_disk(source, environ)]
    return tuple({(one.kind, one.name): one for one in found}.values())[:_MOST]


def _never_copied(source: str, said: Said, logins: Mapping[str, str]) -> Iterator[Missing]:
    for name in said.absent:
        base = name.rstrip("/").rpartition("/")[2]
        if os.path.lexists(os.path.join(source, name.rstrip("/"))):
            continue
        if base in logins:
            yield Missing("login", name, f"log in again: {logins[base]}", "never in a backup")
        elif base.startswith(".env"):
            yield Missing("file", name, "write its variables anew, from where the keys are kept", "never in a backup")
        else:
            yield Missing("file", name, "bring it from where you keep it, or make a new one", "never in a backup")


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
