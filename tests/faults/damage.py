"""A backup with everything in it that git keeps, damage to any one of its files, and what came of that.

The judge is plain git with a list made before the damage: every object that was there, every ref, every stash entry.
"""

from __future__ import annotations

import hashlib
import os
import random
import shutil
import subprocess
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from autosync_tasks.errors import AutosyncError
from autosync_tasks.model import Outcome, Run
from autosync_tasks.recovery.recover import recover
from autosync_tasks.restore.restore import new_wish, restore
from autosync_tasks.status.status import status
from autosync_tasks.sync.pipeline import sync
from autosync_tasks.verify.verify import verify
from autosync_tasks.workspace.request import new_request
from tests.restore.support import Place, make_place, write


@dataclass(frozen=True)
class Kept:
    """What the backup held before the damage: ids of all objects that refs and stash lead to, and the refs."""

    objects: frozenset[str]
    refs: frozenset[str]


@dataclass
class Round:
    """One damage and what came of it. ends: command to exit code, or the words of an exception that nobody foresaw."""

    what: str
    harm: str
    ends: dict[str, object] = field(default_factory=dict)
    told: bool = False
    lie: str = ""
    healed: bool = False

    @property
    def tracebacks(self) -> list[str]:
        return [f"{self.what}: {name}: {end}" for name, end in self.ends.items() if isinstance(end, str)]

    @property
    def outcome(self) -> str:
        if self.tracebacks:
            return "traceback"
        if self.lie:
            return "silent"
        if not self.harm:
            return "told" if self.told else "harmless"
        return "healed" if self.healed else "told" if self.told else "silent"


def prepare(base: Path, scanner_cache: Path) -> Place:
    """A backup with several packs, packed refs, a snapshot, a stash entry and a branch of a person."""
    place = make_place(base, scanner_cache)
    write(place.source, {"agents/build.md": "---\ndescription: b\n---\nhello\n", "opencode.json": "{}\n"})
    write(place.source, {f"context/deep/n{number}.md": f"note {number}\n" * 20 for number in range(6)})
    place.sync()
    write(place.source, {"context/a.md": "a\n", "AGENTS.md": "# Rules\n"})
    place.sync()
    place.say("branch", "mine")
    place.say("pack-refs", "--all")
    (place.backup / "context/a.md").write_text("an edit in the backup's own folder\n")
    write(place.source, {"context/a.md": "second\n"})
    place.sync()
    write(place.source, {"context/a.md": "precious, in no backup\n"})
    restore(place.site, new_wish(("context/a.md",), yes=True))
    place.sync()
    return place


def kept(place: Place) -> Kept:
    """What a person would miss."""
    listed = place.say("rev-list", "--objects", "--all", "refs/stash").splitlines()
    return Kept(frozenset(line.split(" ")[0] for line in listed), frozenset(_refs(place)))


def _refs(place: Place) -> list[str]:
    lines = place.say("for-each-ref", "--format=%(refname) %(objectname)").splitlines()
    return [line for line in lines if "/remote/" not in line and "refs/heads/autosync/kept/" not in line]


def harm(place: Place, before: Kept) -> str:
    """What of it is not there any more, "" for nothing; read by git alone, each object's bytes hashed here."""
    try:
        refs = dict(line.split(" ") for line in _refs(place))
    except AssertionError as error:  # git ended with another exit code than 0
        return f"git says {str(error)[-120:]!r}"
    for line in sorted(before.refs):
        name, commit = line.split(" ")
        if name not in refs:
            return f"{name} is gone"
        if refs[name] != commit and subprocess.run(
            ["git", "-C", str(place.backup), "merge-base", "--is-ancestor", commit, refs[name]],
            capture_output=True, check=False,
        ).returncode:  # fmt: skip
            return f"{name} names something else"
    asked = "".join(f"{name}\n" for name in sorted(before.objects)).encode()
    done = subprocess.run(
        ["git", "-C", str(place.backup), "cat-file", "--batch"], input=asked, capture_output=True, check=False
    )
    return next(_unreadable(done.stdout, sorted(before.objects)), "")


def _unreadable(output: bytes, names: list[str]) -> Iterator[str]:
    place = 0
    for name in names:
        end = output.find(b"\n", place)
        fields = output[place:end].split(b" ")
        if end < 0 or len(fields) != 3:
            yield f"{name[:10]} cannot be read"
            return
        size = int(fields[2])
        data = output[end + 1 : end + 1 + size]
        if hashlib.sha1(b"%s %d\0" % (fields[1], size) + data, usedforsecurity=False).hexdigest() != name:
            yield f"{name[:10]} has other bytes"
            return
        place = end + 2 + size


def files(place: Place) -> list[Path]:
    """Every file of the repository, the state folder and the settings."""
    tops = (place.backup / ".git", place.state, place.settings)
    found = [Path(folder) / name for top in tops for folder, _, names in os.walk(top) for name in names]
    return sorted(path for path in found if not path.is_symlink() and "/engine/" not in str(path))


def strike(path: Path, dice: random.Random) -> str:
    """Damages one file in one of the ways in which disks, tools and people do; returns what was done."""
    data = bytearray(path.read_bytes())
    way = dice.choice(("flip", "zero", "cut", "append", "empty") if data else ("append",))
    at = dice.randrange(len(data)) if data else 0
    if way == "flip":
        data[at] ^= 1 << dice.randrange(8)
    elif way == "zero":
        data[at : at + 64] = bytes(len(data[at : at + 64]))
    elif way == "cut":
        del data[at:]
    elif way == "append":
        data += dice.randbytes(dice.randrange(1, 40))
    else:
        data.clear()
    path.chmod(0o600)
    path.write_bytes(data)
    return f"{way} at {at}"


def played(place: Place, spare: Path, before: Kept, seed: int) -> Round:
    """One round: the whole place as it was, one file damaged, then every command in turn."""
    for folder in _kept(place):
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(spare / folder.relative_to(place.base), folder, symlinks=True)
    dice = random.Random(seed)
    part = dice.choice(("pack", ".git", ".git", "state", "any"))
    every = files(place)
    chosen = [path for path in every if f"/{part}" in str(path)] if part != "any" else every
    path = dice.choice(chosen or every)
    what = f"{seed}: {strike(path, dice)} of {path.relative_to(place.base)}"
    done = Round(what, harm(place, before))

    def status_now() -> int:
        looked = status(place.site, new_request().now)
        done.told |= looked.verdict.level != "protected"
        return looked.exit_code

    def a_sync() -> int:
        write(place.source, {"context/new.md": f"{seed}\n"})
        run = sync(place.site, new_request())
        if run.outcome is Outcome.CHANGED and not _newest_reads(place):
            done.lie = f"{run.reason}, and the newest backup cannot be read"
        return run.exit_code

    _end(done, "status", status_now)
    _end(done, "verify", lambda: _code(verify(place.site, new_request(), deep=True)))
    _end(done, "restore", lambda: _code(restore(place.site, new_wish((), check=True))[0]) % 5)
    _end(done, "sync", a_sync)
    _end(done, "recover", lambda: _code(recover(place.site, new_request())))
    done.healed = not harm(place, before)
    return done


def _code(run: Run) -> int:
    return run.exit_code


def _newest_reads(place: Place) -> bool:
    words = ["git", "-C", str(place.backup), "archive", "main"]
    return subprocess.run(words, capture_output=True, check=False).returncode == 0


def _end(done: Round, name: str, act: Callable[[], int]) -> None:
    try:
        code: object = act()
    except AutosyncError as error:
        code = error.exit_code
    except Exception:  # noqa: BLE001  what this sweep looks for
        code = traceback.format_exc().strip().splitlines()[-1] + traceback.format_exc()[-700:]
    done.told |= code != 0
    done.ends[name] = code


def spared(place: Place) -> Path:
    """A copy of the whole place, times and all, to begin each round with."""
    spare = place.base / "spare"
    for folder in _kept(place):
        kept = spare / folder.relative_to(place.base)
        shutil.copytree(folder, kept, symlinks=True, ignore=shutil.ignore_patterns("engine"))
    return spare


def _kept(place: Place) -> tuple[Path, ...]:
    """What each round begins with anew."""
    return (place.source, place.backup, place.state, place.settings)
