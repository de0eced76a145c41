"""The demo: a small, realistic config tree and its backup in a folder of their own, through the real pipeline."""

from __future__ import annotations

import base64
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress

from autosync_tasks.config.load import load
from autosync_tasks.errors import AutosyncError, UsageError
from autosync_tasks.model import Run
from autosync_tasks.names import display, typed
from autosync_tasks.report import lines, screen
from autosync_tasks.report.words import Line, Part, line, runnable
from autosync_tasks.restore.restore import new_wish, restore
from autosync_tasks.sync import pipeline
from autosync_tasks.verify import verify
from autosync_tasks.workspace.request import new_request
from autosync_tasks.workspace.workspace import Site, open_site

_TREE: Mapping[str, str] = {
    "opencode.json": '{\n  "model": "anthropic/claude-sonnet-4-5",\n  "share": "disabled" // stay private\n}\n',
    "AGENTS.md": "# House rules\n\nSmall commits. Tests first. Ask before you delete.\n",
    "agent/reviewer.md": "---\ndescription: Reads a change once more before it lands\nmode: subagent\n---\nBe kind.\n",
    "agent/writer.md": "---\ndescription: Writes documentation\nmode: subagent\n---\nShort sentences.\n",
    "command/release.md": "---\ndescription: Cut a release\n---\nTag, build, publish $ARGUMENTS.\n",
    "context/project/stack.md": "# Stack\n\nPython 3.12, PostgreSQL 16, pytest.\n",
    "context/project/names.md": "# Names\n\nA *source* is backed up; a *backup* holds it.\n",
    "skills/changelog/SKILL.md": "---\nname: changelog\ndescription: Keeps a changelog\n---\nOne line a change.\n",
    "bin/check": "#!/bin/sh\nexec pytest -q\n",
    ".env": "THIS_FILE=is never copied\n",
    "logs/session.log": "09:00 started\n",
}

# A token from a secret scanner's own tests; encoded, so that no scanner takes this file for a leak.
_TOKEN = b"c2dwX2FiY2RlZjEyMzQ1Njc4OTAxMjM0NTY3ODkwYWJjZGVmMTIzNDU2Nzg="


def run_demo(folder: str) -> int:
    """Makes the tree in `folder` (new, or "" for a fresh one) and shows each case. Returns an exit code."""
    home = _new_folder(folder)
    environ = {"HOME": home, "PATH": os.environ.get("PATH", os.defpath)}
    with suppress(OSError, AutosyncError):  # the scanner's rules, if this user has compiled them: it takes 5 to 20 s
        here, there = load(os.environ).state_home, load(environ).state_home
        os.makedirs(there, mode=0o700)
        shutil.copytree(os.path.join(here, "engine"), os.path.join(there, "engine"))
    source = os.path.join(home, ".config", "opencode")
    for name, text in _TREE.items():
        _write(source, name, text)
    os.chmod(os.path.join(source, "bin/check"), 0o700)
    screen.show(_title(f"A config tree of {len(_TREE)} files", f"as OpenCode users have it, in {display(source)}")[1:])

    codes = []
    for title, why, change in _acts(source):
        change()
        screen.show(_title(title, why))
        site = open_site(environ)
        with screen.Progress() as progress:
            run = pipeline.sync(site, new_request(), progress)
        _show(site, run)
        codes.append(run.exit_code)
    codes.append(_bring_back(environ, source))
    site = open_site(environ)
    screen.show(_title("Proof", "every file is read back from the backup and compared with the source"))
    proof = verify.verify(site, new_request(check=True), deep=True)
    _show(site, proof)
    codes.append(proof.exit_code)
    screen.show(_end(home, site))
    return 0 if codes == _EXPECTED else 1


_EXPECTED = [0, 0, 0, 3, 0, 0, 0]
"""Exit codes of the five acts, the restore and the proof: all go, but the one with the secret is blocked."""


def _acts(source: str) -> Iterator[tuple[str, str, Callable[[], None]]]:
    """Title, what happens, and the change that a person or an agent makes."""
    reviewer, notes = "agent/reviewer.md", "context/project/notes.md"
    token = base64.b64decode(_TOKEN).decode("ascii")
    yield "First backup", "inv sync, with no settings at all", lambda: None
    yield "Again", "nothing has changed, so nothing is written", lambda: None
    better = _TREE[reviewer] + "Say what is good, too.\n"
    yield "An edit", "an agent improves its own definition", lambda: _write(source, reviewer, better)
    leak = f"# Notes\n\nThe token is {token}\n"
    yield "A secret", "a token lands in a note, and the sync is blocked", lambda: _write(source, notes, leak)
    mended = "# Notes\n\nThe token is in the keyring.\n"
    yield "Mended", "the next sync goes by itself", lambda: _write(source, notes, mended)


def _bring_back(environ: Mapping[str, str], source: str) -> int:
    """Deletes a file and restores it; 1 if it did not come back as it was."""
    name = "command/release.md"
    os.unlink(os.path.join(source, name))
    screen.show(_title("A deleted file", f"{name} is gone; inv restore {name}"))
    site = open_site(environ)
    run, _ = restore(site, new_wish([name]))
    screen.show(lines.of_restore(run, site.places.source, site.places.backup))
    with open(os.path.join(source, name), encoding="utf-8") as file:
        return run.exit_code or int(file.read() != _TREE[name])


def _write(source: str, name: str, text: str) -> None:
    path = os.path.join(source, name)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)


def _new_folder(folder: str) -> str:
    if not folder:
        return tempfile.mkdtemp(prefix="autosync-demo-")
    path = os.path.abspath(folder)
    if os.path.lexists(path):
        raise UsageError(f"{display(path)} is already there", hint="name a folder that is not there yet")
    os.makedirs(path, mode=0o700)
    return path


def _title(title: str, why: str) -> list[Line]:
    return [line(), line(Part(f"── {title}: ", "bold cyan"), Part(runnable(why), "dim"))]


def _show(site: Site, run: Run) -> None:
    screen.show(lines.of_run(run, site.places.source, site.places.backup))


def _end(home: str, site: Site) -> list[Line]:
    return [
        line(),
        line(Part("The backup is an ordinary git repository:", "bold")),
        line(f"  git -C {typed(site.places.backup)} log --stat"),
        line(f"All of it lies in {display(home)}; remove that folder when you have seen enough."),
    ]
