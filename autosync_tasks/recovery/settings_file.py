"""The repository's own settings file (`.git/config`): what git says of it, and what of it git can read."""

from __future__ import annotations

import os
import re
import shutil

from autosync_tasks.backup.gateway import Gateway
from autosync_tasks.backup.repository import Repository
from autosync_tasks.names import display

_CORE = b"[core]\n\trepositoryformatversion = 0\n\tfilemode = true\n\tbare = %s\n\tlogallrefupdates = true\n"
_SECTION = re.compile(rb"^(?=\s*\[)", re.MULTILINE)
_MADE_ANEW = re.compile(rb"\s*\[\s*(core|extensions)\b", re.IGNORECASE)


def settings_fault(repository: Repository) -> str:
    """What git says of settings that it cannot read ("" for nothing). Call it when HEAD is sound.

    Git refuses every command then.
    """
    code, _, complaint = repository.gateway.attempt("rev-parse", "--git-dir")
    lines = [line for line in complaint.decode("utf-8", "replace").splitlines() if line.strip()]
    return display(lines[-1].removeprefix("fatal: "), limit=200) if code and lines else ""


def sound_settings(repository: Repository, scratch: str) -> bytes:
    """The settings with each section that git can read, and a core section made anew. scratch: a folder to try in."""
    try:
        with open(os.path.join(repository.git_dir, "config"), "rb") as file:
            text = file.read()
    except OSError:
        text = b""
    kept = _CORE % (b"true" if repository.bare else b"false")
    for section in _SECTION.split(text):
        if section.strip() and not _MADE_ANEW.match(section):
            longer = kept + section.rstrip(b"\n") + b"\n"
            kept = longer if _reads(longer, scratch) else kept
    return kept


def _reads(text: bytes, scratch: str) -> bool:
    """Whether git can work with these settings, tried on an empty repository."""
    shutil.rmtree(scratch, ignore_errors=True)
    for folder in ("objects", "refs"):
        os.makedirs(os.path.join(scratch, folder))
    for name, data in (("HEAD", b"ref: refs/heads/main\n"), ("config", text)):
        with open(os.path.join(scratch, name), "wb") as file:
            file.write(data)
    try:
        return Gateway(scratch).attempt("rev-parse", "--git-dir")[0] == 0
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
